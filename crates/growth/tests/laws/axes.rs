//! Every combination of the axes of rewiring is legal, keeps to its budget, repeats, and goes on from what it saved.

use crate::conformance::benches;
use livenet_core::Move;
use livenet_growth::{Budget, Registry, Settings, Strategy as Method, Value};
use proptest::prelude::*;

const AXES: [(&str, &[&str]); 8] = [
    (
        "drop",
        &[
            "weight",
            "sign",
            "sensitivity",
            "movement",
            "importance",
            "contribution",
            "age",
            "crossing",
            "drawn",
            "random",
            "nothing",
        ],
    ),
    (
        "grow",
        &[
            "random",
            "gradient",
            "momentum",
            "sample",
            "paths",
            "neighbours",
            "near",
            "coactivity",
            "residual",
            "nowhere",
        ],
    ),
    ("pick", &["best", "drawn"]),
    ("amount", &["fraction", "cosine", "cubic", "rate", "count", "density", "ramp", "sigmoid", "overshoot", "fallen"]),
    ("birth", &["zero", "normal", "uniform", "fan_in", "step"]),
    ("spread", &["gone", "momentum"]),
    ("fan", &["free", "constant"]),
    ("stranded", &["kept", "freed"]),
];

fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}

/// One word of each axis, and over what it balances.
fn combination() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let words = AXES.map(|(_, words)| proptest::sample::select(words));
    (words, proptest::sample::select(&["pair", "group", "listener", "whole"][..])).prop_map(|(words, over)| {
        AXES.iter().zip(words).map(|((axis, _), word)| (*axis, word)).chain([("over", over)]).collect()
    })
}

fn build(words: &[(&'static str, &'static str)]) -> Box<dyn Method> {
    let settings = words.iter().fold(Settings::none(), |settings, (axis, word)| settings.with(axis, text(word)));
    Registry::standard().find("rewire").unwrap().strategy(settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_combination_keeps_to_its_budget_and_repeats(
        mut bench in benches(), words in combination(), room in 0..9u64, edits in prop_oneof![Just(None), (1..30u64).prop_map(Some)],
    ) {
        let mut strategy = build(&words);
        for _ in 0..4 {
            bench.train(5);
            let before = bench.network.synapse_count() as u64;
            let budget = Budget { connections: Some(before + room), edits, ..Budget::unlimited() };
            let mut twin = strategy.boxed_clone();
            let mut resumed = build(&words);
            resumed.load(&strategy.save()).unwrap();
            for other in [&mut twin, &mut resumed] {
                let (again, asked) = (bench.propose(&mut **other, budget), bench.propose(&mut *strategy.boxed_clone(), budget));
                prop_assert_eq!(again.proposals, asked.proposals);
            }
            // `ask` commits, and panics where the network refuses.
            let asked = bench.ask(&mut *strategy, budget);
            prop_assert!(asked.cuts.is_empty(), "{:?}", asked.cuts);
            prop_assert!(bench.network.synapse_count() as u64 <= before + room);
        }
    }

    #[test]
    fn what_is_put_aside_is_left_alone(mut bench in benches(), words in combination(), which: u64) {
        let aside: Vec<livenet_core::Synapse> =
            bench.network.synapses().map(|(_, at)| at).enumerate().filter(|(at, _)| which >> (at % 64) & 1 == 1).map(|(_, at)| at).collect();
        let marks = [livenet_core::Mark::Frozen, livenet_core::Mark::Silent];
        let moves = aside.iter().zip(marks.into_iter().cycle()).map(|(&at, mark)| Move::Mark { at: livenet_core::Scope::Synapse(at), mark });
        livenet_core::testing::apply(&mut bench.network, &mut bench.device, moves).unwrap();
        let mut strategy = build(&words);
        for _ in 0..3 {
            bench.train(5);
            bench.ask(&mut *strategy, Budget::unlimited());
            prop_assert!(aside.iter().all(|at| bench.network.synapse_row(*at).is_some()));
        }
    }
}
