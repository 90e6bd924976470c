//! A network on the executor that defines the arithmetic, asked in the middle of a sequence.

use crate::{Budget, Ledger, Strategy, View, Wiring};
use livenet_core::testing::Naive;
use livenet_core::{Draft, Executor as _, ExecutorSettings, Follower as _, Network, StreamKey, Window};

const LANES: usize = 3;
const CYCLES: usize = 4;

/// A network with random weights and biases on the executor that defines, in the middle of a sequence.
#[derive(Clone, Debug)]
pub struct Living {
    /// The structure.
    pub network: Network,
    /// What runs it.
    pub naive: Naive,
    /// Energy accounts, if there are any.
    pub ledger: Option<Ledger>,
    key: StreamKey,
}

impl Living {
    /// A network of which this share of the pairs is connected.
    ///
    /// # Panics
    /// When some are connected already.
    pub fn new(mut network: Network, density: f64, seed: u64) -> Self {
        let key = StreamKey::new(seed, "living");
        let mut draft = Draft::new(&network, 0);
        let wiring = Wiring::Uniform { density };
        wiring.propose(&mut draft, key.at(0)).expect("nothing is connected yet");
        let wired = draft.finish();
        network.commit(wired).expect("it was drafted on this network");
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let [weights, biases] = [1, 2].map(|at| move |row| 0.5 * key.at(at).normal(row as u64, 0));
        let parameters = naive.parameters_mut();
        parameters.weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = weights(row));
        parameters.bias.iter_mut().enumerate().for_each(|(row, bias)| *bias = biases(row));
        Self { network, naive, ledger: None, key }
    }

    fn window(&mut self, number: u64) -> Vec<f32> {
        let key = self.key.at(number);
        let values: Vec<f32> =
            (0..CYCLES * LANES * self.network.inputs().len()).map(|at| key.normal(at as u64, 0) as f32).collect();
        let window = Window { cycles: CYCLES, lanes: LANES, values: &values };
        self.naive.forward(&self.network, window, None).expect("small numbers stay finite")
    }

    /// Asks, and makes the first commit of what is proposed; returns how many moves that were.
    ///
    /// # Panics
    /// When the network refuses what was proposed.
    pub fn ask(&mut self, method: &mut dyn Strategy) -> usize {
        let needs = method.needs();
        self.naive.observe(&self.network, &needs);
        for number in 3..6 {
            let outputs = self.window(number);
            let key = self.key.at(6);
            let d_outputs: Vec<f32> = (0..outputs.len()).map(|at| key.normal(at as u64, 0) as f32).collect();
            self.naive.backward(&self.network, &d_outputs).expect("small numbers stay finite");
        }
        let signals = self.naive.signals(&self.network, &needs);
        let mut draft = Draft::new(&self.network, 300);
        let view = View {
            network: &self.network,
            signals: &signals,
            step: 300,
            end: Some(1000),
            budget: Budget::unlimited(),
            ledger: self.ledger.as_ref(),
            key: self.key.at(7),
        };
        method.propose(&view, &mut draft);
        let mut finished = draft.finish();
        finished.take_later();
        let moves = finished.proposals().len();
        if moves > 0 {
            let commit = self.network.commit(finished).expect("what was drafted fits the network");
            self.naive.follow(&self.network, &commit);
        }
        moves
    }

    /// Lets a method see the network, then moves every third weight just across zero, as a step of training would.
    pub fn cross(&mut self, method: &mut dyn Strategy) {
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
    pub fn change(&self, method: &mut dyn Strategy) -> (f32, usize) {
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
