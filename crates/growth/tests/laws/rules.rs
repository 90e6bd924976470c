//! Each rule of what goes, on a network small enough to compute by hand.
//!
//! Inputs 0, 1 and 2, hidden 3 and 4, output 5; in row order the connections 3<0, 3<1, 3<2, 4<0, 4<1, 4<2, 5<3, 5<4.

use crate::bench::{Bench, layers};
use livenet_core::{
    Birth, Draft, Follower as _, Move, Network, NeuronId, Reason, Row, Signal, Signals, StreamKey, Synapse,
};
use livenet_growth::rewire::{Amount, Balance, DEEP_R, Drop, Method, Rewire, Stranded};
use livenet_growth::{Budget, Strategy as _, Verdict, View, Why, Wiring};

const WEIGHTS: [f32; 8] = [0.5, -0.1, 0.3, -0.4, 0.2, 0.9, 0.05, -0.6];

/// A pair (listener, heard) by number.
pub(crate) type Pair = (u64, u64);

fn dense() -> Network {
    Bench::new(layers(&[3, 2, 1]), Wiring::Dense, 1).network
}

/// The network with these connections only.
pub(crate) fn wired(sizes: &[u32], pairs: &[Pair]) -> Network {
    let mut network = layers(sizes);
    let at = pairs.iter().map(|&(post, pre)| (Synapse::new(NeuronId::new(post), NeuronId::new(pre)), 0)).collect();
    let mut draft = Draft::new(&network, 0);
    draft.propose_because(Move::Grow { at, birth: Birth::Value(1.0) }, 0.0, Reason::default()).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    network
}

pub(crate) fn signals(of: &[(Signal, &[f32])]) -> Signals {
    let mut signals = Signals::default();
    for (signal, values) in of {
        signals.put(*signal, values.to_vec());
    }
    signals
}

/// What goes, and what comes with which birth.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) gone: Vec<Pair>,
    pub(crate) come: Vec<Pair>,
    pub(crate) births: Vec<Birth>,
}

pub(crate) fn ask_at(
    network: &Network,
    signals: &Signals,
    rewire: &mut Rewire,
    step: u64,
) -> (Asked, livenet_core::Finished) {
    let mut draft = Draft::new(network, step);
    let (end, budget, key) = (Some(1000), Budget::unlimited(), StreamKey::new(1, "asking").at(step));
    rewire.propose(&View { network, signals, step, end, budget, ledger: None, key }, &mut draft);
    let (mut asked, pair) = (Asked::default(), |at: &Synapse| (at.post.number(), at.pre.number()));
    for proposal in draft.proposals() {
        match &proposal.what {
            Move::Prune { at } => asked.gone.extend(at.iter().map(pair)),
            Move::Grow { at, birth } => {
                asked.come.extend(at.iter().map(|(at, _)| pair(at)));
                asked.births.push(*birth);
            }
            other => panic!("{other:?}"),
        }
    }
    asked.gone.sort_unstable();
    asked.come.sort_unstable();
    (asked, draft.finish())
}

pub(crate) fn ask(network: &Network, signals: &Signals, method: Method) -> Asked {
    ask_at(network, signals, &mut Rewire::new(method), 1).0
}

fn drop(drop: Drop, amount: Amount, of: &[(Signal, &[f32])]) -> Vec<Pair> {
    ask(&dense(), &signals(of), Method { drop, amount, balance: Balance::Whole, ..Method::BASE }).gone
}

const TWO: Amount = Amount::Count(2);
const W: (Signal, &[f32]) = (Signal::Weight, &WEIGHTS);

#[test]
fn by_size_the_smallest_go_over_whatever_balances() {
    assert_eq!(drop(Drop::SmallestWeight, TWO, &[W]), [(3, 1), (5, 3)]);
    // A half of each: of three from the inputs to each hidden neuron one, of two one.
    let part = |balance, share| {
        let method = Method { drop: Drop::SmallestWeight, amount: Amount::Fraction(share), balance, ..Method::BASE };
        ask(&dense(), &signals(&[W]), method).gone
    };
    assert_eq!(part(Balance::Listener, 0.5), [(3, 1), (4, 1), (5, 3)]);
    assert_eq!(part(Balance::Group, 0.34), [(3, 1), (4, 1)]);
    assert_eq!(part(Balance::GroupPair, 0.5), [(3, 1), (3, 2), (4, 1), (5, 3)]);
    assert_eq!(part(Balance::Whole, 0.5), [(3, 1), (3, 2), (4, 1), (5, 3)]);
}

#[test]
fn by_sign_a_share_of_each_goes() {
    // Two of five positive ones, one of three negative ones.
    assert_eq!(drop(Drop::SmallestPerSign, Amount::Fraction(0.4), &[W]), [(3, 1), (4, 1), (5, 3)]);
}

#[test]
fn by_sensitivity_what_the_loss_would_not_miss_goes() {
    // |w g| is 0, .1, .3, .4, .2, 0, .5, .6.
    let g: &[f32] = &[0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 10.0, 1.0];
    assert_eq!(drop(Drop::SmallestSensitivity, TWO, &[W, (Signal::Gradient, g)]), [(3, 0), (4, 2)]);
}

#[test]
fn by_importance_the_last_ones_of_a_neuron_stay() {
    // Relative to listener and speaker: 1.11, .44, .58, .71, .8, 1.35, 1.08, 1.92; the smallest weight is the only axon of 3.
    assert_eq!(drop(Drop::LeastImportant, TWO, &[W]), [(3, 1), (3, 2)]);
}

#[test]
fn movement_adds_up_over_askings() {
    let method = Method { drop: Drop::SmallestMovement, amount: TWO, balance: Balance::Whole, ..Method::BASE };
    let network = dense();
    let g = |row: usize, size: f32| -> Vec<f32> { (0..8).map(|at| if at == row { size } else { 0.0 }).collect() };
    let at = |row, size| signals(&[W, (Signal::Gradient, &g(row, size))]);
    let mut rewire = Rewire::new(Method { amount: Amount::Count(0), ..method });
    ask_at(&network, &at(5, 1.0), &mut rewire, 1);
    ask_at(&network, &at(0, 1.0), &mut rewire, 2);
    ask_at(&network, &at(0, 1.0), &mut rewire, 3);
    // -w g adds up to -0.9 for 4<2, to -1 for 3<0, large as they are; the state goes on in another that acts.
    let mut acting = Rewire::new(method);
    acting.load(&rewire.save()).unwrap();
    assert_eq!(ask_at(&network, &at(1, 1.0), &mut acting, 4).0.gone, [(3, 0), (4, 2)]);
}

#[test]
fn the_oldest_go_first() {
    let method = Method { drop: Drop::Oldest, amount: TWO, balance: Balance::Whole, ..Method::BASE };
    let mut network = wired(&[3, 2, 1], &[(3, 2), (4, 0), (5, 3)]);
    let mut rewire = Rewire::new(Method { amount: Amount::Count(0), ..method });
    ask_at(&network, &Signals::default(), &mut rewire, 1);
    for (step, pair) in [(10, (3, 0)), (5, (5, 4))] {
        let mut draft = Draft::new(&network, step);
        let at = Synapse::new(NeuronId::new(pair.0), NeuronId::new(pair.1));
        draft.propose(Move::Connect { at, birth: Birth::Value(0.0), delay: 0 }).unwrap();
        let finished = draft.finish();
        let commit = network.commit(finished).unwrap();
        rewire.follow(&network, &commit);
    }
    let gone = |count| {
        let mut acting = Rewire::new(Method { amount: Amount::Count(count), ..method });
        acting.load(&rewire.save()).unwrap();
        ask_at(&network, &Signals::default(), &mut acting, 20).0.gone
    };
    assert_eq!(gone(3), [(3, 2), (4, 0), (5, 3)]);
    assert_eq!(gone(4), [(3, 2), (4, 0), (5, 3), (5, 4)]);
}

#[test]
fn who_crosses_zero_goes_and_a_newborn_knows_its_sign() {
    let mut network = wired(&[3, 2, 1], &[(3, 0), (3, 1), (5, 3)]);
    let mut rewire = Rewire::new(DEEP_R);
    let weights = |values: &[f32]| signals(&[(Signal::Weight, values)]);
    assert_eq!(ask_at(&network, &weights(&[0.5, -0.5, 0.5]), &mut rewire, 1).0, Asked::default());
    let (asked, finished) = ask_at(&network, &weights(&[0.4, 0.1, -0.1]), &mut rewire, 2);
    assert_eq!((asked.gone, asked.come.len()), (vec![(3, 1), (5, 3)], 2));
    let commit = network.commit(finished).unwrap();
    rewire.follow(&network, &commit);
    let born: Vec<f32> = (0..3)
        .map(|row| commit.weights.iter().find(|(at, _)| *at == row).map_or(0.4, |(_, birth)| birth.evaluate(&[])))
        .collect();
    assert!(born.iter().all(|weight| *weight == 0.4 || (*weight != 0.0 && weight.abs() <= 1e-12)), "{born:?}");
    // A step that takes both newborns across zero.
    let crossed: Vec<f32> =
        born.iter().map(|weight| if *weight == 0.4 { 0.4 } else { -1e-3 * weight.signum() }).collect();
    assert_eq!(ask_at(&network, &weights(&crossed), &mut rewire, 3).0.gone.len(), 2);
}

#[test]
fn a_dormant_pair_keeps_its_sign_and_returns_with_it() {
    let settings = livenet_growth::Settings::none()
        .with("noise", livenet_growth::Value::Real(0.0))
        .with("floor", livenet_growth::Value::Real(0.5));
    let build =
        || livenet_growth::Registry::standard().find("soft_deep_r").unwrap().strategy(settings.clone()).unwrap();
    let mut network = wired(&[3, 2, 1], &[(3, 0), (3, 1), (5, 3)]);
    let mut soft = build();
    let mut ask = |network: &mut Network, weights: &[f32], step| {
        let signals = signals(&[(Signal::Weight, weights)]);
        let mut draft = Draft::new(network, step);
        let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking").at(step));
        soft.propose(&View { network, signals: &signals, step, end: None, budget, ledger: None, key }, &mut draft);
        let moves: Vec<Move> = draft.proposals().iter().map(|proposal| proposal.what.clone()).collect();
        let finished = draft.finish();
        let commit = network.commit(finished).unwrap();
        soft.follow(network, &commit);
        moves
    };
    assert!(ask(&mut network, &[0.5, -0.5, 0.5], 1).is_empty());
    // 3<1 was born negative: at 0.1 it is dormant with -0.1, and without noise it stays so.
    let gone = ask(&mut network, &[0.4, 0.1, 0.5], 2);
    assert!(matches!(&gone[..], [Move::Prune { at }] if at.len() == 1 && at[0].pre == NeuronId::new(1)), "{gone:?}");
    assert!(ask(&mut network, &[0.4, 0.5], 3).is_empty());
    // In another with noise it walks, and comes back below zero as it was born.
    let walking = livenet_growth::Settings::none()
        .with("noise", livenet_growth::Value::Real(0.05))
        .with("floor", livenet_growth::Value::Real(0.5));
    let mut noisy = livenet_growth::Registry::standard().find("soft_deep_r").unwrap().strategy(walking).unwrap();
    noisy.load(&soft.save()).unwrap();
    let back = (4..400).find_map(|step| {
        let signals = signals(&[(Signal::Weight, &[0.4, 0.5])]);
        let mut draft = Draft::new(&network, step);
        let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking").at(step));
        noisy.propose(
            &View { network: &network, signals: &signals, step, end: None, budget, ledger: None, key },
            &mut draft,
        );
        draft.proposals().iter().find_map(|proposal| match proposal.what {
            Move::Connect { at, birth: Birth::Value(weight), .. }
                if at.pre == NeuronId::new(1) && at.post == NeuronId::new(3) =>
            {
                Some(weight)
            }
            _ => None,
        })
    });
    assert!(back.is_some_and(|weight| (-0.2..0.0).contains(&weight)), "{back:?}");
}

#[test]
fn chains_free_the_stranded_and_nobody_else() {
    // 0 > 3 > 4 > 5 > 6 in layers of one; the weakest link is 4 > 5.
    let chain = wired(&[2, 1, 1, 1, 1], &[(2, 0), (2, 1), (3, 2), (4, 3), (5, 4)]);
    let weights: &[f32] = &[1.0, 1.0, 1.0, 0.1, 1.0];
    let method =
        Method { drop: Drop::SmallestWeight, amount: Amount::Count(1), balance: Balance::Whole, ..Method::BASE };
    let freed = Method { stranded: Stranded::Freed, ..method };
    assert_eq!(ask(&chain, &signals(&[(Signal::Weight, weights)]), method).gone, [(4, 3)]);
    assert_eq!(
        ask(&chain, &signals(&[(Signal::Weight, weights)]), freed).gone,
        [(2, 0), (2, 1), (3, 2), (4, 3), (5, 4)]
    );
    // 3 still hears 1 and is heard: only the way through 4 goes.
    let open = wired(&[2, 2, 1], &[(2, 0), (2, 1), (3, 0), (4, 2), (4, 3)]);
    assert_eq!(ask(&open, &signals(&[(Signal::Weight, &[1.0, 1.0, 0.1, 1.0, 1.0])]), freed).gone, [(3, 0), (4, 3)]);
}

#[test]
fn watching_changes_nothing() {
    let network = dense();
    let mut settings = livenet_growth::Settings::none().with("every", livenet_growth::Value::Integer(3));
    let mut movement = Rewire::build(livenet_growth::rewire::MOVEMENT, &mut settings).unwrap();
    let signals = signals(&[W, (Signal::Gradient, &[1.0; 8])]);
    let mut watching = 0;
    for step in 800..806 {
        let mut draft = Draft::new(&network, step);
        let (end, budget, key) = (Some(1000), Budget::unlimited(), StreamKey::new(1, "asking"));
        let view = View { network: &network, signals: &signals, step, end, budget, ledger: None, key };
        match movement.propose(&view, &mut draft) {
            Verdict::Nothing(Why::Watching { every: 3 }) => watching += 1,
            verdict => assert!(matches!(verdict, Verdict::Proposed), "{verdict:?}"),
        }
    }
    assert_eq!(watching, 4);
    assert_eq!(network.id(Row::new(0)).number(), 0);
}
