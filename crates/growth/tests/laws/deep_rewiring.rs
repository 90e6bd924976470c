//! Deep rewiring while a network learns.

use crate::bench::layers;
use livenet_core::testing::Naive;
use livenet_core::{
    Birth, Draft, Executor as _, ExecutorSettings, Follower as _, Law, Move, Network, NeuronId, Optimizer, StreamKey,
    Synapse, UpdateRule, Window,
};
use livenet_growth::{Budget, Registry, Settings, Strategy, Value, View, Wiring};

const LANES: usize = 8;
const HIDDEN: u64 = 8;
const INPUTS: u64 = 32;
/// Inputs that ever say anything.
const LIVING: u64 = 16;
const RATE: f32 = 0.1;

/// Hidden neurons hear every second living input, and no other; outputs hear every hidden neuron.
fn wired() -> (Network, Naive) {
    let mut network = layers(&[INPUTS as u32, HIDDEN as u32, 2]);
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let all = |posts: std::ops::Range<u64>, pres: std::ops::Range<u64>| {
        posts.flat_map(move |post| pres.clone().map(move |pre| (post, pre)))
    };
    let (hidden, outputs) = (INPUTS..INPUTS + HIDDEN, INPUTS + HIDDEN..INPUTS + HIDDEN + 2);
    let pairs = all(hidden.clone(), 0..LIVING).filter(|(post, pre)| (post + pre) % 2 == 0).chain(all(outputs, hidden));
    let at = pairs.map(|(post, pre)| (Synapse::new(NeuronId::new(post), NeuronId::new(pre)), 0)).collect();
    let birth = Birth::Random { key: StreamKey::new(3, "weights"), law: Law::Normal, scale: 0.5 };
    let mut draft = Draft::new(&network, 0);
    draft.propose(Move::Grow { at, birth }).unwrap();
    let finished = draft.finish();
    let commit = network.commit(finished).unwrap();
    naive.follow(&network, &commit);
    (network, naive)
}

/// A step of descent towards the sum and the difference of the first two inputs, with as much noise.
fn learn(network: &Network, naive: &mut Naive, step: u64) {
    let key = StreamKey::new(4, "data").at(step);
    let says = |input: u64, lane: usize| if input < LIVING { key.normal(input, lane as u64) as f32 } else { 0.0 };
    let values: Vec<f32> =
        (0..LANES).flat_map(|lane| (0..INPUTS).map(move |input| (input, lane))).map(|(i, l)| says(i, l)).collect();
    let outputs = naive.forward(network, Window { cycles: 1, lanes: LANES, values: &values }, None).unwrap();
    let wanted = |at: usize| {
        let (a, b) = (says(0, at / 2), says(1, at / 2));
        let noise = key.at(1).normal(at as u64, 0) as f32;
        noise + if at.is_multiple_of(2) { a + b } else { a - b }
    };
    let blame = |(at, output): (usize, &f32)| (output - wanted(at)) / LANES as f32;
    let d_outputs: Vec<f32> = outputs.iter().enumerate().map(blame).collect();
    naive.backward(network, &d_outputs).unwrap();
    naive.update(network, &UpdateRule { optimizer: Optimizer::Sgd, rate: RATE, passes: Vec::new(), step }).unwrap();
    naive.reset();
}

fn ask(network: &mut Network, naive: &mut Naive, method: &mut dyn Strategy, step: u64) {
    let signals = naive.signals(network, &method.needs());
    let mut draft = Draft::new(network, step);
    let (end, budget, key) = (None, Budget::unlimited(), StreamKey::new(5, "asking").at(step));
    method.propose(&View { network, signals: &signals, step, end, budget, ledger: None, key }, &mut draft);
    let finished = draft.finish();
    if !finished.is_empty() {
        let commit = network.commit(finished).unwrap();
        naive.follow(network, &commit);
        method.follow(network, &commit);
    }
}

fn method(settings: Settings) -> Box<dyn Strategy> {
    Registry::standard().find("deep_r").unwrap().strategy(settings).unwrap()
}

/// How many connections hear an input that never says anything, after learning.
fn in_the_dark(settings: Settings) -> usize {
    let (mut network, mut naive) = wired();
    let count = network.synapse_count();
    let mut method = method(settings.with("over", Value::Text("pair".into())));
    for step in 1..2000 {
        learn(&network, &mut naive, step);
        ask(&mut network, &mut naive, &mut *method, step);
        assert_eq!(network.synapse_count(), count);
    }
    network.synapses().filter(|(_, at)| (LIVING..INPUTS).contains(&at.pre.number())).count()
}

#[test]
fn connections_do_not_gather_where_there_is_nothing_to_learn() {
    let (with, without) = (in_the_dark(Settings::none()), in_the_dark(Settings::none().with("l1", Value::Real(0.0))));
    // Of 96 places 64 are dark; whoever comes there goes at the next step.
    assert!(with <= 8 && without >= 2 * with.max(8), "{with} with the l1 term, {without} without");
}

#[test]
fn a_newborn_outlives_its_first_step_only_where_the_gradient_agrees_with_its_sign() {
    let (mut network, mut naive) = wired();
    let mut method = method(Settings::none());
    let (mut stayed, mut went) = (0, 0);
    for step in 1..400 {
        let born: Vec<(Synapse, f64)> = network
            .synapses()
            .map(|(row, at)| (at, naive.parameters().weights[row.index()]))
            .filter(|(_, weight)| weight.abs() <= 1e-12)
            .collect();
        learn(&network, &mut naive, step);
        // The paper's step: θ - η dE/dθ - η α, with θ = s w.
        let outlives: Vec<(Synapse, bool)> = born
            .into_iter()
            .map(|(at, weight)| {
                let gradient = naive.gradients().weights[network.synapse_row(at).unwrap().index()];
                (at, weight.signum() * (weight - f64::from(RATE) * gradient) > 5e-6)
            })
            .collect();
        let bias = naive.parameters().bias.clone();
        ask(&mut network, &mut naive, &mut *method, step);
        assert_eq!(naive.parameters().bias, bias);
        for (at, outlives) in outlives {
            // One that went may have come again, next to nothing.
            let weight = network.synapse_row(at).map_or(0.0, |row| naive.parameters().weights[row.index()]);
            assert_eq!(weight.abs() > 1e-11, outlives, "{at:?} at step {step}");
            (stayed, went) = if outlives { (stayed + 1, went) } else { (stayed, went + 1) };
        }
    }
    assert!(stayed > 9 && went > 9, "{stayed} stayed, {went} went");
}

/// The part of answers that is right after learning four classes of noisy patterns on the first half of 32 inputs, with a
/// tenth of the pairs connected.
fn right(method: Option<Settings>, seed: u64) -> f64 {
    const CLASSES: usize = 4;
    let mut network = layers(&[32, 24, CLASSES as u32]);
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let mut draft = Draft::new(&network, 0);
    Wiring::ErdosRenyi { density: 0.1 }.propose(&mut draft, StreamKey::new(seed, "wiring")).unwrap();
    let finished = draft.finish();
    let commit = network.commit(finished).unwrap();
    naive.follow(&network, &commit);
    let mut method = method.map(self::method);
    let (pattern, mut right) = (StreamKey::new(seed, "pattern"), 0);
    for step in 1..2000 {
        let key = StreamKey::new(seed, "data").at(step);
        let class = |lane: u64| key.at(1).draw(lane, 0) % CLASSES as u64;
        let says = |lane: u64, input: u64| (pattern.normal(input, class(lane)) + key.normal(input, lane)) as f32;
        let values = (0..LANES as u64).flat_map(|lane| (0..32).map(move |input| (lane, input)));
        let values: Vec<f32> = values.map(|(lane, input)| if input < 16 { says(lane, input) } else { 0.0 }).collect();
        let outputs = naive.forward(&network, Window { cycles: 1, lanes: LANES, values: &values }, None).unwrap();
        let mut blame = Vec::new();
        for (lane, scores) in outputs.chunks(CLASSES).enumerate() {
            let wanted = class(lane as u64) as usize;
            let sum: f32 = scores.iter().map(|score| score.exp()).sum();
            right += u32::from(step > 1800 && scores.iter().all(|score| *score <= scores[wanted]));
            blame.extend(
                scores.iter().enumerate().map(|(at, s)| (s.exp() / sum - f32::from(at == wanted)) / LANES as f32),
            );
        }
        naive.backward(&network, &blame).unwrap();
        naive
            .update(&network, &UpdateRule { optimizer: Optimizer::Sgd, rate: RATE, passes: Vec::new(), step })
            .unwrap();
        naive.reset();
        if let Some(method) = &mut method {
            ask(&mut network, &mut naive, &mut **method, step);
        }
    }
    f64::from(right) / (199 * LANES) as f64
}

#[test]
fn it_learns_more_than_a_fixed_random_wiring_and_less_without_its_l1_term() {
    let mean = |settings: Option<Settings>| (0..4).map(|seed| right(settings.clone(), seed)).sum::<f64>() / 4.0;
    let [fixed, without, with] =
        [None, Some(Settings::none().with("l1", Value::Real(0.0))), Some(Settings::none())].map(mean);
    assert!(without < fixed - 0.01 && fixed + 0.03 < with, "{without} without, {fixed} fixed, {with} with");
}

#[test]
fn the_floor_is_where_the_prior_connects_the_part_that_was_asked_for() {
    let network = layers(&[40, 40]);
    let mut signals = livenet_core::Signals::default();
    signals.put(livenet_core::Signal::Weight, Vec::new());
    // With β = 2 l1 / noise² = 2 · 0.01 / 0.01 = 2 and p⁺ = 0.2 the floor is 0.8 / (0.2 · 2) = 2, twenty steps away: of pairs spread
    // evenly down to it, those within a step of zero come, by the mean of a normal above zero 0.4 · 0.1 / 2 = 2 % at once.
    let settings = |density: f64| {
        let settings = Settings::none().with("noise", Value::Real(0.1)).with("l1", Value::Real(0.01));
        settings.with("density", Value::Real(density))
    };
    let part = |density| {
        let mut soft = Registry::standard().find("soft_deep_r").unwrap().strategy(settings(density)).unwrap();
        let mut draft = Draft::new(&network, 1);
        let (end, budget, key) = (None, Budget::unlimited(), StreamKey::new(5, "asking"));
        soft.propose(
            &View { network: &network, signals: &signals, step: 1, end, budget, ledger: None, key },
            &mut draft,
        );
        draft.proposals().len() as f64 / 1600.0
    };
    let (few, more) = (part(0.2), part(0.5));
    assert!((few - 0.02).abs() < 0.007, "{few}");
    // And with p⁺ = 0.5 it is 0.5.
    assert!((more - 0.08).abs() < 0.02, "{more}");
}

#[test]
fn the_soft_one_takes_the_l1_term_off_who_falls() {
    let mut network = layers(&[1, 1]);
    let at = Synapse::new(NeuronId::new(1), NeuronId::new(0));
    let mut draft = Draft::new(&network, 0);
    draft.propose(Move::Connect { at, birth: Birth::Value(0.5), delay: 0 }).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    let settings = |l1: f64| {
        let settings = Settings::none().with("noise", Value::Real(0.0)).with("floor", Value::Real(1.0));
        settings.with("l1", Value::Real(l1))
    };
    let gone = |l1: f64| {
        let mut soft = Registry::standard().find("soft_deep_r").unwrap().strategy(settings(l1)).unwrap();
        let mut moves = 0;
        for (step, weight) in [(1, 0.5), (2, 0.01)] {
            let mut signals = livenet_core::Signals::default();
            signals.put(livenet_core::Signal::Weight, vec![weight]);
            let mut draft = Draft::new(&network, step);
            let (end, budget, key) = (None, Budget::unlimited(), StreamKey::new(5, "asking"));
            soft.propose(
                &View { network: &network, signals: &signals, step, end, budget, ledger: None, key },
                &mut draft,
            );
            moves = draft.proposals().len();
        }
        moves
    };
    assert_eq!((gone(0.005), gone(0.02)), (0, 1));
}
