//! ARFF files: each row has a value for each attribute.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_experiments::data::arff;
use std::path::Path;

fuzz_target!(|data: &[u8]| {
    livenet_fuzz::bounded(data.len(), || {
        if let Ok(table) = arff::parse(Path::new("input.arff"), data) {
            assert!(table.rows().all(|row| row.len() == table.attributes().len()));
        }
    });
});
