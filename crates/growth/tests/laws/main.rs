//! The laws of growth: one binary, one module per subject.

mod bench;
mod budget;
mod conformance;
mod division;
mod energy;
mod rewiring;
mod wiring;
mod wire;
