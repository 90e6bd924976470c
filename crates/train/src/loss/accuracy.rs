//! The share of right answers.

use super::target::Rows;
use super::{Loss, Targets};

/// The position of the largest value; of equal ones the first. `None` for an empty row.
pub fn argmax(row: &[f32]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (at, value) in row.iter().enumerate() {
        if best.is_none_or(|best| *value > row[best]) {
            best = Some(at);
        }
    }
    best
}

impl Loss {
    /// The share of rows (each as often as it counts) whose answer is right: the largest output is that of
    /// the label, or of the most probable class; with one output, it lies on the label's side of the
    /// threshold (0 for logits, else 0.5). With several outputs, binary cross-entropy against values asks
    /// that all of them lie on their target's side. `None` where no answer is right or wrong (a regression),
    /// nothing counts, or the slices do not fit.
    pub fn accuracy(&self, rows: usize, outputs: &[f32], targets: Targets<'_>, counts: Option<&[f32]>) -> Option<f64> {
        let binary = *self == Self::BinaryCrossEntropy;
        if matches!(targets, Targets::Values(_)) && !binary && *self != Self::CrossEntropy {
            return None;
        }
        let rows = Rows::new(rows, outputs, targets, counts).ok()?;
        let threshold = if binary { 0.0 } else { 0.5 };
        let mut target = vec![0.0; rows.width];
        let mut right = 0.0;
        for row in 0..rows.len {
            let count = f64::from(rows.count(row));
            if count == 0.0 {
                continue;
            }
            for (output, target) in target.iter_mut().enumerate() {
                *target = rows.target(row, output);
            }
            let outputs = rows.output(row);
            let by_side =
                outputs.len() == 1 && *self != Self::CrossEntropy || binary && matches!(targets, Targets::Values(_));
            let is_right = if by_side {
                outputs.iter().zip(&target).all(|(&y, &t)| (y > threshold) == (t > 0.5))
            } else {
                argmax(outputs) == argmax(&target)
            };
            right += if is_right { count } else { 0.0 };
        }
        let total = rows.total();
        (total > 0.0).then(|| right / total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!((argmax(&[1.0, 3.0, 3.0]), argmax(&[0.0, 0.0]), argmax(&[])), (Some(1), Some(0), None));
        assert_eq!(argmax(&[f32::NEG_INFINITY]), Some(0));
    }

    #[test]
    fn shares_by_hand() {
        let outputs = [0.1, 0.9, 0.8, 0.2, 0.5, 0.5];
        let labels = Targets::Labels(&[1, 1, 0]);
        assert_eq!(Loss::CrossEntropy.accuracy(3, &outputs, labels, None), Some(2.0 / 3.0));
        assert_eq!(Loss::MeanSquared.accuracy(3, &outputs, labels, Some(&[1.0, 2.0, 1.0])), Some(0.5));
        assert_eq!(Loss::MeanSquared.accuracy(3, &outputs, Targets::Values(&outputs), None), None);
        assert_eq!(Loss::CrossEntropy.accuracy(3, &outputs, labels, Some(&[0.0; 3])), None);
        let bits = Targets::Labels(&[1, 0, 1]);
        assert_eq!(Loss::BinaryCrossEntropy.accuracy(3, &[0.3, 0.3, 0.6], bits, None), Some(2.0 / 3.0));
        assert_eq!(Loss::MeanSquared.accuracy(3, &[0.3, 0.3, 0.6], bits, None), Some(2.0 / 3.0));
        let both = Targets::Values(&[1.0, 0.0, 1.0, 1.0]);
        assert_eq!(Loss::BinaryCrossEntropy.accuracy(2, &[2.0, -1.0, 2.0, -1.0], both, None), Some(0.5));
    }
}
