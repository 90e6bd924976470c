//! What a method promises about the function holds at the moment of its commit.

use crate::bench::{layers, recurrent};
use crate::conformance::build;
use livenet_core::testing::Naive;
use livenet_core::{Draft, Executor as _, ExecutorSettings, Follower as _, Network, StreamKey, Window};
use livenet_growth::{
    Budget, Contract, Daughters, Mitosis, Mother, Settings, Strategy as Method, Value, View, Wiring, registry,
};
use proptest::prelude::*;

const LANES: usize = 3;
const CYCLES: usize = 4;

/// A network with random weights and biases on the executor that defines, in the middle of a sequence.
#[derive(Clone, Debug)]
struct Living {
    network: Network,
    naive: Naive,
    key: StreamKey,
}

impl Living {
    fn new(mut network: Network, density: f64, seed: u64) -> Self {
        let key = StreamKey::new(seed, "living");
        let mut draft = Draft::new(&network, 0);
        Wiring::Uniform { density }.propose(&mut draft, key.at(0)).unwrap();
        let wired = draft.finish();
        network.commit(wired).unwrap();
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let [weights, biases] = [1, 2].map(|at| move |row| 0.5 * key.at(at).normal(row as u64, 0));
        let parameters = naive.parameters_mut();
        parameters.weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = weights(row));
        parameters.bias.iter_mut().enumerate().for_each(|(row, bias)| *bias = biases(row));
        Self { network, naive, key }
    }

    fn window(&mut self, number: u64) -> Vec<f32> {
        let key = self.key.at(number);
        let values: Vec<f32> =
            (0..CYCLES * LANES * self.network.inputs().len()).map(|at| key.normal(at as u64, 0) as f32).collect();
        self.naive.forward(&self.network, Window { cycles: CYCLES, lanes: LANES, values: &values }, None).unwrap()
    }

    /// Asks, and makes the first commit of what is proposed; returns how many moves that were.
    fn ask(&mut self, method: &mut dyn Method) -> usize {
        let needs = method.needs();
        self.naive.observe(&self.network, &needs);
        for number in 3..6 {
            let outputs = self.window(number);
            let key = self.key.at(6);
            let d_outputs: Vec<f32> = (0..outputs.len()).map(|at| key.normal(at as u64, 0) as f32).collect();
            self.naive.backward(&self.network, &d_outputs).unwrap();
        }
        let signals = self.naive.signals(&self.network, &needs);
        let mut draft = Draft::new(&self.network, 300);
        let view = View {
            network: &self.network,
            signals: &signals,
            step: 300,
            end: Some(1000),
            budget: Budget::unlimited(),
            ledger: None,
            key: self.key.at(7),
        };
        method.propose(&view, &mut draft);
        let mut finished = draft.finish();
        finished.take_later();
        let moves = finished.proposals().len();
        if moves > 0 {
            let commit = self.network.commit(finished).unwrap();
            self.naive.follow(&self.network, &commit);
        }
        moves
    }

    /// Lets a method see the network, then moves every third weight just across zero, as a step of training would.
    fn cross(&mut self, method: &mut dyn Method) {
        let signals = self.naive.signals(&self.network, &method.needs());
        let mut draft = Draft::new(&self.network, 299);
        let (network, budget) = (&self.network, Budget::unlimited());
        let view =
            View { network, signals: &signals, step: 299, end: Some(1000), budget, ledger: None, key: self.key.at(9) };
        method.propose(&view, &mut draft);
        let weights = self.naive.parameters_mut().weights.iter_mut();
        weights.step_by(3).for_each(|weight| *weight = -1e-5 * weight.signum());
    }

    /// By how much the outputs of the next window change when a method is asked, as a part of the largest, and
    /// after how many moves.
    fn change(&self, method: &mut dyn Method) -> (f32, usize) {
        let (mut asked, mut unasked) = (self.clone(), self.clone());
        let moves = asked.ask(method);
        // The same past, without the commit.
        (3..6).for_each(|number| drop(unasked.window(number)));
        let (now, then) = (asked.window(8), unasked.window(8));
        let largest = then.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let moved = now.iter().zip(&then).map(|(now, then)| (now - then).abs()).fold(0.0, f32::max);
        (moved / largest.max(f32::MIN_POSITIVE), moves)
    }
}

fn living() -> impl Strategy<Value = Living> {
    let shape = (1..4u32, 1..7u32, 1..5u32, 1..4u32, 0..3u16);
    (shape, 0.3..1.0f64, any::<u64>(), any::<bool>()).prop_map(|((i, h, k, o, delay), density, seed, deep)| {
        Living::new(if deep { layers(&[i, h, k, o]) } else { recurrent([i, h, o], delay) }, density, seed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_promises_exactness_keeps_it(living in living()) {
        for entry in registry::ALL.iter().filter(|entry| entry.contract == Contract::Exact) {
            let (change, moves) = living.change(&mut *build(entry));
            prop_assert!(change <= 1e-6, "{}: {change} after {moves} moves", entry.name);
        }
    }

    #[test]
    fn division_is_exact_whoever_divides_and_however_daughters_part(living in living(), share in 0.01..0.99f32) {
        for mother in [Mother::Utility, Mother::Gradient, Mother::Splitting, Mother::Age] {
            for daughters in [Daughters::Symmetric, Daughters::Noise(0.5), Daughters::Share(share)] {
                let (change, moves) = living.change(&mut Mitosis { mother, daughters, count: 9 });
                prop_assert!(change <= 1e-6, "{mother:?} {daughters:?}: {change} after {moves} moves");
            }
        }
    }
}

#[test]
fn who_promises_to_change_little_does() {
    for entry in registry::ALL.iter().filter(|entry| entry.contract == Contract::Near) {
        let mut most = (0.0f32, 0);
        for seed in 0..8 {
            for (network, density) in [(layers(&[3, 6, 4, 2]), 0.8), (recurrent([2, 6, 2], 1), 0.5)] {
                let mut living = Living::new(network, density, seed);
                let mut method = if entry.name == "merge" {
                    // Copies of one another: what was divided is merged again.
                    let mut mitosis = Mitosis { mother: Mother::Age, daughters: Daughters::Symmetric, count: 3 };
                    living.ask(&mut mitosis);
                    entry.strategy(Settings::none().with("correlation", Value::Real(0.999_999))).unwrap()
                } else {
                    build(entry)
                };
                if entry.name != "merge" {
                    living.cross(&mut *method);
                }
                let (change, moves) = living.change(&mut *method);
                most = (most.0.max(change), most.1 + moves);
            }
        }
        assert!(most.0 <= 1e-3 && most.1 > 0, "{}: {most:?}", entry.name);
    }
}

#[test]
fn the_measure_sees_who_promises_nothing() {
    let benches: Vec<Living> = (0..4)
        .flat_map(|seed| {
            [(layers(&[3, 6, 4, 2]), 0.8), (recurrent([2, 6, 2], 1), 0.5)].map(|(n, d)| Living::new(n, d, seed))
        })
        .collect();
    for entry in registry::ALL {
        let seen: Vec<(f32, usize)> = benches.iter().map(|living| living.change(&mut *build(entry))).collect();
        let most = seen.iter().map(|seen| seen.0).fold(0.0, f32::max);
        match entry.contract {
            Contract::Exact => assert!(most <= 1e-6, "{}: {seen:?}", entry.name),
            Contract::Near => continue,
            Contract::None => assert!(most > 1e-2, "{} promises nothing and keeps it all: {seen:?}", entry.name),
        }
        assert!(entry.name == "still" || seen.iter().all(|seen| seen.1 > 0), "{} does nothing: {seen:?}", entry.name);
    }
}
