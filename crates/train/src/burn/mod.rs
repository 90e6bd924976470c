//! The executor `burn`: the same window as burn tensors and burn autodiff, on any burn device.
//!
//! Read `window` first: one cycle as tensor operations, shared by the executor and by [`LiveLayer`], which
//! puts a living network into a user's own burn model. Then `plan` (rows sorted into blocks), `sweep`
//! (forward, and back by autodiff), `columns` (how values follow a commit on the device).
//!
//! burn 0.21 names its backends by type. [`BurnExecutor`] is written once over them; [`backends`] lists
//! those that this binary was built with, each behind [`Executor`], for a choice at run time: `burn` on the
//! CPU always, `burn-wgpu` and `burn-cuda` behind the Cargo features `wgpu` and `cuda`.

mod activation;
mod columns;
mod executor;
mod finite;
mod history;
mod layer;
mod plan;
mod signal;
mod statistics;
mod sweep;
mod tape;
mod update;
mod window;

#[cfg(test)]
mod tests;

pub use executor::BurnExecutor;
pub use layer::LiveLayer;

use ::burn::{
    backend::{Autodiff, Flex},
    tensor::backend::AutodiffBackend,
};
use livenet_core::{ExecError, Executor, ExecutorSettings, Network};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes an executor over a network, or says why this machine cannot.
pub type Make = fn(&Network, ExecutorSettings) -> Result<Box<dyn Executor>, ExecError>;

fn open<B: AutodiffBackend>(
    name: &'static str,
    network: &Network,
    settings: ExecutorSettings,
) -> Result<Box<dyn Executor>, ExecError> {
    // burn has no fallible way to open a device: where there is none, the first use panics.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let executor = BurnExecutor::<B>::new(name, B::Device::default(), network, settings);
        executor.export(network);
        executor
    }));
    match opened {
        Ok(executor) => Ok(Box::new(executor)),
        Err(_) => Err(ExecError::Unsupported {
            executor: name,
            what: "anything here, because burn finds no such device on this machine".into(),
            mend: "check its driver, or choose the executor `native` or `burn`".into(),
        }),
    }
}

/// The burn devices that this binary was built with: what configs call each, one line for people, and
/// how to make it.
pub fn backends() -> &'static [(&'static str, &'static str, Make)] {
    &[
        ("burn", "burn tensors and autodiff on the CPU (flex)", |network, settings| {
            open::<Autodiff<Flex>>("burn", network, settings)
        }),
        #[cfg(feature = "wgpu")]
        ("burn-wgpu", "burn tensors and autodiff on a graphics device (wgpu)", |network, settings| {
            open::<Autodiff<::burn::backend::Wgpu>>("burn-wgpu", network, settings)
        }),
        #[cfg(feature = "cuda")]
        ("burn-cuda", "burn tensors and autodiff on an NVIDIA device (CUDA)", |network, settings| {
            open::<Autodiff<::burn::backend::Cuda>>("burn-cuda", network, settings)
        }),
    ]
}
