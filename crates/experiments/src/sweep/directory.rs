//! The directory of a sweep: names, whole writing, what its files say.
//!
//! ```text
//! OUT/NAME/ sweep.toml    the file as it was resolved
//!           sweep.json    what is compared
//!           plan.json     every trial that is known so far
//!           configs/      HASH.toml, an experiment file each
//!           decisions/    what a search decided, and from which scores
//!           trials/       KEY/ a run directory; KEY.log; KEY.failure.json
//!           comparison/   tables and plots
//! ```
//!
//! Files are written whole or not at all, one writer at a time: several sweeps may be at it.

use super::{
    failure::FailureRecord,
    plan::{Plan, Trial},
    record::SweepRecord,
};
use crate::{
    Failure,
    config::nearest,
    run::{RunDirectory, RunError},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

/// Where a sweep lies.
#[derive(Clone, Debug)]
pub struct SweepDirectory {
    path: PathBuf,
}

/// Held while a process writes what belongs to all trials.
#[derive(Debug)]
pub struct SweepLock {
    _file: File,
}

/// How a trial stands, from its files.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It has a report.
    Done,
    /// A process is at it.
    Running,
    /// It failed; the record says how.
    Failed(FailureRecord),
    /// Nobody is at it. What was begun goes on from its checkpoint.
    Waiting,
}

impl SweepDirectory {
    /// The directory of a sweep that exists.
    ///
    /// # Errors
    /// [`RunError::NotARun`] names the file that is missing.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        match ["sweep.toml", "sweep.json", "plan.json"].iter().find(|name| !path.join(name).is_file()) {
            Some(missing) => Err(Failure::Usage(format!(
                "{} is not the directory of a sweep: {missing} is missing\n  help: give the directory that `livenet sweep FILE.toml` made",
                path.display()
            ))),
            None => Ok(Self { path: path.to_owned() }),
        }
    }

    /// Makes the directory, if it is not there.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn make(path: &Path) -> Result<Self, Failure> {
        for folder in ["configs", "decisions", "trials"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|source| RunError::Io { what: "make", path: folder, source })?;
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
    /// The run directory of a trial.
    pub fn run(&self, key: &str) -> PathBuf {
        self.path.join("trials").join(key)
    }
    /// What a trial says while it runs.
    pub fn log(&self, key: &str) -> PathBuf {
        self.path.join("trials").join(format!("{key}.log"))
    }
    /// How a trial failed.
    pub(super) fn failure(&self, key: &str) -> PathBuf {
        self.path.join("trials").join(format!("{key}.failure.json"))
    }

    /// Waits until no other process writes what belongs to all trials.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn lock(&self) -> Result<SweepLock, RunError> {
        let path = self.file(".lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let locked = open.and_then(|file| file.lock().map(|()| file));
        locked.map(|file| SweepLock { _file: file }).map_err(|source| RunError::Io { what: "lock", path, source })
    }

    /// Writes a file whole or not at all; one that says the same already is left alone.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn write(&self, _lock: &SweepLock, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
        if fs::read(path).is_ok_and(|found| found == bytes) {
            return Ok(());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let written = File::create(&part).and_then(|mut file| {
            std::io::Write::write_all(&mut file, bytes)?;
            file.sync_all()?;
            fs::rename(&part, path)
        });
        written.map_err(|source| {
            let _left = fs::remove_file(&part);
            RunError::Io { what: "write", path: path.to_owned(), source }
        })
    }

    /// The same of something as JSON.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn write_json(&self, lock: &SweepLock, path: &Path, value: &impl Serialize) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec_pretty(value).expect("what a sweep writes is plain data");
        bytes.push(b'\n');
        self.write(lock, path, &bytes)
    }

    /// Reads what was written as JSON; `None` where there is nothing.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn read_json<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>, RunError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RunError::Io { what: "read", path: path.to_owned(), source }),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| RunError::Damaged {
            path: path.to_owned(),
            what: error.to_string(),
            mend: "delete it and give the `livenet sweep` command again, which writes it anew",
        })
    }

    /// What is compared.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn record(&self) -> Result<SweepRecord, RunError> {
        let path = self.file("sweep.json");
        self.read_json(&path)?.ok_or(RunError::NotARun { path: self.path.clone(), missing: "sweep.json" })
    }

    /// Every trial that is known so far.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn plan(&self) -> Result<Plan, RunError> {
        let path = self.file("plan.json");
        self.read_json(&path)?.ok_or(RunError::NotARun { path: self.path.clone(), missing: "plan.json" })
    }

    /// A trial by its key.
    ///
    /// # Errors
    /// [`Failure::Usage`] when there is none.
    pub fn trial(&self, key: &str) -> Result<Trial, Failure> {
        let plan = self.plan()?;
        plan.trials.iter().find(|trial| trial.key == key).cloned().ok_or_else(|| {
            let help = match nearest(key, plan.trials.iter().map(|trial| trial.key.as_str())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("`livenet status {} --json` lists them", self.path.display()),
            };
            Failure::Usage(format!("no trial of {} is called `{key}`\n  help: {help}", self.path.display()))
        })
    }

    /// How each of these trials stands, in their order.
    ///
    /// # Errors
    /// [`RunError::Io`], [`RunError::Damaged`].
    pub fn states(&self, trials: &[Trial]) -> Result<Vec<State>, RunError> {
        let folder = self.file("trials");
        let entries = fs::read_dir(&folder).map_err(|source| RunError::Io { what: "list", path: folder, source })?;
        // One look at the folder instead of several at each trial: most of a large sweep waits or is done.
        let names: BTreeSet<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        trials.iter().map(|trial| self.state_among(&names, &trial.key)).collect()
    }

    /// How one trial stands.
    ///
    /// # Errors
    /// [`RunError::Damaged`].
    pub fn state(&self, key: &str) -> Result<State, RunError> {
        let run = self.run(key);
        if run.join("report.json").is_file() {
            return Ok(State::Done);
        }
        if is_locked(&run) {
            return Ok(State::Running);
        }
        Ok(self.read_json(&self.failure(key))?.map_or(State::Waiting, State::Failed))
    }

    fn state_among(&self, names: &BTreeSet<String>, key: &str) -> Result<State, RunError> {
        if names.contains(key) {
            return self.state(key);
        }
        if names.contains(&format!("{key}.failure.json")) {
            return Ok(self.read_json(&self.failure(key))?.map_or(State::Waiting, State::Failed));
        }
        Ok(State::Waiting)
    }

    /// What came of a trial, if it is done.
    ///
    /// # Errors
    /// [`RunError::Damaged`].
    pub fn outcome(&self, key: &str) -> Result<Option<crate::run::Outcome>, RunError> {
        let path = self.run(key);
        if !path.join("report.json").is_file() {
            return Ok(None);
        }
        RunDirectory::open(&path)?.outcome()
    }
}

/// Whether a process holds the lock of a run. Looking makes no file, and holds nobody up.
fn is_locked(run: &Path) -> bool {
    // A reader's lock is refused while a writer has it.
    File::open(run.join(".lock")).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
