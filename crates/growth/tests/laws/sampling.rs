//! Growth among pairs that are drawn first: what is drawn, and the gradient that is made of it.

use crate::bench::{layers, recurrent};
use crate::rules::{Pair, ask, ask_at, wired};
use livenet_core::testing::Naive;
use livenet_core::{
    Draft, Executor as _, ExecutorSettings, Follower as _, Network, Samples, Signal, Signals, StreamKey, Window,
};
use livenet_growth::rewire::{Amount, Balance, GSE, Grow, Guide, Method, NewWeight, Rewire};
use livenet_growth::{Strategy as _, Wiring};
use std::collections::BTreeMap;

const fn growing(subset: f32, guide: Guide, count: u64) -> Method {
    let grow = Grow::SampledGradient { subset, guide };
    Method { grow, amount: Amount::Count(count), balance: Balance::Whole, ..Method::BASE }
}

/// Outputs and blames of one cycle, `[neuron][lane]`.
fn samples<const LANES: usize>(outputs: &[[f32; LANES]], blames: &[[f32; LANES]]) -> Signals {
    let mut signals = Signals::default();
    let of = |values: &[[f32; LANES]]| Samples::new(LANES, values.len(), values.concat());
    signals.put_samples(Signal::Outputs { lanes: u32::MAX }, of(outputs));
    signals.put_samples(Signal::Blames { lanes: u32::MAX }, of(blames));
    signals
}

#[test]
fn a_sample_takes_the_largest_gradient_of_what_it_drew() {
    // Three inputs, two hidden, one output; nothing between inputs and hidden is connected but 3<1.
    let network = wired(&[3, 2, 1], &[(3, 1), (5, 3), (5, 4)]);
    let signals = samples(
        &[[1.0, 1.0], [2.0, 0.0], [0.0, 3.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
        &[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, -1.0], [0.5, 1.0], [0.0, 0.0]],
    );
    // Gradients: 3<0 is 0, 3<2 is -3, 4<0 is 1.5, 4<1 is 1, 4<2 is 3.
    let come = |subset, count| ask(&network, &signals, growing(subset, Guide::Uniform, count)).come;
    assert_eq!(come(9.0, 2), [(3, 2), (4, 2)]);
    assert_eq!(come(9.0, 3), [(3, 2), (4, 0), (4, 2)]);
    assert!(come(0.0, 2).is_empty());
    // One is drawn of five, so that the best is found only now and then, and what is found is taken.
    let mut found = BTreeMap::<Pair, u32>::new();
    for step in 1..400 {
        let come = ask_at(&network, &signals, &mut Rewire::new(growing(1.0, Guide::Uniform, 1)), step).0.come;
        *found.entry(come[0]).or_default() += 1;
    }
    assert_eq!(found.len(), 5);
    assert!(found.values().all(|count| (55..110).contains(count)), "{found:?}");
}

#[test]
fn guides_draw_by_what_bounds_or_estimates_the_gradient() {
    let network = wired(&[3, 2, 1], &[(3, 1), (5, 3), (5, 4)]);
    let share = |signals: &Signals, guide| {
        let mut found = BTreeMap::<Pair, f64>::new();
        for step in 1..4001 {
            let come = ask_at(&network, signals, &mut Rewire::new(growing(1.0, guide, 1)), step).0.come;
            for pair in come {
                *found.entry(pair).or_default() += 1.0 / 4000.0;
            }
        }
        found
    };
    // Blames 1 and 3, outputs 2, 1 and 1; 3<1 is connected, and a draw of it is lost.
    let says = [[1.0, 1.0], [1.0, 0.0], [0.0, -1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
    let blames = [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.5, -0.5], [1.5, 1.5], [0.0, 0.0]];
    let bound = share(&samples(&says, &blames), Guide::Bound);
    let parts = [((3, 0), 2.0), ((3, 2), 1.0), ((4, 0), 6.0), ((4, 1), 3.0), ((4, 2), 3.0)];
    for (pair, part) in parts {
        assert!((bound[&pair] - part / 16.0).abs() < 0.03, "{pair:?}: {bound:?}");
    }
    // Signs: alike, listener 3 cancels out, 4 does not, and input 0 does not; opposite, the other way round.
    let estimate = share(&samples(&says, &blames), Guide::Estimate);
    // Alike: listener 4, heard 0, 1, 2 by 2, 1, 1. Opposite: listener 3, heard 1 and 2 by 1 and 1, the one connected.
    for (pair, part) in [((4, 0), 0.25), ((4, 1), 0.125), ((4, 2), 0.125), ((3, 2), 0.25)] {
        assert!((estimate[&pair] - part).abs() < 0.03, "{pair:?}: {estimate:?}");
    }
    assert!(!estimate.contains_key(&(3, 0)), "{estimate:?}");
}

/// Every absent pair with the weight that it is born with, which is minus its gradient.
fn leans(network: &Network, naive: &mut Naive) -> BTreeMap<Pair, f32> {
    let method = Method { birth: NewWeight::Step(1.0), ..growing(1e6, Guide::Uniform, 0) };
    let method = Method { amount: Amount::Density(1.0), ..method };
    let mut rewire = Rewire::new(method);
    let signals = naive.signals(network, &rewire.needs());
    let (asked, finished) = ask_at(network, &signals, &mut rewire, 1);
    assert_eq!(asked.come.len(), asked.births.len());
    let pair = |at: &livenet_core::Synapse| (at.post.number(), at.pre.number());
    let grown = finished.proposals().iter().filter_map(|proposal| match &proposal.what {
        livenet_core::Move::Grow { at, birth: livenet_core::Birth::Value(weight) } => Some((pair(&at[0].0), *weight)),
        _ => None,
    });
    grown.collect()
}

#[test]
fn the_gradient_of_a_drawn_pair_is_the_one_that_the_executor_finds() {
    for (network, cycles) in [(layers(&[3, 4, 2]), 1), (recurrent([2, 4, 2], 0), 4)] {
        let (mut network, lanes, key) = (network, 3, StreamKey::new(2, "gradient"));
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let mut draft = Draft::new(&network, 0);
        Wiring::Uniform { density: 0.4 }.propose(&mut draft, key).unwrap();
        let finished = draft.finish();
        let commit = network.commit(finished).unwrap();
        naive.follow(&network, &commit);
        let random = |at: usize, of: u64| key.at(of).normal(at as u64, 0) as f32;
        let values: Vec<f32> = (0..cycles * lanes * network.inputs().len()).map(|at| random(at, 0)).collect();
        let outputs = naive.forward(&network, Window { cycles, lanes, values: &values }, None).unwrap();
        let blame: Vec<f32> = (0..outputs.len()).map(|at| random(at, 1)).collect();
        naive.backward(&network, &blame).unwrap();
        let wanted = naive.signals(&network, &[Signal::AbsentGradient { top: 1000 }]);
        let id = |row: u32| network.id(livenet_core::Row::new(row)).number();
        let found = leans(&network, &mut naive);
        assert!(!found.is_empty() && found.len() == wanted.candidates().len());
        for candidate in wanted.candidates() {
            let lean = found[&(id(candidate.post), id(candidate.pre))];
            assert!((lean + candidate.gradient).abs() < 1e-5, "{candidate:?}: {lean}");
        }
    }
}

#[test]
fn no_more_is_computed_than_samples_and_no_more_is_looked_at_than_was_drawn() {
    assert!(Rewire::new(GSE).needs().iter().all(|signal| !matches!(signal, Signal::AbsentGradient { .. })));
    let mut network = layers(&[50, 50]);
    let mut draft = Draft::new(&network, 0);
    Wiring::Count { connections: 100 }.propose(&mut draft, StreamKey::new(1, "wiring")).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    let mut signals = samples(&[[1.0]; 100], &[[1.0]; 100]);
    signals.put(Signal::Weight, vec![1.0; 100]);
    let (_, finished) = ask_at(&network, &signals, &mut Rewire::new(GSE), 1);
    let grown: Vec<u64> = finished
        .proposals()
        .iter()
        .filter(|proposal| matches!(proposal.what, livenet_core::Move::Grow { .. }))
        .map(|proposal| proposal.reason.considered)
        .collect();
    assert!(!grown.is_empty() && grown.iter().all(|considered| *considered == 100), "{grown:?}");
}
