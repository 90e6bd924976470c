//! Who grows must learn what the size at the start cannot.

use super::rewiring::{BASE, DENSE, PATTERNS};
use super::{Bar, Claim, Control, Problem, Set, Task, hold};

const MORE: &[Bar] = &[Bar { over: Control::Still(DENSE), by: 0.2 }];
const GROWS: Claim = Claim {
    problem: Problem { sizes: [32, 2, 8], ..PATTERNS },
    start: DENSE,
    bars: MORE,
    // Of twenty neurons.
    connections: 800.0,
    ..BASE
};

#[test]
fn two_neurons_become_as_many_as_eight_classes_need() {
    // Of a batch of eight samples the rank is eight at most: that of sixteen neurons is what γ wants.
    let gamma = &[("gamma", Set::Real(0.5)), ("samples", Set::Integer(0))];
    let lambda = &[("lambda", Set::Integer(10))];
    hold(&[
        Claim { method: "north", settings: gamma, every: 50, ..GROWS },
        Claim { method: "gng", settings: lambda, every: 10, ..GROWS },
    ]);
}

#[test]
fn each_task_finds_room() {
    let problem = Problem { task: Task::NewPatterns { every: 400 }, ..GROWS.problem };
    let settings = &[("expand", Set::Integer(4))];
    hold(&[Claim { method: "den", problem, settings, every: 400, ..GROWS }]);
}

/// Exclusive or, of inputs that the output hears straight at first.
const XOR: Problem =
    Problem { task: Task::Parity, sizes: [2, 0, 1], straight: true, steps: 2000, counted: 1800, ..PATTERNS };

#[test]
fn blind_mutation_finds_exclusive_or() {
    let settings = &[("add_node", Set::Real(0.1)), ("add_connection", Set::Real(0.3))];
    hold(&[Claim { method: "neat", problem: XOR, settings, every: 20, connections: 40.0, ..GROWS }]);
}
