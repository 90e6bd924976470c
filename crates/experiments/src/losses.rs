//! Losses that published code used, under names of their own.

use livenet_train::UserLoss;

fn sigmoid(z: f32) -> f64 {
    1.0 / (1.0 + libm::exp(-f64::from(z)))
}

/// The loss of the published code of SET (Mocanu et al. 2018): the squared error of sigmoid outputs, for which that code
/// takes the derivative of the sigmoid at its *value* instead of its argument. That factor lies between 0.197 and 0.25, so
/// that what is followed is nearly the gradient of binary cross-entropy, and not that of the value shown. Outputs are
/// linear here: the sigmoid is part of the loss. Sum over outputs.
pub(crate) const SQUARED_AS_IN_SET: UserLoss = UserLoss {
    name: "squared_as_in_set",
    value: |outputs, targets| {
        let square = |(&z, &t): (&f32, &f32)| (sigmoid(z) - f64::from(t)) * (sigmoid(z) - f64::from(t));
        outputs.iter().zip(targets).map(square).sum::<f64>() / outputs.len().max(1) as f64
    },
    derivative: |outputs, targets, d_outputs| {
        for ((d, &z), &t) in d_outputs.iter_mut().zip(outputs).zip(targets) {
            let said = sigmoid(z);
            let twice = sigmoid(said as f32);
            *d = ((said - f64::from(t)) * twice * (1.0 - twice)) as f32;
        }
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_derivative_is_that_of_the_published_code() {
        let mut d = [0.0; 2];
        (SQUARED_AS_IN_SET.derivative)(&[0.0, 2.0], &[1.0, 0.0], &mut d);
        // σ(0) = 0.5, σ'(0.5) = 0.235004; σ(2) = 0.880797, σ'(0.880797) = 0.207159.
        assert!((d[0] + 0.5 * 0.235_004).abs() < 1e-5 && (d[1] - 0.880_797 * 0.207_159).abs() < 1e-4, "{d:?}");
    }
}
