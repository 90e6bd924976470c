//! Growth by the rank of what a group says.
//!
//! [`North`] decides and proposes; a basis tells what is new, and the rank is counted without a decomposition.

mod basis;
mod cohort;
mod method;
mod rank;

pub use method::{Incoming, Measure, North, Yardstick};

pub(crate) use method::ENTRY;
