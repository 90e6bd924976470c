//! Who hears what when, with numbers by hand. All units are linear.

use super::{LINEAR, build};
use crate::{Activation, Executor, Norm, Role, Row, Schedule, Unit};

const IN: (Role, Norm, &[Unit]) = (Role::Input, Norm::None, &[LINEAR]);
const OUT: (Role, Norm, &[Unit]) = (Role::Output, Norm::None, &[LINEAR]);
const ONE: (Role, Norm, &[Unit]) = (Role::Hidden, Norm::None, &[LINEAR]);
const TWO: (Role, Norm, &[Unit]) = (Role::Hidden, Norm::None, &[LINEAR, LINEAR]);

/// What each neuron of `watched` says in each cycle when the input says `inputs`.
fn says(
    schedule: Schedule,
    groups: &[(Role, Norm, &[Unit])],
    synapses: &[(u64, u64, f32, u16)],
    inputs: &[f64],
    watched: &[u32],
) -> Vec<Vec<f32>> {
    let (network, mut naive) = build(schedule, groups, synapses);
    naive.forward_f64(&network, (inputs.len(), 1), inputs, None).unwrap();
    let recall = |ago, row: &u32| naive.recall(&network, ago, Row::new(*row)).unwrap()[0];
    watched.iter().map(|row| (0..inputs.len()).rev().map(|ago| recall(ago, row)).collect()).collect()
}

#[test]
fn a_mutual_pair_reads_nothing_first_and_then_what_the_partner_said() {
    let synapses = [(0, 1, 1.0, 0), (0, 2, 2.0, 0), (2, 1, 0.5, 0), (1, 2, 0.25, 0)];
    let said = says(Schedule::Grouped, &[IN, TWO, OUT], &synapses, &[1.0; 3], &[1, 2]);
    assert_eq!(said, [[1.0, 2.0, 2.125], [2.0, 2.25, 2.5]]);
}

#[test]
fn a_self_connection_is_heard_a_cycle_later() {
    let said = says(Schedule::Grouped, &[IN, ONE, OUT], &[(0, 1, 1.0, 0), (1, 1, 0.5, 0)], &[1.0; 3], &[1]);
    assert_eq!(said, [[1.0, 1.5, 1.75]]);
}

#[test]
fn a_connection_backwards_is_heard_a_cycle_later() {
    let said =
        says(Schedule::Grouped, &[IN, ONE, OUT], &[(0, 1, 1.0, 0), (1, 2, 2.0, 0), (2, 1, 0.5, 0)], &[1.0; 3], &[1, 2]);
    assert_eq!(said, [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]);
}

#[test]
fn a_connection_that_skips_a_group_is_heard_in_the_same_cycle() {
    let said =
        says(Schedule::Grouped, &[IN, ONE, OUT], &[(0, 1, 1.0, 0), (1, 2, 2.0, 0), (0, 2, 3.0, 0)], &[1.0, 10.0], &[2]);
    assert_eq!(said, [[5.0, 50.0]]);
}

#[test]
fn a_delay_of_one_adds_a_cycle() {
    let said = says(Schedule::Grouped, &[IN, OUT], &[(0, 1, 3.0, 1)], &[1.0, 2.0, 4.0], &[1]);
    assert_eq!(said, [[0.0, 3.0, 6.0]]);
}

#[test]
fn a_delay_of_two_adds_two_cycles() {
    let said = says(Schedule::Grouped, &[IN, OUT], &[(0, 1, 3.0, 2)], &[1.0, 2.0, 4.0, 8.0], &[1]);
    assert_eq!(said, [[0.0, 0.0, 3.0, 6.0]]);
}

#[test]
fn a_delayed_self_connection_echoes_every_other_cycle() {
    let said =
        says(Schedule::Grouped, &[IN, ONE, OUT], &[(0, 1, 1.0, 0), (1, 1, 0.5, 1)], &[1.0, 0.0, 0.0, 0.0, 0.0], &[1]);
    assert_eq!(said, [[1.0, 0.0, 0.5, 0.0, 0.25]]);
}

#[test]
fn a_synchronous_chain_answers_in_the_third_cycle() {
    let said =
        says(Schedule::Synchronous, &[IN, ONE, OUT], &[(0, 1, 1.0, 0), (1, 2, 1.0, 0)], &[1.0, 0.0, 0.0, 0.0], &[1, 2]);
    assert_eq!(said, [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
}

#[test]
fn with_inputs_first_only_inputs_are_heard_at_once() {
    let said = says(
        Schedule::InputsFirst,
        &[IN, ONE, OUT],
        &[(0, 1, 1.0, 0), (1, 2, 1.0, 0), (0, 2, 10.0, 0)],
        &[1.0, 0.0, 0.0],
        &[1, 2],
    );
    assert_eq!(said, [[1.0, 0.0, 0.0], [10.0, 1.0, 0.0]]);
}

#[test]
fn inputs_say_the_sample_whatever_their_unit_and_bias() {
    let (network, mut naive) = build(
        Schedule::Grouped,
        &[(Role::Input, Norm::None, &[Unit::leaky(Activation::Square)]), OUT],
        &[(0, 1, 1.0, 0)],
    );
    naive.parameters_mut().bias[0] = 5.0;
    assert_eq!(naive.forward_f64(&network, (2, 1), &[3.0, -2.0], None).unwrap(), [3.0, -2.0]);
}

#[test]
fn a_leaky_unit_is_a_low_pass_filter_before_its_activation() {
    let leaky: (Role, Norm, &[Unit]) = (Role::Output, Norm::None, &[Unit::leaky(Activation::Square)]);
    let (network, mut naive) = build(Schedule::Grouped, &[IN, leaky], &[(0, 1, 1.0, 0)]);
    naive.parameters_mut().decay[1] = libm::log(3.0); // d = 0.75
    let said = naive.forward_f64(&network, (2, 1), &[4.0, 8.0], None).unwrap();
    // v = 0.25 * 4 = 1, then 0.75 * 1 + 0.25 * 8 = 2.75
    assert!((said[0] - 1.0).abs() < 1e-15 && (said[1] - 2.75 * 2.75).abs() < 1e-14, "{said:?}");
}

#[test]
fn a_layer_norm_and_its_gain_and_bias_by_hand() {
    let group: (Role, Norm, &[Unit]) = (Role::Output, Norm::Layer, &[LINEAR, LINEAR]);
    let (network, mut naive) = build(Schedule::Grouped, &[IN, group], &[(0, 1, 1.0, 0), (0, 2, 3.0, 0)]);
    naive.parameters_mut().gain[2] = 2.0;
    naive.parameters_mut().bias[2] = 10.0;
    let said = naive.forward_f64(&network, (1, 1), &[5.0], None).unwrap();
    // Potentials 5 and 15: mean 10, variance 25.
    let one = 5.0 / (25.0f64 + 1e-5).sqrt();
    assert!((said[0] + one).abs() < 1e-15 && (said[1] - (10.0 + 2.0 * one)).abs() < 1e-14, "{said:?}");
}

#[test]
fn windows_in_a_row_are_one_long_window() {
    let synapses = [(0, 1, 1.0, 0), (1, 1, 0.5, 1), (1, 2, 1.0, 3), (2, 1, -0.25, 0)];
    let groups = [IN, (Role::Hidden, Norm::None, &[Unit::leaky(Activation::Tanh)] as &[Unit]), OUT];
    let inputs = [1.0, -2.0, 0.5, 4.0, 0.0, 1.0, 1.0];
    let (network, mut whole) = build(Schedule::Grouped, &groups, &synapses);
    let mut parts = whole.clone();
    let expected = whole.forward_f64(&network, (7, 1), &inputs, None).unwrap();
    let first = parts.forward_f64(&network, (3, 1), &inputs[..3], None).unwrap();
    let second = parts.forward_f64(&network, (4, 1), &inputs[3..], None).unwrap();
    assert_eq!([first, second].concat(), expected);
    parts.reset();
    assert_eq!(parts.forward_f64(&network, (7, 1), &inputs, None).unwrap(), expected);
}

#[test]
fn the_first_neuron_that_leaves_the_finite_numbers_is_named() {
    let square: (Role, Norm, &[Unit]) = (Role::Hidden, Norm::None, &[LINEAR, Unit::rate(Activation::Square)]);
    let (network, mut naive) = build(Schedule::Grouped, &[IN, square, OUT], &[(0, 2, 1e15, 0), (2, 3, 1.0, 0)]);
    assert!(naive.forward_f64(&network, (1, 1), &[1.0], None).is_ok());
    let error = naive.forward_f64(&network, (2, 1), &[1.0, 1e6], None).unwrap_err();
    assert!(error.to_string().starts_with("the output of n2 became inf in cycle 1 of the window"), "{error}");
}
