//! Adam's bias corrections as a table.

use crate::Optimizer;

/// Bias corrections of Adam by step count, up to where both round to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrections {
    table: Vec<[f32; 2]>,
}

impl Corrections {
    /// Longer tables than this (`beta` above 0.999996) are cut, their last corrections taken for the rest.
    const LIMIT: i32 = 1 << 22;

    /// The table of an optimizer; a single entry for one that does not correct. 140 KB at beta2 = 0.999.
    pub fn new(optimizer: Optimizer) -> Self {
        let mut table = vec![[1.0, 1.0]];
        if let Optimizer::Adam { beta1, beta2, .. } | Optimizer::AdamW { beta1, beta2, .. } = optimizer {
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

    /// Whether steps beyond 65 535 make no difference, so that two bytes count them: for `beta2` up to 0.9997.
    pub fn are_short(&self) -> bool {
        self.table.len() <= 1 << 16
    }

    /// `1 / (1 - beta1^t)` and `1 / sqrt(1 - beta2^t)`.
    #[inline(always)]
    pub(super) fn of(&self, count: u32) -> [f32; 2] {
        self.table[(count as usize).min(self.table.len() - 1)]
    }
}
