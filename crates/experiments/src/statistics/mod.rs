//! Statistics over runs: what a mean of a few seeds can and cannot say.
//!
//! Pure functions over scores: no files, no clock. The numbers are those of *rliable* (Agarwal et al. 2021), which a
//! committed fixture of its own code holds them to; what goes beyond it is named with its source in each file.
//!
//! Invariants: no interval exists for fewer than three seeds, for only [`Enough`] can make one; no number depends on the
//! order of runs, for [`Scores`] sorts them; and every random draw comes from a named stream, so that the same scores give
//! the same bits. Start at [`Scores`] and [`Average`]; [`Bootstrap`] makes their intervals, [`Paired`] compares two settings.

mod average;
mod better;
mod bootstrap;
mod equivalence;
mod flips;
mod holm;
mod improvement;
mod interval;
mod paired;
mod power;
mod profile;
mod scores;
#[cfg(test)]
mod tests;

pub use average::Average;
pub use better::Better;
pub use bootstrap::Bootstrap;
pub use equivalence::Equivalence;
pub use flips::{Flips, SignFlipTest};
pub use holm::holm;
pub use improvement::improvement;
pub use interval::{BadLevel, Bounds, Enough, Estimate, Interval, LEAST_SEEDS, Level, NoInterval};
pub use paired::{Paired, pair};
pub use power::{POWER, SIGNIFICANCE, Seeds, power_of, seeds_to_tell};
pub use profile::{Profile, ProfilePoint};
pub use scores::{Scores, ScoresError};
