//! Sessions side by side against the same sessions one by one: errors, events, and every number bit by bit.

use super::{Member, alike, from_so_many};
use crate::session::{Answers, Batch, Continuity, Grower, Learning, SavedState, Session, SessionError, Source};
use crate::{Loss, Native, RateSchedule, Threads};
use livenet_core::{
    Activation, Birth, Draft, ExecutorSettings, FireGroup, Follower as _, GroupId, Journal, Law, Move, Network,
    NeuronId, NeuronSpec, Norm, Optimizer, Origin, Pass, Reach, Role, Row, Schedule, StreamKey, Synapse, Unit,
};
use livenet_growth::{Budget, Registry, Settings, When, WhenState};
use std::num::NonZeroUsize;

const INPUTS: usize = 20;
const OUTPUTS: usize = 3;

/// 20-60-3: hidden neurons hear some inputs and some of each other, at delays, and one of them all inputs in a row; outputs
/// hear the hidden in a row. Weights by seed.
fn session(seed: u64, kind: &Kind) -> Session {
    let group = |name: &str, role, activation, heard: &[u16]| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(activation),
        norm: Norm::None,
        reach: Reach::groups(heard.iter().copied().map(GroupId::new)).with_max_delay(1),
    };
    let groups = vec![
        group("in", Role::Input, Activation::Linear, &[]),
        group("middle", Role::Hidden, kind.activation, &[0, 1]),
        group("out", Role::Output, Activation::Linear, &[1]),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let threads = Threads::Exactly(NonZeroUsize::MIN);
    let settings = ExecutorSettings { memory: kind.memory, ..ExecutorSettings::default() };
    let mut native = Native::new(&network, settings, threads);
    let mut journal = Journal::new(&network, 2);
    let mut draft = Draft::new(&network, 0);
    for number in 0..INPUTS + 60 + OUTPUTS {
        let group = GroupId::new(if number < INPUTS { 0 } else { 1 + u16::from(number >= INPUTS + 60) });
        let (neuron, unit) = (draft.name(), network.group(group).unit);
        draft.propose(Move::Add { neuron, spec: NeuronSpec::of(group, unit), origin: Origin::Seed }).unwrap();
    }
    let mut stream = StreamKey::new(5, "wiring").stream();
    let id = |number: usize| NeuronId::new(number as u64);
    let mut at: Vec<(Synapse, u16)> = Vec::new();
    for post in INPUTS..INPUTS + 60 {
        let heard = if post == INPUTS + 7 { (0..INPUTS as u64).collect() } else { stream.sample(80, 9 + post % 9) };
        at.extend(
            heard
                .into_iter()
                .map(|pre| (Synapse::new(id(post), id(pre as usize)), (pre % 2) as u16 * (post % 3) as u16 % 2)),
        );
    }
    at.retain(|(synapse, delay)| *delay == 0 || synapse.pre.number() >= INPUTS as u64);
    at.extend(
        (INPUTS + 60..INPUTS + 63)
            .flat_map(|post| (INPUTS..INPUTS + 60).map(move |pre| (Synapse::new(id(post), id(pre)), 0))),
    );
    let birth = Birth::Random { key: StreamKey::new(seed, "weights"), law: Law::Normal, scale: 0.3 };
    draft.propose(Move::Grow { at, birth }).unwrap();
    let finished = draft.finish();
    journal.append(&network, &finished);
    let commit = network.commit(finished).unwrap();
    journal.committed(&network);
    native.follow(&network, &commit);
    let mut learning = Learning::new(Loss::MeanSquared, kind.optimizer, kind.rate);
    learning.rate = RateSchedule { warmup: kind.warmup, ..RateSchedule::constant(kind.rate) };
    learning.passes.clone_from(&kind.passes);
    let session = Session::new(network, Box::new(native), journal, learning, StreamKey::new(seed, "session")).unwrap();
    let grower = |every| {
        let when = WhenState::new(When::Every { steps: every, from: 0, until: None });
        let set = Registry::standard().find("set").unwrap().build;
        Grower::new("set", set(&mut Settings::default()).unwrap(), when, Budget::unlimited())
    };
    session.with_growers(kind.rewires.map(grower).into_iter().collect())
}

#[derive(Clone)]
struct Kind {
    activation: Activation,
    optimizer: Optimizer,
    rate: f32,
    warmup: u64,
    passes: Vec<Pass>,
    memory: Option<usize>,
    rewires: Option<u64>,
}

const PLAIN: Kind = Kind {
    activation: Activation::Tanh,
    optimizer: Optimizer::Sgd,
    rate: 0.02,
    warmup: 0,
    passes: Vec::new(),
    memory: None,
    rewires: None,
};

/// A stream of single samples, in which a share is zero, and from some step on far too large.
#[derive(Clone)]
struct Stream {
    key: StreamKey,
    continuity: Continuity,
    zeros: f64,
    /// From this step on inputs are so large.
    large: Option<(u64, f32)>,
    validation: Batch,
}

impl Stream {
    fn new(seed: u64, continuity: Continuity, zeros: f64) -> Self {
        let answers = Answers::Values(vec![0.5; OUTPUTS]);
        let validation = Batch {
            cycles: 1,
            lanes: 1,
            inputs: vec![0.1; INPUTS],
            answers,
            counts: None,
            continuity: Continuity::Fresh,
        };
        Self { key: StreamKey::new(seed, "stream"), continuity, zeros, large: None, validation }
    }
}

impl Source for Stream {
    fn batch(&self, step: u64) -> Batch {
        let mut stream = self.key.at(step).stream();
        let scale = self.large.filter(|(from, _)| step >= *from).map_or(1.0, |(_, scale)| scale);
        let mut input = || if stream.uniform() < self.zeros { 0.0 } else { scale * stream.normal() as f32 };
        let inputs: Vec<f32> = (0..INPUTS).map(|_| input()).collect();
        let answers = Answers::Values((0..OUTPUTS).map(|at| inputs[at] - inputs[at + 1]).collect());
        Batch { cycles: 1, lanes: 1, inputs, answers, counts: None, continuity: self.continuity }
    }
    fn probe(&self, _: u32, _: StreamKey) -> Batch {
        self.validation.clone()
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

/// Every number of a state as bits, by name.
fn bits(state: &SavedState) -> Vec<(&'static str, Vec<u32>)> {
    let all = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<u32>>();
    let e = &state.executor;
    let mut named =
        vec![("weights", all(&e.weights)), ("bias", all(&e.bias)), ("decay", all(&e.decay)), ("gain", all(&e.gain))];
    named.extend(e.moments.iter().flatten().map(|column| ("moments", all(column))));
    named.extend(e.outputs.iter().map(|column| ("outputs", all(column))));
    named.extend(e.steps.iter().map(|column| ("steps", column.clone())));
    named.extend(e.tape.iter().flat_map(|tape| tape.columns.iter().map(|column| ("tape", all(column)))));
    named.push(("operations", vec![e.operations as u32]));
    named
}

#[track_caller]
fn assert_same(together: &Session, alone: &Session, what: &str) {
    let (one, other) = (together.save(), alone.save());
    for ((name, one), (_, other)) in bits(&one).iter().zip(bits(&other)) {
        let differ = one.iter().zip(&other).position(|(a, b)| a != b);
        assert!(differ.is_none() && one.len() == other.len(), "{what}: {name} differ at {differ:?}");
    }
    // What compares as equal may still be zeros of another sign; errors may have left what is not a number.
    if one.executor.weights.iter().all(|weight| weight.is_finite()) {
        assert!(one == other, "{what}");
    }
}

/// Some members, side by side and one by one.
struct Choir {
    sessions: Vec<Session>,
    alone: Vec<Session>,
    streams: Vec<Stream>,
}

impl Choir {
    fn new(count: usize, kinds: &dyn Fn(usize) -> Kind, streams: &dyn Fn(usize) -> Stream) -> Self {
        let sessions = || (0..count).map(|at| session(at as u64, &kinds(at))).collect();
        Self { sessions: sessions(), alone: sessions(), streams: (0..count).map(streams).collect() }
    }

    fn members(&mut self) -> Vec<Member<'_>> {
        let all = self.sessions.iter_mut().zip(&self.streams);
        all.map(|(session, source)| Member { session, source }).collect()
    }

    /// So many steps of all; the same alone; compares. Returns how many were taken.
    #[track_caller]
    fn steps(&mut self, most: u64, what: &str) -> u64 {
        let before = self.sessions[0].steps();
        let begun: Vec<u64> = self.sessions.iter().map(Session::steps).collect();
        // However few there are.
        let results = from_so_many(|_| 2, &mut self.members(), most, &|| true);
        let taken = self.sessions.iter().map(Session::steps).max().unwrap() - before;
        for (at, result) in results.iter().enumerate() {
            let (alone, what) = (&mut self.alone[at], format!("{what}, member {at}"));
            let mut expected = Ok(());
            for _ in 0..self.sessions[at].steps() - begun[at] + u64::from(result.is_err()) {
                expected = alone.step(&self.streams[at]);
                if expected.is_err() {
                    break;
                }
            }
            let text = |result: &Result<(), _>| result.as_ref().map_err(|error: &SessionError| error.to_string()).err();
            assert_eq!(text(result), text(&expected), "{what}");
            assert_same(&self.sessions[at], alone, &what);
            self.sessions[at].report();
            alone.report();
            let (one, other) = (self.sessions[at].take_events(), alone.take_events());
            assert_eq!(one, other, "{what}");
        }
        taken
    }
}

#[test]
fn steps_side_by_side_are_the_bits_of_each_alone() {
    let (l2, adam) = (Pass::Decay { by: 0.01 }, Optimizer::ADAM);
    let with = |optimizer, rate| Kind { optimizer, rate, ..PLAIN };
    let kinds = [
        ("sgd", PLAIN),
        ("a warm-up", Kind { warmup: 9, ..PLAIN }),
        ("relu", Kind { activation: Activation::Relu, memory: Some(1), ..PLAIN }),
        ("decay", Kind { passes: vec![l2.clone()], ..PLAIN }),
        ("momentum", with(Optimizer::Momentum { beta: 0.9 }, 0.005)),
        ("rmsprop", with(Optimizer::RmsProp { alpha: 0.99, epsilon: 1e-8 }, 0.001)),
        ("adam", Kind { activation: Activation::Relu, memory: Some(1), ..with(adam, 0.003) }),
        ("slow adam", with(Optimizer::Adam { beta1: 0.9, beta2: 0.9999, epsilon: 1e-8 }, 0.003)),
        (
            "adamw",
            Kind {
                passes: vec![l2],
                ..with(Optimizer::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1 }, 0.003)
            },
        ),
    ];
    for (name, kind) in kinds {
        for (count, continuity, zeros) in [(3, Continuity::Carried, 0.0), (16, Continuity::Fresh, 0.6)] {
            // One of them without zeros among those with.
            let stream = |at| Stream::new(at as u64, continuity, if at == 1 { 0.0 } else { zeros });
            let mut choir = Choir::new(count, &|_| kind.clone(), &stream);
            assert!(alike(&choir.sessions[0], &choir.sessions[1]), "{name}");
            for most in [1, 2, 30, 7] {
                assert_eq!(choir.steps(most, &format!("{name}, {count} {continuity:?}")), most);
            }
        }
    }
}

#[test]
fn whoever_diverges_does_so_as_alone_and_the_others_go_on() {
    let adam = Kind { optimizer: Optimizer::ADAM, rate: 0.01, ..PLAIN };
    let linear = Kind { activation: Activation::Linear, ..PLAIN };
    let steep = Kind { activation: Activation::Square, ..PLAIN };
    for (name, kind) in [
        ("sgd", PLAIN),
        ("adam", adam.clone()),
        ("linear", linear),
        ("square", steep),
        ("fast", Kind { rate: 1e18, ..PLAIN }),
        ("fast adam", Kind { rate: 3e38, ..adam }),
    ] {
        let mut failures = Vec::new();
        for scale in [1e2, 1e10, 1e19, 1e25, 1e33, 3e38, f32::INFINITY] {
            for late in [0, 2] {
                let stream = |at| {
                    let large = (at == late || at == 3).then_some((6, scale));
                    Stream { large, ..Stream::new(at as u64, Continuity::Carried, 0.0) }
                };
                let mut choir = Choir::new(4, &|_| kind.clone(), &stream);
                let what = format!("{name} at {scale}");
                let taken = choir.steps(20, &what);
                failures.push(taken);
                // Those who are left.
                let left: Vec<usize> = (0..4).filter(|&at| choir.sessions[at].steps() == taken).collect();
                let keep = |all: &mut Vec<Session>| {
                    let mut at = 0;
                    all.retain(|_| {
                        at += 1;
                        left.contains(&(at - 1))
                    });
                };
                keep(&mut choir.sessions);
                keep(&mut choir.alone);
                choir.streams = left.iter().map(|&at| choir.streams[at].clone()).collect();
                if !left.is_empty() {
                    choir.steps(5, &what);
                }
            }
        }
        assert!(failures.iter().any(|&taken| taken < 20), "{name}: nothing diverged");
    }
}

#[test]
fn structures_part_at_a_commit_and_nothing_else_differs() {
    let kind = Kind { rewires: Some(10), ..PLAIN };
    let mut choir = Choir::new(4, &|_| kind.clone(), &|at| Stream::new(at as u64, Continuity::Carried, 0.0));
    assert!(alike(&choir.sessions[0], &choir.sessions[1]));
    assert_eq!(choir.steps(100, "until somebody is asked"), 10);
    assert!(!alike(&choir.sessions[0], &choir.sessions[1]), "they rewired at random");
    // One after the other then.
    for _ in 0..3 {
        assert_eq!(choir.steps(100, "parted"), 10);
    }
}

#[test]
fn only_equal_structures_that_can_are_alike() {
    let two = |kind: &Kind, other: &Kind| alike(&session(1, kind), &session(2, other));
    assert!(two(&PLAIN, &PLAIN));
    assert!(!two(&PLAIN, &Kind { optimizer: Optimizer::ADAM, ..PLAIN }));
    assert!(!two(&PLAIN, &Kind { activation: Activation::Relu, ..PLAIN }));
    for kind in [Kind { passes: vec![Pass::ClipNorm { norm: 1.0 }], ..PLAIN }, Kind { memory: Some(3), ..PLAIN }] {
        assert!(!two(&kind, &kind));
    }
    let mut changed = session(2, &PLAIN);
    changed.with_pruned();
    assert!(!alike(&session(1, &PLAIN), &changed));
}

impl Session {
    /// Without its first connection.
    fn with_pruned(&mut self) {
        let mut draft = Draft::new(&self.network, 0);
        draft.propose(Move::Prune { at: vec![self.network.synapse(Row::new(0))] }).unwrap();
        let commit = self.network.commit(draft.finish()).unwrap();
        self.executor.follow(&self.network, &commit);
    }
}
