//! The structure and the arithmetic of living neural networks.
//!
//! A living network is sparse and recurrent; its neurons are born, divide, rewire and die while it
//! learns. That is easy to say and hard to keep whole: weights, optimizer moments, traces, statistics,
//! device buffers, pictures and the record of the run all speak about neurons and connections, and all
//! of them must still speak about the right ones after every change. This crate rests on one idea:
//!
//! > **A network changes only by a committed list of edits, and everything else follows the commit.**
//!
//! # Names and places
//!
//! A neuron has a name for ever, its birth number ([`NeuronId`]); a connection is named by its two
//! ends ([`Synapse`]), and there is at most one per pair. Where a name *is* at the moment is another
//! matter: kernels want dense rows, neurons by fire group and connections sorted by listener, which is
//! CSR. So a [`Row`] is a place that holds for one [`Epoch`], until the next commit moves rows, while
//! strategies, the journal and everything that people read speak in names.
//!
//! # Drafts and commits
//!
//! Reading a [`Network`] is free. Changing it takes a [`Draft`]: a list of [`Move`]s, each checked
//! against the draft so far and accepted or refused whole ([`EditError`] says why). [`Network::commit`]
//! then takes all of it or nothing. There are two kinds. A commit that changes only values, or *renews*
//! a neuron in its predecessor's place, costs what it touches and moves no row. One that changes
//! structure is a single merge pass over the rows.
//!
//! Either way the [`Commit`] says what [`Follower`]s need: for each new row the old row it came from
//! ([`Moves`]), and each touched weight as an expression over the weights before ([`WeightExpr`]), so
//! that weights on a device change without ever being read back.
//!
//! Here a neuron divides. The daughter hears what the mother hears, her self-connection becomes all
//! four among the two, and they share the axon; the network still computes the same:
//!
//! ```
//! use livenet_core::{Draft, Move, NeuronId, notation};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Inputs 0 and 1, a hidden neuron 2 that also hears itself, an output 3.
//! let (mut network, mut weights) = notation::parse("0 1 | 2:tanh | 3 : 0>2 1; 1>2 -1; 2>2 0.5; 2>3 2")?;
//!
//! let mut draft = Draft::new(&network, 12_000);
//! let daughter = draft.name();
//! draft.propose(Move::Divide { mother: NeuronId::new(2), daughter, share: 0.25 })?;
//! let finished = draft.finish();
//!
//! let commit = network.commit(finished)?;
//! commit.carry_weights(&mut weights);
//!
//! assert_eq!(
//!     notation::write(&network, &weights),
//!     "0 1 | 2:tanh 4:tanh | 3 : \
//!      0>2 1; 1>2 -1; 2>2 0.375; 4>2 0.125; 2>3 1.5; 4>3 0.5; \
//!      0>4 1; 1>4 -1; 2>4 0.375; 4>4 0.125"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # What is kept
//!
//! A [`Journal`] holds the moves of every commit in a few bytes each; replaying it rebuilds the
//! structure of any moment, rows and all. A [`Snapshot`] is one moment in full. A [`Digest`] goes by
//! name, so equal structures have equal digests whatever the order of their rows. Random weights are
//! draws from named counter streams ([`random`]): a new consumer shifts no other, and any number of
//! threads gives the same bits.
//!
//! # Firing
//!
//! In one cycle the fire groups take their turns: every member of a group is *primed* (it reads the
//! outputs of those it listens to), then every member *fires*. So an earlier group is heard at once,
//! the same group and later ones with a cycle's delay, and a connection's own delay comes on top;
//! [`Schedule::lag`] is the only place that knows this. What a neuron computes is a [`Unit`]; the
//! arithmetic over rows and lanes is in [`kernel`], its definition in [`testing`], and [`Executor`] is
//! what those who run it promise.
//!
//! # Where to read on
//!
//! `edit` (the vocabulary of change), `shadow` (what would be), `commit` (what is done), `follow`
//! (what comes along); then `laws`, which says all of it again as tests.

pub mod kernel;
pub mod notation;
pub mod room;
pub mod testing;
pub mod unit;

mod bulk;
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
mod journal;
#[cfg(test)]
mod laws;
mod moves;
mod name;
mod network;
mod optimizer;
pub mod random;
mod rare;
mod reach;
mod refusal;
mod remap;
mod row;
mod shadow;
mod signal;
mod snapshot;

pub use change::{Census, Commit, Draw, Inherit, Moves, Newborn, ParamExpr, WeightExpr};
pub use digest::{Digest, NotADigest};
pub use draft::{Draft, Finished};
pub use edit::{Birth, End, Law, Mark, Move, Origin, Proposal, Reason, Scope};
pub use exec::{Dropout, ExecError, Executor, ExecutorSettings, Exported, Pass, Tape, UpdateRule, Window, recalled};
pub use firing::{FireGroup, GroupId, NeuronSpec, Role, Schedule};
pub use follow::{Column, Follower, Store};
pub use invariant::BrokenInvariant;
pub use journal::{Journal, JournalError};
pub use name::{Births, NeuronId, Synapse};
pub use network::{Marks, Network, NetworkError, Outgoing};
pub use optimizer::Optimizer;
pub use random::{Stream, StreamKey};
pub use rare::Rare;
pub use reach::Reach;
pub use refusal::EditError;
pub use remap::Remap;
pub use row::{Epoch, Neurons, Row, Space, Synapses};
pub use signal::{Candidate, Samples, Signal, Signals, by_groups};
pub use snapshot::Snapshot;
pub use unit::{Activation, Norm, Unit, UnitKind, UserActivation};
