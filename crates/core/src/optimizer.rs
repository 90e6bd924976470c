//! Optimizers as data: what an executor fuses into its update.
//!
//! PyTorch's conventions and defaults. Every element counts its own steps, so that the bias
//! correction of a newborn connection is right (a shared count would make its first steps about
//! three times too large).

use serde::{Deserialize, Serialize};

/// A first-order optimizer. The learning rate comes with each update.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Optimizer {
    /// `w -= rate * g`.
    Sgd,
    /// `m = beta * m + g; w -= rate * m`.
    Momentum {
        /// Weight of the past.
        beta: f32,
    },
    /// `m = beta * m + g; w -= rate * (g + beta * m)`.
    Nesterov {
        /// Weight of the past.
        beta: f32,
    },
    /// `v = alpha * v + (1 - alpha) * g²; w -= rate * g / (sqrt(v) + epsilon)`.
    RmsProp {
        /// Weight of the past.
        alpha: f32,
        /// Keeps the division finite.
        epsilon: f32,
    },
    /// Kingma and Ba 2015.
    Adam {
        /// Weight of the past for the mean.
        beta1: f32,
        /// Weight of the past for the square.
        beta2: f32,
        /// Keeps the division finite.
        epsilon: f32,
    },
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019): `w -= rate * decay * w` first.
    AdamW {
        /// Weight of the past for the mean.
        beta1: f32,
        /// Weight of the past for the square.
        beta2: f32,
        /// Keeps the division finite.
        epsilon: f32,
        /// The decay, times the rate; of weights, not of biases.
        decay: f32,
    },
}

impl Optimizer {
    /// Adam with the usual constants.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

    /// How many moment buffers it needs.
    pub const fn slots(self) -> usize {
        match self {
            Self::Sgd => 0,
            Self::Momentum { .. } | Self::Nesterov { .. } | Self::RmsProp { .. } => 1,
            Self::Adam { .. } | Self::AdamW { .. } => 2,
        }
    }

    /// Whether it reads the step counts of elements. (All are counted where a buffer is given.)
    pub const fn corrects(self) -> bool {
        matches!(self, Self::Adam { .. } | Self::AdamW { .. })
    }

    /// The same for parameters that are not to decay: what decays weights does not decay a neuron's own.
    #[must_use]
    pub const fn without_decay(self) -> Self {
        match self {
            Self::AdamW { beta1, beta2, epsilon, .. } => Self::Adam { beta1, beta2, epsilon },
            other => other,
        }
    }
}
