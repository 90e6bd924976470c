//! Who may begin a copy, and which copies are given up.

use super::{Dish, accounts, copied, cycle};
use crate::bench::{Bench, group, layers};
use crate::energy::economy;
use livenet_core::{
    Activation, Draft, GroupId, Mark, Move, Network, NeuronId, NeuronSpec, Origin, Reach, Reason, Role, Row, Schedule,
    Scope, Signal, Signals, Synapse, Unit,
};
use livenet_growth::{
    Aborted, Budget, CellCycle, Cycle, Damage, Demand, Economy, Ledger, Phase, Strategy as _, Verdict, Why, Wiring,
};

#[test]
fn energy_and_nutrient_are_checked_at_the_restriction_point() {
    let mut dish = Dish::new(cycle(Demand::Always));
    accounts(&mut dish, 50.0);
    let asked = dish.ask(100);
    // Thirty in store, forty needed.
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::NoEnergy { have: 30.0, need: 40.0 })), "{:?}", asked.verdict);
    assert_eq!(dish.phase(2), Phase::G1, "it goes on saving");

    // Each costs rest and the housekeeping of two connections; nine tenths of the supply carry two more of them.
    let cost = dish.ledger.as_ref().unwrap().cost_of(Row::new(2));
    let mut dish = Dish::new(cycle(Demand::Always));
    accounts(&mut dish, 6.5 * cost / 0.9);
    let mut ledger = dish.ledger.take().unwrap();
    let rich = Economy { threshold: 20.0, ..ledger.economy().clone() };
    ledger = {
        let mut anew = Ledger::new(rich);
        anew.load(ledger.save());
        anew
    };
    dish.ledger = Some(ledger);
    dish.ask(100);
    let begun = (2..6).filter(|&number| dish.phase(number) == Phase::S).count();
    assert_eq!(begun, 2, "who begins a copy lays claim to its room");
    assert!(matches!(dish.ask(101).verdict, Verdict::Nothing(Why::NothingDue { .. })));
    assert_eq!((2..6).filter(|&number| dish.phase(number) == Phase::S).count(), 2, "and keeps it");
    let asked = dish.ask(120);
    assert_eq!(asked.now.len(), 2);
    for proposal in &asked.now {
        let Reason { rule, scores, .. } = &proposal.reason;
        assert!(rule.starts_with("checkpoints passed"), "{rule}");
        // Age at division, steps of the copy, store, room left.
        assert_eq!((scores[1], scores[2], scores[3]), (120.0, 20.0, 30.0), "{rule}: {scores:?}");
        assert_eq!(scores.len(), 5);
    }
}

#[track_caller]
fn aborts(mut dish: Dish, number: u64, damage: Damage) {
    let row = dish.network.row(NeuronId::new(number)).unwrap();
    assert_eq!(CellCycle::verify(&dish.view(120), row), Err(damage));
    let before = (dish.network.clone(), dish.cycle.aborts());
    let asked = dish.ask(120);
    let moves: Vec<Move> = asked.now.into_iter().map(|each| each.what).collect();
    assert!(!crate::division::mothers(&moves).contains(&number), "{damage:?}");
    assert_eq!(dish.phase(number), Phase::G1, "it goes back");
    let told = dish.cycle.aborted();
    assert_eq!(dish.cycle.aborts(), before.1 + told.len() as u64);
    let own: Vec<_> = told.iter().filter(|each| each.neuron == NeuronId::new(number)).collect();
    assert_eq!(own, [&Aborted { neuron: NeuronId::new(number), begun: 100, damage }], "it is told, and why");
    assert!(dish.cycle.aborted().is_empty(), "once");
    assert_eq!(dish.network.synapse_count(), before.0.synapse_count());
}

#[test]
fn what_is_damaged_goes_back_with_nothing_changed() {
    // A weight that is no number, of a dendrite and of an axon.
    for (post, pre) in [(3, 0), (6, 3)] {
        let mut dish = copied();
        let at = Synapse::new(NeuronId::new(post), NeuronId::new(pre));
        let (row, _) = dish.network.synapses().find(|(_, each)| *each == at).unwrap();
        let mut weights = vec![0.1; dish.network.synapse_count()];
        weights[row.index()] = f32::NAN;
        dish.signals.put(Signal::Weight, weights);
        aborts(dish, 3, Damage::NotFinite { signal: Signal::Weight, at: Some(at) });
    }
    let mut dish = copied();
    dish.hears(Signal::OutputMagnitude, [1.0, f32::INFINITY, 1.0, 1.0]);
    aborts(dish, 3, Damage::NotFinite { signal: Signal::OutputMagnitude, at: None });

    let mut dish = copied();
    let axon: Vec<Synapse> =
        dish.network.synapses().map(|(_, at)| at).filter(|at| at.pre == NeuronId::new(4)).collect();
    dish.commit(110, [Move::Prune { at: axon }]);
    aborts(dish, 4, Damage::Unwired { hears: 2, heard: 0 });

    let mut dish = copied();
    dish.commit(110, [Move::Mark { at: Scope::Neuron(NeuronId::new(5)), mark: Mark::Frozen }]);
    aborts(dish, 5, Damage::Frozen);
}

#[test]
fn what_the_economy_cannot_carry_any_more_goes_back() {
    let mut dish = Dish::new(cycle(Demand::Always));
    accounts(&mut dish, 50.0);
    let mut rich = Ledger::new(Economy { threshold: 20.0, ..dish.ledger.as_ref().unwrap().economy().clone() });
    rich.load(dish.ledger.as_ref().unwrap().save());
    dish.ledger = Some(rich);
    dish.ask(100);
    assert_eq!(dish.phase(2), Phase::S);
    let mut drought = Dish {
        network: dish.network.clone(),
        cycle: dish.cycle.clone(),
        ledger: dish.ledger.clone(),
        signals: dish.signals.clone(),
    };
    drought.ledger.as_mut().unwrap().resupply(1e-6);
    let ledger = drought.ledger.as_ref().unwrap();
    let (cost, room) = (ledger.cost_of(Row::new(2)) as f32, ledger.room() as f32);
    assert!(cost > 0.0 && room < 0.0, "{cost} {room}");
    aborts(drought, 2, Damage::NoRoom { cost, room });
    let ledger = dish.ledger.as_mut().unwrap();
    ledger.resupply(1e-6);
    ledger.advance(&dish.network, &dish.signals, 1000);
    ledger.resupply(50.0);
    let need = ledger.division_cost() as f32;
    assert!(need > 0.0);
    aborts(dish, 2, Damage::NoEnergy { have: 0.0, need });
}

#[test]
fn a_copy_out_of_reach_is_not_made() {
    // Who listens hears what is near, and one that moved away is still wired.
    let reach = |heard| Reach::groups([GroupId::new(heard)]).within(1.0);
    let groups =
        vec![group(Role::Input, Reach::nobody()), group(Role::Hidden, reach(0)), group(Role::Output, reach(1))];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    let names: Vec<NeuronId> = (0..4).map(|_| draft.name()).collect();
    let spec = |at: u16| NeuronSpec::of(GroupId::new(at), Unit::rate(Activation::Linear));
    for (at, &neuron) in [0, 1, 1, 2].into_iter().zip(&names) {
        draft.propose(Move::Add { neuron, spec: spec(at), origin: Origin::Seed }).unwrap();
    }
    for hidden in [names[1], names[2]] {
        for at in [Synapse::new(hidden, names[0]), Synapse::new(names[3], hidden)] {
            draft.propose(Move::Connect { at, birth: livenet_core::Birth::Value(0.5), delay: 0 }).unwrap();
        }
    }
    let finished = draft.finish();
    network.commit(finished).unwrap();
    let mut dish =
        Dish { network, cycle: CellCycle::new(cycle(Demand::Always)), ledger: None, signals: Signals::default() };
    dish.ask(100);
    let away = NeuronSpec { position: [9.0, 0.0], ..dish.network.spec(Row::new(1)).clone() };
    dish.commit(110, [Move::Retune { neuron: names[1], spec: away }]);
    let row = |id| dish.network.row(id).unwrap();
    assert_eq!(CellCycle::verify(&dish.view(120), row(names[2])), Ok(()));
    let at = Synapse::new(names[1], names[0]);
    aborts(dish, names[1].number(), Damage::OutOfReach { at });
}

#[test]
fn under_accounts_it_grows_to_the_plateau() {
    let mut bench = Bench::new(layers(&[1, 8, 1]), Wiring::Dense, 3);
    bench.ledger = Some(Ledger::new(Economy { quota: 0.1, ..economy(40.0, 0.05) }));
    let given = Cycle { maturity: 50, synthesis: 30, lengthening: 1.0, ..cycle(Demand::Always) };
    let mut method = CellCycle::new(given);
    for _ in 0..1200 {
        bench.rest(20);
        bench.ask(&mut method, Budget::unlimited());
        let ledger = bench.ledger.as_ref().unwrap();
        assert!(ledger.cost() <= ledger.supply(), "{} of {}", ledger.cost(), ledger.supply());
    }
    let ledger = bench.ledger.as_ref().unwrap();
    let (got, predicted) = (ledger.neurons() as f64, ledger.plateau());
    assert!((got - predicted).abs() <= (0.03 * predicted).max(1.0), "{got} neurons, {predicted} predicted");
}
