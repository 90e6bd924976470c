//! Who is short of energy draws in the dendrite that tells least.

use crate::bench::{Bench, layers};
use crate::energy::economy;
use livenet_core::{Draft, Follower, Mark, Move, Role, Row, Scope, Signal, Synapse};
use livenet_growth::{
    Apoptosis, Budget, Cause, Economy, Ledger, Registry, Settings, Strategy, Unit, Value, Verdict, Why, Wiring,
};

fn make(settings: &[(&str, Value)]) -> Box<dyn Strategy> {
    let settings = settings.iter().fold(Settings::none(), |all, (name, value)| all.with(name, value.clone()));
    Registry::standard().find("retraction").unwrap().strategy(settings).unwrap()
}

/// Neurons that begin with this much of 100.
fn bench(endowment: f64) -> Bench {
    let mut bench = Bench::new(layers(&[5, 6, 3]), Wiring::Uniform { density: 0.7 }, 11);
    let mut settings = Settings::none().with("endowment", Value::Real(endowment)).with("supply", Value::Real(6.0));
    bench.ledger = Some(Ledger::build(&mut settings).unwrap());
    bench.rest(1);
    bench
}

/// What every dendrite of the hidden group tells, in energy, and whether that is less than `upkeep` times its upkeep:
/// 0.44 |w| mean |output| against 0.125 / 16.
fn dendrites(bench: &mut Bench, method: &dyn Strategy, upkeep: f64) -> Vec<(Synapse, f64, bool)> {
    let signals = bench.signals(method);
    let network = &bench.network;
    let hidden = network.synapses().filter(|(row, _)| network.role(network.post_of(*row)) == Role::Hidden);
    hidden
        .map(|(row, at)| {
            let heard = signals.of(Signal::OutputMagnitude, Row::new(network.pres()[row.index()]));
            let tells = 0.44 * f64::from(signals.values(Signal::Weight)[row.index()].abs()) * f64::from(heard);
            (at, tells, tells < upkeep * 0.125 / 16.0)
        })
        .collect()
}

/// Of each neuron the idle one that tells least, the least first.
fn weakest(dendrites: &[(Synapse, f64, bool)]) -> Vec<Synapse> {
    let mut found: Vec<(f64, Synapse)> = Vec::new();
    for of_one in dendrites.chunk_by(|a, b| a.0.post == b.0.post) {
        let idle = of_one.iter().filter(|of| of.2).map(|of| (of.1, of.0));
        found.extend(idle.min_by(|a, b| a.0.total_cmp(&b.0)));
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, at)| at).collect()
}

fn gone(proposals: &[livenet_core::Proposal]) -> Vec<Synapse> {
    let of = |proposal: &livenet_core::Proposal| match proposal.what {
        Move::Disconnect { at } => at,
        ref other => panic!("{other:?}"),
    };
    proposals.iter().map(of).collect()
}

const UPKEEP: f64 = 12.0;

fn patient() -> Box<dyn Strategy> {
    make(&[("upkeep", Value::Real(UPKEEP)), ("patience", Value::Integer(3))])
}

#[test]
fn the_idle_dendrite_that_tells_least_goes_after_patience() {
    let (mut bench, mut method) = (bench(5.0), patient());
    let all = dendrites(&mut bench, &*method, UPKEEP);
    let expected = weakest(&all);
    assert!(all.iter().any(|of| of.2) && all.iter().any(|of| !of.2) && expected.len() > 2, "{all:?}");
    for askings in 1..3 {
        let asked = bench.ask(&mut *method, Budget::unlimited());
        let Verdict::Nothing(Why::BelowThreshold { best, threshold: 3.0 }) = asked.verdict else { panic!() };
        assert_eq!(best, askings as f32);
    }
    let mut few = method.boxed_clone();
    let asked = bench.propose(&mut *few, Budget { edits: Some(2), ..Budget::unlimited() });
    assert_eq!(gone(&asked.proposals), expected[..2]);
    let before = bench.network.synapse_count();
    let asked = bench.ask(&mut *method, Budget::unlimited());
    assert_eq!(gone(&asked.proposals), expected);
    assert_eq!(bench.network.synapse_count(), before - expected.len());
    // The next ones were idle as long.
    let rest = dendrites(&mut bench, &*method, UPKEEP);
    let asked = bench.ask(&mut *method, Budget::unlimited());
    assert_eq!(gone(&asked.proposals), weakest(&rest));
}

#[test]
fn no_more_than_a_count_go() {
    let mut bench = bench(5.0);
    let mut method =
        make(&[("upkeep", Value::Real(UPKEEP)), ("patience", Value::Integer(1)), ("count", Value::Integer(2))]);
    let expected = weakest(&dendrites(&mut bench, &*method, UPKEEP));
    let asked = bench.ask(&mut *method, Budget::unlimited());
    assert_eq!(gone(&asked.proposals), expected[..2]);
}

#[test]
fn who_has_enough_keeps_all_and_without_accounts_nobody_is_in_want() {
    let (mut rich, mut method) = (bench(60.0), patient());
    for _ in 0..4 {
        let asked = rich.ask(&mut *method, Budget::unlimited());
        assert!(matches!(asked.verdict, Verdict::Nothing(Why::NoCandidates)), "{:?}", asked.verdict);
    }
    rich.ledger = None;
    let asked = rich.ask(&mut *method, Budget::unlimited());
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::NoAccounts)), "{:?}", asked.verdict);
}

/// A life of 600 steps on nine tenths of what eight neurons of forty dendrites cost, with next to nothing of it by utility: who dies of
/// want and not of uselessness. Returns how many died, and how many connections went in each quarter.
fn in_want(seed: u64, retracts: Option<Box<dyn Strategy>>) -> (usize, [usize; 4]) {
    let mut bench = Bench::new(layers(&[40, 8, 3]), Wiring::Dense, seed);
    bench.ledger = Some(Ledger::new(Economy { maturity: 0, ..economy(1.0, 0.05) }));
    bench.rest(1);
    let ledger = bench.ledger.as_mut().unwrap();
    ledger.resupply(0.9 * ledger.cost());
    let starves = Apoptosis { cause: Cause::Starvation, fraction: 1.0, ..Apoptosis::default() };
    // Death comes first where both are due.
    let mut living: Vec<Box<dyn Strategy>> = vec![Box::new(starves)];
    living.extend(retracts);
    let (mut died, mut went) = (0, [0; 4]);
    for asking in 0..120 {
        bench.rest(5);
        for strategy in &mut living {
            for proposal in bench.ask(&mut **strategy, Budget::unlimited()).proposals {
                match proposal.what {
                    Move::Remove { .. } => died += 1,
                    Move::Disconnect { .. } => went[asking / 30] += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    let ledger = bench.ledger.as_ref().unwrap();
    assert!(ledger.cost() <= ledger.supply(), "{} of {}", ledger.cost(), ledger.supply());
    (died, went)
}

#[test]
fn who_draws_in_lives_on_what_would_have_starved_it() {
    for seed in 0..6 {
        let (died, none) = in_want(seed, None);
        assert!(died > 0 && none == [0; 4], "{seed}: {died} {none:?}");
        // Everything is idle, so that want alone decides; it lasts until stores have filled again.
        let all = make(&[("upkeep", Value::Real(1e9)), ("patience", Value::Integer(1))]);
        let (died, went) = in_want(seed, Some(all));
        assert_eq!(died, 0, "{seed}: {went:?}");
        assert!(went[0] > 0 && went[3] == 0, "{seed}: who has enough draws in no more: {went:?}");
    }
}

#[test]
fn what_is_drawn_in_is_not_paid_any_more_and_in_the_unit_of_the_mean_others_pay_it() {
    for unit in [Unit::Reference, Unit::Mean] {
        let mut bench = bench(5.0);
        bench.ledger = Some(Ledger::new(Economy { endowment: 5.0, unit, ..economy(6.0, 0.2) }));
        bench.rest(1);
        let costs = |bench: &Bench| {
            let hidden = bench.network.neuron_rows().filter(|&row| bench.network.role(row) == Role::Hidden);
            hidden.map(|row| bench.ledger.as_ref().unwrap().cost_of(row)).collect::<Vec<f64>>()
        };
        let before = costs(&bench);
        let one = [("upkeep", Value::Real(1e9)), ("patience", Value::Integer(1)), ("count", Value::Integer(1))];
        let [at] = gone(&bench.ask(&mut *make(&one), Budget::unlimited()).proposals)[..] else { panic!() };
        bench.rest(1);
        let listener = bench.network.row(at.post).unwrap().index() - 5;
        for (place, (before, after)) in before.iter().zip(costs(&bench)).enumerate() {
            match (place == listener, unit) {
                (true, _) => assert!(after < *before, "{unit:?}: {after} of {before}"),
                (false, Unit::Reference) => assert_eq!(after, *before),
                (false, Unit::Mean) => assert!(after > *before, "{after} of {before}"),
            }
        }
    }
}

#[test]
fn idleness_follows_its_connection() {
    let (mut bench, mut method) = (bench(5.0), patient());
    for _ in 0..2 {
        bench.ask(&mut *method, Budget::unlimited());
    }
    // Somebody takes the first connection away, lets one grow, and lets a neuron divide.
    let first = bench.network.synapses().next().unwrap().1;
    let mother = bench.network.id(Row::new(8));
    let mut draft = Draft::new(&bench.network, bench.step);
    draft.propose(Move::Disconnect { at: first }).unwrap();
    let daughter = draft.name();
    draft.propose(Move::Divide { mother, daughter, share: 0.5 }).unwrap();
    let finished = draft.finish();
    let commit = bench.network.commit(finished).unwrap();
    bench.device.follow(&bench.network, &commit);
    bench.ledger.as_mut().unwrap().follow(&bench.network, &commit);
    method.follow(&bench.network, &commit);
    let all = dendrites(&mut bench, &*method, UPKEEP);
    let expected = weakest(&all.into_iter().filter(|(at, ..)| at.post != daughter).collect::<Vec<_>>());
    let asked = bench.propose(&mut *method, Budget::unlimited());
    // All but the newborn's: hers were not there before.
    assert_eq!(gone(&asked.proposals), expected);
    assert!(!expected.contains(&first));
}

#[test]
fn what_is_put_aside_is_left_alone() {
    let (mut bench, mut method) = (bench(5.0), patient());
    let all: Vec<Synapse> = bench.network.synapses().map(|(_, at)| at).collect();
    let marks = all.iter().zip([Mark::Frozen, Mark::Silent].into_iter().cycle());
    let marks = marks.map(|(&at, mark)| Move::Mark { at: Scope::Synapse(at), mark });
    livenet_core::testing::apply(&mut bench.network, &mut bench.device, marks).unwrap();
    for _ in 0..5 {
        assert!(bench.propose(&mut *method, Budget::unlimited()).proposals.is_empty());
    }
}
