//! How a trial failed: a small file beside it, there until it is done.

use super::directory::{State, SweepDirectory, SweepLock};
use crate::run::RunError;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// Lines of the log that are kept with a failure.
const LINES: usize = 20;
/// Bytes at the end of the log in which they are looked for.
const TAIL: u64 = 16 << 10;

/// What ended a trial before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It said that it cannot go on, with this exit code.
    ExitCode(i32),
    /// A signal killed it.
    Signal(i32),
    /// It ran for this many seconds, and no more were allowed.
    Timeout(f64),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExitCode(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::Timeout(seconds) => write!(f, "stopped after {seconds} s (--timeout)"),
        }
    }
}

/// The record of a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// Version of this form.
    pub schema_version: u32,
    /// What ended it.
    pub cause: Cause,
    /// The last lines that it said.
    pub log: Vec<String>,
}

impl FailureRecord {
    /// Of a trial whose log is at `path`.
    pub fn new(cause: Cause, log: &Path) -> Self {
        Self { schema_version: 1, cause, log: last_lines(log) }
    }

    /// Whether it would come again: what a signal killed says nothing about the trial, and is taken up by the next
    /// command; all else only by `--retry-failed`.
    pub fn lasts(&self) -> bool {
        !matches!(self.cause, Cause::Signal(_))
    }

    /// Writes it beside the trial, unless that is done by now.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn write(&self, directory: &SweepDirectory, key: &str) -> Result<(), RunError> {
        let lock = directory.lock()?;
        if directory.state(key)? == State::Done {
            return Ok(());
        }
        directory.write_json(&lock, &directory.failure(key), self)
    }

    /// Forgets it.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn remove(directory: &SweepDirectory, key: &str, _lock: &SweepLock) -> Result<(), RunError> {
        let path = directory.failure(key);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(RunError::Io { what: "remove", path, source })
            }
            _ => Ok(()),
        }
    }
}

/// The last lines of a log; none where it cannot be read, which hides no failure.
fn last_lines(path: &Path) -> Vec<String> {
    let tail = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = String::from_utf8_lossy(&tail().unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_a_long_log_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let text: Vec<String> = (0..5000).map(|line| format!("line {line}\n\n")).collect();
        std::fs::write(&path, text.concat()).unwrap();
        let lines = last_lines(&path);
        assert_eq!((lines.len(), lines[0].as_str(), lines[19].as_str()), (20, "line 4980", "line 4999"));
        assert_eq!(last_lines(&folder.path().join("none")), Vec::<String>::new());
    }

    #[test]
    fn only_what_a_signal_killed_is_taken_up_unasked() {
        let lasts = |cause| FailureRecord { schema_version: 1, cause, log: Vec::new() }.lasts();
        assert!(lasts(Cause::ExitCode(1)) && lasts(Cause::Timeout(3.0)) && !lasts(Cause::Signal(9)));
    }
}
