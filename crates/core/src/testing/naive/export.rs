//! Everything that is kept, rounded to f32, and back.
//!
//! A running statistic is exported as its components and then the weight of its past, each a value
//! per neuron, one after the other.

use super::{History, Naive, Parameters, narrow, widen};
use crate::{ExecError, Exported, Network};

impl Naive {
    pub(super) fn exported(&self) -> Exported {
        let mut history = self.history.clone();
        history.keep(0);
        let [weights, bias, decay, gain] = self.parameters.columns().map(|column| narrow(column));
        Exported {
            weights,
            bias,
            decay,
            gain,
            moments: self.moments.iter().map(|moment| moment.columns().map(|column| narrow(column))).collect(),
            steps: self.steps.clone(),
            optimizer: self.optimizer,
            update_sizes: narrow(&self.update_size),
            lanes: history.lanes,
            outputs: history.past.iter().rev().map(|rows| narrow(&rows.concat())).collect(),
            states: narrow(&history.before.concat()),
            statistics: self.statistics.exported(),
            operations: self.operations,
            // Rounded to f32 it would not be what was recorded; the definition begins anew.
            tape: None,
        }
    }

    pub(super) fn take_over(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        from.check(network)?;
        self.epoch = network.epoch();
        self.adopt(from);
        self.gradients = Parameters::zeros(network);
        self.optimizer = from.optimizer;
        self.update_size = widen(&from.update_sizes);
        self.update_size.resize(network.synapse_count(), 0.0);
        self.history = History::new(network, from.lanes);
        let rows = |flat: &Vec<f32>| flat.chunks(from.lanes.max(1)).map(widen).collect::<Vec<_>>();
        self.history.past = from.outputs.iter().rev().map(rows).collect();
        self.history.before = rows(&from.states);
        self.blame.clear();
        self.statistics.import(&from.statistics, network.neuron_count());
        self.operations = from.operations;
        Ok(())
    }

    /// Takes over what learns and its moments, but no state.
    pub(in crate::testing) fn adopt(&mut self, from: &Exported) {
        let parameters = |[weights, bias, decay, gain]: [&Vec<f32>; 4]| Parameters {
            weights: widen(weights),
            bias: widen(bias),
            decay: widen(decay),
            gain: widen(gain),
        };
        self.parameters = parameters([&from.weights, &from.bias, &from.decay, &from.gain]);
        self.moments = from.moments.iter().map(|moment| parameters(moment.each_ref())).collect();
        self.steps.clone_from(&from.steps);
    }
}
