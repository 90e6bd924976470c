//! How weights learn between two changes of structure.

use super::{Answers, Batch, Measured};
use crate::{Loss, LossError, RateSchedule, Targets};
use livenet_core::{Dropout, Network, Neurons, Optimizer, Pass, Role, Row, StreamKey};
use livenet_growth::Gain;

/// The group lasso on what hidden neurons hear ([`Pass::GroupLasso`]): a neuron that is not needed ends up hearing nobody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupLasso {
    /// The coefficient: the norm shrinks by the rate times this at each update.
    pub by: f32,
    /// Only neurons born after the beginning, and of these only their first so many updates, as dynamically expandable
    /// networks (Yoon et al. 2018) have it; `None` is every hidden neuron.
    pub newborns: Option<u64>,
}

impl GroupLasso {
    /// The pass of this update.
    pub(super) fn pass(self, network: &Network, step: u64) -> Pass {
        let hidden = |row: &Row<Neurons>| network.group(network.spec(*row).group).role == Role::Hidden;
        let young = |row: &Row<Neurons>| {
            self.newborns
                .is_none_or(|most| (1..=step).contains(&network.born(*row)) && step - network.born(*row) < most)
        };
        Pass::GroupLasso { by: self.by, of: network.neuron_rows().filter(hidden).filter(young).map(Row::get).collect() }
    }
}

/// Loss, optimizer and everything that shapes an update.
#[derive(Clone, Debug)]
pub struct Learning {
    /// What is minimised.
    pub loss: Loss,
    /// How.
    pub optimizer: Optimizer,
    /// The learning rate over time.
    pub rate: RateSchedule,
    /// What else happens to weights and gradients, in order.
    pub passes: Vec<Pass>,
    /// Whether what neurons hear shrinks as one.
    pub group_lasso: Option<GroupLasso>,
    /// How much faster than others some neurons learn.
    pub gain: Option<Gain>,
    /// The share of hidden outputs that fall silent in training.
    pub dropout: f32,
    /// [`Dropout::blames_silent`].
    pub dropout_blames_silent: bool,
    /// The update at which training ends, for schedules that must know.
    pub end: Option<u64>,
}

impl Learning {
    /// A loss and an optimizer at a constant rate.
    pub fn new(loss: Loss, optimizer: Optimizer, rate: f32) -> Self {
        Self {
            loss,
            optimizer,
            rate: RateSchedule::constant(rate),
            passes: Vec::new(),
            group_lasso: None,
            gain: None,
            dropout: 0.0,
            dropout_blames_silent: false,
            end: None,
        }
    }

    /// The learning rate of an update.
    pub fn rate_at(&self, step: u64) -> f32 {
        self.rate.rate_at(step, self.end)
    }

    pub(crate) fn dropout_at(&self, key: StreamKey, step: u64) -> Option<Dropout> {
        let blames_silent = self.dropout_blames_silent;
        (self.dropout > 0.0).then(|| Dropout { blames_silent, ..Dropout::new(self.dropout, key.at(step)) })
    }

    /// Loss, accuracy and dL/d output of outputs that a batch gave.
    pub(crate) fn measure(
        &self,
        batch: &Batch,
        outputs: Vec<f32>,
        d_outputs: &mut [f32],
    ) -> Result<Measured, LossError> {
        let targets = match &batch.answers {
            Answers::Labels(labels) => Targets::Labels(labels),
            Answers::Values(values) => Targets::Values(values),
        };
        let (rows, counts) = (batch.cycles * batch.lanes, batch.counts.as_deref());
        let loss = self.loss.evaluate(rows, &outputs, targets, counts, d_outputs)?;
        let accuracy = self.loss.accuracy(rows, &outputs, targets, counts);
        Ok(Measured { loss, accuracy, outputs })
    }
}
