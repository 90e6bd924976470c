//! Death by age, and of newborns that do not prove themselves.

use crate::bench::{Bench, layers};
use crate::conformance::benches;
use livenet_core::{
    Draft, Follower as _, Mark, Move, Network, NeuronId, Origin, Row, Scope, Signal, Signals, StreamKey,
};
use livenet_growth::{
    Apoptosis, Budget, Cause, Newborns, Registry, Settings, Strategy, Value, Verdict, View, Why, Wiring, laws,
};
use proptest::prelude::*;

fn ask(network: &Network, utilities: &[f32], strategy: &mut dyn Strategy, step: u64) -> (Verdict, Vec<u64>) {
    let mut signals = Signals::default();
    signals.put(Signal::Utility, utilities.to_vec());
    signals.put(Signal::OutputMean, vec![0.25; network.neuron_count()]);
    let mut draft = Draft::new(network, step);
    let budget = Budget::unlimited();
    let key = StreamKey::new(step, "asking");
    let view = View { network, signals: &signals, step, end: None, budget, ledger: None, key };
    let verdict = strategy.propose(&view, &mut draft);
    let gone = |each: &livenet_core::Proposal| match each.what {
        Move::Remove { neuron, mean: 0.25 } => neuron.number(),
        ref other => panic!("{other:?}"),
    };
    (verdict, draft.proposals().iter().map(gone).collect())
}

fn commit(network: &mut Network, step: u64, moves: impl IntoIterator<Item = Move>) -> livenet_core::Commit {
    let mut draft = Draft::new(network, step);
    moves.into_iter().for_each(|what| draft.propose(what).unwrap());
    let finished = draft.finish();
    network.commit(finished).unwrap()
}

/// Hidden neurons 1 to 200.
fn crowd() -> Network {
    Bench::new(layers(&[1, 200, 1]), Wiring::Dense, 1).network
}

#[test]
fn lifetimes_are_drawn_by_name_within_their_spread() {
    let cause = Cause::Age { lifetime: 1000, spread: 0.4 };
    let lifetimes: Vec<f64> = (0..4000).map(|number| cause.lifetime_of(NeuronId::new(number)).unwrap()).collect();
    assert!(lifetimes.iter().all(|lifetime| (600.0..1400.0).contains(lifetime)));
    let mean = lifetimes.iter().sum::<f64>() / 4000.0;
    let below = lifetimes.iter().filter(|&&lifetime| lifetime < 800.0).count();
    assert!((mean - 1000.0).abs() < 15.0 && (900..1100).contains(&below), "{mean}, {below}");
    assert_eq!(cause.lifetime_of(NeuronId::new(7)), cause.lifetime_of(NeuronId::new(7)));
    assert_eq!(Cause::Utility.lifetime_of(NeuronId::new(7)), None);
}

#[test]
fn who_is_born_together_does_not_die_together() {
    let network = crowd();
    let cause = Cause::Age { lifetime: 1000, spread: 0.4 };
    let mut apoptosis = Apoptosis { cause, fraction: 1.0, ..Apoptosis::default() };
    let (verdict, _) = ask(&network, &[], &mut apoptosis, 600);
    assert!(matches!(verdict, Verdict::Nothing(Why::BelowThreshold { best, threshold: 0.0 }) if best < 0.0));
    let mut before = 0;
    for step in [700, 800, 900, 1000, 1100, 1200, 1300] {
        let (_, gone) = ask(&network, &[], &mut apoptosis, step);
        let expected: Vec<u64> =
            (1..201).filter(|&number| cause.lifetime_of(NeuronId::new(number)).unwrap() <= step as f64).collect();
        let mut sorted = gone.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "by step {step}");
        assert!(gone.len() > before && gone.len() < 200);
        before = gone.len();
        let overdue = |number: u64| step as f64 - cause.lifetime_of(NeuronId::new(number)).unwrap();
        assert!(gone.windows(2).all(|pair| overdue(pair[0]) >= overdue(pair[1]) - 1e-3), "the longest overdue first");
    }
    // All have outlived it; the last hidden neuron stays, and no more than a part goes at a time.
    assert_eq!(ask(&network, &[], &mut apoptosis, 5000).1.len(), 199);
    apoptosis.fraction = 0.1;
    assert_eq!(ask(&network, &[], &mut apoptosis, 5000).1.len(), 20);
    apoptosis.fraction = 0.0;
    assert_eq!(ask(&network, &[], &mut apoptosis, 5000).1.len(), 1);
    apoptosis.cause = Cause::Age { lifetime: 1000, spread: 0.0 };
    assert!(ask(&network, &[], &mut apoptosis, 999).1.is_empty());
}

#[test]
fn age_counts_from_birth_and_the_frozen_stay() {
    let mut network = Bench::new(layers(&[1, 3, 1]), Wiring::Dense, 1).network;
    let daughter = network.births().clone().next();
    commit(&mut network, 400, [Move::Divide { mother: NeuronId::new(2), daughter, share: 0.5 }]);
    commit(&mut network, 400, [Move::Mark { at: Scope::Neuron(NeuronId::new(1)), mark: Mark::Frozen }]);
    let cause = Cause::Age { lifetime: 500, spread: 0.0 };
    let mut apoptosis = Apoptosis { cause, fraction: 1.0, ..Apoptosis::default() };
    assert_eq!(ask(&network, &[], &mut apoptosis, 500).1, [2, 3], "a mother is as old as she is");
    assert_eq!(ask(&network, &[], &mut apoptosis, 900).1.len(), 3);
}

/// One input, hidden 1 to 3, an output, and two newborns of step 1000: 5 from nobody and 6, daughter of 1.
fn nursery() -> Network {
    let mut network = Bench::new(layers(&[1, 3, 1]), Wiring::Dense, 1).network;
    let spec = network.spec(Row::new(1)).clone();
    let add = Move::Add { neuron: NeuronId::new(5), spec, origin: Origin::Fresh };
    let divide = Move::Divide { mother: NeuronId::new(1), daughter: NeuronId::new(6), share: 0.5 };
    commit(&mut network, 1000, [add, divide]);
    network
}

/// Utilities by name.
fn utilities(network: &Network, of: &[(u64, f32)]) -> Vec<f32> {
    let mut all = vec![9.0; network.neuron_count()];
    for &(number, utility) in of {
        all[network.row(NeuronId::new(number)).unwrap().index()] = utility;
    }
    all
}

fn window() -> Newborns {
    let mut method = Newborns::new(100, 300, 0.5);
    method.fraction = 1.0;
    method
}

#[test]
fn newborns_must_reach_a_part_of_the_mean_of_their_group_within_the_window() {
    let mut network = nursery();
    let mut method = window();
    // The mean of the five is 1, of which half must be reached. 2 is worse, but no newborn.
    let poor = utilities(&network, &[(1, 2.9), (2, 0.0), (3, 2.0), (5, 0.05), (6, 0.05)]);
    let half = utilities(&network, &[(1, 2.4), (2, 0.0), (3, 2.0), (5, 0.51), (6, 0.09)]);
    assert!(ask(&network, &half, &mut method, 1099).1.is_empty(), "before the window nobody is looked at");
    assert!(!method.is_protected(NeuronId::new(5)));
    assert!(
        matches!(ask(&network, &poor, &mut method, 1100).0, Verdict::Nothing(Why::BelowThreshold { best: 0.05, threshold }) if (threshold - 0.5).abs() < 1e-6)
    );
    assert!(ask(&network, &half, &mut method, 1200).1.is_empty());
    assert!(method.is_protected(NeuronId::new(5)) && !method.is_protected(NeuronId::new(6)));
    let mut resumed = window();
    resumed.load(&method.save()).unwrap();
    assert_eq!(resumed, method);
    assert!(ask(&network, &poor, &mut method, 1299).1.is_empty(), "there is still time");
    // Who has proved itself once is protected for ever; who has not dies at the end.
    assert_eq!(ask(&network, &poor, &mut method, 1300).1, [6]);
    assert_eq!(ask(&network, &poor, &mut resumed, 99_999).1, [6]);
    let late = utilities(&network, &[(1, 2.4), (2, 0.0), (3, 2.0), (5, 0.0), (6, 0.51)]);
    assert!(ask(&network, &late, &mut method.clone(), 1300).1.is_empty(), "the last asking counts as well");
    let commit = commit(&mut network, 1300, [Move::Remove { neuron: NeuronId::new(5), mean: 0.0 }]);
    method.follow(&network, &commit);
    assert!(!method.is_protected(NeuronId::new(5)), "the dead are forgotten");
}

#[test]
fn of_many_newborns_the_least_useful_go_first() {
    let network = nursery();
    let mut method = window();
    method.fraction = 0.0;
    let poor = utilities(&network, &[(1, 3.0), (2, 0.0), (3, 2.0), (5, 0.02), (6, 0.01)]);
    assert_eq!(ask(&network, &poor, &mut method, 1400).1, [6]);
    method.fraction = 1.0;
    assert_eq!(ask(&network, &poor, &mut method, 1400).1, [6, 5]);
    let broken = utilities(&network, &[(5, f32::NAN), (6, f32::NAN)]);
    assert!(
        ask(&network, &broken, &mut method, 1400).1.is_empty(),
        "what is no number proves nothing, nor does it condemn"
    );
    assert!(ask(&network, &[], &mut method, 1400).1.is_empty());
}

fn settings(by: &str) -> Settings {
    let settings = Settings::none().with("by", Value::Text(by.to_owned())).with("fraction", Value::Real(0.5));
    match by {
        "age" => settings.with("lifetime", Value::Integer(10)),
        "newborn" => settings
            .with("window", Value::List(vec![Value::Integer(0), Value::Integer(3)]))
            .with("threshold", Value::Real(3.0)),
        _ => settings,
    }
}

fn built(settings: Settings) -> Result<Box<dyn Strategy>, String> {
    Registry::standard().find("apoptosis").unwrap().strategy(settings).map_err(|error| error.to_string())
}

#[test]
fn causes_are_settings() {
    for by in ["utility", "dormancy", "starvation", "age", "newborn"] {
        built(settings(by)).unwrap();
    }
    for wrong in [vec![5], vec![5, 4], vec![-1, 4], vec![1, 2, 3]] {
        let window = Value::List(wrong.into_iter().map(Value::Integer).collect());
        let error = built(settings("newborn").with("window", window)).err().unwrap();
        assert!(error.contains("`window`") && error.contains("[from, until]"), "{error}");
    }
    assert!(built(settings("age").with("window", Value::List(vec![]))).err().unwrap().contains("window"));
    let error = built(settings("newborns")).err().unwrap();
    assert!(error.contains("did you mean `newborn`"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cause_keeps_every_law(bench in benches()) {
        for by in ["utility", "dormancy", "starvation", "age", "newborn"] {
            for law in laws::ALL {
                let held = (law.check)(&mut *built(settings(by)).unwrap(), &mut bench.clone());
                prop_assert!(held.is_ok(), "{by}: {}: {held:?}", law.that);
            }
        }
    }
}
