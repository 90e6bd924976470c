//! Splitting by second-order descent, and what is built on it.

pub(crate) mod firefly;
mod heard;
mod rayleigh;
mod split;
pub(crate) mod steepest;

pub use firefly::Firefly;
pub use split::Spectrum;
pub use steepest::Splitting;
