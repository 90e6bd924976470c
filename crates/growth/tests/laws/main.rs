//! The laws of growth: one binary, one module per subject.

#![expect(
    clippy::unwrap_used,
    reason = "these are tests; their helping functions may unwrap like the tests themselves"
)]

mod axes;
mod bottlenecks;
mod budget;
mod cascade;
mod cell_cycle;
mod conformance;
mod contract;
mod csti;
mod deaths;
mod deep_rewiring;
mod den;
mod division;
mod edits;
mod effort;
mod energy;
mod enough;
mod expansion;
mod firefly;
mod gain;
mod gng;
mod gradmax;
mod homeostasis;
mod kast;
mod lesson;
mod marks;
mod merging;
mod neat;
mod nest;
mod neuroplastic;
mod north;
mod overshoot;
mod places;
mod plateau;
mod problems;
mod random_twin;
mod retraction;
mod rewiring;
mod rules;
mod sampling;
mod saving;
mod smooth;
mod soft_rule;
mod splitting;
mod supply;
mod turnover;
mod utility;
mod widening;
mod wire;
mod wiring;

use livenet_growth::laws as bench;
