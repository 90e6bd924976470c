//! `tuning.json` and `tuning.csv`: what each setting's search found, as a reviewer wants to see it.
//!
//! Every setting had the same number of trials over the same values, on seeds that are not reported, and was judged on
//! the validation part. The settings as they were before anybody searched are compared beside the tuned ones.

use super::{
    decision::{Decision, Selection},
    file::Sweep,
    raw::{Better, Search},
    search::{Scored, ranked},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The searches of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Tuning {
    schema_version: u32,
    /// What was looked at.
    metric: String,
    /// Seeds that chose.
    seeds: Vec<u64>,
    settings: Vec<SettingTuning>,
}

/// The search of one setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct SettingTuning {
    setting: String,
    /// Points that were tried, all rungs together.
    trials: usize,
    /// Of the points that could be chosen, in the order in which they were tried.
    curve: Vec<Tried>,
    /// Which of them was chosen, from 0; none while the search goes on, or where all failed.
    chosen: Option<usize>,
}

/// A point on a tuning curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Tried {
    values: BTreeMap<String, serde_json::Value>,
    /// The metric, as a mean over seeds; none where a trial failed or diverged.
    value: Option<f64>,
    /// The best so far.
    best: Option<f64>,
}

impl Tuning {
    /// Of a sweep that tunes, from what it decided so far.
    pub(super) fn of(sweep: &Sweep, decisions: &[Decision]) -> Option<Self> {
        let tune = sweep.tune()?;
        let settings = sweep.settings().iter().map(|setting| {
            let own: Vec<&Decision> = decisions.iter().filter(|decision| decision.setting == setting.name).collect();
            SettingTuning::of(sweep, &setting.name, &own)
        });
        let metric = Selection::of(sweep).metric;
        Some(Self { schema_version: 1, metric, seeds: tune.seeds.clone(), settings: settings.collect() })
    }

    /// A row a point.
    pub(super) fn to_csv(&self, sweep: &Sweep) -> String {
        let axes: Vec<&str> = sweep.axes().iter().map(|axis| axis.name.as_str()).collect();
        let field = |text: &str| {
            if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
        };
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let head: Vec<String> = ["setting", "trial"]
            .into_iter()
            .chain(axes.iter().copied())
            .chain(["value", "best", "chosen"])
            .map(field)
            .collect();
        let mut text = head.join(",") + "\n";
        for setting in &self.settings {
            for (at, tried) in setting.curve.iter().enumerate() {
                let value = |axis: &&str| match tried.values.get(*axis) {
                    Some(serde_json::Value::String(text)) => field(text),
                    Some(value) => field(&value.to_string()),
                    None => String::new(),
                };
                let chosen = if setting.chosen == Some(at) { "yes" } else { "no" };
                let row: Vec<String> = [field(&setting.setting), (at + 1).to_string()]
                    .into_iter()
                    .chain(axes.iter().map(value))
                    .chain([number(tried.value), number(tried.best), chosen.to_owned()])
                    .collect();
                text += &(row.join(",") + "\n");
            }
        }
        text
    }
}

impl SettingTuning {
    fn of(sweep: &Sweep, setting: &str, decisions: &[&Decision]) -> Self {
        let rungs: Vec<&Vec<Scored>> = decisions.iter().map(|decision| &decision.scored).collect();
        // Scores after fewer updates are not to be held against those after more.
        let candidates: Vec<Scored> = match sweep.search() {
            Search::Halving(halving) => {
                rungs.get(halving.rungs.len() - 1).map(|rung| (*rung).clone()).unwrap_or_default()
            }
            _ => rungs.iter().flat_map(|rung| rung.iter().cloned()).collect(),
        };
        let sign = if sweep.metric().better == Better::Lower { -1.0 } else { 1.0 };
        let mut best: Option<f64> = None;
        let curve = candidates.iter().map(|Scored { point, score }| {
            best = [best, *score].into_iter().flatten().reduce(f64::max);
            let values = sweep.axes().iter().zip(&point.values).map(|(axis, value)| {
                (axis.name.clone(), serde_json::to_value(value).expect("what was read from TOML is plain data"))
            });
            Tried {
                values: values.collect(),
                value: score.map(|score| sign * score),
                best: best.map(|best| sign * best),
            }
        });
        let curve = curve.collect();
        let over = decisions.last().is_some_and(|decision| decision.next.is_none());
        let first = ranked(&candidates).first().copied().filter(|&at| over && candidates[at].score.is_some());
        Self { setting: setting.to_owned(), trials: rungs.iter().map(|rung| rung.len()).sum(), curve, chosen: first }
    }
}
