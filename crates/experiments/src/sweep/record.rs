//! `sweep.json`: what is compared, for whoever makes the tables. Scripts depend on these names.

use super::{
    file::Sweep,
    plan::{Plan, Stage},
    raw::Metric,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepRecord {
    /// Version of this form.
    pub schema_version: u32,
    /// Name of the sweep.
    pub name: String,
    /// The one number that is compared.
    pub metric: Metric,
    /// The label that others are held against.
    pub control: Option<String>,
    /// Differences up to this count as none.
    pub margin: Option<f64>,
    /// The names of what varies.
    pub axes: Vec<String>,
    /// The trials that are compared. What a search tried on its way is in `plan.json` alone.
    pub trials: Vec<Compared>,
}

/// A trial that is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Its value on each axis.
    pub setting: BTreeMap<String, serde_json::Value>,
    /// The same in words.
    pub label: String,
    /// Its seed.
    pub seed: u64,
    /// Its run directory, seen from that of the sweep.
    pub directory: String,
}

impl SweepRecord {
    /// Of a sweep and what is known of it.
    pub fn of(sweep: &Sweep, plan: &Plan) -> Self {
        let compared = plan.trials.iter().filter(|trial| trial.stage == Stage::Compared);
        Self {
            schema_version: 1,
            name: sweep.name().to_owned(),
            metric: sweep.metric().clone(),
            control: sweep.control().map(ToOwned::to_owned),
            margin: sweep.margin(),
            axes: sweep.axis_names(),
            trials: compared
                .map(|trial| Compared {
                    setting: trial.setting.clone(),
                    label: trial.label.clone(),
                    seed: trial.seed,
                    directory: format!("trials/{}", trial.key),
                })
                .collect(),
        }
    }
}
