//! A candidate: a neuron that is trained by itself, before it is born.
//!
//! It climbs S by `RProp` without backtracking (Riedmiller and Braun 1993; where a slope turns, the step halves and the weight
//! waits for one turn), and keeps the best weights it came by.

use super::{method::Objective, patterns::Patterns, patterns::centred};
use crate::algebra::dot;
use crate::effort;
use livenet_core::{Activation, End, Stream};

/// The largest step of a weight, in first steps.
const LARGEST: f64 = 10.0;
/// A step as small as this changes nothing.
const SMALLEST: f64 = 1e-9;

/// Weights as they are trained: those of the dendrites, then the bias.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) weights: Vec<f64>,
    pub(super) score: f64,
}

/// The value of a candidate, and its slope by each weight.
struct Ascent {
    score: f64,
    slope: Vec<f64>,
}

impl Candidate {
    /// One with weights uniform in ± `range` / √(number of weights).
    pub(super) fn random(patterns: &Patterns, range: f64, stream: &mut Stream) -> Self {
        let count = patterns.inputs.len() + 1;
        let scale = range / libm::sqrt(count as f64);
        Self { weights: (0..count).map(|_| scale * (2.0 * stream.uniform() - 1.0)).collect(), score: 0.0 }
    }

    /// What it would say, per pattern, and the slope of that.
    fn says(&self, patterns: &Patterns, activation: Activation) -> (Vec<f64>, Vec<f64>) {
        let (bias, weights) = self.weights.split_last().map_or((0.0, &[][..]), |(bias, rest)| (*bias, rest));
        let mut potentials = vec![bias; patterns.len()];
        effort::spend((weights.len() * patterns.len()) as u64);
        for (weight, input) in weights.iter().zip(&patterns.inputs) {
            for (potential, value) in potentials.iter_mut().zip(input) {
                *potential += weight * value;
            }
        }
        let of = |function: fn(Activation, f64) -> f64| potentials.iter().map(|&z| function(activation, z)).collect();
        (of(Activation::value), of(Activation::derivative))
    }

    /// The covariance of what it would say with the error of each output, summed over the patterns.
    pub(super) fn covariances(&self, patterns: &Patterns, activation: Activation) -> Vec<f64> {
        covariances(&self.says(patterns, activation).0, patterns)
    }

    /// By how much the loss changes at once, to first order, when the outputs hear it with these weights: each weight times the
    /// gradient that it would have.
    pub(super) fn slope(&self, patterns: &Patterns, activation: Activation, axon: &[End]) -> f64 {
        let (values, _) = self.says(patterns, activation);
        axon.iter().zip(&patterns.errors).map(|(end, errors)| f64::from(end.weight) * dot(&values, errors)).sum()
    }

    fn ascent(&self, patterns: &Patterns, activation: Activation, objective: Objective) -> Ascent {
        let (values, slopes) = self.says(patterns, activation);
        let covariances = covariances(&values, patterns);
        let sum: f64 = covariances.iter().map(|covariance| covariance.abs()).sum();
        // dS/dV per pattern.
        let (score, by_value): (f64, Vec<f64>) = match objective {
            Objective::Covariance | Objective::Share => {
                let scale = if objective == Objective::Share { patterns.variance() } else { 1.0 };
                let signs: Vec<f64> = covariances.iter().map(|&covariance| sign(covariance) / scale).collect();
                (sum / scale, weighted(&signs, patterns))
            }
            Objective::Correlation => {
                let own = centred(&values);
                let (own_size, sizes) = (size(&own), patterns.centred.iter().map(|errors| size(errors)));
                if own_size <= 1e-12 {
                    return Ascent { score: 0.0, slope: vec![0.0; self.weights.len()] };
                }
                let scales: Vec<f64> =
                    sizes.map(|size| if size > 0.0 { 1.0 / (size * own_size) } else { 0.0 }).collect();
                let score: f64 =
                    covariances.iter().zip(&scales).map(|(covariance, scale)| covariance.abs() * scale).sum();
                let signs: Vec<f64> = covariances.iter().zip(&scales).map(|(&c, scale)| sign(c) * scale).collect();
                let along = weighted(&signs, patterns);
                let back = score / (own_size * own_size);
                (score, along.iter().zip(&own).map(|(along, own)| along - back * own).collect())
            }
        };
        let by_potential: Vec<f64> = by_value.iter().zip(&slopes).map(|(by, slope)| by * slope).collect();
        let mut slope: Vec<f64> = patterns.inputs.iter().map(|input| dot(input, &by_potential)).collect();
        slope.push(by_potential.iter().sum());
        Ascent { score, slope }
    }

    /// Climbs for so many steps, the first of them of length `rate` in each weight, and keeps the best.
    pub(super) fn train(
        mut self,
        patterns: &Patterns,
        activation: Activation,
        objective: Objective,
        (steps, rate): (u32, f64),
    ) -> Self {
        let mut before = vec![0.0; self.weights.len()];
        let mut lengths = vec![rate; self.weights.len()];
        let mut best = Self { score: f64::NEG_INFINITY, ..self.clone() };
        for step in 0..=steps {
            let Ascent { score, slope } = self.ascent(patterns, activation, objective);
            if score > best.score {
                best = Self { weights: self.weights.clone(), score };
            }
            if step == steps {
                break;
            }
            for (at, weight) in self.weights.iter_mut().enumerate() {
                let mut slope = if slope[at].is_finite() { slope[at] } else { 0.0 };
                let turn = before[at] * slope;
                if turn > 0.0 {
                    lengths[at] = (1.2 * lengths[at]).min(LARGEST * rate);
                } else if turn < 0.0 {
                    lengths[at] = (0.5 * lengths[at]).max(SMALLEST);
                    slope = 0.0;
                }
                *weight += sign(slope) * lengths[at];
                before[at] = slope;
            }
        }
        best
    }
}

/// -1, 0 or 1.
pub(super) fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

fn covariances(values: &[f64], patterns: &Patterns) -> Vec<f64> {
    // The errors are centred, so the values need not be; they are, for the sake of large ones.
    let own = centred(values);
    patterns.centred.iter().map(|errors| dot(&own, errors)).collect()
}

/// Σ over outputs of their weight times their centred error, per pattern.
fn weighted(weights: &[f64], patterns: &Patterns) -> Vec<f64> {
    let mut sum = vec![0.0; patterns.len()];
    effort::spend((weights.len() * patterns.len()) as u64);
    for (weight, errors) in weights.iter().zip(&patterns.centred) {
        for (sum, error) in sum.iter_mut().zip(errors) {
            *sum += weight * error;
        }
    }
    sum
}

fn size(values: &[f64]) -> f64 {
    libm::sqrt(dot(values, values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    #[test]
    fn slopes_are_the_limits_of_differences() {
        let key = StreamKey::new(5, "patterns");
        let table = |of: u64, rows: u64| -> Vec<Vec<f64>> {
            (0..rows).map(|row| (0..9).map(|at| key.at(of).normal(row, at)).collect()).collect()
        };
        let (inputs, errors) = (table(0, 3), table(1, 2));
        let centred = errors.iter().map(|errors| centred(errors)).collect();
        let patterns = Patterns { inputs, errors, centred, ..Patterns::default() };
        for objective in [Objective::Covariance, Objective::Share, Objective::Correlation] {
            for activation in [Activation::Tanh, Activation::Softplus, Activation::Relu] {
                let candidate = Candidate::random(&patterns, 1.0, &mut key.stream());
                let Ascent { slope, .. } = candidate.ascent(&patterns, activation, objective);
                for (at, slope) in slope.into_iter().enumerate() {
                    let moved = |by: f64| {
                        let mut moved = candidate.clone();
                        moved.weights[at] += by;
                        moved.ascent(&patterns, activation, objective).score
                    };
                    let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                    assert!((difference - slope).abs() < 1e-6, "{objective:?} {activation:?}: {slope}, {difference}");
                }
            }
        }
    }
}
