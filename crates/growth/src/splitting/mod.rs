//! Splitting by second-order descent, and what is built on it.

mod eigen;
mod heard;
mod rayleigh;
mod split;
pub(crate) mod steepest;

pub use split::Spectrum;
pub use steepest::Splitting;
