//! The economy of utility: traces are what leaving out would change, the flow loses nothing, and the poor go.

mod economy;
mod flow;
mod traces;

use crate::bench::group;
use livenet_core::testing::Naive;
use livenet_core::{
    Draft, Executor as _, ExecutorSettings, FireGroup, GroupId, Move, Network, NeuronSpec, Norm, Origin, Reach, Role,
    Schedule, Signal, Signals, StreamKey, Unit, Window,
};
use livenet_growth::Wiring;

/// Inputs, hidden neurons of this unit and linear outputs; everybody may listen to everybody with delays.
fn network(unit: Unit, norm: Norm, sizes: [u32; 3], density: f64) -> Network {
    let all = || Reach::groups([0, 1].map(GroupId::new)).with_max_delay(1);
    let hidden = FireGroup { name: "hidden".into(), role: Role::Hidden, unit, norm, reach: all() };
    let groups = vec![group(Role::Input, Reach::nobody()), hidden, group(Role::Output, all())];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (at, size) in sizes.into_iter().enumerate() {
        let group = GroupId::new(at as u16);
        for _ in 0..size {
            let (neuron, spec) = (draft.name(), NeuronSpec::of(group, network.group(group).unit));
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
        }
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    let mut draft = Draft::new(&network, 0);
    Wiring::Uniform { density }.propose(&mut draft, StreamKey::new(5, "wiring")).unwrap();
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

/// The network with random weights and biases, run for a window; the signals of it.
fn run(network: &Network, cycles: usize) -> (Naive, Signals) {
    let mut naive = Naive::new(network, ExecutorSettings::default());
    let key = StreamKey::new(2, "values");
    let parameters = naive.parameters_mut();
    parameters.weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = 0.6 * key.at(0).normal(row as u64, 0));
    parameters.bias.iter_mut().enumerate().for_each(|(row, bias)| *bias = 0.5 * key.at(1).normal(row as u64, 0));
    let signals = again(network, &mut naive, cycles);
    (naive, signals)
}

fn again(network: &Network, naive: &mut Naive, cycles: usize) -> Signals {
    const LANES: usize = 12;
    let key = StreamKey::new(3, "window");
    let count = cycles * LANES * network.inputs().len();
    let values: Vec<f32> = (0..count).map(|at| key.normal(at as u64, 0) as f32).collect();
    naive.forward(network, Window { cycles, lanes: LANES, values: &values }, None).unwrap();
    naive.signals(network, &[Signal::Weight, Signal::Outputs { lanes: 99 }, Signal::OutputMean])
}
