//! The wiring by correlations of inputs, and Cannistraci-Hebb training from there.

use crate::bench::layers;
use livenet_core::{Draft, Network, Samples, Signal, Signals, StreamKey};
use livenet_growth::{Budget, Csti, Probe, Registry, Settings, Strategy, Value, Verdict, View, Wiring};
use std::collections::BTreeSet;

const LANES: usize = 6;

/// Four inputs, of which the first two say the same and the last two the opposite of each other.
fn signals(network: &Network) -> Signals {
    let key = StreamKey::new(1, "said");
    let said = |row: usize, lane: usize| match row {
        0 => key.normal(0, lane as u64) as f32,
        1 => 3.0 + 2.0 * key.normal(0, lane as u64) as f32,
        2 => key.normal(2, lane as u64) as f32,
        3 => 0.5 - key.normal(2, lane as u64) as f32,
        _ => 0.0,
    };
    let all = (0..network.neuron_count()).flat_map(|row| (0..LANES).map(move |lane| said(row, lane)));
    let mut signals = Signals::default();
    signals
        .put_samples(Signal::Outputs { lanes: u32::MAX }, Samples::new(LANES, network.neuron_count(), all.collect()));
    signals
}

fn ask(network: &mut Network, method: &mut dyn Strategy, budget: Budget) -> Verdict {
    let signals = signals(network);
    let mut draft = Draft::new(network, 1);
    let (end, key) = (Some(100), StreamKey::new(2, "asking"));
    let view = View { network, signals: &signals, step: 1, end, budget, ledger: None, key };
    let verdict = method.propose(&view, &mut draft);
    let finished = draft.finish();
    if !finished.is_empty() {
        let commit = network.commit(finished).unwrap();
        method.follow(network, &commit);
    }
    verdict
}

fn pairs(network: &Network, posts: std::ops::Range<u64>) -> BTreeSet<(u64, u64)> {
    let all = network.synapses().map(|(_, at)| (at.post.number(), at.pre.number()));
    all.filter(|(post, _)| posts.contains(post)).collect()
}

#[test]
fn neurons_stand_for_inputs_and_hear_what_correlates_with_those() {
    // Rows 4 to 11 stand for inputs 0 to 3, twice; 12 and 13 are outputs. A quarter of 32 pairs is one each: its partner.
    let mut network = layers(&[4, 8, 2]);
    let mut csti = Csti::new(0.25, 1.0, 0);
    assert!(csti.instead_of_update(1, None));
    assert!(matches!(ask(&mut network, &mut csti, Budget::unlimited()), Verdict::Proposed));
    let partners: BTreeSet<(u64, u64)> = (0..8).map(|m| (4 + m, [1, 0, 3, 2][m as usize % 4])).collect();
    assert_eq!(pairs(&network, 4..12), partners);
    assert_eq!(pairs(&network, 12..14).len(), 16);
    // It happens once, and who goes on from a checkpoint knows.
    let mut resumed = Csti::new(0.25, 1.0, 0);
    resumed.load(&csti.save()).unwrap();
    assert!(!csti.instead_of_update(2, None) && csti.needs().is_empty());
    assert_eq!(csti.probe(), Probe::LastWindow);
    assert!(matches!(ask(&mut network, &mut resumed, Budget::unlimited()), Verdict::Done));
}

#[test]
fn hidden_groups_hear_each_other_by_the_same_matrix() {
    let mut network = layers(&[4, 4, 4, 2]);
    ask(&mut network, &mut Csti::new(0.25, 0.5, 0), Budget::unlimited());
    let partners: BTreeSet<(u64, u64)> = [(8, 5), (9, 4), (10, 7), (11, 6)].into();
    assert_eq!(pairs(&network, 8..12), partners);
    assert_eq!(pairs(&network, 12..14).len(), 4);
}

#[test]
fn it_fills_up_and_keeps_to_a_budget() {
    let mut network = layers(&[4, 8, 2]);
    // More than correlate: the rest is drawn.
    ask(&mut network, &mut Csti::new(0.75, 0.0, 0), Budget::unlimited());
    assert_eq!(pairs(&network, 4..12).len(), 24);
    let mut small = layers(&[4, 8, 2]);
    ask(&mut small, &mut Csti::new(0.75, 1.0, 0), Budget { connections: Some(7), ..Budget::unlimited() });
    assert_eq!(small.synapse_count(), 7);
}

/// Cannistraci-Hebb training on weights that all are the same size: nothing it does changes which connection is where for long.
#[test]
fn a_part_of_which_most_comes_again_is_settled() {
    let settled = |threshold: f64| {
        let mut network = layers(&[6, 6]);
        let mut draft = Draft::new(&network, 0);
        // All but one pair: whatever goes, there is next to nowhere else to come.
        Wiring::Count { connections: 35 }.propose(&mut draft, StreamKey::new(1, "wiring")).unwrap();
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let settings = Settings::none().with("settled", Value::Real(threshold));
        let mut cht = Registry::standard().find("cht").unwrap().strategy(settings).unwrap();
        (0..2)
            .map(|_| {
                let mut signals = Signals::default();
                signals.put(Signal::Weight, (0..network.synapse_count()).map(|at| at as f32).collect());
                let mut draft = Draft::new(&network, 1);
                let (end, budget, key) = (Some(100), Budget::unlimited(), StreamKey::new(2, "asking"));
                let view = View { network: &network, signals: &signals, step: 1, end, budget, ledger: None, key };
                cht.propose(&view, &mut draft);
                let moves = draft.proposals().len();
                let finished = draft.finish();
                let commit = network.commit(finished).unwrap();
                cht.follow(&network, &commit);
                moves
            })
            .collect::<Vec<usize>>()
    };
    // Ten go, and at least nine of them come again: more than the share that settles, unless that is all.
    let (early, never) = (settled(0.8), settled(1.0));
    assert!(early[0] > 0 && early[1] == 0, "{early:?}");
    assert!(never[0] > 0 && never[1] > 0, "{never:?}");
}
