//! The mock device.

use super::{LINEAR, build};
use crate::testing::{MockDevice, apply};
use crate::{
    Executor, ExecutorSettings, Move, Network, NeuronId, Norm, Optimizer, Role, Schedule, Signal, UpdateRule, Window,
};

fn scene() -> (Network, MockDevice) {
    let groups: [(Role, Norm, &[_]); 3] = [
        (Role::Input, Norm::None, &[LINEAR, LINEAR]),
        (Role::Hidden, Norm::None, &[LINEAR, LINEAR]),
        (Role::Output, Norm::None, &[LINEAR]),
    ];
    let (network, _) = build(Schedule::Grouped, &groups, &[(0, 2, 0.5, 0), (1, 3, 0.5, 0), (2, 4, 1.0, 0)]);
    let device = MockDevice::new(&network, ExecutorSettings::default(), 1);
    (network, device)
}

#[test]
fn it_answers_alike_every_time_and_otherwise_after_an_update() {
    let run = || {
        let (network, mut device) = scene();
        let window = Window { cycles: 2, lanes: 3, values: &[0.5; 12] };
        let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.1, passes: Vec::new(), step: 0 };
        let first = device.forward(&network, window, None).unwrap();
        device.backward(&network, &first).unwrap();
        device.update(&network, &rule).unwrap();
        (first, device.forward(&network, window, None).unwrap(), device.export(&network))
    };
    let (first, second, exported) = run();
    assert_eq!(run(), (first.clone(), second.clone(), exported));
    assert_ne!(first, second);
    assert!(first.len() == 6 && first.iter().all(|value| value.is_finite()));
}

#[test]
fn what_is_named_keeps_its_signal_through_a_commit() {
    let (mut network, mut device) = scene();
    device.observe(&network, &[Signal::Utility]);
    let name = NeuronId::new(3);
    let before = device.signals(&network, &[Signal::Utility]).of(Signal::Utility, network.row(name).unwrap());
    apply(&mut network, &mut device, [Move::Remove { neuron: NeuronId::new(2), mean: 0.0 }]).unwrap();
    let after = device.signals(&network, &[Signal::Utility]);
    assert_eq!(after.of(Signal::Utility, network.row(name).unwrap()), before);
    assert_eq!(after.values(Signal::Utility).len(), network.neuron_count());
}

#[test]
fn absent_gradients_are_within_reach_and_not_connected() {
    let (network, mut device) = scene();
    let signals = device.signals(&network, &[Signal::AbsentGradient { top: 1000 }]);
    // Three listeners by five heard, less three, with delays 0 to 3.
    assert_eq!(signals.candidates().len(), (3 * 5 - 3) * 4);
    assert!(signals.candidates().is_sorted_by(|a, b| a.gradient.abs() >= b.gradient.abs()));
}

#[test]
fn calls_are_counted_and_unobserved_signals_told() {
    let (network, device) = scene();
    let handle = device.calls_handle();
    let mut boxed = device.boxed_clone();
    boxed.forward(&network, Window { cycles: 1, lanes: 1, values: &[0.0; 2] }, None).unwrap();
    boxed.observe(&network, &[Signal::Blame]);
    let signals = boxed.signals(&network, &[Signal::Blame, Signal::Utility]);
    assert!(signals.values(Signal::Utility).iter().all(|&value| value == 0.0));
    let calls = handle.lock().unwrap().clone();
    assert_eq!((calls.forward, calls.backward, calls.signals.len()), (1, 0, 2));
    assert_eq!(calls.unobserved, [Signal::Utility]);
    assert_eq!(device.calls(), calls);
    assert!(device.recall(&network, 0, network.row(NeuronId::new(0)).unwrap()).is_none());
}

#[test]
fn an_import_goes_on_where_the_export_was() {
    let (network, mut device) = scene();
    let window = Window { cycles: 2, lanes: 3, values: &[0.5; 12] };
    let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.1, passes: Vec::new(), step: 0 };
    device.update(&network, &rule).unwrap();
    let (_, mut other) = scene();
    other.import(&network, &device.export(&network)).unwrap();
    assert_eq!(other.forward(&network, window, None).unwrap(), device.forward(&network, window, None).unwrap());
    assert_eq!(other.export(&network), device.export(&network));
}
