//! What a settlement of the energy ledger costs: 1000 hidden neurons that hear 50 others each, 60 000 connections, with and
//! without the cost of change.

use criterion::{Criterion, criterion_group, criterion_main};
use livenet_core::{
    Activation, Draft, FireGroup, GroupId, Move, Network, NeuronSpec, Norm, Origin, Reach, Role, Schedule, Signal,
    Signals, StreamKey, Unit,
};
use livenet_growth::{Ledger, Settings, Value, Wiring};

fn network() -> Network {
    let unit = Unit::rate(Activation::Tanh);
    let group = |name: &str, role, reach| FireGroup { name: name.to_owned(), role, unit, norm: Norm::None, reach };
    let groups = vec![
        group("input", Role::Input, Reach::nobody()),
        group("hidden", Role::Hidden, Reach::groups([GroupId::new(0)])),
        group("output", Role::Output, Reach::groups([GroupId::new(1)])),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).expect("one input and one output group");
    let mut draft = Draft::new(&network, 0);
    for (group, count) in [(0, 50), (1, 1000), (2, 10)] {
        for _ in 0..count {
            let (neuron, spec) = (draft.name(), NeuronSpec::of(GroupId::new(group), unit));
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).expect("a new name");
        }
    }
    let born = draft.finish();
    network.commit(born).expect("a fresh draft");
    let mut draft = Draft::new(&network, 0);
    Wiring::Dense.propose(&mut draft, StreamKey::new(1, "wiring")).expect("nothing is wired");
    let wired = draft.finish();
    network.commit(wired).expect("a fresh draft");
    network
}

fn settlements(criterion: &mut Criterion) {
    let network = network();
    let key = StreamKey::new(1, "signals");
    let some = |count: usize, part: u64| (0..count).map(|at| key.at(part).normal(at as u64, 0) as f32).collect();
    let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
    let mut signals = Signals::default();
    signals.put(Signal::OutputMagnitude, some(neurons, 0));
    signals.put(Signal::Utility, some(neurons, 1));
    signals.put(Signal::Drive, some(neurons, 2));
    signals.put(Signal::UpdateSize, some(synapses, 3));
    for (name, plasticity) in [("change is free", 0.0), ("change costs", 3.0)] {
        let mut settings =
            Settings::none().with("supply", Value::Real(1000.0)).with("plasticity", Value::Real(plasticity));
        let mut ledger = Ledger::build(&mut settings).expect("settings within their ranges");
        criterion.bench_function(&format!("settlement/{name}"), |bencher| {
            bencher.iter(|| ledger.advance(&network, &signals, 10));
        });
    }
}

criterion_group!(benches, settlements);
criterion_main!(benches);
