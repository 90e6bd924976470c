//! Experiment files: TOML → [`raw`] (serde, unknown keys refused) → [`Checked`] (every cross-field
//! rule applied). Only `Checked` runs.

mod checked;
mod document;
mod error;
mod finite;
mod found;
mod growing;
mod identity;
mod learning;
pub mod lifecycle;
mod network;
pub mod raw;
mod size;
pub(crate) mod source;
mod start;
mod training;

pub use checked::{Birthright, Checked};
pub use document::Document;
pub use error::{ConfigError, Place, nearest};
pub use found::Found;
