//! Forward: the potentials of some neurons in one cycle.
//!
//! ```text
//! for i in rows: for e in offsets[i]..offsets[i + 1]:
//!     potential[i] += weight[e] * output[base + source[e]]     // source = pre - lag * neurons
//! potential[i] += bias[i]                                      // unless the group normalises
//! ```
//!
//! The loop and its departures are in `gather.rs`. Rows of one fire group at a time: a later group of the
//! same cycle reads what this one fires.

use super::dispatch::Target;
use super::gather::Sweep;
use super::{Gather, View, ViewMut};
use std::ops::Range;

/// Writes the potentials of `rows` in the cycle where `outputs` stands, for all blocks of the view, on
/// the calling thread. `bias` is by neuron; `None` leaves the raw sum. All lanes are computed, padding too.
///
/// # Panics
/// If the shapes disagree, or a source lies outside its block.
#[track_caller]
pub fn forward<'a>(
    wires: Gather<'a>,
    weights: &'a [f32],
    outputs: View<'a>,
    rows: Range<usize>,
    bias: Option<&'a [f32]>,
    potentials: ViewMut<'a>,
) {
    Sweep { wires, weights, inputs: outputs, rows, bias }.run(Target::best(), potentials);
}

/// [`forward`] with the rows split among threads: for fewer lane blocks than threads. The same bits.
///
/// # Panics
/// As [`forward`].
#[track_caller]
pub fn forward_parallel<'a>(
    wires: Gather<'a>,
    weights: &'a [f32],
    outputs: View<'a>,
    rows: Range<usize>,
    bias: Option<&'a [f32]>,
    potentials: ViewMut<'a>,
) {
    Sweep { wires, weights, inputs: outputs, rows, bias }.run_parallel(Target::best(), potentials);
}
