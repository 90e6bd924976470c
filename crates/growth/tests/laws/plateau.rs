//! The economy settles where theory says, under the division and the death that are registered.

use crate::bench::{Bench, layers};
use crate::energy::economy;
use livenet_core::Move;
use livenet_growth::{Apoptosis, Budget, Cause, Daughters, Economy, Ledger, Mitosis, Mother, Strategy, Unit, Wiring};
use proptest::prelude::*;

const EVERY: u64 = 20;

/// Eight hidden neurons with accounts, each with an activity and a utility for life.
fn begin(economy: Economy, seed: u64) -> Bench {
    let mut bench = Bench::new(layers(&[1, 8, 1]), Wiring::Dense, seed);
    bench.ledger = Some(Ledger::new(economy));
    bench
}

fn ledger(bench: &Bench) -> &Ledger {
    bench.ledger.as_ref().unwrap()
}

/// What came of a life.
struct Life {
    divisions: usize,
    deaths: usize,
    /// Mean count of neurons over the last quarter, and the mean of what was predicted.
    settled: (f64, f64),
}

/// Lives for `steps` steps under division and starvation.
fn live(bench: &mut Bench, steps: u64) -> Life {
    let mut mitosis = Mitosis { mother: Mother::Utility, daughters: Daughters::Symmetric, count: usize::MAX };
    let mut apoptosis = Apoptosis { cause: Cause::Starvation, fraction: 1.0, ..Apoptosis::default() };
    let (mut divisions, mut deaths, mut settled) = (0, 0, (0.0, 0.0));
    let askings = steps / EVERY;
    for asking in 0..askings {
        bench.rest(EVERY);
        for strategy in [&mut mitosis as &mut dyn Strategy, &mut apoptosis] {
            let before = divisions;
            for proposal in bench.ask(strategy, Budget::unlimited()).proposals {
                match proposal.what {
                    Move::Divide { .. } => divisions += 1,
                    Move::Remove { .. } => deaths += 1,
                    other => panic!("{other:?}"),
                }
            }
            // A daughter is taken to cost what her mother does until the next settlement.
            let room = ledger(bench).room();
            assert!(divisions == before || room >= -1e-9, "{} passed the plateau, by {room}", divisions - before);
        }
        if asking >= askings - askings / 4 {
            let share = 1.0 / (askings / 4) as f64;
            settled.0 += share * ledger(bench).neurons() as f64;
            settled.1 += share * ledger(bench).plateau();
        }
    }
    Life { divisions, deaths, settled }
}

/// Neurons are whole.
fn is_at((got, predicted): (f64, f64)) -> bool {
    (got - predicted).abs() <= (0.03 * predicted).max(1.0)
}

#[track_caller]
fn assert_at_plateau(life: &Life) {
    assert!(is_at(life.settled), "{:?}: neurons, and predicted", life.settled);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn growth_ends_at_the_predicted_plateau(
        supply in 10.0..60.0f64, competition in prop_oneof![0.04..0.1f64, 0.1..0.4f64],
        quota in prop_oneof![Just(0.02), 0.02..0.5f64], seed: u64, unit in prop_oneof![Just(Unit::Mean), Just(Unit::Reference)],
    ) {
        let mut bench = begin(Economy { unit, quota, ..economy(supply, competition) }, seed);
        let life = live(&mut bench, 24_000);
        prop_assert!(is_at(life.settled), "{:?}: neurons, and predicted", life.settled);
        prop_assert_eq!(8 + life.divisions - life.deaths, ledger(&bench).neurons());
        // A newborn may come to cost more than its mother did: the reserve may be overdrawn by as much, less than one
        // neuron each of those that divide at once.
        if competition <= 0.1 - quota.max(1.0 / supply) {
            prop_assert_eq!(life.deaths, 0, "with competition within the reserve nobody starves");
        }
    }
}

#[test]
fn what_growth_leaves_free_is_the_reserve() {
    let mut bench = begin(economy(60.0, 0.2), 2);
    live(&mut bench, 40_000);
    let occupancy = ledger(&bench).cost() / ledger(&bench).supply();
    assert!((0.85..=0.9).contains(&occupancy), "{occupancy}");
}

#[test]
fn counted_in_mean_neurons_the_supply_is_a_number_of_neurons() {
    let mut bench = begin(Economy { unit: Unit::Mean, ..economy(50.0, 0.2) }, 7);
    assert_at_plateau(&live(&mut bench, 60_000));
    assert!((ledger(&bench).plateau() - 45.0).abs() < 1e-9);
}

#[test]
fn the_number_follows_a_shock_of_the_supply() {
    let mut bench = begin(economy(60.0, 0.2), 5);
    live(&mut bench, 40_000);
    let before = ledger(&bench).neurons();
    bench.ledger.as_mut().unwrap().resupply(24.0);
    let drought = live(&mut bench, 40_000);
    let after = ledger(&bench).neurons();
    assert!(drought.deaths > 0 && after < before / 2, "{} deaths, {before} to {after}", drought.deaths);
    // The dead leave by whole cohorts, so a drought overshoots before growth closes the gap.
    assert_at_plateau(&drought);
    bench.ledger.as_mut().unwrap().resupply(60.0);
    assert_at_plateau(&live(&mut bench, 40_000));
}

#[test]
fn a_saved_ledger_goes_on_as_the_first() {
    let mut bench = begin(economy(30.0, 0.3), 6);
    live(&mut bench, 3000);
    let bytes = postcard::to_stdvec(&ledger(&bench).save()).unwrap();
    let mut resumed = Ledger::new(economy(30.0, 0.3));
    resumed.load(postcard::from_bytes(&bytes).unwrap());
    let mut twin = Bench { ledger: Some(resumed), ..bench.clone() };
    live(&mut bench, 3000);
    live(&mut twin, 3000);
    assert_eq!(bench.ledger, twin.ledger);
}
