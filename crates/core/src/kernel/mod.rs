//! The sparse arithmetic, over plain slices: no structure, no ids, no allocation in the hot kernels.
//!
//! Connections are rows of CSR by listener; activity is [`Lanes`] in a [`Layout`]. One operation per
//! file, each with its three-line version first. The results of all of them are the same bits for any
//! number of threads and any instruction set. A sweep forward gives lane blocks to threads (a block is
//! independent of every other, so there is no barrier per cycle) and calls [`forward()`] inside; [`backward()`],
//! [`Absent`] and [`update()`] split their own work. [`solo`] is for one sample, [`voices`] for what few speakers say in
//! it, [`chorus`] for one sample of each of several networks; [`Rectangle`]s need no index.
#![expect(
    clippy::inline_always,
    reason = "a kernel's body must be compiled inside the function that enables the instructions"
)]

mod absent;
mod backward;
pub mod chorus;
mod corrections;
mod counts;
mod dense;
pub(crate) mod dispatch;
mod finite;
mod forward;
mod gather;
mod gradient;
mod lanes;
mod leaky;
mod panels;
pub mod probe;
mod rows;
mod running;
mod sizes;
pub mod solo;
mod transpose;
mod update;
pub mod voices;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod textbook;

pub use absent::{Absent, Candidate, Ranked, Span};
pub use backward::{Heard, backward};
pub use corrections::Corrections;
pub use counts::Counts;
pub use dense::{Gradients, Rectangle, dense_backward, dense_forward, dense_gradient};
pub use finite::{all_finite, is_finite};
pub use forward::{forward, forward_parallel};
pub use gather::{Gather, Told};
pub use gradient::gradient;
pub use lanes::{LANES, Lanes, Layout, View, ViewMut};
pub use leaky::{leak, leak_backward};
pub use panels::Store;
pub use rows::{deinterleave, dots, interleave, scale_shift, sums};
pub use running::{Part, add_lanes, blend, blend_one, fold_lanes};
pub use sizes::{add_sizes, heard_sizes, sizes};
pub use transpose::Transpose;
pub use update::{Decay, Elements, Moments, Step, update};

/// Multiply-adds below which work stays on the calling thread: handing it over to a thread that is awake costs
/// about a microsecond, in which a core does some 30 000.
pub(crate) const WORTH_A_THREAD: usize = 1 << 16;

/// The instructions that the kernels use on this machine: `avx512`, `avx2` or `portable` (what the crate was compiled
/// for). They never change a result.
pub fn instructions() -> &'static str {
    dispatch::Target::best().name()
}

/// The threads that a kernel may use: those of the pool that it is called in.
pub(crate) fn threads() -> usize {
    if rayon::current_thread_index().is_some() { rayon::current_num_threads() } else { 1 }
}
