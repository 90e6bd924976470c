//! The checkpoints of the cycle: what must hold to begin a copy, and what must still hold to divide.

use crate::View;
use livenet_core::{NeuronId, Neurons, Role, Row, Signal, Synapse};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What asks for a division: the growth factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing need ask: whoever can divides, the longest at rest first.
    Always,
    /// More blame than the mean of the group.
    Blame,
    /// A split would lower the loss: the smallest eigenvalue of the splitting matrix is negative (Liu et al. 2019).
    Splitting,
}

/// What verification found, so that nothing divides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// It is an input or an output, which do not divide.
    NotHidden,
    /// Somebody froze it.
    Frozen,
    /// It hears or is heard by no other neuron any more; what is silent counts for nothing.
    Unwired {
        /// Others that it hears.
        hears: u64,
        /// Others that hear it.
        heard: u64,
    },
    /// A signal or a weight is not a finite number.
    NotFinite {
        /// Which signal.
        signal: Signal,
        /// Of which of its connections; of the neuron itself, where of none.
        at: Option<Synapse>,
    },
    /// A connection of the copy would be out of reach.
    OutOfReach {
        /// As the original has it.
        at: Synapse,
    },
    /// The store does not pay a division any more.
    NoEnergy {
        /// What is in store.
        have: f32,
        /// What a division costs.
        need: f32,
    },
    /// The supply does not carry one more.
    NoRoom {
        /// What one more would cost per step.
        cost: f32,
        /// What the supply still carries.
        room: f32,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotHidden => f.write_str("it is no hidden neuron"),
            Self::Frozen => f.write_str("it was frozen"),
            Self::Unwired { hears, heard } => write!(f, "it hears {hears} others and is heard by {heard}"),
            Self::NotFinite { signal, at: Some(at) } => write!(f, "{signal:?} of {at} is not a finite number"),
            Self::NotFinite { signal, at: None } => write!(f, "its {signal:?} is not a finite number"),
            Self::OutOfReach { at } => write!(f, "{at} is out of reach"),
            Self::NoEnergy { have, need } => write!(f, "{have} in store, {need} needed"),
            Self::NoRoom { cost, room } => write!(f, "it costs {cost} per step, and the supply still carries {room}"),
        }
    }
}

/// A copy that was begun and came to nothing. No draft and no commit tells of it:
/// [`Strategy::aborted`](crate::Strategy::aborted) does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aborted {
    /// Whose copy.
    pub neuron: NeuronId,
    /// The step at which it passed the restriction point.
    pub begun: u64,
    /// What was found.
    pub damage: Damage,
}

/// How much is asked of a neuron, and what it had to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) score: f32,
    pub(super) bar: f32,
}

impl Asked {
    pub(super) fn is_heard(self) -> bool {
        self.score > self.bar
    }
}

impl Demand {
    pub(super) const WORDS: [(&'static str, Self); 3] =
        [("always", Self::Always), ("blame", Self::Blame), ("splitting", Self::Splitting)];

    pub(super) fn needs(self) -> Vec<Signal> {
        match self {
            Self::Always => Vec::new(),
            Self::Blame => vec![Signal::Blame],
            Self::Splitting => vec![Signal::Splitting],
        }
    }

    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Always => "checkpoints passed: its age",
            Self::Blame => "checkpoints passed: blame above its group's mean",
            Self::Splitting => "checkpoints passed: a split lowers the loss",
        }
    }

    /// How much is asked of every neuron, by row; of a neuron with this age, where nothing need ask.
    pub(super) fn of_all(self, view: &View<'_>, age: impl Fn(Row<Neurons>) -> u64) -> Vec<Asked> {
        let network = view.network;
        match self {
            Self::Always => network.neuron_rows().map(|row| Asked { score: age(row) as f32, bar: -1.0 }).collect(),
            Self::Splitting => network
                .neuron_rows()
                .map(|row| Asked { score: -view.signals.of(Signal::Splitting, row), bar: 0.0 })
                .collect(),
            Self::Blame => {
                let mut asked = Vec::with_capacity(network.neuron_count());
                for group in network.group_ids() {
                    let blames = network.members(group).map(|row| view.signals.of(Signal::Blame, Row::new(row)));
                    let finite: Vec<f64> = blames.clone().filter(|blame| blame.is_finite()).map(f64::from).collect();
                    let bar = (finite.iter().sum::<f64>() / finite.len().max(1) as f64) as f32;
                    asked.extend(blames.map(|score| Asked { score, bar }));
                }
                asked
            }
        }
    }
}

/// The last check before a division, with the room that is left. Reads and changes nothing.
pub(super) fn verify(view: &View<'_>, row: Row<Neurons>, room: f64) -> Result<(), Damage> {
    let network = view.network;
    if network.role(row) != Role::Hidden {
        return Err(Damage::NotHidden);
    }
    if network.is_frozen(row) {
        return Err(Damage::Frozen);
    }
    let speaks = |synapse: usize| !network.marks()[synapse].is_silent();
    let hears = network.incoming(row).filter(|&at| network.pres()[at] != row.get() && speaks(at)).count() as u64;
    let heard = network.listeners(row).filter(|&(post, at)| post != row && speaks(at.index())).count() as u64;
    if hears == 0 || heard == 0 {
        return Err(Damage::Unwired { hears, heard });
    }
    let of_neuron = [Signal::OutputMagnitude, Signal::Blame, Signal::Splitting];
    if let Some(signal) = of_neuron.into_iter().find(|&signal| !view.signals.of(signal, row).is_finite()) {
        return Err(Damage::NotFinite { signal, at: None });
    }
    let all = || network.incoming(row).chain(network.listeners(row).map(|(_, at)| at.index()));
    let name = |at: usize| network.synapse(Row::new(at as u32));
    let weights = view.signals.values(Signal::Weight);
    if let Some(at) = all().find(|&at| weights.get(at).is_some_and(|weight| !weight.is_finite())) {
        return Err(Damage::NotFinite { signal: Signal::Weight, at: Some(name(at)) });
    }
    let within = |at: usize| {
        let (post, pre) = (network.post_of(Row::new(at as u32)), Row::new(network.pres()[at]));
        network.may_listen(post, pre, network.delays()[at])
    };
    if let Some(at) = all().find(|&at| !within(at)) {
        return Err(Damage::OutOfReach { at: name(at) });
    }
    if let Some(ledger) = view.ledger {
        let (have, need) = (ledger.energy(row), ledger.division_cost());
        if have < need {
            return Err(Damage::NoEnergy { have: have as f32, need: need as f32 });
        }
        let cost = ledger.cost_of(row);
        if cost > room {
            return Err(Damage::NoRoom { cost: cost as f32, room: room as f32 });
        }
    }
    Ok(())
}
