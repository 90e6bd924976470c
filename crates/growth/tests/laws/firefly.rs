//! Firefly: newborns and splits lower the loss as foretold, and the best of both are taken.

use crate::smooth::Smooth;
use livenet_core::{Activation, Move, Schedule};
use livenet_growth::{Budget, Firefly, Strategy as _};

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

fn firefly() -> Firefly {
    Firefly { samples: 0, ..Firefly::default() }
}

fn foretold(proposals: &[livenet_core::Proposal]) -> f64 {
    proposals.iter().filter_map(|proposal| proposal.reason.foretold).map(f64::from).sum()
}

#[test]
fn the_loss_falls_as_foretold_by_newborns_by_splits_and_by_both() {
    let newborns = Firefly { epsilon: 1e-3, stride: 0.0, ratio: 1.0, ..firefly() };
    let splits = Firefly { newborns: 0, ratio: 1.0, ..firefly() };
    let both = Firefly { epsilon: 1e-5, stride: 0.01, ratio: 2.0, ..firefly() };
    for (at, world) in worlds().into_iter().enumerate() {
        for (method, births, divisions) in [(newborns, true, false), (splits, false, true), (both, true, true)] {
            let (mut world, mut method) = (world.clone(), method);
            assert!(method.probe() == livenet_growth::Probe::LastWindow);
            let before = world.loss();
            let proposals = world.ask(&mut method, Budget::unlimited());
            let has = |of: fn(&Move) -> bool| proposals.iter().any(|proposal| of(&proposal.what));
            assert_eq!(has(|what| matches!(what, Move::Bear { .. })), births, "{at}");
            assert_eq!(has(|what| matches!(what, Move::Divide { .. })), divisions, "{at}");
            let (change, foretold) = (world.loss() - before, foretold(&proposals));
            assert!(foretold < 0.0 && (change / foretold - 1.0).abs() < 0.1, "{at}: {change} for {foretold}");
        }
    }
}

#[test]
fn dendrites_that_climb_promise_more() {
    for mut world in worlds() {
        let mut told = |ascent| {
            let mut method = Firefly { ascent, stride: 0.0, ratio: 8.0, newborns: 3, ..firefly() };
            foretold(world.propose(&mut method, Budget::unlimited()).proposals())
        };
        let (before, few, many) = (told(0), told(5), told(100));
        assert!(few < before && many <= few, "{before} {few} {many}");
    }
}

#[test]
fn the_best_are_taken_in_order() {
    for mut world in worlds() {
        let all = |world: &mut Smooth, ratio| {
            let mut method = Firefly { ratio, stride: 0.05, ..firefly() };
            let draft = world.propose(&mut method, Budget::unlimited());
            let mut scores: Vec<f32> = draft.proposals().iter().map(|proposal| proposal.reason.scores[0]).collect();
            scores.sort_by(f32::total_cmp);
            (scores, draft.proposals()[0].reason.threshold)
        };
        let ((few, next), (many, _)) = (all(&mut world, 0.01), all(&mut world, 64.0));
        assert!(few == many[..1] && many.len() > 4 && next == Some(many[1]), "{few:?} {many:?}");
    }
}

#[test]
fn the_axon_points_against_the_gradient_with_the_norm_that_was_set() {
    let mut world = Smooth::recurrent([2, 4, 2], Activation::Tanh, 0.6, 3);
    assert_eq!(world.network.schedule(), Schedule::Grouped);
    let mut method = Firefly { epsilon: 0.25, newborns: 2, ..firefly() };
    let draft = world.propose(&mut method, Budget::unlimited());
    let mut seen = 0;
    for proposal in draft.proposals() {
        let Move::Bear { dendrites, axon, .. } = &proposal.what else { continue };
        let norm = |ends: &[livenet_core::End]| ends.iter().map(|end| end.weight * end.weight).sum::<f32>().sqrt();
        // Who is born listens to all eight and is heard by the six that are no inputs.
        assert_eq!((dendrites.len(), axon.len()), (8, 6));
        assert!((norm(dendrites) - 1.0).abs() < 1e-5 && (norm(axon) - 0.25).abs() < 1e-5);
        seen += 1;
    }
    assert!(seen > 0);
}
