//! The directory of a run: names, atomic writing, locking.

use super::{Outcome, disk};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// What can go wrong with a run's directory.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It is there already.
    #[error("{} exists already; give --resume to complete or show that run, or --out to write elsewhere", path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// It is not done.
    #[error("{} is not complete; complete it first, with --resume", path.display())]
    Incomplete {
        /// The directory.
        path: PathBuf,
    },
    /// It is not there.
    #[error("{} is not the directory of a run: {missing} is missing", path.display())]
    NotARun {
        /// The directory.
        path: PathBuf,
        /// The file that every run has.
        missing: &'static str,
    },
    /// It belongs to another config.
    #[error("{} belongs to another config (hash {found}, this config has {expected}); nothing was changed. Run with the config that made it, or give --out", path.display())]
    OtherConfig {
        /// The directory.
        path: PathBuf,
        /// Hash in its manifest.
        found: String,
        /// Hash of this config.
        expected: String,
    },
    /// It was made with other data.
    #[error("{} was made with other data ({found}; here they are {expected}); nothing was changed. Restore the data, or give --out for a new run", path.display())]
    OtherData {
        /// The directory.
        path: PathBuf,
        /// The data in its manifest.
        found: String,
        /// The data of the task now.
        expected: String,
    },
    /// Another process is at it.
    #[error("{} is being written by another process", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// Read, write, ...
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is damaged.
    #[error("{} is damaged: {what}; {mend}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How.
        what: String,
        /// What to do.
        mend: &'static str,
    },
    /// A file of another version of its form.
    #[error("{} is {what} of version {found}, and this livenet reads version {read}; use the livenet that its manifest.json names, or run anew with --out", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// Its version.
        found: String,
        /// The version that is read here.
        read: String,
    },
}

/// The directory of one run. See [`Outcome`] for its mark of done.
#[derive(Debug, Clone)]
pub struct RunDirectory {
    path: PathBuf,
}

/// Held while a process writes.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Stands between the name of a directory that is being made and the number of the process that makes it.
const MAKING: &str = ".making-";

/// Whether a directory of this name is one that is being made, or was when a process died.
pub(crate) fn is_half_made(name: &str) -> bool {
    name.contains(MAKING)
}

/// Removes what processes that are no more left of the directory at `path`. A living one holds the lock.
fn remove_stale(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let stale = entry.file_name().to_str().is_some_and(|found| {
            found
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(MAKING))
                .is_some_and(|pid| pid.parse::<u32>().is_ok())
        });
        if stale && (RunDirectory { path: entry.path() }).lock().is_ok() {
            // What cannot be removed is in nobody's way.
            let _left = disk::remove_folder(&entry.path());
        }
    }
}

impl RunDirectory {
    /// A directory that exists and holds a run.
    ///
    /// # Errors
    /// [`RunError::NotARun`].
    pub fn open(path: &Path) -> Result<Self, RunError> {
        for missing in ["config.toml", "manifest.json"] {
            if !path.join(missing).is_file() {
                return Err(RunError::NotARun { path: path.to_owned(), missing });
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// A new directory, begun with these files in it; a half-made one never shows under its name. What a
    /// process that was killed on the way left beside it is removed.
    ///
    /// # Errors
    /// [`RunError::Exists`], [`RunError::Io`].
    pub fn create(path: &Path, files: &[(&str, &[u8])]) -> Result<Self, RunError> {
        if path.exists() {
            return Err(RunError::Exists { path: path.to_owned() });
        }
        remove_stale(path);
        let mut making = path.as_os_str().to_owned();
        making.push(format!("{MAKING}{}", std::process::id()));
        let making = PathBuf::from(making);
        let io = |what, at: &Path| {
            let path = at.to_owned();
            move |source| RunError::Io { what, path, source }
        };
        let filled = || {
            disk::make_folders(&making.join("checkpoints")).map_err(io("make", &making))?;
            let _lock = Self { path: making.clone() }.lock()?;
            files.iter().try_for_each(|(name, bytes)| {
                let at = making.join(name);
                disk::write_whole(&at, bytes).map_err(io("write", &at))
            })
        };
        // The lock is free again: some systems do not rename a directory in which a file is open.
        let made = filled().and_then(|()| disk::rename(&making, path).map_err(io("make", path)));
        made.map(|()| Self { path: path.to_owned() }).map_err(|error| {
            // What cannot be removed is found by the next who makes this run.
            let _left = disk::remove_folder(&making);
            if path.exists() { RunError::Exists { path: path.to_owned() } } else { error }
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the lock, without waiting.
    ///
    /// # Errors
    /// [`RunError::Locked`].
    pub fn lock(&self) -> Result<Lock, RunError> {
        let path = self.file(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| RunError::Io { what: "lock", path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(_) => Err(RunError::Locked { path: self.path.clone() }),
        }
    }

    /// Whether it is done, and what came of it.
    ///
    /// # Errors
    /// [`RunError::Damaged`].
    pub fn outcome(&self) -> Result<Option<Outcome>, RunError> {
        let path = self.file("report.json");
        if !path.exists() {
            return Ok(None);
        }
        let bytes = self.read("report.json")?;
        serde_json::from_slice(&bytes).map(Some).map_err(|error| RunError::Damaged {
            path,
            what: error.to_string(),
            mend: "delete it and give --resume: it is written again from the last checkpoint",
        })
    }

    /// Reads a file of it.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn read(&self, name: &str) -> Result<Vec<u8>, RunError> {
        let path = self.file(name);
        let mut bytes = Vec::new();
        File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|source| RunError::Io {
            what: "read",
            path,
            source,
        })?;
        Ok(bytes)
    }

    /// Writes a file whole or not at all.
    ///
    /// # Errors
    /// [`RunError::Io`]; a file that was there is then still there.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.file(name);
        let part = self.file(&format!("{name}.part"));
        disk::write_whole(&part, bytes).and_then(|()| disk::rename(&part, &path)).map_err(|source| {
            // Where it cannot be removed, the next writing does so.
            let _left = disk::remove(&part);
            RunError::Io { what: "write", path, source }
        })
    }

    /// Opens an append-only file, cut to `length` bytes.
    ///
    /// # Errors
    /// [`RunError::Io`], or [`RunError::Damaged`] when it is shorter than that.
    pub fn append_from(&self, name: &str, length: u64) -> Result<File, RunError> {
        let path = self.file(name);
        let io = |source| RunError::Io { what: "open", path: path.clone(), source };
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(io)?;
        let found = file.metadata().map_err(io)?.len();
        if found < length {
            return Err(RunError::Damaged {
                path: path.clone(),
                what: format!("it holds {found} bytes where the checkpoint needs {length}"),
                mend: "delete the checkpoints later than it, so that an earlier one is taken up",
            });
        }
        disk::cut(&file, length).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        Ok(file)
    }

    /// The steps of all regular checkpoints, ascending.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn checkpoints(&self) -> Result<Vec<u64>, RunError> {
        let folder = self.file("checkpoints");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(RunError::Io { what: "list", path: folder, source }),
        };
        let mut steps: Vec<u64> = entries
            .filter_map(|entry| {
                entry.ok()?.file_name().to_str()?.strip_prefix("step-")?.strip_suffix(".ckpt")?.parse().ok()
            })
            .collect();
        steps.sort_unstable();
        Ok(steps)
    }
}
