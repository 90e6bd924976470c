//! Benchmarks that need nothing but this binary: each row is a workload, timed on the machine at hand.

mod memory;
mod rows;
mod workload;

pub use rows::{Figure, Prepared, ROWS, RowInfo, measure};
pub use workload::{BenchError, Bundle, Shape, Workload};
