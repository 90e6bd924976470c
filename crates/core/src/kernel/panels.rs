//! Panels: rows of two views, blame by listener and outputs by speaker, that belong to the same (block, cycle).
//!
//! Sums over samples go by panel after panel, [`PANELS`] at a time.

use super::dispatch::Wide;
use super::{Lanes, View};

/// Whether a kernel replaces what the buffer holds or adds to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Replace.
    Set,
    /// Add.
    Add,
}

/// Panels of a tile: two share a look at the places.
pub(super) const PANELS: usize = 2;

/// Two views over the same panels, blame by listener and outputs by speaker, for `cycles` recorded cycles.
#[derive(Clone, Copy)]
pub(super) struct Panels<'a> {
    pub(super) outputs: View<'a>,
    pub(super) blame: View<'a>,
    pub(super) cycles: usize,
}

/// One panel: the rows of a block, and the base of its cycle among them.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    rows: &'a [Lanes],
    base: usize,
}

impl<'a> Panel<'a> {
    #[inline(always)]
    pub(super) fn row(&self, relative: i32) -> &'a Lanes {
        &self.rows[self.base.wrapping_add_signed(relative as isize)]
    }
}

impl<'a> Panels<'a> {
    #[track_caller]
    pub(super) fn new(outputs: View<'a>, blame: View<'a>, cycles: usize) -> Self {
        assert_eq!(outputs.blocks(), blame.blocks(), "outputs and blame of the same blocks");
        Self { outputs, blame, cycles }
    }

    pub(super) fn count(&self) -> usize {
        self.outputs.blocks() * self.cycles
    }

    #[inline(always)]
    fn of(view: View<'a>, cycles: usize, panel: usize) -> Panel<'a> {
        let base = view.base + panel % cycles * view.layout.neurons();
        Panel { rows: view.block(panel / cycles), base }
    }

    /// The outputs and the blame of `P` panels.
    #[inline(always)]
    pub(super) fn tile<const P: usize>(&self, first: usize) -> ([Panel<'a>; P], [Panel<'a>; P]) {
        (
            std::array::from_fn(|p| Self::of(self.outputs, self.cycles, first + p)),
            std::array::from_fn(|p| Self::of(self.blame, self.cycles, first + p)),
        )
    }
}

/// The dot product of one row with another over a tile.
#[inline(always)]
pub(super) fn dot<W: Wide, const P: usize>(fixed: &[W; P], moving: &[&Lanes; P]) -> f32 {
    let mut sum = W::splat(0.0);
    for p in 0..P {
        sum = sum.fuse(fixed[p], W::load(moving[p]));
    }
    sum.tree()
}
