//! How far f32 may be from f32: the bound that function-preserving moves are held to.

use super::{Naive, Rows, forward::argument};
use crate::{Activation, Network, Role, Row};

impl Naive {
    /// For the last recorded cycle, `[neuron][lane]`: how far two f32 outputs may lie apart that sum the
    /// same terms in another order or another partition. For networks without normalisation.
    pub(in crate::testing) fn rounding_bounds(&self, network: &Network) -> Rows {
        let epsilon = f64::from(f32::EPSILON);
        let mut bounds = vec![vec![0.0; self.history.lanes]; network.neuron_count()];
        let Some(t) = self.history.tape.len().checked_sub(1) else { return bounds };
        let cycle = &self.history.tape[t];
        for row in network.neuron_rows().filter(|&row| network.role(row) != Role::Input) {
            for lane in 0..self.history.lanes {
                let (mut heard, mut carried) = (self.parameters.bias[row.index()].abs(), 0.0);
                for synapse in network.incoming(row).filter(|&synapse| !network.marks()[synapse].is_silent()) {
                    let (pre, lag) = (network.pres()[synapse] as usize, network.lag(row, Row::new(synapse as u32)));
                    let weight = self.parameters.weights[synapse].abs();
                    heard += weight * self.history.output(t, lag)[pre][lane].abs();
                    carried += if lag == 0 { weight * bounds[pre][lane] } else { 0.0 };
                }
                let at = argument(network, cycle, row, lane);
                let activation = network.spec(row).unit.activation;
                let own = match activation {
                    Activation::Linear | Activation::Relu | Activation::LeakyRelu => 2.0 * at.abs(),
                    _ => 4.0 * (1.0 + at.abs()),
                };
                let slope = activation
                    .derivative(at)
                    .abs()
                    .max(activation.derivative(at + 1e-6).abs())
                    .max(activation.derivative(at - 1e-6).abs());
                bounds[row.index()][lane] = (slope + 1e-3) * (8.0 * epsilon * heard + carried) + epsilon * own;
            }
        }
        bounds
    }
}
