//! What holds of every registered method, over random small networks on the mock device.

use crate::bench::{Bench, layers, recurrent};
use livenet_core::{Role, Signals};
use livenet_growth::{Budget, Entry, Ledger, Settings, Strategy, Value, Verdict, Wiring, registry};
use proptest::prelude::*;

/// A method with settings under which it does something at this size.
pub(crate) fn build(entry: &Entry) -> Box<dyn Strategy> {
    let settings = match entry.name {
        "apoptosis" => Settings::none()
            .with("fraction", Value::Real(0.5))
            .with("maturity", Value::Integer(0))
            .with("threshold", Value::Real(5.0)),
        "continual_backprop" | "age_clock" => {
            Settings::none().with("rate", Value::Real(0.05)).with("maturity", Value::Integer(2))
        }
        // The benches go from method to method: whoever grows does so by little.
        "den" => Settings::none()
            .with("expand", Value::Integer(1))
            .with("dendrites", Value::Integer(2))
            .with("axons", Value::Integer(2))
            .with("splits", Value::Integer(1)),
        "firefly" => Settings::none().with("ratio", Value::Real(0.01)),
        "gng" => Settings::none().with("lambda", Value::Integer(1)),
        "neat" => Settings::none().with("add_node", Value::Real(1.0)).with("add_connection", Value::Real(1.0)),
        "merge" => Settings::none().with("correlation", Value::Real(0.2)),
        "splitting" => Settings::none().with("count", Value::Integer(1)),
        "snr" => Settings::none().with("rarity", Value::Real(1.0)).with("threshold", Value::Real(1e6)),
        "redo" => Settings::none().with("threshold", Value::Real(1.0)),
        "wire" => Settings::none()
            .with("density", Value::Real(0.4))
            .with("dendrites", Value::Integer(2))
            .with("axons", Value::Integer(2)),
        _ => Settings::none(),
    };
    entry.strategy(settings).unwrap()
}

fn ledger() -> Ledger {
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

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = (self.network.neuron_count(), self.network.synapse_count());
        write!(f, "{counts:?} neurons and connections, key {:?}, ledger {}", self.key, self.ledger.is_some())
    }
}

/// The names of inputs and outputs.
fn of_the_task(bench: &Bench) -> Vec<u64> {
    let network = &bench.network;
    network.neuron_rows().filter(|&row| network.role(row) != Role::Hidden).map(|row| network.id(row).number()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_proposal_is_legal_and_leaves_inputs_and_outputs_alone(mut bench in benches()) {
        for entry in registry::ALL {
            let mut strategy = build(entry);
            let mine = of_the_task(&bench);
            for _ in 0..4 {
                bench.train(7);
                // `ask` commits, and panics where the network refuses.
                let asked = bench.ask(&mut *strategy, Budget::unlimited());
                match asked.verdict {
                    Verdict::Proposed => prop_assert!(!asked.proposals.is_empty(), "{}", entry.name),
                    _ => prop_assert!(asked.proposals.is_empty(), "{}", entry.name),
                }
                prop_assert!(asked.proposals.iter().all(|proposal| !proposal.reason.rule.is_empty() && !proposal.priority.is_nan()), "{}", entry.name);
                prop_assert_eq!(of_the_task(&bench), mine.clone(), "{}", entry.name);
            }
        }
    }

    #[test]
    fn the_same_view_gives_the_same_moves(mut bench in benches()) {
        for entry in registry::ALL {
            let mut strategy = build(entry);
            bench.train(3);
            let mut twin = strategy.boxed_clone();
            let (one, two) = (bench.propose(&mut *strategy, Budget::unlimited()), bench.propose(&mut *twin, Budget::unlimited()));
            prop_assert_eq!(one.proposals, two.proposals, "{}", entry.name);
            prop_assert_eq!(one.later, two.later, "{}", entry.name);
            bench.ask(&mut *strategy, Budget::unlimited());
        }
    }

    #[test]
    fn the_budget_holds(mut bench in benches(), more in (0..3u64, 0..9u64, 1..20u64)) {
        for entry in registry::ALL {
            let mut strategy = build(entry);
            for _ in 0..3 {
                let (neurons, connections) = (bench.network.neuron_count() as u64, bench.network.synapse_count() as u64);
                let budget = Budget { neurons: Some(neurons + more.0), connections: Some(connections + more.1), edits: Some(more.2), cooldown: 0 };
                bench.train(3);
                let asked = bench.ask(&mut *strategy, budget);
                let cut = asked.cuts.iter().filter(|cut| matches!(cut.limit, livenet_growth::Limit::Edits { wanted, cap } if wanted <= cap));
                prop_assert_eq!(cut.count(), 0, "{}", entry.name);
                prop_assert!(bench.network.neuron_count() as u64 <= neurons + more.0, "{}", entry.name);
                prop_assert!(bench.network.synapse_count() as u64 <= connections + more.1, "{}", entry.name);
            }
        }
    }

    #[test]
    fn signals_that_nobody_computed_are_no_reason_to_fall_over(bench in benches()) {
        for entry in registry::ALL {
            let mut strategy = build(entry);
            let mut draft = livenet_core::Draft::new(&bench.network, 1);
            let signals = Signals::default();
            let view = livenet_growth::View { network: &bench.network, signals: &signals, step: 1, end: None, budget: Budget::unlimited(), ledger: None, key: bench.key };
            strategy.propose(&view, &mut draft);
            bench.network.accepts(&draft.finish()).unwrap();
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
fn nothing_is_computed_that_nobody_names() {
    for entry in registry::ALL {
        let mut bench = Bench::new(layers(&[3, 4, 2]), Wiring::Dense, 1);
        let mut strategy = build(entry);
        let needs = strategy.needs();
        bench.ask(&mut *strategy, Budget::unlimited());
        let calls = bench.device.calls();
        assert_eq!(calls.signals, needs, "{}", entry.name);
        assert!(calls.unobserved.is_empty(), "{}: {:?}", entry.name, calls.unobserved);
    }
}
