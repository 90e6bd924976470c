//! Why a session cannot go on.

use crate::LossError;
use livenet_core::{EditError, ExecError};

/// Why a session cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Something left the finite numbers, or an executor refused.
    #[error("step {step}: {source}")]
    Exec {
        /// The update during which it happened.
        step: u64,
        /// What happened.
        source: ExecError,
    },
    /// The loss and the task do not fit.
    #[error("step {step}: {source}")]
    Loss {
        /// The update during which it happened.
        step: u64,
        /// What happened.
        source: LossError,
    },
    /// A strategy's draft could not be committed.
    #[error("step {step}: a change was refused: {source}")]
    Edit {
        /// The update after which it was proposed.
        step: u64,
        /// Why.
        source: EditError,
    },
    /// The loss is infinite or not a number although the outputs are finite.
    #[error("step {step}: the loss became {loss}; lower the learning rate or clip the gradient")]
    LossNotFinite {
        /// The update during which it happened.
        step: u64,
        /// The loss.
        loss: f64,
    },
}

impl SessionError {
    /// Whether the run diverged, rather than being set up wrongly.
    pub fn is_divergence(&self) -> bool {
        matches!(self, Self::LossNotFinite { .. } | Self::Exec { source: ExecError::NonFinite { .. }, .. })
    }
}
