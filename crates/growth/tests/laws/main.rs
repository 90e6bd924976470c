//! The laws of growth: one binary, one module per subject.

#![expect(
    clippy::unwrap_used,
    reason = "these are tests; their helping functions may unwrap like the tests themselves"
)]

mod axes;
mod bench;
mod budget;
mod conformance;
mod contract;
mod deep_rewiring;
mod division;
mod edits;
mod energy;
mod kast;
mod marks;
mod merging;
mod places;
mod plateau;
mod rewiring;
mod rules;
mod sampling;
mod saving;
mod soft_rule;
mod turnover;
mod widening;
mod wire;
mod wiring;
