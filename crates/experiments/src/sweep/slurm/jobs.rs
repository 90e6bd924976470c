//! `slurm.json`: what was handed over to Slurm, so that nothing is handed over twice.
//!
//! Invariant: a submission is written before `sbatch` is called, and its job's number after. Whoever finds one
//! without a number asks the queue for its name, which no other submission has.

use super::queue::Task;
use crate::{
    data::digest,
    run::RunError,
    sweep::{SweepDirectory, SweepLock},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    path::PathBuf,
};

/// What a job is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Trials, by their keys: the first is task 0 of the array.
    Trials(Vec<String>),
    /// What comes when all trials are over.
    Collect,
}

/// A job that was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The job's name, which is its alone.
    pub name: String,
    /// Its number. None when the command was killed before it was known.
    pub job: Option<u64>,
    /// What it is for.
    pub work: Work,
}

/// Everything that was handed over for a sweep, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submissions {
    /// Version of this form.
    pub schema_version: u32,
    /// Oldest first.
    pub submissions: Vec<Submission>,
}

/// Held while trials are handed over: who comes second sees what the first did.
pub(super) struct SubmissionLock {
    _file: File,
}

impl Submissions {
    /// Of a sweep; none were made where there is no file.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn read(directory: &SweepDirectory) -> Result<Self, RunError> {
        let none = Self { schema_version: 1, submissions: Vec::new() };
        Ok(directory.read_json(&path(directory))?.unwrap_or(none))
    }

    pub(super) fn write(&self, directory: &SweepDirectory, lock: &SweepLock) -> Result<(), RunError> {
        directory.write_json(lock, &path(directory), self)
    }

    /// The names of all jobs.
    pub(super) fn names(&self) -> Vec<String> {
        self.submissions.iter().map(|submission| submission.name.clone()).collect()
    }

    /// Takes the numbers of jobs whose command was killed before it wrote them down. Says whether there were any.
    pub(super) fn adopt(&mut self, tasks: &[Task]) -> bool {
        let mut changed = false;
        for submission in self.submissions.iter_mut().filter(|submission| submission.job.is_none()) {
            submission.job = tasks.iter().find(|task| task.name == submission.name).map(|task| task.job);
            changed |= submission.job.is_some();
        }
        changed
    }

    /// The last place that each trial was given: its submission, and where it stands in the array.
    pub(super) fn places(&self) -> BTreeMap<&str, (&Submission, usize)> {
        let mut places = BTreeMap::new();
        // One without a number was never taken, as far as anybody knows.
        for submission in self.submissions.iter().filter(|submission| submission.job.is_some()) {
            if let Work::Trials(keys) = &submission.work {
                for (at, key) in keys.iter().enumerate() {
                    places.insert(key.as_str(), (submission, at));
                }
            }
        }
        places
    }

    /// A name that no job of this sweep had.
    pub(super) fn next_name(&self, sweep: &str, directory: &SweepDirectory) -> Result<String, RunError> {
        let path = std::path::absolute(directory.path());
        let path = path.map_err(|source| RunError::Io { what: "find", path: directory.path().to_owned(), source })?;
        let digest = digest::of_bytes(path.to_string_lossy().as_bytes());
        Ok(format!("livenet-{sweep}-{}-{}", &digest[..6], self.submissions.len()))
    }
}

/// Where scripts and outputs of jobs lie.
pub(super) fn folder(directory: &SweepDirectory) -> PathBuf {
    directory.file("slurm")
}

/// Waits until no other command hands trials over.
pub(super) fn lock(directory: &SweepDirectory) -> Result<SubmissionLock, RunError> {
    let folder = folder(directory);
    std::fs::create_dir_all(&folder).map_err(|source| RunError::Io { what: "make", path: folder.clone(), source })?;
    let path = folder.join(".lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let locked = open.and_then(|file| file.lock().map(|()| file));
    locked.map(|file| SubmissionLock { _file: file }).map_err(|source| RunError::Io { what: "lock", path, source })
}

fn path(directory: &SweepDirectory) -> PathBuf {
    directory.file("slurm.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_place_of_a_trial_counts() {
        let of = |name: &str, keys: &[&str]| Submission {
            name: name.to_owned(),
            job: Some(1),
            work: Work::Trials(keys.iter().map(ToString::to_string).collect()),
        };
        let collect = Submission { name: "collect".to_owned(), job: None, work: Work::Collect };
        let jobs =
            Submissions { schema_version: 1, submissions: vec![of("one", &["a", "b"]), collect, of("two", &["b"])] };
        let places = jobs.places();
        let place = |key: &str| places.get(key).map(|(submission, at)| (submission.name.as_str(), *at));
        assert_eq!((place("a"), place("b"), place("c")), (Some(("one", 0)), Some(("two", 0)), None));
    }
}
