//! What outputs are worth goes back to who makes them what they are.

use super::{network, run};
use crate::bench::{layers, recurrent};
use crate::rules::wired;
use livenet_core::{Activation, Birth, Draft, Move, NeuronId, Norm, Row, StreamKey, Synapse, Unit};
use livenet_growth::utility::{Balance, traces};
use livenet_growth::{Utilities, Wiring};
use proptest::prelude::*;

#[test]
fn the_flow_by_hand() {
    // Inputs 0 and 1, hidden 2 and 3, output 4.
    let network = wired(&[2, 2, 1], &[(2, 0), (2, 1), (3, 0), (3, 1), (4, 2), (4, 3)]);
    let flow = Utilities::of(&network, &[1.0, 3.0, 2.0, 0.0, 1.0, 3.0], 0.01, 100);
    let near = |found: &[f64], expected: &[f64]| {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}, not {expected:?}");
    };
    near(&flow.neurons, &[0.05 + 0.73, 0.17, 0.24, 0.74, 1.0]);
    near(&flow.connections, &[0.06, 0.18, 0.74, 0.0, 0.25, 0.75]);
    // Two hops, and one that finds that nothing changes.
    assert_eq!((flow.hops, flow.change), (2, 0.0));
    let Balance { outputs, kept, inputs, stranded, returned } = flow.balance(&network);
    near(&[outputs, kept, inputs, stranded, returned], &[1.0, 0.05, 0.95, 0.0, 0.0]);
    // An upkeep that takes all, and a neuron that hears nothing that matters.
    let dear = Utilities::of(&network, &[1.0, 3.0, 0.0, 0.0, 1.0, 3.0], 0.3, 100);
    near(&dear.neurons, &[0.0, 0.0, 0.0, 0.45, 1.0]);
    let balance = dear.balance(&network);
    near(&[balance.kept, balance.stranded, balance.inputs], &[0.25 + 0.3, 0.45, 0.0]);
}

#[test]
fn on_a_linear_network_the_flow_is_that_of_what_is_carried() {
    // f(a) - f(a - w x) = w x, whatever the biases: shares by mean |w x|.
    let network = network(Unit::rate(Activation::Linear), Norm::None, [3, 4, 1], 0.0);
    let mut dense = network.clone();
    let mut draft = Draft::new(&network, 0);
    let rows = |range: std::ops::Range<u32>| range.map(|row| network.id(Row::new(row))).collect::<Vec<_>>();
    for (posts, pres) in [(rows(3..7), rows(0..3)), (rows(7..8), rows(3..7))] {
        for post in posts {
            draft.propose(Move::ConnectAll { post, pres: pres.clone(), birth: Birth::Value(1.0) }).unwrap();
        }
    }
    let finished = draft.finish();
    dense.commit(finished).unwrap();
    let (naive, signals) = run(&dense, 3);
    let found: Vec<f64> = traces(&dense, &signals).into_iter().map(Option::unwrap).collect();
    let flow = Utilities::of(&dense, &found, 1e-3, 100);
    let size = |row: u32| {
        let outputs = signals.outputs().unwrap();
        let all: Vec<f64> =
            (0..3).flat_map(|ago| outputs.back(ago, Row::new(row)).unwrap()).map(|&x| f64::from(x).abs()).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let weights = &naive.parameters().weights;
    let carried = |synapse: usize| weights[synapse].abs() * size(dense.pres()[synapse]);
    let shares = |row: u32| {
        let all: Vec<f64> = dense.incoming(Row::new(row)).map(carried).collect();
        let sum: f64 = all.iter().sum();
        all.into_iter().map(move |carried| carried / sum).collect::<Vec<f64>>()
    };
    let hidden: Vec<f64> = shares(7).iter().map(|share| share - 1e-3).collect();
    for (at, expected) in hidden.iter().enumerate() {
        assert!((flow.neurons[3 + at] - expected).abs() < 1e-5);
        for (share, synapse) in shares(3 + at as u32).iter().zip(dense.incoming(Row::new(3 + at as u32))) {
            assert!((flow.connections[synapse] - share * expected).abs() < 1e-5);
        }
    }
}

#[test]
fn what_goes_round_counts_each_time() {
    let loops = |shares: &[f64], hops| {
        // 1 hears the input and itself, the output hears 1.
        let mut network = recurrent([1, 1, 1], 0);
        let mut draft = Draft::new(&network, 0);
        for (post, pre) in [(1, 0), (1, 1), (2, 1)] {
            let at = Synapse::new(NeuronId::new(post), NeuronId::new(pre));
            draft.propose(Move::Connect { at, birth: Birth::Value(1.0), delay: 0 }).unwrap();
        }
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let flow = Utilities::of(&network, shares, 0.0, hops);
        (flow.balance(&network).inputs, flow)
    };
    // u = 1 + u / 2.
    let (arrived, flow) = loops(&[1.0, 1.0, 1.0], 1000);
    assert!((flow.neurons[1] - 2.0).abs() < 1e-12 && (arrived - 1.0).abs() < 1e-12);
    // Nothing leaves: one more with each hop, and it stops.
    let (_, flow) = loops(&[0.0, 1.0, 1.0], 20);
    assert_eq!((flow.hops, flow.neurons[1], flow.change), (20, 20.0, 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(seed: u64, density in 0.1..1.0f64, keep in 0.0..0.2f64, deep: bool, i in 1..5u32, h in 0..7u32, o in 1..4u32) {
        let mut network = if deep { layers(&[i, h, h, o]) } else { recurrent([i, h, o], 0) };
        let mut draft = Draft::new(&network, 0);
        Wiring::Uniform { density }.propose(&mut draft, StreamKey::new(seed, "wiring")).unwrap();
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let key = StreamKey::new(seed, "traces");
        // A fifth matters not at all.
        let traces: Vec<f64> = (0..network.synapse_count() as u64).map(|at| (key.uniform(at, 0) - 0.2).max(0.0)).collect();
        let flow = Utilities::of(&network, &traces, keep, 10_000);
        prop_assert!(!deep || flow.change == 0.0);
        // An output that is heard is worth no more.
        prop_assert!(network.outputs().all(|row| flow.neurons[row as usize] == 1.0));
        if flow.change < 1e-12 {
            let Balance { outputs, kept, inputs, stranded, returned } = flow.balance(&network);
            let went = kept + inputs + stranded + returned;
            prop_assert!((outputs - went).abs() < 1e-8, "{outputs} and {went}");
        }
    }
}
