//! Tasks: what is learned, as batches that are pure functions of the step.
//!
//! Training, validation and test parts are distinct. Tuning and early stopping see the validation
//! part only; the test part is read once, at the end.

mod bits;
mod images;
mod samples;
mod series;
mod slowly_changing;
mod spirals;
mod table;
mod teacher;
mod xor;

pub use bits::Bits;
pub use samples::Samples;
pub use series::NextValue;
pub use slowly_changing::SlowlyChanging;
pub use spirals::TwoSpirals;
pub use teacher::Teacher;
pub use xor::HeldXor;

use crate::data::{DataError, Places, tabular::Encoding};
use livenet_growth::{Setting, SettingError, Settings};
use livenet_train::session::{Batch, Source};
use std::path::PathBuf;

/// What kind of answer a task wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of several classes: an output each.
    Classes,
    /// A bit per output: outputs are log-odds, right when on the right side of 0.
    Bits,
    /// Numbers.
    Values,
}

/// The outside of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Input neurons.
    pub inputs: usize,
    /// Output neurons.
    pub outputs: usize,
    /// What kind of answer.
    pub kind: Kind,
    /// Cycles of a training window.
    pub window: usize,
    /// Updates in one pass over the training part, where there is such a thing.
    pub epoch: Option<u64>,
    /// Rows and columns, where the inputs are an image.
    pub image: Option<(usize, usize)>,
    /// SHA-256 of the data, or the rule that makes them.
    pub data: String,
}

/// A task: a source of training batches with a test part. Runs of several seeds may go over threads.
pub trait Task: Source + Send + Sync {
    /// Its outside.
    fn shape(&self) -> &Shape;
    /// The test part; to be asked for once, at the end.
    fn test(&self) -> Batch;
    /// How cells of a table become inputs, where the data are one.
    fn table(&self) -> Option<&Encoding> {
        None
    }
}

/// What a task is built with besides its own settings.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where data are looked for.
    pub places: Places,
    /// Where relative paths in the settings begin: the folder of the experiment file.
    pub folder: PathBuf,
    /// The seed of the run.
    pub seed: u64,
    /// Samples per update.
    pub batch: usize,
}

/// Why a task cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// A setting does not fit.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Data are missing or damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The data are too short for the settings.
    #[error("{what}: {found}, but {needed} are needed; {mend}")]
    TooLittle {
        /// What there is too little of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much is needed.
        needed: usize,
        /// What to change.
        mend: &'static str,
    },
}

/// Makes a task from its own settings and what every task is built with.
pub type Build = fn(&mut Settings, &Setup) -> Result<Box<dyn Task>, TaskError>;

/// A task in the registry.
#[derive(Clone, Copy)]
pub struct TaskEntry {
    /// Its name in configs: `[task.NAME]`.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// Its settings.
    pub settings: &'static [Setting],
    /// Makes one.
    pub build: Build,
}

/// The built-in tasks, alphabetically.
pub const ALL: &[TaskEntry] = &[
    images::DIGITS,
    images::FASHION,
    images::MNIST,
    bits::PARITY,
    bits::RECALL,
    series::SERIES,
    slowly_changing::ENTRY,
    table::ENTRY,
    teacher::ENTRY,
    bits::TEMPORAL_XOR,
    spirals::ENTRY,
    xor::XOR,
];
