//! Seeds as lanes: steps of several networks of one structure on a stream of single samples, 16-300-8, recurrent, with a
//! fan-in of about 20. `alone`: one session; `one-by-one`: n sessions one after the other; `together`: the same in lanes;
//! `parted`: the same, all of different structures; `by-5`: with a look at everybody after every five
//! steps, not after a hundred. Times are of a step of every member, on one thread.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use livenet_core::{
    Activation, Birth, Draft, ExecutorSettings, FireGroup, Follower as _, GroupId, Journal, Law, Move, Network,
    NeuronId, NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Schedule, StreamKey, Synapse, Unit,
};
use livenet_train::{
    Loss, Native, Threads,
    session::{Answers, Batch, Continuity, Learning, MOST_TOGETHER, Member, Session, Source, together},
};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [16, 300, 8];
/// Steps between two looks, as an experiment with `evaluate_every = 100` takes them.
const STRETCH: u64 = 100;

/// A session whose wiring and weights are those of these seeds.
fn session(wiring: u64, seed: u64, optimizer: Optimizer) -> Session {
    let [input, hidden] = [0, 1].map(GroupId::new);
    let group = |name: &str, role, activation, heard: &[GroupId]| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(activation),
        norm: Norm::None,
        reach: Reach::groups(heard.iter().copied()),
    };
    let groups = vec![
        group("input", Role::Input, Activation::Linear, &[]),
        group("hidden", Role::Hidden, Activation::Tanh, &[input, hidden]),
        group("output", Role::Output, Activation::Linear, &[hidden]),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).expect("the groups are sound");
    let mut native = Native::new(&network, ExecutorSettings::default(), Threads::Exactly(NonZeroUsize::MIN));
    let mut journal = Journal::new(&network, 256);
    let mut draft = Draft::new(&network, 0);
    for (group, &size) in SIZES.iter().enumerate() {
        for _ in 0..size {
            let (neuron, group) = (draft.name(), GroupId::new(group as u16));
            let spec = NeuronSpec::of(group, network.group(group).unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).expect("a new name");
        }
    }
    let mut stream = StreamKey::new(wiring, "wiring").stream();
    let (first, last) = (SIZES[0], SIZES[0] + SIZES[1]);
    for post in first..last + SIZES[2] {
        let heard: Vec<u64> =
            if post < last { stream.sample(last as u64, 20) } else { (first as u64..last as u64).collect() };
        let at = heard.into_iter().map(|pre| (Synapse::new(NeuronId::new(post as u64), NeuronId::new(pre)), 0));
        let scale = if post < last { 0.2 } else { 0.05 };
        let birth = Birth::Random { key: StreamKey::new(seed, "weights"), law: Law::Normal, scale };
        draft.propose(Move::Grow { at: at.collect(), birth }).expect("new connections");
    }
    let finished = draft.finish();
    journal.append(&network, &finished);
    let commit = network.commit(finished).expect("the draft is of this network");
    journal.committed(&network);
    native.follow(&network, &commit);
    let learning = Learning::new(Loss::MeanSquared, optimizer, 1e-4);
    Session::new(network, Box::new(native), journal, learning, StreamKey::new(seed, "session"))
        .expect("it is supported")
}

/// A stream that carries its state from sample to sample.
struct Stream {
    samples: Vec<Batch>,
}

impl Stream {
    fn new(seed: u64) -> Self {
        let mut stream = StreamKey::new(seed, "stream").stream();
        let mut batch = || Batch {
            cycles: 1,
            lanes: 1,
            inputs: (0..SIZES[0]).map(|_| stream.normal() as f32).collect(),
            answers: Answers::Values((0..SIZES[2]).map(|_| stream.uniform() as f32).collect()),
            counts: None,
            continuity: Continuity::Carried,
        };
        Self { samples: (0..1024).map(|_| batch()).collect() }
    }
}

impl Source for Stream {
    fn batch(&self, step: u64) -> Batch {
        self.samples[step as usize % self.samples.len()].clone()
    }
    fn probe(&self, _: u32, _: StreamKey) -> Batch {
        self.samples[0].clone()
    }
    fn validation(&self) -> &Batch {
        &self.samples[0]
    }
}

/// The time of so many steps of each, so many side by side, in stretches.
fn steps(sessions: &mut [Session], streams: &[Stream], count: u64, (side_by_side, stretch): (usize, u64)) -> Duration {
    let begun = Instant::now();
    for done in (0..count).step_by(stretch as usize) {
        for (sessions, streams) in sessions.chunks_mut(side_by_side).zip(streams.chunks(side_by_side)) {
            let members = sessions.iter_mut().zip(streams);
            let mut members: Vec<Member<'_>> = members.map(|(session, source)| Member { session, source }).collect();
            let results = together(&mut members, stretch.min(count - done), &|| true);
            assert!(results.iter().all(Result::is_ok), "nothing diverges");
        }
    }
    begun.elapsed()
}

fn pack(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread is to be had");
    for (name, optimizer) in [("sgd", Optimizer::Sgd), ("adam", Optimizer::ADAM)] {
        let mut group = criterion.benchmark_group(format!("pack/{name}"));
        group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
        let all = [1, 2, 4, 8, 16, 20].into_iter();
        let mut cases: Vec<(&str, usize, u64)> =
            all.flat_map(|count| [("one-by-one", count, STRETCH), ("together", count, STRETCH)]).collect();
        cases.extend([("parted", 20, STRETCH), ("together-by-5", 16, 5), ("together-by-20", 16, 20)]);
        for (way, count, stretch) in cases {
            let parts = if way == "one-by-one" { 1 } else { MOST_TOGETHER };
            let wiring = u64::from(way == "parted");
            let mut sessions: Vec<Session> =
                (0..count as u64).map(|seed| session(seed * wiring, seed, optimizer)).collect();
            let streams: Vec<Stream> = (0..count as u64).map(Stream::new).collect();
            group.bench_function(BenchmarkId::new(way, count), |b| {
                b.iter_custom(|times| pool.install(|| steps(&mut sessions, &streams, times, (parts, stretch))));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, pack);
criterion_main!(benches);
