//! Gradients against central differences in f64.

use super::build;
use crate::testing::{
    Naive, apply,
    suite::{Options, cases},
};
use crate::{
    Activation, Birth, Candidate, Dropout, Executor, Mark, Move, Network, Norm, Role, Row, Schedule, Scope, Signal,
    StreamKey, Synapse, Unit,
};

const LANES: usize = 2;

/// A smooth loss that no symmetry makes vanish, and its derivative.
fn loss(outputs: &[f64]) -> (f64, Vec<f64>) {
    let aim = |at: usize| libm::sin(1.0 + 2.0 * at as f64);
    let terms = outputs.iter().enumerate().map(|(at, y)| 0.5 * (y - aim(at)) * (y - aim(at)));
    (terms.sum(), outputs.iter().enumerate().map(|(at, y)| y - aim(at)).collect())
}

fn signal_of(seed: u64, count: usize) -> Vec<f64> {
    let mut stream = StreamKey::new(seed, "inputs").stream();
    (0..count).map(|_| stream.normal()).collect()
}

struct Scene {
    network: Network,
    naive: Naive,
    cycles: usize,
    values: Vec<f64>,
    dropout: Option<Dropout>,
}

impl Scene {
    /// After a window that fills the state.
    fn new((network, mut naive): (Network, Naive), cycles: usize) -> Self {
        let values = |seed, cycles| signal_of(seed, cycles * LANES * network.inputs().len());
        naive.forward_f64(&network, (3, LANES), &values(1, 3), None).unwrap();
        let values = values(2, cycles);
        Self { network, naive, cycles, values, dropout: None }
    }

    fn loss_of(&self, mut naive: Naive, network: &Network) -> f64 {
        loss(&naive.forward_f64(network, (self.cycles, LANES), &self.values, self.dropout).unwrap()).0
    }

    /// After the window and its sweep.
    fn swept(&self) -> Naive {
        let mut naive = self.naive.clone();
        let outputs = naive.forward_f64(&self.network, (self.cycles, LANES), &self.values, self.dropout).unwrap();
        naive.backward_f64(&self.network, &loss(&outputs).1).unwrap();
        naive
    }

    /// The derivative by whatever `set` moves.
    fn difference(&self, naive: &Naive, network: &Network, set: impl Fn(&mut Naive, f64)) -> f64 {
        let at = |step: f64| {
            let mut moved = naive.clone();
            set(&mut moved, step);
            self.loss_of(moved, network)
        };
        // Fourth order, so that the step may be long against rounding.
        let h = 1e-5;
        (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
    }

    /// Every gradient of every parameter.
    fn check(&self, what: &str) {
        let swept = self.swept();
        for (kind, name) in ["weight", "bias", "decay", "gain"].into_iter().enumerate() {
            let gradients = swept.gradients().columns()[kind].clone();
            let size = gradients.iter().fold(0.1, |most: f64, g| most.max(g.abs()));
            for (at, gradient) in gradients.into_iter().enumerate() {
                if kind == 0 && self.network.marks()[at].is_silent() {
                    continue;
                }
                let difference = self.difference(&self.naive, &self.network, |naive, step| {
                    naive.parameters_mut().columns_mut()[kind][at] += step;
                });
                assert!(
                    (gradient - difference).abs() <= 1e-6 * size,
                    "{what}: {name} {at}: {gradient} is not {difference}"
                );
            }
        }
    }
}

const IN: (Role, Norm, &[Unit]) = (Role::Input, Norm::None, &[Unit::rate(Activation::Linear); 2]);
const OUT: (Role, Norm, &[Unit]) = (Role::Output, Norm::None, &[Unit::rate(Activation::Linear)]);

/// Three hidden neurons wired to each other and themselves, with a delay here and there.
fn recurrent(schedule: Schedule, norm: Norm, unit: Unit) -> (Network, Naive) {
    let mut synapses = Vec::new();
    for post in 2..5u64 {
        for pre in 0..6u64 {
            let weight = ((post * 7 + pre * 5) % 11) as f32 / 11.0 - 0.45;
            synapses.push((pre, post, weight * 0.9, (post + pre) as u16 % 3));
        }
    }
    synapses.extend([(2, 5, 0.7, 0), (3, 5, -0.6, 0), (4, 5, 0.4, 1), (0, 5, 0.3, 0), (5, 5, -0.2, 0)]);
    let (network, mut naive) = build(schedule, &[IN, (Role::Hidden, norm, &[unit; 3]), OUT], &synapses);
    for (at, (bias, gain)) in [(0.31, 0.8), (-0.23, 1.3), (0.11, 1.1)].into_iter().enumerate() {
        naive.parameters_mut().bias[at + 2] = bias;
        naive.parameters_mut().decay[at + 2] = bias * 3.0;
        naive.parameters_mut().gain[at + 2] = if norm == Norm::None { 1.0 } else { gain };
    }
    (network, naive)
}

/// Kinks are no place for differences; everything else is smooth.
fn smooth() -> impl Iterator<Item = Activation> {
    Activation::BUILT_IN
        .into_iter()
        .filter(|activation| !matches!(activation, Activation::Relu | Activation::LeakyRelu))
}

#[test]
fn every_activation_in_rate_and_leaky_units() {
    for activation in smooth() {
        for unit in [Unit::rate(activation), Unit::leaky(activation)] {
            Scene::new(recurrent(Schedule::Grouped, Norm::None, unit), 4).check(&format!("{unit:?}"));
        }
    }
}

#[test]
fn both_norms_with_gain_and_bias() {
    for norm in [Norm::Layer, Norm::Rms] {
        for unit in [Unit::rate(Activation::Tanh), Unit::leaky(Activation::Gelu)] {
            Scene::new(recurrent(Schedule::Grouped, norm, unit), 4).check(&format!("{norm:?} {unit:?}"));
        }
    }
}

#[test]
fn every_schedule_over_windows_of_one_to_six() {
    for schedule in [Schedule::Grouped, Schedule::Synchronous, Schedule::InputsFirst] {
        for cycles in 1..=6 {
            let unit = Unit::leaky(Activation::Tanh);
            Scene::new(recurrent(schedule, Norm::Rms, unit), cycles).check(&format!("{schedule:?}, {cycles} cycles"));
        }
    }
}

#[test]
fn kinked_activations_away_from_their_kinks() {
    for activation in [Activation::Relu, Activation::LeakyRelu] {
        let synapses =
            [(0, 2, 0.3, 0), (1, 3, 0.4, 0), (2, 3, 0.2, 0), (3, 2, 0.1, 0), (2, 4, 1.0, 0), (3, 4, -1.0, 0)];
        let unit = Unit::rate(activation);
        let (network, mut naive) =
            build(Schedule::Grouped, &[IN, (Role::Hidden, Norm::None, &[unit; 2]), OUT], &synapses);
        (naive.parameters_mut().bias[2], naive.parameters_mut().bias[3]) = (5.0, -5.0);
        Scene::new((network, naive), 3).check(&format!("{activation:?}"));
    }
}

#[test]
fn through_dropout() {
    let mut scene = Scene::new(recurrent(Schedule::Grouped, Norm::None, Unit::rate(Activation::Tanh)), 5);
    scene.dropout = Some(Dropout::new(0.4, StreamKey::new(5, "dropout")));
    let (with, without) = (
        scene.swept(),
        Scene {
            dropout: None,
            ..Scene::new(recurrent(Schedule::Grouped, Norm::None, Unit::rate(Activation::Tanh)), 5)
        },
    );
    assert_ne!(with.gradients(), without.swept().gradients());
    scene.check("dropout");
}

#[test]
fn random_networks() {
    let mut checked = 0;
    for case in 0..120 {
        let (network, naive) = cases::random(case, &Options::default());
        let kinked = |row| matches!(network.spec(row).unit.activation, Activation::Relu | Activation::LeakyRelu);
        if !network.neuron_rows().any(kinked) {
            Scene::new((network, naive), 1 + case as usize % 6).check(&format!("case {case}"));
            checked += 1;
        }
    }
    assert!(checked >= 10, "{checked} cases without a kink");
}

#[test]
fn a_silent_connection_has_the_gradient_of_one_whose_weight_counts_as_zero() {
    let mut scene = Scene::new(recurrent(Schedule::Grouped, Norm::Layer, Unit::leaky(Activation::Tanh)), 4);
    let some: Vec<Synapse> = scene.network.synapses().map(|(_, at)| at).step_by(3).collect();
    for at in some {
        apply(&mut scene.network, &mut scene.naive, [Move::Mark { at: Scope::Synapse(at), mark: Mark::Silent }])
            .unwrap();
        let row = scene.network.synapse_row(at).unwrap().index();
        let gradient = scene.swept().gradients().weights[row];
        let (mut network, mut naive) = (scene.network.clone(), scene.naive.clone());
        apply(&mut network, &mut naive, [Move::Mark { at: Scope::Synapse(at), mark: Mark::Active }]).unwrap();
        let difference = scene.difference(&naive, &network, |naive, step| naive.parameters_mut().weights[row] = step);
        assert!(
            (gradient - difference).abs() <= 1e-6 * gradient.abs().max(0.1),
            "{at}: {gradient} is not {difference}"
        );
    }
    scene.check("the others");
}

#[test]
fn absent_connections_in_the_group_to_itself_backwards_and_delayed() {
    let unit = Unit::leaky(Activation::Tanh);
    let synapses = [
        (0, 2, 0.6, 0),
        (1, 3, -0.5, 0),
        (2, 4, 0.8, 0),
        (3, 5, 0.7, 1),
        (4, 3, 0.3, 0),
        (4, 4, 0.2, 0),
        (3, 2, 0.4, 2),
    ];
    let groups: [(Role, Norm, &[Unit]); 4] =
        [IN, (Role::Hidden, Norm::None, &[unit; 2]), (Role::Hidden, Norm::Rms, &[unit; 1]), OUT];
    for schedule in [Schedule::Grouped, Schedule::Synchronous, Schedule::InputsFirst] {
        let scene = Scene::new(build(schedule, &groups, &synapses), 5);
        let signals = scene.swept().signals(&scene.network, &[Signal::AbsentGradient { top: u32::MAX }]);
        let candidates = signals.candidates();
        // Four listeners by six heard, less what is connected, with delays 0 to 3.
        assert_eq!(candidates.len(), (4 * 6 - synapses.len()) * 4);
        for candidate in candidates {
            let difference = scene.adding(candidate);
            assert!(
                (f64::from(candidate.gradient) - difference).abs() <= 1e-6 * difference.abs().max(0.1),
                "{candidate:?}: {difference}"
            );
        }
    }
}

impl Scene {
    /// The derivative by the weight of a connection that is added at 0.
    fn adding(&self, candidate: &Candidate) -> f64 {
        let at = Synapse::new(self.network.id(Row::new(candidate.post)), self.network.id(Row::new(candidate.pre)));
        let (mut network, mut naive) = (self.network.clone(), self.naive.clone());
        apply(&mut network, &mut naive, [Move::Connect { at, birth: Birth::Value(0.0), delay: candidate.delay }])
            .unwrap();
        let row = network.synapse_row(at).unwrap().index();
        self.difference(&naive, &network, |naive, step| naive.parameters_mut().weights[row] = step)
    }
}

#[test]
fn residuals_are_gradients_of_connections_straight_to_the_outputs() {
    let scene = Scene::new(recurrent(Schedule::Grouped, Norm::None, Unit::rate(Activation::Tanh)), 3);
    let mut swept = scene.swept();
    let residual = swept.signals(&scene.network, &[Signal::Residual]).values(Signal::Residual).to_vec();
    assert_eq!(residual.len(), 6);
    let one = scene.difference(&scene.naive, &scene.network, |naive, step| {
        let row = scene.network.incoming(Row::new(5)).find(|&row| scene.network.pres()[row] == 3).unwrap();
        naive.parameters_mut().weights[row] += step;
    });
    assert!((f64::from(residual[3]) - one).abs() < 1e-6, "{} is not {one}", residual[3]);
    let absent = Candidate { post: 5, pre: 1, delay: 0, gradient: 0.0 };
    assert!((f64::from(residual[1]) - scene.adding(&absent)).abs() < 1e-6);
}
