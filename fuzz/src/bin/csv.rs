//! Tables of numbers as text and as arrays, and series.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_experiments::data::{Matrix, npy, series};
use std::path::Path;

fuzz_target!(|data: &[u8]| {
    let (columns, rest) = livenet_fuzz::choice(data);
    let columns = usize::from(columns % 8);
    livenet_fuzz::bounded(data.len(), || {
        if let Ok(matrix) = Matrix::parse(Path::new("input.csv"), rest, columns) {
            assert_eq!(matrix.values().len(), matrix.rows() * matrix.columns());
        }
        if let Ok(values) = npy::parse(Path::new("input.npy"), rest, columns) {
            assert!(columns == 0 || values.len() % columns == 0);
        }
        if let Ok(values) = series::parse(Path::new("series.csv"), rest) {
            assert!(values.iter().all(|value| value.is_finite()));
        }
    });
});
