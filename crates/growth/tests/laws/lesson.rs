//! A network that learns on the executor that defines, for whoever thinks about gradients.

use crate::bench::group;
use livenet_core::testing::{Naive, apply};
use livenet_core::{
    Draft, End, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Move, Network, NeuronSpec, Origin,
    Proposal, Reach, Role, Row, Schedule, Signals, StreamKey, Unit,
};
use livenet_growth::widen::{Evidence, Residual, Site};
use livenet_growth::{Budget, Strategy, Verdict, View, Wiring};

pub(crate) const LANES: usize = 24;

/// A network that learns to say some random numbers, from rest.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub(crate) network: Network,
    pub(crate) naive: Naive,
    pub(crate) cycles: usize,
    pub(crate) values: Vec<f64>,
    pub(crate) targets: Vec<f64>,
    pub(crate) key: StreamKey,
}

impl Lesson {
    pub(crate) fn new(mut network: Network, density: f64, cycles: usize, seed: u64) -> Self {
        let key = StreamKey::new(seed, "lesson");
        let mut draft = Draft::new(&network, 0);
        Wiring::Uniform { density }.propose(&mut draft, key.at(0)).unwrap();
        let wired = draft.finish();
        network.commit(wired).unwrap();
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let parameters = naive.parameters_mut();
        let draw = |at: u64| move |(row, value): (usize, &mut f64)| *value = 0.6 * key.at(at).normal(row as u64, 0);
        parameters.weights.iter_mut().enumerate().for_each(draw(1));
        parameters.bias.iter_mut().enumerate().for_each(draw(2));
        let numbers = |at: u64, count: usize| (0..count).map(|row| key.at(at).normal(row as u64, 0)).collect();
        let values = numbers(3, cycles * LANES * network.inputs().len());
        let targets = numbers(4, cycles * LANES * network.outputs().len());
        Self { network, naive, cycles, values, targets, key }
    }

    /// Half the mean square error over lanes, its derivative swept back.
    pub(crate) fn loss(&mut self) -> f64 {
        self.naive.reset();
        let said = self.naive.forward_f64(&self.network, (self.cycles, LANES), &self.values, None).unwrap();
        let wrong: Vec<f64> = said.iter().zip(&self.targets).map(|(said, target)| said - target).collect();
        let back: Vec<f64> = wrong.iter().map(|wrong| wrong / LANES as f64).collect();
        self.naive.backward_f64(&self.network, &back).unwrap();
        wrong.iter().map(|wrong| wrong * wrong).sum::<f64>() / (2 * LANES) as f64
    }

    pub(crate) fn outputs(&mut self) -> Vec<f64> {
        self.naive.reset();
        self.naive.forward_f64(&self.network, (self.cycles, LANES), &self.values, None).unwrap()
    }

    pub(crate) fn signals(&mut self, strategy: &dyn Strategy) -> Signals {
        self.loss();
        self.naive.signals(&self.network, &strategy.needs())
    }

    /// Asks and commits; returns what was proposed, and what was committed later.
    pub(crate) fn grow(&mut self, strategy: &mut dyn Strategy) -> (Vec<Proposal>, Vec<Proposal>) {
        let signals = self.signals(strategy);
        let mut draft = Draft::new(&self.network, 9);
        let (network, key) = (&self.network, self.key.at(9));
        let view =
            View { network, signals: &signals, step: 9, end: None, budget: Budget::unlimited(), ledger: None, key };
        let verdict = strategy.propose(&view, &mut draft);
        assert!(matches!(verdict, Verdict::Proposed), "{verdict:?}");
        let mut finished = draft.finish();
        let later = finished.take_later();
        let proposals = finished.proposals().to_vec();
        let commit = self.network.commit(finished).unwrap();
        self.naive.follow(&self.network, &commit);
        (proposals, later)
    }

    pub(crate) fn later(&mut self, later: &[Proposal]) {
        apply(&mut self.network, &mut self.naive, later.iter().map(|proposal| proposal.what.clone())).unwrap();
    }

    /// The gradient by the incoming weights of the youngest neuron of a group, after a bias that takes it to its linear part.
    pub(crate) fn gradient_of_a_newborn(&self, site: &Site, outgoing: &[f64], bias: f32) -> Vec<f64> {
        let mut lesson = self.clone();
        let neuron = lesson.network.births().clone().next();
        let end = |at: Row<_>, weight: f64| End { at: lesson.network.id(at), weight: weight as f32, delay: 0 };
        let dendrites = site.heard.iter().map(|&at| end(at, 0.0)).collect();
        let axon = site.listeners.iter().zip(outgoing).map(|(&at, &weight)| end(at, weight)).collect();
        let spec = NeuronSpec { bias, ..site.spec.clone() };
        let birth = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
        apply(&mut lesson.network, &mut lesson.naive, [birth]).unwrap();
        lesson.loss();
        let row = lesson.network.row(neuron).unwrap();
        lesson.network.incoming(row).map(|at| lesson.naive.gradients().weights[at]).collect()
    }

    pub(crate) fn evidence(&mut self, strategy: &dyn Strategy, group: u16) -> (Site, Evidence) {
        let signals = self.signals(strategy);
        let site = Site::of(&self.network, GroupId::new(group));
        let evidence = Evidence::of(&self.network, &signals, &site, Residual::Wanted).unwrap();
        (site, evidence)
    }
}

/// The same groups with another hidden unit.
pub(crate) fn with_unit(network: &Network, unit: Unit) -> Network {
    let groups = network.groups().iter().map(|group| {
        let unit = if group.role == Role::Hidden { unit } else { group.unit };
        FireGroup { unit, ..group.clone() }
    });
    let mut next = Network::new(groups.collect(), network.schedule()).unwrap();
    let mut draft = Draft::new(&next, 0);
    for row in network.neuron_rows() {
        let group = network.spec(row).group;
        let spec = NeuronSpec::of(group, next.group(group).unit);
        let neuron = draft.name();
        draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
    }
    let born = draft.finish();
    next.commit(born).unwrap();
    next
}

/// Two hidden groups that hear each other, themselves and everybody else.
pub(crate) fn tangled() -> Network {
    let all = || Reach::groups((0..4).map(GroupId::new)).with_max_delay(2);
    let hidden = || group(Role::Hidden, all());
    let groups = vec![group(Role::Input, Reach::nobody()), hidden(), hidden(), group(Role::Output, all())];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (at, count) in [2, 4, 3, 2].into_iter().enumerate() {
        let at = GroupId::new(at as u16);
        for _ in 0..count {
            let neuron = draft.name();
            let spec = NeuronSpec::of(at, network.group(at).unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
        }
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

pub(crate) fn axon(what: &Move) -> (f32, Vec<f64>, Vec<f64>) {
    let Move::Bear { spec, dendrites, axon, .. } = what else { panic!("{what:?}") };
    let weights = |ends: &[End]| ends.iter().map(|end| f64::from(end.weight)).collect();
    (spec.bias, weights(dendrites), weights(axon))
}

pub(crate) fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}
