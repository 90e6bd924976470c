//! The splitting score of every neuron: the smallest eigenvalue of `Σ dL/d output · f''(v) x xᵀ` over the lanes
//! and cycles of the last window, x being what the neuron hears over active connections (Liu et al. 2019).
//!
//! By Lanczos iterations with full orthogonalisation, which need the matrix only as a product with a vector and
//! are exact once there are as many as inputs. dL/d output is gathered anew from the blame of the sweep and the
//! weights of its moment.

use super::activity::Activity;
use super::plan::Plan;
use super::shares::Scratch;
use livenet_core::kernel::{Lanes, forward};
use livenet_core::{Activation, Network, Role, Row, UnitKind};
use rayon::prelude::*;

/// The most iterations: the smallest eigenvalue is then right to about a percent of the spread.
const ITERATIONS: usize = 24;

/// f''. `ReLU` counts as softplus with β = 3, leaky `ReLU` as that times the change of its slope.
fn curvature(activation: Activation, z: f64) -> f64 {
    let smooth = |z: f64| 3.0 * Activation::Sigmoid.derivative(3.0 * z);
    match activation {
        Activation::Linear => 0.0,
        Activation::Relu => smooth(z),
        Activation::LeakyRelu => smooth(z) * (activation.derivative(1.0) - activation.derivative(-1.0)),
        other => (other.derivative(z + 1e-5) - other.derivative(z - 1e-5)) / 2e-5,
    }
}

/// By neuron, after a sweep.
pub(super) fn splitting(network: &Network, plan: &Plan, activity: &Activity, scratch: &Scratch) -> Vec<f32> {
    let bends = bends(network, plan, activity, scratch);
    (0..network.neuron_count()).into_par_iter().map(|neuron| score(network, activity, &bends, neuron)).collect()
}

/// `dL/d output · factor · f''`, `[block][cycle of the window][neuron]`.
pub(super) fn bends(network: &Network, plan: &Plan, activity: &Activity, scratch: &Scratch) -> Vec<Lanes> {
    let (layouts, window, neurons) = (activity.layouts, activity.window, network.neuron_count());
    let outputs = network.outputs();
    let weights = scratch.arranged.as_deref().expect("the long way keeps them");
    let mut bends = vec![Lanes::ZERO; activity.blocks() * window * neurons];
    let mut lambda = vec![Lanes::ZERO; layouts.one.len(activity.blocks())];
    for number in 0..window {
        let cycle = activity.end - window + number;
        let from = layouts.blame.view(&activity.blame, cycle);
        let into = layouts.one.view_mut(&mut lambda, 0);
        forward(plan.transpose.wires(), weights, from, 0..neurons, None, into);
        for block in 0..activity.blocks() {
            let (at, count) = ((block * window + number) * outputs.len(), outputs.len());
            let to = layouts.one.row(block, 0, outputs.start as usize);
            for (lambda, given) in lambda[to..to + count].iter_mut().zip(&scratch.given[at..at + count]) {
                lambda.0.iter_mut().zip(&given.0).for_each(|(lambda, given)| *lambda += given);
            }
        }
        for block in 0..activity.blocks() {
            for group in plan.groups.iter().filter(|group| group.role != Role::Input) {
                for run in &group.runs {
                    for row in run.rows.clone() {
                        let argument = match run.unit.kind {
                            UnitKind::Rate => &activity.potentials[layouts.plain.row(block, cycle, row)],
                            UnitKind::Leaky => &activity.states[layouts.states.row(block, cycle, row)],
                        };
                        let blame = &lambda[layouts.one.row(block, 0, row)];
                        let bend = &mut bends[(block * window + number) * neurons + row];
                        for lane in 0..activity.lanes_of(block) {
                            bend[lane] = (f64::from(blame[lane])
                                * curvature(run.unit.activation, f64::from(argument[lane])))
                                as f32;
                        }
                        if activity.dropped[cycle] {
                            let factors = &activity.factors[layouts.plain.row(block, cycle, row)];
                            bend.0.iter_mut().zip(&factors.0).for_each(|(bend, factor)| *bend *= factor);
                        }
                    }
                }
            }
        }
    }
    bends
}

/// The smallest eigenvalue of one neuron's matrix; 0 if it hears nobody.
fn score(network: &Network, activity: &Activity, bends: &[Lanes], neuron: usize) -> f32 {
    let row = Row::new(neuron as u32);
    let heard: Vec<(usize, usize)> = network
        .incoming(row)
        .filter(|&synapse| !network.marks()[synapse].is_silent())
        .map(|synapse| (network.pres()[synapse] as usize, network.lag(row, Row::new(synapse as u32)) as usize))
        .collect();
    if heard.is_empty() {
        return 0.0;
    }
    let (window, neurons) = (activity.window, network.neuron_count());
    // Samples that bend, and what the neuron heard in each.
    let mut samples: Vec<f64> = Vec::new();
    let mut inputs: Vec<f32> = Vec::new();
    for block in 0..activity.blocks() {
        for number in 0..window {
            let bend = &bends[(block * window + number) * neurons + neuron];
            for lane in (0..activity.lanes_of(block)).filter(|&lane| bend[lane] != 0.0) {
                samples.push(f64::from(bend[lane]));
                let ago = window - number;
                inputs.extend(heard.iter().map(|&(pre, lag)| activity.past(block, ago + lag, pre)[lane]));
            }
        }
    }
    smallest(heard.len(), &|vector, product| {
        product.fill(0.0);
        for (&bend, x) in samples.iter().zip(inputs.chunks_exact(heard.len())) {
            let along: f64 = x.iter().zip(vector).map(|(&x, v)| f64::from(x) * v).sum();
            for (product, &x) in product.iter_mut().zip(x) {
                *product += bend * along * f64::from(x);
            }
        }
    }) as f32
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The smallest eigenvalue of the symmetric matrix of size `n` that `multiply` multiplies by.
fn smallest(n: usize, multiply: &dyn Fn(&[f64], &mut [f64])) -> f64 {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    // A start that is no special direction of any likely matrix.
    let mut next: Vec<f64> = (0..n).map(|i| 1.0 + 0.5 * libm::sin(1.7 * i as f64 + 0.3)).collect();
    let mut best = f64::INFINITY;
    let mut product = vec![0.0; n];
    for _ in 0..n.min(ITERATIONS) {
        let length = dot(&next, &next).sqrt();
        for value in &mut next {
            *value /= length;
        }
        multiply(&next, &mut product);
        diagonal.push(dot(&next, &product));
        basis.push(next);
        next = std::mem::replace(&mut product, vec![0.0; n]);
        for _ in 0..2 {
            for vector in &basis {
                let along = dot(vector, &next);
                next.iter_mut().zip(vector).for_each(|(next, v)| *next -= along * v);
            }
        }
        best = smallest_of_tridiagonal(&diagonal, &beside);
        let scale = diagonal.iter().chain(&beside).fold(0.0_f64, |most, value| most.max(value.abs()));
        let rest = dot(&next, &next).sqrt();
        if rest > 1e-12 * scale {
            beside.push(rest);
        } else if let Some(fresh) = (0..n).find_map(|axis| beyond(&basis, axis)) {
            // The matrix maps this part of the space to itself: go on in the rest.
            next = fresh;
            beside.push(0.0);
        }
    }
    best
}

/// What of an axis is orthogonal to a basis, if that is something.
fn beyond(basis: &[Vec<f64>], axis: usize) -> Option<Vec<f64>> {
    let mut rest = vec![0.0; basis.first()?.len()];
    rest[axis] = 1.0;
    for _ in 0..2 {
        for vector in basis {
            let along = dot(vector, &rest);
            rest.iter_mut().zip(vector).for_each(|(rest, v)| *rest -= along * v);
        }
    }
    (dot(&rest, &rest) > 1e-6).then_some(rest)
}

/// By bisection on the number of negative pivots (Sturm).
fn smallest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> f64 {
    let radius = |i: usize| if i > 0 { beside[i - 1].abs() } else { 0.0 } + if i + 1 < diagonal.len() { beside[i].abs() } else { 0.0 };
    let mut low = (0..diagonal.len()).map(|i| diagonal[i] - radius(i)).fold(f64::INFINITY, f64::min);
    let mut high = diagonal.iter().copied().fold(f64::INFINITY, f64::min);
    let any_below = |x: f64| {
        let mut pivot = 1.0;
        diagonal.iter().enumerate().any(|(i, d)| {
            let coupling = if i > 0 { beside[i - 1] * beside[i - 1] / pivot } else { 0.0 };
            pivot = d - x - coupling;
            if pivot == 0.0 {
                pivot = f64::MIN_POSITIVE;
            }
            pivot < 0.0
        })
    };
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if any_below(middle) { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_eigenvalue_of_known_matrices() {
        let second_difference = |n: usize| {
            move |x: &[f64], y: &mut [f64]| {
                for i in 0..n {
                    y[i] = 2.0 * x[i] - if i > 0 { x[i - 1] } else { 0.0 } - if i + 1 < n { x[i + 1] } else { 0.0 };
                }
            }
        };
        for n in [1, 2, 3, 10, 20] {
            let exact = 2.0 - 2.0 * (std::f64::consts::PI / (n as f64 + 1.0)).cos();
            assert!((smallest(n, &second_difference(n)) - exact).abs() < 1e-9, "{n}");
        }
        // Rank one, negative, in many dimensions; and the zero matrix.
        let x: Vec<f64> = (0..100).map(|i| f64::from(i) * 0.1 - 3.0).collect();
        let square: f64 = x.iter().map(|x| x * x).sum();
        let found = smallest(100, &|v, y| y.iter_mut().zip(&x).for_each(|(y, a)| *y = -a * dot(&x, v)));
        assert!((found + square).abs() < 1e-9 * square);
        assert_eq!(smallest(5, &|_, y| y.fill(0.0)), 0.0);
        assert!((smallest(5, &|x, y| y.copy_from_slice(x)) - 1.0).abs() < 1e-12);
    }
}
