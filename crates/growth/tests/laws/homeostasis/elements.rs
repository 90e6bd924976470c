//! How many elements there are, and how many of them too few or to spare.

use super::{ask, commit, commit_moves, pairs, plain, vacant};
use crate::bench::{Bench, layers};
use livenet_core::{Birth, Move, NeuronId, Row, Signal, Synapse};
use livenet_growth::homeostasis::{Curve, Homeostasis, NewWeight};
use livenet_growth::{Settings, Strategy as _, SynapticElements, Value, Wiring};

#[test]
fn as_many_go_as_elements_are_missing() {
    // Inputs 0 to 3, hidden 4 to 6, outputs 7 and 8, dense: four dendrites, two listeners.
    let network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let calm = [1.0; 9];
    assert!(ask(&network, &mut method, (0, &calm)).is_empty());
    // ν · 10 steps · (1 - 2.5) = -1.5 for 4, -0.5 for 5, and 6 is as it wants to be.
    let mut activity = calm;
    (activity[4], activity[5]) = (2.5, 1.5);
    let finished = ask(&network, &mut method, (10, &activity));
    let (gone, come) = pairs(&finished);
    assert!(come.is_empty());
    let heard = |id| gone.iter().filter(|at| at.pre == NeuronId::new(id)).count();
    let hears = |id| gone.iter().filter(|at| at.post == NeuronId::new(id)).count();
    // ⌊2 - 1.5⌋ - 2 = -2 and ⌊4 - 1.5⌋ - 4 = -2; ⌊2 - 0.5⌋ - 2 = -1 and ⌊4 - 0.5⌋ - 4 = -1.
    assert_eq!([4, 5, 6].map(heard), [2, 1, 0]);
    assert_eq!([4, 5, 6].map(hears), [2, 1, 0]);
    assert_eq!(gone.len(), 6);
    // And then nobody has too many.
    let mut after = network.clone();
    commit(&mut after, &mut method, finished);
    assert!(pairs(&ask(&after, &mut method, (10, &calm))).0.is_empty());
    let left = vacant(&after, &method, Row::new(4));
    assert!((left.0 - 0.5).abs() < 1e-12 && (left.1 - 0.5).abs() < 1e-12, "{left:?}");
}

#[test]
fn the_axonal_side_goes_first_and_the_dendritic_side_goes_by_what_is_left() {
    // 2 hears 1 and 3. Both 1, which has no other listener, and 2 have one element too few: what 1 loses is enough for 2.
    for step in 1..20 {
        let mut network = crate::bench::recurrent([1, 4, 1], 0);
        let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, rate: 1.0, ..plain() });
        let [a, b, c] = [1, 2, 3].map(NeuronId::new);
        let connect = |post, pre| Move::Connect { at: Synapse::new(post, pre), birth: Birth::Value(1.0), delay: 0 };
        commit_moves(&mut network, &mut method, vec![connect(b, a), connect(b, c)]);
        ask(&network, &mut method, (0, &[1.0; 6]));
        // Half an element less.
        let loud = 1.0 + 0.5 / step as f32;
        let (gone, _) = pairs(&ask(&network, &mut method, (step, &[1.0, loud, loud, 1.0, 1.0, 1.0])));
        assert_eq!(gone, [Synapse::new(b, a)]);
    }
}

#[test]
fn vacant_elements_decay_and_connected_ones_do_not() {
    let network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method =
        SynapticElements::new(Homeostasis { initial: 2.5, inputs: false, outputs: false, decay: 0.1, ..plain() });
    ask(&network, &mut method, (0, &[1.0; 9]));
    assert_eq!(method.elements(Row::new(4)), (4.5, 6.5));
    // Of two whole ones a tenth.
    ask(&network, &mut method, (10, &[1.0; 9]));
    assert_eq!(method.elements(Row::new(4)), (4.3, 6.3));
    let mut full = SynapticElements::new(Homeostasis { initial: 0.5, decay: 0.1, ..plain() });
    (0..3).for_each(|step| drop(ask(&network, &mut full, (step, &[1.0; 9]))));
    assert_eq!(full.elements(Row::new(4)), (2.5, 4.5));
}

#[test]
fn the_trace_lags_and_growth_is_its_integral() {
    let network = Bench::new(layers(&[4, 1, 1]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { tau: 50.0, inputs: false, outputs: false, ..plain() });
    let row = Row::new(4);
    ask(&network, &mut method, (0, &[0.2; 6]));
    assert_eq!(method.calcium_of(row), Some(f64::from(0.2f32)));
    ask(&network, &mut method, (100, &[0.8; 6]));
    let (from, to) = (f64::from(0.2f32), f64::from(0.8f32));
    let expected = to + (from - to) * (-2f64).exp();
    assert!((method.calcium_of(row).unwrap() - expected).abs() < 1e-12);
    let integral = to * 100.0 + (from - to) * 50.0 * (1.0 - (-2f64).exp());
    assert!((method.elements(row).1 - (4.0 + 0.1 * (100.0 - integral))).abs() < 1e-9);
}

#[test]
fn settings_say_curves_and_births() {
    let build = |settings: &[(&str, Value)]| {
        let mut all = Settings::none();
        for (name, value) in settings {
            all = all.with(name, value.clone());
        }
        Homeostasis::build(&mut all)
    };
    let text = |word: &str| Value::Text(word.into());
    let gaussian = build(&[("curve", text("gaussian")), ("target", Value::Real(1.4))]).unwrap();
    let Curve::Gaussian { lower } = gaussian.axonal else { panic!() };
    assert!((lower - 0.8).abs() < 1e-12);
    assert!(build(&[("curve", text("gaussian")), ("eta", Value::Real(0.7))]).is_err());
    let sigmoid = build(&[("curve", text("sigmoid")), ("width", Value::Real(0.2))]).unwrap();
    assert_eq!(sigmoid.dendritic, Curve::Sigmoid { width: 0.2 });
    assert_eq!(build(&[("birth", text("fan_in"))]).unwrap().birth, NewWeight::FanIn(1.0));
    let square = build(&[("calcium", text("square"))]).unwrap();
    assert_eq!(SynapticElements::new(square).needs(), [Signal::OutputMean, Signal::OutputVariance]);
}
