//! A data set for classification in three distinct parts.
//!
//! Invariant: a [`Dataset`] exists only with every input finite, every label below `classes` and no part empty.
//! Training sees `train`, tuning and early stopping see `validation`, and `test` is read once, at the end.

use super::error::DataError;

/// Samples in file order: inputs `[sample][feature]`, labels `[sample]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    inputs: Vec<f32>,
    labels: Vec<u32>,
}

impl Part {
    /// A part of inputs `[sample][feature]` and labels `[sample]`; checked when it becomes part of a [`Dataset`].
    pub fn new(inputs: Vec<f32>, labels: Vec<u32>) -> Self {
        Self { inputs, labels }
    }

    /// All inputs, `[sample][feature]`.
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// All labels, `[sample]`.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Cuts the last `count` samples off into a part of their own; the whole part when it is shorter.
    #[must_use]
    pub fn split_last(mut self, count: usize, features: usize) -> (Self, Self) {
        let keep = self.len().saturating_sub(count);
        let labels = self.labels.split_off(keep);
        let inputs = self.inputs.split_off((keep * features).min(self.inputs.len()));
        (self, Self { inputs, labels })
    }
}

/// Numbers of inputs and of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Inputs of one sample.
    pub features: usize,
    /// Different labels, `0..classes`.
    pub classes: usize,
}

/// The three parts, by name so that they cannot be swapped.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// What the network learns from.
    pub train: Part,
    /// What choices are made by.
    pub validation: Part,
    /// What the result is measured on, once.
    pub test: Part,
}

/// A checked data set for classification.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    name: String,
    shape: Shape,
    parts: Parts,
    digest: String,
}

impl Dataset {
    /// A data set of these parts. `digest` names the bytes it was made from, so that a run can say what it learned.
    ///
    /// # Errors
    /// As [`Dataset::validate`].
    pub fn new(name: impl Into<String>, shape: Shape, parts: Parts, digest: String) -> Result<Self, DataError> {
        let dataset = Self { name: name.into(), shape, parts, digest };
        dataset.validate()?;
        Ok(dataset)
    }

    /// The name in the catalogue.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Inputs of one sample.
    pub fn features(&self) -> usize {
        self.shape.features
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.shape.classes
    }

    /// What the network learns from.
    pub fn train(&self) -> &Part {
        &self.parts.train
    }

    /// What choices are made by.
    pub fn validation(&self) -> &Part {
        &self.parts.validation
    }

    /// What the result is measured on, once.
    pub fn test(&self) -> &Part {
        &self.parts.test
    }

    /// SHA-256, in hexadecimal, over the SHA-256 of the source files in catalogue order.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The inputs of sample `row` of a part of this set, `[feature]`.
    #[track_caller]
    pub fn row<'a>(&self, part: &'a Part, row: usize) -> &'a [f32] {
        let features = self.shape.features;
        &part.inputs[row * features..(row + 1) * features]
    }

    /// How often each class occurs in a part, `[class]`.
    #[track_caller]
    pub fn class_counts(&self, part: &Part) -> Vec<usize> {
        let mut counts = vec![0; self.shape.classes];
        for &label in &part.labels {
            counts[label as usize] += 1;
        }
        counts
    }

    /// Checks every number.
    ///
    /// # Errors
    /// [`DataError::Ragged`], [`DataError::NotFinite`] (with row and column), [`DataError::Label`] (with row).
    pub fn validate(&self) -> Result<(), DataError> {
        let Shape { features, classes } = self.shape;
        for (name, part) in
            [("training", &self.parts.train), ("validation", &self.parts.validation), ("test", &self.parts.test)]
        {
            if part.is_empty() || features == 0 || part.inputs.len() != part.len() * features {
                return Err(DataError::Ragged {
                    dataset: self.name.clone(),
                    part: name,
                    inputs: part.inputs.len(),
                    labels: part.len(),
                    features,
                });
            }
            if let Some(at) = part.inputs.iter().position(|value| !value.is_finite()) {
                return Err(DataError::NotFinite {
                    dataset: self.name.clone(),
                    part: name,
                    row: at / features,
                    column: at % features,
                    found: part.inputs[at],
                });
            }
            if let Some(row) = part.labels.iter().position(|&label| label as usize >= classes) {
                return Err(DataError::Label {
                    dataset: self.name.clone(),
                    part: name,
                    row,
                    found: part.labels[row],
                    classes,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_by_two(inputs: [f32; 4], labels: [u32; 2]) -> Result<Dataset, DataError> {
        let good = Part::new(vec![0.0; 4], vec![0, 1]);
        let parts = Parts { train: good.clone(), validation: Part::new(inputs.to_vec(), labels.to_vec()), test: good };
        let shape = Shape { features: 2, classes: 2 };
        Dataset::new("toy", shape, parts, String::new())
    }

    #[test]
    fn a_good_set_is_taken_and_read_back() {
        let set = two_by_two([1.0, 2.0, 3.0, 4.0], [1, 1]).unwrap();
        assert_eq!(set.row(set.validation(), 1), [3.0, 4.0]);
        assert_eq!(set.class_counts(set.validation()), [0, 2]);
        assert_eq!((set.features(), set.classes(), set.train().len()), (2, 2, 2));
    }

    #[test]
    fn nan_and_infinity_are_named_by_row_and_column() {
        let error = two_by_two([1.0, 2.0, 3.0, f32::NAN], [0, 1]).unwrap_err().to_string();
        assert_eq!(error, "toy, validation part: row 1, column 1 (counted from 0) is NaN, expected a finite number");
        let error = two_by_two([1.0, f32::NEG_INFINITY, 3.0, 4.0], [0, 1]).unwrap_err().to_string();
        assert!(error.contains("row 0, column 1") && error.contains("-inf"), "{error}");
    }

    #[test]
    fn a_label_outside_the_classes_is_named_by_row() {
        let error = two_by_two([0.0; 4], [0, 2]).unwrap_err().to_string();
        assert!(error.contains("row 1") && error.contains("label 2") && error.contains("below 2"), "{error}");
    }

    #[test]
    fn ragged_and_empty_parts_are_refused() {
        let part = |inputs: usize, labels: usize| Part::new(vec![0.0; inputs], vec![0; labels]);
        for (train, test) in [(part(3, 2), part(2, 1)), (part(2, 1), part(0, 0))] {
            let parts = Parts { train, validation: part(2, 1), test };
            let shape = Shape { features: 2, classes: 1 };
            let error = Dataset::new("toy", shape, parts, String::new()).unwrap_err();
            assert!(matches!(error, DataError::Ragged { .. }), "{error}");
        }
    }

    #[test]
    fn splitting_keeps_order_and_loses_nothing() {
        let part = Part::new((0..6_u8).map(f32::from).collect(), vec![7, 8, 9]);
        let (front, back) = part.clone().split_last(1, 2);
        assert_eq!((front.inputs(), front.labels()), (&[0.0, 1.0, 2.0, 3.0][..], &[7, 8][..]));
        assert_eq!((back.inputs(), back.labels()), (&[4.0, 5.0][..], &[9][..]));
        let (front, back) = part.clone().split_last(9, 2);
        assert!(front.is_empty() && back == part);
    }
}
