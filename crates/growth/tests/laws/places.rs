//! Each rule of where it grows, how it is born and how it is spread, on a network small enough to compute by hand.

use crate::rules::{ask, ask_at, signals, wired};
use livenet_core::{Birth, Candidate, Draft, Move, NeuronId, Signal, Signals};
use livenet_growth::Strategy as _;
use livenet_growth::rewire::{Amount, Balance, Fan, Grow, Method, NewWeight, Pick, Rewire, SRIGL};

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
    signals.put_samples(Signal::Outputs { lanes: u32::MAX }, livenet_core::Samples::new(2, 6, values));
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
    signals.put_samples(Signal::Outputs { lanes: u32::MAX }, livenet_core::Samples::new(1, 4, said.concat()));
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
