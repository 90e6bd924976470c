//! `quiet` keeps the laws of every method, at its defaults and where it does much.

use livenet_growth::{Settings, Value, laws};

#[test]
fn quiet_keeps_the_laws() {
    for threshold in [0.01, 0.5, 2.0] {
        let settings = Settings::none().with("threshold", Value::Real(threshold));
        laws::hold(&quiet::ENTRY, &settings).unwrap();
    }
}
