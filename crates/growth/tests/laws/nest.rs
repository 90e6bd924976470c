//! Neurons on the largest bridging gradients: which pair, with what sign, and what that does.

use crate::cascade::Lab;
use livenet_core::{Activation, End, GroupId, Move, Proposal, Reach, Row, Schedule, Signal, Signals};
use livenet_growth::{Nest, Spread, Wiring};

/// Three inputs, two hidden groups of 4 and 3, two outputs, each group hearing the one before.
fn lab(activation: Activation, schedule: Schedule) -> Lab {
    let mut lab =
        Lab::new(&[3, 4, 3, 2], activation, schedule, |at| Reach::groups([GroupId::new(at.max(1) as u16 - 1)]));
    let mut draft = livenet_core::Draft::new(&lab.network, 0);
    Wiring::Dense.propose(&mut draft, lab.key).unwrap();
    let moves: Vec<Move> = draft.finish().proposals().iter().map(|proposal| proposal.what.clone()).collect();
    lab.commit(moves);
    lab
}

/// Rows with the weights of their ends.
type Side = Vec<(u32, f64)>;

/// A bridge with its gradient, listener and heard, and the end that it gives to a side when its sign is drawn.
type ToSide<'a> = &'a dyn Fn(&(f64, u32, u32), f64) -> (u32, f64);

/// Group, what it hears, who hears it; by row.
fn parts(lab: &Lab, proposal: &Proposal) -> (usize, Side, Side) {
    let Move::Bear { spec, dendrites, axon, .. } = &proposal.what else { panic!("{proposal:?}") };
    let ends = |ends: &[End]| -> Vec<(u32, f64)> {
        ends.iter().map(|end| (lab.network.row(end.at).unwrap().get(), f64::from(end.weight))).collect()
    };
    (spec.group.index(), ends(dendrites), ends(axon))
}

/// δ(l + 1) a(l - 1)ᵀ, where `lag` cycles lie between.
fn gradient(signals: &Signals, post: u32, pre: u32, lag: usize) -> f64 {
    let (said, blames) = (signals.outputs().unwrap(), signals.blames().unwrap());
    let mut sum = 0.0;
    for cycle in lag..said.cycles() {
        let (heard, blame) = (said.of(cycle - lag, Row::new(pre)), blames.of(cycle, Row::new(post)));
        sum += heard.iter().zip(blame).map(|(a, d)| f64::from(*a) * f64::from(*d)).sum::<f64>();
    }
    sum
}

#[test]
fn the_largest_pair_is_bridged_against_its_gradient() {
    for (schedule, lag) in [(Schedule::Grouped, 0), (Schedule::Synchronous, 2)] {
        let mut lab = lab(Activation::Tanh, schedule);
        let mut method = Nest { ratio: 1.0, strength: 0.0, spread: Spread::Each(5), samples: 0 };
        let (signals, _) = lab.run(&method);
        let (_, proposals) = lab.propose(&mut method, &signals);
        // (|G|, group, listener, heard): hidden group 1 lies between inputs 0..3 and rows 7..10, group 2 between 3..7 and 10..12.
        let mut all = Vec::new();
        for (group, pres, posts) in [(1, 0..3, 7..10), (2, 3..7, 10..12)] {
            for post in posts {
                for pre in pres.clone() {
                    all.push((gradient(&signals, post, pre, lag), group, post, pre));
                }
            }
        }
        all.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        assert_eq!(proposals.len(), 5);
        for (proposal, (g, group, post, pre)) in proposals.iter().zip(all) {
            let (of, dendrites, axon) = parts(&lab, proposal);
            assert_eq!((of, dendrites[0].0, axon[0].0), (group, pre, post), "{schedule:?}");
            assert!(dendrites.len() == 1 && axon.len() == 1);
            assert!((dendrites[0].1.abs() - axon[0].1.abs()).abs() < 1e-6, "equal sizes");
            assert!((dendrites[0].1 * axon[0].1 + g).abs() < 1e-4 * g.abs().max(1.0), "the product is -G = {}", -g);
            assert!((f64::from(proposal.reason.scores[0]) - g.abs()).abs() < 1e-4 * g.abs().max(1.0));
        }
    }
}

#[test]
fn one_newborn_takes_all_bridges_of_its_group() {
    let mut lab = lab(Activation::Tanh, Schedule::Grouped);
    let mut method = Nest { ratio: 0.5, strength: 0.0, spread: Spread::One, samples: 0 };
    let (signals, _) = lab.run(&method);
    let (_, mut proposals) = lab.propose(&mut method, &signals);
    proposals.sort_by_key(|proposal| parts(&lab, proposal).0);
    for (proposal, (pres, posts)) in proposals.iter().zip([(0..3u32, 7..10u32), (3..7, 10..12)]) {
        let mut pairs: Vec<(f64, u32, u32)> = posts
            .flat_map(|post| pres.clone().map(move |pre| (post, pre)))
            .map(|(post, pre)| (gradient(&signals, post, pre, 0), post, pre))
            .collect();
        pairs.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let count = pairs.len() / 2;
        let (_, dendrites, axon) = parts(&lab, proposal);
        // One of the 2^count draws of signs gives just these weights.
        let fits = (0..1 << count).any(|signs: u32| {
            let side = |rows: &[(u32, f64)], of: ToSide<'_>| {
                rows.iter().all(|&(row, weight)| {
                    let ends = pairs[..count].iter().enumerate();
                    let sum: f64 = ends
                        .map(|(at, pair)| of(pair, if signs >> at & 1 == 1 { -1.0 } else { 1.0 }))
                        .filter(|&(end, _)| end == row)
                        .map(|(_, by)| by)
                        .sum();
                    (sum - weight).abs() < 1e-4
                })
            };
            side(&axon, &|&(g, post, _), sign| (post, sign * g.abs().sqrt()))
                && side(&dendrites, &|&(g, _, pre), sign| (pre, -sign * g.abs().sqrt() * g.signum()))
        });
        assert!(fits, "{dendrites:?} {axon:?}");
    }
    assert_eq!(proposals.len(), 2);
}

#[test]
fn newborns_are_as_strong_as_the_members_are_on_average() {
    let mut lab = lab(Activation::Tanh, Schedule::Grouped);
    let mut method = Nest { ratio: 0.3, strength: 0.25, spread: Spread::One, samples: 0 };
    let (signals, _) = lab.run(&method);
    let weights = signals.values(Signal::Weight);
    let mean = |of: &dyn Fn(u32, u32) -> bool| {
        let sizes: Vec<f64> = (0..lab.network.synapse_count())
            .filter(|&at| of(lab.network.post_of(Row::new(at as u32)).get(), lab.network.pres()[at]))
            .map(|at| f64::from(weights[at].abs()))
            .collect();
        sizes.iter().sum::<f64>() / sizes.len() as f64
    };
    let (_, proposals) = lab.propose(&mut method, &signals);
    for proposal in &proposals {
        let (group, dendrites, axon) = parts(&lab, proposal);
        let members = lab.network.members(GroupId::new(group as u16));
        let expected = [mean(&|post, _| members.contains(&post)), mean(&|_, pre| members.contains(&pre))];
        for (side, expected) in [dendrites, axon].iter().zip(expected) {
            let own = side.iter().map(|(_, weight)| weight.abs()).sum::<f64>() / side.len() as f64;
            assert!((own - 0.25 * expected).abs() < 1e-5, "{own} {expected}");
        }
    }
    assert_eq!(proposals.len(), 2);
}

#[test]
fn what_is_foretold_comes_true_and_is_a_fall_for_linear_neurons() {
    for activation in [Activation::Linear, Activation::Tanh] {
        for schedule in [Schedule::Grouped, Schedule::Synchronous] {
            let mut lab = lab(activation, schedule);
            let mut method = Nest { ratio: 0.2, strength: 0.05, spread: Spread::Each(4), samples: 0 };
            let (signals, before) = lab.run(&method);
            let (_, proposals) = lab.propose(&mut method, &signals);
            let foretold: f64 = proposals.iter().map(|proposal| f64::from(proposal.reason.foretold.unwrap())).sum();
            assert!(activation == Activation::Tanh || proposals.iter().all(|p| p.reason.foretold.unwrap() < 0.0));
            lab.commit(proposals.into_iter().map(|proposal| proposal.what));
            let (_, after) = lab.run(&method);
            let d_outputs = (0..after.len() as u64).map(|at| lab.key.at(1).normal(at, 0));
            let change: f64 = after.iter().zip(&before).zip(d_outputs).map(|((a, b), d)| f64::from(a - b) * d).sum();
            // But for the curves of tanh.
            assert!((change - foretold).abs() < 2e-3 * foretold.abs(), "{schedule:?}: {change} {foretold}");
        }
    }
}
