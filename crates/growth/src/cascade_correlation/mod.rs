//! Cascade-correlation: neurons that are trained before they are born, and never after.
//!
//! A candidate climbs, [`CascadeCorrelation`] chooses and proposes.

mod candidate;
mod method;
mod patterns;

pub use method::{CascadeCorrelation, Kin, Objective};

pub(crate) use method::ENTRY;
