//! The cycle of a neuron: its phases, its checkpoints, and what becomes of those who pass.

use crate::bench::{Bench, group, layers};
use crate::conformance::benches;
use crate::energy::economy;
use livenet_core::{
    Activation, Draft, Follower as _, GroupId, Mark, Move, Network, NeuronId, NeuronSpec, Origin, Reach, Reason, Role,
    Row, Schedule, Scope, Signal, Signals, StreamKey, Synapse, Unit,
};
use livenet_growth::{
    Aborted, Budget, CellCycle, Cycle, Damage, Daughters, Demand, Economy, Ledger, Phase, Registry, Settings, Strategy,
    Value, Verdict, View, Why, Wiring, laws,
};
use proptest::prelude::*;

/// A network, a cycle beside it, and accounts if there are any.
struct Dish {
    network: Network,
    cycle: CellCycle,
    ledger: Option<Ledger>,
    signals: Signals,
}

/// What came of an asking.
struct Asked {
    verdict: Verdict,
    now: Vec<livenet_core::Proposal>,
    later: Vec<Move>,
}

impl Dish {
    /// Four hidden neurons, 2 to 5, wired densely; all ask for division unless told otherwise.
    fn new(cycle: Cycle) -> Self {
        let network = Bench::new(layers(&[2, 4, 2]), Wiring::Dense, 1).network;
        Self { network, cycle: CellCycle::new(cycle), ledger: None, signals: Signals::default() }
    }

    /// Hidden neurons have these values of a signal.
    fn hears(&mut self, signal: Signal, hidden: [f32; 4]) {
        self.signals = Signals::default();
        self.signals.put(signal, [&[9.0, 9.0][..], &hidden, &[9.0, 9.0]].concat());
    }

    fn view(&self, step: u64) -> View<'_> {
        View {
            network: &self.network,
            signals: &self.signals,
            step,
            end: None,
            budget: Budget::unlimited(),
            ledger: self.ledger.as_ref(),
            key: StreamKey::new(1, "dish"),
        }
    }

    fn ask(&mut self, step: u64) -> Asked {
        let mut cycle = self.cycle.clone();
        let mut draft = Draft::new(&self.network, step);
        let verdict = cycle.propose(&self.view(step), &mut draft);
        let (now, later) = (draft.proposals().to_vec(), draft.later().map(|each| each.what.clone()).collect());
        self.cycle = cycle;
        Asked { verdict, now, later }
    }

    fn commit(&mut self, step: u64, moves: impl IntoIterator<Item = Move>) {
        let mut draft = Draft::new(&self.network, step);
        moves.into_iter().for_each(|what| draft.propose(what).unwrap());
        let finished = draft.finish();
        let commit = self.network.commit(finished).unwrap();
        self.cycle.follow(&self.network, &commit);
        if let Some(ledger) = &mut self.ledger {
            ledger.follow(&self.network, &commit);
        }
    }

    /// Asks and commits; says who divided.
    fn live(&mut self, step: u64) -> Vec<u64> {
        let asked = self.ask(step);
        let moves: Vec<Move> = asked.now.into_iter().map(|each| each.what).collect();
        let mothers = crate::division::mothers(&moves);
        self.commit(step, moves);
        mothers
    }

    fn phase(&self, number: u64) -> Phase {
        self.cycle.phase_of(self.network.row(NeuronId::new(number)).unwrap()).unwrap()
    }
}

fn cycle(demand: Demand) -> Cycle {
    Cycle { demand, division: Daughters::Symmetric, maturity: 100, synthesis: 20, lengthening: 1.5, quota: 1.0 }
}

#[test]
fn a_neuron_goes_through_its_phases_and_each_first_growth_is_longer_than_the_last() {
    let mut dish = Dish::new(cycle(Demand::Always));
    assert_eq!(dish.cycle.phase_of(Row::new(2)), None, "nothing was seen yet");
    let asked = dish.ask(99);
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::BelowThreshold { best: 99.0, threshold: 100.0 })));
    assert_eq!(dish.phase(3), Phase::G1);
    assert!(dish.ask(100).now.is_empty() && dish.phase(3) == Phase::S, "old enough, it begins its copy");
    assert!(dish.ask(119).now.is_empty() && dish.phase(3) == Phase::S, "which takes twenty steps");
    assert_eq!(dish.live(120), [2, 3, 4, 5]);
    assert!((2..6).chain(8..12).all(|number| dish.phase(number) == Phase::G1), "mothers and daughters begin anew");
    // 1.5 times as long.
    dish.ask(120 + 149);
    assert_eq!((dish.phase(3), dish.phase(9)), (Phase::G1, Phase::G1));
    dish.ask(120 + 150);
    assert_eq!((dish.phase(3), dish.phase(9)), (Phase::S, Phase::S));
    assert_eq!(dish.cycle.growth_steps(2), 225.0);
}

#[test]
fn all_phases_fit_in_one_asking_where_they_take_no_time() {
    let mut dish = Dish::new(Cycle { maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(dish.live(1).len(), 4);
}

#[test]
fn who_is_not_asked_rests_until_it_is_and_who_began_goes_on() {
    let mut dish = Dish::new(cycle(Demand::Blame));
    dish.hears(Signal::Blame, [0.1, 0.4, 0.2, 0.3]);
    dish.ask(100);
    // The mean of the group is a quarter.
    assert_eq!([2, 3, 4, 5].map(|number| dish.phase(number)), [Phase::G0, Phase::S, Phase::G0, Phase::S]);
    dish.hears(Signal::Blame, [0.4, 0.1, 0.2, 0.1]);
    let asked = dish.ask(120);
    let moves: Vec<Move> = asked.now.into_iter().map(|each| each.what).collect();
    assert_eq!(crate::division::mothers(&moves), [3, 5], "past the restriction point nobody is asked again");
    assert_eq!([2, 4].map(|number| dish.phase(number)), [Phase::S, Phase::G0]);

    let mut dish = Dish::new(cycle(Demand::Splitting));
    dish.hears(Signal::Splitting, [0.1, -0.4, 0.0, -0.3]);
    dish.ask(100);
    assert_eq!([2, 3, 4, 5].map(|number| dish.phase(number)), [Phase::G0, Phase::S, Phase::G0, Phase::S]);
    dish.hears(Signal::Splitting, [0.1, 0.4, 0.0, f32::NAN]);
    let mut fresh = Dish { cycle: CellCycle::new(cycle(Demand::Splitting)), ..dish };
    let asked = fresh.ask(100);
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::BelowThreshold { threshold: 0.0, .. })));
}

#[test]
fn the_quota_bounds_how_many_begin_at_a_time() {
    let mut network = Bench::new(layers(&[1, 20, 1]), Wiring::Dense, 1);
    let mut method = CellCycle::new(Cycle { quota: 0.1, maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(network.ask(&mut method, Budget::unlimited()).proposals.len(), 2);
    let mut least = CellCycle::new(Cycle { quota: 0.0, maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(network.ask(&mut least, Budget::unlimited()).proposals.len(), 1, "one may always");
}

/// Accounts of neurons that cost one each.
fn accounts(dish: &mut Dish, supply: f64) {
    let given = Economy { maturity: 0, threshold: 40.0, quota: 1.0, generation: 20.0, ..economy(supply, 0.0) };
    let mut ledger = Ledger::new(given);
    dish.hears(Signal::OutputMagnitude, [0.0; 4]);
    ledger.advance(&dish.network, &dish.signals, 0);
    dish.ledger = Some(ledger);
}

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

/// Brings a dish of one quota to the end of its copies.
fn copied() -> Dish {
    let mut dish = Dish::new(cycle(Demand::Always));
    dish.ask(100);
    dish
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
fn three_ways_to_divide() {
    let at_once = |division| Cycle { division, maturity: 0, synthesis: 0, quota: 0.25, ..cycle(Demand::Always) };
    let asked = Dish::new(at_once(Daughters::Symmetric)).ask(1);
    assert!(asked.now.len() == 1 && asked.later.is_empty());

    let asked = Dish::new(at_once(Daughters::Noise(0.1))).ask(1);
    let [Move::Perturb { neuron: one, .. }, Move::Perturb { neuron: other, .. }] = asked.later[..] else {
        panic!("{:?}", asked.later)
    };
    let Move::Divide { mother, daughter, share: 0.5 } = asked.now[0].what else { panic!("{:?}", asked.now) };
    assert_eq!((one, other), (mother, daughter));

    let mut dish = Dish::new(at_once(Daughters::Asymmetric));
    let asked = dish.ask(1);
    let Move::Divide { mother, daughter, .. } = asked.now[0].what else { panic!("{:?}", asked.now) };
    assert_eq!(asked.later, [Move::Mark { at: Scope::Neuron(mother), mark: Mark::Frozen }]);
    dish.commit(1, asked.now.into_iter().map(|each| each.what));
    dish.commit(1, asked.later);
    let frozen = |id| dish.network.is_frozen(dish.network.row(id).unwrap());
    assert!(frozen(mother) && !frozen(daughter), "the mother keeps what she knows, the daughter learns");
    // A frozen mother rests for good; everybody else goes on.
    for step in 2..40 {
        assert!(!dish.live(step).contains(&mother.number()));
    }
    assert_eq!(dish.phase(mother.number()), Phase::G0);
}

#[test]
fn what_a_budget_cut_is_proposed_again() {
    let mut dish = Dish::new(Cycle { maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(dish.ask(5).now.len(), 4);
    assert_eq!(dish.phase(2), Phase::G2, "no commit, no division");
    assert_eq!(dish.live(6), [2, 3, 4, 5]);
}

#[test]
fn whoever_divides_begins_anew_whoever_proposed_it() {
    let mut dish = copied();
    let daughter = dish.network.births().clone().next();
    dish.commit(110, [Move::Divide { mother: NeuronId::new(3), daughter, share: 0.5 }]);
    assert_eq!([3, daughter.number(), 2].map(|number| dish.phase(number)), [Phase::G1, Phase::G1, Phase::S]);
    assert_eq!(dish.live(120), [2, 4, 5]);
}

#[test]
fn growth_slows_down_with_the_age_of_the_lines() {
    let mut dish = Dish::new(Cycle { maturity: 10, synthesis: 0, lengthening: 2.0, ..cycle(Demand::Always) });
    let divided: Vec<u64> = (1..=160).filter(|&step| !dish.live(step).is_empty()).collect();
    // Every line at once: 10, then 20, 40 and 80 later.
    assert_eq!(divided, [10, 30, 70, 150]);
    assert_eq!(dish.network.neuron_count(), 4 + 4 * 16);
}

#[test]
fn a_cycle_saved_in_the_middle_of_its_copies_goes_on() {
    let mut dish = copied();
    let mut resumed = CellCycle::new(cycle(Demand::Always));
    resumed.load(&dish.cycle.save()).unwrap();
    assert_eq!(resumed, dish.cycle);
    dish.cycle = resumed;
    assert_eq!(dish.live(120).len(), 4);
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

fn built(demand: &str, division: &str, [maturity, synthesis]: [i64; 2]) -> Box<dyn Strategy> {
    let text = |word: &str| Value::Text(word.to_owned());
    let settings = Settings::none()
        .with("demand", text(demand))
        .with("division", text(division))
        .with("maturity", Value::Integer(maturity))
        .with("synthesis", Value::Integer(synthesis))
        .with("quota", Value::Real(0.5));
    Registry::standard().find("cell_cycle").unwrap().strategy(settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cycle_keeps_every_law(bench in benches(), maturity in 0..9i64, synthesis in 0..9i64) {
        for demand in ["always", "blame", "splitting"] {
            for division in ["specialising", "symmetric", "asymmetric"] {
                for law in laws::ALL {
                    let held = (law.check)(&mut *built(demand, division, [maturity, synthesis]), &mut bench.clone());
                    prop_assert!(held.is_ok(), "{demand} {division}: {}: {held:?}", law.that);
                }
            }
        }
    }
}
