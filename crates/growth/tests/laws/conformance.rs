//! What holds of every registered method, over random small networks on the mock device.

use crate::bench::{Bench, layers, recurrent};

use livenet_growth::{Budget, Entry, Ledger, Settings, Strategy, Value, Wiring, laws, registry};
use proptest::prelude::*;

/// Settings under which a method does something at this size.
pub(crate) fn settings(entry: &Entry) -> Settings {
    match entry.name {
        "apoptosis" => Settings::none()
            .with("fraction", Value::Real(0.5))
            .with("maturity", Value::Integer(0))
            .with("threshold", Value::Real(5.0)),
        "continual_backprop" | "age_clock" => {
            Settings::none().with("rate", Value::Real(0.05)).with("maturity", Value::Integer(2))
        }
        "cell_cycle" => Settings::none()
            .with("maturity", Value::Integer(0))
            .with("synthesis", Value::Integer(0))
            .with("quota", Value::Real(0.5)),
        "cascade_correlation" => Settings::none().with("steps", Value::Integer(20)),
        "north" => Settings::none().with("gamma", Value::Real(0.1)).with("candidates", Value::Integer(9)),
        "den" => Settings::none()
            .with("expand", Value::Integer(1))
            .with("dendrites", Value::Integer(2))
            .with("axons", Value::Integer(2))
            .with("splits", Value::Integer(1)),
        "firefly" => Settings::none().with("ratio", Value::Real(0.01)),
        "gng" => Settings::none().with("lambda", Value::Integer(1)),
        "neat" => Settings::none().with("add_node", Value::Real(1.0)).with("add_connection", Value::Real(1.0)),
        "overshoot" => Settings::none().with("peak_step", Value::Integer(6)).with("settled_step", Value::Integer(12)),
        "merge" => Settings::none().with("correlation", Value::Real(0.2)),
        "splitting" => Settings::none().with("count", Value::Integer(1)),
        "retraction" => Settings::none()
            .with("low", Value::Real(1.0))
            .with("upkeep", Value::Real(1e6))
            .with("patience", Value::Integer(1)),
        "snr" => Settings::none().with("rarity", Value::Real(1.0)).with("threshold", Value::Real(1e6)),
        "redo" => Settings::none().with("threshold", Value::Real(1.0)),
        // A third of what an output is worth cannot be paid by many.
        "utility_economy" => Settings::none()
            .with("keep", Value::Real(0.3))
            .with("chance", Value::Real(1.0))
            .with("maturity", Value::Integer(0)),
        "csti" => Settings::none().with("density", Value::Real(0.8)),
        "neuroplastic_expansion" => Settings::none()
            .with("growth", Value::Real(1.0))
            .with("density", Value::Real(1.0))
            .with("threshold", Value::Real(1.0)),
        "wire" => Settings::none()
            .with("density", Value::Real(0.4))
            .with("dendrites", Value::Integer(2))
            .with("axons", Value::Integer(2)),
        // Whom nothing was done to may do something at once.
        "synaptic_elements" => Settings::none().with("initial", Value::Integer(2)).with("weight", Value::Real(0.5)),
        "tiny" | "fisher_growth" => Settings::none().with("search", Value::Flag(false)).with("gamma", Value::Real(1.0)),
        "senn" => Settings::none()
            .with("tau", Value::Real(0.0))
            .with("alpha", Value::Real(0.0))
            .with("cooldown", Value::Integer(0)),
        _ => Settings::none(),
    }
}

/// A method with those settings.
pub(crate) fn build(entry: &Entry) -> Box<dyn Strategy> {
    entry.strategy(settings(entry)).unwrap()
}

pub(crate) fn ledger() -> Ledger {
    let settings = Settings::none()
        .with("maturity", Value::Integer(5))
        .with("grace", Value::Integer(5))
        .with("generation", Value::Real(20.0));
    let mut settings = settings.with("supply", Value::Real(30.0));
    Ledger::build(&mut settings).unwrap()
}

pub(crate) fn benches() -> impl Strategy_ {
    let wirings = prop_oneof![
        Just(Wiring::None),
        Just(Wiring::Dense),
        (0.0..1.0f64).prop_map(|density| Wiring::Uniform { density }),
        (0..60u64).prop_map(|connections| Wiring::Count { connections }),
        (0..9u64).prop_map(|connections| Wiring::FanIn { connections }),
        (0.0..1.0f64, 0.0..1.0f64).prop_map(|(density, randomness)| Wiring::ReceptiveField { density, randomness }),
        (0.0..1.0f64, 0.0..1.0f64).prop_map(|(density, randomness)| Wiring::SmallWorld { density, randomness }),
    ];
    let sizes = (1..5u32, 0..9u32, 0..5u32, 1..4u32, 0..3u16);
    (sizes, wirings, any::<u64>(), any::<bool>(), any::<bool>()).prop_map(
        |((i, h, k, o, delay), wiring, seed, deep, accounts)| {
            let network = if deep { layers(&[i, h, k, o]) } else { recurrent([i, h, o], delay) };
            let mut bench = Bench::new(network, wiring, seed);
            bench.ledger = accounts.then(ledger);
            bench
        },
    )
}

use proptest::strategy::Strategy as ProptestStrategy;
pub(crate) trait Strategy_: ProptestStrategy<Value = Bench> {}
impl<T: ProptestStrategy<Value = Bench>> Strategy_ for T {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_law_holds_of_every_method(bench in benches()) {
        for entry in registry::ALL {
            for law in laws::ALL {
                let held = (law.check)(&mut *build(entry), &mut bench.clone());
                prop_assert!(held.is_ok(), "{}: {}: {held:?}", entry.name, law.that);
            }
        }
    }
}

#[test]
fn the_empty_and_the_full_network_are_tolerated() {
    for entry in registry::ALL {
        for network in [layers(&[0, 0, 0]), layers(&[3, 0, 2]), recurrent([2, 4, 1], 2)] {
            for wiring in [Wiring::None, Wiring::Dense] {
                let mut bench = Bench::new(network.clone(), wiring, 1);
                let mut strategy = build(entry);
                for _ in 0..3 {
                    bench.train(2);
                    bench.ask(&mut *strategy, Budget::unlimited());
                }
            }
        }
    }
}

#[test]
fn every_method_can_be_held_to_the_laws_as_one_of_ones_own() {
    for entry in registry::ALL {
        let settings = match entry.name {
            // Only who is the same may merge, where little may change.
            "overshoot" => {
                Settings::none().with("peak_step", Value::Integer(6)).with("settled_step", Value::Integer(12))
            }
            "merge" => Settings::none().with("correlation", Value::Real(0.999_999)),
            _ => settings(entry),
        };
        laws::hold(entry, &settings).unwrap();
    }
}
