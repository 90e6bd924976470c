//! `tuning.json`: what the searches of a sweep tried, as far as a plot wants it.

use super::CompareError;
use serde::Deserialize;
use std::path::Path;

/// The version that is read.
const VERSION: u32 = 1;

/// The searches of a sweep that tunes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct TuningFile {
    schema_version: u32,
    /// What the choice looked at.
    pub(crate) metric: String,
    pub(crate) settings: Vec<Searched>,
}

/// The search of one setting.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Searched {
    pub(crate) setting: String,
    /// In the order in which points were tried.
    pub(crate) curve: Vec<Tried>,
}

/// A point that was tried.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Tried {
    /// The best so far; none where all had failed.
    pub(crate) best: Option<f64>,
}

impl TuningFile {
    /// The one in a sweep's folder, where it tunes.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, CompareError> {
        let path = folder.join("tuning.json");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(CompareError::Io { what: "read", path, source }),
        };
        let file: Self = serde_json::from_slice(&bytes)
            .map_err(|error| CompareError::Sweep { path: path.clone(), what: error.to_string() })?;
        if file.schema_version != VERSION {
            let what = format!("its schema_version is {}, expected {VERSION}", file.schema_version);
            return Err(CompareError::Sweep { path, what });
        }
        Ok(Some(file))
    }
}
