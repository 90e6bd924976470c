//! What an executor promises: one window forward, one sweep backward, one fused update.
//!
//! Weights, gradients and moments live *in* the executor, on whatever device it likes; nobody else
//! assumes host slices. The loss stands outside: `backward` takes its derivative. Implementations:
//! `native` and `burn` in `livenet-train`, the definition and the mock device in
//! [`testing`](crate::testing).

use crate::{Follower, Inherit, Network, NeuronId, Neurons, Optimizer, Row, Samples, Signal, Signals, StreamKey};
use serde::{Deserialize, Serialize};
use std::any::Any;

/// Samples for one window: a value per cycle, lane and input neuron.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// How many cycles.
    pub cycles: usize,
    /// How many lanes (samples side by side).
    pub lanes: usize,
    /// `[cycle][lane][input]`, contiguous.
    pub values: &'a [f32],
}

impl Window<'_> {
    /// Checks the length against the network's inputs.
    ///
    /// # Errors
    /// [`ExecError::Shape`].
    pub fn check(&self, network: &Network) -> Result<(), ExecError> {
        let expected = self.cycles * self.lanes * network.inputs().len();
        if self.values.len() == expected && self.cycles > 0 && self.lanes > 0 {
            Ok(())
        } else {
            Err(ExecError::Shape { what: "window of inputs", found: self.values.len(), expected })
        }
    }
}

/// Random silence of hidden outputs during training; the rest is scaled up (inverted dropout).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The share that falls silent, in [0, 1).
    pub rate: f32,
    /// The stream; drawn by (neuron's birth number, cycle · 2³² + lane).
    pub key: StreamKey,
    /// Whether who is silenced is blamed as if it had spoken, so that its dendrites and bias learn all the same: no gradient of anything,
    /// but what the published code of SET does (Mocanu et al. 2018).
    pub blames_silent: bool,
}

impl Dropout {
    /// Inverted dropout.
    pub const fn new(rate: f32, key: StreamKey) -> Self {
        Self { rate, key, blames_silent: false }
    }

    /// What blame is multiplied with where the output was with this [`factor`](Self::factor).
    pub fn blamed(&self, factor: f32) -> f32 {
        if self.blames_silent { 1.0 / (1.0 - self.rate) } else { factor }
    }

    /// The factor of one neuron's output in one cycle and lane: 0 or `1 / (1 - rate)`.
    pub fn factor(&self, neuron: NeuronId, cycle: usize, lane: usize) -> f32 {
        let at = (cycle as u64) << 32 | lane as u64;
        if self.key.uniform(neuron.number(), at) < f64::from(self.rate) { 0.0 } else { 1.0 / (1.0 - self.rate) }
    }
}

/// An element-wise change of weights that no structure rule knows of, fused into the update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// Adds `by * w` to the gradient of every weight (not of biases).
    Decay {
        /// The coefficient.
        by: f32,
    },
    /// Scales the whole gradient down to this Euclidean norm if it is larger.
    ClipNorm {
        /// The largest norm.
        norm: f32,
    },
    /// Clamps every gradient to ± this.
    ClipValue {
        /// The largest magnitude.
        value: f32,
    },
    /// Adds a normal draw to every weight after the step, named by (synapse, step).
    Noise {
        /// Standard deviation.
        scale: f32,
        /// The stream.
        key: StreamKey,
    },
    /// Adds this times the sign of the weight to its gradient (L1); a weight of 0 is left alone.
    Lasso {
        /// The coefficient.
        by: f32,
    },
    /// Adds this times the bias to its gradient.
    DecayBias {
        /// The coefficient.
        by: f32,
    },
    /// Biases stay what they are: their gradients count as 0.
    HoldBias,
    /// Plasticity by neuron: what the optimizer's step moves of these neurons' parameters (the weights of what they
    /// hear, bias, decay, gain) counts so many times; of all others once. Moments do not know of it, nor does noise.
    Pace {
        /// Rows of neurons, ascending, each with the factors of what moves towards zero and away from it.
        of: Vec<(u32, [f32; 2])>,
    },
    /// Shrinks the Euclidean norm of what each of these neurons hears by the rate times this, to zero at least: the group lasso (Yuan
    /// and Lin 2006), by its proximal step. After the optimizer's step and its pace, before noise; moments do not know of it.
    /// Frozen connections neither shrink nor count.
    GroupLasso {
        /// The coefficient.
        by: f32,
        /// Rows of neurons, ascending.
        of: Vec<u32>,
    },
}

impl Pass {
    /// What is left of a group of this norm when it shrinks by so much.
    pub fn shrunk(norm: f64, by: f64) -> f64 {
        if norm > by { 1.0 - by / norm } else { 0.0 }
    }
}

/// One update as data.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateRule {
    /// The optimizer.
    pub optimizer: Optimizer,
    /// The learning rate of this step.
    pub rate: f32,
    /// What else happens to the weights, in order.
    pub passes: Vec<Pass>,
    /// The number of this update, for passes that draw.
    pub step: u64,
}

/// Everything an executor keeps, by the rows of the network it is exported with. What a checkpoint
/// holds; importing it continues bit for bit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// Weight per connection.
    pub weights: Vec<f32>,
    /// Bias per neuron.
    pub bias: Vec<f32>,
    /// Decay of leaky units per neuron, before the logistic function.
    pub decay: Vec<f32>,
    /// Gain of normalised groups per neuron.
    pub gain: Vec<f32>,
    /// Moments: `[slot]` of a value per connection, then per neuron for bias, decay and gain.
    pub moments: Vec<[Vec<f32>; 4]>,
    /// Updates so far: per connection, then per neuron for bias, decay and gain.
    pub steps: [Vec<u32>; 4],
    /// Whose moments they are.
    pub optimizer: Option<Optimizer>,
    /// |change| of every weight in the last update; empty where nobody looks at it.
    pub update_sizes: Vec<f32>,
    /// How many lanes the state has.
    pub lanes: usize,
    /// Past outputs, `[cycles ago - 1][neuron][lane]`, as many cycles as the executor keeps.
    pub outputs: Vec<Vec<f32>>,
    /// State values of units, `[neuron][lane]`.
    pub states: Vec<f32>,
    /// Running statistics: a value per neuron (or connection) each.
    pub statistics: Vec<(Signal, Vec<f32>)>,
    /// Multiply-adds so far.
    pub operations: u64,
    /// The recorded cycles that later sweeps go back over; `None` where every window is swept by itself.
    pub tape: Option<Tape>,
}

/// Recorded cycles in the form of the executor that recorded them. Another kind of executor begins with an
/// empty memory instead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tape {
    /// The name of the executor.
    pub executor: String,
    /// How many cycles.
    pub cycles: usize,
    /// How many of them are the last window.
    pub window: usize,
    /// Its values, as that executor orders them.
    pub columns: Vec<Vec<f32>>,
}

impl Exported {
    /// Whether there is a value per row of this network everywhere.
    ///
    /// # Errors
    /// [`ExecError::Shape`] naming the first column that does not fit.
    pub fn check(&self, network: &Network) -> Result<(), ExecError> {
        let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
        let shape = |what, found, expected| {
            if found == expected { Ok(()) } else { Err(ExecError::Shape { what, found, expected }) }
        };
        let expected = [synapses, neurons, neurons, neurons];
        for (found, expected) in [&self.weights, &self.bias, &self.decay, &self.gain].into_iter().zip(expected) {
            shape("imported column of parameters", found.len(), expected)?;
        }
        for (found, expected) in self.moments.iter().flat_map(|moment| moment.iter().zip(expected)) {
            shape("imported column of moments", found.len(), expected)?;
        }
        for (found, expected) in self.steps.iter().zip(expected) {
            shape("imported column of step counts", found.len(), expected)?;
        }
        for rows in self.outputs.iter().chain([&self.states]) {
            shape("imported state", rows.len(), neurons.saturating_mul(self.lanes))?;
        }
        shape("imported past, in cycles,", self.outputs.len(), ExecutorSettings::state_cycles(network))?;
        if !self.update_sizes.is_empty() {
            shape("imported column of update sizes", self.update_sizes.len(), synapses)?;
        }
        for (signal, values) in &self.statistics {
            shape("imported statistic", values.len(), (signal.components() + 1) * neurons)?;
        }
        Ok(())
    }
}

/// What every executor is made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExecutorSettings {
    /// Memory in cycles, at least the window: how far back the gradient reaches. `None`: the window.
    pub memory: Option<usize>,
    /// What the moments of newborns start from.
    pub inherit: Inherit,
}

impl ExecutorSettings {
    /// How many past cycles of outputs the state holds, whatever the memory is: one, and the largest
    /// delay within reach of anybody. So a delayed connection that is born later, or only scored, hears
    /// what was really said.
    pub fn state_cycles(network: &Network) -> usize {
        1 + network.groups().iter().map(|group| usize::from(group.reach.max_delay)).max().unwrap_or(0)
    }
}

/// Runs a network. See the [module](self).
pub trait Executor: Follower + Any + Send {
    /// What it is called in configs.
    fn name(&self) -> &'static str;
    /// Refuses, before the first step, what it cannot run.
    ///
    /// # Errors
    /// [`ExecError::Unsupported`] names the unit or the device.
    fn supports(&self, network: &Network) -> Result<(), ExecError>;
    /// Sets the state (past outputs, unit states) to zero.
    fn reset(&mut self);
    /// Runs one window from the state, records it, and returns the outputs `[cycle][lane][output]`.
    /// A change of the number of lanes resets the state.
    ///
    /// # Errors
    /// [`ExecError::NonFinite`] names the first neuron that left the finite numbers.
    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError>;
    /// Blame for the last window: `d_outputs` is dL/d output, `[cycle][lane][output]`. Exact
    /// truncated backpropagation over the memory; gradients replace those of the last call.
    ///
    /// # Errors
    /// [`ExecError::Shape`], [`ExecError::NonFinite`].
    fn backward(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError>;
    /// One step of the optimizer with its passes.
    ///
    /// # Errors
    /// [`ExecError::NonFinite`] where an update leaves the finite numbers.
    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError>;
    /// [`backward`](Self::backward), then [`update`](Self::update): what a step does when nobody looks between the two.
    /// An executor may do both in one sweep: the gradients are then to be had until the
    /// next window only, and if it fails, some weights may have moved.
    ///
    /// # Errors
    /// As for both.
    fn learn(&mut self, network: &Network, d_outputs: &[f32], rule: &UpdateRule) -> Result<(), ExecError> {
        self.backward(network, d_outputs)?;
        self.update(network, rule)
    }
    /// Runs a sequence from zero state and returns its outputs. State, memory, gradients and
    /// statistics stay untouched.
    ///
    /// # Errors
    /// As [`Executor::forward`].
    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError>;
    /// Which running statistics to keep from now on. What is not named costs nothing.
    fn observe(&mut self, network: &Network, signals: &[Signal]);
    /// The reductions asked for, from the last window and the running statistics.
    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals;
    /// Output of a neuron `ago` cycles back (0: the last), per lane; `None` beyond the memory.
    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>>;
    /// Multiply-adds so far: forward, backward, gradients, scoring of absent connections.
    fn operations(&self) -> u64;
    /// Everything it keeps.
    fn export(&self, network: &Network) -> Exported;
    /// Takes over everything; whatever network it was made for or followed, it is of this one from now on.
    ///
    /// # Errors
    /// [`ExecError::Shape`] when a column does not have a value per row.
    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError>;
    /// Another one just like it, for trials on clones.
    fn boxed_clone(&self) -> Box<dyn Executor>;
}

/// [`Signal::Outputs`] of an executor, by its [`recall`](Executor::recall).
pub fn recalled(executor: &dyn Executor, network: &Network, lanes: u32) -> Samples {
    let (neurons, mut cycles, mut kept) = (network.neuron_count(), Vec::new(), 0);
    while let Some(said) = network.neuron_rows().map(|row| executor.recall(network, cycles.len(), row)).collect() {
        let said: Vec<Vec<f32>> = said;
        let Some(first) = said.first() else { break };
        kept = first.len().min(lanes as usize);
        cycles.push(said.iter().flat_map(|lanes| &lanes[..kept]).copied().collect::<Vec<f32>>());
    }
    Samples::new(kept, neurons, cycles.into_iter().rev().flatten().collect())
}

/// What went wrong while running.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExecError {
    /// A unit, a normalisation or a device that this executor cannot run.
    #[error("the executor `{executor}` cannot run {what}; {mend}")]
    Unsupported {
        /// Its name.
        executor: &'static str,
        /// What it met.
        what: String,
        /// What to do instead.
        mend: String,
    },
    /// A slice of the wrong length.
    #[error("the {what} holds {found} values where the network needs {expected}")]
    Shape {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// A value that is infinite or not a number, where it arose first.
    #[error(
        "the {what} of {neuron} became {value} in cycle {cycle} of the window; lower the learning rate, clip the gradient, or normalise the group"
    )]
    NonFinite {
        /// Potential, output, gradient or weight.
        what: &'static str,
        /// Whose.
        neuron: NeuronId,
        /// In which cycle of the window.
        cycle: usize,
        /// What it became.
        value: f32,
    },
}
