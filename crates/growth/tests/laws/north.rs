//! Growth by rank: how many are born, and what they say that nobody said.

use crate::bench::layers;
use crate::cascade::Lab;
use livenet_core::{Activation, Draft, Move, Network, Proposal, Samples, Schedule, Signal, Signals, StreamKey};
use livenet_growth::{Budget, Incoming, Measure, North, Strategy, Verdict, View, Why, Yardstick};

/// Of 2 inputs, 4 hidden neurons and an output, in 4 lanes of one cycle: what the hidden ones say.
fn signals(said: [[f32; 4]; 4]) -> Signals {
    let mut values = vec![1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    values.extend(said.iter().flatten());
    values.extend([0.0; 4]);
    let mut signals = Signals::default();
    signals.put_samples(Signal::Outputs { lanes: 4 }, Samples::new(4, 7, values));
    signals
}

fn ask(network: &Network, method: &mut North, signals: &Signals, budget: Budget) -> (Verdict, Vec<Proposal>) {
    let mut draft = Draft::new(network, 1);
    let view = View { network, signals, step: 1, end: None, budget, ledger: None, key: StreamKey::new(1, "north") };
    let verdict = method.propose(&view, &mut draft);
    (verdict, draft.proposals().to_vec())
}

/// Rank 2, with a third direction of which the singular value is 0.004 √4.
const TWO: [[f32; 4]; 4] = [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.008, 0.0]];
const FOUR: [[f32; 4]; 4] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

#[test]
fn as_many_are_born_as_the_rank_is_above_the_threshold() {
    let network = layers(&[2, 4, 1]);
    let of = |gamma, epsilon| North { gamma, epsilon, against: Yardstick::Width, candidates: 5, ..North::default() };
    for (gamma, epsilon, born) in [(0.25, 0.01, 1), (0.2, 0.01, 1), (0.0, 0.01, 2), (0.25, 0.003, 2), (0.5, 0.01, 0)] {
        let (verdict, proposals) = ask(&network, &mut of(gamma, epsilon), &signals(TWO), Budget::unlimited());
        assert_eq!(proposals.len(), born, "{gamma} {epsilon}: {verdict:?}");
        if born == 0 {
            assert!(matches!(verdict, Verdict::Nothing(Why::BelowThreshold { best: 2.0, threshold: 3.0 })));
        }
    }
    let (_, proposals) = ask(&network, &mut of(0.0, 0.01), &signals(FOUR), Budget::unlimited());
    assert_eq!(proposals.len(), 4);
    // Each costs a neuron and four edits: itself, two dendrites and an axon.
    for (budget, born) in [
        (Budget { edits: Some(11), ..Budget::unlimited() }, 2),
        (Budget { neurons: Some(8), ..Budget::unlimited() }, 1),
        (Budget { edits: Some(3), ..Budget::unlimited() }, 0),
    ] {
        assert_eq!(ask(&network, &mut of(0.0, 0.01), &signals(FOUR), budget).1.len(), born);
    }
    let mut full = North { widest: 4, ..of(0.0, 0.01) };
    let (verdict, _) = ask(&network, &mut full, &signals(FOUR), Budget::unlimited());
    assert!(matches!(verdict, Verdict::Nothing(Why::Full { count: 4, cap: 4 })), "{verdict:?}");
}

#[test]
fn the_rank_at_first_is_the_yardstick_and_is_saved() {
    let network = layers(&[2, 4, 1]);
    let new = || North { gamma: 0.75, candidates: 5, ..North::default() };
    let mut method = new();
    // Before anybody says anything there is no yardstick.
    let (_, none) = ask(&network, &mut method, &signals([[0.0; 4]; 4]), Budget::unlimited());
    // 2 - 0.75 · 2/4 · 4 is less than 1.
    let (_, first) = ask(&network, &mut method, &signals(TWO), Budget::unlimited());
    assert!(none.is_empty() && first.is_empty());
    let mut resumed = new();
    resumed.load(&method.save()).unwrap();
    for method in [&mut method, &mut resumed] {
        // ⌊4 - 1.5⌋, where a method that begins here would have 4 - 3.
        let (_, proposals) = ask(&network, method, &signals(FOUR), Budget::unlimited());
        assert_eq!(proposals.len(), 2);
    }
    let (_, proposals) = ask(&network, &mut new(), &signals(FOUR), Budget::unlimited());
    assert_eq!(proposals.len(), 1);
}

/// What is left of the last vector beside the others, by Gram and Schmidt.
fn left(vectors: &[Vec<f64>]) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut done: Vec<Vec<f64>> = Vec::new();
    for vector in vectors {
        let mut rest = vector.clone();
        for _ in 0..3 {
            for other in &done {
                let by = dot(&rest, other) / dot(other, other);
                rest.iter_mut().zip(other).for_each(|(rest, other)| *rest -= by * other);
            }
        }
        done.push(rest);
    }
    done.pop().unwrap()
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// Six inputs and five hidden neurons that hear four of them each, so that one dimension is left and a few are said.
fn lab(activation: Activation) -> Lab {
    let mut lab = Lab::new(&[8, 5, 2], activation, Schedule::Grouped, |at| {
        livenet_core::Reach::groups([livenet_core::GroupId::new(at.max(1) as u16 - 1)])
    });
    let mut draft = Draft::new(&lab.network, 0);
    livenet_growth::Wiring::Uniform { density: 0.7 }.propose(&mut draft, lab.key).unwrap();
    let moves: Vec<Move> = draft.finish().proposals().iter().map(|proposal| proposal.what.clone()).collect();
    lab.commit(moves);
    let key = lab.key.at(9);
    lab.naive
        .parameters_mut()
        .bias
        .iter_mut()
        .enumerate()
        .for_each(|(row, bias)| *bias = 0.5 * key.normal(row as u64, 0));
    lab
}

/// What the members of the hidden group say, over all samples.
fn said(lab: &mut Lab, method: &North) -> Vec<Vec<f64>> {
    let (signals, _) = lab.run(method);
    let outputs = signals.outputs().unwrap();
    let members = lab.network.members(livenet_core::GroupId::new(1)).map(livenet_core::Row::new);
    members
        .map(|row| (0..outputs.cycles()).flat_map(|at| outputs.of(at, row).iter().map(|&y| f64::from(y))).collect())
        .collect()
}

/// Asks, checks that nothing changed, and returns the proposals.
fn grow(lab: &mut Lab, method: &mut North) -> Vec<Proposal> {
    let (signals, before) = lab.run(method);
    let (_, proposals) = lab.propose(method, &signals);
    lab.commit(proposals.iter().map(|proposal| proposal.what.clone()));
    assert_eq!(lab.run(method).1, before);
    proposals
}

#[test]
fn who_is_selected_says_most_of_what_is_new() {
    let mut method = North { gamma: 0.6, against: Yardstick::Width, candidates: 40, ..North::default() };
    let mut lab = lab(Activation::Tanh);
    let (signals, _) = lab.run(&method);
    let one = lab.propose(&mut North { candidates: 1, ..method.clone() }, &signals).1;
    let proposals = grow(&mut lab, &mut method);
    // ⌊5 - 3⌋
    assert_eq!((proposals.len(), one.len()), (2, 1));
    assert!(proposals[0].reason.scores[0] > one[0].reason.scores[0]);
    let all = said(&mut lab, &method);
    for (at, proposal) in proposals.iter().enumerate() {
        let new = norm(&left(&all[..6 + at]));
        assert!(new > 1.0, "the rank rises");
        assert!((new - f64::from(proposal.reason.scores[0])).abs() < 1e-4 * new, "{new} {:?}", proposal.reason);
        assert!(proposal.reason.threshold.unwrap() <= proposal.reason.scores[0]);
    }
}

#[test]
fn orthogonal_potentials_are_orthogonal_to_all() {
    let mut method = North { gamma: 0.6, against: Yardstick::Width, incoming: Incoming::Pre, ..North::default() };
    // Linear neurons say their potentials, biases and all.
    let mut lab = lab(Activation::Linear);
    assert_eq!(grow(&mut lab, &mut method).len(), 2);
    let all = said(&mut lab, &method);
    for newborn in 5..7 {
        for member in 0..newborn {
            let along: f64 = all[member].iter().zip(&all[newborn]).map(|(a, b)| a * b).sum();
            let cosine = along / norm(&all[member]) / norm(&all[newborn]);
            assert!(cosine.abs() < 1e-5, "{member} {newborn}: {cosine}");
        }
    }
}

#[test]
fn orthogonal_rows_are_orthogonal_to_all() {
    let mut method = North {
        gamma: 0.6,
        against: Yardstick::Width,
        measure: Measure::Weight,
        incoming: Incoming::Weight,
        epsilon: 0.01,
        ..North::default()
    };
    let mut lab = lab(Activation::Tanh);
    assert_eq!(grow(&mut lab, &mut method).len(), 2);
    let (signals, _) = lab.run(&method);
    let weights = signals.values(Signal::Weight);
    let rows: Vec<Vec<f64>> = lab
        .network
        .members(livenet_core::GroupId::new(1))
        .map(|row| {
            let mut dense = vec![0.0; 8];
            for synapse in lab.network.incoming(livenet_core::Row::new(row)) {
                dense[lab.network.pres()[synapse] as usize] = f64::from(weights[synapse]);
            }
            dense
        })
        .collect();
    for newborn in 5..7 {
        assert!(norm(&rows[newborn]) > 0.1);
        for member in 0..newborn {
            let along: f64 = rows[member].iter().zip(&rows[newborn]).map(|(a, b)| a * b).sum();
            assert!(along.abs() < 1e-6, "{member} {newborn}: {along}");
        }
    }
}
