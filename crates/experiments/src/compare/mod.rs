//! Many runs as one experiment: a table that says what they show and what they do not.
//!
//! ```text
//! runs, folders, sweeps ──► Gathered ──► Comparison ──► text, JSON, plots, page
//!                              │  trials    │ one primary metric: averages, intervals, paired differences
//!                              └──► tidy    └ everything else: described, not tested
//! ```
//!
//! Invariants: a run that did not finish is counted and shown, never dropped in silence; a damaged one is a note; and the
//! same finished runs give the same bytes, wall-clock seconds apart, which stand in a file of their own. What each number
//! is stands in `docs/statistics.md`; the numbers themselves are made in [`crate::statistics`].

#[cfg(feature = "parquet")]
mod columnar;
mod comparison;
mod error;
mod files;
mod gather;
mod notes;
mod pair;
mod question;
mod setting;
mod sweep;
#[cfg(test)]
mod tests;
mod text;
pub mod tidy;
mod trial;
mod tuning;

#[cfg(feature = "parquet")]
pub use columnar::parquet;
pub use comparison::{Comparison, Control};
pub use error::CompareError;
pub use files::{FOLDER, sweep_directory, write, write_file};
pub use gather::Gathered;
pub use pair::{Difference, Pair, Tested};
pub use question::{Chosen, Metric, Question};
pub use setting::{Averages, Described, Setting};
pub use trial::{Counts, State, Trial};

pub(crate) use question::{in_words, is_share};
pub(crate) use tuning::TuningFile;
