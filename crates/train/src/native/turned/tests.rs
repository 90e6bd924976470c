//! A stream of mostly zeros: the same bits whether its weights lie by speaker or by listener.

use super::super::tests::{bits, stream};
use super::{ENOUGH, Native};
use livenet_core::testing::apply;
use livenet_core::{
    Birth, ExecError, Executor, Law, Mark, Move, Network, NeuronId, Optimizer, Scope, Signal, StreamKey, Synapse,
    UpdateRule, Window,
};

/// One executor that may turn its weights, and one that is asked for a prediction after every step and so never does.
struct Pair {
    network: [Network; 2],
    native: [Native; 2],
}

const TURNS: usize = 0;
const STAYS: usize = 1;

impl Pair {
    fn new() -> Self {
        let ((one, turns), (other, stays)) = (stream(), stream());
        Self { network: [one, other], native: [turns, stays] }
    }

    fn sample(step: usize, one_in: u64) -> Vec<f32> {
        let mut stream = StreamKey::new(step as u64, "sparse").stream();
        (0..20).map(|_| if stream.below(one_in) == 0 { stream.normal() as f32 } else { 0.0 }).collect()
    }

    /// A step of both; compares all that they keep.
    fn step(&mut self, values: &[f32]) {
        let window = Window { cycles: 1, lanes: 1, values };
        let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.05, passes: Vec::new(), step: 0 };
        let outputs = [TURNS, STAYS].map(|at| {
            let (network, native) = (&self.network[at], &mut self.native[at]);
            let outputs = native.forward(network, window, None).unwrap();
            let d_outputs: Vec<f32> = outputs.iter().map(|y| y - 0.5).collect();
            native.learn(network, &d_outputs, &rule).unwrap();
            bits(&outputs)
        });
        assert_eq!(outputs[TURNS], outputs[STAYS]);
        self.compare();
        self.native[STAYS].predict(&self.network[STAYS], window).unwrap();
        assert!(!self.native[STAYS].record.turned.leads);
    }

    fn compare(&self) {
        let [one, other] = [TURNS, STAYS].map(|at| self.native[at].export(&self.network[at]));
        assert_eq!(bits(&one.weights), bits(&other.weights));
        assert_eq!(one, other);
    }

    fn commit(&mut self, moves: &[Move]) {
        for at in [TURNS, STAYS] {
            apply(&mut self.network[at], &mut self.native[at], moves.iter().cloned()).unwrap();
        }
        self.compare();
    }

    /// Until the weights lie by speaker.
    fn turned() -> Self {
        let mut pair = Self::new();
        // The first step gets to know the optimizer, and so reads the weights.
        for step in 0..=ENOUGH as usize {
            assert!(!pair.leads());
            pair.step(&Self::sample(step, 5));
        }
        assert!(pair.leads());
        pair
    }

    fn leads(&self) -> bool {
        self.native[TURNS].record.turned.leads
    }
}

#[test]
fn mostly_zeros_turn_the_weights_and_many_others_turn_them_back() {
    let mut pair = Pair::turned();
    for step in 0..40 {
        pair.step(&Pair::sample(100 + step, [4, 6, 1_000_000][step % 3]));
        assert!(pair.leads());
    }
    for step in 0..3 * ENOUGH as usize {
        pair.step(&Pair::sample(200 + step, 1));
    }
    assert!(!pair.leads());
}

#[test]
fn renewals_keep_them_turned() {
    let mut pair = Pair::turned();
    let random = Birth::Random { key: StreamKey::new(1, "renewed"), law: Law::Normal, scale: 0.3 };
    for (at, mean) in [(0, 0.0), (3, 0.5), (39, 0.0), (40, 0.0), (61, 1.5)] {
        let (old, new) = (NeuronId::new(20 + at), NeuronId::new(1000 + at));
        pair.commit(&[Move::Renew { old, new, birth: random, mean }]);
        assert!(pair.leads());
        pair.step(&Pair::sample(at as usize, 5));
    }
}

#[test]
fn who_wants_the_weights_has_them() {
    for read in [
        |native: &mut Native, network: &Network| drop(native.signals(network, &[Signal::Weight])),
        |native: &mut Native, _: &Network| native.turn_back(),
        |native: &mut Native, network: &Network| {
            let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.1, passes: Vec::new(), step: 0 };
            native.update(network, &rule).unwrap();
        },
        |native: &mut Native, network: &Network| {
            let values = [0.25; 60];
            native.forward(network, Window { cycles: 1, lanes: 3, values: &values }, None).unwrap();
            native.backward(network, &[0.5; 9]).unwrap();
        },
    ] {
        let mut pair = Pair::turned();
        for at in [TURNS, STAYS] {
            read(&mut pair.native[at], &pair.network[at]);
        }
        pair.compare();
        for step in 0..2 * ENOUGH as usize {
            pair.step(&Pair::sample(300 + step, 5));
        }
        assert!(pair.leads());
    }
}

#[test]
fn a_silent_connection_or_a_new_one_turns_them_back() {
    let at = Synapse::new(NeuronId::new(25), NeuronId::new(4));
    for what in [Move::Mark { at: Scope::Synapse(at), mark: Mark::Silent }, Move::Prune { at: vec![at] }] {
        let mut pair = Pair::turned();
        pair.commit(&[what]);
        assert!(!pair.leads());
        for step in 0..2 * ENOUGH as usize {
            pair.step(&Pair::sample(400 + step, 5));
        }
        assert!(!pair.leads());
    }
}

#[test]
fn what_is_not_finite_is_told_as_ever() {
    let mut pair = Pair::turned();
    let mut values = vec![0.0; 20];
    // So large that with a rising rate the weights of who hears it are the first to overflow.
    values[4] = 1e30;
    for at in [TURNS, STAYS] {
        let window = Window { cycles: 1, lanes: 1, values: &values };
        pair.native[at].forward(&pair.network[at], window, None).unwrap();
    }
    assert!(pair.leads());
    let told = (0..127).find_map(|exponent| {
        let rate = f32::from_bits((127 + exponent) << 23);
        let rule = UpdateRule { optimizer: Optimizer::Sgd, rate, passes: Vec::new(), step: 0 };
        let tried = [TURNS, STAYS].map(|at| {
            let mut native = pair.native[at].clone();
            let learned = native.learn(&pair.network[at], &[1e-3; 3], &rule);
            (learned, bits(&native.export(&pair.network[at]).weights))
        });
        let [(one, weights), (other, expected)] = tried;
        assert_eq!((format!("{one:?}"), weights), (format!("{other:?}"), expected));
        one.err()
    });
    let Some(ExecError::NonFinite { what: "weight", neuron, .. }) = told else { panic!("{told:?}") };
    assert!((20..60).contains(&neuron.number()), "{neuron}");

    // A weight that a commit makes infinite is heard by listener, where infinity times an input of zero is an error.
    let mut pair = Pair::turned();
    let at = Synapse::new(NeuronId::new(25), NeuronId::new(4));
    pair.commit(&[Move::Scale { at, by: f32::MAX }]);
    assert!(pair.leads());
    pair.commit(&[Move::Scale { at, by: f32::MAX }]);
    assert!(!pair.leads());
    let mut values = Pair::sample(8, 5);
    values[4] = 0.0;
    let window = Window { cycles: 1, lanes: 1, values: &values };
    for at in [TURNS, STAYS] {
        let error = pair.native[at].forward(&pair.network[at], window, None).unwrap_err();
        assert!(matches!(error, ExecError::NonFinite { neuron, .. } if neuron == NeuronId::new(25)), "{error}");
    }
}
