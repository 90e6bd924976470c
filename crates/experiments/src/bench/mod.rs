//! Benchmarks that need nothing but this binary: each row is a workload, timed on the machine at hand.

mod asking;
mod beside;
mod memory;
mod roofline;
mod rows;
mod samples;
mod workload;

pub use roofline::Roofline;
pub use rows::{Figure, Prepared, ROWS, RowInfo, measure};
pub use samples::Inputs;
pub use workload::{BenchError, Bundle, Shape, Workload};
