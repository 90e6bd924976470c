//! Gradient at the connections there are.
//!
//! ```text
//! for post: for e in offsets[post]..offsets[post + 1]:
//!     for block, cycle, lane: g[e] += blame[cycle, post] * output[cycle, source[e]]
//! ```
//!
//! Departures. *Tiles*: a (block, cycle) is a panel; panels go by in order, [`PANELS`] at a time, over all
//! connections, so that the outputs of a tile stay in the second-level cache. *Lanes last*: the products of a
//! tile add up in 16 lanes, and only then across them, by the fixed tree of [`Wide::tree`]. *Four connections* are
//! reduced together, which shares the shuffles. Threads own listeners; every connection's sum is the same
//! sequence of operations wherever it runs.

use super::dispatch::{Kernel, Target, Wide};
use super::{Gather, LANES, Lanes, View};
use std::ops::Range;

/// Whether a kernel replaces what the buffer holds or adds to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Replace.
    Set,
    /// Add.
    Add,
}

/// Panels of a tile. 2048 neurons at 5 %, 32 cycles, batch 32, one thread of a busy machine, best of several:
/// 1 panel 32 ms, 2 26, 4 43, 8 70.
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
        let base = view.base() + panel % cycles * view.layout.neurons();
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

/// The dot products of one row with four others over a tile, each the same bits as [`dot`].
#[inline(always)]
pub(super) fn dots<W: Wide, const P: usize>(fixed: &[W; P], moving: &[[&Lanes; P]; 4]) -> [f32; 4] {
    let mut sums = [W::splat(0.0); 4];
    for p in 0..P {
        for c in 0..4 {
            sums[c] = sums[c].fuse(fixed[p], W::load(moving[c][p]));
        }
    }
    W::trees(sums)
}

struct Part<'a> {
    wires: Gather<'a>,
    panels: Panels<'a>,
    rows: Range<usize>,
    store: Store,
    /// The gradients of the connections of `rows`.
    out: &'a mut [f32],
}

impl Part<'_> {
    #[inline(always)]
    fn tile<W: Wide, const P: usize>(&mut self, first: usize) {
        let (outputs, blame) = self.panels.tile::<P>(first);
        let start = self.wires.offsets[self.rows.start] as usize;
        for row in self.rows.clone() {
            let edges = self.wires.offsets[row] as usize..self.wires.offsets[row + 1] as usize;
            let fixed: [W; P] = std::array::from_fn(|p| W::load(blame[p].row(row as i32)));
            let (sources, source_rest) = self.wires.sources[edges.clone()].as_chunks::<4>();
            let (out, out_rest) = self.out[edges.start - start..edges.end - start].as_chunks_mut::<4>();
            for (out, source) in out.iter_mut().zip(sources) {
                let moving = std::array::from_fn(|c| std::array::from_fn(|p| outputs[p].row(source[c])));
                let sums = dots(&fixed, &moving);
                for c in 0..4 {
                    out[c] += sums[c];
                }
            }
            for (out, &source) in out_rest.iter_mut().zip(source_rest) {
                *out += dot(&fixed, &std::array::from_fn(|p| outputs[p].row(source)));
            }
        }
    }
}

impl Kernel for Part<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        if self.store == Store::Set {
            self.out.fill(0.0);
        }
        let panels = self.panels.count();
        let mut first = 0;
        while first + PANELS <= panels {
            self.tile::<W, PANELS>(first);
            first += PANELS;
        }
        for rest in first..panels {
            self.tile::<W, 1>(rest);
        }
    }
}

/// The gradient of the loss by every weight, over all blocks of the views and `cycles` cycles from where
/// they stand. `blame` is the derivative by potentials; `wires` are the connections by listener; `out` has a
/// value per connection. Adding to zeros gives the bits of [`Store::Set`]. Split among threads.
///
/// # Panics
/// If the shapes disagree, or a source lies outside its block.
#[track_caller]
pub fn gradient(wires: Gather<'_>, outputs: View<'_>, blame: View<'_>, cycles: usize, store: Store, out: &mut [f32]) {
    gradient_on(Target::best(), wires, Panels::new(outputs, blame, cycles), store, out);
}

/// [`gradient`] with chosen instructions.
#[track_caller]
pub(super) fn gradient_on(target: Target, wires: Gather<'_>, panels: Panels<'_>, store: Store, out: &mut [f32]) {
    assert_eq!(out.len(), wires.sources.len(), "one gradient per connection");
    let pieces = 4 * rayon::current_num_threads();
    // A chunk goes over all outputs once per tile: fewer, larger chunks reuse the cache better.
    let least = (out.len() / pieces).max(super::WORTH_A_THREAD / (LANES * panels.count().max(1)));
    halves(target, Part { wires, panels, rows: 0..wires.rows(), store, out }, least);
}

fn halves(target: Target, part: Part<'_>, least: usize) {
    if part.out.len() <= least.max(1) || part.rows.len() < 2 || rayon::current_num_threads() == 1 {
        return target.run(part);
    }
    let Part { wires, panels, rows, store, out } = part;
    let middle = wires.halve(&rows);
    let (first, second) = out.split_at_mut((wires.offsets[middle] - wires.offsets[rows.start]) as usize);
    let one = Part { wires, panels, rows: rows.start..middle, store, out: first };
    let two = Part { wires, panels, rows: middle..rows.end, store, out: second };
    rayon::join(|| halves(target, one, least), || halves(target, two, least));
}
