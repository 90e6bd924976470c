//! GNG: it inserts where the error is, between two, and its errors follow.

use crate::bench::{Bench, layers};
use livenet_core::{
    Draft, ExecutorSettings, Follower as _, Move, Network, NeuronId, Signal, Signals, StreamKey, Synapse,
    testing::Naive,
};
use livenet_growth::{Budget, Gng, Removal, Strategy as _, Verdict, View, Wiring};

/// Inputs 0, 1, hidden 2, 3, 4, output 5.
fn network() -> Network {
    Bench::new(layers(&[2, 3, 1]), Wiring::Dense, 1).network
}

fn gng_with(set: impl FnOnce(&mut Gng)) -> Gng {
    let mut gng = Gng::default();
    set(&mut gng);
    gng
}

fn ask(network: &Network, gng: &mut Gng, blame: [f32; 6], weights: &[f32]) -> (Verdict, livenet_core::Finished) {
    let mut signals = Signals::default();
    signals.put(Signal::Blame, blame.to_vec());
    signals.put(Signal::Weight, weights.to_vec());
    signals.put(Signal::Utility, vec![0.0, 0.0, 5.0, 4.0, 0.01, 0.0]);
    signals.put(Signal::Dormancy, vec![1.0, 1.0, 1.0, 1.0, 0.05, 1.0]);
    let mut draft = Draft::new(network, 5);
    let (signals, budget, key) = (&signals, Budget::unlimited(), StreamKey::new(1, "asking"));
    let verdict = gng.propose(&View { network, signals, step: 5, end: None, budget, ledger: None, key }, &mut draft);
    (verdict, draft.finish())
}

// 2<0, 2<1, 3<0, 3<1, 4<0, 4<1, 5<2, 5<3, 5<4.
const WEIGHTS: [f32; 9] = [1.0, 2.0, 5.0, -4.0, 7.0, 7.0, 3.0, 4.0, 5.0];
const BLAME: [f32; 6] = [9.0, 9.0, 0.5, 0.4, 0.1, 9.0];

#[test]
fn the_newborn_is_half_way_between_the_two_with_most_error() {
    let mut network = network();
    let mut gng = gng_with(|gng| {
        gng.lambda = 2;
        gng.decay = 0.5;
    });
    let (verdict, finished) = ask(&network, &mut gng, [9.0, 9.0, 0.1, 0.8, 0.1, 9.0], &WEIGHTS);
    assert!(matches!(verdict, Verdict::Nothing(_)) && finished.is_empty());
    // Inputs and outputs have errors too, but nobody is inserted there.
    let (_, finished) = ask(&network, &mut gng, BLAME, &WEIGHTS);
    // 3 has 0.4 + 0.5 * 0.8, 2 has 0.5 + 0.5 * 0.1.
    let Move::Divide { mother, daughter, .. } = finished.proposals()[0].what else { panic!() };
    assert_eq!(mother, NeuronId::new(3));
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    naive.parameters_mut().weights = WEIGHTS.map(f64::from).to_vec();
    let commit = network.commit(finished).unwrap();
    naive.follow(&network, &commit);
    gng.follow(&network, &commit);
    let weight = |post: u64, pre: NeuronId| {
        let post = if post == 9 { daughter } else { NeuronId::new(post) };
        naive.parameters().weights[network.synapse_row(Synapse::new(post, pre)).unwrap().index()]
    };
    let [zero, one] = [0, 1].map(NeuronId::new);
    assert_eq!([weight(9, zero), weight(9, one)], [3.0, -1.0]);
    assert_eq!([weight(3, zero), weight(3, one), weight(2, zero)], [5.0, -4.0, 1.0]);
    assert_eq!([weight(5, daughter), weight(5, mother), weight(5, NeuronId::new(2))], [2.0, 2.0, 3.0]);
    // Halved by alpha and by the decay of this asking; the newborn starts where its mother is.
    let errors = |id| gng.errors()[network.row(id).unwrap().index()];
    for (id, error) in [(3, 0.8 * 0.25), (2, 0.55 * 0.25), (4, 0.15 * 0.5)] {
        assert!((errors(NeuronId::new(id)) - error).abs() < 1e-6, "{id}: {}", errors(NeuronId::new(id)));
    }
    assert_eq!(errors(daughter), errors(mother));
}

#[test]
fn what_only_the_neighbour_hears_is_heard_by_half() {
    // 2 hears 0 and 1, 3 hears 1 only.
    let mut network = crate::rules::wired(&[2, 2, 1], &[(2, 0), (2, 1), (3, 1), (4, 2), (4, 3)]);
    let mut gng = gng_with(|gng| {
        gng.lambda = 1;
    });
    let mut signals = Signals::default();
    signals.put(Signal::Blame, vec![0.0, 0.0, 0.1, 0.9, 0.0]);
    signals.put(Signal::Weight, vec![4.0, 6.0, 2.0, 1.0, 1.0]);
    let mut draft = Draft::new(&network, 5);
    let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking"));
    let view = View { network: &network, signals: &signals, step: 5, end: None, budget, ledger: None, key };
    gng.propose(&view, &mut draft);
    let tight = Budget { edits: Some(2), ..budget };
    let mut none = Draft::new(&network, 5);
    let verdict = gng.propose(&View { budget: tight, ..view }, &mut none);
    assert!(none.is_empty() && matches!(verdict, Verdict::Nothing(_)), "what cannot be had whole is not begun");
    let finished = draft.finish();
    let Move::Divide { mother, daughter, .. } = finished.proposals()[0].what else { panic!() };
    assert_eq!(mother, NeuronId::new(3));
    let commit = network.commit(finished).unwrap();
    let mut weights = vec![4.0, 6.0, 2.0, 1.0, 1.0];
    commit.carry_weights(&mut weights);
    let heard = |pre| weights[network.synapse_row(Synapse::new(daughter, NeuronId::new(pre))).unwrap().index()];
    assert_eq!([heard(0), heard(1)], [2.0, 4.0]);
}

#[test]
fn a_newborn_that_was_cut_leaves_errors_alone() {
    let network = network();
    let mut gng = gng_with(|gng| {
        gng.lambda = 1;
        gng.decay = 1.0;
    });
    ask(&network, &mut gng, BLAME, &WEIGHTS);
    let (before, mut other) = (gng.errors().to_vec(), network.clone());
    let mut draft = Draft::new(&other, 6);
    draft.propose(Move::Remove { neuron: NeuronId::new(4), mean: 0.0 }).unwrap();
    let finished = draft.finish();
    let commit = other.commit(finished).unwrap();
    gng.follow(&other, &commit);
    assert_eq!(gng.errors(), [&before[..4], &before[5..]].concat());
    let mut resumed = gng_with(|gng| {
        gng.lambda = 1;
        gng.decay = 1.0;
    });
    resumed.load(&gng.save()).unwrap();
    assert_eq!(resumed.errors(), gng.errors());
}

#[test]
fn the_useless_and_the_dormant_go_if_they_may() {
    let network = network();
    let removed = |gng: &mut Gng| {
        let (_, finished) = ask(&network, gng, BLAME, &WEIGHTS);
        let neuron = |what: &Move| if let Move::Remove { neuron, .. } = *what { Some(neuron.number()) } else { None };
        finished.proposals().iter().filter_map(|proposal| neuron(&proposal.what)).collect::<Vec<_>>()
    };
    let gng = |removal, k, age| {
        gng_with(|gng| {
            gng.lambda = 1;
            gng.removal = removal;
            gng.k = k;
            gng.age = age;
        })
    };
    assert_eq!(removed(&mut gng(Removal::Never, 0.0, 0)), []);
    // The largest error is 1.5 times the mean, the smallest utility 0.0033 times: 450 times.
    assert_eq!(removed(&mut gng(Removal::Utility, 400.0, 0)), [4]);
    assert_eq!(removed(&mut gng(Removal::Utility, 500.0, 0)), []);
    let mut age = gng(Removal::Age, 0.0, 1);
    assert_eq!(removed(&mut age), []);
    assert_eq!(removed(&mut age), [4]);
}
