//! Infinities and what is not a number: a cheap look at everything, and a slow search where it says so.

use livenet_core::kernel::{self, Lanes};

/// Whether every value is finite.
pub(super) use kernel::all_finite;

/// The same for rows, as a rule few of them. Padding lanes are finite where the true ones are.
pub(super) fn rows_finite(rows: &[Lanes]) -> bool {
    kernel::is_finite(Lanes::flat(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_value_anywhere_is_seen() {
        let good = [0.0, -0.0, 1.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45];
        assert!(all_finite(&good) && all_finite(&[]));
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in 0..40 {
                let mut values = [1.5; 40];
                values[at] = bad;
                assert!(!all_finite(&values));
            }
        }
    }
}
