//! `sweep.json`: what a sweep says of itself. Fields that this version does not know are passed over.

use super::CompareError;
use crate::statistics::Better;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// The version that is read.
const VERSION: u32 = 1;

/// A sweep's file, as far as a comparison wants it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SweepFile {
    schema_version: u32,
    pub(super) name: String,
    pub(super) metric: Option<PrimaryMetric>,
    pub(super) control: Option<String>,
    pub(super) margin: Option<f64>,
    pub(super) trials: Vec<SweepTrial>,
}

/// The metric that a sweep declares before it runs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct PrimaryMetric {
    pub(super) name: String,
    pub(super) better: Option<Better>,
}

/// One trial of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SweepTrial {
    #[serde(default)]
    pub(super) setting: BTreeMap<String, serde_json::Value>,
    pub(super) label: String,
    pub(super) seed: u64,
    pub(super) directory: String,
}

/// The name of the file in a sweep's folder.
pub(super) const SWEEP_FILE: &str = "sweep.json";

impl SweepFile {
    pub(super) fn read(folder: &Path) -> Result<Self, CompareError> {
        let path = folder.join(SWEEP_FILE);
        let bytes =
            std::fs::read(&path).map_err(|source| CompareError::Io { what: "read", path: path.clone(), source })?;
        let file: Self = serde_json::from_slice(&bytes)
            .map_err(|error| CompareError::Sweep { path: path.clone(), what: error.to_string() })?;
        if file.schema_version != VERSION {
            let what = format!("its schema_version is {}, expected {VERSION}", file.schema_version);
            return Err(CompareError::Sweep { path, what });
        }
        Ok(file)
    }
}

/// A value of an axis as text: strings without their quotes.
pub(super) fn axis_text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a sweep keeps beside a trial that failed.
#[derive(Deserialize)]
struct FailureFile {
    cause: BTreeMap<String, serde_json::Value>,
}

/// Why a trial failed, where its sweep recorded that: `exit code 1`. A record that cannot be read still says that it failed.
pub(super) fn failure_of(trial: &Path) -> Option<String> {
    let mut path = trial.as_os_str().to_owned();
    path.push(".failure.json");
    let bytes = std::fs::read(path).ok()?;
    let causes = serde_json::from_slice(&bytes).map(|file: FailureFile| file.cause).unwrap_or_default();
    let words = causes.iter().map(|(cause, number)| format!("{} {number}", cause.replace('_', " ")));
    let words = words.collect::<Vec<_>>().join(", ");
    Some(if words.is_empty() { "its record cannot be read".to_owned() } else { words })
}
