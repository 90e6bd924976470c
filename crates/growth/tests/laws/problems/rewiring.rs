//! Who rewires must come out above the wiring that it began with.

use super::{Bar, Claim, Control, Problem, Set, Start, Task, hold};
use livenet_growth::Wiring;

pub(super) const SPARSE: Start = Start { wiring: Wiring::ErdosRenyi { density: 0.1 }, silenced: 0 };
pub(super) const DENSE: Start = Start { wiring: Wiring::Dense, silenced: 0 };

/// Four classes of noisy patterns on the half of 32 inputs that ever speaks; a tenth of 864 pairs is 86.
pub(super) const PATTERNS: Problem = Problem {
    task: Task::Patterns,
    sizes: [32, 24, 4],
    straight: false,
    steps: 1200,
    counted: 1000,
    rate: 0.1,
    passes: [1e-3, 0.0, 0.0],
    supply: None,
};

const fn above(by: f64) -> [Bar; 1] {
    [Bar { over: Control::Still(SPARSE), by }]
}

const BY_2: &[Bar] = &above(0.02);
const BY_3: &[Bar] = &above(0.03);
const BY_4: &[Bar] = &above(0.04);
const BY_5: &[Bar] = &above(0.05);

pub(super) const BASE: Claim = Claim {
    method: "rewire",
    settings: &[],
    problem: PATTERNS,
    start: SPARSE,
    every: 30,
    bars: BY_3,
    connections: 87.0,
};

#[test]
fn whoever_follows_a_gradient_or_what_is_said_learns_more_than_a_wiring_that_stays() {
    let of = |method: &'static str, bars| Claim { method, bars, ..BASE };
    hold(&[
        of("correlation", BY_5),
        of("gse", BY_5),
        of("srigl", BY_4),
        of("hebbian", BY_5),
        Claim { start: DENSE, ..of("top_kast", BY_4) },
    ]);
}

#[test]
fn whoever_looks_at_weights_and_the_wiring_alone_does() {
    let of = |method: &'static str, bars| Claim { method, bars, ..BASE };
    let half = Start { wiring: Wiring::Uniform { density: 0.5 }, silenced: 0 };
    hold(&[
        of("rewire", BY_3),
        of("cht", BY_3),
        of("chts", BY_2),
        Claim { start: half, ..of("chtss", BY_5) },
        of("overshoot", BY_2),
    ]);
}

#[test]
fn soft_deep_rewiring_does() {
    // Lasso and noise as the method supposes them: its l1 over the rate, and its own deviation.
    let problem = Problem { passes: [0.0, 1e-2, 2e-3], ..PATTERNS };
    let settings = &[("density", Set::Real(0.04)), ("l1", Set::Real(1e-3)), ("noise", Set::Real(2e-3))];
    hold(&[Claim { method: "soft_deep_r", every: 1, settings, problem, bars: BY_5, ..BASE }]);
}

/// Sixteen outputs, each of which says the sign of the sum of two inputs at its own place.
const NEIGHBOURS: Problem = Problem { task: Task::Neighbours, sizes: [32, 32, 16], ..PATTERNS };
const ANYWHERE: Claim =
    Claim { problem: NEIGHBOURS, settings: &[("birth", Set::Word("normal"))], connections: 154.0, ..BASE };

#[test]
fn what_is_near_is_worth_more_where_the_task_is_local() {
    const BARS: &[Bar] =
        &[Bar { over: Control::Still(SPARSE), by: 0.15 }, Bar { over: Control::Method(&ANYWHERE), by: 0.02 }];
    let settings = &[("width", Set::Real(0.1))];
    hold(&[Claim { method: "distance", settings, bars: BARS, ..ANYWHERE }]);
}

#[test]
fn as_much_by_lot_is_worth_nothing() {
    const NO_BETTER: &[Bar] = &[];
    let of = |method: &'static str| Claim { method, bars: NO_BETTER, ..BASE };
    let [twin, rigl] = [of("random_twin"), of("rigl")].map(|claim| hold(&[claim])[0]);
    assert_eq!((twin.connections, twin.hidden), (rigl.connections, rigl.hidden));
    assert!(twin.right + 0.2 < rigl.right, "{twin:?} for {rigl:?}");
}

#[test]
fn a_wiring_by_correlations_is_worth_more_than_a_random_one() {
    const BARS: &[Bar] = &above(0.01);
    const NONE: Start = Start { wiring: Wiring::None, silenced: 0 };
    let settings = &[("outputs", Set::Real(0.1))];
    hold(&[Claim { method: "csti", settings, start: NONE, every: 1, bars: BARS, ..BASE }]);
}

#[test]
fn a_network_that_expands_learns_more_than_it_could_and_than_chance_would_have_grown() {
    const MORE: Start = Start { wiring: Wiring::ErdosRenyi { density: 0.3 }, silenced: 0 };
    const BARS: &[Bar] = &[Bar { over: Control::Still(SPARSE), by: 0.05 }, Bar { over: Control::Still(MORE), by: 0.0 }];
    let settings = &[("density", Set::Real(0.3))];
    hold(&[Claim { method: "neuroplastic_expansion", settings, bars: BARS, connections: 259.0, ..BASE }]);
}
