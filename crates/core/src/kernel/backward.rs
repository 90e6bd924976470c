//! Backward: what the loss says of some outputs in one cycle, and the gradients of whoever hears them, in one
//! look at who that is.
//!
//! ```text
//! for j in rows: for e in offsets[j]..offsets[j + 1]:          // of the transpose
//!     lambda[j] += weight[e] * blame[base + target[e]]         // target = post + lag * neurons
//!     for lane: g[e] += output[j] * blame[base + target[e]]
//! ```
//!
//! Departures. *Together*: both read the same rows of blame, and the reading bounds them (1000 speakers, fan-out
//! 100, batch 64: 1.1 ns a connection and block; apart 1.6). *Four blocks* go by with one look at the indices, and a gradient's lanes are
//! added up once for all of them. *Products first, sums across lanes after*: a chunk's products wait in 1 kB, where four
//! connections share the shuffles; in one loop they did not fit the registers. *Weights and gradients in the order of the
//! transpose* ([`Transpose::arrange`](super::Transpose::arrange), [`restore`](super::Transpose::restore)). Threads own
//! speakers; blocks go by in order, four, then two, then one: the same bits for any number of threads.

use super::dispatch::{Kernel, Target, Wide};
use super::{Gather, LANES, Lanes, Store, View, ViewMut};
use std::ops::Range;

/// Blocks that share a look at the indices.
const BLOCKS: usize = 4;
/// Connections whose products wait together.
const CHUNK: usize = 32;

/// What a sweep back reads of one cycle.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The connections by speaker: [`Transpose::wires`](super::Transpose::wires).
    pub wires: Gather<'a>,
    /// Their weights, in that order.
    pub weights: &'a [f32],
    /// The outputs of the cycle.
    pub outputs: View<'a>,
    /// The blame of the cycle and those after it; zero beyond the last.
    pub blame: View<'a>,
}

/// Some rows of up to four blocks.
struct Part<'a> {
    heard: Heard<'a>,
    first: usize,
    blocks: usize,
    rows: Range<usize>,
    /// `rows.len()` of each block; empty if nobody asks.
    lambda: [&'a mut [Lanes]; BLOCKS],
    /// Of the connections of `rows`.
    gradients: &'a mut [f32],
    store: Store,
}

impl<'a> Part<'a> {
    fn split(self, middle: usize) -> (Self, Self) {
        let Self { heard, first, blocks, rows, lambda, gradients, store } = self;
        let mut below: [&'a mut [Lanes]; BLOCKS] = Default::default();
        let mut above: [&'a mut [Lanes]; BLOCKS] = Default::default();
        for (at, lambda) in lambda.into_iter().enumerate() {
            let at_row = (middle - rows.start).min(lambda.len());
            (below[at], above[at]) = lambda.split_at_mut(at_row);
        }
        let starts = heard.wires.starts;
        let (one, two) = gradients.split_at_mut((starts[middle] - starts[rows.start]) as usize);
        (
            Self { heard, first, blocks, rows: rows.start..middle, lambda: below, gradients: one, store },
            Self { heard, first, blocks, rows: middle..rows.end, lambda: above, gradients: two, store },
        )
    }

    fn halves(self, target: Target) {
        let edges = self.heard.wires.edges(&self.rows).len();
        let work = 2 * edges * self.blocks * LANES;
        if work < super::WORTH_A_THREAD || self.rows.len() < 2 || super::threads() == 1 {
            return target.run(self);
        }
        let middle = self.heard.wires.halve(&self.rows);
        let (one, two) = self.split(middle);
        rayon::join(|| one.halves(target), || two.halves(target));
    }

    /// `B` blocks from the `skip`-th of this part on. Without `LAMBDA` only gradients.
    #[expect(clippy::needless_range_loop, reason = "a block indexes several arrays at once")]
    #[inline(always)]
    fn pass<W: Wide, const B: usize, const LAMBDA: bool>(&mut self, skip: usize) {
        let Heard { wires, weights, outputs, blame } = self.heard;
        let start = wires.starts[self.rows.start] as usize;
        let length = blame.layout.stride();
        // Equal lengths in the compiler's sight: one bounds check serves all blocks.
        let heard: [&[Lanes]; B] = std::array::from_fn(|b| &blame.block(self.first + skip + b)[..length]);
        let spoken: [&[Lanes]; B] = std::array::from_fn(|b| outputs.block(self.first + skip + b));
        let mut dots = [W::none(); CHUNK];
        for (i, row) in self.rows.clone().enumerate() {
            let edges = wires.row(row);
            let out = &mut self.gradients[edges.start - start..edges.end - start];
            let y: [W; B] = std::array::from_fn(|b| W::load(&spoken[b][outputs.base + row]));
            let mut sums = [W::splat(0.0); B];
            let chunks = wires.sources[edges.clone()].chunks(CHUNK).zip(weights[edges].chunks(CHUNK));
            for ((targets, weights), out) in chunks.zip(out.chunks_mut(CHUNK)) {
                for ((&target, &weight), dot) in targets.iter().zip(weights).zip(&mut dots) {
                    let at = blame.base.wrapping_add_signed(target as isize);
                    let weight = W::splat(weight);
                    let mut products = W::splat(0.0);
                    for b in 0..B {
                        let blame = W::load(&heard[b][at]);
                        if LAMBDA {
                            sums[b] = sums[b].fuse(blame, weight);
                        }
                        products = if b == 0 { y[b].times(blame) } else { products.fuse(y[b], blame) };
                    }
                    *dot = products.halve();
                }
                let (dots, _) = dots.as_chunks::<8>();
                let set = self.store == Store::Set && skip == 0;
                let (eights, rest) = out.as_chunks_mut::<8>();
                for (out, dots) in eights.iter_mut().zip(dots) {
                    put(out, W::eights(dots), set);
                }
                if !rest.is_empty() {
                    let mut last = [0.0; 8];
                    last[..rest.len()].copy_from_slice(rest);
                    put(&mut last, W::eights(&dots[eights.len()]), set);
                    rest.copy_from_slice(&last[..rest.len()]);
                }
            }
            if LAMBDA {
                for b in 0..B {
                    let out = &mut self.lambda[skip + b][i];
                    W::load(out).plus(sums[b]).store(out);
                }
            }
        }
    }

    #[inline(always)]
    fn all<W: Wide, const LAMBDA: bool>(&mut self) {
        let mut skip = 0;
        if self.blocks == BLOCKS {
            return self.pass::<W, BLOCKS, LAMBDA>(0);
        }
        if self.blocks >= 2 {
            self.pass::<W, 2, LAMBDA>(0);
            skip = 2;
        }
        if self.blocks > skip {
            self.pass::<W, 1, LAMBDA>(skip);
        }
    }
}

#[inline(always)]
pub(super) fn put(out: &mut [f32; 8], dots: [f32; 8], set: bool) {
    if set {
        out.iter_mut().zip(dots).for_each(|(out, dot)| *out = dot + 0.0);
    } else {
        out.iter_mut().zip(dots).for_each(|(out, dot)| *out += dot);
    }
}

impl Kernel for Part<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        if self.lambda[0].is_empty() { self.all::<W, false>() } else { self.all::<W, true>() }
    }
}

/// For the speakers `rows`, in the cycle where the views stand and over all their blocks: adds to `lambda`, the
/// derivative of the loss by their outputs, the part that comes through connections, and stores in `gradients`, of the
/// connections of `rows` in the order of the transpose, what this cycle gives them. Without a `lambda` only the latter. The
/// layout of the blame must be [`Layout::blame`](super::Layout::blame). Split among threads where that pays.
///
/// # Panics
/// If the shapes disagree, or a target lies outside its block.
#[track_caller]
pub fn backward(
    heard: Heard<'_>,
    rows: Range<usize>,
    lambda: Option<ViewMut<'_>>,
    store: Store,
    gradients: &mut [f32],
) {
    backward_on(Target::best(), heard, rows, lambda, store, gradients);
}

/// [`backward`] with chosen instructions.
#[track_caller]
pub(super) fn backward_on(
    target: Target,
    heard: Heard<'_>,
    rows: Range<usize>,
    lambda: Option<ViewMut<'_>>,
    store: Store,
    gradients: &mut [f32],
) {
    let Heard { wires, weights, outputs, blame } = heard;
    assert_eq!(weights.len(), wires.sources.len(), "one weight per connection");
    assert!(rows.start <= rows.end && rows.end <= wires.rows(), "rows {rows:?} of {}", wires.rows());
    assert_eq!(gradients.len(), wires.edges(&rows).len(), "one gradient per connection of the rows");
    let blocks = outputs.blocks();
    assert_eq!(blocks, blame.blocks(), "outputs and blame of the same blocks");
    if rows.is_empty() {
        return;
    }
    let mut rest: &mut [Lanes] = &mut [];
    let mut at = 0..0;
    let mut stride = 0;
    if let Some(lambda) = lambda {
        stride = lambda.layout.stride();
        assert_eq!(lambda.rows.len(), blocks * stride, "as many blocks written as read");
        assert!(lambda.base + rows.end <= stride, "rows {rows:?} of a block of {stride} written");
        (rest, at) = (lambda.rows, lambda.base + rows.start..lambda.base + rows.end);
    }
    for first in (0..blocks).step_by(BLOCKS) {
        let count = BLOCKS.min(blocks - first);
        let mut lambda: [&mut [Lanes]; BLOCKS] = Default::default();
        for lambda in lambda.iter_mut().take(if stride == 0 { 0 } else { count }) {
            let (block, after) = std::mem::take(&mut rest).split_at_mut(stride);
            (*lambda, rest) = (&mut block[at.clone()], after);
        }
        let store = if first == 0 { store } else { Store::Add };
        let (rows, gradients) = (rows.clone(), &mut *gradients);
        Part { heard, first, blocks: count, rows, lambda, gradients, store }.halves(target);
    }
}
