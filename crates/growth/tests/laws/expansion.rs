//! Natural expansion: the bound holds, proposals climb, and what is not worth it does not grow.

use crate::bench::{Bench, layers};
use crate::lesson::{Lesson, with_unit};
use livenet_core::{Activation, Unit};
use livenet_growth::widen::Expansion;
use livenet_growth::{Budget, Registry, Settings, Strategy, Value, Verdict, Why, Wiring};

fn senn(settings: &[(&str, Value)]) -> Box<dyn Strategy> {
    let settings = settings.iter().fold(Settings::none(), |all, (name, value)| all.with(name, value.clone()));
    Registry::standard().find("senn").unwrap().strategy(settings).unwrap()
}

#[test]
fn a_natural_expansion_is_at_least_as_good_as_its_bound_and_changes_nothing() {
    for (unit, seed) in [(Activation::Relu, 1), (Activation::Tanh, 2), (Activation::Sigmoid, 3)] {
        let mut lesson = Lesson::new(with_unit(&layers(&[3, 2, 3]), Unit::rate(unit)), 1.0, 1, seed);
        let mut method = senn(&[("tau", Value::Real(0.0))]);
        let (site, evidence) = lesson.evidence(&*method, 1);
        let before = Expansion::of(&evidence);
        let said = lesson.outputs();
        let (proposals, later) = lesson.grow(&mut *method);
        assert!(proposals.len() == 1 && later.is_empty());
        assert_eq!(lesson.outputs(), said);
        // The network is as it was but for the newborn, which counts among what exists now.
        let (_, evidence) = lesson.evidence(&*method, 1);
        let after = Expansion::of(&evidence);
        let bound = f64::from(proposals[0].reason.scores[0]) * before.current;
        let gain = after.current - before.current;
        assert!(bound > 0.0 && gain >= bound - 1e-6, "{unit:?}: {gain} {bound}");
        assert!(after.current <= after.most + 1e-6 && site.listeners.len() == 3);
    }
}

#[test]
fn proposals_that_climb_are_better() {
    let lesson = Lesson::new(layers(&[4, 3, 3]), 1.0, 1, 12);
    let score = |steps: i64| {
        let mut method = senn(&[("tau", Value::Real(0.0)), ("steps", Value::Integer(steps))]);
        lesson.clone().grow(&mut *method).0[0].reason.scores[0]
    };
    let scores = [0, 5, 40].map(score);
    assert!(scores[0] * 1.1 < scores[1] && scores[1] < scores[2], "{scores:?}");
}

#[test]
fn an_expansion_that_is_not_worth_it_says_by_how_much_and_a_group_rests_after_a_birth() {
    let mut bench = Bench::new(layers(&[3, 4, 3, 2]), Wiring::Dense, 1);
    let asked = bench.ask(&mut *senn(&[("tau", Value::Real(1e6))]), Budget::unlimited());
    let Verdict::Nothing(Why::BelowThreshold { best, threshold: 1e6 }) = asked.verdict else {
        panic!("{:?}", asked.verdict)
    };
    assert!(best > 0.0);
    let asked = bench.ask(&mut *senn(&[("tau", Value::Real(0.0)), ("alpha", Value::Real(1.0))]), Budget::unlimited());
    let Verdict::Nothing(Why::BelowThreshold { best, threshold: 1.0 }) = asked.verdict else {
        panic!("{:?}", asked.verdict)
    };
    assert!(best > 0.0 && best < 1.0);

    let mut method = senn(&[("tau", Value::Real(0.0)), ("alpha", Value::Real(0.0)), ("cooldown", Value::Integer(10))]);
    let mut births = Vec::new();
    for _ in 0..8 {
        bench.train(4);
        births.push(bench.ask(&mut *method, Budget::unlimited()).proposals.len());
        // A saved state goes on resting.
        let mut next =
            senn(&[("tau", Value::Real(0.0)), ("alpha", Value::Real(0.0)), ("cooldown", Value::Integer(10))]);
        next.load(&method.save()).unwrap();
        method = next;
    }
    assert_eq!(births, [2, 0, 0, 2, 0, 0, 2, 0]);
    // What a budget cuts is no birth: the group stands ready.
    let tight = Budget { neurons: Some(bench.network.neuron_count() as u64), ..Budget::unlimited() };
    bench.train(40);
    let asked = bench.ask(&mut *method, tight);
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::OverBudget { cut: 2 })), "{:?}", asked.verdict);
    assert_eq!(bench.ask(&mut *method, Budget::unlimited()).proposals.len(), 2);
}
