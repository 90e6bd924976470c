//! The economy settles where theory says, and its books balance.

use crate::bench::layers;
use livenet_core::{
    Birth, Draft, Follower as _, Move, Network, Neurons, Origin, Role, Row, Signal, Signals, StreamKey,
};
use livenet_growth::{Costs, Economy, Ledger, Unit};
use proptest::prelude::*;

fn economy(supply: f64, competition: f64) -> Economy {
    Economy {
        supply,
        competition,
        reserve: 0.1,
        capacity: 100.0,
        threshold: 60.0,
        endowment: 30.0,
        generation: 80.0,
        maturity: 100,
        grace: 100,
        quota: 0.02,
        costs: Costs::of_reference(16.0, 0.5, 1.0),
        unit: Unit::Reference,
    }
}

/// Activities and utilities that belong to the neurons for life.
fn signals(network: &Network, key: StreamKey) -> Signals {
    let draw = |a| network.neuron_rows().map(|row| key.uniform(network.id(row).number(), a) as f32).collect();
    let mut signals = Signals::default();
    signals.put(Signal::OutputMagnitude, draw(0));
    signals.put(Signal::Utility, draw(1));
    signals
}

fn hidden(network: &Network) -> impl Iterator<Item = Row<Neurons>> + '_ {
    network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden)
}

fn commit(network: &mut Network, ledger: &mut Ledger, moves: Vec<Move>) {
    let mut draft = Draft::new(network, 0);
    for what in moves {
        draft.propose(what).unwrap();
    }
    let finished = draft.finish();
    let commit = network.commit(finished).unwrap();
    ledger.follow(network, &commit);
}

/// Lives for `steps` steps under the rules of division and starvation; returns (divisions, deaths).
fn live(network: &mut Network, ledger: &mut Ledger, key: StreamKey, steps: u64) -> (usize, usize) {
    const EVERY: u64 = 20;
    let (mut divisions, mut deaths) = (0, 0);
    for _ in 0..steps / EVERY {
        ledger.advance(network, &signals(network, key), EVERY);
        let mut mothers: Vec<Row<Neurons>> = hidden(network).filter(|&row| ledger.ready(row)).collect();
        mothers.sort_by(|&a, &b| ledger.energy(b).total_cmp(&ledger.energy(a)).then(a.cmp(&b)));
        let mut room = ledger.room();
        let mut births = network.births().clone();
        let mut moves = Vec::new();
        for &row in mothers.iter().take(ledger.quota()).filter(|&&row| {
            room -= ledger.cost_of(row);
            room >= 0.0
        }) {
            moves.push(Move::Divide { mother: network.id(row), daughter: births.next(), share: 0.5 });
        }
        divisions += moves.len();
        let starved: Vec<Row<Neurons>> = hidden(network).filter(|&row| ledger.starved(row)).collect();
        deaths += starved.len();
        moves.extend(starved.into_iter().map(|row| Move::Remove { neuron: network.id(row), mean: 0.0 }));
        if !moves.is_empty() {
            commit(network, ledger, moves);
        }
    }
    (divisions, deaths)
}

fn assert_at_plateau(ledger: &Ledger) {
    let (got, predicted) = (ledger.neurons() as f64, ledger.plateau());
    // Neurons are whole.
    assert!((got - predicted).abs() <= (0.03 * predicted).max(1.0), "{got} neurons, predicted {predicted}");
}

#[test]
fn growth_ends_at_the_predicted_plateau() {
    for (supply, competition, seed) in [(30.0, 0.05, 1), (60.0, 0.2, 2), (60.0, 0.4, 3), (20.0, 0.2, 4)] {
        let mut network = layers(&[1, 8, 1]);
        let mut ledger = Ledger::new(economy(supply, competition));
        let (divisions, deaths) = live(&mut network, &mut ledger, StreamKey::new(seed, "life"), 60_000);
        assert_at_plateau(&ledger);
        assert_eq!(8 + divisions - deaths, ledger.neurons());
        let occupancy = ledger.cost() / ledger.supply();
        assert!((0.85..=0.9).contains(&occupancy), "{occupancy}");
        if competition < 0.1 {
            assert_eq!(deaths, 0, "with competition at or below the reserve nobody starves");
        }
    }
}

#[test]
fn counted_in_mean_neurons_the_supply_is_a_number_of_neurons() {
    let mut network = layers(&[1, 8, 1]);
    let mut ledger = Ledger::new(Economy { unit: Unit::Mean, ..economy(50.0, 0.2) });
    live(&mut network, &mut ledger, StreamKey::new(7, "life"), 60_000);
    assert!((ledger.plateau() - 45.0).abs() < 1e-9);
    assert_at_plateau(&ledger);
}

#[test]
fn the_number_follows_a_shock_of_the_supply() {
    let mut network = layers(&[1, 8, 1]);
    let mut ledger = Ledger::new(economy(60.0, 0.2));
    let key = StreamKey::new(5, "life");
    live(&mut network, &mut ledger, key, 40_000);
    let before = ledger.neurons();
    ledger.resupply(24.0);
    let (_, deaths) = live(&mut network, &mut ledger, key, 40_000);
    assert!(deaths > 0 && ledger.neurons() < before / 2, "{deaths} deaths, {before} to {}", ledger.neurons());
    // The dead leave by whole cohorts, so a drought overshoots before growth closes the gap.
    assert_at_plateau(&ledger);
    ledger.resupply(60.0);
    live(&mut network, &mut ledger, key, 40_000);
    assert_at_plateau(&ledger);
}

#[test]
fn a_division_is_paid_and_what_is_left_is_halved() {
    let mut network = layers(&[1, 2, 1]);
    let mut ledger = Ledger::new(economy(50.0, 0.2));
    ledger.advance(&network, &signals(&network, StreamKey::new(1, "life")), 1);
    let mother = network.id(Row::new(1));
    let (before, price) = (ledger.energy(Row::new(1)), ledger.division_cost());
    let daughter = network.births().clone().next();
    commit(&mut network, &mut ledger, vec![Move::Divide { mother, daughter, share: 0.5 }]);
    let of = |id| ledger.energy(network.row(id).unwrap());
    assert_eq!((of(mother), of(daughter)), ((before - price) / 2.0, (before - price) / 2.0));
    assert_eq!(ledger.books().divisions, price);
}

#[test]
fn a_saved_ledger_goes_on_as_the_first() {
    let mut network = layers(&[1, 8, 1]);
    let key = StreamKey::new(6, "life");
    let mut ledger = Ledger::new(economy(30.0, 0.3));
    live(&mut network, &mut ledger, key, 3000);
    let bytes = postcard::to_stdvec(&ledger.save()).unwrap();
    let mut resumed = Ledger::new(economy(30.0, 0.3));
    resumed.load(postcard::from_bytes(&bytes).unwrap());
    let mut twin = network.clone();
    live(&mut network, &mut ledger, key, 3000);
    live(&mut twin, &mut resumed, key, 3000);
    assert_eq!(ledger, resumed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance(
        supply in 0.1..50.0f64, competition in 0.0..=1.0f64, seed: u64,
        happenings in prop::collection::vec((0..4u8, 0..64u32, 1..300u64), 1..40),
    ) {
        let mut network = layers(&[2, 6, 2]);
        let mut ledger = Ledger::new(economy(supply, competition));
        let mut turnover = 0.0;
        let mut account = 0.0;
        for (what, who, steps) in happenings {
            let rows: Vec<Row<Neurons>> = hidden(&network).collect();
            let chosen = rows.get(who as usize % rows.len().max(1)).map(|&row| network.id(row));
            let newborn = network.births().clone().next();
            let spec = network.spec(Row::new(2)).clone();
            match (what, chosen) {
                (0, Some(mother)) => commit(&mut network, &mut ledger, vec![Move::Divide { mother, daughter: newborn, share: 0.5 }]),
                (1, Some(neuron)) if rows.len() > 1 => commit(&mut network, &mut ledger, vec![Move::Remove { neuron, mean: 0.0 }]),
                (2, Some(old)) => commit(&mut network, &mut ledger, vec![Move::Renew { old, new: newborn, birth: Birth::Value(0.0), mean: 0.0 }]),
                (3, _) if steps % 2 == 0 => commit(&mut network, &mut ledger, vec![Move::Add { neuron: newborn, spec, origin: Origin::Fresh }]),
                _ => ledger.advance(&network, &signals(&network, StreamKey::new(seed, "life")), steps),
            }
            let books = ledger.take_books();
            account += books.balance();
            turnover += books.income + books.cost + books.endowed + books.lost;
            prop_assert!((account - ledger.store()).abs() <= 1e-12 * turnover.max(1.0), "{account} in the books, {} in store", ledger.store());
            let stores: Vec<f64> = hidden(&network).map(|row| ledger.energy(row)).collect();
            prop_assert!(stores.iter().all(|store| (0.0..=100.0).contains(store)), "{stores:?}");
        }
    }
}
