//! What a method promises about the function holds at the moment of its commit.

use crate::bench::{layers, recurrent};
use crate::conformance::{build, ledger};
use livenet_core::Signals;
use livenet_growth::laws::Living;
use livenet_growth::{Contract, Daughters, Ledger, Mitosis, Mother, Settings, Value, registry};
use proptest::prelude::*;

fn living() -> impl Strategy<Value = Living> {
    let shape = (1..4u32, 1..7u32, 1..5u32, 1..4u32, 0..3u16);
    (shape, 0.3..1.0f64, any::<u64>(), any::<bool>()).prop_map(|((i, h, k, o, delay), density, seed, deep)| {
        Living::new(if deep { layers(&[i, h, k, o]) } else { recurrent([i, h, o], delay) }, density, seed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_promises_exactness_keeps_it(living in living()) {
        for entry in registry::ALL.iter().filter(|entry| entry.contract == Contract::Exact) {
            let (change, moves) = living.change(&mut *build(entry));
            prop_assert!(change <= 1e-6, "{}: {change} after {moves} moves", entry.name);
        }
    }

    #[test]
    fn division_is_exact_whoever_divides_and_however_daughters_part(living in living(), share in 0.01..0.99f32) {
        for mother in [Mother::Utility, Mother::Gradient, Mother::Splitting, Mother::Age] {
            for daughters in [Daughters::Symmetric, Daughters::Noise(0.5), Daughters::Share(share)] {
                let (change, moves) = living.change(&mut Mitosis { mother, daughters, count: 9 });
                prop_assert!(change <= 1e-6, "{mother:?} {daughters:?}: {change} after {moves} moves");
            }
        }
    }
}

#[test]
fn who_promises_to_change_little_does() {
    for entry in registry::ALL.iter().filter(|entry| entry.contract == Contract::Near) {
        let mut most = (0.0f32, 0);
        for seed in 0..8 {
            for (network, density) in [(layers(&[3, 6, 4, 2]), 0.8), (recurrent([2, 6, 2], 1), 0.5)] {
                let mut living = Living::new(network, density, seed);
                let mut method = if entry.name == "merge" {
                    // Copies of one another: what was divided is merged again.
                    let mut mitosis = Mitosis { mother: Mother::Age, daughters: Daughters::Symmetric, count: 3 };
                    living.ask(&mut mitosis);
                    entry.strategy(Settings::none().with("correlation", Value::Real(0.999_999))).unwrap()
                } else {
                    build(entry)
                };
                if entry.name != "merge" {
                    living.cross(&mut *method);
                }
                let (change, moves) = living.change(&mut *method);
                most = (most.0.max(change), most.1 + moves);
            }
        }
        assert!(most.0 <= 1e-3 && most.1 > 0, "{}: {most:?}", entry.name);
    }
}

/// Accounts that were opened and settled once.
fn accounts(living: &Living) -> Ledger {
    let mut ledger = ledger();
    ledger.advance(&living.network, &Signals::default(), 1);
    ledger
}

#[test]
fn the_measure_sees_who_promises_nothing() {
    let benches: Vec<Living> = (0..4)
        .flat_map(|seed| {
            [(layers(&[3, 6, 4, 2]), 0.8), (recurrent([2, 6, 2], 1), 0.5)].map(|(n, d)| Living::new(n, d, seed))
        })
        .collect();
    for entry in registry::ALL {
        let kept = |living: &Living| {
            let mut living = living.clone();
            // In want of energy nobody is without accounts.
            living.ledger = (entry.name == "retraction").then(|| accounts(&living));
            living.change(&mut *build(entry))
        };
        let seen: Vec<(f32, usize)> = benches.iter().map(kept).collect();
        let most = seen.iter().map(|seen| seen.0).fold(0.0, f32::max);
        match entry.contract {
            Contract::Exact => assert!(most <= 1e-6, "{}: {seen:?}", entry.name),
            Contract::Near => continue,
            Contract::None => assert!(most > 1e-2, "{} promises nothing and keeps it all: {seen:?}", entry.name),
        }
        assert!(entry.name == "still" || seen.iter().all(|seen| seen.1 > 0), "{} does nothing: {seen:?}", entry.name);
    }
}
