//! What a neuron computes: its activation, its kind of state, and the normalisation of its group.
//!
//! Definitions are in f64 with `libm`, the same on every platform; the f32 slice versions are what
//! executors run, the same bits on every machine. Read [`Activation`] first.
#![expect(
    clippy::inline_always,
    reason = "a kernel's body must be compiled inside the function that enables the instructions"
)]

mod activation;
mod elementary;
mod kind;
mod norm;
mod told;

pub use activation::{Activation, UnknownActivation, UserActivation};
pub use kind::{Unit, UnitKind};
pub use norm::Norm;
