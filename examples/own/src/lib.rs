//! How to bring a strategy, an activation, a loss and a task of your own.
//!
//! Copy this crate, change the four parts, and name them in a config like the built-in ones: see
//! `own.toml` beside it. `cargo run -p own -- run examples/own/own.toml` runs it; every other command
//! of `livenet` works too, `list` shows the four.

use livenet_core::{Birth, Commit, Draft, Follower, Move, Network, Reason, Row, StreamKey, Synapse, UserActivation};
use livenet_experiments::{
    Own, Registry,
    task::{Kind, Setup, Shape, Task, TaskEntry},
};
use livenet_growth::{Axes, Citation, Contract, Entry, Family, Strategy, Verdict, View, Why};
use livenet_train::{
    UserLoss,
    session::{Answers, Batch, Continuity, Source},
};

/// The standard registry with the four parts.
pub fn registry() -> Registry {
    Registry::standard()
        .with(Own::Strategy(NEIGHBOURS))
        .with(Own::Activation(SINE))
        .with(Own::Loss(LOG_COSH))
        .with(Own::Task(CIRCLE))
}

/// An activation is a value and a derivative.
pub const SINE: UserActivation = UserActivation { name: "sine", value: f64::sin, derivative: f64::cos };

/// A loss is a value and a derivative per row of outputs.
pub const LOG_COSH: UserLoss = UserLoss {
    name: "log_cosh",
    value: |outputs, targets| {
        let errors = outputs.iter().zip(targets).map(|(y, t)| f64::from(y - t));
        errors.map(|error| error.cosh().ln()).sum::<f64>() / outputs.len() as f64
    },
    derivative: |outputs, targets, d_outputs| {
        for ((d, y), t) in d_outputs.iter_mut().zip(outputs).zip(targets) {
            *d = (y - t).tanh() / outputs.len() as f32;
        }
    },
};

/// A strategy: every neuron that hears nobody is connected to everybody in its reach.
#[derive(Clone, Copy, Debug)]
pub struct Neighbours;

/// How the strategy is named, described and cited.
pub const NEIGHBOURS: Entry = Entry {
    name: "neighbours",
    family: Family::Connections,
    axes: Axes { goes: "nobody", grows: "all in reach of the deaf", born: "normal", amount: "all" },
    summary: "connects every deaf neuron to its whole reach",
    citation: Citation {
        key: "own2026",
        authors: "The livenet authors",
        title: "A strategy of one's own",
        venue: "livenet, examples/own",
        year: 2026,
        url: "https://github.com/livenet/livenet",
    },
    settings: &[],
    contract: Contract::None,
    build: |_| Ok(Box::new(Neighbours)),
};

impl Follower for Neighbours {
    fn follow(&mut self, _: &Network, _: &Commit) {}
}

impl Strategy for Neighbours {
    fn needs(&self) -> Vec<livenet_core::Signal> {
        Vec::new()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let net = view.network;
        let birth = Birth::Random { key: view.key, law: livenet_core::Law::Normal, scale: 0.5 };
        for post in net.neuron_rows().filter(|&row| net.incoming(row).is_empty()) {
            let mut at = Vec::new();
            net.reach_of(post, &mut |rows| {
                at.extend(rows.map(|pre| (Synapse::new(net.id(post), net.id(Row::new(pre))), 0)));
            });
            if !at.is_empty() {
                let reason = Reason::scored("hears nobody", 0.0);
                // Refused only if somebody else connected it in this draft.
                let _refused = draft.propose_because(Move::Grow { at, birth }, 0.0, reason);
            }
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

/// A task: how far from the middle a point of the square lies.
pub const CIRCLE: TaskEntry = TaskEntry {
    name: "circle",
    summary: "the distance of a point from the middle of the square",
    settings: &[],
    build: |_, setup| Ok(Box::new(Circle::new(setup))),
};

/// See [`CIRCLE`].
pub struct Circle {
    shape: Shape,
    batch: usize,
    key: StreamKey,
    validation: Batch,
}

impl Circle {
    fn new(setup: &Setup) -> Self {
        let key = StreamKey::new(setup.seed, "circle");
        let shape = Shape {
            inputs: 2,
            outputs: 1,
            kind: Kind::Values,
            window: 1,
            epoch: None,
            image: None,
            data: "points of the square, by their distance from its middle".into(),
        };
        Self { shape, batch: setup.batch, key, validation: points(key.at(u64::MAX), 200) }
    }
}

fn points(key: StreamKey, count: usize) -> Batch {
    let mut stream = key.stream();
    let inputs: Vec<f32> = (0..2 * count).map(|_| 2.0 * stream.uniform() as f32 - 1.0).collect();
    let answers = Answers::Values(inputs.chunks(2).map(|point| point[0].hypot(point[1])).collect());
    Batch { cycles: 1, lanes: count, inputs, answers, counts: None, continuity: Continuity::Fresh }
}

impl Source for Circle {
    fn batch(&self, step: u64) -> Batch {
        points(self.key.at(step), self.batch)
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        points(key, samples as usize)
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

impl Task for Circle {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        points(self.key.at(u64::MAX - 1), 1000)
    }
}
