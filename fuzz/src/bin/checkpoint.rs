//! Checkpoints: bytes as they are, or a body under a digest that fits; what is read is taken up by an executor.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_core::{Executor, ExecutorSettings, Network};
use livenet_experiments::run::Checkpoint;
use livenet_train::native::{Native, Threads};
use std::{num::NonZeroUsize, path::Path};

fuzz_target!(|data: &[u8]| {
    let (choice, rest) = livenet_fuzz::choice(data);
    let bytes = if choice & 1 == 0 { rest.to_vec() } else { Checkpoint::seal(rest) };
    livenet_fuzz::bounded(data.len(), || {
        let Ok(checkpoint) = Checkpoint::decode(Path::new("input.ckpt"), &bytes) else { return };
        let Ok(network) = checkpoint.state.network.clone().restore() else { return };
        // As a run does before it makes an executor.
        if checkpoint.state.executor.check(&network).is_ok() {
            take_up(&network, &checkpoint);
        }
    });
});

fn take_up(network: &Network, checkpoint: &Checkpoint) {
    let mut native = Native::new(network, ExecutorSettings::default(), Threads::Exactly(NonZeroUsize::MIN));
    if native.supports(network).is_ok() && native.import(network, &checkpoint.state.executor).is_ok() {
        assert_eq!(native.export(network).weights.len(), network.synapse_count());
    }
}
