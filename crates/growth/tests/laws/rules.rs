//! Each rule of what goes and where it grows, on a network small enough to compute by hand.
//!
//! Inputs 0, 1 and 2, hidden 3 and 4, output 5; in row order the connections 3<0, 3<1, 3<2, 4<0, 4<1, 4<2, 5<3, 5<4.

use crate::bench::{Bench, layers};
use livenet_core::{
    Birth, Candidate, Draft, Follower as _, Move, Network, NeuronId, Reason, Row, Signal, Signals, StreamKey, Synapse,
};
use livenet_growth::rewire::{
    Amount, Balance, DEEP_R, Drop, Fan, Grow, Guide, Method, NewWeight, Pick, Rewire, SRIGL, Stranded,
};
use livenet_growth::{Budget, Strategy as _, Verdict, View, Why, Wiring};

const WEIGHTS: [f32; 8] = [0.5, -0.1, 0.3, -0.4, 0.2, 0.9, 0.05, -0.6];

/// A pair (listener, heard) by number.
type Pair = (u64, u64);

fn dense() -> Network {
    Bench::new(layers(&[3, 2, 1]), Wiring::Dense, 1).network
}

/// The network with these connections only.
fn wired(sizes: &[u32], pairs: &[Pair]) -> Network {
    let mut network = layers(sizes);
    let at = pairs.iter().map(|&(post, pre)| (Synapse::new(NeuronId::new(post), NeuronId::new(pre)), 0)).collect();
    let mut draft = Draft::new(&network, 0);
    draft.propose_because(Move::Grow { at, birth: Birth::Value(1.0) }, 0.0, Reason::default()).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    network
}

fn signals(of: &[(Signal, &[f32])]) -> Signals {
    let mut signals = Signals::default();
    for (signal, values) in of {
        signals.put(*signal, values.to_vec());
    }
    signals
}

/// What goes, and what comes with which birth.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    gone: Vec<Pair>,
    come: Vec<Pair>,
    births: Vec<Birth>,
}

fn ask_at(network: &Network, signals: &Signals, rewire: &mut Rewire, step: u64) -> (Asked, livenet_core::Finished) {
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

fn ask(network: &Network, signals: &Signals, method: Method) -> Asked {
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

fn candidate(post: u32, pre: u32, gradient: f32) -> Candidate {
    Candidate { post, pre, delay: 0, gradient }
}

fn growing(grow: Grow) -> Method {
    Method { grow, amount: Amount::Count(1), balance: Balance::Whole, ..Method::BASE }
}

#[test]
fn momentum_remembers_gradients_at_pairs_that_are_not_there() {
    let network = wired(&[3, 2, 1], &[(5, 3), (5, 4)]);
    let mut rewire = Rewire::new(Method { amount: Amount::Count(0), ..growing(Grow::Momentum { beta: 0.5 }) });
    let at = |candidates: Vec<Candidate>| {
        let mut signals = Signals::default();
        signals.put_candidates(Signal::AbsentGradient { top: 9 }, candidates);
        signals
    };
    ask_at(&network, &at(vec![candidate(3, 0, 4.0)]), &mut rewire, 1);
    let mut acting = Rewire::new(growing(Grow::Momentum { beta: 0.5 }));
    acting.load(&rewire.save()).unwrap();
    // 2 · 0.5 + 0.5 = 1.5 for 3<0, and 0.6 for 4<1, whose gradient is larger now.
    let asked = ask_at(&network, &at(vec![candidate(4, 1, 1.2), candidate(3, 0, 1.0)]), &mut acting, 2).0;
    assert_eq!(asked.come, [(3, 0)]);
}

#[test]
fn a_sample_takes_the_best_of_what_it_drew() {
    let network = wired(&[3, 2, 1], &[(5, 3), (5, 4)]);
    let mut signals = signals(&[
        (Signal::OutputMagnitude, &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
        (Signal::Blame, &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0]),
    ]);
    let candidates = vec![candidate(3, 0, 9.0), candidate(3, 2, 8.0), candidate(4, 1, 2.0), candidate(3, 1, 1.0)];
    signals.put_candidates(Signal::AbsentGradient { top: 9 }, candidates);
    let sampled = |subset, guide| ask(&network, &signals, growing(Grow::SampledGradient { subset, guide })).come;
    // Everything is drawn: the largest gradient.
    assert_eq!(sampled(2.0, Guide::Uniform), [(3, 0)]);
    // Only input 1 speaks, so the two of its pairs are drawn.
    assert_eq!(sampled(1.0, Guide::Bound), [(4, 1)]);
    assert!(sampled(0.0, Guide::Uniform).is_empty());
}

#[test]
fn paths_grow_in_a_layered_network_as_in_the_bipartite_graph() {
    // 3 hears 0 and 1, 4 hears 1: the one path of length three leads from 0 to 4.
    let network = wired(&[3, 2, 1], &[(3, 0), (3, 1), (4, 1), (5, 3), (5, 4)]);
    let method = Method { balance: Balance::GroupPair, amount: Amount::Count(2), ..growing(Grow::Paths) };
    // One connection in two of the count falls to the first pair of groups.
    assert_eq!(ask(&network, &Signals::default(), method).come, [(4, 0)]);
}

#[test]
fn the_nearest_is_the_best() {
    let mut network = wired(&[3, 2, 1], &[(5, 3), (5, 4)]);
    let mut draft = Draft::new(&network, 0);
    for (number, position) in
        [(0, [0.0, 0.0]), (1, [3.0, 0.0]), (2, [9.0, 0.0]), (3, [5.0, 0.0]), (4, [3.0, 1.0]), (5, [0.0, 0.0])]
    {
        let neuron = NeuronId::new(number);
        let spec = livenet_core::NeuronSpec { position, ..network.spec(network.row(neuron).unwrap()).clone() };
        draft.propose(Move::Retune { neuron, spec }).unwrap();
    }
    let finished = draft.finish();
    network.commit(finished).unwrap();
    assert_eq!(ask(&network, &Signals::default(), growing(Grow::Near { width: 2.0 })).come, [(4, 1)]);
    // Drawn: far ones come hardly ever, near ones now and then.
    let far = (0..200).filter(|&step| {
        let mut rewire = Rewire::new(Method { pick: Pick::Drawn, ..growing(Grow::Near { width: 2.0 }) });
        let come = ask_at(&network, &Signals::default(), &mut rewire, step).0.come;
        [(3, 0), (4, 0), (4, 2), (3, 2)].contains(&come[0])
    });
    // exp(-1/4) and exp(-1) for the near two, at most exp(-10/4) for the others.
    assert!((5..60).contains(&far.count()));
}

#[test]
fn who_fires_together_is_wired_with_the_sign_of_it() {
    // In a layered network lag is 0: over two cycles of two samples, 3 says what 1 says, 4 the contrary of what 2 says.
    let network = wired(&[3, 2, 1], &[(5, 3), (5, 4)]);
    let mut signals = Signals::default();
    let first = [[1.0, -1.0], [0.0, 1.0], [2.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [0.0, 0.0]];
    let second = [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [1.0, 0.0], [0.0, 0.0]];
    let values = [first, second].concat().concat();
    signals.put_outputs(livenet_core::Outputs::new(2, 6, values));
    let method = Method {
        balance: Balance::Listener,
        amount: Amount::Density(0.34),
        birth: NewWeight::Step(0.5),
        ..growing(Grow::CoActivity { lanes: 2 })
    };
    let asked = ask(&network, &signals, method);
    assert_eq!(asked.come, [(3, 1), (4, 2)]);
    let value = |birth: &Birth| if let Birth::Value(value) = birth { *value } else { panic!("{birth:?}") };
    // 4 says -1, 1, 1, 0 and 2 says 2, 0, 0, 1: as much less as the other says more.
    assert_eq!(value(&asked.births[0]), 0.5);
    assert!((value(&asked.births[1]) + 0.5).abs() < 1e-6, "{:?}", asked.births);
}

#[test]
fn a_recurrent_listener_is_compared_with_what_it_would_hear() {
    // Between members of a group the lag is 1: 2 says now what 1 said a cycle ago.
    let network = crate::bench::recurrent([1, 2, 1], 0);
    let mut signals = Signals::default();
    let said = [[0.3, 1.0, 0.0, 0.0], [0.1, -1.0, 1.0, 0.0], [0.2, 0.5, -1.0, 0.0], [0.7, 0.0, 0.5, 0.0]];
    signals.put_outputs(livenet_core::Outputs::new(1, 4, said.concat()));
    let asked = ask(&network, &signals, growing(Grow::CoActivity { lanes: 1 }));
    assert!(asked.come.is_empty(), "of no connection a count of one is nothing");
    let one = Method { amount: Amount::Density(0.1), ..growing(Grow::CoActivity { lanes: 1 }) };
    assert_eq!(ask(&network, &signals, one).come, [(2, 1)]);
}

#[test]
fn the_residual_says_who_is_to_be_heard() {
    let network = wired(&[3, 2, 2], &[(3, 0), (4, 0), (5, 3)]);
    // Output 5 misses what 4 says, output 6 more what 3 says; of the inputs 2 correlates more, 1 has the larger sum.
    let residual: &[f32] = &[0.0, 1.0, -0.9, 9.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.8, -2.0, 0.1, 0.0, 0.0];
    let variance: &[f32] = &[1.0, 4.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let signals = signals(&[(Signal::Residual, residual), (Signal::OutputVariance, variance)]);
    let method = Method {
        balance: Balance::GroupPair,
        amount: Amount::Count(3),
        birth: NewWeight::Step(0.5),
        ..growing(Grow::Residual)
    };
    let asked = ask(&network, &signals, method);
    // Two to the hidden ones, both to hear 2; one to the outputs: 6 hears 3, against -2.
    assert_eq!(asked.come, [(3, 2), (4, 2), (6, 3)]);
    assert_eq!(asked.births, [Birth::Value(0.45), Birth::Value(0.45), Birth::Value(1.0)]);
}

#[test]
fn new_weights_are_scaled_by_the_fan_in_there_will_be() {
    let network = wired(&[3, 2, 1], &[(3, 0), (5, 3), (5, 4)]);
    let method = Method {
        birth: NewWeight::FanIn(0.5),
        amount: Amount::Density(1.0),
        balance: Balance::Whole,
        ..growing(Grow::Random)
    };
    let asked = ask(&network, &Signals::default(), method);
    let scale = |birth: &Birth| if let Birth::Random { scale, .. } = birth { *scale } else { panic!("{birth:?}") };
    assert_eq!(asked.come.len(), 5);
    assert!(asked.births.iter().all(|birth| (scale(birth) - 0.5 * (2.0f32 / 3.0).sqrt()).abs() < 1e-6));
}

#[test]
fn a_constant_fan_in_is_made_and_kept() {
    // Hidden 3 hears three, 4 one, the output both. Nothing is ablated.
    let network = wired(&[3, 2, 1], &[(3, 0), (3, 1), (3, 2), (4, 0), (5, 3), (5, 4)]);
    let fan = |salient| Method { amount: Amount::Fraction(0.25), fan: Fan::Constant { salient }, ..SRIGL };
    let mut signals = signals(&[(Signal::Weight, &[0.5, 0.1, 0.3, 0.4, 1.0, 1.0]), (Signal::Gradient, &[0.0; 6])]);
    signals.put_candidates(Signal::AbsentGradient { top: 9 }, vec![candidate(4, 2, 2.0), candidate(4, 1, 1.0)]);
    // Of four one goes; each is to hear two, so 3 keeps 0 and 2, and 4 takes its largest gradient.
    let asked = ask(&network, &signals, fan(0.0));
    assert_eq!((asked.gone, asked.come), (vec![(3, 1)], vec![(4, 2)]));
    // 4 keeps one and would grow one, 3 keeps two: with 1.2 of a fan-in of two, 4 has less than that... and so has 3.
    assert_eq!(ask(&network, &signals, fan(1.2)).come, [(4, 2)]);
    // Where 4 keeps nothing but what it would grow, it is ablated; all four would be of 3, which may hear three.
    let weak = Method { amount: Amount::Fraction(0.25), ..fan(0.9) };
    let mut poor = Signals::default();
    poor.put(Signal::Weight, vec![0.5, 0.2, 0.3, 0.1, 1.0, 1.0]);
    poor.put_candidates(Signal::AbsentGradient { top: 9 }, vec![candidate(4, 2, 2.0), candidate(4, 1, 1.0)]);
    let asked = ask(&network, &poor, weak);
    assert_eq!((asked.gone, asked.come), (vec![(4, 0)], vec![]));
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
