//! Updates by hand.

use super::{LINEAR, build};
use crate::testing::{Naive, apply};
use crate::{
    Birth, Dropout, ExecError, Executor, Mark, Move, Network, NeuronId, Norm, Optimizer, Pass, Role, Schedule, Scope,
    StreamKey, Synapse, UpdateRule,
};

/// Two inputs 3 and 4 into one output, blamed with 1: gradients 3, 4 and 1 for the bias.
fn scene() -> (Network, Naive) {
    let (network, mut naive) = build(
        Schedule::Grouped,
        &[(Role::Input, Norm::None, &[LINEAR, LINEAR]), (Role::Output, Norm::None, &[LINEAR])],
        &[(0, 2, 0.5, 0), (1, 2, -0.5, 0)],
    );
    sweep(&network, &mut naive);
    (network, naive)
}

fn sweep(network: &Network, naive: &mut Naive) {
    naive.forward_f64(network, (1, 1), &[3.0, 4.0], None).unwrap();
    naive.backward_f64(network, &[1.0]).unwrap();
}

fn rule(optimizer: Optimizer, passes: Vec<Pass>) -> UpdateRule {
    UpdateRule { optimizer, rate: 0.125, passes, step: 7 }
}

fn weights_after(optimizer: Optimizer, passes: &[Pass], times: usize) -> Vec<f64> {
    let (network, mut naive) = scene();
    for _ in 0..times {
        naive.update(&network, &rule(optimizer, passes.to_vec())).unwrap();
    }
    [&naive.parameters().weights[..], &naive.parameters().bias[2..]].concat()
}

fn close(found: &[f64], expected: &[f64]) {
    assert!(
        found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7) && found.len() == expected.len(),
        "{found:?} is not {expected:?}"
    );
}

#[test]
fn plain_descent() {
    close(&weights_after(Optimizer::Sgd, &[], 1), &[0.5 - 0.375, -0.5 - 0.5, -0.125]);
}

#[test]
fn momentum_and_nesterov_in_two_steps() {
    // m = g, then 1.5 g.
    close(
        &weights_after(Optimizer::Momentum { beta: 0.5 }, &[], 2),
        &[0.5 - 0.125 * 2.5 * 3.0, -0.5 - 0.125 * 2.5 * 4.0, -0.125 * 2.5],
    );
    // g + m / 2: 1.5 g, then 1.75 g.
    close(
        &weights_after(Optimizer::Nesterov { beta: 0.5 }, &[], 2),
        &[0.5 - 0.125 * 3.25 * 3.0, -0.5 - 0.125 * 3.25 * 4.0, -0.125 * 3.25],
    );
}

#[test]
fn the_first_step_of_adam_is_the_rate_and_adamw_shrinks_weights_alone() {
    close(&weights_after(Optimizer::ADAM, &[], 1), &[0.375, -0.625, -0.125]);
    let adamw = Optimizer::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.5 };
    close(&weights_after(adamw, &[], 1), &[0.5 - 0.03125 - 0.125, -0.5 + 0.03125 - 0.125, -0.125]);
}

#[test]
fn rms_prop_divides_by_the_root_of_the_mean_square() {
    // v = 0.25 g², so g / sqrt v = 2.
    close(&weights_after(Optimizer::RmsProp { alpha: 0.75, epsilon: 1e-8 }, &[], 1), &[0.25, -0.75, -0.25]);
}

#[test]
fn passes_act_in_their_order() {
    close(
        &weights_after(Optimizer::Sgd, &[Pass::Decay { by: 2.0 }], 1),
        &[0.5 - 0.125 * 4.0, -0.5 - 0.125 * 3.0, -0.125],
    );
    let clip = Pass::ClipNorm { norm: 1.0 };
    let norm = 26f64.sqrt();
    close(&weights_after(Optimizer::Sgd, &[clip], 1), &[0.5 - 0.375 / norm, -0.5 - 0.5 / norm, -0.125 / norm]);
    close(&weights_after(Optimizer::Sgd, &[Pass::ClipValue { value: 3.5 }], 1), &[0.125, -0.5 - 0.125 * 3.5, -0.125]);
    let norm = 1.5 / (3.0 * 3.0 + 3.5 * 3.5 + 1.0f64).sqrt();
    let both = [Pass::ClipValue { value: 3.5 }, Pass::ClipNorm { norm: 1.5 }];
    close(&weights_after(Optimizer::Sgd, &both, 1), &[0.5 - 0.375 * norm, -0.5 - 0.125 * 3.5 * norm, -0.125 * norm]);
}

#[test]
fn the_group_lasso_shrinks_the_norm_and_ends_at_zero() {
    // After the step of plain descent the weights are 0.125 and -1, and the bias is -0.125, which is none of its business.
    let lasso = |by: f32, row: u32| Pass::GroupLasso { by, of: vec![row] };
    let norm = (0.125f64 * 0.125 + 1.0).sqrt();
    let left = 1.0 - 0.125 * 0.5 / norm;
    close(&weights_after(Optimizer::Sgd, &[lasso(0.5, 2)], 1), &[0.125 * left, -left, -0.125]);
    close(&weights_after(Optimizer::Sgd, &[lasso(9.0, 2)], 1), &[0.0, 0.0, -0.125]);
    close(&weights_after(Optimizer::Sgd, &[lasso(9.0, 0)], 1), &[0.125, -1.0, -0.125]);
}

#[test]
fn noise_is_named_by_connection_and_step() {
    let key = StreamKey::new(1, "noise");
    let found = weights_after(Optimizer::Sgd, &[Pass::Noise { scale: 0.5, key }], 1);
    let draw = |pre| 0.5 * key.at(7).normal(2, pre);
    close(&found, &[0.125 + draw(0), -1.0 + draw(1), -0.125]);
}

#[test]
fn what_is_frozen_has_a_gradient_but_stays() {
    let (mut network, mut naive) = scene();
    let at = Synapse::new(NeuronId::new(2), NeuronId::new(0));
    apply(&mut network, &mut naive, [Move::Mark { at: Scope::Synapse(at), mark: Mark::Frozen }]).unwrap();
    sweep(&network, &mut naive);
    assert_eq!(naive.gradients().weights, [3.0, 4.0]);
    naive
        .update(&network, &rule(Optimizer::ADAM, vec![Pass::Noise { scale: 1.0, key: StreamKey::new(1, "noise") }]))
        .unwrap();
    assert_eq!(naive.parameters().weights[0], 0.5);
    assert_ne!(naive.parameters().weights[1], -0.5);
    assert_eq!(naive.export(&network).steps[0], [0, 1]);
    apply(&mut network, &mut naive, [Move::Mark { at: Scope::Neuron(NeuronId::new(2)), mark: Mark::Frozen }]).unwrap();
    sweep(&network, &mut naive);
    let before = naive.parameters().clone();
    assert_eq!(naive.gradients().bias[2], 1.0);
    naive.update(&network, &rule(Optimizer::ADAM, vec![])).unwrap();
    assert_eq!(*naive.parameters(), before);
}

#[test]
fn a_newborn_takes_its_first_step_with_its_own_count() {
    let (mut network, mut naive) = build(
        Schedule::Grouped,
        &[(Role::Input, Norm::None, &[LINEAR, LINEAR]), (Role::Output, Norm::None, &[LINEAR])],
        &[(0, 2, 0.5, 0)],
    );
    for _ in 0..5 {
        sweep(&network, &mut naive);
        naive.update(&network, &rule(Optimizer::ADAM, vec![])).unwrap();
    }
    let at = Synapse::new(NeuronId::new(2), NeuronId::new(1));
    apply(&mut network, &mut naive, [Move::Connect { at, birth: Birth::Value(0.0), delay: 0 }]).unwrap();
    sweep(&network, &mut naive);
    naive.update(&network, &rule(Optimizer::ADAM, vec![])).unwrap();
    // Bias-corrected by its own age, its first step is the rate.
    assert!((naive.parameters().weights[1] + 0.125).abs() < 1e-8);
    assert_eq!(naive.export(&network).steps[0], [6, 1]);
}

#[test]
fn an_update_that_leaves_the_finite_numbers_names_the_neuron() {
    let (network, mut naive) = scene();
    let error = naive.update(&network, &UpdateRule { rate: f32::MAX, ..rule(Optimizer::Sgd, vec![]) }).unwrap_err();
    assert!(
        matches!(error, ExecError::NonFinite { what: "weight", neuron, .. } if neuron == NeuronId::new(2)),
        "{error}"
    );
}

#[test]
fn a_pace_scales_the_step_and_not_the_moments() {
    let pace = |by: f32| Pass::Pace { of: vec![(2, [by; 2])] };
    close(&weights_after(Optimizer::Sgd, &[pace(3.0)], 1), &[0.5 - 3.0 * 0.375, -0.5 - 3.0 * 0.5, -3.0 * 0.125]);
    // Twice the same gradient: m = g, then 1.5 g, each half as far.
    let momentum = weights_after(Optimizer::Momentum { beta: 0.5 }, &[pace(0.5)], 2);
    close(&momentum, &[0.5 - 0.0625 * 2.5 * 3.0, -0.5 - 0.0625 * 2.5 * 4.0, -0.0625 * 2.5]);
    // The first weight moves towards zero, the second away from it, and so does a bias of zero.
    let uneven = Pass::Pace { of: vec![(2, [2.0, 0.5])] };
    close(&weights_after(Optimizer::Sgd, &[uneven], 1), &[0.5 - 0.75, -0.5 - 0.25, -0.0625]);
    close(&weights_after(Optimizer::Sgd, &[Pass::Pace { of: vec![(0, [9.0; 2])] }], 1), &[0.125, -1.0, -0.125]);
}

#[test]
fn blame_of_the_silent_is_theirs_where_a_dropout_keeps_it() {
    let group = |role| (role, Norm::None, &[LINEAR][..]);
    let (network, mut naive) = build(
        Schedule::Grouped,
        &[group(Role::Input), group(Role::Hidden), group(Role::Output)],
        &[(0, 1, 0.5, 0), (1, 2, 2.0, 0)],
    );
    let mut gradients = |dropout: Dropout| {
        let outputs = naive.forward_f64(&network, (1, 8), &[1.0; 8], Some(dropout)).unwrap();
        naive.backward_f64(&network, &[1.0; 8]).unwrap();
        (outputs.iter().filter(|&&output| output != 0.0).count(), naive.gradients().weights.clone())
    };
    let dropout = Dropout::new(0.5, StreamKey::new(5, "dropout"));
    let (spoke, weights) = gradients(dropout);
    assert!((1..8).contains(&spoke));
    // What spoke counts twice, by the weight of 2 that hears it; and is heard as 1.
    assert_eq!(weights, [4.0 * spoke as f64, spoke as f64]);
    let (same, weights) = gradients(Dropout { blames_silent: true, ..dropout });
    assert_eq!((same, weights), (spoke, vec![4.0 * 8.0, spoke as f64]));
}
