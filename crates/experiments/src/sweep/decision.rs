//! Decisions of a search: which scores there were after a rung, and which points come next.
//!
//! Invariant: a decision that is written stands. It is made from finished files alone, so whoever makes it, after
//! however many interruptions, makes the same.

use super::{
    directory::SweepDirectory,
    file::Sweep,
    raw::Better,
    search::{self, Point, Scored},
};
use crate::{data::digest, run::RunError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a search looks at when it decides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Selection {
    /// A number of the report; never one of the test part.
    pub(super) metric: String,
    better: Better,
}

impl Selection {
    /// The counterpart of the metric on the validation part, or the metric itself where it is of no part.
    pub(super) fn of(sweep: &Sweep) -> Self {
        let metric = sweep.metric().name.replace("metrics.test_", "metrics.validation_");
        Self { metric, better: sweep.metric().better }
    }

    /// The mean over seeds, higher being better; none where a seed has no such number.
    pub(super) fn score(&self, values: &[Option<f64>]) -> Option<f64> {
        let values: Vec<f64> = values.iter().copied().collect::<Option<_>>()?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(match self.better {
            Better::Higher => mean,
            Better::Lower => -mean,
        })
    }
}

/// What was decided after a rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Decision {
    schema_version: u32,
    /// The setting that is searched; empty where the sweep has none by name.
    pub(super) setting: String,
    /// Which rung, from 0.
    pub(super) rung: u32,
    /// What was looked at.
    metric: String,
    /// The scores, higher being better, in the order in which points were tried.
    pub(super) scored: Vec<Scored>,
    /// The points of the next rung; none when the search is over.
    pub(super) next: Option<Vec<Point>>,
}

impl Decision {
    pub(super) fn new(sweep: &Sweep, setting: &str, rung: u32, scored: Vec<Scored>, earlier: &[Vec<Scored>]) -> Self {
        let rungs = [earlier, std::slice::from_ref(&scored)].concat();
        let next = search::next(sweep.search(), sweep.axes(), &rungs);
        let metric = Selection::of(sweep).metric;
        Self { schema_version: 1, setting: setting.to_owned(), rung, metric, scored, next }
    }

    /// The one that is written, if there is one.
    pub(super) fn read(directory: &SweepDirectory, setting: &str, rung: u32) -> Result<Option<Self>, RunError> {
        directory.read_json(&Self::path_of(directory, setting, rung))
    }

    /// Where it is written.
    pub(super) fn path(&self, directory: &SweepDirectory) -> PathBuf {
        Self::path_of(directory, &self.setting, self.rung)
    }

    fn path_of(directory: &SweepDirectory, setting: &str, rung: u32) -> PathBuf {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = setting.chars().map(plain).collect();
        // Other letters may be gone from the name, so the digest tells settings apart.
        let digest = &digest::of_bytes(setting.as_bytes())[..6];
        directory.file(&format!("decisions/{name}-{digest}-rung-{rung}.json"))
    }
}
