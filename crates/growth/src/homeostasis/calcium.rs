//! Calcium: a slow trace of how active a neuron is.
//!
//! Spikes add a little calcium and it is lost in proportion, so that it follows the rate of firing (Butz and van Ooyen 2013):
//!
//! ```text
//! τ dCa/dt = x - Ca
//! ```
//!
//! with x the mean |output| or the mean of its square, where the paper has β times spikes.

use livenet_core::{Neurons, Row, Signal, Signals};

/// What of a neuron's activity is traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calcium {
    /// The mean |output|.
    #[default]
    Magnitude,
    /// The mean square of the output: its variance and the square of its mean.
    Square,
}

impl Calcium {
    /// The signals it is made of.
    pub fn needs(self) -> Vec<Signal> {
        match self {
            Self::Magnitude => vec![Signal::OutputMagnitude],
            Self::Square => vec![Signal::OutputMean, Signal::OutputVariance],
        }
    }

    /// The activity of a neuron; `None` where nobody computed it.
    pub fn drive(self, signals: &Signals, row: Row<Neurons>) -> Option<f64> {
        let of = |signal| signals.values(signal).get(row.index()).map(|&value| f64::from(value));
        let drive = match self {
            Self::Magnitude => of(Signal::OutputMagnitude)?.abs(),
            Self::Square => of(Signal::OutputVariance)?.max(0.0) + of(Signal::OutputMean)?.powi(2),
        };
        drive.is_finite().then_some(drive)
    }
}

/// A trace on its way to a constant drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaxation {
    /// The calcium at first.
    pub from: f64,
    /// Where it goes.
    pub drive: f64,
    /// The time constant, in steps.
    pub tau: f64,
}

impl Relaxation {
    /// The calcium after so many steps.
    pub fn at(&self, steps: f64) -> f64 {
        if self.tau > 0.0 { self.from + (self.from - self.drive) * libm::expm1(-steps / self.tau) } else { self.drive }
    }

    /// Its integral over so many steps.
    pub fn integral(&self, steps: f64) -> f64 {
        let left = if self.tau > 0.0 { -libm::expm1(-steps / self.tau) * self.tau } else { 0.0 };
        self.drive * steps + (self.from - self.drive) * left
    }
}

#[cfg(test)]
mod tests {
    use super::Relaxation;

    #[test]
    fn the_integral_is_the_sum_of_small_steps() {
        let trace = Relaxation { from: 0.9, drive: 0.2, tau: 30.0 };
        let sum: f64 = (0..20_000).map(|step| trace.at((f64::from(step) + 0.5) * 0.005) * 0.005).sum();
        assert!((trace.integral(100.0) - sum).abs() < 1e-7);
        assert_eq!(trace.at(0.0), 0.9);
        let quick = Relaxation { tau: 0.0, ..trace };
        assert_eq!((quick.at(1.0), quick.integral(10.0)), (0.2, 2.0));
    }
}
