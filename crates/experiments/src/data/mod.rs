//! Data: the embedded digits, image sets in IDX files, numeric series, tables in CSV and ARFF files, and
//! a user's own matrix.
//!
//! Invariant: whatever leaves this module is complete, finite and the very bytes its publisher released
//! (checked by SHA-256), or it does not leave at all. Nothing is downloaded unless [`fetch()`] is called.
//! Rows stand in the order of their files, but for those of a table, which [`tabular`] divides by lot.
//!
//! Start at [`catalogue`] for what is known, [`load()`] for how a name becomes a [`Dataset`].

pub mod arff;
pub mod catalogue;
pub mod dataset;
pub mod digest;
pub mod digits;
pub mod error;
pub mod fetch;
pub mod idx;
pub mod images;
pub mod load;
pub mod matrix;
pub mod npy;
pub mod places;
pub mod series;
pub mod shelf;
pub mod table;
pub mod tabular;
pub mod verify;

pub use catalogue::{ALL, Entry, Kind, SourceFile};
pub use dataset::{Dataset, Part, Parts, Shape};
pub use error::DataError;
pub use fetch::{Fetched, Progress, agent, fetch};
pub use load::load;
pub use matrix::Matrix;
pub use places::Places;
pub use series::Scale;
pub use shelf::Shelf;
pub use verify::{FileStatus, Status, verify};
