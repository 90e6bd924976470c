//! What a workload is fed with: drawn numbers, or pixels.

use crate::data::{self, DataError, Places};
use livenet_core::Stream;

/// Whence the inputs of a workload come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Standard normal numbers.
    Normal,
    /// The pixels of MNIST, in [0, 1], where that is at hand; a stand-in of uniform numbers else, of which as many are
    /// not zero.
    Pixels,
}

/// The part of MNIST's pixels that is not zero.
const LIT: f64 = 0.19;
/// Features of an image, and classes.
const MNIST: (usize, usize) = (784, 10);

/// Windows of inputs, `[cycle][lane][feature]` each, and the labels of their rows.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) windows: Vec<Vec<f32>>,
    pub(super) labels: Vec<Vec<u32>>,
    /// What the pixels are.
    pub(super) pixels: Option<&'static str>,
}

impl Samples {
    /// So many windows of so many rows of `features`, with labels below `classes`.
    ///
    /// # Errors
    /// [`DataError`] if MNIST is there and is not what was published.
    pub(super) fn new(
        inputs: Inputs,
        (windows, rows): (usize, usize),
        (features, classes): (usize, usize),
        stream: &mut Stream,
    ) -> Result<Self, DataError> {
        if inputs == Inputs::Pixels && (rows, features, classes) == (1, MNIST.0, MNIST.1) {
            match data::load("mnist", &Places::from_environment()) {
                Ok(images) => {
                    let part = images.train();
                    let windows = (0..windows.min(part.len())).map(|row| images.row(part, row).to_vec()).collect();
                    let labels = part.labels().iter().map(|&label| vec![label]).collect();
                    return Ok(Self { windows, labels, pixels: Some("MNIST") });
                }
                Err(DataError::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let mut value = || match inputs {
            Inputs::Normal => stream.normal() as f32,
            Inputs::Pixels if stream.uniform() < LIT => stream.uniform() as f32,
            Inputs::Pixels => 0.0,
        };
        let drawn = (0..windows).map(|_| (0..rows * features).map(|_| value()).collect()).collect();
        let labels = (0..windows).map(|_| (0..rows).map(|_| stream.below(classes as u64) as u32).collect()).collect();
        Ok(Self { windows: drawn, labels, pixels: (inputs == Inputs::Pixels).then_some("a stand-in for MNIST") })
    }
}
