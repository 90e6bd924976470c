//! The shape of activity: what of the network, and of who looks at it, its buffers depend on.

/// What the plan says of the buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) neurons: usize,
    pub(super) groups: usize,
    /// Carried cycles.
    pub(super) depth: usize,
    /// Whether any unit keeps a state.
    pub(super) leaky: bool,
    /// Whether any group normalises.
    pub(super) normalises: bool,
    /// Whether potentials are kept for the cycle at hand only, since nobody asks for those before: a third of what
    /// there is to keep, and of what a sweep forward writes.
    pub(super) lean: bool,
}

impl Shape {
    /// Whether a block of so many cycles has more rows than offsets can tell apart.
    pub(super) fn is_too_long(self, cycles: usize) -> bool {
        cycles.saturating_add(self.depth).saturating_mul(self.neurons) > i32::MAX as usize
    }
}
