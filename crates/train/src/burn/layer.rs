//! A living network as a layer of a user's own burn model.

use super::{
    columns::{self, Columns, Learned, born_with, column},
    plan::{Density, Plan},
    window::{Drive, Parameters, Wired, upload},
};
use burn::{
    module::{Module, Param},
    tensor::{Int, Tensor, backend::Backend},
};
use livenet_core::{Commit, Inherit, Network, Row};
use std::{collections::VecDeque, sync::Arc};

/// A living network beside `Linear` or `Lstm`: its inputs are the features that it is given, its outputs
/// what it hands on, and burn's losses and optimizers train it with the rest of the model.
#[derive(Module, Debug)]
pub struct LiveLayer<B: Backend> {
    /// `[connection]`, by row.
    pub weights: Param<Tensor<B, 1>>,
    /// `[neuron]`, by row.
    pub bias: Param<Tensor<B, 1>>,
    /// `[neuron]`: decay of leaky units, before the logistic function.
    pub decay: Param<Tensor<B, 1>>,
    /// `[neuron]`: gain in groups that normalise.
    pub gain: Param<Tensor<B, 1>>,
    indices: Vec<Tensor<B, 1, Int>>,
    #[module(skip)]
    plan: Arc<Plan>,
}

impl<B: Backend> LiveLayer<B> {
    /// A layer over this network with these weights, by row; neurons' own parameters as specified.
    ///
    /// # Panics
    /// When there is not a weight per connection.
    #[track_caller]
    pub fn new(network: &Network, weights: Vec<f32>, device: &B::Device) -> Self {
        assert_eq!(weights.len(), network.synapse_count(), "one weight per connection");
        let born: Vec<[f32; 3]> = network.neuron_rows().map(|row| born_with(network.spec(row))).collect();
        let own = |kind: usize| column::<B>(born.iter().map(|born| born[kind]).collect(), device);
        Self::of(network, [column(weights, device), own(0), own(1), own(2)], device)
    }

    fn of(network: &Network, values: [Tensor<B, 1>; 4], device: &B::Device) -> Self {
        let plan = Plan::new(network, Density::default());
        let [weights, bias, decay, gain] = values.map(Param::from_tensor);
        Self { weights, bias, decay, gain, indices: upload(&plan, device), plan: Arc::new(plan) }
    }

    /// One cycle from zero state: `[sample][input]` to `[sample][output]`.
    pub fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let cycles = self.forward_window(vec![input]);
        cycles.into_iter().next().expect("one cycle in, one out")
    }

    /// A window of cycles from zero state, each `[sample][input]`, to as many `[sample][output]`.
    ///
    /// # Panics
    /// When a cycle does not have a value per input neuron, or the network has no outputs.
    #[track_caller]
    pub fn forward_window(&self, inputs: Vec<Tensor<B, 2>>) -> Vec<Tensor<B, 2>> {
        let [weights, bias, decay, gain] = [&self.weights, &self.bias, &self.decay, &self.gain].map(Param::val);
        let Some(lanes) = inputs.first().map(|input| input.dims()[0]) else { return Vec::new() };
        let wired = Wired::new(&self.plan, &self.indices, &Parameters { weights, bias, decay, gain }, lanes);
        let mut cycles = VecDeque::with_capacity(inputs.len());
        let mut outputs = Vec::with_capacity(inputs.len());
        for input in inputs {
            assert_eq!(input.dims(), [lanes, self.plan.input_count()], "a value per sample and input neuron");
            let now = wired.cycle(&cycles, &Drive::Fresh { input: Some(input), masks: &[] }, None);
            outputs.push(now[self.plan.output].as_ref().expect("the network has outputs").output.clone());
            cycles.push_back(now);
        }
        outputs
    }

    /// The layer after a commit of its network. Its parameters have new names: burn's optimizers keep their
    /// state by name and shape, and start afresh here.
    #[must_use]
    pub fn after(&self, network: &Network, commit: &Commit) -> Self {
        let mut columns: Columns<B> = [&self.weights, &self.bias, &self.decay, &self.gain].map(|value| {
            let value = value.val().set_require_grad(false);
            Learned { steps: value.zeros_like(), value, moments: Vec::new() }
        });
        columns::follow(&mut columns, network, commit, &[], Inherit::Nothing);
        let device = self.weights.val().device();
        Self::of(network, columns.map(|column| column.value), &device)
    }

    /// The weights by row, read back.
    pub fn weights(&self) -> Vec<f32> {
        columns::rows(&self.weights.val(), self.plan.synapses)
    }

    /// The bias of a neuron, read back.
    pub fn bias_of(&self, neuron: Row<livenet_core::Neurons>) -> f32 {
        columns::rows(&self.bias.val(), self.plan.neurons)[neuron.index()]
    }
}
