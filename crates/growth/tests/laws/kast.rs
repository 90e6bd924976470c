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

#[test]
fn the_penalty_holds_back_who_learns_in_silence_more() {
    let mut network = dense();
    let held_back = || {
        let mut kast = TopKast::new(0.25, 0.5, 0.75);
        kast.penalty = 0.01;
        kast
    };
    let (mut kast, mut resumed) = (held_back(), held_back());
    ask(&mut network, &mut kast, &WEIGHTS, (1, Budget::unlimited()));
    resumed.load(&kast.save()).unwrap();
    let mut signals = Signals::default();
    signals.put(Signal::Weight, WEIGHTS.to_vec());
    let mut draft = Draft::new(&network, 6);
    let (end, budget, key) = (Some(100), Budget::unlimited(), StreamKey::new(1, "asking"));
    let view = View { network: &network, signals: &signals, step: 6, end, budget, ledger: None, key };
    resumed.propose(&view, &mut draft);
    let scaled: Vec<(usize, f32)> = draft
        .proposals()
        .iter()
        .map(|proposal| {
            let Move::Scale { at, by } = proposal.what else { panic!("{proposal:?}") };
            (network.synapse_row(at).unwrap().index(), by)
        })
        .collect();
    // Five steps: of who is heard a hundredth at each, of who learns in silence 1 / 0.25 times as much, of who rests nothing.
    let [heard, silent] = [0.99f64.powi(5) as f32, 0.96f64.powi(5) as f32];
    let expected = [(0, heard), (3, heard), (5, heard), (7, silent), (8, silent), (9, silent)];
    assert_eq!(scaled.len(), expected.len());
    for ((row, by), (of, wanted)) in scaled.into_iter().zip(expected) {
        assert!(row == of && (by - wanted).abs() < 1e-6, "{row}: {by} for {wanted} at {of}");
    }
}
