//! One sample against dense f64, on every target and several thread counts.

use super::super::dispatch::{Target, pick};
use super::super::reference::Dice;
use super::hear::{Hear, hear_halves};
use super::learn::{Learn, learn_pieces};
use super::*;

/// 30 inputs, 500 listeners of all and of some that came before, with a cycle carried. Those from 200 to 230 hear the inputs, and those
/// from 400 on all of the same neurons, so that they go by together.
fn solo<R>(body: impl Fn(Solo<'_>, &[f32], &[f32]) -> R) -> R {
    let (inputs, neurons) = (30, 530_i32);
    let mut dice = Dice(5);
    let (mut offsets, mut sources) = (vec![0; inputs + 1], Vec::new());
    for row in inputs as i32..neurons {
        sources.extend(match row % 3 {
            _ if (200..230).contains(&row) => (0..inputs as i32).collect(),
            _ if row >= 400 => (100..361).collect(),
            0 => (0..row).collect::<Vec<_>>(),
            1 => (-neurons..-neurons + 400).collect::<Vec<_>>(),
            _ => (0..row).step_by(2).map(|pre| if pre % 4 == 0 { pre } else { pre - neurons }).collect(),
        });
        offsets.push(sources.len() as u32);
    }
    let wires = Gather::new(&offsets, &sources);
    let runs: Vec<bool> = (0..wires.rows()).map(|row| Solo::is_run(&sources[wires.row(row)])).collect();
    let weights: Vec<f32> = sources.iter().map(|_| dice.value() * 0.1).collect();
    let outputs: Vec<f32> = (0..2 * neurons).map(|_| dice.value()).collect();
    let blame: Vec<f32> = (0..neurons).map(|row| if row % 5 == 0 { 0.0 } else { dice.value() }).collect();
    body(Solo { wires, runs: &runs, inputs, outputs: &outputs, base: neurons as usize }, &weights, &blame)
}

/// Potentials, weights after a step, lambda.
fn run(target: Target, pieces: usize) -> [Vec<f32>; 3] {
    solo(|solo, weights, blame| {
        let (rows, neurons) = (solo.inputs..solo.wires.rows(), solo.wires.rows());
        let (bias, mut potentials) = (vec![0.5; neurons], vec![0.0; rows.len()]);
        let hear = Hear { solo, weights, bias: &bias, rows: rows.clone(), potentials: &mut potentials };
        hear_halves(target, hear);
        let (mut moved, mut lambda) = (weights.to_vec(), vec![0.0; neurons]);
        let mut scratch = vec![f32::NAN; (pieces - 1) * neurons];
        let learn = Learn { solo, blame, rows, weights: &mut moved, rate: 0.125, lambda: &mut lambda };
        assert_eq!(learn_pieces(target, learn, pieces, &mut scratch), 0.0);
        [potentials, moved, lambda]
    })
}

#[test]
fn it_is_the_dense_sums() {
    let [potentials, moved, lambda] = run(Target::best(), 3);
    solo(|solo, weights, blame| {
        let mut expected = vec![0.0_f64; lambda.len()];
        for (row, potential) in (solo.inputs..).zip(&potentials) {
            let mut sum = 0.5;
            for e in solo.wires.row(row) {
                let (source, w) = (solo.wires.sources[e], f64::from(weights[e]));
                let y = f64::from(solo.outputs[solo.at(source)]);
                sum += w * y;
                let after = w - 0.125 * f64::from(blame[row]) * y;
                assert!((f64::from(moved[e]) - after).abs() < 1e-6);
                if source >= solo.inputs as i32 {
                    expected[source as usize] += w * f64::from(blame[row]);
                }
            }
            assert!((f64::from(*potential) - sum).abs() < 1e-4, "{row}");
        }
        for (row, (found, expected)) in lambda.iter().zip(&expected).enumerate().skip(solo.inputs) {
            assert!((f64::from(*found) - expected).abs() < 1e-4, "{row}: {found} {expected}");
        }
    });
}

#[test]
fn every_target_and_any_number_of_threads_give_the_same_bits() {
    let bits = |all: [Vec<f32>; 3]| all.map(|values| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
    for pieces in [1, 4] {
        let one = bits(run(Target::Portable, pieces));
        for target in Target::available() {
            for threads in 1..=3 {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                assert!(bits(pool.install(|| run(target, pieces))) == one, "{target:?} {threads} {pieces}");
            }
        }
    }
}

#[test]
fn a_weight_that_is_not_finite_is_told() {
    solo(|solo, weights, blame| {
        let mut moved = weights.to_vec();
        let mut lambda = vec![0.0; solo.wires.rows()];
        let last = solo.wires.rows() - 1;
        moved[solo.wires.row(last).start] = f32::INFINITY;
        let rows = solo.inputs..solo.wires.rows();
        assert!(!learn(solo, blame, rows, 0.1, Changed { weights: &mut moved, lambda: &mut lambda, scratch: &mut [] }));
    });
}

/// One of eleven places lies outside, among the eight that are looked at together or among the three that are not.
#[test]
fn nobody_is_heard_outside_of_the_outputs() {
    let (weights, outputs, base) = ([1.0; 11], [0.5; 40], 20);
    for (at, source) in [(0, -20), (7, 19), (10, -20), (10, 19)] {
        let mut sources = [3; 11];
        sources[at] = source;
        assert_eq!(pick(&weights, &sources, &outputs, base), 5.5);
        for outside in [source - 20, source + 20, i32::MIN, i32::MAX] {
            sources[at] = if (-20..20).contains(&outside) { 40 } else { outside };
            assert!(std::panic::catch_unwind(|| pick(&weights, &sources, &outputs, base)).is_err(), "{at} {outside}");
        }
    }
}
