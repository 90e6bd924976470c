//! The kinds of unit: how much state a neuron carries from cycle to cycle, and what it does with it.

use super::Activation;
use serde::{Deserialize, Serialize};

/// How a neuron turns a potential `z_t` into an output, state included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// No state: the output is `f(z_t)`.
    #[default]
    Rate,
    /// A low-pass filter before the activation: `v_t = d v_{t-1} + (1 - d) z_t`, output `f(v_t)`,
    /// with `d = sigmoid(rho)` and `rho` learnable. One state value, `v`.
    Leaky,
}

impl UnitKind {
    /// The state values that a neuron of this kind keeps per lane, K.
    pub const fn states(self) -> usize {
        match self {
            Self::Rate => 0,
            Self::Leaky => 1,
        }
    }
}

/// A unit: its kind and its activation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// What state it keeps.
    pub kind: UnitKind,
    /// What it emits.
    pub activation: Activation,
}

impl Unit {
    /// A stateless unit with this activation.
    pub const fn rate(activation: Activation) -> Self {
        Self { kind: UnitKind::Rate, activation }
    }

    /// A low-pass unit with this activation.
    pub const fn leaky(activation: Activation) -> Self {
        Self { kind: UnitKind::Leaky, activation }
    }
}
