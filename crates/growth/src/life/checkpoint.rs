//! The checkpoints of the cycle: what must hold to begin a copy, and what must still hold to divide.

use crate::View;
use livenet_core::{Neurons, Role, Row, Signal};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A signal or a weight is not a finite number.
    NotFinite,
    /// It hears or is heard by nobody any more, or was frozen.
    Unwired,
    /// A connection of the copy would be out of reach.
    OutOfReach,
    /// The store does not pay a division any more.
    NoEnergy,
    /// The supply does not carry one more.
    NoRoom,
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
pub(super) fn verify(view: &View<'_>, row: Row<Neurons>, is_wired: bool, room: f64) -> Result<(), Damage> {
    let network = view.network;
    if !is_wired || network.role(row) != Role::Hidden {
        return Err(Damage::Unwired);
    }
    let of_neuron = [Signal::OutputMagnitude, Signal::Blame, Signal::Splitting];
    if of_neuron.iter().any(|&signal| !view.signals.of(signal, row).is_finite()) {
        return Err(Damage::NotFinite);
    }
    let weights = view.signals.values(Signal::Weight);
    let sound = |synapse: usize| weights.get(synapse).is_none_or(|weight| weight.is_finite());
    if !network.incoming(row).all(sound) || !network.listeners(row).all(|(_, synapse)| sound(synapse.index())) {
        return Err(Damage::NotFinite);
    }
    let delays = network.delays();
    let hears = network.incoming(row).all(|at| network.may_listen(row, Row::new(network.pres()[at]), delays[at]));
    let is_heard = network.listeners(row).all(|(post, at)| network.may_listen(post, row, delays[at.index()]));
    if !hears || !is_heard {
        return Err(Damage::OutOfReach);
    }
    if let Some(ledger) = view.ledger {
        if ledger.energy(row) < ledger.division_cost() {
            return Err(Damage::NoEnergy);
        }
        if ledger.cost_of(row) > room {
            return Err(Damage::NoRoom);
        }
    }
    Ok(())
}
