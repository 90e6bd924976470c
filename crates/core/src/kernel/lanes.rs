//! Lanes and layouts: where a neuron's activity lies in memory.
//!
//! A lane is one sample of a batch. Lanes come in blocks of 16, padded; a row of a block is one neuron
//! in one cycle, one cache line. A history is `[block][slot][neuron][16]`, so a connection is one
//! relative row offset and a block is independent of every other over a whole sweep.

use std::ops::{Deref, DerefMut};

/// Lanes in a block: the virtual vector width of every kernel.
pub const LANES: usize = 16;

/// One row: a value in each of 16 lanes. Aligned to a cache line: rows are read at random, and one that
/// straddles two lines would fetch both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; LANES]);

impl Lanes {
    /// Zero in every lane.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// The same value in every lane.
    pub const fn all(value: f32) -> Self {
        Self([value; LANES])
    }

    /// The floats of some rows, one row after the other.
    pub fn flat(rows: &[Self]) -> &[f32] {
        super::dispatch::flat(rows)
    }

    /// The floats of some rows, one row after the other.
    pub fn flat_mut(rows: &mut [Self]) -> &mut [f32] {
        super::dispatch::flat_mut(rows)
    }

    /// The blocks that hold so many lanes.
    pub const fn blocks(lanes: usize) -> usize {
        lanes.div_ceil(LANES)
    }
}

impl Deref for Lanes {
    type Target = [f32; LANES];
    #[inline(always)]
    fn deref(&self) -> &[f32; LANES] {
        &self.0
    }
}

impl DerefMut for Lanes {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f32; LANES] {
        &mut self.0
    }
}

/// The shape of one block: slots of `neurons` rows, of which those from `first` on are the recorded
/// cycles 0, 1, 2, ... This type alone turns (block, cycle, neuron, lag) into an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    neurons: usize,
    slots: usize,
    first: usize,
}

impl Layout {
    /// Outputs: `depth` carried slots (the largest lag), then `cycles` recorded ones.
    #[track_caller]
    pub fn history(neurons: usize, depth: usize, cycles: usize) -> Self {
        Self::checked(neurons, depth + cycles, depth)
    }

    /// Blame (what the loss says of each potential): `cycles` slots between twice `depth` that stay zero, since
    /// nobody is blamed for what is carried, and nobody hears beyond the end of the window.
    #[track_caller]
    pub fn blame(neurons: usize, depth: usize, cycles: usize) -> Self {
        Self::checked(neurons, 2 * depth + cycles, depth)
    }

    /// `cycles` slots and nothing else.
    #[track_caller]
    pub fn plain(neurons: usize, cycles: usize) -> Self {
        Self::checked(neurons, cycles, 0)
    }

    #[track_caller]
    fn checked(neurons: usize, slots: usize, first: usize) -> Self {
        let rows = neurons.checked_mul(slots);
        assert!(
            rows.is_some_and(|rows| i32::try_from(rows).is_ok()),
            "a block of {neurons} x {slots} rows is beyond i32 offsets"
        );
        Self { neurons, slots, first }
    }

    /// Rows of a slot.
    pub const fn neurons(&self) -> usize {
        self.neurons
    }

    /// Slots of a block.
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// Rows of a block: the distance from a row to the same row of the next block.
    pub const fn stride(&self) -> usize {
        self.neurons * self.slots
    }

    /// The row, within a block, of neuron 0 in recorded cycle `cycle`.
    pub const fn base(&self, cycle: usize) -> usize {
        (self.first + cycle) * self.neurons
    }

    /// The index of a neuron's row in a recorded cycle of a block.
    pub const fn row(&self, block: usize, cycle: usize, neuron: usize) -> usize {
        block * self.stride() + self.base(cycle) + neuron
    }

    /// Where a connection reads, relative to its cycle's base: `pre - lag * neurons`.
    pub const fn source(&self, pre: u32, lag: u16) -> i32 {
        pre as i32 - lag as i32 * self.neurons as i32
    }

    /// Where blame comes from, relative to its cycle's base: `post + lag * neurons`.
    pub const fn target(&self, post: u32, lag: u16) -> i32 {
        post as i32 + lag as i32 * self.neurons as i32
    }

    /// Rows to hold `blocks` blocks.
    pub const fn len(&self, blocks: usize) -> usize {
        self.stride() * blocks
    }

    /// Moves the last `first` slots to the front of every block, so that the next window hears them.
    #[track_caller]
    pub fn carry(&self, rows: &mut [Lanes]) {
        let from = (self.slots - self.first) * self.neurons;
        for block in rows.chunks_exact_mut(self.stride().max(1)) {
            block.copy_within(from.., 0);
        }
    }

    /// A view of these rows, standing at a recorded cycle.
    #[track_caller]
    pub fn view(self, rows: &[Lanes], cycle: usize) -> View<'_> {
        self.check(rows.len(), cycle);
        View { rows, layout: self, base: self.base(cycle) }
    }

    /// The same, standing some cycles earlier, if need be at a carried one.
    #[track_caller]
    pub fn view_before(self, rows: &[Lanes], cycle: usize, ago: usize) -> View<'_> {
        let view = self.view(rows, cycle);
        assert!(ago <= self.first + cycle, "{ago} cycles before {cycle} of {} carried", self.first);
        View { base: view.base - ago * self.neurons, ..view }
    }

    /// A writable view of these rows, standing at a recorded cycle.
    #[track_caller]
    pub fn view_mut(self, rows: &mut [Lanes], cycle: usize) -> ViewMut<'_> {
        self.check(rows.len(), cycle);
        ViewMut { rows, layout: self, base: self.base(cycle) }
    }

    #[track_caller]
    fn check(&self, rows: usize, cycle: usize) {
        assert!(
            self.stride() == 0 || rows.is_multiple_of(self.stride()),
            "{rows} rows are no whole number of blocks of {}",
            self.stride()
        );
        assert!(
            self.first + cycle < self.slots || self.slots == 0,
            "cycle {cycle} of {} slots, {} carried",
            self.slots,
            self.first
        );
    }
}

/// Rows of some blocks, seen from a cycle.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub(super) rows: &'a [Lanes],
    pub(super) layout: Layout,
    /// The row of neuron 0 in the cycle where it stands, within a block.
    pub(super) base: usize,
}

impl ViewMut<'_> {
    /// The same, lent.
    pub const fn lend(&mut self) -> ViewMut<'_> {
        ViewMut { rows: self.rows, layout: self.layout, base: self.base }
    }
}

impl<'a> View<'a> {
    /// How many lanes it holds, padding included.
    pub const fn lanes(&self) -> usize {
        self.blocks() * LANES
    }

    /// How many blocks it holds.
    pub const fn blocks(&self) -> usize {
        if self.layout.stride() == 0 { 0 } else { self.rows.len() / self.layout.stride() }
    }

    /// The rows of one block.
    #[inline(always)]
    pub(super) fn block(&self, block: usize) -> &'a [Lanes] {
        let stride = self.layout.stride();
        &self.rows[block * stride..(block + 1) * stride]
    }
}

/// Rows of some blocks, to be written at a cycle.
#[derive(Debug)]
pub struct ViewMut<'a> {
    pub(super) rows: &'a mut [Lanes],
    pub(super) layout: Layout,
    /// The row of neuron 0 in the cycle where it stands, within a block.
    pub(super) base: usize,
}
