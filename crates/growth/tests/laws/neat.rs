//! NEAT's mutations: what a newborn on a connection keeps, and where connections come.

use crate::bench::{Bench, layers, recurrent};
use crate::smooth::Smooth;
use livenet_core::{Activation, Birth, Move, Role};
use livenet_growth::{Budget, Neat, Strategy as _, Verdict, Wiring};

const NODES: Neat = Neat { add_node: 1.0, add_connection: 0.0, scale: 1.0 };
const CONNECTIONS: Neat = Neat { add_node: 0.0, add_connection: 1.0, scale: 2.0 };

#[test]
fn a_newborn_hears_the_source_with_one_and_speaks_with_the_old_weight() {
    let mut unchanged = 0;
    for seed in 0..30 {
        let mut world = Smooth::recurrent([2, 3, 2], Activation::Linear, 0.6, seed);
        let (before, mut method) = (world.clone(), NODES);
        let proposals = world.ask(&mut method, Budget::unlimited());
        let Move::InsertOn { at, neuron, .. } = proposals[0].what else { panic!("{proposals:?}") };
        assert_eq!(proposals.len(), 1);
        assert_eq!(world.weight(neuron, at.pre), 1.0);
        assert_eq!(world.weight(at.post, neuron), before.weight(at.post, at.pre));
        assert!(world.network.synapse_row(at).is_none());
        let delay = |network: &livenet_core::Network, at| network.delays()[network.synapse_row(at).unwrap().index()];
        let now = livenet_core::Synapse::new(at.post, neuron);
        assert_eq!(delay(&world.network, now), delay(&before.network, at));
        // Linear, and as late as before: from an input to an output nothing changes.
        let role = |id| before.network.role(before.network.row(id).unwrap());
        if (role(at.pre), role(at.post)) == (Role::Input, Role::Output) {
            assert!((world.loss() - before.loss()).abs() < 1e-9);
            unchanged += 1;
        }
    }
    assert!(unchanged > 0);
}

#[test]
fn between_neighbouring_layers_no_neuron_fits() {
    let mut bench = Bench::new(layers(&[3, 4, 2]), Wiring::Dense, 1);
    let asked = bench.ask(&mut { NODES }, Budget::unlimited());
    assert!(matches!(asked.verdict, Verdict::Nothing(_)));
}

#[test]
fn connections_come_where_none_was_until_there_is_no_room() {
    let mut bench = Bench::new(recurrent([2, 3, 1], 1), Wiring::None, 1);
    let (mut method, all) = (CONNECTIONS, bench.network.reachable_pairs() as usize);
    for count in 1..=all {
        bench.train(1);
        let asked = bench.ask(&mut method, Budget::unlimited());
        assert!(matches!(asked.proposals[0].what, Move::Connect { birth: Birth::Value(w), .. } if w.abs() <= 30.0));
        assert_eq!(bench.network.synapse_count(), count);
    }
    assert!(matches!(bench.ask(&mut method, Budget::unlimited()).verdict, Verdict::Nothing(_)));
}

#[test]
fn mutations_come_as_often_as_they_should() {
    let mut method = Neat { add_node: 0.3, add_connection: 0.6, scale: 1.0 };
    let mut bench = Bench::new(recurrent([3, 6, 2], 0), Wiring::Uniform { density: 0.3 }, 1);
    let mut counts = [0, 0];
    for _ in 0..600 {
        bench.train(1);
        // Never committed, so that there is always room.
        for proposal in bench.propose(&mut method, Budget::unlimited()).proposals {
            counts[usize::from(matches!(proposal.what, Move::Connect { .. }))] += 1;
        }
    }
    assert!((140..220).contains(&counts[0]) && (310..410).contains(&counts[1]), "{counts:?}");
    assert!(method.needs().is_empty());
}
