//! Experiments.
pub mod data;
