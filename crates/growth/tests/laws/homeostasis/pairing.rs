//! Who is paired with whom, and who is left alone.

use super::{ask, ask_within, commit, commit_moves, connected, pairs, plain, vacant};
use crate::bench::{Bench, layers};
use livenet_core::{
    Birth, Draft, Mark, Move, NeuronId, NeuronSpec, Role, Row, Scope, Signal, Signals, StreamKey, Synapse,
};
use livenet_growth::homeostasis::Homeostasis;
use livenet_growth::{Budget, Strategy as _, SynapticElements, View, Wiring};

#[test]
fn what_goes_on_one_side_is_vacant_on_the_other() {
    // 2 is heard by 3 and 4 of its own group.
    let mut network = crate::bench::recurrent([1, 4, 1], 0);
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let [a, b, c] = [1, 2, 3].map(NeuronId::new);
    let connect = |post, pre| Move::Connect { at: Synapse::new(post, pre), birth: Birth::Value(1.0), delay: 0 };
    commit_moves(&mut network, &mut method, vec![connect(b, a), connect(c, a)]);
    ask(&network, &mut method, (0, &[1.0; 6]));
    let finished = ask(&network, &mut method, (10, &[1.0, 2.0, 1.0, 1.0, 1.0, 1.0]));
    let (gone, come) = pairs(&finished);
    // One bouton less: one of the two goes, and the spine that is left finds nobody, since nobody else has a bouton.
    assert_eq!((gone.len(), come.len()), (1, 0));
    assert_eq!(gone[0].pre, a);
    let free = network.row(gone[0].post).unwrap();
    commit(&mut network, &mut method, finished);
    assert_eq!(vacant(&network, &method, free), (0.0, 1.0));
    // 4 grows a bouton, and the two meet; the dendrite that 4 grows as well finds no second one.
    let finished = ask(&network, &mut method, (20, &[1.0, 1.0, 1.0, 1.0, 0.0, 1.0]));
    assert_eq!(pairs(&finished).1, [Synapse::new(network.id(free), NeuronId::new(4))]);
}

#[test]
fn nobody_pairs_with_itself_or_twice_and_as_many_pair_as_can() {
    for seed in 0..20u64 {
        let mut network = crate::bench::recurrent([2, 6, 2], 1);
        let mut method = SynapticElements::new(Homeostasis { initial: 3.0, inputs: false, outputs: false, ..plain() });
        let mut signals = Signals::default();
        signals.put(Signal::OutputMagnitude, vec![1.0; 10]);
        let mut draft = Draft::new(&network, 0);
        let (signals, budget, key) = (&signals, Budget::unlimited(), StreamKey::new(seed, "pairs"));
        let view = View { network: &network, signals, step: 0, end: None, budget, ledger: None, key };
        method.propose(&view, &mut draft);
        let finished = draft.finish();
        let (_, come) = pairs(&finished);
        let mut sorted = come.clone();
        sorted.sort();
        sorted.dedup();
        assert!(sorted.len() == come.len() && come.iter().all(|at| at.post != at.pre));
        assert!(come.len() >= 12, "{}", come.len());
        commit(&mut network, &mut method, finished);
        for row in (2..8).map(Row::new) {
            let (heard, hears) = connected(&network, row);
            assert!(heard <= 3.0 && hears <= 3.0);
            assert_eq!(vacant(&network, &method, row), (3.0 - heard, 3.0 - hears));
        }
    }
}

#[test]
fn inputs_and_outputs_have_one_to_spare_but_not_for_one_another() {
    let network = crate::bench::recurrent([2, 3, 2], 0);
    let at = (0, &[1.0; 7][..]);
    let roles = |at: &Synapse| [at.post, at.pre].map(|id| network.role(network.row(id).unwrap()));
    let mut open = SynapticElements::new(Homeostasis { initial: 5.0, ..plain() });
    let (_, come) = pairs(&ask(&network, &mut open, at));
    // Each hidden neuron has five spines and hears the four others at most; all boutons meet a spine.
    assert_eq!(come.iter().filter(|at| roles(at)[0] == Role::Hidden).count(), 12);
    assert_eq!(come.iter().filter(|at| roles(at)[0] == Role::Output).count(), 6);
    assert!(come.iter().all(|at| roles(at) != [Role::Output, Role::Input]));
    let mut closed = SynapticElements::new(Homeostasis { initial: 5.0, inputs: false, outputs: false, ..plain() });
    let (_, come) = pairs(&ask(&network, &mut closed, at));
    assert!(come.iter().all(|at| roles(at) == [Role::Hidden; 2]) && come.len() == 6);
}

#[test]
fn partners_are_near_where_there_is_a_kernel() {
    let mut network = layers(&[40, 4, 1]);
    let mut method = SynapticElements::new(Homeostasis { initial: 2.0, outputs: false, near: 0.05, ..plain() });
    let moves = network.neuron_rows().take(44).map(|row| {
        let place = if row.get() < 40 { row.get() as f32 / 40.0 } else { (row.get() - 40) as f32 / 4.0 };
        Move::Retune {
            neuron: network.id(row),
            spec: NeuronSpec { position: [place, 0.0], ..network.spec(row).clone() },
        }
    });
    let moves: Vec<Move> = moves.collect();
    commit_moves(&mut network, &mut method, moves);
    let (_, come) = pairs(&ask(&network, &mut method, (0, &[1.0; 45])));
    assert_eq!(come.len(), 8);
    for at in come {
        let [post, pre] = [at.post, at.pre].map(|id| network.spec(network.row(id).unwrap()).position[0]);
        assert!((post - pre).abs() < 0.2, "{post} and {pre}");
    }
}

#[test]
fn caps_and_what_is_put_aside_are_respected() {
    let mut network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let aside = Synapse::new(NeuronId::new(4), NeuronId::new(0));
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let frozen = [Scope::Synapse(aside), Scope::Neuron(NeuronId::new(7))];
    commit_moves(&mut network, &mut method, frozen.map(|at| Move::Mark { at, mark: Mark::Frozen }).to_vec());
    ask(&network, &mut method, (0, &[1.0; 9]));
    // Nobody may keep anything.
    let loud = (1000, &[9.0f32; 9][..]);
    let mut capped = method.clone();
    capped.rule.cap = 5;
    assert_eq!(pairs(&ask(&network, &mut capped, loud)).0.len(), 5);
    let budget = Budget { edits: Some(3), ..Budget::unlimited() };
    assert_eq!(pairs(&ask_within(&network, &mut method.clone(), loud, budget).1).0.len(), 3);
    let (gone, _) = pairs(&ask(&network, &mut method, loud));
    assert_eq!(gone.len(), 12 + 6 - 1 - 3);
    assert!(gone.iter().all(|at| *at != aside && at.post != NeuronId::new(7)));
    // And a cap of connections holds what comes.
    let empty = crate::bench::recurrent([2, 6, 2], 0);
    let budget = Budget { connections: Some(7), ..Budget::unlimited() };
    let mut eager = SynapticElements::new(Homeostasis { initial: 3.0, ..plain() });
    assert_eq!(pairs(&ask_within(&empty, &mut eager, (0, &[1.0; 10]), budget).1).1.len(), 7);
}
