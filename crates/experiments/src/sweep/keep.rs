//! What a sweep keeps in its directory: its file, its plan and their configs, its decisions, its failures.

use super::{
    change,
    directory::{State, SweepDirectory},
    failure::FailureRecord,
    file::Sweep,
    plan::{Plan, config_name},
    record::SweepRecord,
    tuning::Tuning,
};
use crate::{Failure, run::RunError};
use std::path::{Path, PathBuf};

/// Which failures are forgotten, so that their trials are taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgive {
    /// What a signal killed.
    Killed,
    /// All.
    All,
}

impl SweepDirectory {
    /// Where a sweep lies below `out`.
    pub fn place(out: &Path, sweep: &Sweep) -> PathBuf {
        out.join(sweep.name())
    }

    /// The directory of a sweep below `out`, if it is there.
    ///
    /// # Errors
    /// When it belongs to another sweep, or to another version of livenet.
    pub fn of(out: &Path, sweep: &Sweep) -> Result<Option<Self>, Failure> {
        let path = Self::place(out, sweep);
        if !refuse_other(&path, sweep)? {
            return Ok(None);
        }
        let directory = Self::make(&path)?;
        let here = env!("CARGO_PKG_VERSION");
        // It is missing when the first command was killed between the two files.
        if path.join("plan.json").exists() {
            let version = directory.plan()?.livenet;
            if version != here {
                return Err(Failure::Usage(format!(
                    "{} was begun with livenet {version}, and this is {here}, whose trials may differ; nothing was changed\n  help: go on with that version, or give --out",
                    path.display()
                )));
            }
        }
        Ok(Some(directory))
    }

    /// Keeps a plan: configs and decisions first, so that whatever `plan.json` names is there.
    ///
    /// # Errors
    /// [`RunError::Io`], or when another sweep was kept here in the meantime.
    pub fn keep(&self, sweep: &Sweep, plan: &Plan) -> Result<(), Failure> {
        let lock = self.lock()?;
        refuse_other(self.path(), sweep)?;
        let text = toml::to_string(&change::resolved(sweep)).expect("what was parsed from TOML can be written as TOML");
        self.write(&lock, &self.file("sweep.toml"), text.as_bytes())?;
        for (hash, config) in &plan.configs {
            self.write(&lock, &self.file(&config_name(hash)), config.as_bytes())?;
        }
        for decision in &plan.decisions {
            self.write_json(&lock, &decision.path(self), decision)?;
        }
        if let Some(tuning) = Tuning::of(sweep, &plan.decisions) {
            self.write_json(&lock, &self.file("tuning.json"), &tuning)?;
            self.write(&lock, &self.file("tuning.csv"), tuning.to_csv(sweep).as_bytes())?;
        }
        self.write_json(&lock, &self.file("sweep.json"), &SweepRecord::of(sweep, plan))?;
        Ok(self.write_json(&lock, &self.file("plan.json"), plan)?)
    }

    /// Forgets failures of a plan, and gives how many.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn forgive(&self, plan: &Plan, which: Forgive) -> Result<usize, Failure> {
        let lock = self.lock()?;
        let runs: Vec<_> = plan.runs().into_iter().cloned().collect();
        let mut forgiven = 0;
        for (trial, state) in runs.iter().zip(self.states(&runs)?) {
            let State::Failed(record) = state else { continue };
            if which == Forgive::All || !record.lasts() {
                FailureRecord::remove(self, &trial.key, &lock)?;
                forgiven += 1;
            }
        }
        Ok(forgiven)
    }
}

/// Whether a sweep is kept at `path`; one that is not this one is refused.
fn refuse_other(path: &Path, sweep: &Sweep) -> Result<bool, Failure> {
    let kept = path.join("sweep.toml");
    match std::fs::read_to_string(&kept) {
        Ok(text) => change::refuse(path, &text, sweep).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(RunError::Io { what: "read", path: kept, source }.into()),
    }
}
