//! What a ledger does with what happens to it: its books balance.

use crate::bench::{Bench, layers};
use livenet_core::{
    Birth, Draft, Follower as _, Mark, Move, Network, Neurons, Origin, Role, Row, Scope, Signal, Signals, StreamKey,
    Synapse,
};
use livenet_growth::{Costs, Economy, Ledger, Supply, Unit, Wiring};
use proptest::prelude::*;

pub(crate) fn economy(supply: f64, competition: f64) -> Economy {
    Economy {
        supply,
        source: Supply::Fixed,
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

/// Proposes what the network allows of it.
fn happening(network: &Network, draft: &mut Draft<'_>, what: u8, who: u32) {
    let rows: Vec<Row<Neurons>> = hidden(network).collect();
    let Some(&row) = rows.get(who as usize % rows.len().max(1)) else { return };
    let (neuron, other) = (network.id(row), network.id(rows[(who as usize + 1) % rows.len()]));
    let newborn = draft.name();
    let spec = network.spec(row).clone();
    let what = match what {
        0 => Move::Divide { mother: neuron, daughter: newborn, share: 0.5 },
        1 => Move::Remove { neuron, mean: 0.0 },
        2 => Move::Renew { old: neuron, new: newborn, birth: Birth::Value(0.0), mean: 0.0 },
        3 => Move::Merge { kept: neuron, gone: other, by: 0.5 },
        4 => Move::Add { neuron: newborn, spec, origin: Origin::Fresh },
        _ => Move::Rebias { neuron, plus: 0.1 },
    };
    // Whom an earlier move of the draft removed can do nothing more.
    let _refused = draft.propose(what);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance_at_every_settlement_and_every_commit(
        supply in 0.1..50.0f64, competition in 0.0..=1.0f64, seed: u64, unit in prop_oneof![Just(Unit::Mean), Just(Unit::Reference)],
        happenings in prop::collection::vec((prop::collection::vec((0..6u8, 0..64u32), 0..5), 0..300u64), 1..40),
    ) {
        let mut network = Bench::new(layers(&[2, 6, 2]), Wiring::Dense, seed).network;
        let mut ledger = Ledger::new(Economy { unit, ..economy(supply, competition) });
        let mut before = 0.0;
        for (moves, steps) in happenings {
            if moves.is_empty() {
                ledger.advance(&network, &signals(&network, StreamKey::new(seed, "life")), steps);
            } else {
                let mut draft = Draft::new(&network, 0);
                for &(what, who) in &moves {
                    happening(&network, &mut draft, what, who);
                }
                let finished = draft.finish();
                let commit = network.commit(finished).unwrap();
                ledger.follow(&network, &commit);
            }
            let (books, store) = (ledger.take_books(), ledger.store());
            let turnover = books.income + books.cost + books.spilled + books.forgiven + before + store;
            prop_assert!((books.income - books.cost - books.spilled + books.forgiven - (store - before)).abs() <= 1e-13 * turnover, "{books:?}: {before} to {store}");
            prop_assert_eq!(books.balance(), books.income - books.cost - books.spilled + books.forgiven);
            prop_assert!(books.endowed <= books.income && books.divisions <= books.cost && books.lost <= books.spilled, "{books:?}");
            let stores: Vec<f64> = hidden(&network).map(|row| ledger.account_of(row).unwrap().store).collect();
            prop_assert!(stores.iter().all(|store| (0.0..=100.0).contains(store)), "{stores:?}");
            before = store;
        }
    }

    #[test]
    fn costs_are_the_formula(seed: u64, plasticity in 0.0..9.0f64, silent: u64, broken in 0..12usize) {
        let mut network = Bench::new(layers(&[3, 4, 2]), Wiring::Dense, seed).network;
        let mute: Vec<Synapse> = network.synapses().map(|(_, at)| at).enumerate().filter(|(at, _)| silent >> at & 1 == 1).map(|(_, at)| at).collect();
        let mut draft = Draft::new(&network, 0);
        for &at in &mute {
            draft.propose(Move::Mark { at: Scope::Synapse(at), mark: Mark::Silent }).unwrap();
        }
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let key = StreamKey::new(seed, "costs");
        let drawn: Vec<f32> = (0..network.synapse_count()).map(|at| key.normal(at as u64, 0) as f32).collect();
        let updates: Vec<f32> = drawn.iter().map(|weight| weight * 0.01).collect();
        let mut signals = signals(&network, key);
        let said = signals.values(Signal::OutputMagnitude).to_vec();
        let heard = |at: usize| {
            let speaks = !network.marks()[at].is_silent();
            if speaks { f64::from(drawn[at].abs()) * f64::from(said[network.pres()[at] as usize]) } else { 0.0 }
        };
        let drive = |row| network.incoming(row).map(heard).sum::<f64>() as f32;
        let mut drives: Vec<f32> = network.neuron_rows().map(drive).collect();
        // What is no number is no cost.
        if let Some(drive) = drives.get_mut(broken) { *drive = f32::NAN }
        signals.put(Signal::Drive, drives.clone());
        signals.put(Signal::UpdateSize, updates.clone());
        let costs = Costs { plasticity, ..Costs::of_reference(7.0, 0.3, 2.0) };
        let mut ledger = Ledger::new(Economy { costs, ..economy(10.0, 0.2) });
        ledger.advance(&network, &signals, 1);
        let a = signals.values(Signal::OutputMagnitude);
        for row in hidden(&network) {
            let drive = Some(f64::from(drives[row.index()])).filter(|drive| drive.is_finite()).unwrap_or(0.0);
            let change: f64 = network.incoming(row).map(|at| f64::from(updates[at].abs())).sum();
            let by_hand = 0.275 + 0.125 * network.incoming(row).len() as f64 / 7.0 + 0.16 * f64::from(a[row.index()]) / 0.3 + 0.44 * drive / 2.0 + plasticity * change;
            let got = ledger.account_of(row).unwrap().cost;
            prop_assert!((got - by_hand).abs() <= 1e-12 * by_hand, "{got} and {by_hand} by hand");
        }
    }
}

#[test]
fn a_reference_neuron_costs_one() {
    let costs = Costs::of_reference(16.0, 0.5, 1.0);
    assert!((costs.base + 16.0 * costs.connection + 0.5 * costs.activity + costs.drive - 1.0).abs() < 1e-12);
}

#[test]
fn an_account_shows_store_cost_age_and_income() {
    let mut network = layers(&[1, 2, 1]);
    let mut ledger = Ledger::new(economy(50.0, 0.2));
    assert_eq!(ledger.account_of(Row::new(1)), None, "nothing was seen yet");
    ledger.advance(&network, &Signals::default(), 3);
    let of = |ledger: &Ledger, row| ledger.account_of(Row::new(row));
    // Nothing is heard and nothing said: rest and housekeeping remain. Nobody is useful, so the competed part is shared evenly.
    let (cost, income) = (0.275, 0.275 + 0.2 * 50.0 / 2.0);
    let view = of(&ledger, 1).unwrap();
    assert_eq!((view.cost, view.age), (cost, 3));
    assert!(
        (view.income - income).abs() < 1e-12 && (view.store - (30.0 + 3.0 * (income - cost))).abs() < 1e-12,
        "{view:?}"
    );
    assert_eq!((of(&ledger, 0), of(&ledger, 3)), (None, None), "inputs and outputs have no account");
    let mother = network.id(Row::new(1));
    let daughter = network.births().clone().next();
    commit(&mut network, &mut ledger, vec![Move::Divide { mother, daughter, share: 0.5 }]);
    for id in [mother, daughter] {
        let row = network.row(id).unwrap();
        let now = ledger.account_of(row).unwrap();
        assert_eq!((now.age, now.cost, now.income), (0, view.cost, view.income));
    }
}
