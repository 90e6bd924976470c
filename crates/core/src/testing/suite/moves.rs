//! Random commits. A move that is refused is not made; the draft checks.

use super::{Options, chance::Dice, graph};
use crate::{Birth, Draft, End, Mark, Move, NeuronId, Origin, Row, Scope, Synapse};

/// Proposes some random moves.
pub(super) fn propose(dice: &mut Dice, options: &Options, draft: &mut Draft<'_>) {
    // Half the commits touch values and places alone, which is the other kind of commit.
    let kinds: &[u8] = if dice.yes(0.4) {
        &[0, 1, 2, 3, 4, 5, 6]
    } else {
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    };
    for _ in 0..dice.within(1..=6) {
        let kind = dice.pick(kinds);
        one(dice, options, draft, kind);
    }
}

fn one(dice: &mut Dice, options: &Options, draft: &mut Draft<'_>, kind: u8) {
    let network = draft.network();
    let id = |dice: &mut Dice| network.id(Row::new(dice.within(0..=network.neuron_count() - 1) as u32));
    let synapse = |dice: &mut Dice| {
        let count = network.synapse_count();
        (count > 0).then(|| network.synapse(Row::new(dice.within(0..=count - 1) as u32)))
    };
    let (a, b) = (id(dice), id(dice));
    let some = synapse(dice).unwrap_or(Synapse::new(a, b));
    let group = network.spec(network.row(a).expect("it was alive when the draft began")).group;
    let birth =
        if dice.yes(0.2) { Birth::Share { of: some, by: dice.uniform(-1.0, 1.0) } } else { graph::birth(dice, 8.0) };
    let (delay, mean) = (dice.mostly_small(0..=3) as u16, dice.uniform(-0.5, 0.5));
    let what = match kind {
        0 => Move::Scale { at: some, by: dice.uniform(-1.1, 1.1) },
        1 => Move::Reweigh { at: some, plus: graph::birth(dice, 20.0) },
        2 => Move::Rebias { neuron: a, plus: dice.normal() * 0.1 },
        3 => Move::Mark {
            at: Scope::Synapse(some),
            mark: dice.pick(&[Mark::Active, Mark::Silent, Mark::Frozen, Mark::Free]),
        },
        4 => Move::Mark { at: Scope::Neuron(a), mark: dice.pick(&[Mark::Frozen, Mark::Free]) },
        5 => Move::Renew { old: a, new: draft.name(), birth: graph::birth(dice, 8.0), mean },
        6 => Move::Perturb { neuron: a, by: graph::birth(dice, 30.0) },
        7 => Move::Connect { at: Synapse::new(a, b), birth, delay },
        8 => Move::Disconnect { at: some },
        9 | 10 => Move::Divide { mother: a, daughter: draft.name(), share: dice.uniform(0.1, 0.9) },
        11 => Move::Remove { neuron: a, mean },
        12 => Move::Rewire { from: some, to: Synapse::new(some.post, b), birth, delay },
        13 => Move::Merge { kept: a, gone: b, by: dice.uniform(-1.0, 1.0) },
        14 => Move::InsertOn { at: some, neuron: draft.name(), spec: graph::spec(dice, options, network, group) },
        15 if dice.yes(0.5) => {
            let end = |dice: &mut Dice, at, delay| End { at, weight: dice.normal() * 0.3, delay };
            let spec = graph::spec(dice, options, network, group);
            if network.group(group).role != crate::Role::Hidden {
                return;
            }
            let (dendrite, axon) = (end(dice, b, delay), end(dice, some.post, 0));
            let origin = Origin::Fresh;
            Move::Bear { neuron: draft.name(), spec, origin, dendrites: vec![dendrite], axon: vec![axon] }
        }
        15 => Move::Retune { neuron: a, spec: graph::spec(dice, options, network, group) },
        _ => return add(dice, options, draft, (a, b)),
    };
    let refused = draft.propose(what);
    drop(refused);
}

/// A newborn with a dendrite and an axon.
fn add(dice: &mut Dice, options: &Options, draft: &mut Draft<'_>, (near, heard): (NeuronId, NeuronId)) {
    let network = draft.network();
    let group = network.spec(network.row(near).expect("it was alive when the draft began")).group;
    let neuron = draft.name();
    let spec = graph::spec(dice, options, network, group);
    // Inputs and outputs belong to the task: the suite keeps their number.
    if network.group(group).role != crate::Role::Hidden
        || draft.propose(Move::Add { neuron, spec, origin: Origin::Fresh }).is_err()
    {
        return;
    }
    let birth = graph::birth(dice, 8.0);
    let all = [Synapse::new(neuron, heard), Synapse::new(near, neuron), Synapse::new(neuron, neuron)];
    let refused: Vec<_> = all.into_iter().map(|at| draft.propose(Move::Connect { at, birth, delay: 0 })).collect();
    drop(refused);
}
