//! What is asked of the runs: one primary metric, a control, a margin, how intervals are drawn.

use super::{CompareError, gather::Gathered, trial::Trial};
use crate::{
    config::nearest,
    statistics::{Better, Bootstrap},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a user asks; what is left open is taken from the sweep, then from the runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// A number of the report, such as `metrics.test_accuracy`.
    pub metric: Option<String>,
    /// Which way it is better.
    pub better: Option<Better>,
    /// The setting that all others are held against.
    pub control: Option<String>,
    /// Up to this difference two settings count as equivalent, in the unit of the metric.
    pub margin: Option<f64>,
    /// How intervals are drawn.
    pub bootstrap: Bootstrap,
}

/// Who chose something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// The sweep, before it ran.
    BySweep,
    /// The command, which may have seen the runs.
    ByCommand,
    /// Neither: the usual one.
    ByDefault,
}

/// The one metric that intervals, tests and their correction are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Its name in the report.
    pub name: String,
    /// Which way it is better.
    pub better: Better,
    /// Who chose it.
    pub chosen: Chosen,
}

impl Metric {
    /// The name for people: `test accuracy`.
    pub fn words(&self) -> String {
        in_words(&self.name)
    }

    /// Whether it is a share of 1, shown in percent.
    pub fn is_share(&self) -> bool {
        is_share(&self.name)
    }

    /// The primary metric of these runs.
    pub(super) fn choose(question: &Question, gathered: &Gathered) -> Result<Self, CompareError> {
        let declared = gathered.declared.first();
        if let (None, Some(first)) = (&question.metric, declared)
            && let Some(other) = gathered.declared.iter().find(|other| other.name != first.name)
        {
            return Err(CompareError::Metrics { first: first.name.clone(), second: other.name.clone() });
        }
        let known = numbers(&gathered.trials);
        let (name, chosen) = match (&question.metric, declared) {
            (Some(name), Some(declared)) if *name == declared.name => (name.clone(), Chosen::BySweep),
            (Some(name), _) => (name.clone(), Chosen::ByCommand),
            (None, Some(declared)) => (declared.name.clone(), Chosen::BySweep),
            (None, None) => {
                let usual = ["metrics.test_accuracy", "metrics.test_loss"];
                let usual = usual.into_iter().find(|name| known.contains(*name)).unwrap_or(usual[0]);
                (usual.to_owned(), Chosen::ByDefault)
            }
        };
        if !known.contains(&name) {
            let nearest = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(CompareError::NoMetric { metric: name, known, nearest });
        }
        let of_sweep = declared.filter(|declared| declared.name == name).and_then(|declared| declared.better);
        let better = question.better.or(of_sweep).unwrap_or_else(|| usual_way(&name));
        Ok(Self { name, better, chosen })
    }
}

/// Every number that some finished run has.
pub(super) fn numbers(trials: &[Trial]) -> BTreeSet<String> {
    let plain = ["steps", "neurons", "connections", "dense_connections", "operations", "seconds"];
    let finished = || trials.iter().filter_map(Trial::finished);
    let metrics = finished().flat_map(|outcome| outcome.metrics.keys().map(|name| format!("metrics.{name}")));
    let plain = plain.into_iter().filter(|_| finished().next().is_some()).map(str::to_owned);
    metrics.chain(plain).collect()
}

/// Accuracies want to be high; losses and everything that is spent want to be low.
fn usual_way(name: &str) -> Better {
    if name.ends_with("accuracy") { Better::Higher } else { Better::Lower }
}

/// `metrics.test_accuracy` as `test accuracy`.
pub(crate) fn in_words(name: &str) -> String {
    name.strip_prefix("metrics.").unwrap_or(name).replace('_', " ")
}

/// Whether a number is a share of 1.
pub(crate) fn is_share(name: &str) -> bool {
    name.ends_with("accuracy")
}
