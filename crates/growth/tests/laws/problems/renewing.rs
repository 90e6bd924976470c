//! Who renews must bring back to life what fell silent.

use super::rewiring::PATTERNS;
use super::{Bar, Claim, Control, Problem, Set, Start, hold};
use livenet_growth::Wiring;

/// Eight classes, which two hidden neurons cannot tell apart; the other ten never speak.
const EIGHT: Problem = Problem { sizes: [32, 12, 8], ..PATTERNS };
const DEAD: Start = Start { wiring: Wiring::Dense, silenced: 10 };

const fn above(by: f64) -> Bar {
    Bar { over: Control::Still(DEAD), by }
}

const RATE: &[(&str, Set)] = &[("rate", Set::Real(2e-3)), ("maturity", Set::Integer(20))];
const RENEWS: Claim = Claim {
    method: "age_clock",
    settings: RATE,
    problem: EIGHT,
    start: DEAD,
    every: 1,
    bars: &[above(0.15)],
    connections: 480.0,
};

#[test]
fn the_silent_come_back_and_whoever_knows_them_does_better_than_a_clock() {
    const KNOWS: &[Bar] = &[above(0.2), Bar { over: Control::Method(&RENEWS), by: 0.03 }];
    hold(&[
        RENEWS,
        Claim { method: "continual_backprop", bars: KNOWS, ..RENEWS },
        Claim { method: "redo", settings: &[], every: 100, bars: KNOWS, ..RENEWS },
    ]);
}
