//! From what a neuron said back to its potential, where that is possible.

use livenet_core::Activation;

/// Halvings of an interval of length 2: down to rounding.
const HALVINGS: u32 = 52;

/// The potential at which this was said. Where several are possible, on the branch that rises; `None` where nothing can be
/// told: a rectifier that is silent, what is saturated to the last bit, a square, and a user's own.
pub(super) fn potential(activation: Activation, said: f64) -> Option<f64> {
    let found = match activation {
        Activation::Linear => said,
        Activation::Relu | Activation::LeakyRelu if said > 0.0 => said,
        Activation::LeakyRelu => said / Activation::LeakyRelu.derivative(-1.0),
        Activation::Tanh => libm::atanh(said),
        Activation::Sigmoid => libm::log(said) - libm::log1p(-said),
        Activation::Softplus if said > 0.0 => said + libm::log(-libm::expm1(-said)),
        // The minimum, from which on they rise, and from zero on z - f(z) < 0.3.
        Activation::Silu => rising(activation, said, -1.278_464_542_761_074)?,
        Activation::Gelu => rising(activation, said, -0.751_791_524_693_564)?,
        Activation::Relu | Activation::Softplus | Activation::Square | Activation::User(_) => return None,
    };
    found.is_finite().then_some(found)
}

fn rising(activation: Activation, said: f64, from: f64) -> Option<f64> {
    if said < activation.value(from) || !said.is_finite() {
        return None;
    }
    let (mut below, mut above) = if said > 0.0 { (said, said + 0.3) } else { (from, 0.0) };
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(below, above);
        if activation.value(middle) < said {
            below = middle;
        } else {
            above = middle;
        }
    }
    Some(f64::midpoint(below, above))
}

/// |f'| where this was said; 1 for a user's own, whose slope is not known there.
pub(super) fn slope(activation: Activation, said: f64) -> f64 {
    match activation {
        Activation::Square => 2.0 * said.max(0.0).sqrt(),
        Activation::User(_) => 1.0,
        _ => potential(activation, said).map_or(0.0, |at| activation.derivative(at).abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_said_again() {
        for activation in Activation::BUILT_IN {
            for at in (-30..40).map(|at| f64::from(at) * 0.17 + 0.01) {
                let said = activation.value(at);
                let Some(found) = potential(activation, said) else {
                    assert!(matches!(activation, Activation::Relu | Activation::Square), "{activation:?} at {at}");
                    continue;
                };
                assert!((activation.value(found) - said).abs() < 1e-12, "{activation:?} at {at}: {found}");
                let falls = matches!(activation, Activation::Silu | Activation::Gelu) && at < -0.7;
                assert!(falls || (found - at).abs() < 1e-6, "{activation:?} at {at}: {found}");
                let expected = activation.derivative(at).abs();
                assert!(falls || (slope(activation, said) - expected).abs() < 1e-6, "{activation:?} at {at}");
            }
        }
        assert_eq!((potential(Activation::Relu, 0.0), slope(Activation::Relu, 0.0)), (None, 0.0));
        assert_eq!((potential(Activation::Tanh, 1.0), potential(Activation::Silu, -0.3)), (None, None));
        assert!((slope(Activation::Square, 9.0) - 6.0).abs() < 1e-12);
    }
}
