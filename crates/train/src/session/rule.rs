//! The update of a step, as data.

use super::Session;
use livenet_core::{Neurons, Pass, Row, UpdateRule};
use livenet_growth::{Gain, life::Change};

impl Session {
    /// The update of this step.
    pub(super) fn rule(&self) -> UpdateRule {
        let mut passes = self.learning.passes.clone();
        passes.extend(self.learning.gain.map(|gain| self.pace(&gain)));
        passes.extend(self.learning.group_lasso.map(|lasso| lasso.pass(&self.network, self.step)));
        UpdateRule {
            optimizer: self.learning.optimizer,
            rate: self.learning.rate_at(self.step),
            passes,
            step: self.step,
        }
    }

    /// The plasticity of every neuron by its age and its energy, where that is not what everybody's is.
    fn pace(&self, gain: &Gain) -> Pass {
        let factors = |row: Row<Neurons>| {
            let age = self.step.saturating_sub(self.network.born(row));
            let filling = self.ledger.as_ref().and_then(|ledger| ledger.filling(row));
            [Change::Decrease, Change::Increase].map(|change| gain.factor(age, filling, change) as f32)
        };
        let all = self.network.neuron_rows().map(|row| (row.get(), factors(row)));
        Pass::Pace { of: all.filter(|(_, factors)| *factors != [1.0; 2]).collect() }
    }
}
