//! Slurm's commands, called for what they print for scripts.

use std::{
    io,
    process::{Command, Stdio},
};

/// Why Slurm could not be asked, or what it refused.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A command is not there.
    #[error(
        "`{program}` is not on the PATH\n  help: give the command where jobs are submitted, on a login node of the cluster; without --on the trials run here"
    )]
    Missing {
        /// The command.
        program: &'static str,
    },
    /// A command could not be started.
    #[error("`{program}` cannot be started: {source}")]
    Start {
        /// The command.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A command said no.
    #[error(
        "`{program}` refused: {said}\n  help: nothing is lost; mend what it names, such as --partition, --account or --sbatch, and give the same command again"
    )]
    Refused {
        /// The command.
        program: &'static str,
        /// What it said, without its own name.
        said: String,
    },
    /// A command printed something else than it should.
    #[error(
        "`{program}` printed `{line}`, and {expected} was expected\n  help: this Slurm speaks otherwise than versions 20 to 25; `--emit-commands` needs none of it"
    )]
    Unreadable {
        /// The command.
        program: &'static str,
        /// The line.
        line: String,
        /// What should have stood there.
        expected: &'static str,
    },
}

/// Runs a command to its end, and gives what it printed.
pub(super) fn call(program: &'static str, arguments: &[String]) -> Result<String, ClusterError> {
    let mut command = Command::new(program);
    // A user's own columns and filters would change what is read here.
    let own = |name: &str| ["SQUEUE_", "SACCT_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in std::env::vars_os() {
        if name == "SLURM_TIME_FORMAT" || name.to_str().is_some_and(own) {
            command.env_remove(name);
        }
    }
    let output = command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).output();
    let output = output.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ClusterError::Missing { program },
        _ => ClusterError::Start { program, source },
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let without = |line: &&str| line.trim_start_matches(program).trim_start_matches(": error: ").to_owned();
    let said = match lines.as_slice() {
        [] => output.status.to_string(),
        some => some.iter().map(without).collect::<Vec<_>>().join("; "),
    };
    Err(ClusterError::Refused { program, said })
}
