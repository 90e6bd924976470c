//! Activity comes to its target, where something can grow.

use crate::bench::group;
use livenet_core::testing::Naive;
use livenet_core::{
    Activation, Birth, Draft, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Move, Network,
    NeuronId, NeuronSpec, Norm, Origin, Reach, Role, Row, Schedule, Signal, StreamKey, Unit, Window,
};
use livenet_growth::homeostasis::{Calcium, Curve, Homeostasis, NewWeight};
use livenet_growth::{Budget, Strategy as _, SynapticElements, View};

/// Rate neurons with a saturating activation: `inputs` that always say 1, and hidden neurons that hear `dendrites` of them.
fn rate_network(dendrites: &[u64], inputs: u64, weight: f32, recurrent: bool) -> (Network, Naive) {
    let hidden = FireGroup {
        name: "hidden".into(),
        role: Role::Hidden,
        unit: Unit::rate(Activation::Tanh),
        norm: Norm::None,
        reach: Reach::groups((0..=u16::from(recurrent)).map(GroupId::new)).without_itself(),
    };
    let groups = vec![group(Role::Input, Reach::nobody()), hidden, group(Role::Output, Reach::nobody())];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    let mut add = |count: u64, group: u16| -> Vec<NeuronId> {
        let names = (0..count).map(|_| {
            let (neuron, unit) = (draft.name(), draft.network().group(GroupId::new(group)).unit);
            let spec = NeuronSpec::of(GroupId::new(group), unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
            neuron
        });
        names.collect()
    };
    let (heard, listeners, _) = (add(inputs, 0), add(dendrites.len() as u64, 1), add(1, 2));
    for (&post, &count) in listeners.iter().zip(dendrites) {
        let pres = heard[..count as usize].to_vec();
        draft.propose(Move::ConnectAll { post, pres, birth: Birth::Value(weight) }).unwrap();
    }
    let finished = draft.finish();
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let commit = network.commit(finished).unwrap();
    naive.follow(&network, &commit);
    (network, naive)
}

/// The last outputs of the hidden neurons after a window of ones.
fn run(network: &Network, naive: &mut Naive) -> Vec<f64> {
    let values = vec![1.0; 4 * network.inputs().len()];
    naive.forward(network, Window { cycles: 4, lanes: 1, values: &values }, None).unwrap();
    let signals = naive.signals(network, &[Signal::Outputs { lanes: 1 }]);
    let hidden = network.members(GroupId::new(1)).map(Row::new);
    hidden.map(|row| f64::from(signals.outputs().unwrap().back(0, row).unwrap()[0])).collect()
}

/// Lives for a while, a window a step; returns the activities at first and in the end.
fn live(method: &mut SynapticElements, dendrites: &[u64], recurrent: bool) -> (Vec<f64>, Vec<f64>) {
    let (mut network, mut naive) = rate_network(dendrites, 60, 0.036, recurrent);
    let needs = method.needs();
    naive.observe(&network, &needs);
    let first = run(&network, &mut naive);
    for asking in 0..400u64 {
        (0..10).for_each(|_| drop(run(&network, &mut naive)));
        let signals = naive.signals(&network, &needs);
        let (step, budget, key) = (10 * asking, Budget::unlimited(), StreamKey::new(asking, "life"));
        let mut draft = Draft::new(&network, step);
        let view = View { network: &network, signals: &signals, step, end: None, budget, ledger: None, key };
        method.propose(&view, &mut draft);
        let finished = draft.finish();
        let commit = network.commit(finished).unwrap();
        naive.follow(&network, &commit);
        method.follow(&network, &commit);
    }
    (first, run(&network, &mut naive))
}

#[test]
fn the_silent_and_the_loud_come_to_the_target() {
    // tanh(0.036 k): one dendrite makes 0.2 of the target 0.18, forty make 5 of it, five the target itself.
    const TARGET: f64 = 0.18;
    let curves = [
        (Curve::Linear, Calcium::Magnitude, TARGET),
        (Curve::Gaussian { lower: 0.1 * TARGET }, Calcium::Magnitude, TARGET),
        (Curve::Sigmoid { width: 0.3 * TARGET }, Calcium::Magnitude, TARGET),
        (Curve::Linear, Calcium::Square, TARGET * TARGET),
    ];
    for (curve, calcium, target) in curves {
        for recurrent in [false, true] {
            let mut method = SynapticElements::new(Homeostasis {
                calcium,
                target,
                tau: 20.0,
                rate: 0.02,
                axonal: curve,
                dendritic: curve,
                birth: NewWeight::Constant(0.036),
                ..Homeostasis::default()
            });
            let (first, last) = live(&mut method, &[1, 40, 1, 40, 1, 40], recurrent);
            for (at, (first, last)) in first.iter().zip(&last).enumerate() {
                let begun = first / TARGET;
                let as_set = if at % 2 == 0 { (0.19..0.21).contains(&begun) } else { (4.8..5.2).contains(&begun) };
                // A recurrent network is not yet at rest in its first window of four cycles, but all hear inputs only.
                assert!(as_set, "{begun}");
                // One dendrite more or less is a fifth.
                assert!((0.75..1.25).contains(&(last / TARGET)), "{curve:?} {recurrent}: {first} became {last}");
            }
        }
    }
}

#[test]
fn without_growth_nobody_comes_anywhere() {
    let mut method = SynapticElements::new(Homeostasis { rate: 0.0, ..Homeostasis::default() });
    let (first, last) = live(&mut method, &[1, 40], false);
    assert_eq!(first, last);
}

#[test]
fn below_the_lower_zero_of_the_gaussian_elements_are_lost() {
    let target = 0.18;
    let curve = Curve::Gaussian { lower: 0.5 * target };
    let mut method = SynapticElements::new(Homeostasis {
        target,
        rate: 0.02,
        axonal: curve,
        dendritic: curve,
        birth: NewWeight::Constant(0.036),
        ..Homeostasis::default()
    });
    // Who begins between the zeros comes to the upper one, who begins below them falls silent.
    let (_, last) = live(&mut method, &[1, 4], false);
    assert!(last[0] == 0.0 && (last[1] / target - 1.0).abs() < 0.25, "{last:?}");
}
