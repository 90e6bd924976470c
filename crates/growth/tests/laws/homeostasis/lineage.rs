//! What newborns have, and what the dead leave.

use super::{ask, commit_moves, plain, vacant};
use crate::bench::{Bench, layers};
use livenet_core::{Birth, GroupId, Move, NeuronId, NeuronSpec, Synapse};
use livenet_growth::homeostasis::Homeostasis;
use livenet_growth::{SynapticElements, Wiring};

#[test]
fn a_daughter_gets_half_of_what_is_vacant_and_nobody_loses_a_connection() {
    let mut network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { initial: 1.5, ..plain() });
    // No pairs: everybody in reach is connected.
    assert!(ask(&network, &mut method, (0, &[0.4; 9])).is_empty());
    let mother = NeuronId::new(4);
    let daughter = network.births().clone().next();
    commit_moves(&mut network, &mut method, vec![Move::Divide { mother, daughter, share: 0.5 }]);
    for id in [mother, daughter] {
        let row = network.row(id).unwrap();
        assert_eq!(vacant(&network, &method, row), (0.75, 0.75));
        assert_eq!(method.calcium_of(row), Some(f64::from(0.4f32)));
    }
    assert_eq!(vacant(&network, &method, network.row(NeuronId::new(5)).unwrap()), (1.5, 1.5));
    assert!(ask(&network, &mut method, (0, &[0.4; 10])).is_empty());
    // Who dies leaves its partners' halves vacant; who is renewed holds the ends that were there.
    commit_moves(&mut network, &mut method, vec![Move::Remove { neuron: daughter, mean: 0.0 }]);
    let new = network.births().clone().next();
    let renewal = Move::Renew { old: mother, new, birth: Birth::Value(0.1), mean: 0.0 };
    commit_moves(&mut network, &mut method, vec![renewal]);
    let row = network.row(new).unwrap();
    assert_eq!((vacant(&network, &method, row), method.calcium_of(row)), ((1.5, 1.5), None));
    assert_eq!(vacant(&network, &method, network.row(NeuronId::new(6)).unwrap()), (1.5, 1.5));
}

#[test]
fn a_neuron_in_between_keeps_vacancies_what_they_were() {
    let mut network = crate::bench::recurrent([1, 3, 1], 0);
    let mut method = SynapticElements::new(plain());
    let [a, b] = [1, 2].map(NeuronId::new);
    let at = Synapse::new(b, a);
    commit_moves(&mut network, &mut method, vec![Move::Connect { at, birth: Birth::Value(1.0), delay: 0 }]);
    ask(&network, &mut method, (0, &[1.0; 5]));
    let neuron = network.births().clone().next();
    let spec = NeuronSpec::of(GroupId::new(1), network.group(GroupId::new(1)).unit);
    commit_moves(&mut network, &mut method, vec![Move::InsertOn { at, neuron, spec }]);
    for id in [a, b, neuron] {
        assert_eq!(vacant(&network, &method, network.row(id).unwrap()), (0.0, 0.0), "{id}");
    }
}
