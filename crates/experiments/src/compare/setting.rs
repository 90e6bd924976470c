//! One setting over its tasks and seeds.

use super::{
    CompareError,
    question::{Metric, numbers},
    trial::{Counts, Trial},
};
use crate::statistics::{Average, Bootstrap, Estimate, Profile, Scores};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A setting's numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Its name.
    pub label: String,
    /// The values of a sweep's axes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, String>,
    /// What became of its runs.
    pub runs: Counts,
    /// The primary metric: averages over the runs that have it; none where no run has.
    pub averages: Option<Averages>,
    /// Everything else that its finished runs report, by name; described, not tested.
    pub described: BTreeMap<String, Described>,
    /// The primary metric by task and seed.
    pub scores: BTreeMap<String, BTreeMap<u64, f64>>,
}

/// The primary metric of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Averages {
    /// Interquartile mean over runs and tasks.
    pub iqm: Estimate,
    /// Mean over tasks of the mean over runs.
    pub mean: Estimate,
    /// Median of all runs.
    pub median: Estimate,
    /// Median over tasks of the mean over runs; with one task the mean.
    pub median_of_task_means: Estimate,
    /// Of all runs.
    pub least: f64,
    /// Of all runs.
    pub greatest: f64,
}

/// A number over all finished runs of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Described {
    /// Runs that have it.
    pub runs: usize,
    /// Their median.
    pub median: f64,
    /// The least of them.
    pub least: f64,
    /// The greatest of them.
    pub greatest: f64,
}

/// Wall-clock seconds differ from one sitting to the next and stand apart from everything that must repeat.
pub(super) const SECONDS: &str = "seconds";

impl Setting {
    pub(super) fn new(
        label: &str,
        trials: &[&Trial],
        metric: &Metric,
        bootstrap: &Bootstrap,
    ) -> Result<Self, CompareError> {
        let mut scores: BTreeMap<String, BTreeMap<u64, f64>> = BTreeMap::new();
        for trial in trials {
            if let Some(number) = trial.number(&metric.name) {
                scores.entry(trial.task.clone()).or_default().insert(trial.seed, number);
            }
        }
        let described = trials.iter().filter_map(|trial| trial.finished()).flat_map(|outcome| {
            let metrics = outcome.metrics.keys().map(|name| format!("metrics.{name}"));
            metrics.chain(["neurons", "connections", "operations", "steps"].map(str::to_owned))
        });
        let names: BTreeSet<String> = described.filter(|name| *name != metric.name && name != SECONDS).collect();
        let described = names.into_iter().filter_map(|name| {
            let values: Vec<f64> = trials.iter().filter_map(|trial| trial.number(&name)).collect();
            Some((name, Described::of(values)?))
        });
        let mut setting = Self {
            label: label.to_owned(),
            axes: trials.first().map(|trial| trial.axes.clone()).unwrap_or_default(),
            runs: Counts::of(trials.iter().copied(), &metric.name),
            averages: None,
            described: described.collect(),
            scores,
        };
        if !setting.scores.is_empty() {
            setting.averages = Some(Averages::of(&setting.pooled()?, bootstrap));
        }
        Ok(setting)
    }

    /// Its scores on all of its tasks.
    pub(super) fn pooled(&self) -> Result<Scores, CompareError> {
        Ok(Scores::new(self.scores.values().map(|seeds| seeds.values().copied().collect()).collect())?)
    }

    /// Its performance profile at these thresholds; nothing without scores.
    pub(super) fn profile(&self, thresholds: &[f64], metric: &Metric, bootstrap: &Bootstrap) -> Option<Profile> {
        Some(Profile::of(&self.pooled().ok()?, thresholds, metric.better, bootstrap))
    }

    /// All scores, over tasks.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.scores.values().flat_map(|seeds| seeds.values().copied())
    }
}

impl Averages {
    fn of(scores: &Scores, bootstrap: &Bootstrap) -> Self {
        use Average::{InterquartileMean, Mean, Median, TaskMedian};
        let [iqm, mean, median, median_of_task_means] =
            bootstrap.averages(scores, [InterquartileMean, Mean, Median, TaskMedian]);
        let values = || scores.tasks().iter().flatten().copied();
        let (least, greatest) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        Self { iqm, mean, median, median_of_task_means, least, greatest }
    }
}

impl Described {
    fn of(values: Vec<f64>) -> Option<Self> {
        let scores = Scores::of_one_task(values).ok()?;
        let sorted = &scores.tasks()[0];
        Some(Self {
            runs: sorted.len(),
            median: Average::Median.of(&scores),
            least: *sorted.first()?,
            greatest: *sorted.last()?,
        })
    }
}

/// Numbers that some setting describes, in the order of tables: what it costs, then metrics by name.
pub(super) fn described_names(settings: &[Setting]) -> Vec<String> {
    let names: BTreeSet<&String> = settings.iter().flat_map(|setting| setting.described.keys()).collect();
    let first = ["connections", "neurons", "operations"];
    let rest = names.iter().filter(|name| !first.contains(&name.as_str())).map(|name| (*name).clone());
    first.into_iter().filter(|name| names.iter().any(|known| known == name)).map(str::to_owned).chain(rest).collect()
}

/// Whether any run has a number at all.
pub(super) fn any_finished(trials: &[Trial]) -> bool {
    !numbers(trials).is_empty()
}
