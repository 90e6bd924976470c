//! Sweeps: many runs as one experiment.
//!
//! A [`Sweep`] is a file: an experiment, what is varied in it, over which seeds, and the one number that is compared.
//! A [`Planner`] turns it into trials, each of which is a run like any other, in a directory named by what it
//! computes. Everything else is in files, and everybody looks at the same ones: a trial is done when its report is
//! there, running while its lock is held, failed when a record beside it says so. So there is no server, nothing to
//! be lost but the steps since a checkpoint, and whatever was interrupted is completed by the command that began it.
//!
//! Read on in [`directory`](SweepDirectory) for the layout, [`plan`](Plan) for how trials become known.

mod axis;
mod change;
mod decision;
mod directory;
mod failure;
mod file;
mod keep;
mod plan;
mod pool;
pub mod raw;
mod record;
mod search;
pub mod slurm;
mod trial;
mod tuning;

pub use directory::{State, SweepDirectory, SweepLock};
pub use failure::{Cause, FailureRecord};
pub use file::Sweep;
pub use keep::Forgive;
pub use plan::{Plan, Planner, Stage, Trial};
pub use pool::{ELSEWHERE, Ended, News, Options, Pool};
pub use record::{Compared, SweepRecord};
