//! Optimizers as data, and Adam's bias corrections as a table.
//!
//! The step itself is in `update.rs`.

use serde::{Deserialize, Serialize};

/// The rule by which gradients move parameters; conventions and defaults of `PyTorch`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Optimizer {
    /// `w -= rate g`.
    Sgd,
    /// `m = beta m + g; w -= rate m`.
    Momentum {
        /// How much of the velocity stays.
        #[serde(default = "p9")]
        beta: f32,
    },
    /// `m = beta m + g; w -= rate (g + beta m)`.
    Nesterov {
        /// How much of the velocity stays.
        #[serde(default = "p9")]
        beta: f32,
    },
    /// `v = alpha v + (1 - alpha) g^2; w -= rate g / (sqrt v + epsilon)`.
    RmsProp {
        /// How much of the mean square stays.
        #[serde(default = "p99")]
        alpha: f32,
        /// Added to the root.
        #[serde(default = "e8")]
        epsilon: f32,
    },
    /// arXiv 1412.6980.
    Adam {
        /// How much of the mean stays.
        #[serde(default = "p9")]
        beta1: f32,
        /// How much of the mean square stays.
        #[serde(default = "p999")]
        beta2: f32,
        /// Added to the root.
        #[serde(default = "e8")]
        epsilon: f32,
    },
    /// Adam with decoupled weight decay: `w -= rate decay w` before the step. arXiv 1711.05101.
    AdamW {
        /// How much of the mean stays.
        #[serde(default = "p9")]
        beta1: f32,
        /// How much of the mean square stays.
        #[serde(default = "p999")]
        beta2: f32,
        /// Added to the root.
        #[serde(default = "e8")]
        epsilon: f32,
        /// The weight decay.
        #[serde(default = "p01")]
        decay: f32,
    },
}

fn p9() -> f32 {
    0.9
}
fn p99() -> f32 {
    0.99
}
fn p999() -> f32 {
    0.999
}
fn p01() -> f32 {
    0.01
}
fn e8() -> f32 {
    1e-8
}

impl Optimizer {
    /// Adam with its usual constants.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

    /// The moment buffers that it keeps per element: 0, 1 or 2.
    pub const fn slots(&self) -> usize {
        match self {
            Self::Sgd => 0,
            Self::Momentum { .. } | Self::Nesterov { .. } | Self::RmsProp { .. } => 1,
            Self::Adam { .. } | Self::AdamW { .. } => 2,
        }
    }

    /// Whether it reads the step counts of elements. (All are counted where a buffer is given.)
    pub const fn corrects(&self) -> bool {
        matches!(self, Self::Adam { .. } | Self::AdamW { .. })
    }
}

/// Bias corrections of Adam by step count, up to where both round to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrections {
    table: Vec<[f32; 2]>,
}

impl Corrections {
    /// Longer tables than this (`beta` above 0.999996) are cut, their last corrections taken for the rest.
    const LIMIT: i32 = 1 << 22;

    /// The table of an optimizer; a single entry for one that does not correct. 140 KB at beta2 = 0.999.
    pub fn new(optimizer: &Optimizer) -> Self {
        let mut table = vec![[1.0, 1.0]];
        if let &(Optimizer::Adam { beta1, beta2, .. } | Optimizer::AdamW { beta1, beta2, .. }) = optimizer {
            let (mut power1, mut power2) = (1.0, 1.0);
            for _ in 0..Self::LIMIT {
                power1 *= f64::from(beta1);
                power2 *= f64::from(beta2);
                let entry = [(1.0 / (1.0 - power1)) as f32, (1.0 / libm::sqrt(1.0 - power2)) as f32];
                table.push(entry);
                if entry == [1.0, 1.0] {
                    break;
                }
            }
        }
        Self { table }
    }

    /// `1 / (1 - beta1^t)` and `1 / sqrt(1 - beta2^t)`.
    #[inline(always)]
    pub(super) fn of(&self, count: u32) -> [f32; 2] {
        self.table[(count as usize).min(self.table.len() - 1)]
    }
}
