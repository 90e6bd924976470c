//! The vocabulary of change: births of values, origins, and the moves that a draft is made of.
//!
//! A [`Move`] is what strategies propose, what the journal keeps and what `replay` repeats. A commit
//! lowers moves to what followers need: where each row came from, and each touched value as an
//! expression over the values before.

use crate::{NeuronId, NeuronSpec, StreamKey, Synapse};
use serde::{Deserialize, Serialize};

/// The law of a random weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Law {
    /// Normal with mean 0 and the scale as standard deviation.
    Normal,
    /// Uniform in ± scale.
    Uniform,
}

/// How the weight of a newborn connection comes about. Needs no read back from a device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Birth {
    /// This value; zero leaves the function unchanged.
    Value(f32),
    /// A draw named by the key and the connection's two ends.
    Random {
        /// The stream.
        key: StreamKey,
        /// The law.
        law: Law,
        /// Standard deviation or half width.
        scale: f32,
    },
    /// `by` times the weight of another connection, whose moments it inherits.
    Share {
        /// The other connection.
        of: Synapse,
        /// The factor.
        by: f32,
    },
}

/// Lineage and initial state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// There from the start.
    Seed,
    /// New, from nobody.
    Fresh,
    /// A daughter.
    DivisionOf(NeuronId),
    /// A copy with its own axon.
    CopyOf(NeuronId),
    /// Born on a connection that it replaced.
    OnConnection(Synapse),
    /// In the place of a predecessor.
    RenewalOf(NeuronId),
}

/// What a [`Move::Mark`] sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Contributes.
    Active,
    /// Keeps weight and moments, receives gradient, contributes nothing.
    Silent,
    /// Does not learn.
    Frozen,
    /// Learns.
    Free,
}

/// What a mark is put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// A connection.
    Synapse(Synapse),
    /// A neuron's own parameters (bias, decay, gain) and its incoming weights. Only
    /// [`Mark::Frozen`] and [`Mark::Free`] apply.
    Neuron(NeuronId),
}

/// One end of a newborn's connections.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Whom the newborn hears, or who hears it.
    pub at: NeuronId,
    /// The first weight.
    pub weight: f32,
    /// Cycles added to the schedule's lag.
    pub delay: u16,
}

/// One proposal of change: accepted or refused whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Move {
    /// One new connection.
    Connect {
        /// Its ends.
        at: Synapse,
        /// Its first weight.
        birth: Birth,
        /// Cycles added to the schedule's lag.
        delay: u16,
    },
    /// One connection less.
    Disconnect {
        /// Its ends.
        at: Synapse,
    },
    /// Many new connections with one rule of birth.
    Grow {
        /// Ends and delay of each.
        at: Vec<(Synapse, u16)>,
        /// Their first weight.
        birth: Birth,
    },
    /// Many connections less.
    Prune {
        /// Their ends.
        at: Vec<Synapse>,
    },
    /// `post` listens to each of `pres`.
    ConnectAll {
        /// The listener.
        post: NeuronId,
        /// Whom it hears.
        pres: Vec<NeuronId>,
        /// The first weight of each.
        birth: Birth,
    },
    /// The end of a connection moves: one goes, one comes.
    Rewire {
        /// The one that goes.
        from: Synapse,
        /// The one that comes.
        to: Synapse,
        /// Its first weight.
        birth: Birth,
        /// Its delay.
        delay: u16,
    },
    /// A neuron is born, unconnected.
    Add {
        /// Its name, from the draft's register.
        neuron: NeuronId,
        /// What it is.
        spec: NeuronSpec,
        /// Where it comes from.
        origin: Origin,
    },
    /// A neuron dies with all its connections. `mean` times each outgoing weight is added to the
    /// listener's bias, so that the mean of what it said stays (Dohare et al. 2024); 0 adds nothing.
    Remove {
        /// Who.
        neuron: NeuronId,
        /// Its mean output.
        mean: f32,
    },
    /// A newborn takes the place and the ends of its predecessor: incoming weights are born anew,
    /// outgoing ones are 0, moments restart. No row moves.
    Renew {
        /// Who goes.
        old: NeuronId,
        /// Who comes.
        new: NeuronId,
        /// The first weight of each incoming connection.
        birth: Birth,
        /// The predecessor's mean output, folded as in [`Move::Remove`].
        mean: f32,
    },
    /// Function-preserving division (the split of `Net2Net`, arXiv 1511.05641, self-connections included): the daughter
    /// copies the dendrites, and the axon is shared: the mother keeps `1 - share` of each outgoing
    /// weight, the daughter gets `share`.
    Divide {
        /// Who divides.
        mother: NeuronId,
        /// Who is born.
        daughter: NeuronId,
        /// The daughter's part of the axon, in (0, 1); taken to the nearest 1/64, so that both parts are exact.
        share: f32,
    },
    /// A neuron is born on a connection, which it replaces (NEAT's add-node): it hears the old
    /// source with weight 1 and speaks with the old weight and delay. Exact for a linear unit whose two hops
    /// lag as long as the old one.
    InsertOn {
        /// The connection that goes.
        at: Synapse,
        /// Who is born.
        neuron: NeuronId,
        /// What it is.
        spec: NeuronSpec,
    },
    /// `gone` dies and `kept` takes over `by` times what it said.
    Merge {
        /// Who stays.
        kept: NeuronId,
        /// Who dies.
        gone: NeuronId,
        /// Least-squares factor from the one's output to the other's.
        by: f32,
    },
    /// Another unit, position or list for a neuron; its group stays.
    Retune {
        /// Who.
        neuron: NeuronId,
        /// What it is from now on.
        spec: NeuronSpec,
    },
    /// A mark is set or lifted.
    Mark {
        /// Where.
        at: Scope,
        /// Which.
        mark: Mark,
    },
    /// A weight is multiplied.
    Scale {
        /// Which.
        at: Synapse,
        /// The factor.
        by: f32,
    },
    /// Something is added to a weight.
    Reweigh {
        /// Which.
        at: Synapse,
        /// What ([`Birth::Share`] is refused).
        plus: Birth,
    },
    /// Something is added to a bias.
    Rebias {
        /// Whose.
        neuron: NeuronId,
        /// How much.
        plus: f32,
    },
    /// Every incoming weight of a neuron gets a random nudge of its own: how daughters come to differ.
    Perturb {
        /// Whose dendrites.
        neuron: NeuronId,
        /// The nudge; with the same key and opposite scales, mother and daughter move apart.
        by: Birth,
    },
    /// A neuron is born with its connections: all of them or none of it, so that a budget leaves no newborn without
    /// its axon.
    Bear {
        /// Its name, from the draft's register.
        neuron: NeuronId,
        /// What it is.
        spec: NeuronSpec,
        /// Where it comes from.
        origin: Origin,
        /// Whom it hears.
        dendrites: Vec<End>,
        /// Who hears it.
        axon: Vec<End>,
    },
}

/// Why a move was proposed, for the events and for `explain`.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Reason {
    /// The rule, in a few words: "smallest |w|".
    pub rule: String,
    /// The score that decided; one per connection for a batch, in its order.
    pub scores: Vec<f32>,
    /// What the score had to pass: the best score that was *not* chosen.
    pub threshold: Option<f32>,
    /// How many stood for choice.
    pub considered: u64,
    /// By how much the loss is foretold to change at once because of this move, where the method says so; a fall is
    /// negative. Whoever commits measures it beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foretold: Option<f32>,
}

impl Reason {
    /// A reason with one score.
    pub fn scored(rule: impl Into<String>, score: f32) -> Self {
        Self { rule: rule.into(), scores: vec![score], threshold: None, considered: 1, foretold: None }
    }

    /// The same, chosen out of `considered` against `threshold`.
    #[must_use]
    pub fn out_of(mut self, considered: u64, threshold: Option<f32>) -> Self {
        self.considered = considered;
        self.threshold = threshold;
        self
    }

    /// The same with the change of the loss that is foretold.
    #[must_use]
    pub fn foretelling(mut self, change: f32) -> Self {
        self.foretold = Some(change);
        self
    }
}

/// A move with its priority and its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// What.
    pub what: Move,
    /// A budget cuts the lowest first.
    pub priority: f32,
    /// Why.
    pub reason: Reason,
}
