//! The definition of the arithmetic: f64, a few lines a function, no thought of speed.
//!
//! Everything else approximates this. Read `forward`, then `backward`, `update`, `carry` (what a commit
//! does to values), `signals`. Inside all is f64; the [`Executor`] interface rounds to f32.
//!
//! What is fixed here beyond the words of [`Executor`]:
//! - The state is the outputs of the last [`ExecutorSettings::state_cycles`] cycles and the `v` of leaky
//!   units (0 for others). A commit keeps it; a daughter starts with a copy of her mother's, every other
//!   newborn with zeros.
//! - The memory is the last M cycles, recorded over windows. A sweep runs back over all of it, with the
//!   weights of the moment and the recorded values; what is older is a constant. A reset, a commit, an
//!   import and a change of lanes empty it, and a commit also clears gradients and update sizes.
//! - A silent connection has the gradient of a connection whose weight counts as 0, and learns by it;
//!   what shall keep its weight is marked frozen as well.
//! - Operations are multiply-adds: forward, active connections · lanes · cycles of the window; backward,
//!   active connections · lanes · cycles of the memory, and for the gradient all connections · lanes ·
//!   cycles of the memory; absent gradients, candidates · lanes · cycles of the memory; residuals,
//!   outputs · neurons · lanes · cycles of the memory. Predictions and updates are not counted.

#![expect(clippy::needless_range_loop, reason = "a definition speaks of neurons, lanes and cycles by index")]

mod backward;
mod bounds;
mod carry;
mod export;
mod forward;
mod history;
mod parameters;
mod signals;
mod splitting;
mod statistics;
mod update;

pub use parameters::Parameters;

use crate::{
    Dropout, Epoch, ExecError, Executor, ExecutorSettings, Exported, Network, Neurons, Optimizer, Row, Signal, Signals,
    UpdateRule, Window,
};
use backward::Blame;
use history::{History, Rows};
use statistics::Statistics;

/// The executor that defines. See the [module](self).
#[derive(Clone, Debug)]
pub struct Naive {
    settings: ExecutorSettings,
    epoch: Epoch,
    parameters: Parameters,
    gradients: Parameters,
    moments: Vec<Parameters>,
    steps: [Vec<u32>; 4],
    /// Whose moments they are.
    optimizer: Option<Optimizer>,
    history: History,
    /// One per recorded cycle, after a sweep.
    blame: Vec<Blame>,
    update_size: Vec<f64>,
    statistics: Statistics,
    operations: u64,
}

impl Naive {
    /// An executor over this network: weights 0, the neurons' own parameters as specified.
    pub fn new(network: &Network, settings: ExecutorSettings) -> Self {
        let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
        Self {
            settings,
            epoch: network.epoch(),
            parameters: Parameters::born(network),
            gradients: Parameters::zeros(network),
            moments: Vec::new(),
            steps: [synapses, neurons, neurons, neurons].map(|count| vec![0; count]),
            optimizer: None,
            history: History::new(network, 1),
            blame: Vec::new(),
            update_size: vec![0.0; synapses],
            statistics: Statistics::default(),
            operations: 0,
        }
    }

    /// The parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }
    /// The parameters, to write: tests set them and take differences.
    pub fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }
    /// The gradients of the last sweep.
    pub fn gradients(&self) -> &Parameters {
        &self.gradients
    }

    #[track_caller]
    fn check_epoch(&self, network: &Network) {
        assert_eq!(self.epoch, network.epoch(), "this executor did not follow every commit");
    }
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

impl Executor for Naive {
    fn name(&self) -> &'static str {
        "naive"
    }

    fn supports(&self, _network: &Network) -> Result<(), ExecError> {
        Ok(())
    }

    fn reset(&mut self) {
        self.history.reset();
        self.blame.clear();
    }

    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        window.check(network)?;
        Ok(narrow(&self.forward_f64(network, (window.cycles, window.lanes), &widen(window.values), dropout)?))
    }

    fn backward(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        self.backward_f64(network, &widen(d_outputs))
    }

    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        self.check_epoch(network);
        self.step(network, rule)
    }

    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        window.check(network)?;
        Ok(narrow(&self.predict_f64(network, (window.cycles, window.lanes), &widen(window.values))?))
    }

    fn observe(&mut self, network: &Network, signals: &[Signal]) {
        self.check_epoch(network);
        self.statistics.observe(signals, network.neuron_count());
    }

    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        self.check_epoch(network);
        self.compute_signals(network, wanted)
    }

    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>> {
        self.check_epoch(network);
        let cycle = self.history.tape.iter().rev().nth(ago)?;
        Some(narrow(&cycle.output[neuron.index()]))
    }

    fn operations(&self) -> u64 {
        self.operations
    }

    fn export(&self, network: &Network) -> Exported {
        self.check_epoch(network);
        self.exported()
    }

    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        self.take_over(network, from)
    }

    fn boxed_clone(&self) -> Box<dyn Executor> {
        Box::new(self.clone())
    }
}
