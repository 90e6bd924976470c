//! The buffers of a sweep back, and the share of them that a thread has: what it reads and writes of some blocks.

use super::activity::Layouts;
use super::forward::cut;
use livenet_core::kernel::Lanes;

/// Buffers that only a sweep needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    /// dL / d output of the cycle at hand, `[block][neuron]`.
    pub(super) lambda: Vec<Lanes>,
    /// dL / d v of the cycle before, likewise.
    pub(super) by_state: Vec<Lanes>,
    /// Outputs before the dropout, likewise.
    pub(super) undropped: Vec<Lanes>,
    /// What the loss says, `[block][cycle of the window][output]`.
    pub(super) given: Vec<Lanes>,
    /// The weights in the order of the transpose, where somebody wants those of the last sweep.
    pub(super) arranged: Option<Vec<f32>>,
    /// Their gradients in that order, and between sweeps the weights as they are now, if that is `ahead`.
    pub(super) gradients: Vec<f32>,
    /// Whether what the next sweep would arrange is arranged already.
    pub(super) ahead: bool,
    /// Of [`Transpose::arrange`](livenet_core::kernel::Transpose::arrange) and its reverse.
    pub(super) places: Vec<u32>,
    /// Of dense blocks, by thread.
    pub(super) packed: Vec<Vec<Lanes>>,
}

/// The buffers of some blocks: what is read, and what is written.
pub(super) struct Piece<'a> {
    pub(super) first: usize,
    pub(super) blocks: usize,
    pub(super) blame: &'a mut [Lanes],
    pub(super) blame_z: &'a mut [Lanes],
    pub(super) blame_v: &'a mut [Lanes],
    pub(super) differences: &'a mut [Lanes],
    pub(super) lambda: &'a mut [Lanes],
    pub(super) by_state: &'a mut [Lanes],
    pub(super) undropped: &'a mut [Lanes],
}

impl Piece<'_> {
    /// The same, lent.
    pub(super) fn all(&mut self) -> Piece<'_> {
        Piece {
            first: self.first,
            blocks: self.blocks,
            blame: self.blame,
            blame_z: self.blame_z,
            blame_v: self.blame_v,
            differences: self.differences,
            lambda: self.lambda,
            by_state: self.by_state,
            undropped: self.undropped,
        }
    }

    pub(super) fn split(self, layouts: &Layouts, blocks: usize) -> (Self, Self) {
        let (blame, more_blame) = cut(self.blame, layouts.blame.len(blocks));
        let (blame_z, more_blame_z) = cut(self.blame_z, layouts.plain.len(blocks));
        let (blame_v, more_blame_v) = cut(self.blame_v, layouts.plain.len(blocks));
        let (differences, more_differences) = cut(self.differences, layouts.plain.len(blocks));
        let (lambda, more_lambda) = cut(self.lambda, layouts.one.len(blocks));
        let (by_state, more_by_state) = cut(self.by_state, layouts.one.len(blocks));
        let (undropped, more_undropped) = cut(self.undropped, layouts.one.len(blocks));
        let one = Self { first: self.first, blocks, blame, blame_z, blame_v, differences, lambda, by_state, undropped };
        let two = Self {
            first: self.first + blocks,
            blocks: self.blocks - blocks,
            blame: more_blame,
            blame_z: more_blame_z,
            blame_v: more_blame_v,
            differences: more_differences,
            lambda: more_lambda,
            by_state: more_by_state,
            undropped: more_undropped,
        };
        (one, two)
    }
}
