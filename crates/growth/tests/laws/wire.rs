//! Connection training: who is recruited, by what, and what stays within the cap.

use crate::bench::{Bench, layers, recurrent};
use livenet_core::testing::{Naive, apply};
use livenet_core::{
    Birth, Draft, Executor as _, ExecutorSettings, Follower as _, Move, Network, NeuronId, Optimizer, Proposal, Role,
    Signal, Signals, StreamKey, Synapse, UpdateRule, Window,
};
use livenet_growth::{Budget, Probe, Strategy, Verdict, View, Wire, Wiring};
use std::collections::BTreeMap;

fn wire(connections: u64, dendrites: u32, axons: u32) -> Wire {
    Wire { connections, dendrites, axons, ..Wire::default() }
}

/// (pre, weight) of every dendrite that is born, by listener.
fn births(proposals: &[Proposal]) -> BTreeMap<NeuronId, Vec<(NeuronId, f32)>> {
    let mut births = BTreeMap::<_, Vec<_>>::new();
    for proposal in proposals {
        if let Move::Grow { at, birth: Birth::Value(value) } = &proposal.what {
            for (at, _) in at {
                births.entry(at.post).or_default().push((at.pre, *value));
            }
        }
    }
    births
}

fn propose(network: &Network, signals: &Signals, wire: &mut Wire) -> Vec<Proposal> {
    let mut draft = Draft::new(network, 1);
    let view = View {
        network,
        signals,
        step: 1,
        end: Some(1000),
        budget: Budget::unlimited(),
        ledger: None,
        key: StreamKey::new(7, "asking"),
    };
    wire.propose(&view, &mut draft);
    draft.proposals().to_vec()
}

#[test]
fn recruits_hear_what_speaks_of_the_error_with_the_sign_that_lowers_it() {
    let network = layers(&[6, 4, 1]);
    let mut signals = Signals::default();
    // Of six inputs, only two speak of what is wrong at the output.
    signals.put(Signal::Residual, vec![0.0, 0.5, 0.0, 0.0, -0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let births = births(&propose(&network, &signals, &mut wire(100, 2, 1)));
    let hidden: Vec<_> = births.iter().filter(|(post, _)| post.number() < 10).collect();
    assert_eq!(hidden.len(), 4);
    for (_, dendrites) in hidden {
        assert_eq!(
            dendrites.iter().copied().collect::<BTreeMap<_, _>>(),
            BTreeMap::from([(NeuronId::new(1), -1.0), (NeuronId::new(4), 1.0)])
        );
    }
    // Their axons begin at nothing: no output changes.
    assert!(births[&NeuronId::new(10)].iter().all(|&(_, weight)| weight == 0.0));
    assert_eq!(births[&NeuronId::new(10)].len(), 4);
}

#[test]
fn paths_are_laid_through_several_groups_at_once() {
    let mut bench = Bench::new(layers(&[5, 6, 6, 6, 2]), Wiring::None, 1);
    bench.ask(&mut wire(200, 3, 2), Budget::unlimited());
    let network = &bench.network;
    let heard = network
        .neuron_rows()
        .filter(|&row| network.role(row) == Role::Hidden && network.listeners(row).count() > 0)
        .count();
    let hears = network
        .neuron_rows()
        .filter(|&row| network.role(row) == Role::Hidden && !network.incoming(row).is_empty())
        .count();
    assert!(heard >= 17 && hears >= 17, "{heard} of 18 are heard, {hears} hear");
    assert!(network.outputs().all(|row| !network.incoming(livenet_core::Row::new(row)).is_empty()));
}

#[test]
fn the_cap_holds_at_every_asking_and_is_used() {
    for network in [layers(&[8, 20, 4]), recurrent([3, 12, 2], 3), layers(&[6, 9, 9, 3])] {
        let mut bench = Bench::new(network, Wiring::None, 2);
        let mut wire = wire(90, 0, 3);
        for round in 0..12 {
            bench.train(50);
            bench.ask(&mut wire, Budget::unlimited());
            let count = bench.network.synapse_count();
            assert!(count <= 90, "{count} in round {round}");
            if round > 3 {
                assert!(count >= 80, "{count} in round {round}");
            }
        }
    }
}

#[test]
fn too_many_connections_are_brought_down_to_the_cap_even_after_the_end() {
    let mut bench = Bench::new(layers(&[8, 20, 4]), Wiring::Dense, 3);
    bench.train(5);
    bench.step = 900;
    bench.ask(&mut wire(90, 0, 3), Budget::unlimited());
    assert!(bench.network.synapse_count() <= 90);
    let asked = bench.ask(&mut wire(90, 0, 3), Budget::unlimited());
    assert!(matches!(asked.verdict, Verdict::Nothing(_)));
}

#[test]
fn who_lost_its_path_gives_up_the_rest_and_is_free_again() {
    let mut network = layers(&[2, 3, 1]);
    let id = NeuronId::new;
    let mut device = livenet_core::testing::MockDevice::new(&network, ExecutorSettings::default(), 1);
    let connect = |post, pre| Move::Connect { at: Synapse::new(id(post), id(pre)), birth: Birth::Value(1.0), delay: 0 };
    // 2 is on a path; 3 hears and is not heard; 4 is heard and does not hear.
    apply(&mut network, &mut device, [connect(2, 0), connect(5, 2), connect(3, 0), connect(3, 1), connect(5, 4)])
        .unwrap();
    let mut signals = Signals::default();
    signals.put(Signal::Residual, vec![1.0; 6]);
    let proposals = propose(&network, &signals, &mut wire(100, 1, 1));
    let Move::Prune { at } = &proposals[0].what else { panic!("{proposals:?}") };
    assert_eq!(*at, [Synapse::new(id(3), id(0)), Synapse::new(id(3), id(1)), Synapse::new(id(5), id(4))]);
    let born = births(&proposals);
    assert!(born.contains_key(&id(3)) && born.contains_key(&id(4)) && !born.contains_key(&id(2)));
}

#[test]
fn growth_takes_the_largest_gradients_among_those_on_a_path() {
    let mut network = layers(&[3, 2, 1]);
    let id = NeuronId::new;
    let mut device = livenet_core::testing::MockDevice::new(&network, ExecutorSettings::default(), 1);
    let connect = |post, pre| Move::Connect { at: Synapse::new(id(post), id(pre)), birth: Birth::Value(1.0), delay: 0 };
    apply(&mut network, &mut device, [connect(3, 0), connect(5, 3)]).unwrap();
    let mut signals = Signals::default();
    let candidate = |post, pre, gradient| livenet_core::Candidate { post, pre, delay: 0, gradient };
    let candidates = vec![candidate(4, 0, 9.0), candidate(3, 2, -3.0), candidate(3, 1, 2.0), candidate(5, 4, 1.0)];
    signals.put_candidates(Signal::AbsentGradient { top: 4 }, candidates);
    let mut wire = Wire { recruiting: 0.0, ..wire(3, 1, 1) };
    let born = births(&propose(&network, &signals, &mut wire));
    assert_eq!(born, BTreeMap::from([(id(3), vec![(id(2), 0.0)])]));
}

/// Recalls the bit of `back` cycles ago with a linear output; returns the share of right signs at the end.
fn recall(network: Network, back: usize, seed: u64) -> f64 {
    const CYCLES: usize = 10;
    let mut network = network;
    let mut executor = Naive::new(&network, ExecutorSettings::default());
    let mut wire = Wire { samples: 32, ..wire(80, 4, 1) };
    assert_eq!(wire.probe(), Probe::Samples(32));
    let bits = |step: u64, lanes: usize| -> Vec<f32> {
        let key = StreamKey::new(seed, "bits").at(step);
        (0..CYCLES * lanes).map(|at| if key.draw(at as u64, 0) >> 63 == 0 { -1.0 } else { 1.0 }).collect()
    };
    // Mean squared error to the bit.
    let d_outputs = |bits: &[f32], outputs: &[f32], lanes: usize| -> Vec<f32> {
        let from = back * lanes;
        (0..outputs.len())
            .map(|at| if at < from { 0.0 } else { (outputs[at] - bits[at - from]) / outputs.len() as f32 })
            .collect()
    };
    let sweep = |executor: &mut Naive, network: &Network, step: u64, lanes: usize| {
        let values = bits(step, lanes);
        executor.reset();
        let outputs = executor.forward(network, Window { cycles: CYCLES, lanes, values: &values }, None).unwrap();
        executor.backward(network, &d_outputs(&values, &outputs, lanes)).unwrap();
        let right = (back * lanes..outputs.len()).filter(|&at| outputs[at] * values[at - back * lanes] > 0.0).count();
        right as f64 / (outputs.len() - back * lanes) as f64
    };
    for step in 0..150 {
        sweep(&mut executor, &network, step, 8);
        let optimizer = Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        executor.update(&network, &UpdateRule { optimizer, rate: 0.02, passes: Vec::new(), step }).unwrap();
        if step % 25 == 0 {
            sweep(&mut executor, &network, 1000 + step, 32);
            let signals = executor.signals(&network, &wire.needs());
            let mut draft = Draft::new(&network, step);
            let key = StreamKey::new(seed, "asking").at(step);
            wire.propose(
                &View {
                    network: &network,
                    signals: &signals,
                    step,
                    end: Some(150),
                    budget: Budget::unlimited(),
                    ledger: None,
                    key,
                },
                &mut draft,
            );
            let finished = draft.finish();
            let commit = network.commit(finished).unwrap();
            executor.follow(&network, &commit);
        }
    }
    sweep(&mut executor, &network, 5000, 64)
}

#[test]
fn it_finds_the_delay_that_the_task_needs() {
    for seed in 1..=3 {
        let accuracy = recall(recurrent([1, 4, 1], 6), 3, seed);
        assert!(accuracy > 0.95, "{accuracy} with seed {seed}");
    }
}

#[test]
fn it_builds_a_path_through_time_where_there_are_no_delays() {
    let accuracies = [1, 2, 3].map(|seed| recall(recurrent([1, 16, 1], 0), 2, seed));
    assert!(accuracies.iter().filter(|&&accuracy| accuracy > 0.95).count() >= 2, "{accuracies:?}");
}

#[test]
fn without_memory_in_reach_it_cannot_recall() {
    let accuracy = recall(layers(&[1, 8, 1]), 3, 1);
    assert!(accuracy < 0.65, "{accuracy}: the control cannot know");
}
