//! Experiment files: parsed, every arm checked, and written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_experiments::{
    Registry,
    config::{Checked, Document},
    data::Places,
};
use std::path::Path;

fuzz_target!(|text: &str| {
    livenet_fuzz::bounded(text.len(), || {
        let Ok(document) = Document::parse(Path::new("input.toml"), text.to_owned(), &[]) else { return };
        // Without a folder for data: the embedded digits are the only images.
        let (registry, places) = (Registry::standard(), Places::new(Vec::new()));
        let Ok(arms) = document.arms() else { return };
        for arm in arms.iter().map(String::as_str).chain([""]).take(3) {
            let Ok(checked) = Checked::new(&document, arm, 1, &registry, &places, None) else { continue };
            let written = checked.to_toml();
            let again = Document::parse(Path::new("again.toml"), written, &[]).expect("what was written is read");
            let again =
                Checked::new(&again, "", 1, &registry, &places, None).expect("what was checked is checked again");
            assert_eq!(again.hash(), checked.hash());
        }
    });
});
