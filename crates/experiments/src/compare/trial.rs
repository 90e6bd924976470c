//! One run as a comparison sees it.

use crate::run::{Ending, Outcome, RunDirectory, RunError};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It did all its steps, or stopped by patience.
    Finished(Box<Outcome>),
    /// It left the finite numbers. It is counted, and is in no average.
    Diverged(Box<Outcome>),
    /// It has no report, and a sweep recorded why: an exit code, a signal, a time limit.
    Failed(String),
    /// It has a directory and no report: stopped, or still running.
    Unfinished,
    /// It has no directory.
    NotBegun,
    /// Its directory cannot be read, and why.
    Damaged(String),
}

impl State {
    /// Of a run's directory.
    pub(super) fn of(directory: &RunDirectory) -> Self {
        match directory.outcome() {
            Ok(Some(outcome)) if matches!(outcome.ending, Ending::Diverged { .. }) => Self::Diverged(Box::new(outcome)),
            Ok(Some(outcome)) => Self::Finished(Box::new(outcome)),
            Ok(None) => Self::Unfinished,
            Err(error) => Self::Damaged(reason(&error)),
        }
    }

    /// The word for tables.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Finished(_) => "finished",
            Self::Diverged(_) => "diverged",
            Self::Failed(_) => "failed",
            Self::Unfinished => "unfinished",
            Self::NotBegun => "not begun",
            Self::Damaged(_) => "damaged",
        }
    }
}

/// What is wrong, without the path: a sweep's table is the same wherever the sweep lies.
pub(super) fn reason(error: &RunError) -> String {
    match error {
        RunError::Damaged { path, what, .. } => format!("{} is damaged: {what}", file_name(path)),
        RunError::NotARun { missing, .. } => format!("{missing} is missing"),
        RunError::Io { what, path, source } => format!("cannot {what} {}: {source}", file_name(path)),
        other => other.to_string(),
    }
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A run: one setting with one seed on one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What it is scored on; averages are stratified over these.
    pub task: String,
    /// The setting that it belongs to.
    pub label: String,
    /// The values of a sweep's axes, as text.
    pub axes: BTreeMap<String, String>,
    /// The seed: runs of two settings with one seed make a pair.
    pub seed: u64,
    /// Its directory as tables name it.
    pub place: String,
    /// Its directory.
    pub path: PathBuf,
    /// What became of it.
    pub state: State,
}

impl Trial {
    /// The report of a run that finished.
    pub fn finished(&self) -> Option<&Outcome> {
        match &self.state {
            State::Finished(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// The report of a run that has one.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Finished(outcome) | State::Diverged(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// A finite number of its report, where it finished.
    pub fn number(&self, metric: &str) -> Option<f64> {
        self.finished()?.number(metric).filter(|number| number.is_finite())
    }
}

/// How many runs ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub all: usize,
    /// Those with a finite number of the primary metric: what averages are made of.
    pub scored: usize,
    /// Finished without that number.
    pub without_number: usize,
    /// Left the finite numbers.
    pub diverged: usize,
    /// Ended without a report, as a sweep recorded.
    pub failed: usize,
    /// Begun and without a report.
    pub unfinished: usize,
    /// Not begun.
    pub not_begun: usize,
    /// Unreadable.
    pub damaged: usize,
}

impl Counts {
    /// Counts runs by what became of them and whether they have the metric.
    pub(super) fn of<'a>(trials: impl Iterator<Item = &'a Trial>, metric: &str) -> Self {
        let mut counts = Self::default();
        for trial in trials {
            counts.all += 1;
            *match &trial.state {
                State::Finished(_) if trial.number(metric).is_some() => &mut counts.scored,
                State::Finished(_) => &mut counts.without_number,
                State::Diverged(_) => &mut counts.diverged,
                State::Failed(_) => &mut counts.failed,
                State::Unfinished => &mut counts.unfinished,
                State::NotBegun => &mut counts.not_begun,
                State::Damaged(_) => &mut counts.damaged,
            } += 1;
        }
        counts
    }

    /// Those that are in no average, in words; empty when there are none.
    pub fn left_out(&self) -> String {
        let kinds = [
            (self.diverged, "diverged"),
            (self.failed, "failed"),
            (self.unfinished, "unfinished"),
            (self.not_begun, "not begun"),
            (self.damaged, "damaged"),
            (self.without_number, "without the number"),
        ];
        let words = kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        words.collect::<Vec<_>>().join(", ")
    }
}
