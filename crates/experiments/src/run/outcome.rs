//! `report.json`: how a run ended and what came of it. Scripts depend on these names.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a run ended, with the number that decided it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All updates were done.
    Finished {
        /// How many.
        steps: u64,
    },
    /// The validation loss did not get better for too long.
    Patience {
        /// Looks without a better loss.
        looks: u32,
        /// The best loss.
        best: f64,
    },
    /// Something left the finite numbers.
    Diverged {
        /// During which update.
        step: u64,
        /// Where and what, with the neuron's name.
        what: String,
    },
}

/// The summary of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Version of this form.
    pub schema_version: u32,
    /// Name of the experiment.
    pub experiment: String,
    /// Arm; empty where there are none.
    pub arm: String,
    /// How it ended.
    pub ending: Ending,
    /// The seed.
    pub seed: u64,
    /// Updates done.
    pub steps: u64,
    /// `test_loss`, `test_accuracy`, `validation_loss`, ...
    pub metrics: BTreeMap<String, f64>,
    /// Neurons at the end.
    pub neurons: u64,
    /// Active connections at the end.
    pub connections: u64,
    /// All pairs of consecutive groups.
    pub dense_connections: u64,
    /// Multiply-adds of training.
    pub operations: u64,
    /// Wall-clock seconds of training, over all sittings.
    pub seconds: f64,
}

impl Outcome {
    /// A number by its dotted name in the report: `connections`, `metrics.test_accuracy`.
    pub fn number(&self, name: &str) -> Option<f64> {
        if let Some(metric) = name.strip_prefix("metrics.") {
            return self.metrics.get(metric).copied();
        }
        Some(match name {
            "steps" => self.steps as f64,
            "neurons" => self.neurons as f64,
            "connections" => self.connections as f64,
            "dense_connections" => self.dense_connections as f64,
            "operations" => self.operations as f64,
            "seconds" => self.seconds,
            _ => return None,
        })
    }
}
