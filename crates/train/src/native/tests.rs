//! The suite, on this executor, and what only it promises.

use super::{Native, Threads};
use livenet_core::testing::suite::{self, Options};
use livenet_core::testing::{Naive, apply};
use livenet_core::{
    Activation, Birth, ExecError, Executor, ExecutorSettings, FireGroup, GroupId, Law, Move, Network, NeuronId,
    NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Row, Schedule, Signal, Signals, StreamKey, Synapse, Unit,
    UpdateRule, Window,
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
pub(super) fn small(threads: usize) -> (Network, Native) {
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

pub(super) fn samples(count: usize) -> Vec<f32> {
    let mut stream = StreamKey::new(2, "samples").stream();
    (0..count).map(|_| stream.normal() as f32).collect()
}

pub(super) fn bits(values: &[f32]) -> Vec<u32> {
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

/// 20-40-40-3, feed-forward and dense but for some connections, and an executor.
pub(super) fn stream() -> (Network, Native) {
    let group = |name: &str, role, heard: &[u16]| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(if role == Role::Hidden { Activation::Relu } else { Activation::Linear }),
        norm: Norm::None,
        reach: Reach::groups(heard.iter().copied().map(GroupId::new)).with_max_delay(1),
    };
    let groups = vec![
        group("in", Role::Input, &[]),
        group("first", Role::Hidden, &[0]),
        group("second", Role::Hidden, &[1, 2]),
        group("out", Role::Output, &[2]),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut native = Native::new(&network, ExecutorSettings::default(), Threads::All);
    let (mut moves, mut at, mut first) = (Vec::new(), Vec::new(), 0);
    for (group, size) in [20_u64, 40, 40, 3].into_iter().enumerate() {
        let unit = network.group(GroupId::new(group as u16)).unit;
        for number in first..first + size {
            let spec = NeuronSpec::of(GroupId::new(group as u16), unit);
            moves.push(Move::Add { neuron: NeuronId::new(number), spec, origin: Origin::Seed });
        }
        let synapse = |post, pre| Synapse::new(NeuronId::new(post), NeuronId::new(pre));
        let before = [0, 0, 20, 60][group]..first;
        at.extend((first..first + size).flat_map(|post| before.clone().map(move |pre| (synapse(post, pre), 0))));
        if group == 2 {
            // Some hear their own group, a cycle late, or two.
            let own = first..first + size;
            at.extend(own.clone().map(|post| (synapse(post, own.start + (post * 7) % size), (post % 2) as u16)));
        }
        first += size;
    }
    let birth = Birth::Random { key: StreamKey::new(3, "stream"), law: Law::Normal, scale: 0.2 };
    moves.push(Move::Grow { at, birth });
    apply(&mut network, &mut native, moves).unwrap();
    (network, native)
}

#[test]
fn one_sample_goes_the_short_way_and_gives_what_the_long_way_gives() {
    let (mut network, mut short) = stream();
    let (mut other, mut long) = stream();
    let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.05, passes: Vec::new(), step: 0 };
    for step in 0..40 {
        long.observe(&other, &[Signal::Splitting]);
        let values: Vec<f32> = samples(20 * 40)[step * 20..][..20].to_vec();
        let window = Window { cycles: 1, lanes: 1, values: &values };
        let found = short.forward(&network, window, None).unwrap();
        let expected = long.forward(&other, window, None).unwrap();
        assert!(short.record.leads && !long.record.leads);
        let close = |found: &[f32], expected: &[f32]| {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-5 * b.abs().max(1.0))
        };
        assert!(close(&found, &expected), "{step}: {found:?} {expected:?}");
        let d_outputs: Vec<f32> = expected.iter().map(|y| y - 0.5).collect();
        short.learn(&network, &d_outputs, &rule).unwrap();
        long.learn(&other, &d_outputs, &rule).unwrap();
        let ask = [Signal::Gradient, Signal::AbsentGradient { top: 5 }];
        if step % 7 == 3 {
            let (one, two) = (short.signals(&network, &ask), long.signals(&other, &ask));
            assert!(close(one.values(Signal::Gradient), two.values(Signal::Gradient)), "{step}");
            let gradients =
                |signals: &Signals| signals.candidates().iter().map(|c| c.gradient.abs()).collect::<Vec<_>>();
            assert!(close(&gradients(&one), &gradients(&two)), "{step}");
        }
        if step % 10 == 5 {
            let (old, new) = (NeuronId::new(30 + step as u64), NeuronId::new(1000 + step as u64));
            let renew = || [Move::Renew { old, new, birth: Birth::Value(0.25), mean: 0.0 }];
            apply(&mut network, &mut short, renew()).unwrap();
            apply(&mut other, &mut long, renew()).unwrap();
            // A renewal keeps to the short way.
            assert!(short.record.leads);
        }
        let (one, two) = (short.export(&network), long.export(&other));
        assert!(close(&one.weights, &two.weights) && close(&one.bias, &two.bias), "{step}");
        assert_eq!((one.lanes, one.steps, one.operations), (two.lanes, two.steps, two.operations), "{step}");
        for (one, two) in one.outputs.iter().zip(&two.outputs) {
            assert!(close(one, two), "{step}");
        }
        let past = |native: &Native, network: &Network| native.recall(network, 0, Row::new(50));
        assert_eq!(past(&short, &network).is_some(), past(&long, &other).is_some());
    }
}

#[test]
fn executors_side_by_side_in_one_pool_give_the_same_bits() {
    use rayon::prelude::*;
    let run = |lanes: usize| {
        let (network, mut native) = small(1);
        let rule = UpdateRule { optimizer: Optimizer::ADAM, rate: 1e-3, passes: Vec::new(), step: 0 };
        let values = samples(4 * lanes * 3);
        let d_outputs = vec![1e-2; 4 * lanes * 2];
        for _ in 0..20 {
            native.forward(&network, Window { cycles: 4, lanes, values: &values }, None).unwrap();
            native.learn(&network, &d_outputs, &rule).unwrap();
        }
        bits(&native.export(&network).weights)
    };
    let all = [1, 20, 100, 160, 100, 33];
    let alone: Vec<_> = all.map(run).into();
    for threads in [2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let together: Vec<_> = pool.install(|| all.par_iter().map(|&lanes| run(lanes)).collect());
        assert!(together == alone, "{threads} threads");
    }
}

#[test]
fn potentials_that_were_not_kept_are_made_again() {
    let (network, mut lean) = stream();
    let (other, mut kept) = stream();
    kept.observe(&other, &[Signal::Splitting]);
    let close = |found: &[f32], expected: &[f32]| {
        found.len() == expected.len()
            && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-4 * b.abs().max(1.0))
    };
    let values = samples(3 * 4 * 20);
    let window = Window { cycles: 3, lanes: 4, values: &values };
    let dropout = livenet_core::Dropout::new(0.5, StreamKey::new(5, "dropout"));
    for dropout in [None, Some(dropout), None] {
        assert_eq!(lean.activity.shape.lean, !lean.dropped);
        let found = lean.forward(&network, window, dropout).unwrap();
        let expected = kept.forward(&other, window, dropout).unwrap();
        assert!(close(&found, &expected), "{found:?} {expected:?}");
        lean.backward(&network, &expected).unwrap();
        kept.backward(&other, &expected).unwrap();
        let ask = [Signal::Splitting, Signal::Gradient];
        let (one, two) = (lean.signals(&network, &ask), kept.signals(&other, &ask));
        for signal in ask {
            assert!(close(one.values(signal), two.values(signal)), "{dropout:?} {signal:?}");
        }
        lean.observe(&network, &[]);
    }
}
