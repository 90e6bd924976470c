//! The bias of a neuron, from what it heard and what it said.
//!
//! No signal shows biases, but they are one number per neuron and there are many samples: with h = Σ w x of a sample and
//! s = f(h + b) what was said,
//!
//! ```text
//! b = Σ f'(a)² (a - h) / Σ f'(a)²      a = f⁻¹(s)
//! ```
//!
//! weighs each sample by how exactly it shows the potential: s is known to rounding, so a to rounding / f'. What is saturated
//! tells nothing, and a rectifier tells what it is while it speaks. A square, s = h² + 2 b h + b², is a line in h. A user's own
//! activation is fitted by a few Gauss-Newton steps from the bias that the neuron was born with.

use super::inverse::potential;
use livenet_core::Activation;

/// Samples that are looked at where each takes a search.
const SEARCHED: usize = 64;
/// Gauss-Newton steps.
const STEPS: usize = 32;

/// The bias by (heard, said) samples; `None` where nothing tells it: then the neuron is silent in all of them.
pub(super) fn bias(activation: Activation, samples: &[(f64, f64)], born: f64) -> Option<f64> {
    let found = match activation {
        Activation::Square => Some(of_square(samples)),
        Activation::User(_) => Some(fitted(activation, samples, born)),
        Activation::Silu | Activation::Gelu => {
            // Above zero there is one branch only.
            let speaking: Vec<(f64, f64)> = samples.iter().copied().filter(|(_, said)| *said > 0.0).collect();
            let among = if speaking.is_empty() { samples } else { &speaking };
            weighted(activation, &among[..among.len().min(SEARCHED)])
        }
        _ => weighted(activation, samples),
    };
    found.filter(|bias| bias.is_finite())
}

fn weighted(activation: Activation, samples: &[(f64, f64)]) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for &(heard, said) in samples {
        if let Some(at) = potential(activation, said) {
            let weight = activation.derivative(at).powi(2);
            sum += weight * (at - heard);
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

fn of_square(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (heard, rest) = (mean(&|(heard, _)| *heard), mean(&|(heard, said)| said - heard * heard));
    let variance = mean(&|(sample, _)| (sample - heard).powi(2));
    let covariance = mean(&|(sample, said)| (sample - heard) * (said - sample * sample - rest));
    // Who always hears the same may have either sign.
    if variance > 0.0 { covariance / variance / 2.0 } else { mean(&|(_, said)| said.max(0.0).sqrt()) - heard }
}

fn fitted(activation: Activation, samples: &[(f64, f64)], born: f64) -> f64 {
    let mut bias = born;
    for _ in 0..STEPS {
        let (mut step, mut curvature) = (0.0, 0.0);
        for &(heard, said) in samples {
            let slope = activation.derivative(heard + bias);
            step += slope * (said - activation.value(heard + bias));
            curvature += slope * slope;
        }
        let step = step / curvature;
        if !step.is_finite() || step == 0.0 {
            break;
        }
        bias += step;
    }
    bias
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::UserActivation;

    #[test]
    fn the_bias_is_found_for_every_activation() {
        let own = UserActivation {
            name: "soft sign",
            value: |z| z / (1.0 + z.abs()),
            derivative: |z| (1.0 + z.abs()).powi(-2),
        };
        for activation in Activation::BUILT_IN.into_iter().chain([Activation::User(own)]) {
            for born in [-0.6, 0.0, 0.9] {
                // Far into saturation, where what was said to rounding hardly tells the potential.
                let far = if matches!(activation, Activation::Tanh | Activation::Sigmoid) { 7.0 } else { 2.0 };
                let heard = (0..40).map(|at| far * (f64::from(at * 7 % 40) / 20.0 - 1.0));
                // To the precision of an executor.
                let said = |heard: f64| f64::from(activation.value(heard + born) as f32);
                let samples: Vec<(f64, f64)> = heard.map(|heard| (heard, said(heard))).collect();
                let found = bias(activation, &samples, 0.0).unwrap();
                assert!((found - born).abs() < 1e-5, "{activation:?}: {found} for {born}");
            }
        }
        assert_eq!(bias(Activation::Relu, &[(-1.0, 0.0), (-2.0, 0.0)], 0.0), None);
        assert_eq!(bias(Activation::Tanh, &[(30.0, 1.0)], 0.0), None);
        assert_eq!(bias(Activation::Linear, &[], 0.0), None);
    }
}
