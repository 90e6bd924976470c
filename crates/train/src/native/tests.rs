//! The suite, on this executor, and what only it promises.

use super::{Native, Threads};
use livenet_core::testing::suite::{self, Options};
use livenet_core::testing::{Naive, apply};
use livenet_core::{
    Activation, Birth, ExecError, Executor, ExecutorSettings, FireGroup, GroupId, Law, Move, Network, NeuronId,
    NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Row, Schedule, StreamKey, Synapse, Unit, UpdateRule, Window,
};
use std::num::NonZeroUsize;

fn with(threads: usize) -> impl Fn(&Network, ExecutorSettings) -> Box<dyn Executor> {
    let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
    move |network, settings| Box::new(Native::new(network, settings, threads))
}

#[test]
fn agrees_with_naive() {
    let options = Options { splitting: Some(1e-3), ..Options::default() };
    suite::agrees_with_naive(&with(1), 300, 1e-4, &options).unwrap();
}

#[test]
fn preserves() {
    suite::preserves(&with(1)).unwrap();
}

#[test]
fn same_bits_for_any_memory_in_predictions() {
    suite::same_bits_for_memory(&with(1)).unwrap();
}

#[test]
fn same_bits_after_export_and_import() {
    suite::same_bits_after_import(&with(1)).unwrap();
}

#[test]
fn same_bits_for_any_number_of_threads() {
    suite::same_bits_for_threads(&|network, settings| with(rayon::current_num_threads())(network, settings)).unwrap();
}

/// 3-30-2 with a recurrent hidden group, one part of it leaky, and its executor.
fn small(threads: usize) -> (Network, Native) {
    let group = |name: &str, role, heard: &[u16]| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(Activation::Linear),
        norm: Norm::None,
        reach: Reach::groups(heard.iter().copied().map(GroupId::new)).with_max_delay(2),
    };
    let groups =
        vec![group("in", Role::Input, &[]), group("middle", Role::Hidden, &[0, 1]), group("out", Role::Output, &[1])];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
    let mut native = Native::new(&network, ExecutorSettings::default(), threads);
    let id = NeuronId::new;
    let mut moves: Vec<Move> = Vec::new();
    for number in 0..35 {
        let (group, unit) = match number {
            0..3 => (0, Unit::rate(Activation::Linear)),
            3..23 => (1, Unit::rate(Activation::Tanh)),
            23..33 => (1, Unit::leaky(Activation::Relu)),
            _ => (2, Unit::rate(Activation::Linear)),
        };
        moves.push(Move::Add {
            neuron: id(number),
            spec: NeuronSpec::of(GroupId::new(group), unit),
            origin: Origin::Seed,
        });
    }
    let birth = Birth::Random { key: StreamKey::new(1, "small"), law: Law::Normal, scale: 0.15 };
    let heard = |post| if post < 33 { 0..33 } else { 3..33 };
    let at = (3..35)
        .flat_map(|post| heard(post).map(move |pre| (Synapse::new(id(post), id(pre)), (pre % 3) as u16)))
        .collect();
    moves.push(Move::Grow { at, birth });
    apply(&mut network, &mut native, moves).unwrap();
    (network, native)
}

fn samples(count: usize) -> Vec<f32> {
    let mut stream = StreamKey::new(2, "samples").stream();
    (0..count).map(|_| stream.normal() as f32).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn a_prediction_in_pieces_is_the_window_in_one() {
    for threads in [1, 3] {
        let (network, mut native) = small(threads);
        for (cycles, lanes) in [(1, 1), (20, 5), (9, 70), (3, 333)] {
            let values = samples(cycles * lanes * 3);
            let window = Window { cycles, lanes, values: &values };
            native.reset();
            let fired = native.forward(&network, window, None).unwrap();
            let predicted = native.predict(&network, window).unwrap();
            assert_eq!(bits(&fired), bits(&predicted), "{cycles} cycles, {lanes} lanes, {threads} threads");
        }
    }
}

#[test]
fn what_is_not_finite_is_named_where_it_arose_and_changes_no_state() {
    let (network, mut native) = small(1);
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    naive.import(&network, &native.export(&network)).unwrap();
    let values = samples(4 * 20 * 3);
    let window = Window { cycles: 4, lanes: 20, values: &values };
    for executor in [&mut native as &mut dyn Executor, &mut naive] {
        executor.forward(&network, window, None).unwrap();
    }
    let before = native.export(&network);
    for (at, bad) in [(0, f32::NAN), (2 * 60 + 7, f32::INFINITY), (239, f32::NAN), (3 * 60 + 17, 3e38)] {
        let mut values = values.clone();
        values[at] = bad;
        let bad = Window { cycles: 4, lanes: 20, values: &values };
        let (found, expected) = (native.forward(&network, bad, None), naive.forward(&network, bad, None));
        match (found, expected) {
            // An infinity times a weight is as far from 3e38 in f64 as in f32, where it arises.
            (
                Err(ExecError::NonFinite { what, neuron, cycle, .. }),
                Err(ExecError::NonFinite { what: other, neuron: same, cycle: then, .. }),
            ) => {
                assert_eq!((what, neuron, cycle), (other, same, then));
            }
            (found, expected) => assert!(found.is_ok() && expected.is_ok(), "{at}: {found:?} {expected:?}"),
        }
        if !values.contains(&3e38) {
            assert_eq!(native.export(&network), before, "{at}");
            let predicted = native.predict(&network, bad);
            assert!(matches!(predicted, Err(ExecError::NonFinite { .. })), "{predicted:?}");
        }
    }
}

#[test]
fn blame_that_is_not_finite_is_an_error() {
    let (network, mut native) = small(1);
    let values = samples(60);
    native.forward(&network, Window { cycles: 1, lanes: 20, values: &values }, None).unwrap();
    let mut d_outputs = vec![0.1; 40];
    d_outputs[5] = f32::NAN;
    let error = native.backward(&network, &d_outputs).unwrap_err();
    assert!(matches!(error, ExecError::NonFinite { what: "gradient", cycle: 0, .. }), "{error}");
    assert!(matches!(native.backward(&network, &d_outputs[1..]), Err(ExecError::Shape { .. })));
    d_outputs[5] = 0.1;
    native.backward(&network, &d_outputs).unwrap();
    let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: f32::MAX, passes: Vec::new(), step: 0 };
    assert!(matches!(native.update(&network, &rule), Err(ExecError::NonFinite { what: "weight" | "bias", .. })));
}

#[test]
fn a_renewal_leaves_everybody_elses_state_and_weights_as_they_were() {
    let (mut network, mut native) = small(1);
    let values = samples(4 * 20 * 3);
    native.forward(&network, Window { cycles: 4, lanes: 20, values: &values }, None).unwrap();
    let before = native.export(&network);
    let (old, new) = (NeuronId::new(25), NeuronId::new(100));
    let row = network.row(old).unwrap().index();
    apply(&mut network, &mut native, [Move::Renew { old, new, birth: Birth::Value(0.25), mean: 0.0 }]).unwrap();
    let after = native.export(&network);
    assert_eq!(network.row(new).map(Row::index), Some(row));
    for (before, after) in before.outputs.iter().zip(&after.outputs).chain([(&before.states, &after.states)]) {
        for (neuron, (before, after)) in before.chunks(20).zip(after.chunks(20)).enumerate() {
            assert!(if neuron == row { after.iter().all(|&value| value == 0.0) } else { before == after });
        }
    }
    for (at, name) in network.synapses() {
        let weight = after.weights[at.index()];
        let expected = if name.pre == new {
            0.0
        } else if name.post == new {
            0.25
        } else {
            before.weights[at.index()]
        };
        assert_eq!(weight, expected, "{name}");
    }
}
