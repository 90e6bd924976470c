//! What commits preserve, in f64.

use super::build;
use crate::testing::{
    Naive, apply,
    suite::{Options, cases},
};
use crate::{
    Activation, Birth, Commit, Executor, ExecutorSettings, Inherit, Move, Moves, Network, NeuronId, Norm, Optimizer,
    Role, Row, Schedule, Synapse, Unit, UpdateRule,
};

const LANES: usize = 2;

/// Outputs and gradients of a window from the present state.
fn window(network: &Network, naive: &mut Naive) -> (Vec<f64>, Vec<f64>) {
    let mut stream = crate::StreamKey::new(9, "window").stream();
    let values: Vec<f64> = (0..6 * LANES * network.inputs().len()).map(|_| stream.normal()).collect();
    let outputs = naive.forward_f64(network, (6, LANES), &values, None).unwrap();
    let blame: Vec<f64> = (0..outputs.len()).map(|at| libm::sin(at as f64)).collect();
    naive.backward_f64(network, &blame).unwrap();
    (outputs, naive.gradients().weights.clone())
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The function is the same to 1e-12 over a window, and so is every gradient up to its stated factor.
fn check_preserved(network: &Network, naive: &Naive, moves: Vec<Move>, what: &str) -> Commit {
    let (mut old, mut after, mut new) = (naive.clone(), network.clone(), naive.clone());
    let commit = apply(&mut after, &mut new, moves).unwrap();
    let ((outputs, gradients), (new_outputs, new_gradients)) = (window(network, &mut old), window(&after, &mut new));
    let size = outputs.iter().fold(1.0, |most: f64, y| most.max(y.abs()));
    assert!(
        largest(&outputs, &new_outputs) <= 1e-12 * size,
        "{what}: outputs moved by {:e}",
        largest(&outputs, &new_outputs)
    );
    let size = gradients.iter().fold(1.0, |most: f64, y| most.max(y.abs()));
    for (row, gradient) in new_gradients.iter().enumerate() {
        let touched = commit.weights.iter().find(|(at, _)| *at as usize == row).map(|(_, expr)| expr);
        let origin = match (&commit.synapses, touched) {
            (_, Some(expr)) => expr.terms.first().map(|&(old, _)| (old, f64::from(expr.moment_by))),
            (Moves::Remap(from), None) => from.from(row as u32).map(|old| (old, 1.0)),
            (Moves::Touched { .. }, None) => Some((row as u32, 1.0)),
        };
        if let Some((old, by)) = origin {
            let expected = gradients[old as usize] * by;
            assert!(
                (gradient - expected).abs() <= 1e-12 * size,
                "{what}: gradient of row {row} is {gradient}, not {expected}"
            );
        }
    }
    commit
}

/// Warmed up, so that there is a state to carry.
fn warm(case: u32) -> (Network, Naive) {
    let (network, mut naive) = cases::random(case, &Options { norms: false, ..Options::default() });
    window(&network, &mut naive);
    (network, naive)
}

#[test]
fn division_is_exact_over_a_window_with_recurrence_and_self_connections() {
    for case in 0..40 {
        let (network, naive) = warm(case);
        let hidden: Vec<NeuronId> =
            network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).map(|row| network.id(row)).collect();
        for (at, &mother) in hidden.iter().enumerate() {
            let daughter = NeuronId::new(network.births().peek());
            // Also a share of many bits, which is rounded to one whose rest is exact.
            let share = [0.5, 0.1, 0.875][at % 3];
            check_preserved(
                &network,
                &naive,
                vec![Move::Divide { mother, daughter, share }],
                &format!("case {case}, {mother} divides"),
            );
        }
    }
}

#[test]
fn all_divide_at_once_and_daughters_divide_again() {
    for case in 0..20 {
        let (network, naive) = warm(case);
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).map(|row| network.id(row));
        let next = network.births().peek();
        let moves = hidden.enumerate().flat_map(|(at, mother)| {
            let (daughter, second) = (NeuronId::new(next + 2 * at as u64), NeuronId::new(next + 2 * at as u64 + 1));
            [
                Move::Divide { mother, daughter, share: 0.5 },
                Move::Divide { mother: daughter, daughter: second, share: 0.25 },
            ]
        });
        check_preserved(&network, &naive, moves.collect(), &format!("case {case}"));
    }
}

#[test]
fn a_mutual_pair_divides_exactly() {
    let unit = Unit::leaky(Activation::Tanh);
    let linear = Unit::rate(Activation::Linear);
    let groups: [(Role, Norm, &[Unit]); 3] = [
        (Role::Input, Norm::None, &[linear]),
        (Role::Hidden, Norm::None, &[unit; 2]),
        (Role::Output, Norm::None, &[linear]),
    ];
    let synapses = [(0, 1, 0.9, 0), (1, 1, 0.5, 0), (1, 2, 0.8, 0), (2, 1, -0.4, 1), (2, 2, 0.6, 2), (2, 3, 0.7, 0)];
    let (network, mut naive) = build(Schedule::Grouped, &groups, &synapses);
    window(&network, &mut naive);
    let moves = (1..=2).map(|mother| Move::Divide {
        mother: NeuronId::new(mother),
        daughter: NeuronId::new(mother + 3),
        share: 0.375,
    });
    let commit = check_preserved(&network, &naive, moves.collect(), "the pair");
    // 1 and 2 with both daughters hear all four of them; the input is heard by two, the output hears two.
    assert_eq!(commit.census.divided, 2);
}

#[test]
fn a_connection_of_weight_zero_and_a_mute_newborn_change_nothing() {
    for case in 0..20 {
        let (network, naive) = warm(case);
        let mut moves = Vec::new();
        for post in network.neuron_rows() {
            for pre in network.neuron_rows() {
                let at = Synapse::new(network.id(post), network.id(pre));
                if network.synapse_row(at).is_none() && network.may_listen(post, pre, 0) {
                    moves.push(Move::Connect { at, birth: Birth::Value(0.0), delay: 0 });
                }
            }
        }
        check_preserved(&network, &naive, moves, &format!("case {case}"));
    }
}

#[test]
fn insertion_by_a_linear_unit_of_equal_lag_is_exact() {
    let linear = Unit::rate(Activation::Linear);
    let groups: [(Role, Norm, &[Unit]); 3] = [
        (Role::Input, Norm::None, &[linear]),
        (Role::Hidden, Norm::None, &[Unit::leaky(Activation::Tanh)]),
        (Role::Output, Norm::None, &[linear]),
    ];
    let (network, naive) =
        build(Schedule::Grouped, &groups, &[(0, 1, 0.9, 0), (1, 1, 0.5, 0), (1, 2, 0.7, 0), (0, 2, 0.4, 0)]);
    let at = Synapse::new(NeuronId::new(2), NeuronId::new(0));
    let spec = crate::NeuronSpec::of(crate::GroupId::new(1), linear);
    let (mut after, mut new) = (network.clone(), naive.clone());
    apply(&mut after, &mut new, [Move::InsertOn { at, neuron: NeuronId::new(3), spec }]).unwrap();
    let (before, now) = (window(&network, &mut naive.clone()).0, window(&after, &mut new).0);
    assert!(largest(&before, &now) <= 1e-12);
}

#[test]
fn moments_and_counts_go_by_origin() {
    for inherit in [Inherit::FromOrigin, Inherit::Nothing] {
        let (mut network, definition) = warm(3);
        let mut naive = Naive::new(&network, ExecutorSettings { inherit, ..ExecutorSettings::default() });
        *naive.parameters_mut() = definition.parameters().clone();
        window(&network, &mut naive);
        let rule = UpdateRule { optimizer: Optimizer::ADAM, rate: 0.01, passes: Vec::new(), step: 0 };
        naive.update(&network, &rule).unwrap();
        naive.update(&network, &rule).unwrap();
        let mother = network
            .neuron_rows()
            .find(|&row| network.role(row) == Role::Hidden && !network.is_frozen(row))
            .map(|row| network.id(row))
            .unwrap();
        let before = naive.export(&network);
        let old = network.row(mother).unwrap().index();
        let daughter = NeuronId::new(network.births().peek());
        apply(&mut network, &mut naive, [Move::Divide { mother, daughter, share: 0.25 }]).unwrap();
        let (after, row) = (naive.export(&network), network.row(daughter).unwrap().index());
        let inherits = f32::from(u8::from(inherit == Inherit::FromOrigin));
        assert_eq!(after.bias[row], before.bias[old]);
        assert!((after.moments[0][1][row] - inherits * 0.25 * before.moments[0][1][old]).abs() < 1e-9);
        assert!((after.moments[1][1][row] - inherits * 0.0625 * before.moments[1][1][old]).abs() < 1e-9);
        assert_eq!(after.steps[1][row], 2 * u32::from(inherit == Inherit::FromOrigin));
        let kept = network.row(mother).unwrap().index();
        assert!((after.moments[0][1][kept] - 0.75 * before.moments[0][1][old]).abs() < 1e-9);
        assert_eq!(after.steps[1][kept], 2);
    }
}

#[test]
fn the_dead_are_forgotten_and_a_renewal_begins_with_nothing() {
    let (mut network, mut naive) = warm(5);
    let old = network.neuron_rows().find(|&row| network.role(row) == Role::Hidden).unwrap();
    let new = NeuronId::new(network.births().peek());
    let old = network.id(old);
    apply(&mut network, &mut naive, [Move::Renew { old, new, birth: Birth::Value(0.5), mean: 0.0 }]).unwrap();
    let exported = naive.export(&network);
    let row = network.row(new).unwrap().index();
    assert_eq!(exported.outputs[0][row * LANES..(row + 1) * LANES], [0.0; LANES]);
    assert!(network.listeners(Row::new(row as u32)).all(|(_, synapse)| exported.weights[synapse.index()] == 0.0));
    assert_eq!(exported.bias[row], network.spec(Row::new(row as u32)).bias);
}
