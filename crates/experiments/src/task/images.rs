//! Classification of images.

use super::{Setup, Task, TaskEntry, TaskError, samples};
use crate::data;
use livenet_growth::Settings;

pub(super) const DIGITS: TaskEntry = TaskEntry {
    name: "digits",
    summary: "handwritten digits, 8x8, embedded (UCI optdigits; test = other writers)",
    settings: &[samples::TRAIN],
    build: |settings, setup| build("digits", (8, 8), settings, setup),
};
pub(super) const MNIST: TaskEntry = TaskEntry {
    name: "mnist",
    summary: "handwritten digits, 28x28 (MNIST; `livenet data fetch mnist`)",
    settings: &[samples::TRAIN],
    build: |settings, setup| build("mnist", (28, 28), settings, setup),
};
pub(super) const FASHION: TaskEntry = TaskEntry {
    name: "fashion-mnist",
    summary: "articles of clothing, 28x28 (Fashion-MNIST; `livenet data fetch fashion-mnist`)",
    settings: &[samples::TRAIN],
    build: |settings, setup| build("fashion-mnist", (28, 28), settings, setup),
};

fn build(
    name: &str,
    image: (usize, usize),
    settings: &mut Settings,
    setup: &Setup,
) -> Result<Box<dyn Task>, TaskError> {
    let load = || Ok((data::load(name, &setup.places)?, None));
    samples::build(&format!("images {name}"), load, Some(image), settings, setup)
}
