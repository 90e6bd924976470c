//! Experiments on living neural networks, and the command line `livenet`.
//!
//! An experiment is a TOML file. It names a task, the fire groups of a network, how weights learn,
//! which strategies may change the structure and what they may spend, and, where it compares, its
//! arms and seeds. `livenet run` turns it into directories, one a run:
//!
//! ```text
//! experiments/quickstart.toml
//!     │  config    text → raw (unknown keys refused) → Checked (every rule applied)
//!     ▼
//! task, groups, growers, learning ──► run::set_up ──► a session of livenet-train
//!     │                                                 │ events, journal
//!     ▼                                                 ▼
//! run::Driver ──► runs/quickstart/<hash>-s<seed>/ {config, manifest, events, journal, checkpoints}
//!                      │ pictures, plots, report
//!                      ▼
//!                 plots/*.svg *.png, report.html, report.json (renamed into place last: "done")
//! ```
//!
//! Everything that touches the world is in this crate: it alone reads files, prints and looks at
//! the clock. What it writes is made to be trusted later. A run is named by the hash of its checked
//! config, so another config is another directory. The same config and seed give the same bytes of
//! events and journal, for any number of threads and however often the run was stopped: timings
//! stand apart. Files are written whole or not at all, checkpoints carry their digest, and the
//! journal's chain of digests lets `livenet replay` rebuild the structure of any moment.
//!
//! # A command line of your own
//!
//! Whatever a config can name is in a [`Registry`]. A crate of your own adds its strategies,
//! activations, losses and tasks, and its configs name them like the built-in ones:
//!
//! ```no_run
//! use livenet_experiments::{Own, Registry};
//! # const MINE: livenet_train::UserLoss = livenet_train::UserLoss {
//! #     name: "absolute",
//! #     value: |outputs, targets| outputs.iter().zip(targets).map(|(y, t)| f64::from((y - t).abs())).sum(),
//! #     derivative: |outputs, targets, d| d.iter_mut().zip(outputs).zip(targets).for_each(|((d, y), t)| *d = (y - t).signum()),
//! # };
//!
//! fn main() -> std::process::ExitCode {
//!     livenet_experiments::main(Registry::standard().with(Own::Loss(MINE)))
//! }
//! ```
//!
//! Read on in [`config`], [`task`] and [`run`]; [`pictures`] says what is drawn, [`plots`] how.

pub mod bench;
mod cli;
pub mod compare;
pub mod config;
pub mod data;
pub mod executors;
mod failure;
mod losses;
pub mod pictures;
pub mod plots;
mod registry;
pub mod report;
pub mod run;
pub mod statistics;
pub mod sweep;
pub mod task;

pub use failure::Failure;
pub use registry::{Own, Registry};

/// The command line, over everything that `registry` names. Reads the arguments of the process.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the last thing that a process does, and reads better in a user's `main`"
)]
pub fn main(registry: Registry) -> std::process::ExitCode {
    cli::main(&registry)
}
