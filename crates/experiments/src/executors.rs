//! Executors by name.

use crate::Failure;
use livenet_core::{ExecError, Executor, ExecutorSettings, Network};
use livenet_train::native::{Native, Threads};
use std::num::NonZeroUsize;

/// An executor that this binary holds.
pub struct Entry {
    /// Its name in configs.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    make: Make,
}

/// Makes an executor over a network.
type Make = fn(&Network, ExecutorSettings) -> Result<Box<dyn Executor>, ExecError>;

/// Every executor that this binary holds.
pub fn all() -> Vec<Entry> {
    let native = Entry {
        name: "native",
        summary: "sparse kernels on the CPU, the same bits for any number of threads",
        make: |network, settings| Ok(Box::new(Native::new(network, settings, threads()))),
    };
    #[cfg_attr(not(feature = "burn"), expect(unused_mut, reason = "there is no other"))]
    let mut all = vec![native];
    #[cfg(feature = "burn")]
    all.extend(livenet_train::burn::backends().iter().map(|&(name, summary, make)| Entry { name, summary, make }));
    all
}

/// As many as the process may use: `--threads`, or what the machine has.
fn threads() -> Threads {
    NonZeroUsize::new(rayon::current_num_threads()).map_or(Threads::All, Threads::Exactly)
}

/// Refuses a name that no executor of this binary has.
///
/// # Errors
/// [`Failure::NoExecutor`].
pub fn known(name: &str) -> Result<(), Failure> {
    let all = all();
    if all.iter().any(|entry| entry.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = all.iter().map(|entry| entry.name).collect();
    Err(Failure::NoExecutor { name: name.into(), known: names.join(", ") })
}

/// Makes an executor by its name.
///
/// # Errors
/// When no executor of this binary is called so, or it cannot run the network.
pub fn make(name: &str, network: &Network, settings: ExecutorSettings) -> Result<Box<dyn Executor>, Failure> {
    known(name)?;
    let all = all();
    let entry = all.iter().find(|entry| entry.name == name).expect("it is known");
    let executor = (entry.make)(network, settings)?;
    executor.supports(network)?;
    Ok(executor)
}
