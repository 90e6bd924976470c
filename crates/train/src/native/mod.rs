//! The executor for CPUs: f32, sparse, many samples side by side.
//!
//! Activity lies in blocks of 16 lanes (samples), each independent of every other over a whole window; the
//! arithmetic is that of [`livenet_core::kernel`]. Invariant: every number is made by the same sequence of
//! operations whatever the number of threads, so results are the same bits.
//!
//! Read [`Native`] in `executor.rs`, then `plan.rs` (what a commit makes anew), `activity.rs` (what lies where),
//! `forward.rs`, `backward.rs`, `update.rs`, `solo.rs` (one sample at a time), `chorus` (the same of several networks), `turned.rs` (of few words), `follow.rs`, `signals.rs`.

mod activity;
mod alike;
mod backward;
mod carry;
pub(crate) mod chorus;
mod dense;
mod executor;
mod export;
mod finite;
mod follow;
mod forward;
mod gradients;
mod lean;
mod pace;
mod parameters;
mod plan;
mod predict;
mod shape;
mod shares;
mod short;
mod signals;
mod sizes;
mod solo;
mod sources;
mod splitting;
mod statistics;
mod steps;
mod tape;
mod threads;
mod turned;
mod update;

#[cfg(test)]
mod tests;

pub use executor::Native;
pub use threads::Threads;
