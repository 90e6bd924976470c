//! Random networks: recurrence, self-connections, delays, every schedule, unit and normalisation.

use super::{Options, chance::Dice};
use crate::{
    Activation, Birth, Draft, FireGroup, GroupId, Law, Mark, Move, Network, NeuronId, NeuronSpec, Norm, Origin, Reach,
    Role, Schedule, Scope, Synapse, Unit, UserActivation,
};

fn sine(z: f64) -> f64 {
    libm::sin(z)
}
fn cosine(z: f64) -> f64 {
    libm::cos(z)
}

/// The user's own activation of the cases.
pub(super) const SINE: Activation = Activation::User(UserActivation { name: "sine", value: sine, derivative: cosine });

pub(super) fn unit(dice: &mut Dice, options: &Options) -> Unit {
    let activation = if options.user_activation && dice.yes(0.08) { SINE } else { dice.pick(&Activation::BUILT_IN) };
    if dice.yes(0.3) { Unit::leaky(activation) } else { Unit::rate(activation) }
}

/// Fire groups without members.
pub(super) fn empty(dice: &mut Dice, options: &Options) -> Network {
    let hidden = dice.within(1..=3);
    let read = if dice.yes(0.8) { hidden + 1 } else { dice.within(1..=hidden + 1) };
    let all: Vec<GroupId> = (0..hidden as u16 + 2).map(GroupId::new).collect();
    let groups = all.iter().map(|id| {
        let role = match id.index() {
            0 => Role::Input,
            at if at == read => Role::Output,
            _ => Role::Hidden,
        };
        let norm = match role {
            Role::Hidden if options.norms && dice.yes(0.3) => dice.pick(&[Norm::Layer, Norm::Rms]),
            _ => Norm::None,
        };
        FireGroup {
            name: format!("g{}", id.index()),
            role,
            unit: unit(dice, options),
            norm,
            reach: reach(dice, &all, role),
        }
    });
    let groups = groups.collect();
    let schedule = dice.pick(&[Schedule::Grouped, Schedule::Grouped, Schedule::Synchronous, Schedule::InputsFirst]);
    Network::new(groups, schedule).expect("one input group first, one output group")
}

fn reach(dice: &mut Dice, all: &[GroupId], role: Role) -> Reach {
    if role == Role::Input {
        return Reach::nobody();
    }
    let kept = all.iter().copied().filter(|id| id.index() < 2 || dice.yes(0.8)).collect::<Vec<_>>();
    let mut reach = Reach::groups(kept).with_max_delay(dice.within(0..=3) as u16);
    if dice.yes(0.2) {
        reach = reach.within(1.2);
    }
    if dice.yes(0.2) {
        reach = reach.without_itself();
    }
    reach
}

pub(super) fn spec(dice: &mut Dice, options: &Options, network: &Network, group: GroupId) -> NeuronSpec {
    let unit = if dice.yes(0.5) { network.group(group).unit } else { unit(dice, options) };
    NeuronSpec {
        bias: dice.normal() * 0.3,
        decay: dice.uniform(0.1, 0.95),
        position: [dice.uniform(0.0, 1.0), dice.uniform(0.0, 1.0)],
        ..NeuronSpec::of(group, unit)
    }
}

/// How a weight is born in these cases, with a spectral radius below one at this fan-in.
pub(super) fn birth(dice: &mut Dice, fan_in: f32) -> Birth {
    Birth::Random {
        key: dice.key(),
        law: dice.pick(&[Law::Uniform, Law::Normal]),
        scale: dice.uniform(0.3, 0.7) / fan_in.max(1.0).sqrt(),
    }
}

/// Fills a draft over an empty network.
pub(super) fn populate(dice: &mut Dice, options: &Options, draft: &mut Draft<'_>) {
    let network = draft.network();
    let mut born: Vec<(NeuronId, Role)> = Vec::new();
    for group in network.group_ids() {
        let role = network.group(group).role;
        // A pair under a norm is two signs, which is no smooth function; from three on it is.
        let count = if network.group(group).norm == Norm::None { dice.within(1..=7) } else { dice.within(4..=8) };
        for _ in 0..count {
            let neuron = draft.name();
            let spec = spec(dice, options, network, group);
            draft
                .propose(Move::Add { neuron, spec, origin: Origin::Seed })
                .expect("a new name in a group that is there");
            born.push((neuron, role));
        }
    }
    let density = f64::from(dice.uniform(0.15, 0.9));
    let fan_in = (density * born.len() as f64) as f32;
    for &(post, _) in born.iter().filter(|(_, role)| *role != Role::Input) {
        for &(pre, _) in &born {
            if dice.yes(density) {
                let (at, birth, delay) = (
                    Synapse::new(post, pre),
                    birth(dice, fan_in),
                    if dice.yes(0.7) { 0 } else { dice.within(1..=3) as u16 },
                );
                // Out of reach is no error here: the case is then one without this connection.
                let there = draft.propose(Move::Connect { at, birth, delay }).is_ok();
                if there && dice.yes(0.15) {
                    mark(dice, draft, at);
                }
            }
        }
        if dice.yes(0.1) {
            draft.propose(Move::Mark { at: Scope::Neuron(post), mark: Mark::Frozen }).expect("it is alive");
        }
    }
}

pub(super) fn mark(dice: &mut Dice, draft: &mut Draft<'_>, at: Synapse) {
    let mark = dice.pick(&[Mark::Silent, Mark::Frozen, Mark::Active, Mark::Free]);
    draft.propose(Move::Mark { at: Scope::Synapse(at), mark }).expect("it is connected");
}

/// A network in a few words, for whoever reads a failure.
pub(super) fn describe(network: &Network) -> String {
    let groups: Vec<String> = network
        .group_ids()
        .map(|id| {
            format!(
                "{}×{:?} {:?}/{}",
                network.members(id).len(),
                network.group(id).role,
                network.group(id).norm,
                network.group(id).reach.max_delay
            )
        })
        .collect();
    format!(
        "{:?}, [{}], {} connections, {} active",
        network.schedule(),
        groups.join(", "),
        network.synapse_count(),
        network.active_count()
    )
}
