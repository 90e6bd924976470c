//! Derivatives that an output tells, so that nobody needs to keep the potential that it came from.

use super::Activation;

impl Activation {
    /// Whether [`derivative_f32`](Self::derivative_f32) gives the same bits with the outputs in the place of the
    /// potentials.
    pub const fn is_told_by_output(self) -> bool {
        matches!(self, Self::Linear | Self::Relu | Self::Tanh | Self::Sigmoid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_tell_the_derivative() {
        let mut z: Vec<f32> = (-40_000..=40_000).map(|i| i as f32 * 7.5e-4).collect();
        z.extend([0.0, -0.0, f32::MIN_POSITIVE, 1e-45, -1e-45, 1e-30, -1e-30, 90.0, -90.0, f32::MAX]);
        for activation in Activation::BUILT_IN.into_iter().filter(|activation| activation.is_told_by_output()) {
            let [mut y, mut told, mut expected] = std::array::from_fn(|_| vec![0.0; z.len()]);
            activation.apply_f32(&z, &mut y);
            activation.derivative_f32(&y, &y, &mut told);
            activation.derivative_f32(&z, &y, &mut expected);
            assert_eq!(told, expected, "{}", activation.name());
        }
    }
}
