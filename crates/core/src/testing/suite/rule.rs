//! Random updates.

use super::chance::Dice;
use crate::{Optimizer, Pass, UpdateRule};

pub(super) fn optimizer(dice: &mut Dice) -> Optimizer {
    // A larger epsilon than usual: where a gradient is rounding alone, Adam's quotient would be its sign.
    dice.pick(&[
        Optimizer::Sgd,
        Optimizer::Momentum { beta: 0.9 },
        Optimizer::Nesterov { beta: 0.8 },
        Optimizer::RmsProp { alpha: 0.9, epsilon: 1e-2 },
        Optimizer::Adam { beta1: 0.9, beta2: 0.99, epsilon: 1e-2 },
        Optimizer::AdamW { beta1: 0.8, beta2: 0.999, epsilon: 1e-2, decay: 0.1 },
    ])
}

pub(super) fn rule(dice: &mut Dice, optimizer: Optimizer) -> UpdateRule {
    let key = dice.key();
    let passes = [
        Pass::Decay { by: 0.01 },
        Pass::Lasso { by: 0.01 },
        Pass::DecayBias { by: 0.01 },
        Pass::HoldBias,
        Pass::ClipNorm { norm: 0.05 },
        Pass::ClipValue { value: 0.02 },
        Pass::Noise { scale: 0.01, key },
    ];
    let passes = passes.into_iter().filter(|_| dice.yes(0.3)).collect();
    UpdateRule { optimizer, rate: dice.uniform(0.001, 0.03), passes, step: dice.within(0..=1000) as u64 }
}
