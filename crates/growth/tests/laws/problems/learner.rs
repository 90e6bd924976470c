//! A small network that learns on the executor that defines, while a method changes it.

use super::Task;
use crate::bench::group;
use livenet_core::testing::{Naive, apply};
use livenet_core::{
    Draft, Executor as _, ExecutorSettings, Follower as _, GroupId, Move, Network, NeuronSpec, Optimizer, Origin, Pass,
    Reach, Role, Row, Schedule, StreamKey, UpdateRule, Window,
};
use livenet_growth::{Budget, Ledger, Probe, Settings, Strategy, Value, Verdict, View, Wiring};

/// Samples of an update.
const LANES: usize = 8;

/// What is learned, by how large a network, for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Problem {
    pub(super) task: Task,
    /// Inputs, hidden neurons, outputs.
    pub(super) sizes: [u32; 3],
    /// Whether outputs may hear inputs, too.
    pub(super) straight: bool,
    pub(super) steps: u64,
    /// The step after which the right answers are counted.
    pub(super) counted: u64,
    pub(super) rate: f32,
    /// What every update does besides: coefficients of the squared and of the absolute weights, and the deviation of noise.
    pub(super) passes: [f32; 3],
    /// What comes in per step, where there are energy accounts.
    pub(super) supply: Option<f64>,
}

impl Problem {
    fn passes(&self) -> Vec<Pass> {
        let [decay, lasso, noise] = self.passes;
        let key = StreamKey::new(6, "noise");
        let passes = [Pass::Decay { by: decay }, Pass::Lasso { by: lasso }, Pass::Noise { scale: noise, key }];
        passes.into_iter().zip(self.passes).filter(|(_, by)| *by > 0.0).map(|(pass, _)| pass).collect()
    }

    fn ledger(&self) -> Option<Ledger> {
        let of = |supply| Settings::none().with("supply", Value::Real(supply)).with("endowment", Value::Real(10.0));
        self.supply.map(|supply| Ledger::build(&mut of(supply)).unwrap())
    }
}

/// How a network begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Start {
    pub(super) wiring: Wiring,
    /// How many hidden neurons lost so much of their bias that they never speak.
    pub(super) silenced: u64,
}

/// What came of a life.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Came {
    /// The part of right answers.
    pub(super) right: f64,
    /// Hidden neurons at the end.
    pub(super) hidden: f64,
    /// Connections that speak at the end.
    pub(super) connections: f64,
    /// How many of them hear an input that never says anything, where there are such.
    pub(super) dark: f64,
}

/// A network of these sizes on lines of length one, side by side.
fn network(problem: &Problem) -> Network {
    let all = |groups: &[u16]| Reach::groups(groups.iter().copied().map(GroupId::new));
    let groups = vec![
        group(Role::Input, Reach::nobody()),
        group(Role::Hidden, all(&[0])),
        group(Role::Output, if problem.straight { all(&[0, 1]) } else { all(&[1]) }),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (at, &size) in problem.sizes.iter().enumerate() {
        let at = GroupId::new(at as u16);
        for number in 0..size {
            let neuron = draft.name();
            let position = [(number as f32 + 0.5) / size as f32, 0.0];
            let spec = NeuronSpec { position, ..NeuronSpec::of(at, network.group(at).unit) };
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
        }
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

struct Learner {
    network: Network,
    naive: Naive,
    ledger: Option<Ledger>,
}

impl Learner {
    fn new(problem: &Problem, start: Start, seed: u64) -> Self {
        let mut network = network(problem);
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let mut draft = Draft::new(&network, 0);
        start.wiring.propose(&mut draft, StreamKey::new(seed, "wiring")).unwrap();
        let wired = draft.finish();
        let commit = network.commit(wired).unwrap();
        naive.follow(&network, &commit);
        let hidden = network.members(GroupId::new(1)).take(start.silenced as usize);
        let silence = hidden.map(|row| Move::Rebias { neuron: network.id(Row::new(row)), plus: -10.0 });
        let silence: Vec<Move> = silence.collect();
        apply(&mut network, &mut naive, silence).unwrap();
        Self { network, naive, ledger: problem.ledger() }
    }

    fn commit(&mut self, finished: livenet_core::Finished, method: &mut dyn Strategy) {
        if finished.is_empty() {
            return;
        }
        let commit = self.network.commit(finished).unwrap();
        self.naive.follow(&self.network, &commit);
        method.follow(&self.network, &commit);
        if let Some(ledger) = &mut self.ledger {
            ledger.follow(&self.network, &commit);
        }
    }

    /// Runs so many samples of a step forth and back; which part was answered right.
    fn run(&mut self, problem: &Problem, lanes: usize, (seed, step): (u64, u64)) -> f64 {
        let batch = problem.task.batch(problem.sizes, lanes, (seed, step));
        self.naive.reset();
        let said = self.naive.forward(&self.network, Window { cycles: 1, lanes, values: &batch.values }, None).unwrap();
        let (right, blame) = problem.task.judge(&said, &batch.wanted, lanes);
        self.naive.backward(&self.network, &blame).unwrap();
        right
    }

    fn ask(&mut self, method: &mut dyn Strategy, problem: &Problem, (seed, step): (u64, u64)) {
        if let Probe::Samples(count) = method.probe() {
            self.naive.observe(&self.network, &[]);
            self.run(problem, count as usize, (seed, step));
            self.naive.observe(&self.network, &method.needs());
        }
        let end = problem.steps;
        let signals = self.naive.signals(&self.network, &method.needs());
        let mut draft = Draft::new(&self.network, step);
        let (budget, key) = (Budget::unlimited(), StreamKey::new(seed, "asking").at(step));
        let (network, ledger) = (&self.network, self.ledger.as_ref());
        let view = View { network, signals: &signals, step, end: Some(end), budget, ledger, key };
        let verdict = method.propose(&view, &mut draft);
        assert!(!matches!(verdict, Verdict::Trial { .. }), "trials are for clones");
        let mut finished = draft.finish();
        let later = finished.take_later();
        self.commit(finished, method);
        let mut draft = Draft::new(&self.network, step);
        for proposal in later {
            draft.propose(proposal.what).unwrap();
        }
        let finished = draft.finish();
        self.commit(finished, method);
    }
}

/// A life: learning, and the method asked at every so many steps. Signals are of the batch that was just learned.
pub(super) fn run(
    problem: &Problem,
    start: Start,
    mut method: Option<&mut (dyn Strategy + '_)>,
    every: u64,
    seed: u64,
) -> Came {
    let mut learner = Learner::new(problem, start, seed);
    let (mut right, end) = (0.0, Some(problem.steps));
    for step in 1..=problem.steps {
        let mut needs = method.as_ref().map_or_else(Vec::new, |method| method.needs());
        needs.extend(learner.ledger.iter().flat_map(Ledger::needs));
        learner.naive.observe(&learner.network, &needs);
        let score = learner.run(problem, LANES, (seed, step));
        right += if step > problem.counted { score } else { 0.0 };
        let asked = step % every == 0;
        if !(asked && method.as_ref().is_some_and(|method| method.instead_of_update(step, end))) {
            let (optimizer, rate, passes) = (Optimizer::Sgd, problem.rate, problem.passes());
            learner.naive.update(&learner.network, &UpdateRule { optimizer, rate, passes, step }).unwrap();
        }
        if let Some(ledger) = &mut learner.ledger {
            let signals = learner.naive.signals(&learner.network, &ledger.needs());
            ledger.advance(&learner.network, &signals, 1);
        }
        if let Some(method) = method.as_deref_mut().filter(|_| asked) {
            learner.ask(method, problem, (seed, step));
        }
    }
    let network = &learner.network;
    let speaks = || network.synapses().filter(|(row, _)| !network.marks()[row.index()].is_silent());
    let inputs = u64::from(problem.sizes[0]);
    let is_dark = |pre: u64| (inputs / 2..inputs).contains(&pre);
    Came {
        right: right / (problem.steps - problem.counted) as f64,
        hidden: network.members(GroupId::new(1)).len() as f64,
        connections: speaks().count() as f64,
        dark: speaks().filter(|(_, at)| is_dark(at.pre.number())).count() as f64,
    }
}
