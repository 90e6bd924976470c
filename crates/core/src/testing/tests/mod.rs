//! Tests of the definition by hand and by differences, of the suite by itself and by spoiled executors.

mod commits;
mod differences;
mod firing;
mod memory;
mod mock;
mod spoiled;
mod suite;
mod updates;

use super::{Naive, apply};
use crate::{
    Activation, Birth, ExecutorSettings, FireGroup, GroupId, Move, Network, NeuronId, NeuronSpec, Norm, Origin, Reach,
    Role, Schedule, Synapse, Unit,
};

/// A network by hand: per group its role, norm and units; connections as (pre, post, weight, delay), neurons
/// numbered in order.
pub(super) fn build(
    schedule: Schedule,
    groups: &[(Role, Norm, &[Unit])],
    synapses: &[(u64, u64, f32, u16)],
) -> (Network, Naive) {
    let all = || Reach::groups((0..groups.len() as u16).map(GroupId::new)).with_max_delay(3);
    let fire_groups = groups.iter().map(|&(role, norm, _)| FireGroup {
        name: format!("{role:?}"),
        role,
        unit: LINEAR,
        norm,
        reach: all(),
    });
    let mut network = Network::new(fire_groups.collect(), schedule).unwrap();
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let units = groups
        .iter()
        .enumerate()
        .flat_map(|(group, (_, _, units))| units.iter().map(move |&unit| (group as u16, unit)));
    let births = units.enumerate().map(|(number, (group, unit))| Move::Add {
        neuron: NeuronId::new(number as u64),
        spec: NeuronSpec::of(GroupId::new(group), unit),
        origin: Origin::Seed,
    });
    let connections = synapses.iter().map(|&(pre, post, weight, delay)| Move::Connect {
        at: Synapse::new(NeuronId::new(post), NeuronId::new(pre)),
        birth: Birth::Value(weight),
        delay,
    });
    apply(&mut network, &mut naive, births.chain(connections)).unwrap();
    (network, naive)
}

pub(super) const LINEAR: Unit = Unit::rate(Activation::Linear);
