//! The command line from outside: the built binary on small experiments, in directories of their own.

#![expect(clippy::unwrap_used, reason = "a test ends where what it needs is not there")]

mod compare;
mod disk;
mod faults;
mod formats;
mod found;
mod lives;
mod packs;
mod reading;
mod repro;
mod resume;
mod runs;
mod searches;
#[cfg(target_os = "linux")]
mod slurm;
mod sweep_faults;
mod sweeps;

use livenet_experiments::run::{Checkpoint, RunDirectory};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Sixty steps on the embedded digits, growing by constants of the rewiring engine.
pub(crate) const TINY: &str = r#"
name = "tiny"

[task.digits]
train = 640

[network]
wiring = { uniform = 0.2 }

[[network.group]]
name = "hidden"
neurons = 24
reach = { groups = ["input"] }

[train]
steps = 60
batch = 32
evaluate_every = 20
checkpoint_every = 25

[optim.adam]
rate = 0.01

[[grow]]
strategy = "set"
when = { every = { steps = 10 } }
"#;

/// A folder with an experiment in it, in which the binary is run.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new(config: &str) -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        bench.write("tiny.toml", config.as_bytes());
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("the folder is writable");
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_livenet"));
        command.current_dir(self.folder.path()).args(arguments.split_whitespace()).stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn call(&self, arguments: &str) -> Answer {
        Answer(self.command(arguments).output().expect("the binary was built for this test"))
    }

    /// The directory of the only run below `out`.
    pub(crate) fn only_run(&self, out: &str) -> PathBuf {
        let runs = self.runs(out);
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.into_iter().next().expect("there is one")
    }

    /// The directories of all runs below `out`.
    pub(crate) fn runs(&self, out: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(out).join("tiny")).expect("runs were written");
        let mut runs: Vec<PathBuf> =
            entries.map(|entry| entry.expect("it can be listed").path()).filter(|path| path.is_dir()).collect();
        runs.sort();
        runs
    }
}

/// What the binary answered.
pub(crate) struct Answer(Output);

impl Answer {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().expect("no signal ended it")
    }
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }
    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code(), 0, "{}\n{}", self.out(), self.err());
        self
    }
    /// It ends with this code, and its message holds each of these.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, parts: &[&str]) -> Self {
        let err = self.err();
        assert_eq!(self.code(), code, "{}\n{err}", self.out());
        for part in parts {
            assert!(err.contains(part), "no `{part}` in: {err}");
        }
        assert!(!err.contains("panicked"), "{err}");
        self
    }
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0.stdout).expect("one JSON document")
    }
}

/// What must be the same in two runs of the same thing: events, journal and the state at the end.
#[track_caller]
pub(crate) fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (RunDirectory::open(one).expect("a run"), RunDirectory::open(other).expect("a run"));
    for file in ["events.jsonl", "journal.bin"] {
        assert!(one.read(file).expect("it is there") == other.read(file).expect("it is there"), "{file} differs");
    }
    let state =
        |directory: &RunDirectory| Checkpoint::read(directory, Checkpoint::FINAL).expect("a whole checkpoint").state;
    assert!(state(&one) == state(&other), "the states at the end differ");
}
