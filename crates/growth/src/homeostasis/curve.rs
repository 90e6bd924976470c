//! Growth curves: how fast a neuron makes or retracts synaptic elements, by its calcium (Butz and van Ooyen 2013).
//!
//! With ε the calcium that a neuron wants, per step and in units of the rate ν:
//!
//! ```text
//! linear     1 - Ca/ε
//! Gaussian   2 exp(-((Ca - ξ)/ζ)²) - 1     ξ = (η + ε)/2,  ζ = (ε - η)/(2 √ln 2)
//! sigmoid    2/(1 + exp((Ca - ε)/ψ)) - 1
//! ```
//!
//! All are 0 at ε, positive below and negative above it; the Gaussian is 0 at η as well, and below η negative: who is nearly
//! silent retracts. It is computed as 2^(1 - u²) - 1 with u = ((Ca - η) + (Ca - ε))/(ε - η), which is the same and exact at both.

use super::Relaxation;

/// A growth curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Curve {
    /// Falls for ever.
    #[default]
    Linear,
    /// A hill between two zeros.
    Gaussian {
        /// The lower zero, η, below the target.
        lower: f64,
    },
    /// Falls from 1 to -1.
    Sigmoid {
        /// Over how much calcium, ψ.
        width: f64,
    },
}

/// Time constants after which a trace has arrived, within e⁻¹⁶.
const ARRIVED: f64 = 16.0;
/// Parts of the time until then; even.
const PARTS: u32 = 64;

impl Curve {
    /// Elements per step in units of ν, at this calcium, for this target ε.
    pub fn rate(self, calcium: f64, target: f64) -> f64 {
        match self {
            Self::Linear => 1.0 - calcium / target,
            Self::Gaussian { lower } => {
                let from_the_middle = ((calcium - lower) + (calcium - target)) / (target - lower);
                2.0 * libm::exp2(-from_the_middle * from_the_middle) - 1.0
            }
            Self::Sigmoid { width } => 2.0 / (1.0 + libm::exp((calcium - target) / width)) - 1.0,
        }
    }

    /// Its integral over so many steps, while the calcium relaxes: exact where it is linear, by Simpson's rule otherwise.
    pub fn grown(self, target: f64, calcium: Relaxation, steps: f64) -> f64 {
        if self == Self::Linear {
            return steps - calcium.integral(steps) / target;
        }
        let moving = (ARRIVED * calcium.tau).min(steps);
        let part = moving / f64::from(PARTS);
        let weight = |at: u32| match at {
            0 | PARTS => 1.0,
            _ if at % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let rate = |at: u32| self.rate(calcium.at(f64::from(at) * part), target);
        let sum: f64 = (0..=PARTS).map(|at| weight(at) * rate(at)).sum();
        sum * part / 3.0 + self.rate(calcium.drive, target) * (steps - moving)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_exact_and_signs_are_right() {
        for (target, lower) in [(0.7, 0.1), (0.05, 0.0), (3.0, 1.1), (1e-6, 3e-7)] {
            let gaussian = Curve::Gaussian { lower };
            for curve in [Curve::Linear, gaussian, Curve::Sigmoid { width: 0.3 * target }] {
                assert_eq!(curve.rate(target, target), 0.0, "{curve:?}");
                let between = f64::midpoint(target, lower);
                assert!(curve.rate(between, target) > 0.0 && curve.rate(target * 1.1, target) < 0.0, "{curve:?}");
            }
            assert_eq!(gaussian.rate(lower, target), 0.0);
            assert!(gaussian.rate(lower - 0.1 * target, target) < 0.0);
        }
    }

    #[test]
    fn the_curves_are_those_of_the_paper() {
        let (eta, epsilon, psi): (f64, f64, f64) = (0.1, 0.7, 0.2);
        let (xi, zeta) = (f64::midpoint(eta, epsilon), (eta - epsilon) / (2.0 * 2f64.ln().sqrt()));
        for calcium in (0..20).map(|at| f64::from(at) * 0.07) {
            let gaussian = 2.0 * (-((calcium - xi) / zeta).powi(2)).exp() - 1.0;
            let sigmoid = 2.0 / (1.0 + ((calcium - epsilon) / psi).exp()) - 1.0;
            assert!((Curve::Gaussian { lower: eta }.rate(calcium, epsilon) - gaussian).abs() < 1e-14);
            assert!((Curve::Sigmoid { width: psi }.rate(calcium, epsilon) - sigmoid).abs() < 1e-14);
            assert_eq!(Curve::Linear.rate(calcium, epsilon), 1.0 - calcium / epsilon);
        }
    }

    #[test]
    fn what_is_grown_is_the_sum_of_small_steps() {
        for curve in [Curve::Linear, Curve::Gaussian { lower: 0.1 }, Curve::Sigmoid { width: 0.2 }] {
            for (from, drive, tau, steps) in
                [(0.0, 1.2, 40.0, 100.0), (2.0, 0.3, 5.0, 400.0), (0.4, 0.4, 10.0, 7.0), (0.9, 0.2, 0.0, 10.0)]
            {
                let calcium = Relaxation { from, drive, tau };
                let small = steps / 1e5;
                let sum: f64 = (0..100_000).map(|at| curve.rate(calcium.at((f64::from(at) + 0.5) * small), 0.7)).sum();
                let grown = curve.grown(0.7, calcium, steps);
                assert!((grown - sum * small).abs() < 1e-3, "{curve:?} {calcium:?}: {grown} and {}", sum * small);
            }
        }
    }
}
