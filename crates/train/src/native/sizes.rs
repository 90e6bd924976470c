//! What the sizes of weights add up to at either end: how much is heard of a speaker, and what drives a listener.

#[cfg(test)]
mod tests;

use super::executor::{Native, counted};
use livenet_core::kernel;
use livenet_core::{Network, Signal};

impl Native {
    /// The sum of |weight| of the connections by which each neuron is heard.
    ///
    /// Made of the weights in the order of the transpose, which the next sweep finds there: bringing them into that order is
    /// most of the work, and is done once.
    fn spoken(&mut self, network: &Network) -> Vec<f64> {
        self.prepare();
        let Self { pool, plan, parameters, scratch, .. } = self;
        let weights = counted(plan, parameters, &self.counted);
        let mut spoken = vec![0.0; network.neuron_count()];
        pool.run(network.synapse_count(), |_| {
            if !scratch.ahead {
                scratch.gradients.resize(plan.transpose.wires().connections(), 0.0);
                plan.transpose.arrange(weights, &mut scratch.places, &mut scratch.gradients);
                scratch.ahead = true;
            }
            kernel::sizes(plan.transpose.offsets(), &scratch.gradients, &mut spoken);
        });
        plan.dense.add_sizes(weights, &mut spoken);
        spoken
    }

    /// What a neuron is worth to those who hear it: how much its output deviates, times the sum of |weight|.
    pub(super) fn utility(&mut self, network: &Network) -> Vec<f32> {
        let mut values = self.statistics.values(network, Signal::Utility);
        if self.statistics.keeps(Signal::Utility) {
            let spoken = self.spoken(network);
            values.iter_mut().zip(spoken).for_each(|(value, spoken)| *value = (f64::from(*value) * spoken) as f32);
        }
        values
    }

    /// The sum of |weight| times mean |output| over whom each neuron hears.
    pub(super) fn drive(&mut self, network: &Network) -> Vec<f32> {
        let neurons = network.neuron_count();
        if !self.statistics.keeps(Signal::OutputMagnitude) {
            return vec![0.0; neurons];
        }
        self.prepare();
        let said = self.statistics.values(network, Signal::OutputMagnitude);
        let said: Vec<f64> = said.into_iter().map(f64::from).collect();
        let weights = counted(&self.plan, &self.parameters, &self.counted);
        let mut drives = vec![0.0; neurons];
        self.pool.run(network.synapse_count(), |_| {
            kernel::heard_sizes(network.offsets(), weights, (network.pres(), &said), &mut drives);
        });
        drives.into_iter().map(|drive| drive as f32).collect()
    }

    /// Weights are about to be others.
    pub(super) fn weights_change(&mut self) {
        (self.counted_stale, self.scratch.ahead) = (true, false);
    }
}
