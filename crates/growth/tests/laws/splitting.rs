//! Splitting: the matrix, what is foretold, and how mother and daughter part.

use crate::smooth::Smooth;
use livenet_core::{Activation, Move, NeuronId, Reason, Role};
use livenet_growth::{Budget, Settings, Spectrum, Splitting, Value};

fn worlds() -> Vec<Smooth> {
    (0..4)
        .flat_map(|seed| {
            [
                Smooth::layered(&[3, 4, 3, 2], Activation::Tanh, 0.9, seed),
                Smooth::recurrent([2, 4, 2], Activation::Tanh, 0.6, seed),
            ]
        })
        .collect()
}

/// Everybody who can is split.
fn all() -> Splitting {
    Splitting { fraction: 1.0, samples: 0, ..Splitting::default() }
}

/// vᵀ S v / vᵀ v, least over many descents: written apart from what is tested.
fn smallest(matrix: &[Vec<f64>]) -> f64 {
    let n = matrix.len();
    // Of S + c: all are positive, and the inverse power is replaced by powers of (c - S).
    let shift: f64 = matrix.iter().flatten().map(|entry| entry.abs()).sum::<f64>() + 1e-12;
    let mut v: Vec<f64> = (0..n).map(|at| 1.0 + 0.37 * (at * at % 7) as f64).collect();
    let mut value = 0.0;
    for _ in 0..20_000 {
        let image: Vec<f64> = matrix
            .iter()
            .zip(&v)
            .map(|(row, x)| shift * x - row.iter().zip(&v).map(|(a, y)| a * y).sum::<f64>())
            .collect();
        let length = image.iter().map(|x| x * x).sum::<f64>().sqrt();
        value = shift - length;
        v = image.iter().map(|x| x / length).collect();
    }
    value
}

fn divided(what: &Move) -> Option<(NeuronId, NeuronId)> {
    if let Move::Divide { mother, daughter, .. } = *what { Some((mother, daughter)) } else { None }
}

#[test]
fn the_score_is_the_smallest_eigenvalue_of_the_matrix_by_hand() {
    let mut seen = 0;
    for mut world in worlds() {
        let by_hand: Vec<(NeuronId, f64)> = world
            .network
            .neuron_rows()
            .filter(|&row| world.network.role(row) == Role::Hidden)
            .map(|row| (world.network.id(row), smallest(&world.splitting_matrix(row))))
            .collect();
        let proposals = world.propose(&mut all(), Budget::unlimited()).proposals().to_vec();
        for proposal in proposals {
            let (mother, _) = divided(&proposal.what).unwrap();
            let expected = by_hand.iter().find(|(id, _)| *id == mother).unwrap().1;
            let found = f64::from(proposal.reason.scores[0]);
            assert!((found - expected).abs() < 1e-3 * expected.abs() + 1e-6, "{mother}: {found} for {expected}");
            assert!(found < 0.0);
            seen += 1;
        }
    }
    assert!(seen > 12, "{seen}");
}

#[test]
fn the_loss_falls_as_foretold() {
    for (at, mut world) in worlds().into_iter().enumerate() {
        for (method, epsilon) in [
            (all(), 0.01),
            (Splitting { count: 1, ..all() }, 0.01),
            (Splitting { spectrum: Spectrum::Fast(300), ..all() }, 0.01),
            (Splitting { bound: 3.0, ..all() }, 0.003),
        ] {
            let mut world = world.clone();
            let before = world.loss();
            let proposals = world.ask(&mut Splitting { epsilon, ..method }, Budget::unlimited());
            let foretold: f64 = proposals.iter().filter_map(|proposal| proposal.reason.foretold).map(f64::from).sum();
            let change = world.loss() - before;
            assert!(
                foretold < 0.0 && (change / foretold - 1.0).abs() < 0.1,
                "{at} {method:?}: {change} for {foretold}"
            );
        }
        // Signed parts can use what even ones cannot, so no less is foretold.
        let mut told = |bound| {
            let draft = world.propose(&mut Splitting { bound, ..all() }, Budget::unlimited());
            draft.proposals().iter().filter_map(|proposal| proposal.reason.foretold).map(f64::from).sum::<f64>()
        };
        let (even, signed) = (told(1.0), told(3.0));
        assert!(signed <= even, "{signed} {even}");
    }
}

#[test]
fn descent_finds_what_the_decomposition_finds() {
    for mut world in worlds() {
        let scores = |reasons: Vec<Reason>| reasons.into_iter().map(|reason| reason.scores[0]).collect::<Vec<f32>>();
        let mut ask = |spectrum| {
            let draft = world.propose(&mut Splitting { spectrum, ..all() }, Budget::unlimited());
            scores(draft.proposals().iter().map(|proposal| proposal.reason.clone()).collect())
        };
        let (exact, fast) = (ask(Spectrum::Exact), ask(Spectrum::Fast(500)));
        assert!(exact.len() == fast.len() && !exact.is_empty());
        for (exact, fast) in exact.iter().zip(&fast) {
            assert!((exact - fast).abs() <= 1e-3 * exact.abs(), "{exact} {fast}");
        }
    }
}

#[test]
fn mother_and_daughter_part_along_a_unit_vector_with_half_the_axon_each() {
    let mut world = Smooth::layered(&[3, 4, 2], Activation::Tanh, 1.0, 3);
    let before = world.clone();
    let epsilon = 0.05;
    let proposals = world.ask(&mut Splitting { epsilon, ..all() }, Budget::unlimited());
    let mothers: Vec<_> = proposals.iter().filter_map(|proposal| divided(&proposal.what)).collect();
    assert!(!mothers.is_empty());
    for (mother, daughter) in mothers {
        let mut square = 0.0;
        for pre in (0..3).map(NeuronId::new) {
            let was = before.weight(mother, pre);
            let [up, down] = [mother, daughter].map(|id| world.weight(id, pre) - was);
            assert!((up + down).abs() < 1e-9, "{up} {down}");
            square += up * up;
        }
        assert!((square.sqrt() - epsilon).abs() < 1e-6, "{square}");
        for post in [7, 8].map(NeuronId::new) {
            let half = before.weight(post, mother) / 2.0;
            assert!([mother, daughter].iter().all(|&id| (world.weight(post, id) - half).abs() < 1e-12));
        }
    }
}

#[test]
fn signed_parts_of_an_axon_add_up_to_it() {
    let mut negative = 0;
    for seed in 0..8 {
        let mut world = Smooth::layered(&[3, 4, 2], Activation::Tanh, 1.0, seed);
        let before = world.clone();
        let proposals = world.ask(&mut Splitting { bound: 3.0, ..all() }, Budget::unlimited());
        for (mother, daughter) in proposals.iter().filter_map(|proposal| divided(&proposal.what)) {
            let uneven = [7, 8].map(NeuronId::new).map(|post| {
                let was = before.weight(post, mother);
                let parts = [mother, daughter].map(|id| world.weight(post, id) / was);
                assert!((parts[0] + parts[1] - 1.0).abs() < 1e-9, "{parts:?}");
                assert!((parts[0] - 0.5).abs() < 1e-9 || (parts[0] - 2.0).abs() < 1e-9, "{parts:?}");
                parts[0] > 1.0
            });
            assert_eq!(uneven[0], uneven[1]);
            if uneven[0] {
                negative += 1;
                let strides = [mother, daughter].map(|id| {
                    let change = |pre| world.weight(id, pre) - before.weight(mother, pre);
                    (0..3).map(NeuronId::new).map(change).map(|by| by * by).sum::<f64>().sqrt()
                });
                assert!((strides[0] - 0.005).abs() < 1e-6 && (strides[1] - 0.01).abs() < 1e-6, "{strides:?}");
            }
        }
    }
    assert!(negative > 0);
}

#[test]
fn a_budget_leaves_whole_splits() {
    let mut world = Smooth::recurrent([2, 4, 2], Activation::Tanh, 0.6, 1);
    let neurons = Some(world.network.neuron_count() as u64 + 1);
    let before = world.loss();
    let proposals = world.ask(&mut all(), Budget { neurons, ..Budget::unlimited() });
    assert_eq!(proposals.len(), 1);
    let foretold = f64::from(proposals[0].reason.foretold.unwrap());
    assert!(((world.loss() - before) / foretold - 1.0).abs() < 0.1);
}

#[test]
fn cost_turns_the_order_round_where_it_is_dear() {
    let mut world = Smooth::layered(&[3, 4, 3, 2], Activation::Tanh, 0.7, 1);
    let settings = Settings::none().with("per_cost", Value::Flag(true)).with("fraction", Value::Real(1.0));
    let mut per_cost = livenet_growth::Registry::standard().find("splitting").unwrap().strategy(settings).unwrap();
    assert_eq!(per_cost.probe(), livenet_growth::Probe::Samples(512));
    let plain = world.propose(&mut all(), Budget::unlimited()).proposals().to_vec();
    let network = world.network.clone();
    let dear = world.propose(&mut *per_cost, Budget::unlimited()).proposals().to_vec();
    assert_eq!(plain.len(), dear.len());
    for proposal in &dear {
        let (mother, _) = divided(&proposal.what).unwrap();
        let row = network.row(mother).unwrap();
        let cost = network.incoming(row).len() + network.listeners(row).count();
        let same = plain.iter().find(|other| divided(&other.what).unwrap().0 == mother).unwrap();
        assert!((proposal.reason.scores[0] * cost as f32 / same.reason.scores[0] - 1.0).abs() < 1e-5);
        assert_eq!(proposal.reason.foretold, same.reason.foretold);
    }
}
