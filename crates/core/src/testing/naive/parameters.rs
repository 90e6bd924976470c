//! What learns: a weight per connection, and bias, decay and gain per neuron.

use crate::{Network, NeuronSpec};

/// The parameters of a network, or their gradients or moments, by row. Plain data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    /// Per connection.
    pub weights: Vec<f64>,
    /// Per neuron; adds to the potential after the normalisation.
    pub bias: Vec<f64>,
    /// Per neuron; a leaky unit's decay is the logistic function of it.
    pub decay: Vec<f64>,
    /// Per neuron; multiplies the normal potential in groups that normalise.
    pub gain: Vec<f64>,
}

impl Parameters {
    pub(super) fn zeros(network: &Network) -> Self {
        let zeros = || vec![0.0; network.neuron_count()];
        Self { weights: vec![0.0; network.synapse_count()], bias: zeros(), decay: zeros(), gain: zeros() }
    }

    /// As their specifications bear them, with weights 0.
    pub(super) fn born(network: &Network) -> Self {
        let mut born = Self::zeros(network);
        for row in network.neuron_rows() {
            [born.bias[row.index()], born.decay[row.index()], born.gain[row.index()]] = Self::of(network.spec(row));
        }
        born
    }

    /// Bias, decay and gain of a newborn.
    pub(super) fn of(spec: &NeuronSpec) -> [f64; 3] {
        let decay = f64::from(spec.decay);
        [f64::from(spec.bias), libm::log(decay / (1.0 - decay)), 1.0]
    }

    /// In the order of [`Exported::moments`](crate::Exported::moments).
    pub fn columns(&self) -> [&Vec<f64>; 4] {
        [&self.weights, &self.bias, &self.decay, &self.gain]
    }

    /// The same, to write.
    pub fn columns_mut(&mut self) -> [&mut Vec<f64>; 4] {
        [&mut self.weights, &mut self.bias, &mut self.decay, &mut self.gain]
    }
}

/// The logistic function: a decay from its parameter.
pub(super) fn logistic(rho: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-rho))
}
