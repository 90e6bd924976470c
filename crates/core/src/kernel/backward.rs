//! Backward: what the loss says of some outputs in one cycle, gathered over who hears them.
//!
//! ```text
//! for j in rows: for e in offsets[j]..offsets[j + 1]:          // of the transpose
//!     lambda[j] += weight[e] * blame[base + target[e]]         // target = post + lag * neurons
//! ```
//!
//! Departures: those of `gather.rs`, and weights in the order of the transpose
//! ([`Transpose::arrange`](super::Transpose::arrange)): read through the permutation instead, every weight
//! costs a cache line of its own in every cycle.

use super::dispatch::Target;
use super::gather::{Finish, Sweep};
use super::{Gather, View, ViewMut};
use std::ops::Range;

/// Adds to `lambda`, the derivative of the loss by the outputs of `rows` in the cycle where `blame`
/// stands, the part that comes through connections. `wires` and `weights` are the transpose's. The
/// layout of `blame` must be [`Layout::blame`](super::Layout::blame) with its slots beyond the end zero.
///
/// # Panics
/// If the shapes disagree, or a target lies outside its block.
#[track_caller]
pub fn backward<'a>(wires: Gather<'a>, weights: &'a [f32], blame: View<'a>, rows: Range<usize>, lambda: ViewMut<'a>) {
    Sweep { wires, weights, inputs: blame, rows, finish: Finish::Add }.run(Target::best(), lambda);
}

/// [`backward`] with the rows split among threads: for fewer lane blocks than threads. The same bits.
///
/// # Panics
/// As [`backward`].
#[track_caller]
pub fn backward_parallel<'a>(
    wires: Gather<'a>,
    weights: &'a [f32],
    blame: View<'a>,
    rows: Range<usize>,
    lambda: ViewMut<'a>,
) {
    Sweep { wires, weights, inputs: blame, rows, finish: Finish::Add }.run_parallel(Target::best(), lambda);
}
