//! Who prunes must keep what the dense network knows, and come out above a random wiring of as many connections.

use super::rewiring::{BASE, DENSE, PATTERNS, SPARSE};
use super::{Bar, Claim, Control, Problem, Set, hold};

const fn keeps(of: f64, above: f64) -> [Bar; 2] {
    [Bar { over: Control::Still(DENSE), by: -of }, Bar { over: Control::Still(SPARSE), by: above }]
}

const KEEPS: &[Bar] = &keeps(0.02, 0.05);
const KEEPS_SOME: &[Bar] = &keeps(0.06, 0.03);

#[test]
fn a_tenth_of_the_connections_keeps_what_all_know() {
    let of = |method: &'static str| Claim { method, start: DENSE, bars: KEEPS, ..BASE };
    hold(&[of("gmp"), Claim { every: 1, ..of("movement") }, Claim { every: 1, bars: KEEPS_SOME, ..of("snip") }]);
}

#[test]
fn who_is_short_of_energy_gives_up_what_tells_nothing() {
    const ALL: &[Bar] = &[Bar { over: Control::Still(DENSE), by: -0.01 }];
    let poor = Problem { supply: Some(6.0), ..PATTERNS };
    let settings = &[("low", Set::Real(1.0))];
    let of = Claim { method: "retraction", settings, problem: poor, start: DENSE, every: 10, bars: ALL, ..BASE };
    let came = hold(&[Claim { connections: 480.0, ..of }])[0];
    // None of the 384 that hear inputs that never say anything is left.
    assert!(came.dark < 1.0, "{came:?}");
}
