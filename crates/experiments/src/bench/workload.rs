//! A network with its executor and samples: what a row of the benchmarks runs.

use super::samples::{Inputs, Samples};
use crate::data::DataError;
use livenet_core::{
    Activation, Birth, Draft, EditError, ExecError, Executor, ExecutorSettings, Finished, FireGroup, Follower, GroupId,
    Journal, Law, Move, Network, NeuronId, NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Row, Schedule, Signal,
    Stream, StreamKey, Synapse, Unit, UpdateRule, Window,
};
use livenet_growth::{SettingError, UnknownStrategy};
use livenet_train::session::{Answers, Batch, Continuity, Learning, Session, SessionError, Source};
use livenet_train::{Loss, LossError, Native, Targets, Threads};

/// Connections from one group to another.
#[derive(Clone, Copy, Debug)]
pub struct Bundle {
    /// The listening group's place in the order of firing.
    pub post: usize,
    /// The heard group's.
    pub pre: usize,
    /// How many of the pairs are connected; 1 is all.
    pub density: f64,
}

/// The shape of a benchmark.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Neurons by group; the first are the inputs, the last the outputs.
    pub sizes: Vec<usize>,
    /// Their connections.
    pub bundles: Vec<Bundle>,
    /// Of the hidden neurons.
    pub activation: Activation,
    /// Cycles of a window.
    pub cycles: usize,
    /// Samples side by side.
    pub lanes: usize,
    /// The optimizer.
    pub optimizer: Optimizer,
    /// Mean squared error rather than cross-entropy.
    pub squared: bool,
    /// What comes in.
    pub inputs: Inputs,
}

impl Shape {
    /// A feed-forward network of `ReLU`s with Adam, batch 64.
    pub fn feed_forward(sizes: &[usize], density: f64) -> Self {
        let bundles = (1..sizes.len()).map(|post| Bundle { post, pre: post - 1, density }).collect();
        Self {
            sizes: sizes.to_vec(),
            bundles,
            activation: Activation::Relu,
            cycles: 1,
            lanes: 64,
            optimizer: Optimizer::ADAM,
            squared: false,
            inputs: Inputs::Normal,
        }
    }

    /// One sample at a time, SGD, all connections.
    pub fn streaming(sizes: &[usize], inputs: Inputs) -> Self {
        Self { lanes: 1, optimizer: Optimizer::Sgd, inputs, ..Self::feed_forward(sizes, 1.0) }
    }

    /// Recurrent neurons between fully connected inputs and outputs, Adam.
    pub fn recurrent([inputs, hidden, outputs]: [usize; 3], density: f64, (cycles, lanes): (usize, usize)) -> Self {
        let bundles = vec![
            Bundle { post: 1, pre: 0, density: 1.0 },
            Bundle { post: 1, pre: 1, density },
            Bundle { post: 2, pre: 1, density: 1.0 },
        ];
        let plain = Self::feed_forward(&[inputs, hidden, outputs], 1.0);
        Self { bundles, activation: Activation::Tanh, cycles, lanes, squared: true, ..plain }
    }
}

/// Why a benchmark cannot run.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The executor refused, or something diverged.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// A change was refused.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Loss and network do not fit.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// No more threads are to be had.
    #[error(transparent)]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The network cannot be made.
    #[error(transparent)]
    Network(#[from] livenet_core::NetworkError),
    /// The pixels of a row are not what was published.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A session came to an end.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// There is no such method.
    #[error(transparent)]
    Strategy(#[from] UnknownStrategy),
    /// A method does not build from its defaults.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// Connections that one commit brings at most, or little more: a draft holds each of them several times.
const AT_ONCE: usize = 1 << 17;
/// Different windows that are gone through in turn.
const WINDOWS: usize = 64;
/// The same of single samples, as many as the peers have.
const SINGLES: usize = 4096;

/// See the [module](self).
#[derive(Debug)]
pub struct Workload {
    shape: Shape,
    pub(super) network: Network,
    pub(super) native: Native,
    loss: Loss,
    rate: f32,
    samples: Samples,
    values: Vec<f32>,
    d_outputs: Vec<f32>,
    stream: Stream,
    pub(super) step: u64,
}

/// The windows of a workload as batches, one after the other and again from the first.
pub(super) struct Windows(Vec<Batch>);

impl Source for Windows {
    fn batch(&self, step: u64) -> Batch {
        self.0[step as usize % self.0.len()].clone()
    }
    fn probe(&self, _: u32, key: StreamKey) -> Batch {
        self.batch(key.draw(0, 0))
    }
    fn validation(&self) -> &Batch {
        &self.0[0]
    }
}

impl Workload {
    /// The network of a shape, randomly wired and weighed, on so many threads.
    ///
    /// # Errors
    /// [`BenchError`] for a shape that cannot be.
    pub fn new(shape: Shape, threads: Threads) -> Result<Self, BenchError> {
        let key = StreamKey::new(7, "bench");
        let mut stream = key.stream();
        let last = shape.sizes.len() - 1;
        let groups = (0..shape.sizes.len()).map(|at| {
            let role = match at {
                0 => Role::Input,
                at if at == last => Role::Output,
                _ => Role::Hidden,
            };
            let heard =
                shape.bundles.iter().filter(|bundle| bundle.post == at).map(|bundle| GroupId::new(bundle.pre as u16));
            let unit = Unit::rate(if at == last { Activation::Linear } else { shape.activation });
            FireGroup { name: format!("g{at}"), role, unit, norm: Norm::None, reach: Reach::groups(heard) }
        });
        let mut network = Network::new(groups.collect(), Schedule::Grouped)?;
        let mut native = Native::new(&network, ExecutorSettings::default(), threads);
        let mut draft = Draft::new(&network, 0);
        let mut born: Vec<Vec<NeuronId>> = Vec::new();
        for (at, &size) in shape.sizes.iter().enumerate() {
            let id = GroupId::new(at as u16);
            let spec = NeuronSpec::of(id, network.group(id).unit);
            born.push((0..size).map(|_| draft.name()).collect());
            for &neuron in &born[at] {
                draft.propose(Move::Add { neuron, spec: spec.clone(), origin: Origin::Seed })?;
            }
        }
        let finished = draft.finish();
        commit(&mut network, &mut native, finished)?;
        // Listener by listener, so that what comes stands behind what is there.
        for (group, listeners) in born.iter().enumerate() {
            let bundles: Vec<Bundle> = shape.bundles.iter().copied().filter(|bundle| bundle.post == group).collect();
            let mut at = vec![Vec::new(); bundles.len()];
            for (number, &listener) in listeners.iter().enumerate() {
                for (&Bundle { pre, density, .. }, at) in bundles.iter().zip(&mut at) {
                    let all = shape.sizes[pre];
                    let wanted = if density < 1.0 { fan_in(density, all).round() as usize } else { all };
                    let heard = stream.sample(all as u64, wanted);
                    at.extend(heard.into_iter().map(|heard| (Synapse::new(listener, born[pre][heard as usize]), 0)));
                }
                if number + 1 < listeners.len() && at.iter().map(Vec::len).sum::<usize>() < AT_ONCE {
                    continue;
                }
                let mut draft = Draft::new(&network, 0);
                for (&Bundle { pre, density, .. }, at) in bundles.iter().zip(&mut at) {
                    let scale = 1.0 / fan_in(density, shape.sizes[pre]).sqrt();
                    let birth = Birth::Random { key, law: Law::Normal, scale: scale as f32 };
                    draft.propose(Move::Grow { at: std::mem::take(at), birth })?;
                }
                let finished = draft.finish();
                commit(&mut network, &mut native, finished)?;
            }
        }
        let (rows, outputs) = (shape.cycles * shape.lanes, shape.sizes[last]);
        let windows = match rows {
            1 => SINGLES,
            _ if rows * shape.sizes[0] > 1 << 18 => 2,
            _ => WINDOWS,
        };
        let samples = Samples::new(shape.inputs, (windows, rows), (shape.sizes[0], outputs), &mut stream)?;
        Ok(Self {
            native,
            rate: 1e-6,
            loss: if shape.squared { Loss::MeanSquared } else { Loss::CrossEntropy },
            samples,
            values: (0..rows * outputs).map(|_| stream.uniform() as f32).collect(),
            d_outputs: vec![0.0; rows * outputs],
            network,
            stream,
            step: 0,
            shape,
        })
    }

    /// The same with a rate at which something changes.
    pub(super) fn learning_at(self, rate: f32) -> Self {
        Self { rate, ..self }
    }

    /// The same network in a session, at a rate at which something changes, and what it is to be fed with.
    pub(super) fn into_session(self) -> Result<(Session, Windows), BenchError> {
        let Self { shape: Shape { cycles, lanes, squared, optimizer, .. }, values, .. } = self;
        let answers = |labels| if squared { Answers::Values(values.clone()) } else { Answers::Labels(labels) };
        let batch = |(inputs, labels)| Batch {
            cycles,
            lanes,
            inputs,
            answers: answers(labels),
            counts: None,
            continuity: Continuity::Fresh,
        };
        let windows = Windows(self.samples.windows.into_iter().zip(self.samples.labels).map(batch).collect());
        let (learning, journal) = (Learning::new(self.loss, optimizer, 1e-3), Journal::new(&self.network, 0));
        let session = Session::new(self.network, Box::new(self.native), journal, learning, StreamKey::new(7, "bench"))?;
        Ok((session, windows))
    }

    /// What its pixels are, if it has some.
    pub fn pixels(&self) -> Option<&'static str> {
        self.samples.pixels
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.network.synapse_count()
    }

    /// A window forward, from rest.
    ///
    /// # Errors
    /// [`BenchError::Exec`].
    pub fn forward(&mut self) -> Result<Vec<f32>, BenchError> {
        self.native.reset();
        self.go_on()
    }

    /// A window forward from the present state.
    ///
    /// # Errors
    /// [`BenchError::Exec`].
    pub fn go_on(&mut self) -> Result<Vec<f32>, BenchError> {
        let values = &self.samples.windows[self.step as usize % self.samples.windows.len()];
        let window = Window { cycles: self.shape.cycles, lanes: self.shape.lanes, values };
        Ok(self.native.forward(&self.network, window, None)?)
    }

    /// Forward, loss, backward, gradient, update.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn step(&mut self) -> Result<(), BenchError> {
        let outputs = self.forward()?;
        let labels = &self.samples.labels[self.step as usize % self.samples.windows.len()];
        let targets = if self.shape.squared { Targets::Values(&self.values) } else { Targets::Labels(labels) };
        self.loss.evaluate(self.shape.cycles * self.shape.lanes, &outputs, targets, None, &mut self.d_outputs)?;
        self.step += 1;
        let rule = UpdateRule { optimizer: self.shape.optimizer, rate: self.rate, passes: Vec::new(), step: self.step };
        Ok(self.native.learn(&self.network, &self.d_outputs, &rule)?)
    }

    /// The gradients at the `top` best absent pairs, of the last sweep.
    pub fn score(&mut self, top: u32) -> usize {
        self.native.signals(&self.network, &[Signal::AbsentGradient { top }]).candidates().len()
    }

    /// A draft that takes one connection in a hundred away and grows as many elsewhere.
    ///
    /// # Errors
    /// [`BenchError::Edit`].
    pub fn rewire(&mut self) -> Result<Finished, BenchError> {
        let network = &self.network;
        let count = network.synapse_count() / 100;
        let gone = self.stream.sample(network.synapse_count() as u64, count);
        let mut draft = Draft::new(network, self.step);
        let at = gone.iter().map(|&row| network.synapse(Row::new(row as u32))).collect();
        draft.propose(Move::Prune { at })?;
        let last = self.shape.sizes.len() - 1;
        // Outputs are few: rewire among the others.
        let sparse: Vec<Bundle> =
            self.shape.bundles.iter().copied().filter(|bundle| bundle.density < 1.0 && bundle.post != last).collect();
        let mut absent = std::collections::BTreeSet::new();
        while absent.len() < count && !sparse.is_empty() {
            let bundle = sparse[self.stream.below(sparse.len() as u64) as usize];
            let mut pick = |group: usize| {
                let rows = network.members(GroupId::new(group as u16));
                network.id(Row::new(rows.start + self.stream.below(rows.len() as u64) as u32))
            };
            let at = Synapse::new(pick(bundle.post), pick(bundle.pre));
            if network.synapse_row(at).is_none() {
                absent.insert(at);
            }
        }
        let at = absent.into_iter().map(|at| (at, 0)).collect();
        draft.propose(Move::Grow { at, birth: Birth::Value(0.0) })?;
        Ok(draft.finish())
    }

    /// A draft that renews one neuron of the second hidden group.
    ///
    /// # Errors
    /// [`BenchError::Edit`].
    pub fn renew(&mut self) -> Result<Finished, BenchError> {
        let rows = self.network.members(GroupId::new(2));
        let old = self.network.id(Row::new(rows.start + self.stream.below(rows.len() as u64) as u32));
        let mut draft = Draft::new(&self.network, self.step);
        let new = draft.name();
        let birth = Birth::Random { key: StreamKey::new(1, "renew"), law: Law::Normal, scale: 0.1 };
        draft.propose(Move::Renew { old, new, birth, mean: 0.0 })?;
        Ok(draft.finish())
    }

    /// Commits, and lets weights, moments and plan follow.
    ///
    /// # Errors
    /// [`BenchError::Edit`].
    pub fn commit(&mut self, finished: Finished) -> Result<(), BenchError> {
        commit(&mut self.network, &mut self.native, finished)
    }
}

/// How many a neuron hears, on average.
fn fan_in(density: f64, heard: usize) -> f64 {
    (density * heard as f64).max(1.0)
}

fn commit(network: &mut Network, native: &mut Native, finished: Finished) -> Result<(), BenchError> {
    let commit = network.commit(finished)?;
    native.follow(network, &commit);
    Ok(())
}
