//! Which runs a command asks for: every arm with every seed, each checked and with its place.

use super::claims;
use crate::{
    Failure, Registry,
    config::raw::Claim,
    config::{Checked, ConfigError, Document, Place, nearest},
    data::{Places, digest},
    executors,
};
use std::path::{Path, PathBuf};

/// One run to be made or taken up.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) arm: String,
    pub(super) seed: u64,
    /// Hash of the config.
    pub(super) hash: String,
    /// Digest of the data.
    pub(super) data: String,
    pub(super) path: PathBuf,
}

/// All runs of a command.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    /// The arms asked for, in the order of the file; one empty name where there are none.
    pub(super) arms: Vec<String>,
    /// Arm by arm, seed by seed.
    pub(super) runs: Vec<Planned>,
    /// The claims of the experiment about these arms.
    pub(super) claims: Vec<Claim>,
    /// Where joint plots go, without an ending.
    pub(super) comparison: PathBuf,
}

/// What narrows the runs down.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice<'a> {
    pub(super) arm: Option<&'a str>,
    pub(super) seed: Option<u64>,
    pub(super) executor: Option<&'a str>,
}

impl Plan {
    /// Checks every arm before anything is run or written.
    ///
    /// # Errors
    /// [`ConfigError`] of the first arm that cannot run, or of arms that are the same run.
    pub(super) fn new(
        document: &Document,
        choice: &Choice<'_>,
        out: &Path,
        registry: &Registry,
    ) -> Result<Self, Failure> {
        let all = document.arms()?;
        let arms: Vec<String> = all.iter().filter(|arm| choice.arm.is_none_or(|only| only == *arm)).cloned().collect();
        if arms.is_empty() {
            return Err(no_such_arm(choice.arm.unwrap_or_default(), &all));
        }
        if let Some(executor) = choice.executor {
            executors::known(executor)?;
        }
        let (mut runs, mut name, mut hashes): (Vec<Planned>, String, Vec<String>) =
            (Vec::new(), String::new(), Vec::new());
        for arm in &arms {
            let (experiment, _) = document.arm(arm)?;
            let seeds = choice.seed.map_or_else(|| experiment.seeds.clone(), |seed| vec![seed]);
            if let Some(at) = (1..seeds.len()).find(|&at| seeds[..at].contains(&seeds[at])) {
                let message = format!("{} stands there twice", seeds[at]);
                return Err(document.fault("seeds", message, "list each seed once".to_owned()).into());
            }
            let check =
                |seed| Checked::new(document, arm, seed, registry, &Places::from_environment(), choice.executor);
            // The hash is the same for every seed, and so is whatever can be wrong; but where each has a wiring of its own that
            // another run found.
            let first = seeds.first().copied().unwrap_or(1);
            let checked = check(first)?;
            executors::known(checked.executor())?;
            if let Some(at) = hashes.iter().position(|hash| hash == checked.hash()) {
                let message = format!("arms `{}` and `{arm}` are the same run", arms[at]);
                return Err(document
                    .fault("arm", message, "let each arm `set` something of its own, or leave one out".to_owned())
                    .into());
            }
            hashes.push(checked.hash().to_owned());
            name.clone_from(&checked.experiment().name);
            let folder = out.join(&name);
            for seed in seeds {
                let own = if checked.differs_by_seed() && seed != first { Some(check(seed)?) } else { None };
                let hash = own.as_ref().unwrap_or(&checked).hash().to_owned();
                let path = folder.join(format!("{hash}-s{seed}"));
                runs.push(Planned { arm: arm.clone(), seed, hash, data: checked.task().shape().data.clone(), path });
            }
        }
        let (experiment, _) = document.arm(&arms[0])?;
        let claims = claims::of(document, &experiment.claim, &all, &arms)?;
        let ends: Vec<String> =
            runs.iter().map(|run| run.path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
        let comparison =
            out.join(&name).join(format!("comparison-{}", &digest::of_bytes(ends.join(" ").as_bytes())[..12]));
        Ok(Self { name, arms, runs, claims, comparison })
    }
}

fn no_such_arm(arm: &str, all: &[String]) -> Failure {
    let known = all.join(", ");
    let message =
        if known.is_empty() { "the experiment has no arms".to_owned() } else { format!("the arms are {known}") };
    let help = nearest(arm, all.iter().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
    ConfigError { place: Place::Override(format!("--arm {arm}")), key: None, message, help }.into()
}
