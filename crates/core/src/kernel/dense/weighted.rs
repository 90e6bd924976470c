//! Forward and backward of a rectangle: weighted sums of rows.
//!
//! ```text
//! for i in posts: for j in pre: potential[i] += w[i][j] * output[j]
//! for j in pre: for i in posts: lambda[j]    += w[i][j] * blame[i]
//! ```
//!
//! Backward reads the weights by column: a tile's six are neighbours in each listener's row, and the tiles of a
//! chunk of listeners find the rest of the same cache line, so there is no transposed copy.

use super::super::dispatch::{Kernel, Target, Wide};
use super::super::{Lanes, View, ViewMut};
use super::{Rectangle, rows, within};
use std::ops::Range;

/// Rows of results in registers. With two registers to a row, 12 sums; two more hold the row read and one a weight.
const TILE: usize = 6;
/// Listeners and speakers of a chunk: 128 KB of weights, which serve all blocks.
const LISTENERS: usize = 126;
const SPEAKERS: usize = 256;

/// Some listeners, and some speakers that they hear, in one block.
struct Forward<'a> {
    weights: &'a [f32],
    /// Where the weights of each listener begin, and which of them are meant.
    starts: &'a [u32],
    columns: Range<usize>,
    /// A row per column.
    inputs: &'a [Lanes],
    /// A row per listener.
    out: &'a mut [Lanes],
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { weights, starts, columns, inputs, out } = self;
        for first in (0..starts.len()).step_by(TILE) {
            // A tile that is not full computes its last row again, and does not store that.
            let at: [usize; TILE] = std::array::from_fn(|r| (first + r).min(starts.len() - 1));
            let weights: [&[f32]; TILE] = std::array::from_fn(|r| {
                let start = starts[at[r]] as usize;
                &weights[start + columns.start..start + columns.end]
            });
            let mut sums: [W; TILE] = std::array::from_fn(|r| W::load(&out[at[r]]));
            // Zipped by name: of an array of slices the compiler checks every index.
            let [a, b, c, d, e, f] = weights;
            let columns = inputs.iter().zip(a).zip(b).zip(c).zip(d).zip(e).zip(f);
            for ((((((input, a), b), c), d), e), f) in columns {
                let (input, column) = (W::load(input), [a, b, c, d, e, f]);
                for r in 0..TILE {
                    sums[r] = sums[r].fuse(input, W::splat(*column[r]));
                }
            }
            for (out, sum) in out[first..].iter_mut().zip(sums) {
                sum.store(out);
            }
        }
    }
}

/// Some speakers, and some listeners that hear them, in one block.
struct Backward<'a> {
    weights: &'a [f32],
    /// Where the weights of each listener begin, how many they are, and which are meant.
    starts: &'a [u32],
    width: usize,
    columns: Range<usize>,
    /// A row per listener.
    blame: &'a [Lanes],
    /// A row per column.
    out: &'a mut [Lanes],
}

impl Backward<'_> {
    /// `T` columns from `first` on, of which those of `own` are stored.
    #[inline(always)]
    fn tile<W: Wide, const T: usize>(&mut self, first: usize, own: Range<usize>) {
        let out = &mut self.out[own.start - self.columns.start..own.end - self.columns.start];
        let (mut rows, kept) = ([Lanes::ZERO; T], own.start - first..own.end - first);
        rows[kept.clone()].copy_from_slice(out);
        let mut sums: [W; T] = std::array::from_fn(|c| W::load(&rows[c]));
        for (&start, blame) in self.starts.iter().zip(self.blame) {
            let weights = self.weights[start as usize + first..].first_chunk::<T>();
            let weights = weights.expect("a listener has a weight for every speaker");
            let blame = W::load(blame);
            for c in 0..T {
                sums[c] = sums[c].fuse(blame, W::splat(weights[c]));
            }
        }
        for (row, sum) in rows.iter_mut().zip(sums) {
            sum.store(row);
        }
        out.copy_from_slice(&rows[kept]);
    }
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        let Range { start, end } = self.columns;
        if self.width < TILE {
            return (start..end).for_each(|one| self.tile::<W, 1>(one, one..one + 1));
        }
        for first in (start..end).step_by(TILE) {
            // A tile that is not full begins earlier: its six weights must lie in the row.
            self.tile::<W, TILE>(first.min(self.width - TILE), first..(first + TILE).min(end));
        }
    }
}

/// A range in chunks.
fn chunks(range: Range<usize>, length: usize) -> impl Iterator<Item = Range<usize>> {
    range.clone().step_by(length).map(move |start| start..(start + length).min(range.end))
}

/// Adds to the potentials of `posts`, listeners of the rectangle, what they hear through it in the cycle where
/// `outputs` stands. `weights` are those of all connections. For all blocks of the views, on the calling thread:
/// a caller may split listeners or blocks among threads.
///
/// # Panics
/// If the shapes disagree, or a speaker lies outside its block.
#[track_caller]
pub fn dense_forward(
    rectangle: &Rectangle<'_>,
    weights: &[f32],
    outputs: View<'_>,
    posts: Range<usize>,
    potentials: ViewMut<'_>,
) {
    forward_on(Target::best(), rectangle, weights, outputs, posts, potentials);
}

/// [`dense_forward`] with chosen instructions.
#[track_caller]
pub(super) fn forward_on(
    target: Target,
    rectangle: &Rectangle<'_>,
    weights: &[f32],
    outputs: View<'_>,
    posts: Range<usize>,
    potentials: ViewMut<'_>,
) {
    within(&posts, &rectangle.posts);
    let (starts, stride, base) = check(rectangle, outputs, &posts, &potentials);
    let written = potentials.rows;
    let read = rows(outputs.base, rectangle.source, rectangle.pre.len());
    for listeners in chunks(posts, LISTENERS) {
        let starts = &starts[listeners.start - rectangle.posts.start..listeners.end - rectangle.posts.start];
        for columns in chunks(0..rectangle.pre.len(), SPEAKERS) {
            for (block, rows) in written.chunks_exact_mut(stride).enumerate() {
                let inputs = &outputs.block(block)[read.start + columns.start..read.start + columns.end];
                let out = &mut rows[base + listeners.start..base + listeners.end];
                target.run(Forward { weights, starts, columns: columns.clone(), inputs, out });
            }
        }
    }
}

/// Adds to the rows of `pre`, speakers of the rectangle, what its listeners say of them: `blame` stands at the
/// cycle of the speakers. `weights` are those of all connections. For all blocks of the views, on the calling
/// thread: a caller may split speakers or blocks among threads.
///
/// # Panics
/// If the shapes disagree, or a listener lies outside its block.
#[track_caller]
pub fn dense_backward(
    rectangle: &Rectangle<'_>,
    weights: &[f32],
    blame: View<'_>,
    pre: Range<usize>,
    lambda: ViewMut<'_>,
) {
    backward_on(Target::best(), rectangle, weights, blame, pre, lambda);
}

/// [`dense_backward`] with chosen instructions.
#[track_caller]
pub(super) fn backward_on(
    target: Target,
    rectangle: &Rectangle<'_>,
    weights: &[f32],
    blame: View<'_>,
    pre: Range<usize>,
    lambda: ViewMut<'_>,
) {
    within(&pre, &rectangle.pre);
    let (starts, stride, base) = check(rectangle, blame, &pre, &lambda);
    let written = lambda.rows;
    let (first, width) = (rectangle.pre.start, rectangle.pre.len());
    let read = rows(blame.base, rectangle.target, rectangle.posts.len());
    for listeners in chunks(0..rectangle.posts.len(), LISTENERS) {
        let starts = &starts[listeners.clone()];
        for speakers in chunks(pre.clone(), SPEAKERS) {
            let columns = speakers.start - first..speakers.end - first;
            for (block, rows) in written.chunks_exact_mut(stride).enumerate() {
                let blame = &blame.block(block)[read.start + listeners.start..read.start + listeners.end];
                let out = &mut rows[base + speakers.start..base + speakers.end];
                target.run(Backward { weights, starts, width, columns: columns.clone(), blame, out });
            }
        }
    }
}

/// The starts, and the length of a block of what is written and the base of its cycle.
#[track_caller]
fn check<'a>(
    rectangle: &Rectangle<'a>,
    read: View<'_>,
    rows: &Range<usize>,
    written: &ViewMut<'_>,
) -> (&'a [u32], usize, usize) {
    let (blocks, layout) = (read.blocks(), written.layout);
    assert_eq!(blocks * layout.stride(), written.rows.len(), "as many blocks written as read ({blocks})");
    assert!(rows.end <= layout.neurons(), "rows {rows:?} of {} written", layout.neurons());
    (rectangle.starts, layout.stride().max(1), written.base)
}
