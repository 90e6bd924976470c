//! `manifest.json`: what a run was made with.
//!
//! Facts of the machine and of the binary stand here and nowhere else in a run's directory (but for its timings), so
//! that every other file is the same wherever, with whatever threads and whenever it was made.

use super::{RunDirectory, RunError};
use crate::{
    config::{Checked, Document},
    data::digest,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Versions, machine and config of a run. What an older livenet did not write is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of livenet.
    pub livenet: String,
    /// Hash of the checked config.
    pub config: String,
    /// Hash of what the runs of all seeds have in common; empty where it is `config`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub common: String,
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
    /// The instructions that the kernels use on it.
    #[serde(default)]
    pub instructions: String,
    /// Worker threads.
    pub threads: usize,
    /// SHA-256 of the lock file that the binary was built from.
    pub lock: String,
    /// How the binary was built.
    #[serde(default)]
    pub build: Build,
}

/// How a binary was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The commit of the sources; `unknown` outside of a checkout.
    pub commit: String,
    /// Whether they were as in that commit.
    pub tree: Tree,
    /// Cargo features, in alphabetical order.
    pub features: Vec<String>,
    /// The compiler and its version.
    pub compiler: String,
    /// `debug` or `release`.
    pub profile: String,
    /// The compiler's level of optimisation.
    pub opt_level: String,
    /// Further flags of the compiler, `RUSTFLAGS`.
    pub flags: String,
}

/// Whether sources are those of their commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// They are.
    Clean,
    /// Something was changed and not committed.
    Changed,
    /// There was no git to ask.
    #[default]
    Unknown,
}

/// Flags of the compiler; most often none.
const FLAGS: &str = env!("LIVENET_BUILD_FLAGS");

impl Build {
    /// That of this binary.
    pub fn here() -> Self {
        let list = env!("LIVENET_BUILD_FEATURES").split(',').filter(|name| !name.is_empty());
        let commit = env!("LIVENET_BUILD_COMMIT");
        Self {
            commit: if commit.is_empty() { "unknown" } else { commit }.into(),
            tree: match env!("LIVENET_BUILD_TREE") {
                "clean" => Tree::Clean,
                "changed" => Tree::Changed,
                _ => Tree::Unknown,
            },
            features: list.map(Into::into).collect(),
            compiler: env!("LIVENET_BUILD_COMPILER").into(),
            profile: env!("LIVENET_BUILD_PROFILE").into(),
            opt_level: env!("LIVENET_BUILD_OPT_LEVEL").into(),
            flags: FLAGS.to_owned(),
        }
    }
}

impl Manifest {
    /// That of a run of this config by this binary on this machine.
    pub fn here(checked: &Checked, document: &Document) -> Self {
        Self {
            livenet: env!("CARGO_PKG_VERSION").into(),
            config: checked.hash().into(),
            common: if checked.found().is_some() { checked.common_hash().into() } else { String::new() },
            experiment: checked.experiment().name.clone(),
            arm: checked.arm().into(),
            seed: checked.seed(),
            executor: checked.executor().into(),
            data: checked.task().shape().data.clone(),
            folder: document.folder().to_string_lossy().into_owned(),
            target: env!("LIVENET_BUILD_TARGET").into(),
            processor: processor(),
            instructions: livenet_core::kernel::instructions().into(),
            threads: rayon::current_num_threads(),
            lock: digest::of_bytes(include_bytes!(env!("LIVENET_BUILD_LOCK"))),
            build: Build::here(),
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

    /// The hash that the runs of all seeds share.
    pub fn common(&self) -> &str {
        if self.common.is_empty() { &self.config } else { &self.common }
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

    /// Whatever may explain another result: each fact by name, as it is in this manifest and in the other. A fact that
    /// an older manifest lacks differs.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let (one, two) = (self.facts(), other.facts());
        let differs = one.into_iter().zip(two).filter(|((_, then), (_, now))| then != now);
        differs.map(|((what, then), (_, now))| Difference { what, then, now }).collect()
    }

    /// What may matter for the result, by name.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let build = &self.build;
        let tree = match build.tree {
            Tree::Clean => "as committed",
            Tree::Changed => "changed since the commit",
            Tree::Unknown => "unknown",
        };
        let facts = [
            ("version of livenet", &self.livenet),
            ("commit", &build.commit),
            ("sources", &tree.to_owned()),
            ("lock file", &self.lock),
            ("features", &build.features.join(", ")),
            ("compiler", &build.compiler),
            ("profile", &build.profile),
            ("level of optimisation", &build.opt_level),
            ("compiler flags", &build.flags),
            ("target", &self.target),
            ("executor", &self.executor),
            ("data", &self.data),
            ("processor", &self.processor),
            ("instruction set", &self.instructions),
            ("threads", &self.threads.to_string()),
        ];
        facts.map(|(name, value)| (name, value.clone())).to_vec()
    }
}

/// A fact that is not the same in two manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which.
    pub what: &'static str,
    /// In the first.
    pub then: String,
    /// In the other.
    pub now: String,
}

fn processor() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim().to_owned()));
    model.unwrap_or_else(|| std::env::consts::ARCH.into())
}
