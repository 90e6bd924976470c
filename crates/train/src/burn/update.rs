//! One update: passes over the gradient, the optimizer element by element, passes over the weights, all as
//! tensor operations. Every element counts its own steps.

use super::columns::{Columns, Learned};
use burn::tensor::{Bool, Tensor, backend::Backend};
use livenet_core::{Network, Optimizer, Pass, Row, UpdateRule};

/// What the passes before the optimizer make of the gradients.
pub(super) fn prepare<I: Backend>(gradients: &mut [Tensor<I, 1>; 4], columns: &Columns<I>, passes: &[Pass]) {
    for pass in passes {
        match *pass {
            Pass::Decay { by } => gradients[0] = gradients[0].clone() + columns[0].value.clone().mul_scalar(by),
            Pass::ClipNorm { norm } => {
                // `sum_dim` adds in a fixed order; the sum of a whole tensor depends on the threads.
                let squares = gradients.iter().map(|g| (g.clone() * g.clone()).sum_dim(0));
                let found = squares.reduce(|sum, square| sum + square).expect("there are four").sqrt();
                let by = found.recip().mul_scalar(norm);
                let by = by.clone().mask_fill(by.greater_elem(1.0), 1.0);
                for gradient in gradients.iter_mut() {
                    *gradient = gradient.clone() * by.clone();
                }
            }
            Pass::ClipValue { value } => {
                for gradient in gradients.iter_mut() {
                    *gradient = gradient.clone().clamp(-value, value);
                }
            }
            Pass::Lasso { by } => gradients[0] = gradients[0].clone() + columns[0].value.clone().sign().mul_scalar(by),
            Pass::DecayBias { by } => gradients[1] = gradients[1].clone() + columns[1].value.clone().mul_scalar(by),
            Pass::HoldBias => gradients[1] = gradients[1].zeros_like(),
            Pass::Noise { .. } | Pass::Pace { .. } | Pass::GroupLasso { .. } => {}
        }
    }
}

/// The optimizer on one column. Only those that are `free` learn; `None` is everybody.
pub(super) fn step<I: Backend>(
    column: &mut Learned<I>,
    gradient: Tensor<I, 1>,
    rule: &UpdateRule,
    is_weight: bool,
    free: Option<&Tensor<I, 1, Bool>>,
) {
    let choose = |old: Tensor<I, 1>, new: Tensor<I, 1>| match free {
        Some(free) => old.mask_where(free.clone(), new),
        None => new,
    };
    let (w, g, rate) = (column.value.clone(), gradient, rule.rate);
    let steps = column.steps.clone().add_scalar(1.0);
    let first = || column.moments[0].clone();
    let (next, moments) = match rule.optimizer {
        Optimizer::Sgd => (w - g.mul_scalar(rate), vec![]),
        Optimizer::Momentum { beta } => {
            let m = first().mul_scalar(beta) + g;
            (w - m.clone().mul_scalar(rate), vec![m])
        }
        Optimizer::Nesterov { beta } => {
            let m = first().mul_scalar(beta) + g.clone();
            (w - (g + m.clone().mul_scalar(beta)).mul_scalar(rate), vec![m])
        }
        Optimizer::RmsProp { alpha, epsilon } => {
            let v = first().mul_scalar(alpha) + (g.clone() * g.clone()).mul_scalar(1.0 - alpha);
            (w - g.mul_scalar(rate) / v.clone().sqrt().add_scalar(epsilon), vec![v])
        }
        Optimizer::Adam { beta1, beta2, epsilon } | Optimizer::AdamW { beta1, beta2, epsilon, .. } => {
            let w = match rule.optimizer {
                Optimizer::AdamW { decay, .. } if is_weight => w.clone() - w.mul_scalar(rate * decay),
                _ => w,
            };
            let m = first().mul_scalar(beta1) + g.clone().mul_scalar(1.0 - beta1);
            let v = column.moments[1].clone().mul_scalar(beta2) + (g.clone() * g).mul_scalar(1.0 - beta2);
            let mean = m.clone() / correction(&steps, beta1);
            let square = v.clone() / correction(&steps, beta2);
            (w - mean.mul_scalar(rate) / square.sqrt().add_scalar(epsilon), vec![m, v])
        }
    };
    column.value = choose(column.value.clone(), next);
    column.steps = choose(column.steps.clone(), steps);
    for (moment, next) in column.moments.iter_mut().zip(moments) {
        *moment = choose(moment.clone(), next);
    }
}

/// The factors of each pass of plasticity, by connection or by neuron: of what moves towards zero, and away from it.
pub(super) fn paces(network: &Network, rule: &UpdateRule, is_weight: bool) -> impl Iterator<Item = [Vec<f32>; 2]> {
    rule.passes.iter().filter_map(move |pass| {
        let Pass::Pace { of } = pass else { return None };
        let count = if is_weight { network.synapse_count() } else { network.neuron_count() };
        let mut by = [vec![1.0; count], vec![1.0; count]];
        for &(row, factors) in of {
            let own = if is_weight { network.incoming(Row::new(row)) } else { row as usize..row as usize + 1 };
            by.iter_mut().zip(factors).for_each(|(by, factor)| by[own.clone()].fill(factor));
        }
        Some(by)
    })
}

/// What each pass of the group lasso leaves of every connection, for weights that were read back; `free` is empty where all are.
pub(super) fn shrunk(network: &Network, rule: &UpdateRule, weights: &[f32], free: &[bool]) -> Vec<f32> {
    let mut left = vec![1.0; weights.len()];
    for pass in &rule.passes {
        let Pass::GroupLasso { by, of } = pass else { continue };
        for &row in of {
            let heard = network.incoming(Row::new(row));
            let heard = || heard.clone().filter(|&synapse| free.is_empty() || free[synapse]);
            // As an earlier pass left it.
            let now = |synapse: usize| f64::from(weights[synapse] * left[synapse]);
            let norm = heard().map(|synapse| now(synapse).powi(2)).sum::<f64>().sqrt();
            let by = Pass::shrunk(norm, f64::from(*by) * f64::from(rule.rate)) as f32;
            heard().for_each(|synapse| left[synapse] *= by);
        }
    }
    left
}

/// `1 - beta^steps`. Where the power is near one, the difference would cancel in f32 (at the first step
/// with `beta` 0.999 to three digits less), so a short series of `1 - e^-x` takes over.
fn correction<I: Backend>(steps: &Tensor<I, 1>, beta: f32) -> Tensor<I, 1> {
    if beta <= 0.0 {
        return steps.ones_like();
    }
    let x = steps.clone().mul_scalar(-f64::from(beta).ln());
    let far = x.clone().neg().exp().neg().add_scalar(1.0);
    let inner = x.clone().mul_scalar(-0.25).add_scalar(1.0);
    let inner = (x.clone() * inner).mul_scalar(-1.0 / 3.0).add_scalar(1.0);
    let inner = (x.clone() * inner).mul_scalar(-0.5).add_scalar(1.0);
    let near = x.clone() * inner;
    far.mask_where(x.lower_elem(0.05), near)
}
