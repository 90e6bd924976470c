use crate::testing::{Naive, suite};
use crate::{Executor, ExecutorSettings, Network};

fn naive(network: &Network, settings: ExecutorSettings) -> Box<dyn Executor> {
    Box::new(Naive::new(network, settings))
}

#[test]
fn the_definition_agrees_with_itself() {
    if let Err(wrong) = suite::agrees_with_naive(
        &naive,
        100,
        1e-4,
        &suite::Options { splitting: Some(1e-4), ..suite::Options::default() },
    ) {
        panic!("{wrong}");
    }
}

#[test]
fn the_definition_has_the_same_bits_however_it_is_run() {
    suite::same_bits_for_memory(&naive).unwrap();
}

#[test]
fn what_is_rounded_at_an_export_is_seen() {
    // The definition computes in f64 and exports f32.
    assert!(suite::same_bits_after_import(&naive).is_err());
}

#[test]
fn the_definition_preserves_what_is_to_be_preserved() {
    if let Err(wrong) = suite::preserves(&naive) {
        panic!("{wrong}");
    }
}

#[test]
fn the_definition_has_the_same_bits_on_any_number_of_threads() {
    suite::same_bits_for_threads(&naive).unwrap();
}
