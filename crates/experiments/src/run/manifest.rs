//! `manifest.json`: what a run was made with.

use super::{RunDirectory, RunError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Versions, machine and config of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of livenet.
    pub livenet: String,
    /// Hash of the checked config.
    pub config: String,
    /// Name of the experiment.
    pub experiment: String,
    /// Arm; empty where there are none.
    pub arm: String,
    /// The seed.
    pub seed: u64,
    /// Which executor.
    pub executor: String,
    /// Digest of the data, or the rule that makes them.
    pub data: String,
    /// Where relative paths in the config begin: the folder of the experiment file.
    #[serde(default)]
    pub folder: String,
    /// The compiler's target.
    pub target: String,
    /// The processor.
    pub processor: String,
    /// Worker threads.
    pub threads: usize,
    /// SHA-256 of the lock file that the binary was built from.
    pub lock: String,
}

impl Manifest {
    /// What this machine and binary are.
    pub fn here(config: String, experiment: &str, arm: &str, seed: u64) -> Self {
        let lock =
            crate::data::digest::of_bytes(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")));
        Self {
            livenet: env!("CARGO_PKG_VERSION").into(),
            config,
            experiment: experiment.into(),
            arm: arm.into(),
            seed,
            executor: String::new(),
            data: String::new(),
            folder: String::new(),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            processor: processor(),
            threads: rayon::current_num_threads(),
            lock,
        }
    }

    /// That of a run.
    ///
    /// # Errors
    /// [`RunError::Damaged`].
    pub fn read(directory: &RunDirectory) -> Result<Self, RunError> {
        serde_json::from_slice(&directory.read("manifest.json")?).map_err(|error| RunError::Damaged {
            path: directory.file("manifest.json"),
            what: error.to_string(),
            mend: "it says which config the run belongs to; restore it from a copy, or run anew with --out",
        })
    }

    /// Refuses to go on with, or to look again at, a run over other data than its own.
    ///
    /// # Errors
    /// [`RunError::OtherData`].
    pub fn check_data(&self, path: &Path, data: &str) -> Result<(), RunError> {
        if self.data == data {
            return Ok(());
        }
        let (found, expected) = (self.data.clone(), data.to_owned());
        Err(RunError::OtherData { path: path.to_owned(), found, expected })
    }
}

fn processor() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim().to_owned()));
    model.unwrap_or_else(|| std::env::consts::ARCH.into())
}
