//! Learning curves: loss and accuracy over steps, with every structural event in a rug below.

use super::curve::Curve;
use super::drawing::Drawing;
use super::plot::Plot;
use super::rug::EventMark;
use super::scale::Unit;
use super::series::{STEPS, Stacked, stacked};

/// Loss and accuracy of a run, in training and in validation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearningCurves {
    /// What the loss is, with its unit, such as `cross-entropy (nats)`; empty for `loss`.
    pub loss_label: String,
    /// Step and loss on training samples.
    pub training_loss: Vec<(u64, f64)>,
    /// Step and loss on validation samples.
    pub validation_loss: Vec<(u64, f64)>,
    /// Step and accuracy on training samples, 0 to 1.
    pub training_accuracy: Vec<(u64, f64)>,
    /// Step and accuracy on validation samples, 0 to 1.
    pub validation_accuracy: Vec<(u64, f64)>,
    /// Every structural event.
    pub marks: Vec<EventMark>,
}

impl Plot for LearningCurves {
    /// A task without any accuracy, such as regression, gets the panel of the loss alone.
    fn draw(&self) -> Drawing {
        let loss = curves(&self.training_loss, &self.validation_loss);
        let accuracy = curves(&self.training_accuracy, &self.validation_accuracy);
        let label = if self.loss_label.is_empty() { "loss" } else { &self.loss_label };
        let of_loss = Stacked { label: label.to_owned(), unit: Unit::Plain, curves: loss.iter().collect() };
        let has_accuracy = !(self.training_accuracy.is_empty() && self.validation_accuracy.is_empty());
        if !has_accuracy && !self.training_loss.is_empty() {
            return stacked("Loss over training steps", STEPS, &[of_loss], &self.marks, 280.0);
        }
        let of_accuracy =
            Stacked { label: "accuracy (%)".to_owned(), unit: Unit::Share, curves: accuracy.iter().collect() };
        stacked("Loss and accuracy over training steps", STEPS, &[of_loss, of_accuracy], &self.marks, 190.0)
    }
}

fn curves(training: &[(u64, f64)], validation: &[(u64, f64)]) -> [Curve; 2] {
    [Curve::new("training", training.to_vec()), Curve::new("validation", validation.to_vec())]
}
