//! Sweep files: read with the experiment that they hold, and checked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_experiments::sweep::Sweep;
use std::path::PathBuf;

fuzz_target!(|text: &str| {
    // A name of a file would be read, whatever it is.
    if text.lines().any(|line| line.trim_start().starts_with("experiment") && line.contains('=')) {
        return;
    }
    let path: PathBuf = format!("/dev/shm/livenet-fuzz-sweep-{}.toml", std::process::id()).into();
    std::fs::write(&path, text).expect("there is room in memory");
    livenet_fuzz::bounded(text.len(), || {
        if let Ok(sweep) = Sweep::read(&path, &[]) {
            assert!(!sweep.seeds().is_empty() && !sweep.name().is_empty());
        }
    });
});
