//! What a network starts with: its wiring and its first weights, by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Initial wirings.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WiringName {
    /// No connection at all.
    #[default]
    None,
    /// Every pair in reach.
    Dense,
    /// This share of the pairs in reach, per pair of groups.
    Uniform(f64),
    /// This many of the pairs in reach.
    Count(u64),
    /// This share in total, spread as by Erdős and Rényi: small pairs of groups are denser.
    ErdosRenyi(f64),
    /// This many for every neuron that listens, or all in its reach.
    FanIn(u64),
    /// Bipartite receptive fields: each neuron of the smaller group hears around its place in the larger, the more blurred
    /// the greater the randomness.
    ReceptiveField {
        /// The share of the pairs between two groups.
        density: f64,
        /// From 0, the nearest, to 1, anybody.
        #[serde(default = "quarter")]
        randomness: f64,
    },
    /// A bipartite small world: the nearest, and each connection anywhere with a probability.
    SmallWorld {
        /// The share of the pairs between two groups.
        density: f64,
        /// The probability.
        #[serde(default = "quarter")]
        randomness: f64,
    },
}

fn quarter() -> f64 {
    0.25
}

/// First weights by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum InitName {
    /// Normal, variance 2 / fan-in.
    #[default]
    He,
    /// Normal, variance 2 / (fan-in + fan-out).
    Glorot,
    /// Uniform with the same variance.
    GlorotUniform,
    /// Uniform, variance gain² / fan-in: gain² is 2 for rectifiers, 25/9 for tanh, 1 for others.
    KaimingUniform,
    /// Normal with this standard deviation.
    Normal(f32),
    /// Uniform within ± this.
    Uniform(f32),
}
