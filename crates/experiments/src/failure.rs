//! Everything that can end a command, for `main` to print and to turn into an exit code.

use crate::{config::ConfigError, data::DataError, run::RunError};
use livenet_core::{EditError, ExecError, NetworkError};
use livenet_train::session::{SessionError, StateError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The experiment file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A run's directory.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Training.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A saved state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The structure at the start.
    #[error("the network at the start cannot be built: {0}")]
    Network(#[from] NetworkError),
    /// The wiring at the start.
    #[error("the wiring at the start cannot be made: {0}")]
    Edit(#[from] EditError),
    /// An executor.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// A benchmark.
    #[error(transparent)]
    Bench(#[from] crate::bench::BenchError),
    /// No such executor.
    #[error("no executor is called `{name}`; this binary holds {known}")]
    NoExecutor {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// Plots or report.
    #[error("cannot draw: {0}")]
    Plot(#[from] crate::plots::PlotError),
    /// A comparison of runs.
    #[error(transparent)]
    Compare(#[from] crate::compare::CompareError),
    /// A cluster.
    #[error(transparent)]
    Cluster(#[from] crate::sweep::slurm::ClusterError),
    /// The arguments of a command.
    #[error("{0}")]
    Usage(String),
    /// It ran, and something did not hold.
    #[error("{0}")]
    Unmet(String),
    /// A signal ended it; the run can go on.
    #[error("stopped at step {at} with a checkpoint in {}\n  help: go on with `{command}`", path.display())]
    Interrupted {
        /// Updates done.
        at: u64,
        /// The run's directory.
        path: std::path::PathBuf,
        /// The command that goes on.
        command: String,
    },
    /// A signal ended a sweep; the same command completes it.
    #[error("stopped with {done} of {of} trials done in {}; those that were running left a checkpoint\n  help: complete it with `{command}`", path.display())]
    SweepInterrupted {
        /// Trials done.
        done: usize,
        /// Trials known.
        of: usize,
        /// The sweep's directory.
        path: std::path::PathBuf,
        /// The command that completes it.
        command: String,
    },
    /// A signal ended a pack; the same command with `--resume` completes it.
    #[error("stopped with {done} of {of} runs done; those under way left a checkpoint\n  help: go on with `{command}`")]
    PackInterrupted {
        /// Runs done.
        done: usize,
        /// Runs of the pack.
        of: usize,
        /// The command that goes on.
        command: String,
    },
    /// Another process is at this trial.
    #[error("{}: another process is at this trial", path.display())]
    Elsewhere {
        /// The run's directory.
        path: std::path::PathBuf,
    },
    /// A signal ended it, and nothing is left of it.
    #[error("stopped; nothing was found out")]
    Stopped,
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

impl Failure {
    /// The exit code: 2 for a command or config that cannot run, 130 for what a signal ended, 75 for
    /// a trial that another process is at, 1 for what failed on the way.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Usage(_)
            | Self::NoExecutor { .. }
            | Self::Cluster(crate::sweep::slurm::ClusterError::Missing { .. })
            | Self::Run(
                RunError::Exists { .. }
                | RunError::NotARun { .. }
                | RunError::OtherConfig { .. }
                | RunError::OtherData { .. },
            ) => 2,
            Self::Compare(error) if error.is_usage() => 2,
            Self::Interrupted { .. } | Self::PackInterrupted { .. } | Self::SweepInterrupted { .. } | Self::Stopped => {
                130
            }
            Self::Elsewhere { .. } => crate::sweep::ELSEWHERE,
            _ => 1,
        }
    }
}
