//! A run: one arm of one experiment with one seed, in a directory of its own.
//!
//! The directory is named by the hash of the checked config and the seed. `report.json` is renamed
//! into place last and is the only mark of "done". A run that was stopped anywhere goes on from its
//! last checkpoint, byte for byte as if it had never stopped (timings apart).

mod checkpoint;
mod departure;
mod directory;
mod disk;
mod driver;
mod events;
#[cfg(test)]
mod faults;
mod manifest;
mod outcome;
mod pack;
mod rebuild;
mod repro;

pub use checkpoint::{Best, Checkpoint};
pub use departure::{Departure, Measure, departure};
pub(crate) use directory::is_half_made;
pub use directory::{RunDirectory, RunError};
pub use driver::{Driver, Interrupt, Pictures, Watcher};
pub use events::{each_event, events};
pub use manifest::{Build, Difference, Manifest, Tree};
pub use outcome::{Ending, Outcome};
pub use pack::{Begun, Ended, Host, Likely, Ready, pack, units};
pub use rebuild::{at_step, journal, journal_damage, set_up, take_up};
pub use repro::{Comparison, Part, Parting, Repetition};
