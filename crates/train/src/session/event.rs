//! What a session tells: typed, in order, without any clock.

use super::Words;
use livenet_core::{Census, Epoch, NeuronId, Reason};
use livenet_growth::{Aborted, Cut, Why};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The network as training begins.
    Started {
        /// Neurons.
        neurons: u64,
        /// Active connections.
        connections: u64,
        /// Connections a dense network of these groups has.
        dense_connections: u64,
    },
    /// Progress of training.
    Trained {
        /// Updates so far.
        step: u64,
        /// Mean training loss since the last of these events.
        loss: f64,
        /// Share of right answers since the last of these events, for classification.
        accuracy: Option<f64>,
        /// Learning rate.
        rate: f32,
        /// Neurons.
        neurons: u64,
        /// Active connections.
        connections: u64,
        /// Multiply-adds so far.
        operations: u64,
    },
    /// A look at the validation part.
    Evaluated {
        /// Updates so far.
        step: u64,
        /// Mean loss.
        loss: f64,
        /// Share of right answers, for classification.
        accuracy: Option<f64>,
    },
    /// A strategy changed the structure.
    Committed {
        /// Updates so far.
        step: u64,
        /// Who proposed.
        strategy: String,
        /// Position in the journal.
        entry: u64,
        /// Epoch after.
        epoch: Epoch,
        /// How much changed.
        census: Census,
        /// Neurons after.
        neurons: u64,
        /// Active connections after.
        connections: u64,
        /// Largest |change| of an output on the last window's inputs, divided by the largest |output|, measured
        /// before symmetry is broken; for commits by which neurons are born, divide, merge or die.
        change: Option<f64>,
        /// What the budget cut.
        cut: Vec<Cut>,
        /// Why each move was made.
        why: Vec<Explained>,
    },
    /// A strategy was asked and changed nothing.
    Unchanged {
        /// Updates so far.
        step: u64,
        /// Who was asked.
        strategy: String,
        /// Why not.
        why: Why,
        /// What the budget cut, where it cut everything.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cut: Vec<Cut>,
    },
    /// A strategy gave up what it had begun at earlier askings; what else it did at this one is told after it.
    Aborted {
        /// Updates so far.
        step: u64,
        /// Who was asked.
        strategy: String,
        /// Whose copies, and what was found.
        of: Vec<Aborted>,
    },
    /// What a strategy foretold of a commit, and what was measured, on the batch that its signals were made of.
    Foretold {
        /// Updates so far.
        step: u64,
        /// Who proposed.
        strategy: String,
        /// The change of the loss that the committed moves foretold.
        foretold: f64,
        /// The loss before and after, without dropout.
        loss: [f64; 2],
        /// The norm of the gradient by all weights before and after.
        gradient: [f64; 2],
    },
    /// Alternatives were tried on clones.
    Tried {
        /// Updates so far.
        step: u64,
        /// Who proposed.
        strategy: String,
        /// Validation loss of each alternative; the last is the unchanged network's.
        losses: Vec<f64>,
        /// Which was taken; the last means none.
        chosen: usize,
    },
    /// The books of the energy ledger.
    Energy {
        /// Updates so far.
        step: u64,
        /// Sum of all stores.
        store: f64,
        /// Earned per step, since the last of these events.
        income: f64,
        /// Spent per step, since the last of these events.
        cost: f64,
        /// What nobody could keep, per step: above what a full store holds, and what the dead left.
        #[serde(default)]
        spilled: f64,
        /// Spent below what an empty store holds, per step. Income - cost - spilled + forgiven is the change of the store.
        #[serde(default)]
        forgiven: f64,
        /// Supply per step.
        supply: f64,
    },
    /// Energy and age of the hidden neurons, or of every so many-th where there are many.
    Accounts {
        /// Updates so far.
        step: u64,
        /// By birth number.
        of: Vec<NeuronEnergy>,
    },
}

/// What a neuron has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeuronEnergy {
    /// Who.
    pub neuron: NeuronId,
    /// Its store.
    pub energy: f32,
    /// Steps since its birth.
    pub age: u64,
}

/// A move with its reason, as `explain` prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The move in words.
    pub what: Words,
    /// Why.
    pub reason: Reason,
}
