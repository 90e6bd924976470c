//! The sparse arithmetic, over plain slices: no structure, no ids, no allocation in the hot kernels.
//!
//! Connections are rows of CSR by listener; activity is [`Lanes`] in a [`Layout`]. One operation per
//! file, each with its three-line version first. The results of all of them are the same bits for any
//! number of threads and any instruction set. A sweep gives lane blocks to threads (a block is
//! independent of every other, so there is no barrier per cycle) and calls [`forward`] and [`backward`]
//! inside; [`gradient`], [`absent`] and [`update`] split their own work.
#![expect(
    clippy::inline_always,
    reason = "a kernel's body must be compiled inside the function that enables the instructions"
)]
#![expect(clippy::needless_range_loop, reason = "a lane indexes several arrays at once")]

mod absent;
mod backward;
mod corrections;
pub(crate) mod dispatch;
mod forward;
mod gather;
mod gradient;
mod lanes;
mod leaky;
mod rows;
mod transpose;
mod update;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod textbook;

pub use absent::{Absent, Candidate, Span};
pub use backward::{backward, backward_parallel};
pub use corrections::Corrections;
pub use forward::{forward, forward_parallel};
pub use gather::Gather;
pub use gradient::{Store, gradient};
pub use lanes::{LANES, Lanes, Layout, View, ViewMut};
pub use leaky::{leak, leak_backward};
pub use rows::{dots, scale_shift, sums};
pub use transpose::Transpose;
pub use update::{Counts, Decay, Elements, Moments, Step, update};

/// Multiply-adds below which work stays on the calling thread: handing it over costs 10 to 60 us,
/// in which a core does about this many.
pub(crate) const WORTH_A_THREAD: usize = 1 << 18;
