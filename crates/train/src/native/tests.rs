//! The suite, on this executor, and what only it promises.

use super::{Native, Threads};
use livenet_core::testing::suite::{self, Options};
use livenet_core::{Executor, ExecutorSettings, Network};
use std::num::NonZeroUsize;

fn with(threads: usize) -> impl Fn(&Network, ExecutorSettings) -> Box<dyn Executor> {
    let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
    move |network, settings| Box::new(Native::new(network, settings, threads))
}

#[test]
fn agrees_with_naive() {
    let options = Options { splitting: Some(1e-3), ..Options::default() };
    suite::agrees_with_naive(&with(1), 300, 1e-4, &options).unwrap();
}

#[test]
fn preserves() {
    suite::preserves(&with(1)).unwrap();
}

#[test]
fn same_bits_for_any_memory_in_predictions() {
    suite::same_bits_for_memory(&with(1)).unwrap();
}

#[test]
fn same_bits_for_any_number_of_threads() {
    suite::same_bits_for_threads(&|network, settings| with(rayon::current_num_threads())(network, settings)).unwrap();
}
