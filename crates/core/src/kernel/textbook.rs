//! Tests of the optimizers against their formulas in f64, on every target.

use super::dispatch::Target;
use super::reference::Dice;
use super::update::update_on;
use super::*;
use crate::Optimizer;

/// One element by the textbook, in f64; returns (w, m, v).
fn textbook(optimizer: Optimizer, rate: f64, decay: Decay, t: i32, g: f64, [w, m, v]: [f64; 3]) -> [f64; 3] {
    let (g, w) = match decay {
        Decay::None => (g, w),
        Decay::L2(decay) => (g + f64::from(decay) * w, w),
        Decay::Decoupled(decay) => (g, w * (1.0 - rate * f64::from(decay))),
    };
    let adam = |beta1: f32, beta2: f32, epsilon: f32, w: f64| {
        let (beta1, beta2) = (f64::from(beta1), f64::from(beta2));
        let (m, v) = (beta1 * m + (1.0 - beta1) * g, beta2 * v + (1.0 - beta2) * g * g);
        let (mean, square) = (m / (1.0 - beta1.powi(t)), v / (1.0 - beta2.powi(t)));
        [w - rate * mean / (square.sqrt() + f64::from(epsilon)), m, v]
    };
    match optimizer {
        Optimizer::Sgd => [w - rate * g, m, v],
        Optimizer::Momentum { beta } => {
            let m = f64::from(beta) * m + g;
            [w - rate * m, m, v]
        }
        Optimizer::Nesterov { beta } => {
            let m = f64::from(beta) * m + g;
            [w - rate * (g + f64::from(beta) * m), m, v]
        }
        Optimizer::RmsProp { alpha, epsilon } => {
            let m = f64::from(alpha) * m + (1.0 - f64::from(alpha)) * g * g;
            [w - rate * g / (m.sqrt() + f64::from(epsilon)), m, v]
        }
        Optimizer::Adam { beta1, beta2, epsilon } => adam(beta1, beta2, epsilon, w),
        Optimizer::AdamW { beta1, beta2, epsilon, decay } => {
            adam(beta1, beta2, epsilon, w * (1.0 - rate * f64::from(decay)))
        }
    }
}

const OPTIMIZERS: [Optimizer; 6] = [
    Optimizer::Sgd,
    Optimizer::Momentum { beta: 0.9 },
    Optimizer::Nesterov { beta: 0.8 },
    Optimizer::RmsProp { alpha: 0.99, epsilon: 1e-8 },
    Optimizer::ADAM,
    Optimizer::AdamW { beta1: 0.8, beta2: 0.99, epsilon: 1e-6, decay: 0.1 },
];

/// Twelve steps on 37 elements, some frozen, some born at step 5. Returns values and counts.
fn steps(target: Target, optimizer: Optimizer, decay: Decay) -> (Vec<f32>, Vec<u32>) {
    let n = 37;
    let mut dice = Dice(3);
    let mut values: Vec<f32> = (0..n).map(|_| dice.value()).collect();
    let frozen: Vec<bool> = (0..n).map(|i| i % 11 == 3).collect();
    let (mut first, mut second) = (vec![0.0; n * optimizer.slots().min(1)], vec![0.0; n * (optimizer.slots() / 2)]);
    let (mut counts, corrections) = (vec![0; n], Corrections::new(optimizer));
    let mut exact: Vec<[f64; 3]> = values.iter().map(|&w| [f64::from(w), 0.0, 0.0]).collect();
    let (mut ages, mut short) = (vec![0; n], vec![0; n]);
    for step in 0..12 {
        if step == 5 {
            for i in (0..n).step_by(5) {
                (counts[i], short[i], ages[i], exact[i][1], exact[i][2]) = (0, 0, 0, 0.0, 0.0);
                first.get_mut(i).into_iter().chain(second.get_mut(i)).for_each(|moment| *moment = 0.0);
            }
        }
        let gradients: Vec<f32> = (0..n).map(|_| dice.value()).collect();
        let step = Step { optimizer, corrections: &corrections, rate: 0.01, decay };
        let mut same = (values.clone(), first.clone(), second.clone());
        let elements = Elements { values: &mut values, gradients: &gradients, frozen: Some(&frozen) };
        let moments = Moments { first: &mut first, second: &mut second, counts: Counts::Short(&mut short) };
        update_on(target, step, elements, moments);
        let elements = Elements { values: &mut same.0, gradients: &gradients, frozen: Some(&frozen) };
        let moments = Moments { first: &mut same.1, second: &mut same.2, counts: Counts::Long(&mut counts) };
        update_on(target, step, elements, moments);
        assert!((&values, &first, &second) == (&same.0, &same.1, &same.2));
        assert!(short.iter().map(|&count| u32::from(count)).eq(counts.iter().copied()));
        for i in (0..n).filter(|&i| !frozen[i]) {
            ages[i] += 1;
            exact[i] = textbook(optimizer, f64::from(0.01_f32), decay, ages[i], f64::from(gradients[i]), exact[i]);
        }
    }
    for (value, exact) in values.iter().zip(&exact) {
        assert!((f64::from(*value) - exact[0]).abs() < 1e-5, "{optimizer:?} {decay:?}: {value} {}", exact[0]);
    }
    (values, counts)
}

#[test]
fn every_optimizer_follows_its_textbook_newborns_and_frozen_included() {
    for optimizer in OPTIMIZERS {
        for decay in [Decay::None, Decay::L2(0.1), Decay::Decoupled(0.1)] {
            let portable = steps(Target::Portable, optimizer, decay);
            assert!(Target::available().all(|target| steps(target, optimizer, decay) == portable));
            assert_eq!(portable.1[..6], [7, 12, 12, 0, 12, 7]);
        }
    }
}

#[test]
fn an_optimizer_is_read_with_the_usual_constants_and_survives_a_checkpoint() {
    for optimizer in OPTIMIZERS {
        let bytes = postcard::to_stdvec(&optimizer).unwrap();
        assert_eq!(postcard::from_bytes::<Optimizer>(&bytes).unwrap(), optimizer);
    }
}

#[test]
fn corrections_end_where_they_round_to_one() {
    let corrections = Corrections::new(Optimizer::ADAM);
    assert_eq!(corrections.of(u32::MAX), [1.0, 1.0]);
    assert_eq!(
        corrections.of(1),
        [(1.0 / (1.0 - f64::from(0.9_f32))) as f32, (1.0 / (1.0 - f64::from(0.999_f32)).sqrt()) as f32]
    );
}

#[test]
fn one_count_for_nearly_all_moves_them_as_a_count_each() {
    // Enough for threads to split, with others on both sides and at the ends of batches.
    let (n, optimizer) = (100_000, Optimizer::ADAM);
    let others: Vec<(u32, u32)> = (0..n as u32).step_by(999).chain([n as u32 - 1]).map(|row| (row, row % 4)).collect();
    let mut counts = vec![7; n];
    for &(row, count) in &others {
        counts[row as usize] = count;
    }
    let mut dice = Dice(5);
    let [values, gradients]: [Vec<f32>; 2] = std::array::from_fn(|_| (0..n).map(|_| dice.value()).collect());
    let step = Step { optimizer, corrections: &Corrections::new(optimizer), rate: 0.1, decay: Decay::L2(0.01) };
    let moved = |counts: Counts<'_>| {
        let (mut values, mut first, mut second) = (values.clone(), vec![0.0; n], vec![0.0; n]);
        let elements = Elements { values: &mut values, gradients: &gradients, frozen: None };
        update(step, elements, Moments { first: &mut first, second: &mut second, counts });
        (values, first, second)
    };
    let alike = moved(Counts::Alike { steps: 7, others: &others, first: 0 });
    assert!(alike == moved(Counts::Long(&mut counts)));
}
