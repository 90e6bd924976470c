//! `livenet status`: how a sweep stands, from its files.

use super::{output::Output, summary::Spread};
use crate::{
    Failure,
    sweep::{Plan, Stage, State, SweepDirectory, SweepRecord, Trial, slurm::View},
};
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `status`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The directory of the sweep
    sweep: PathBuf,
    /// One JSON document, with every trial
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let directory = SweepDirectory::open(&arguments.sweep)?;
    let status = Status::of(&directory)?;
    let mut output = Output::new();
    if arguments.json {
        output.json(&status)?;
    } else {
        status.print(&mut output)?;
    }
    output.finish()
}

/// How many trials stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) done: usize,
    pub(super) running: usize,
    pub(super) failed: usize,
    pub(super) waiting: usize,
}

impl Counts {
    fn add(&mut self, state: &State) {
        *match state {
            State::Done => &mut self.done,
            State::Running => &mut self.running,
            State::Failed(_) => &mut self.failed,
            State::Waiting => &mut self.waiting,
        } += 1;
    }

    pub(super) fn all(self) -> usize {
        self.done + self.running + self.failed + self.waiting
    }
}

/// A setting over its seeds, or a rung of its search.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    label: String,
    stage: Stage,
    #[serde(flatten)]
    counts: Counts,
    /// The metric over those that are done and have it; of a search nothing is reported.
    metric: Option<Spread>,
}

/// A trial on its own.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TrialStatus {
    #[serde(flatten)]
    trial: Trial,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    log: Vec<String>,
}

/// How a sweep stands.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Status {
    schema_version: u32,
    name: String,
    directory: String,
    metric: String,
    /// Each run once.
    #[serde(flatten)]
    pub(super) counts: Counts,
    /// Whether a search will add trials.
    pub(super) open: bool,
    /// What Slurm says, where trials were handed over to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    slurm: Option<View>,
    settings: Vec<Row>,
    trials: Vec<TrialStatus>,
}

impl Status {
    /// Looks at the files of a sweep.
    pub(super) fn of(directory: &SweepDirectory) -> Result<Self, Failure> {
        let (SweepRecord { name, metric, .. }, Plan { trials, open, .. }) = (directory.record()?, directory.plan()?);
        let mut states = directory.states(&trials)?;
        let slurm = View::of(directory, &trials, &states)?;
        if let Some(view) = &slurm {
            let both = trials.iter().zip(states);
            states = both.map(|(trial, state)| view.stands(directory, &trial.key, state)).collect();
        }
        let mut rows: Vec<(Row, Vec<f64>)> = Vec::new();
        let (mut counts, mut seen) = (Counts::default(), std::collections::BTreeSet::new());
        let mut listed = Vec::new();
        let mut places = std::collections::BTreeMap::new();
        for (trial, state) in trials.into_iter().zip(states) {
            let label = match trial.stage {
                Stage::Compared => trial.label.clone(),
                Stage::Searched(rung) => {
                    let setting = trial.setting.get("setting").and_then(serde_json::Value::as_str);
                    let of = setting.map(|setting| format!("{setting}, ")).unwrap_or_default();
                    format!("{of}search, rung {rung}")
                }
            };
            let at = *places.entry((trial.stage, label.clone())).or_insert_with(|| {
                rows.push((Row { label, stage: trial.stage, counts: Counts::default(), metric: None }, Vec::new()));
                rows.len() - 1
            });
            let (row, values) = &mut rows[at];
            row.counts.add(&state);
            if seen.insert(trial.key.clone()) {
                counts.add(&state);
            }
            if state == State::Done && trial.stage == Stage::Compared {
                values.extend(directory.outcome(&trial.key)?.and_then(|outcome| outcome.number(&metric.name)));
            }
            listed.push(TrialStatus::of(trial, state));
        }
        let settings = rows.into_iter().map(|(row, values)| Row { metric: Spread::of(&values), ..row }).collect();
        let directory = directory.path().to_string_lossy().into_owned();
        Ok(Self {
            schema_version: 1,
            name,
            directory,
            metric: metric.name,
            counts,
            open,
            slurm,
            settings,
            trials: listed,
        })
    }

    /// The table of the settings, and what failed below it.
    pub(super) fn print(&self, output: &mut Output) -> Result<(), Failure> {
        let short = self.metric.strip_prefix("metrics.").unwrap_or(&self.metric).replace('_', " ");
        let mut rows = vec![["setting", "done", "running", "failed", "waiting", &short].map(str::to_owned).to_vec()];
        let show = |number: f64| {
            if self.metric.ends_with("_accuracy") { format!("{:.2} %", 100.0 * number) } else { format!("{number:.5}") }
        };
        for Row { label, counts, metric, .. } in &self.settings {
            let numbers = [counts.done, counts.running, counts.failed, counts.waiting].map(|count| count.to_string());
            let metric = metric.map_or_else(|| "-".to_owned(), |spread| spread.text(show));
            rows.push([label.clone()].into_iter().chain(numbers).chain([metric]).collect());
        }
        output.table(&rows)?;
        for TrialStatus { trial, failure, log, .. } in &self.trials {
            let Some(failure) = failure else { continue };
            output.line(format_args!("\n{}, seed {} ({}): {failure}", trial.label, trial.seed, trial.key))?;
            log.iter().try_for_each(|line| output.line(format_args!("    {line}")))?;
        }
        for line in self.slurm.iter().flat_map(View::lines) {
            output.line(line)?;
        }
        if self.open {
            output.line("\na search has not asked for all of its trials yet")?;
        }
        Ok(())
    }
}

impl TrialStatus {
    fn of(trial: Trial, state: State) -> Self {
        let word = word(&state);
        let (failure, log) = match state {
            State::Failed(record) => (Some(record.cause.to_string()), record.log),
            _ => (None, Vec::new()),
        };
        Self { trial, state: word, failure, log }
    }
}

/// A state as tables and scripts name it.
pub(super) fn word(state: &State) -> &'static str {
    match state {
        State::Done => "done",
        State::Running => "running",
        State::Failed(_) => "failed",
        State::Waiting => "waiting",
    }
}
