//! Top-KAST: who is heard, who learns in silence, who rests.

use crate::bench::{Bench, layers};
use livenet_core::{Draft, Mark, Marks, Move, Network, Scope, Signal, Signals, StreamKey, Synapse};
use livenet_growth::{Budget, Strategy, TopKast, View, Wiring};

const WEIGHTS: [f32; 12] = [0.9, -0.1, 0.3, -0.8, 0.2, 0.7, 0.05, -0.6, 0.5, 0.4, -0.15, 0.01];

fn ask(network: &mut Network, kast: &mut TopKast, weights: &[f32], (step, budget): (u64, Budget)) {
    let mut signals = Signals::default();
    signals.put(Signal::Weight, weights.to_vec());
    let mut draft = Draft::new(network, step);
    let key = StreamKey::new(1, "asking");
    kast.propose(&View { network, signals: &signals, step, end: Some(100), budget, ledger: None, key }, &mut draft);
    let (draft, cuts) = budget.apply(draft);
    assert!(cuts.is_empty());
    let finished = draft.finish();
    let commit = network.commit(finished).unwrap();
    livenet_core::Follower::follow(kast, network, &commit);
}

/// Rows that are heard, and those that learn in silence.
fn states(network: &Network) -> (Vec<usize>, Vec<usize>) {
    let rows = |wanted: &dyn Fn(Marks) -> bool| {
        (0..network.synapse_count()).filter(|&row| wanted(network.marks()[row])).collect()
    };
    (rows(&|marks| !marks.is_silent()), rows(&|marks| marks.is_silent() && !marks.is_frozen()))
}

fn dense() -> Network {
    // Four inputs, three outputs: one pair of groups.
    Bench::new(layers(&[4, 3]), Wiring::Dense, 1).network
}

#[test]
fn the_largest_are_heard_and_the_next_learn() {
    let (mut network, free) = (dense(), Budget::unlimited());
    let mut kast = TopKast::new(0.25, 0.5, 0.75);
    ask(&mut network, &mut kast, &WEIGHTS, (1, free));
    assert_eq!(states(&network), (vec![0, 3, 5], vec![7, 8, 9]));
    // One of the silent has grown beyond one that is heard.
    let mut weights = WEIGHTS;
    weights[9] = -0.75;
    let mut resumed = TopKast::new(0.25, 0.5, 0.75);
    resumed.load(&kast.save()).unwrap();
    ask(&mut network, &mut resumed, &weights, (2, free));
    assert_eq!(states(&network), (vec![0, 3, 9], vec![5, 7, 8]));
    // After exploration only what is heard learns.
    ask(&mut network, &mut resumed, &weights, (75, free));
    assert_eq!(states(&network), (vec![0, 3, 9], vec![]));
}

#[test]
fn marks_of_others_stay() {
    let mut network = dense();
    let names: Vec<Synapse> = network.synapses().map(|(_, at)| at).collect();
    let mut draft = Draft::new(&network, 0);
    draft.propose(Move::Mark { at: Scope::Synapse(names[0]), mark: Mark::Silent }).unwrap();
    draft.propose(Move::Mark { at: Scope::Synapse(names[11]), mark: Mark::Frozen }).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    let mut kast = TopKast::new(0.25, 0.25, 0.75);
    for step in 1..4 {
        ask(&mut network, &mut kast, &WEIGHTS, (step, Budget::unlimited()));
    }
    // Row 0 would be the largest, row 11 the smallest.
    assert_eq!(states(&network), (vec![3, 5, 7, 11], vec![0]));
}

#[test]
fn a_budget_of_edits_is_used_and_not_passed() {
    let mut network = dense();
    let mut kast = TopKast::new(0.25, 0.5, 0.75);
    let few = Budget { edits: Some(4), ..Budget::unlimited() };
    for step in 1..8 {
        ask(&mut network, &mut kast, &WEIGHTS, (step, few));
    }
    assert_eq!(states(&network), (vec![0, 3, 5], vec![7, 8, 9]));
}
