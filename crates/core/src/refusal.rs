//! Why a move is refused. A refused move changes nothing.

use crate::{Epoch, GroupId, NeuronId, Role, Synapse};

/// Why a move or a commit is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The name is not alive.
    #[error("{neuron} is not alive in this network; it may have died, or never have been born")]
    UnknownNeuron {
        /// The name.
        neuron: NeuronId,
    },
    /// The pair is not connected.
    #[error("{at} is not connected")]
    UnknownSynapse {
        /// The pair.
        at: Synapse,
    },
    /// The pair is connected already.
    #[error("{at} is connected already; there is at most one connection per pair")]
    AlreadyConnected {
        /// The pair.
        at: Synapse,
    },
    /// A birth number was used before.
    #[error("{neuron} was born before; take a new name from the draft's register")]
    NameTaken {
        /// The name.
        neuron: NeuronId,
    },
    /// The register of births has come to its end.
    #[error("no birth number is left; a network counts its births up to 2^64 - 2")]
    NoNamesLeft,
    /// The group is not part of the network.
    #[error("fire group {group:?} does not exist; the network has {groups}")]
    UnknownGroup {
        /// The group.
        group: GroupId,
        /// How many there are.
        groups: usize,
    },
    /// Inputs and outputs belong to the task.
    #[error(
        "{neuron} is an {role:?} neuron: it belongs to the task and cannot divide, merge, be renewed, die or be born on a connection"
    )]
    Protected {
        /// Who.
        neuron: NeuronId,
        /// Its role.
        role: Role,
    },
    /// Not in reach.
    #[error("{at} with delay {delay} is out of reach: {} may not listen to {}", .at.post, .at.pre)]
    OutOfReach {
        /// The pair.
        at: Synapse,
        /// The delay asked for.
        delay: u16,
    },
    /// A value is infinite or not a number.
    #[error("{what} at {place} is {value}; it must be finite")]
    NotFinite {
        /// What.
        what: &'static str,
        /// Where.
        place: String,
        /// The value.
        value: f32,
    },
    /// A share of an axon must lie between nothing and all.
    #[error("{mother} cannot give {share} of its axon; a share lies strictly between 0 and 1")]
    ShareOutOfRange {
        /// Who divides.
        mother: NeuronId,
        /// The share.
        share: f32,
    },
    /// Merging needs equal lags.
    #[error("{gone} cannot be merged into {kept}: {why}")]
    CannotMerge {
        /// Who would stay.
        kept: NeuronId,
        /// Who would go.
        gone: NeuronId,
        /// Why not.
        why: &'static str,
    },
    /// The group of a neuron is fixed for life.
    #[error("{neuron} fires in group {from:?} for life; to have it in {to:?}, let a new neuron be born there")]
    Regroup {
        /// Who.
        neuron: NeuronId,
        /// Its group.
        from: GroupId,
        /// The group asked for.
        to: GroupId,
    },
    /// A mark that makes no sense there.
    #[error("{neuron} cannot be marked {mark:?}: neurons are frozen or free, connections also active or silent")]
    MarkMismatch {
        /// Who.
        neuron: NeuronId,
        /// The mark.
        mark: crate::Mark,
    },
    /// A share is no addend.
    #[error("a shared weight cannot be added at {at}; add a value or a draw")]
    NotAnAddend {
        /// Where.
        at: Synapse,
    },
    /// The draft was made for another state of the network.
    #[error(
        "this draft was made at epoch {made:?}, revision {made_revision}; the network is at {now:?}, revision {now_revision}: make the draft anew"
    )]
    Stale {
        /// Epoch of the draft.
        made: Epoch,
        /// Revision of the draft.
        made_revision: u64,
        /// Epoch of the network.
        now: Epoch,
        /// Revision of the network.
        now_revision: u64,
    },
    /// Rows are 32 bits wide.
    #[error("{count} {what} exceed the limit of {limit}")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
}
