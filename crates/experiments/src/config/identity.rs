//! What a config is called: the hashes that name the directories of its runs.

use super::raw::{Experiment, RunWiring, WiringName};
use crate::data::digest;

/// The hash of a config in which a wiring that was found is told by its digest, wherever it was.
pub(super) fn hash(experiment: &Experiment, executor: &str) -> String {
    let mut bare = experiment.clone();
    if let WiringName::Run(run) = &mut bare.network.wiring {
        run.directory.clear();
    }
    hash_of_all(bare, executor)
}

/// The hash of a config in which such a wiring is told by where it is, whatever is found there.
pub(super) fn common_hash(experiment: &Experiment, executor: &str) -> String {
    let mut bare = experiment.clone();
    if let WiringName::Run(RunWiring { digest, .. }) = &mut bare.network.wiring {
        *digest = None;
        for group in &mut bare.network.group {
            group.neurons = 0;
        }
    }
    hash_of_all(bare, executor)
}

fn hash_of_all(mut bare: Experiment, executor: &str) -> String {
    (bare.seeds, bare.arm, bare.claim, bare.summary) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    bare.executor = executor.into();
    // Values, not text: their maps are sorted, so the order of keys in the file does not count.
    let value = serde_json::to_value(&bare).expect("a config is plain data");
    digest::of_bytes(format!("{}\n{value}", env!("CARGO_PKG_VERSION")).as_bytes())[..12].to_owned()
}
