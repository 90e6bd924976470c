//! Whole steps of training and whole changes of structure, through the executor `native`.
//!
//! * A1, A2: 784-1000-1000-10, feed-forward, 10 % and 2 % of the connections, batch 64, `ReLU`, Adam.
//! * B1: 2048 recurrent neurons at 5 %, 64 inputs and 16 outputs fully connected, window 32, batch 32, tanh, Adam.
//! * D1: a structural commit that rewires 1 % of 784-1000-1000-10 at 56 % (10⁶ connections), followed by weights,
//!   two moments, counts and plan; beside it a step of that network.
//! * D2: the renewal of one neuron of 784-100-100-100-10, dense; beside it a step of that network on one sample (SGD).

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use livenet_core::{
    Activation, Birth, Draft, Executor, ExecutorSettings, Finished, FireGroup, Follower, GroupId, Law, Move, Network,
    NeuronId, NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Row, Schedule, Stream, StreamKey, Synapse, Unit,
    UpdateRule, Window,
};
use livenet_train::{Loss, Native, Targets, Threads};
use std::time::{Duration, Instant};

/// A bundle of connections between two groups.
struct Bundle {
    post: usize,
    pre: usize,
    density: f64,
}

/// A network with its executor, and a batch.
struct Setting {
    network: Network,
    native: Native,
    optimizer: Optimizer,
    loss: Loss,
    cycles: usize,
    lanes: usize,
    inputs: Vec<f32>,
    labels: Vec<u32>,
    values: Vec<f32>,
    d_outputs: Vec<f32>,
    stream: Stream,
    step: u64,
}

fn birth(key: StreamKey, fan_in: f64) -> Birth {
    Birth::Random { key, law: Law::Normal, scale: (1.0 / fan_in.max(1.0).sqrt()) as f32 }
}

impl Setting {
    fn new(sizes: &[usize], bundles: &[Bundle], activation: Activation, (cycles, lanes): (usize, usize)) -> Self {
        let key = StreamKey::new(7, "bench");
        let mut stream = key.stream();
        let last = sizes.len() - 1;
        let groups = (0..sizes.len()).map(|at| {
            let role = match at {
                0 => Role::Input,
                at if at == last => Role::Output,
                _ => Role::Hidden,
            };
            let heard = bundles.iter().filter(|bundle| bundle.post == at).map(|bundle| GroupId::new(bundle.pre as u16));
            let unit = Unit::rate(if at == last { Activation::Linear } else { activation });
            FireGroup { name: format!("g{at}"), role, unit, norm: Norm::None, reach: Reach::groups(heard) }
        });
        let mut network =
            Network::new(groups.collect(), Schedule::Grouped).expect("one input group first, one output group");
        let mut native = Native::new(&network, ExecutorSettings::default(), Threads::All);
        let mut draft = Draft::new(&network, 0);
        let mut born: Vec<Vec<NeuronId>> = Vec::new();
        for (at, &size) in sizes.iter().enumerate() {
            let id = GroupId::new(at as u16);
            let spec = NeuronSpec::of(id, network.group(id).unit);
            born.push((0..size).map(|_| draft.name()).collect());
            for &neuron in &born[at] {
                draft.propose(Move::Add { neuron, spec: spec.clone(), origin: Origin::Seed }).expect("a new name");
            }
        }
        for bundle in bundles {
            let fan_in = bundle.density * sizes[bundle.pre] as f64;
            let mut at = Vec::new();
            for &post in &born[bundle.post] {
                at.extend(
                    born[bundle.pre]
                        .iter()
                        .filter(|_| stream.uniform() < bundle.density)
                        .map(|&pre| (Synapse::new(post, pre), 0)),
                );
            }
            draft.propose(Move::Grow { at, birth: birth(key, fan_in) }).expect("absent and within reach");
        }
        let finished = draft.finish();
        let commit = network.commit(finished).expect("the draft is of this network");
        native.follow(&network, &commit);
        let (rows, outputs) = (cycles * lanes, sizes[last]);
        Self {
            native,
            optimizer: Optimizer::ADAM,
            loss: Loss::CrossEntropy,
            cycles,
            lanes,
            inputs: (0..rows * sizes[0]).map(|_| stream.uniform() as f32).collect(),
            labels: (0..rows).map(|_| stream.below(outputs as u64) as u32).collect(),
            values: (0..rows * outputs).map(|_| stream.uniform() as f32).collect(),
            d_outputs: vec![0.0; rows * outputs],
            network,
            stream,
            step: 0,
        }
    }

    /// 784-1000-1000-10 at this density.
    fn feed_forward(density: f64) -> Self {
        let bundle = |post: usize| Bundle { post, pre: post - 1, density };
        Self::new(&[784, 1000, 1000, 10], &[bundle(1), bundle(2), bundle(3)], Activation::Relu, (1, 64))
    }

    /// 64-2048-16, recurrent at 5 %.
    fn recurrent() -> Self {
        let bundles = [
            Bundle { post: 1, pre: 0, density: 1.1 },
            Bundle { post: 1, pre: 1, density: 0.05 },
            Bundle { post: 2, pre: 1, density: 1.1 },
        ];
        Self { loss: Loss::MeanSquared, ..Self::new(&[64, 2048, 16], &bundles, Activation::Tanh, (32, 32)) }
    }

    /// 784-100-100-100-10, dense, one sample at a time.
    fn streaming() -> Self {
        let bundle = |post: usize| Bundle { post, pre: post - 1, density: 1.1 };
        let bundles = [bundle(1), bundle(2), bundle(3), bundle(4)];
        Self { optimizer: Optimizer::Sgd, ..Self::new(&[784, 100, 100, 100, 10], &bundles, Activation::Relu, (1, 1)) }
    }

    fn forward(&mut self) -> Vec<f32> {
        self.native.reset();
        let window = Window { cycles: self.cycles, lanes: self.lanes, values: &self.inputs };
        self.native.forward(&self.network, window, None).expect("finite")
    }

    fn lose(&mut self, outputs: &[f32]) -> f64 {
        let targets =
            if self.loss == Loss::CrossEntropy { Targets::Labels(&self.labels) } else { Targets::Values(&self.values) };
        self.loss.evaluate(self.cycles * self.lanes, outputs, targets, None, &mut self.d_outputs).expect("it fits")
    }

    fn backward(&mut self) {
        self.native.backward(&self.network, &self.d_outputs).expect("finite");
    }

    fn update(&mut self) {
        self.step += 1;
        let rule = UpdateRule { optimizer: self.optimizer, rate: 1e-6, passes: Vec::new(), step: self.step };
        self.native.update(&self.network, &rule).expect("finite");
    }

    fn step(&mut self) {
        let outputs = self.forward();
        self.lose(&outputs);
        self.backward();
        self.update();
    }

    /// A draft that takes one connection in a hundred away and grows as many elsewhere.
    fn rewire(&mut self) -> Finished {
        let network = &self.network;
        let count = network.synapse_count() / 100;
        let gone = self.stream.sample(network.synapse_count() as u64, count);
        let mut draft = Draft::new(network, self.step);
        let at = gone.iter().map(|&row| network.synapse(Row::new(row as u32))).collect();
        draft.propose(Move::Prune { at }).expect("they are there");
        let mut absent = std::collections::BTreeSet::new();
        while absent.len() < count {
            // Outputs are few: rewire among the others.
            let post_group = GroupId::new(1 + self.stream.below(2) as u16);
            let (posts, pres) =
                (network.members(post_group), network.members(GroupId::new(post_group.index() as u16 - 1)));
            let mut pick = |rows: std::ops::Range<u32>| {
                network.id(Row::new(rows.start + self.stream.below(rows.len() as u64) as u32))
            };
            let at = Synapse::new(pick(posts), pick(pres));
            if network.synapse_row(at).is_none() {
                absent.insert(at);
            }
        }
        let at = absent.into_iter().map(|at| (at, 0)).collect();
        draft.propose(Move::Grow { at, birth: Birth::Value(0.0) }).expect("absent and within reach");
        draft.finish()
    }

    /// A draft that renews one hidden neuron.
    fn renew(&mut self) -> Finished {
        let network = &self.network;
        let rows = network.members(GroupId::new(2));
        let old = network.id(Row::new(rows.start + self.stream.below(rows.len() as u64) as u32));
        let mut draft = Draft::new(network, self.step);
        let new = draft.name();
        draft
            .propose(Move::Renew { old, new, birth: birth(StreamKey::new(1, "renew"), 100.0), mean: 0.0 })
            .expect("it is hidden");
        draft.finish()
    }

    /// The time of many commits with their followers, drafts not counted.
    fn commits(&mut self, count: u64, draft: impl Fn(&mut Self) -> Finished) -> Duration {
        let mut spent = Duration::ZERO;
        for _ in 0..count {
            let finished = draft(self);
            let begun = Instant::now();
            let commit = self.network.commit(finished).expect("the draft is of this network");
            self.native.follow(&self.network, &commit);
            spent += begun.elapsed();
        }
        spent
    }
}

fn steps(criterion: &mut Criterion, name: &str, mut setting: Setting, samples: usize) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(samples);
    setting.step();
    group.bench_function("step", |b| b.iter(|| setting.step()));
    group.bench_function("forward", |b| b.iter(|| setting.forward()));
    let outputs = setting.forward();
    group.bench_function("loss", |b| b.iter(|| setting.lose(&outputs)));
    group.bench_function("backward and gradient", |b| b.iter(|| setting.backward()));
    group.bench_function("update", |b| b.iter(|| setting.update()));
    group.finish();
}

fn step(criterion: &mut Criterion) {
    steps(criterion, "A1", Setting::feed_forward(0.1), 100);
    steps(criterion, "A2", Setting::feed_forward(0.02), 100);
    steps(criterion, "B1", Setting::recurrent(), 10);
}

fn change(criterion: &mut Criterion) {
    for (name, mut setting) in [("D1", Setting::feed_forward(0.56)), ("D2", Setting::streaming())] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        setting.step();
        group.bench_function(BenchmarkId::new("step", setting.network.synapse_count()), |b| b.iter(|| setting.step()));
        let draft = if name == "D1" { Setting::rewire } else { Setting::renew };
        group.bench_function("draft", |b| b.iter(|| draft(&mut setting)));
        group.bench_function("commit", |b| b.iter_custom(|count| setting.commits(count, draft)));
        group.finish();
    }
}

criterion_group!(benches, step, change);
criterion_main!(benches);
