//! Small dense linear algebra in f64 that gives the same bits on every machine: sums run in a fixed order, and no instructions are
//! chosen by the processor.

pub mod eigen;
pub mod matrix;
pub mod singular;

pub use eigen::Eigen;
pub use matrix::{Matrix, dot};
pub use singular::Singular;
