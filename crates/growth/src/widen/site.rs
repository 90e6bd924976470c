//! Where a neuron may be born: a hidden group, whom a member without a past may hear, who may hear it.
//!
//! On a layered network these are the layer before and the layer after. On any other they are what reach allows: whoever
//! belongs to a group that the newborn's group may listen to, and whoever's group may listen to the newborn's; without
//! added delays, near enough where reach is by distance. A neuron with a list of its own does not know the newborn, and
//! one that is frozen does not take anything in.

use crate::cradle::Cradle;
use livenet_core::{GroupId, Network, NeuronSpec, Neurons, Role, Row, UnitKind};

/// A place for newborns.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What they are, but for the bias.
    pub spec: NeuronSpec,
    /// Whom they hear, in the order of rows.
    pub heard: Vec<Row<Neurons>>,
    /// Who hears them, in the order of rows.
    pub listeners: Vec<Row<Neurons>>,
}

/// The weights of a newborn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Newborn {
    /// One for each that is heard.
    pub incoming: Vec<f64>,
    /// Its bias.
    pub bias: f64,
    /// One for each listener.
    pub outgoing: Vec<f64>,
}

impl Site {
    /// The place for newborns of a group: its [cradle](crate::cradle).
    pub fn of(network: &Network, group: GroupId) -> Self {
        let cradle = Cradle::of(network, group);
        let (heard, listeners) = (cradle.heard(), cradle.listeners());
        let spec = cradle.spec;
        Self { spec, heard, listeners }
    }

    /// The places of all hidden groups where somebody can be heard and hears; of one of them if a name is given.
    pub fn all(network: &Network, name: &str) -> Vec<Self> {
        let wanted = |group: &GroupId| {
            let group = network.group(*group);
            group.role == Role::Hidden && (name.is_empty() || group.name == name)
        };
        let sites = network.group_ids().filter(wanted).map(|group| Self::of(network, group));
        sites.filter(|site| !site.heard.is_empty() && !site.listeners.is_empty()).collect()
    }

    /// Whether a newborn that hears nothing says nothing, as methods need that think to first order about silence.
    pub fn starts_silent(&self) -> bool {
        self.spec.unit.activation.value(0.0) == 0.0
    }

    /// Cycles from the firing of a neuron until the newborn hears it.
    pub(super) fn heard_after(&self, network: &Network, pre: Row<Neurons>) -> usize {
        network.schedule().lag(network.spec(pre).group, self.spec.group, 0) as usize
    }

    /// Cycles from the firing of the newborn until a listener hears it.
    pub(super) fn listens_after(&self, network: &Network, post: Row<Neurons>) -> usize {
        network.schedule().lag(self.spec.group, network.spec(post).group, 0) as usize
    }

    /// The part of the past that a unit of this kind keeps.
    pub(super) fn decay(&self) -> f64 {
        if self.spec.unit.kind == UnitKind::Leaky { f64::from(self.spec.decay) } else { 0.0 }
    }

    /// The mean length of what the members of the group tell others, over those who tell something; `None` if nobody does.
    pub fn mean_axon(&self, network: &Network, weights: &[f32]) -> Option<f64> {
        let length = |row: u32| {
            let active = network.listeners(Row::new(row)).filter(|(_, at)| !network.marks()[at.index()].is_silent());
            let weights = active.map(|(_, at)| f64::from(weights.get(at.index()).copied().unwrap_or(0.0)));
            weights.map(|weight| weight * weight).sum::<f64>().sqrt()
        };
        let lengths: Vec<f64> = network.members(self.spec.group).map(length).filter(|&length| length > 0.0).collect();
        let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
        mean.is_finite().then_some(mean)
    }
}

impl Newborn {
    /// As it will be in f32.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let round = |values: &[f64]| values.iter().map(|&value| f64::from(value as f32)).collect();
        Self { incoming: round(&self.incoming), bias: f64::from(self.bias as f32), outgoing: round(&self.outgoing) }
    }
}
