//! Losses: what training minimises, as a mean over rows, with its derivative by the outputs.
//!
//! They stand outside the executors. Read [`Loss`] first.

mod accuracy;
mod error;
mod prediction;
mod rule;
mod target;

pub use accuracy::argmax;
pub use error::LossError;
pub use prediction::{sigmoid, softmax};
pub use rule::{Loss, UserLoss};
pub use target::Targets;
