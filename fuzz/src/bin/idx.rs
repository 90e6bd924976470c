//! IDX files: bytes as they are, or packed, and of a shape that is expected.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_experiments::data::idx;
use std::{io::Write as _, path::Path};

fuzz_target!(|data: &[u8]| {
    let (choice, rest) = livenet_fuzz::choice(data);
    let packed = if choice & 1 == 0 {
        rest.to_vec()
    } else {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        packer.write_all(rest).and_then(|()| packer.finish()).expect("memory can be written")
    };
    let shapes: [idx::Sizes<'_>; 3] = [
        &[("labels", 5)],
        &[("images", 2), ("rows", 3), ("columns", 2)],
        &[("images", 1000), ("rows", 28), ("columns", 28)],
    ];
    livenet_fuzz::bounded(data.len(), || {
        for sizes in shapes {
            if let Ok(values) = idx::unpack(Path::new("input.gz"), &packed, sizes) {
                assert_eq!(values.len() as u64, sizes.iter().map(|(_, size)| size).product::<u64>());
            }
        }
    });
});
