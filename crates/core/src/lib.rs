//! The structure and the arithmetic of living neural networks.
//!
//! A network changes only by a committed list of edits, and everything else follows the commit.

pub mod kernel;
pub mod notation;
pub mod testing;
pub mod unit;

mod change;
mod commit;
mod compound;
mod digest;
mod draft;
mod edit;
mod exec;
mod firing;
mod follow;
mod invariant;
#[cfg(test)]
mod laws;
mod journal;
mod moves;
mod name;
mod network;
mod optimizer;
pub mod random;
mod reach;
mod refusal;
mod row;
mod shadow;
mod snapshot;
mod signal;

pub use change::{Census, Commit, Draw, Inherit, Moves, Newborn, ParamExpr, WeightExpr};
pub use digest::{Digest, NotADigest};
pub use draft::{Draft, Finished};
pub use edit::{Birth, Law, Mark, Move, Origin, Proposal, Reason, Scope};
pub use exec::{Dropout, ExecError, Executor, ExecutorSettings, Exported, Pass, UpdateRule, Window};
pub use firing::{FireGroup, GroupId, NeuronSpec, Role, Schedule};
pub use follow::{Column, Follower, Store};
pub use invariant::BrokenInvariant;
pub use journal::{Journal, JournalError};
pub use name::{Births, NeuronId, Synapse};
pub use network::{Marks, Network, NetworkError, Outgoing};
pub use optimizer::Optimizer;
pub use random::{Stream, StreamKey};
pub use reach::Reach;
pub use refusal::EditError;
pub use row::{Epoch, Neurons, Row, Space, Synapses};
pub use signal::{Candidate, Signal, Signals};
pub use snapshot::Snapshot;
pub use unit::{Activation, Norm, Unit, UnitKind, UserActivation};
