//! `GradMax`: against a dense computation by hand, and against all other directions.

use crate::bench::{Bench, layers, recurrent};
use crate::lesson::{LANES, Lesson, axon, length, tangled, with_unit};
use livenet_core::{Activation, Executor as _, Move, Role, Row, Unit, UnitKind};
use livenet_growth::widen::{GradMax, Site, Speech};
use livenet_growth::{Budget, Verdict, Why, Wiring};

#[test]
fn gradmax_speaks_along_the_top_right_singular_vector_of_the_gradient_of_a_bypass() {
    let mut lesson = Lesson::new(layers(&[3, 5, 4, 2]), 1.0, 1, 1);
    lesson.loss();
    // Blame of the second hidden layer by hand: rows 3..8 and 8..12 are hidden, 12..14 outputs.
    let (network, naive) = (lesson.network.clone(), lesson.naive.clone());
    let weight = |post: u32, pre: u32| {
        let at = livenet_core::Synapse::new(network.id(Row::new(post)), network.id(Row::new(pre)));
        naive.parameters().weights[network.synapse_row(at).unwrap().index()]
    };
    let said = |row: u32| -> Vec<f64> {
        naive.recall(&network, 0, Row::new(row)).unwrap().into_iter().map(f64::from).collect()
    };
    let blame = |post: u32, lane: usize| -> f64 {
        let wrong = |out: u32| said(out)[lane] - lesson.targets[lane * 2 + (out - 12) as usize];
        let heard: f64 = (12..14).map(|out| weight(out, post) * wrong(out)).sum();
        if said(post)[lane] > 0.0 { heard / LANES as f64 } else { 0.0 }
    };
    let m: Vec<Vec<f64>> = (0..3)
        .map(|pre| (8..12).map(|post| (0..LANES).map(|lane| said(pre)[lane] * blame(post, lane)).sum()).collect())
        .collect();
    // Power iteration on MᵀM.
    let mut top = vec![1.0, 0.5, -0.3, 0.2];
    for _ in 0..5000 {
        let through: Vec<f64> = m.iter().map(|row| row.iter().zip(&top).map(|(m, t)| m * t).sum()).collect();
        top = (0..4).map(|post| (0..3).map(|pre| m[pre][post] * through[pre]).sum()).collect();
        let size = length(&top);
        top = top.iter().map(|value| value / size).collect();
    }
    let mean = (3..8).map(|row| length(&(8..12).map(|post| weight(post, row)).collect::<Vec<_>>())).sum::<f64>() / 5.0;

    let (proposals, _) = lesson.grow(&mut GradMax { scale: 0.5, group: "Hidden".into(), ..GradMax::default() });
    // Both hidden groups bear that name; the newborn of the first has three dendrites and four listeners.
    let born = proposals.iter().map(|proposal| (proposal, axon(&proposal.what))).find(|(_, born)| born.1.len() == 3);
    let (proposal, (bias, dendrites, spoken)) = born.unwrap();
    assert_eq!((bias, dendrites), (0.0, vec![0.0; 3]));
    let sign = if top.iter().zip(&spoken).map(|(a, b)| a * b).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    for (top, spoken) in top.iter().zip(&spoken) {
        assert!((sign * 0.5 * mean * top - spoken).abs() < 1e-5, "{top} {spoken}");
    }
    let promised: Vec<f64> = m.iter().map(|row| row.iter().zip(&spoken).map(|(m, s)| m * s).sum()).collect();
    assert!((f64::from(proposal.reason.scores[0]) / length(&promised) - 1.0).abs() < 1e-5);
}

#[test]
fn what_newborns_hear_and_their_listeners_want_is_the_gradient_of_the_definition() {
    let tanh = Activation::Tanh;
    let lessons = [
        (with_unit(&layers(&[3, 5, 4, 2]), Unit::rate(tanh)), 1),
        (with_unit(&recurrent([2, 5, 2], 2), Unit::rate(tanh)), 6),
        (with_unit(&recurrent([2, 5, 2], 2), Unit::leaky(tanh)), 6),
        (with_unit(&tangled(), Unit::rate(tanh)), 6),
        (with_unit(&tangled(), Unit::leaky(Activation::Relu)), 6),
        (tangled(), 6),
    ];
    for (number, (network, cycles)) in lessons.into_iter().enumerate() {
        for group in network.group_ids().filter(|&at| network.group(at).role == Role::Hidden) {
            let mut lesson = Lesson::new(network.clone(), 0.6, cycles, number as u64);
            let (site, evidence) = lesson.evidence(&GradMax::default(), group.index() as u16);
            let n = evidence.samples() as f64;
            let by_pair = evidence.heard.outer(&evidence.wanted).scaled(-1.0 / n);
            let outgoing: Vec<f64> = (0..site.listeners.len()).map(|at| (at as f64 * 1.3).cos()).collect();
            // A unit with a kink is nudged, and what it says by that nudges others.
            let gradient = lesson.gradient_of_a_newborn(&site, &outgoing, 1e-7);
            for (at, gradient) in gradient.iter().enumerate() {
                let expected: f64 = (0..outgoing.len()).map(|to| by_pair.at(at, to) * outgoing[to]).sum();
                assert!((expected - gradient).abs() < 2e-5, "{number} {at}: {expected} {gradient}");
            }
        }
    }
}

#[test]
fn no_direction_of_that_length_makes_a_larger_gradient_than_gradmax() {
    for (network, cycles) in [(layers(&[3, 5, 4, 2]), 1), (tangled(), 5)] {
        let lesson = Lesson::new(network, 0.8, cycles, 3);
        let mut grown = lesson.clone();
        let (proposals, _) = grown.grow(&mut GradMax::default());
        let mut random = 0.0f64;
        for proposal in &proposals {
            let Move::Bear { spec, .. } = &proposal.what else { panic!() };
            let site = Site::of(&lesson.network, spec.group);
            let spoken = axon(&proposal.what).2;
            let best = length(&lesson.gradient_of_a_newborn(&site, &spoken, 1e-6));
            assert!((f64::from(proposal.reason.scores[0]) / best - 1.0).abs() < 1e-3);
            for draw in 0..100 {
                let other: Vec<f64> = (0..spoken.len()).map(|at| lesson.key.at(77).normal(draw, at as u64)).collect();
                let other: Vec<f64> = other.iter().map(|value| value * length(&spoken) / length(&other)).collect();
                let found = length(&lesson.gradient_of_a_newborn(&site, &other, 1e-6));
                assert!(found <= best * (1.0 + 1e-4), "{found} {best}");
                random = random.max(found / best);
            }
        }
        assert!(random > 0.5);
    }
}

#[test]
fn gradmax_changes_nothing_when_it_is_born_nor_when_it_is_nudged() {
    for unit in [Unit::rate(Activation::Relu), Unit::rate(Activation::Tanh), Unit::leaky(Activation::LeakyRelu)] {
        for direction in [Speech::Gradient, Speech::Random, Speech::RandomPositive] {
            let mut lesson = Lesson::new(with_unit(&layers(&[3, 5, 4, 2]), unit), 1.0, 1, 5);
            let before = lesson.outputs();
            let mut method = GradMax { count: 2, direction, ..GradMax::default() };
            let (proposals, later) = lesson.grow(&mut method);
            assert_eq!(proposals.len(), 4);
            assert_eq!(lesson.outputs(), before, "{unit:?}");
            // Only units with a kink are nudged: themselves, and four or two listeners each.
            let kink = unit.activation != Activation::Tanh;
            assert_eq!(later.len(), if kink { 2 * (1 + 4) + 2 * (1 + 2) } else { 0 }, "{unit:?}");
            lesson.later(&later);
            // A leaky unit comes to what its bias says in time; its listeners took it back at once.
            let rounding = if unit.kind == UnitKind::Leaky { 5e-6 } else { 1e-7 };
            let far = |(now, before): (&f64, &f64)| (now - before).abs() > rounding;
            assert!(!lesson.outputs().iter().zip(&before).any(far), "{unit:?}");
            lesson.loss();
            for proposal in &proposals {
                let Move::Bear { neuron, .. } = proposal.what else { panic!() };
                let incoming = lesson.network.incoming(lesson.network.row(neuron).unwrap());
                let gradient: Vec<f64> = incoming.map(|at| lesson.naive.gradients().weights[at]).collect();
                let promised = f64::from(proposal.reason.scores[0]);
                assert!((length(&gradient) / promised - 1.0).abs() < 1e-4 && promised > 0.0, "{unit:?}");
            }
            if direction == Speech::RandomPositive {
                assert!(proposals.iter().all(|proposal| axon(&proposal.what).2.iter().all(|&weight| weight >= 0.0)));
            }
        }
    }
}

#[test]
fn one_group_can_be_named() {
    let mut bench = Bench::new(layers(&[3, 4, 3, 2]), Wiring::Dense, 1);
    for (name, born) in [("Hidden", 2), ("Input", 0), ("nobody", 0), ("", 2)] {
        let asked = bench.propose(&mut GradMax { group: name.into(), ..GradMax::default() }, Budget::unlimited());
        assert_eq!(asked.proposals.len(), born, "{name}");
        assert!(born > 0 || matches!(asked.verdict, Verdict::Nothing(Why::NoCandidates)));
    }
}
