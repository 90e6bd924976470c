//! Sweeps on a cluster that Slurm schedules: the trials that are missing become tasks of array jobs.
//!
//! Slurm is asked for places and for what it knows of them, and for nothing else: whether a trial is done, only the
//! files say. So a task may run twice, a node may die and a job may be forgotten, and the same command again hands
//! over what is then missing. Nothing that Slurm prints for people is read, only the forms that it keeps for scripts.
//!
//! Read on in [`script`] for what a task does, in [`submit`] for what is handed over, in [`view`] for
//! how the files and the queue are told as one.

mod command;
mod history;
mod jobs;
mod outlook;
mod queue;
mod request;
mod script;
mod submit;
mod view;

pub use command::ClusterError;
pub use jobs::{Submission, Submissions, Work};
pub use outlook::Outlook;
pub use queue::{Phase, Task};
pub use request::{Request, SbatchLine, TimeLimit};
pub use submit::{Round, Submitted, Submitter};
pub use view::{Seat, View};
