//! The losses themselves.

use super::prediction::{sigmoid, softmax};
use super::target::Rows;
use super::{LossError, Targets};
use serde::{Deserialize, Serialize};

/// A loss that a user brings, by rows: outputs and targets of one row have a value per output.
#[derive(Clone, Copy, Debug)]
pub struct UserLoss {
    /// How configs name it; two of one name count as equal.
    pub name: &'static str,
    /// The loss of one row.
    pub value: fn(outputs: &[f32], targets: &[f32]) -> f64,
    /// Writes its derivative by each output.
    pub derivative: fn(outputs: &[f32], targets: &[f32], d_outputs: &mut [f32]),
}

impl PartialEq for UserLoss {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What is minimised, as a mean over rows (each as often as it counts). Conventions of `PyTorch`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Loss {
    /// `(y - t)²`, mean over outputs.
    MeanSquared,
    /// `-Σ t ln softmax(y)`: outputs are logits of the classes, targets labels or probabilities.
    CrossEntropy,
    /// `-t ln σ(y) - (1 - t) ln(1 - σ(y))`, mean over outputs: outputs are logits, targets in [0, 1].
    BinaryCrossEntropy,
    /// `e²/2` up to `delta`, then `delta (|e| - delta/2)`, of `e = y - t`; mean over outputs (Huber 1964).
    Huber {
        /// Where the parabola goes over into a line.
        delta: f32,
    },
    /// A user's own.
    #[serde(skip)]
    User(UserLoss),
}

impl Loss {
    /// The name in configs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MeanSquared => "mean_squared",
            Self::CrossEntropy => "cross_entropy",
            Self::BinaryCrossEntropy => "binary_cross_entropy",
            Self::Huber { .. } => "huber",
            Self::User(user) => user.name,
        }
    }

    /// The mean loss over `rows` rows, and its derivative by every output. `outputs` and `d_outputs` are
    /// `[row][output]`; `counts` says how often each row counts (0 leaves it out: neither its outputs nor
    /// its targets are read). Summed in row order in double precision; 0 if nothing counts.
    ///
    /// # Errors
    /// [`LossError`] when the slices do not fit, or names the row of a label or target that is wrong.
    pub fn evaluate(
        &self,
        rows: usize,
        outputs: &[f32],
        targets: Targets<'_>,
        counts: Option<&[f32]>,
        d_outputs: &mut [f32],
    ) -> Result<f64, LossError> {
        let rows = Rows::new(rows, outputs, targets, counts)?;
        if d_outputs.len() != outputs.len() {
            return Err(LossError::Shape { what: "derivatives", found: d_outputs.len(), expected: outputs.len() });
        }
        let total = rows.total();
        let mut target = vec![0.0; rows.width];
        let mut loss = 0.0;
        for (row, d) in d_outputs.chunks_exact_mut(rows.width.max(1)).enumerate() {
            let count = f64::from(rows.count(row));
            if count == 0.0 {
                d.fill(0.0);
                continue;
            }
            for (output, target) in target.iter_mut().enumerate() {
                *target = rows.target(row, output);
            }
            loss += count * self.row(rows.output(row), &target, count / total, d);
        }
        Ok(if total > 0.0 { loss / total } else { 0.0 })
    }

    /// The loss of one row; writes its derivative times `by`.
    fn row(&self, outputs: &[f32], targets: &[f32], by: f64, d: &mut [f32]) -> f64 {
        let share = 1.0 / outputs.len() as f64;
        let mean = |d: &mut [f32], of: &dyn Fn(f64, f64) -> (f64, f64)| {
            let mut sum = 0.0;
            for ((d, &y), &t) in d.iter_mut().zip(outputs).zip(targets) {
                let (value, derivative) = of(f64::from(y), f64::from(t));
                sum += value;
                *d = (derivative * share * by) as f32;
            }
            sum * share
        };
        match *self {
            Self::MeanSquared => mean(d, &|y, t| ((y - t) * (y - t), 2.0 * (y - t))),
            Self::Huber { delta } => {
                let delta = f64::from(delta);
                mean(d, &|y, t| match y - t {
                    e if e.abs() <= delta => (0.5 * e * e, e),
                    e => (delta * (e.abs() - 0.5 * delta), delta * e.signum()),
                })
            }
            // max(y, 0) - t y + ln(1 + e^-|y|): never overflows.
            Self::BinaryCrossEntropy => {
                mean(d, &|y, t| (y.max(0.0) - t * y + libm::log1p(libm::exp(-y.abs())), sigmoid(y) - t))
            }
            Self::CrossEntropy => {
                let largest = outputs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let shifted = |y: f32| f64::from(y) - f64::from(largest);
                let sum: f64 = outputs.iter().map(|&y| libm::exp(shifted(y))).sum();
                let (log_sum, mass) = (libm::log(sum), targets.iter().map(|&t| f64::from(t)).sum::<f64>());
                let mut loss = 0.0;
                for ((d, &y), &t) in d.iter_mut().zip(outputs).zip(targets) {
                    let log = shifted(y) - log_sum;
                    // 0 · -∞ is nothing: a class without probability does not count.
                    loss -= if t == 0.0 { 0.0 } else { f64::from(t) * log };
                    *d = ((mass * libm::exp(log) - f64::from(t)) * by) as f32;
                }
                loss
            }
            Self::User(user) => {
                (user.derivative)(outputs, targets, d);
                for d in d.iter_mut() {
                    *d = (f64::from(*d) * by) as f32;
                }
                (user.value)(outputs, targets)
            }
        }
    }

    /// What the outputs predict, in place: probabilities of the classes for cross-entropy, of each output for
    /// the binary one, else the outputs as they are. `[row][output]`, `width` outputs a row.
    pub fn predictions(&self, outputs: &mut [f32], width: usize) {
        match self {
            Self::CrossEntropy => outputs.chunks_exact_mut(width.max(1)).for_each(softmax),
            Self::BinaryCrossEntropy => outputs.iter_mut().for_each(|y| *y = sigmoid(f64::from(*y)) as f32),
            Self::MeanSquared | Self::Huber { .. } | Self::User(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserLoss = UserLoss {
        name: "fourth_power",
        value: |y, t| y.iter().zip(t).map(|(y, t)| f64::from(y - t).powi(4)).sum(),
        derivative: |y, t, d| d.iter_mut().zip(y).zip(t).for_each(|((d, y), t)| *d = 4.0 * (y - t).powi(3)),
    };
    const ALL: [Loss; 5] =
        [Loss::MeanSquared, Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::Huber { delta: 0.7 }, Loss::User(USER)];
    const OUTPUTS: [f32; 9] = [0.5, -1.5, 2.25, 0.125, 0.25, -0.75, 3.0, -4.0, 0.0];

    fn value(loss: Loss, outputs: &[f32], targets: Targets<'_>, counts: Option<&[f32]>) -> (f64, Vec<f32>) {
        let mut d = vec![f32::NAN; outputs.len()];
        let value = loss.evaluate(3, outputs, targets, counts, &mut d).unwrap();
        (value, d)
    }

    #[test]
    fn derivatives_are_the_limits_of_differences() {
        let soft = [0.25, 0.25, 0.5, 0.0, 1.0, 0.0, 0.9, 0.05, 0.05];
        for loss in ALL {
            for targets in [Targets::Labels(&[2, 0, 1]), Targets::Values(&soft)] {
                for counts in [None, Some([1.0, 0.0, 2.5])] {
                    let (_, d) = value(loss, &OUTPUTS, targets, counts.as_ref().map(<[f32; 3]>::as_slice));
                    for at in 0..OUTPUTS.len() {
                        let moved = |by: f32| {
                            let mut outputs = OUTPUTS;
                            outputs[at] += by;
                            value(loss, &outputs, targets, counts.as_ref().map(<[f32; 3]>::as_slice)).0
                        };
                        let h = 1.0 / 256.0;
                        let difference = (moved(h) - moved(-h)) / (2.0 * f64::from(h));
                        let bound = 2e-4 * difference.abs().max(1.0);
                        assert!(
                            (difference - f64::from(d[at])).abs() < bound,
                            "{loss:?} at {at}: {difference} {}",
                            d[at]
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn values_by_hand() {
        let of = |loss: Loss, y: &[f32], t: &[f32]| {
            loss.evaluate(1, y, Targets::Values(t), None, &mut vec![0.0; y.len()]).unwrap()
        };
        assert_eq!(of(Loss::MeanSquared, &[1.0, 3.0], &[0.0, 1.0]), 2.5);
        assert_eq!(of(Loss::Huber { delta: 1.0 }, &[0.5, 3.0], &[0.0, 1.0]), f64::midpoint(0.125, 1.5));
        assert!((of(Loss::CrossEntropy, &[1000.0, 1000.0], &[1.0, 0.0]) - 2.0_f64.ln()).abs() < 1e-12);
        assert!((of(Loss::BinaryCrossEntropy, &[-1000.0, 0.0], &[0.0, 1.0]) - 2.0_f64.ln() / 2.0).abs() < 1e-12);
        let (labels, one) = ([1, 0, 1], [0.0; 3]);
        assert_eq!(value(Loss::MeanSquared, &one, Targets::Labels(&labels), None).0, 2.0 / 3.0);
    }

    #[test]
    fn a_row_that_does_not_count_is_not_read() {
        let outputs = [1.0, f32::NAN, 1.0];
        let (loss, d) =
            value(Loss::MeanSquared, &outputs, Targets::Values(&[0.0, f32::NAN, 0.0]), Some(&[1.0, 0.0, 1.0]));
        assert_eq!((loss, d), (1.0, vec![1.0, 0.0, 1.0]));
        assert_eq!(
            value(Loss::MeanSquared, &outputs, Targets::Labels(&[9, 9, 9]), Some(&[0.0; 3])),
            (0.0, vec![0.0; 3])
        );
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let evaluate =
            |targets, counts| Loss::CrossEntropy.evaluate(3, &OUTPUTS, targets, counts, &mut [0.0; 9]).unwrap_err();
        assert_eq!(evaluate(Targets::Labels(&[0, 3, 1]), None), LossError::Label { row: 1, label: 3, outputs: 3 });
        assert_eq!(
            evaluate(Targets::Labels(&[0, 1]), None),
            LossError::Shape { what: "labels", found: 2, expected: 3 }
        );
        assert_eq!(
            evaluate(Targets::Labels(&[0, 1, 1]), Some(&[1.0, -1.0, 0.0])),
            LossError::Count { row: 1, value: -1.0 }
        );
        let mut soft = [0.1; 9];
        soft[7] = f32::INFINITY;
        assert_eq!(
            evaluate(Targets::Values(&soft), None),
            LossError::NotFinite { row: 2, output: 1, value: f32::INFINITY }
        );
        assert!(evaluate(Targets::Labels(&[0, 3, 1]), None).to_string().starts_with("row 1: label 3"));
        let short = Loss::MeanSquared.evaluate(2, &OUTPUTS, Targets::Values(&OUTPUTS), None, &mut [0.0; 9]);
        assert!(matches!(short, Err(LossError::Shape { what: "outputs", .. })));
    }

    #[test]
    fn predictions_are_probabilities_where_outputs_are_logits() {
        let mut outputs = [0.0, 0.0, 1000.0, -1000.0];
        Loss::CrossEntropy.predictions(&mut outputs, 2);
        assert_eq!(outputs, [0.5, 0.5, 1.0, 0.0]);
        let mut outputs = [0.0, 1000.0, -1000.0];
        Loss::BinaryCrossEntropy.predictions(&mut outputs, 1);
        assert_eq!(outputs, [0.5, 1.0, 0.0]);
    }
}
