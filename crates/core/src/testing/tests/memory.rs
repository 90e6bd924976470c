//! The memory: how far back the gradient reaches and what is remembered.

use super::build;
use crate::testing::Naive;
use crate::{Activation, Executor, ExecutorSettings, Network, Norm, Role, Row, Schedule, Unit};

fn scene(memory: Option<usize>) -> (Network, Naive) {
    const LINEAR: Unit = Unit::rate(Activation::Linear);
    let groups: [(Role, Norm, &[Unit]); 3] = [
        (Role::Input, Norm::None, &[LINEAR]),
        (Role::Hidden, Norm::None, &[Unit::leaky(Activation::Tanh); 2]),
        (Role::Output, Norm::None, &[LINEAR]),
    ];
    let synapses = [(0, 1, 0.9, 0), (1, 1, 0.5, 0), (1, 2, 0.8, 0), (2, 1, -0.4, 1), (2, 3, 0.7, 0), (3, 2, 0.3, 0)];
    let (network, naive) = build(Schedule::Grouped, &groups, &synapses);
    let mut remembering = Naive::new(&network, ExecutorSettings { memory, ..ExecutorSettings::default() });
    *remembering.parameters_mut() = naive.parameters().clone();
    (network, remembering)
}

const INPUTS: [f64; 7] = [0.3, -1.0, 0.8, 1.5, -0.2, 0.6, 0.9];

/// Gradients of the sum of the last three outputs after windows of 2, 2 and 3 cycles.
fn gradients(memory: Option<usize>) -> Vec<f64> {
    let (network, mut naive) = scene(memory);
    for window in [0..2, 2..4, 4..7] {
        naive.forward_f64(&network, (window.len(), 1), &INPUTS[window], None).unwrap();
    }
    naive.backward_f64(&network, &[1.0; 3]).unwrap();
    naive.gradients().columns().into_iter().flatten().copied().collect()
}

/// The same by differences, the parameters moving before the last `reach` cycles.
fn differences(reach: usize) -> Vec<f64> {
    let (network, start) = scene(None);
    let count = start.parameters().columns().into_iter().flatten().count();
    let end = |at: usize, step: f64| {
        let mut naive = start.clone();
        let early = INPUTS.len() - reach;
        if early > 0 {
            naive.forward_f64(&network, (early, 1), &INPUTS[..early], None).unwrap();
        }
        *naive.parameters_mut().columns_mut().into_iter().flatten().nth(at).unwrap() += step;
        naive.forward_f64(&network, (reach, 1), &INPUTS[early..], None).unwrap()[reach - 3..].iter().sum::<f64>()
    };
    (0..count).map(|at| (end(at, 1e-5) - end(at, -1e-5)) / 2e-5).collect()
}

#[test]
fn the_gradient_reaches_back_over_the_memory_and_no_further() {
    for (memory, reach) in
        [(None, 3), (Some(1), 3), (Some(3), 3), (Some(4), 4), (Some(5), 5), (Some(6), 6), (Some(7), 7), (Some(50), 7)]
    {
        for (at, (found, expected)) in gradients(memory).into_iter().zip(differences(reach)).enumerate() {
            assert!((found - expected).abs() < 1e-8, "memory {memory:?}, parameter {at}: {found} is not {expected}");
        }
    }
    assert_ne!(gradients(Some(4)), gradients(Some(5)));
}

#[test]
fn nothing_is_recalled_beyond_the_memory() {
    for (memory, remembered) in [(None, 3), (Some(1), 3), (Some(5), 5), (Some(7), 7), (Some(9), 7)] {
        let (network, mut naive) = scene(memory);
        for window in [0..2, 2..4, 4..7] {
            naive.forward_f64(&network, (window.len(), 1), &INPUTS[window], None).unwrap();
        }
        for ago in 0..12 {
            let expected = (ago < remembered).then(|| vec![INPUTS[6 - ago] as f32]);
            assert_eq!(naive.recall(&network, ago, Row::new(0)), expected, "memory {memory:?}, {ago} cycles ago");
        }
        naive.reset();
        assert_eq!(naive.recall(&network, 0, Row::new(0)), None);
    }
}

#[test]
fn another_number_of_lanes_starts_from_zero_state() {
    let (network, mut naive) = scene(Some(9));
    naive.forward_f64(&network, (3, 1), &INPUTS[..3], None).unwrap();
    let two: Vec<f64> = INPUTS[..3].iter().flat_map(|&x| [x, x]).collect();
    let outputs = naive.forward_f64(&network, (3, 2), &two, None).unwrap();
    let fresh = scene(None).1.forward_f64(&network, (3, 1), &INPUTS[..3], None).unwrap();
    assert_eq!(outputs, fresh.iter().flat_map(|&y| [y, y]).collect::<Vec<_>>());
    assert_eq!(naive.recall(&network, 3, Row::new(0)), None);
}

#[test]
fn a_prediction_touches_nothing() {
    let (network, mut naive) = scene(Some(9));
    naive.forward_f64(&network, (3, 1), &INPUTS[..3], None).unwrap();
    let (before, seen) = (naive.export(&network), naive.recall(&network, 2, Row::new(1)));
    let predicted = naive.predict_f64(&network, (3, 1), &INPUTS[..3]).unwrap();
    assert_eq!((naive.export(&network), naive.recall(&network, 2, Row::new(1))), (before, seen));
    assert_eq!(predicted, scene(None).1.forward_f64(&network, (3, 1), &INPUTS[..3], None).unwrap());
}
