//! The factor on a neuron's rate of learning.

use livenet_growth::life::Change;
use livenet_growth::{Gain, Settings, Value};

const GAIN: Gain = Gain { critical: 2.0, tau: 500.0, energy: 5.0 };

#[test]
fn the_young_learn_faster_and_become_like_the_others() {
    assert_eq!(GAIN.of_age(0), 3.0);
    assert!((GAIN.of_age(500) - (1.0 + 2.0 * (-1.0f64).exp())).abs() < 1e-12);
    assert!((GAIN.of_age(u64::MAX) - 1.0).abs() < 1e-12);
    assert!((1..99).all(|age| GAIN.of_age(100 * age) < GAIN.of_age(100 * (age - 1))));
}

#[test]
fn the_poor_make_nothing_stronger() {
    assert_eq!(GAIN.of_store(1.0), 1.0);
    assert!((GAIN.of_store(0.0) - (-5.0f64).exp()).abs() < 1e-15);
    assert!((GAIN.of_store(0.4) - (-3.0f64).exp()).abs() < 1e-12);
    assert_eq!(
        (GAIN.of_store(7.0), GAIN.of_store(-7.0), GAIN.of_store(f64::NAN)),
        (1.0, GAIN.of_store(0.0), GAIN.of_store(0.0))
    );
    // What becomes weaker costs nothing.
    assert_eq!(GAIN.factor(500, Some(0.1), Change::Decrease), GAIN.of_age(500));
    assert_eq!(GAIN.factor(500, Some(0.1), Change::Increase), GAIN.of_age(500) * GAIN.of_store(0.1));
    assert_eq!(GAIN.factor(500, None, Change::Increase), GAIN.of_age(500), "where nobody keeps accounts");
}

#[test]
fn a_change_is_an_increase_where_it_leads_away_from_zero() {
    let of = |weight, by| Change::of(weight, by) == Change::Increase;
    assert!(of(0.5, 0.1) && of(-0.5, -0.1) && of(0.0, -0.1) && of(0.0, 0.1));
    assert!(!of(0.5, -0.1) && !of(-0.5, 0.1));
}

#[test]
fn by_default_it_is_one() {
    let gain = Gain::build(&mut Settings::none()).unwrap();
    assert!(gain.is_plain() && gain == Gain::default() && !GAIN.is_plain());
    for change in [Change::Increase, Change::Decrease] {
        assert_eq!(gain.factor(0, Some(0.0), change), 1.0);
    }
    for setting in Gain::SETTINGS {
        assert!(Gain::build(&mut Settings::none().with(setting.name, Value::Real(-1.0))).is_err(), "{}", setting.name);
        let default = setting.default.parse().map(Value::Real).unwrap();
        assert_eq!(Gain::build(&mut Settings::none().with(setting.name, default)), Ok(gain));
    }
}
