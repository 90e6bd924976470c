//! What a ledger does with what happens to it: its books balance.

use crate::bench::layers;
use livenet_core::{
    Birth, Draft, Follower as _, Move, Network, Neurons, Origin, Role, Row, Signal, Signals, StreamKey,
};
use livenet_growth::{Costs, Economy, Ledger, Unit};
use proptest::prelude::*;

pub(crate) fn economy(supply: f64, competition: f64) -> Economy {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

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
