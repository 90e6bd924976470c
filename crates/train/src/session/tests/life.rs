//! Energy, shared budgets and plasticity in sessions.

use super::{data, every_step, learning, on_cpu, on_mock, pair, scripted};
use crate::session::{Continuity, Event, Grower, Learning, Session};
use livenet_core::{Birth, Mark, Move, NeuronId, Scope, Signal};
use livenet_growth::{Aborted, Budget, Damage, Gain, Ledger, Registry, Settings, Value, Verdict, When, WhenState, Why};

/// A strategy by name, asked at every step.
fn living(name: &str, settings: Settings) -> Grower {
    let strategy = Registry::standard().find(name).unwrap().strategy(settings).unwrap();
    Grower::new(name, strategy, WhenState::new(When::Every { steps: 1, from: 0, until: None }), Budget::unlimited())
}

fn ledger() -> Ledger {
    let numbers = [("supply", 6.0), ("competition", 0.6), ("capacity", 8.0), ("threshold", 4.0), ("generation", 3.0)];
    let settings = numbers.into_iter().fold(Settings::none(), |all, (name, value)| all.with(name, Value::Real(value)));
    Ledger::build(&mut settings.with("maturity", Value::Integer(2)).with("grace", Value::Integer(3))).unwrap()
}

/// How many divided or died while the books balanced at every step.
fn balances(mut session: Session) -> u32 {
    let source = data(Continuity::Carried);
    let (mut before, mut lived) = (0.0, 0);
    for step in 0..60 {
        session.step(&source).unwrap();
        let ledger = session.ledger().unwrap();
        let (books, store) = (*ledger.books(), ledger.store());
        let error = books.balance() - (store - before);
        assert!(error.abs() <= 1e-12 * (1.0 + store + books.income), "step {step}: {error} in {books:?}");
        session.report();
        before = store;
        for event in session.take_events() {
            match event {
                Event::Committed { census, .. } => lived += census.divided + census.died,
                Event::Energy { store, income, cost, spilled, forgiven, .. } => {
                    assert_eq!(store, before);
                    let told = (income - cost - spilled + forgiven) * books.steps as f64;
                    assert!((told - books.balance()).abs() < 1e-9);
                }
                Event::Accounts { of, .. } => {
                    let sum: f64 = of.iter().map(|one| f64::from(one.energy)).sum();
                    assert!((sum - before).abs() < 1e-3 && of.is_sorted_by_key(|one| one.neuron));
                }
                _ => {}
            }
        }
    }
    lived
}

#[test]
fn the_books_balance_at_every_step_of_a_recurrent_life() {
    let growers = || {
        let starves = Settings::none().with("by", Value::Text("starvation".to_owned()));
        let cycles = Settings::none().with("synthesis", Value::Integer(1)).with("maturity", Value::Integer(2));
        vec![living("apoptosis", starves), living("cell_cycle", cycles)]
    };
    assert!(balances(on_cpu(learning(0.1, None), growers()).with_ledger(ledger())) > 0, "nobody divided or died");
    // What a mock device says is made up: whether anybody lives by it is nobody's claim.
    balances(on_mock(learning(0.1, None), growers()).with_ledger(ledger()));
}

/// Cycles that begin a copy at step 2 and are done with it at step 5.
fn copying() -> Grower {
    let whole = |settings: Settings, (name, value)| settings.with(name, Value::Integer(value));
    let settings = [("maturity", 2), ("synthesis", 3)].into_iter().fold(Settings::none(), whole);
    living("cell_cycle", settings.with("quota", Value::Real(1.0)))
}

/// What five steps tell of `cell_cycle`, in order.
fn told_of_copies(mut session: Session) -> Vec<Event> {
    for _ in 0..5 {
        session.step(&data(Continuity::Fresh)).unwrap();
    }
    let of_cycle = |event: &Event| matches!(event, Event::Aborted { strategy, .. } | Event::Committed { strategy, .. } if strategy == "cell_cycle");
    session.take_events().into_iter().filter(of_cycle).collect()
}

#[test]
fn a_copy_that_is_given_up_is_told_with_its_neuron_and_its_cause_beside_what_divides() {
    let freezes = scripted(Vec::new(), |view, draft, _| {
        if view.step != 4 {
            return Verdict::Nothing(Why::Still);
        }
        draft.propose(Move::Mark { at: Scope::Neuron(NeuronId::new(3)), mark: Mark::Frozen }).unwrap();
        Verdict::Proposed
    });
    let growers = vec![every_step("freezes", freezes, Budget::unlimited()), copying()];
    let told = told_of_copies(on_mock(learning(0.1, None), growers));
    let [Event::Aborted { step: 5, of, .. }, Event::Committed { step: 5, census, .. }, ..] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(of[..], [Aborted { neuron: NeuronId::new(3), begun: 2, damage: Damage::Frozen }]);
    assert_eq!(census.divided, 2, "the two others do");
}

#[test]
fn copies_that_energy_does_not_pay_any_more_are_told_though_nothing_is_committed() {
    // Enough for everybody to begin, and from the third step on nothing comes in.
    let drought = Value::List(vec![Value::List(vec![Value::Integer(3), Value::Real(1e-6)])]);
    let numbers = [("supply", 20.0), ("capacity", 3.0), ("threshold", 2.0), ("endowment", 3.0), ("generation", 3.0)];
    let settings = numbers.into_iter().fold(Settings::none(), |all, (name, value)| all.with(name, Value::Real(value)));
    let mut settings = settings
        .with("supply_kind", Value::Text("scheduled".to_owned()))
        .with("schedule", drought)
        .with("quota", Value::Real(1.0))
        .with("maturity", Value::Integer(0));
    let ledger = Ledger::build(&mut settings).unwrap();
    let told = told_of_copies(on_cpu(learning(0.1, None), vec![copying()]).with_ledger(ledger));
    let [Event::Aborted { step: 5, of, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(of.iter().map(|each| each.neuron.number()).collect::<Vec<_>>(), [2, 3, 4]);
    for each in of {
        let Damage::NoEnergy { have, need } = each.damage else { panic!("{each:?}") };
        assert!(each.begun == 2 && have < need, "{each:?}");
    }
}

#[test]
fn strategies_share_the_edits_of_a_step() {
    let two = scripted(Vec::new(), |_, draft, _| {
        let at = vec![(pair(3, 0), 0), (pair(2, 1), 0)];
        draft.propose(Move::Grow { at, birth: Birth::Value(0.1) }).unwrap();
        Verdict::Proposed
    });
    let one = scripted(Vec::new(), |_, draft, _| {
        draft.propose(Move::Connect { at: pair(4, 0), delay: 0, birth: Birth::Value(0.1) }).unwrap();
        Verdict::Proposed
    });
    let growers = || [two.clone(), one.clone()].map(|one| every_step("connects", one, Budget::unlimited())).to_vec();
    let connections = |edits: Option<u64>| {
        let shared = Budget { edits, ..Budget::unlimited() };
        let mut session = on_mock(learning(0.1, Some(9)), growers()).with_budget(shared);
        session.step(&data(Continuity::Fresh)).unwrap();
        let told = session.take_events();
        let unasked = |event: &&Event| matches!(event, Event::Unchanged { why: Why::OverBudget { cut: 0 }, .. });
        (session.network().synapse_count(), told.iter().filter(unasked).count())
    };
    // Six at the start; two of the first strategy, one of the second, if there is something left for it.
    assert_eq!([None, Some(3), Some(2)].map(connections), [(9, 0), (9, 0), (8, 1)]);
}

#[test]
fn the_young_learn_faster() {
    let weights = |learning: Learning| {
        let mut session = on_cpu(learning, Vec::new());
        session.step(&data(Continuity::Fresh)).unwrap();
        let network = session.network().clone();
        session.executor_mut().signals(&network, &[Signal::Weight]).values(Signal::Weight).to_vec()
    };
    let with = |critical: f32| {
        let gain = Some(Gain { critical, tau: 1.0, ..Gain::default() });
        weights(Learning { gain, ..learning(0.1, None) })
    };
    let (before, plain) = (weights(learning(0.0, None)), weights(learning(0.1, None)));
    // Born at step 0 and seen at step 0: the lead is whole.
    for ((before, plain), paced) in before.iter().zip(&plain).zip(with(2.0)) {
        assert!((paced - before - 3.0 * (plain - before)).abs() < 1e-6, "{before} {plain} {paced}");
    }
    assert_eq!(with(0.0), plain);
}
