//! What becomes of those who divide, and every law under every way to.

use super::{Dish, cycle};
use crate::conformance::benches;
use livenet_core::{Mark, Move, Scope};
use livenet_growth::{Cycle, Daughters, Demand, Phase, Registry, Settings, Strategy, Value, laws};
use proptest::prelude::*;

#[test]
fn three_ways_to_divide() {
    let at_once = |division| Cycle { division, maturity: 0, synthesis: 0, quota: 0.25, ..cycle(Demand::Always) };
    let asked = Dish::new(at_once(Daughters::Symmetric)).ask(1);
    assert!(asked.now.len() == 1 && asked.later.is_empty());

    let asked = Dish::new(at_once(Daughters::Noise(0.1))).ask(1);
    let [Move::Perturb { neuron: one, .. }, Move::Perturb { neuron: other, .. }] = asked.later[..] else {
        panic!("{:?}", asked.later)
    };
    let Move::Divide { mother, daughter, share: 0.5 } = asked.now[0].what else { panic!("{:?}", asked.now) };
    assert_eq!((one, other), (mother, daughter));

    let mut dish = Dish::new(at_once(Daughters::Asymmetric));
    let asked = dish.ask(1);
    let Move::Divide { mother, daughter, .. } = asked.now[0].what else { panic!("{:?}", asked.now) };
    assert_eq!(asked.later, [Move::Mark { at: Scope::Neuron(mother), mark: Mark::Frozen }]);
    dish.commit(1, asked.now.into_iter().map(|each| each.what));
    dish.commit(1, asked.later);
    let frozen = |id| dish.network.is_frozen(dish.network.row(id).unwrap());
    assert!(frozen(mother) && !frozen(daughter), "the mother keeps what she knows, the daughter learns");
    // A frozen mother rests for good; everybody else goes on.
    for step in 2..40 {
        assert!(!dish.live(step).contains(&mother.number()));
    }
    assert_eq!(dish.phase(mother.number()), Phase::G0);
}

fn built(demand: &str, division: &str, [maturity, synthesis]: [i64; 2]) -> Box<dyn Strategy> {
    let text = |word: &str| Value::Text(word.to_owned());
    let settings = Settings::none()
        .with("demand", text(demand))
        .with("division", text(division))
        .with("maturity", Value::Integer(maturity))
        .with("synthesis", Value::Integer(synthesis))
        .with("quota", Value::Real(0.5));
    Registry::standard().find("cell_cycle").unwrap().strategy(settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cycle_keeps_every_law(bench in benches(), maturity in 0..9i64, synthesis in 0..9i64) {
        for demand in ["always", "blame", "splitting"] {
            for division in ["specialising", "symmetric", "asymmetric"] {
                for law in laws::ALL {
                    let held = (law.check)(&mut *built(demand, division, [maturity, synthesis]), &mut bench.clone());
                    prop_assert!(held.is_ok(), "{demand} {division}: {}: {held:?}", law.that);
                }
            }
        }
    }
}
