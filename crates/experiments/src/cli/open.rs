//! Opening a run that is there: its directory, its config, and the session at one of its steps.

use super::output::note;
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::{self, Checkpoint, Manifest, RunDirectory, RunError},
};
use livenet_train::Session;
use std::path::{Path, PathBuf};

/// Which directory a user means: that of a run, or one that holds a single run.
///
/// # Errors
/// [`Failure::Run`] when it is neither, [`Failure::Usage`] with a list when it holds several.
pub(super) fn directory(path: &Path) -> Result<RunDirectory, Failure> {
    let fault = match RunDirectory::open(path) {
        Ok(directory) => return Ok(directory),
        Err(fault) => fault,
    };
    let runs = runs_in(path);
    match runs.as_slice() {
        [] => Err(fault.into()),
        [only] => Ok(RunDirectory::open(only)?),
        several => {
            let mut list: Vec<String> = several.iter().take(12).map(|run| format!("  {}", run.display())).collect();
            if several.len() > list.len() {
                list.push(format!("  and {} more", several.len() - list.len()));
            }
            Err(Failure::Usage(format!(
                "{} holds {} runs; name one of them:\n{}",
                path.display(),
                several.len(),
                list.join("\n")
            )))
        }
    }
}

fn runs_in(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut runs: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| RunDirectory::open(path).is_ok()).collect();
    runs.sort();
    runs
}

/// A run with the config that made it, checked anew.
pub(super) struct Opened {
    pub(super) directory: RunDirectory,
    pub(super) document: Document,
    pub(super) checked: Checked,
}

impl Opened {
    /// Opens a run and makes its config ready, which reads its data.
    ///
    /// # Errors
    /// [`RunError::OtherConfig`] when the config no longer gives the hash in the manifest, [`RunError::OtherData`]
    /// when its data are no longer those.
    pub(super) fn new(path: &Path, registry: &Registry) -> Result<Self, Failure> {
        let directory = directory(path)?;
        let manifest = Manifest::read(&directory)?;
        let mut document = Document::read(&directory.file("config.toml"), &[])?;
        if !manifest.folder.is_empty() {
            document = document.in_folder(Path::new(&manifest.folder));
        }
        let checked = Checked::new(&document, "", manifest.seed, registry, &Places::from_environment(), None)?;
        if checked.hash() != manifest.config {
            let (found, expected) = (manifest.config, checked.hash().to_owned());
            return Err(RunError::OtherConfig { path: directory.path().to_owned(), found, expected }.into());
        }
        manifest.check_data(directory.path(), &checked.task().shape().data)?;
        Ok(Self { directory, document, checked })
    }

    /// The last step that the run is known to have done.
    pub(super) fn last_step(&self) -> Result<u64, Failure> {
        if let Some(outcome) = self.directory.outcome()? {
            return Ok(outcome.steps);
        }
        Ok(self.latest()?.state.step)
    }

    /// The network as it was at `step`.
    ///
    /// # Errors
    /// [`Failure::Usage`] beyond the last step.
    pub(super) fn at(&self, step: u64, registry: &Registry) -> Result<Session, Failure> {
        let last = self.last_step()?;
        if step > last {
            return Err(Failure::Usage(format!(
                "--at {step}: {} ends at step {last}",
                self.directory.path().display()
            )));
        }
        run::at_step(&self.directory, &self.checked, &self.document, registry, step, &mut warn)
    }

    /// The state that the test part saw: the best, where the experiment keeps it, else the last.
    pub(super) fn tested(&self, registry: &Registry) -> Result<Session, Failure> {
        let checkpoint = if self.directory.outcome()?.is_some() && self.directory.file(Checkpoint::FINAL).exists() {
            Checkpoint::read(&self.directory, Checkpoint::FINAL)?
        } else {
            let latest = self.latest()?;
            note(format_args!("note: the run is not complete; this is its state at step {}", latest.state.step));
            latest
        };
        let state = checkpoint.best.map_or(checkpoint.state, |best| best.state);
        run::take_up(&self.checked, &self.document, registry, state)
    }

    fn latest(&self) -> Result<Checkpoint, Failure> {
        let found = Checkpoint::latest(&self.directory, &mut warn)?;
        Ok(found
            .ok_or_else(|| RunError::NotARun { path: self.directory.path().to_owned(), missing: "any checkpoint" })?)
    }
}

fn warn(error: &RunError) {
    note(format_args!("warning: {error}"));
}
