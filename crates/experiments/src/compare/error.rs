//! Why runs cannot be compared.

use crate::{
    plots::PlotError,
    statistics::{BadLevel, ScoresError},
};
use std::path::PathBuf;

/// What can go wrong with a comparison as a whole; what is wrong with a single run is a row or a note of the table.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// There is nothing at a path.
    #[error("{} is no run, no folder of runs and no sweep: {found}\n  help: name `runs/NAME`, one of its runs, or the folder of a sweep", path.display())]
    NothingThere {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        found: &'static str,
    },
    /// A sweep's file cannot be used.
    #[error("{} is damaged: {what}; run `livenet sweep` again, which writes it anew", path.display())]
    Sweep {
        /// The file.
        path: PathBuf,
        /// How.
        what: String,
    },
    /// No run has ended as it should.
    #[error("none of {runs} runs is finished ({states}): there is nothing to compare yet")]
    NoneFinished {
        /// How many there are.
        runs: usize,
        /// What became of them.
        states: String,
    },
    /// No report has the metric.
    #[error("no finished run has the number `{metric}`; the reports have {known}{}", did_you_mean(.nearest.as_deref()))]
    NoMetric {
        /// What was asked for.
        metric: String,
        /// What there is.
        known: String,
        /// The name that it may be meant for.
        nearest: Option<String>,
    },
    /// Sweeps with different primary metrics.
    #[error("the sweeps declare different primary metrics, {first} and {second}; name one with --metric")]
    Metrics {
        /// Of one.
        first: String,
        /// Of another.
        second: String,
    },
    /// No setting is called so.
    #[error("no setting is called `{label}`; there are {known}{}", did_you_mean(.nearest.as_deref()))]
    NoControl {
        /// What was asked for.
        label: String,
        /// What there is.
        known: String,
        /// The label that it may be meant for.
        nearest: Option<String>,
    },
    /// A margin that is none.
    #[error(
        "the margin is {found}; expected a positive number in the unit of the metric, such as 0.01 for one point of accuracy"
    )]
    Margin {
        /// What was given.
        found: f64,
    },
    /// A level that is none.
    #[error(transparent)]
    Level(#[from] BadLevel),
    /// Scores that are none.
    #[error(transparent)]
    Scores(#[from] ScoresError),
    /// The system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// Read, write, ...
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A plot cannot be made.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// A table cannot be encoded.
    #[error("the comparison cannot be written as {form}: {detail}")]
    Encode {
        /// JSON or Parquet.
        form: &'static str,
        /// What the encoder said.
        detail: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|meant| format!("\n  help: did you mean `{meant}`?")).unwrap_or_default()
}

impl CompareError {
    /// Whether the command, rather than what it found, is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NothingThere { .. }
                | Self::NoMetric { .. }
                | Self::Metrics { .. }
                | Self::NoControl { .. }
                | Self::Margin { .. }
                | Self::Level(_)
        )
    }
}
