//! `den`: for each task the network expands, and neurons that drifted too far are duplicated.
//!
//! Of dynamically expandable networks this is what a method of structure can do. Each asking stands for the end of a
//! task's first training, so *when* decides what the paper's loss threshold decides: it asks at the boundaries of tasks or where a metric stalls
//! ([`When`](crate::When)); a strategy sees no loss. At an asking
//!
//! - *pruning*: the newborns of the last asking all of whose dendrites have |w| below `zero` go, their mean output left in the biases
//!   of their listeners;
//! - *splitting*: a neuron that was there at the last asking and whose dendrites have moved since by more than `drift` (the L2 norm of the
//!   difference) divides. The daughter keeps the weights of now; the mother gets those of then back in a commit of its own,
//!   and is frozen if `freeze` says so. Each has half of the axon. What is added to go back is put on the mother of whom was heard, where that one divides as well;
//! - *expansion*: `expand` newborns per hidden group, with random dendrites and an axon of zeros.
//!
//! That newborns shrink as a whole is a pass of training, the group lasso: `train.passes.group_lasso`, with
//! `group_lasso_newborns`, as many updates as a task has, of newborns in the course of their first task. Without it hardly any falls below `zero`.
//! Here its step is the proximal one, by which the norm loses rate times coefficient at each update and ends at zero itself, so the coefficient must be of the
//! size of a norm over what the rates of a task add up to; the authors' 0.001 is that of a gradient, which their Adam rescales.
//!
//! Not here: selective retraining, which freezes what a new task's head does not lead to, and units marked with the task whose
//! inference may use them. The authors' code
//! keeps the *least* drifted of those over the threshold, `argsort(..)[:k]`, where the paper splits all of them, which is the default here: `keep = "least"` with
//! `splits = 10` does as the code. A copy keeps the bias of now, since a bias is known to no strategy.

use crate::effort;
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Setting, Strategy, Verdict, View, Why,
    cradle::{Cradle, hidden_groups},
    mitosis::wired,
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{
    Birth, Commit, Draft, End, Follower, GroupId, Mark, Move, Network, NeuronId, Neurons, Origin, Reason, Row, Scope,
    Signal, Synapse,
};
use serde::{Deserialize, Serialize};

/// Which of the drifted are split, where not all are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Who drifted most.
    Most,
    /// Who drifted least, as in the authors' code.
    Least,
}

/// Expansion by task.
#[derive(Clone, Debug)]
pub struct Den {
    /// Newborns per hidden group and asking.
    pub expand: usize,
    /// Most dendrites of a newborn.
    pub dendrites: usize,
    /// Most listeners of a newborn.
    pub axons: usize,
    /// How far dendrites may move between two askings.
    pub drift: f64,
    /// Most splits per hidden group and asking.
    pub splits: usize,
    /// Which.
    pub keep: Keep,
    /// Whether a mother that went back does not learn any more.
    pub freeze: bool,
    /// The |w| below which all dendrites of a newborn must be for it to go.
    pub zero: f32,
    state: State,
}

/// What it remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    /// The step of the last asking.
    last: Option<u64>,
    /// The weights then, per connection, changed since by what commits did and not by what was learned.
    weights: Vec<f32>,
    /// Who was proposed then.
    newborns: Vec<NeuronId>,
}

impl Default for Den {
    fn default() -> Self {
        Self {
            expand: 10,
            dendrites: 1 << 24,
            axons: 1 << 24,
            drift: 0.05,
            splits: 1 << 24,
            keep: Keep::Most,
            freeze: true,
            zero: 1e-3,
            state: State::default(),
        }
    }
}

impl Den {
    /// Expansion as an experiment sets it: `expand`, `dendrites`, `axons`, `drift`, `splits`, `keep`, `freeze`, `zero`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            expand: settings.integer("expand", 10, 0..=1 << 24)? as usize,
            dendrites: settings.integer("dendrites", 1 << 24, 1..=1 << 24)? as usize,
            axons: settings.integer("axons", 1 << 24, 1..=1 << 24)? as usize,
            drift: settings.real("drift", 0.05, 0.0..=1e9)?,
            splits: settings.integer("splits", 1 << 24, 0..=1 << 24)? as usize,
            keep: settings.choice("keep", &[("most", Keep::Most), ("least", Keep::Least)])?,
            freeze: settings.flag("freeze", true)?,
            zero: settings.real("zero", 1e-3, 0.0..=1e9)? as f32,
            state: State::default(),
        })
    }

    /// Newborns of the last asking that came to nothing.
    fn prune(&self, view: &View<'_>, draft: &mut Draft<'_>, left: &mut u64) {
        let (network, weights) = (view.network, view.signals.values(Signal::Weight));
        if weights.len() != network.synapse_count() {
            return;
        }
        for &neuron in &self.state.newborns {
            let Some(row) = network.row(neuron).filter(|&row| !network.is_frozen(row)) else { continue };
            let largest = network.incoming(row).map(|synapse| weights[synapse].abs()).fold(0.0, f32::max);
            if largest >= self.zero || *left == 0 {
                continue;
            }
            *left -= 1;
            let mean = view.signals.of(Signal::OutputMean, row);
            let mean = if mean.is_finite() { mean } else { 0.0 };
            let reason = Reason::scored("its dendrites shrank to nothing", largest).out_of(1, Some(self.zero));
            draft
                .propose_because(Move::Remove { neuron, mean }, 2.0, reason)
                .expect("a hidden neuron that is alive can die");
        }
    }

    /// How far the dendrites of a neuron moved since the last asking.
    fn drift_of(&self, view: &View<'_>, row: Row<Neurons>) -> f64 {
        let weights = view.signals.values(Signal::Weight);
        effort::spend(view.network.incoming(row).len() as u64);
        let moved = view.network.incoming(row).map(|synapse| f64::from(weights[synapse] - self.state.weights[synapse]));
        moved.map(|by| by * by).sum::<f64>().sqrt()
    }

    fn split(&self, view: &View<'_>, draft: &mut Draft<'_>, left: &mut u64) {
        let (network, weights) = (view.network, view.signals.values(Signal::Weight));
        let Some(last) = self.state.last else { return };
        if weights.len() != network.synapse_count() || self.state.weights.len() != weights.len() {
            return;
        }
        for group in hidden_groups(network) {
            let members = wired(network).filter(|&row| network.spec(row).group == group);
            let old = members.filter(|&row| network.born(row) < last || network.origin(row) == Origin::Seed);
            let mut drifted: Vec<(f64, Row<Neurons>)> =
                old.map(|row| (self.drift_of(view, row), row)).filter(|&(by, _)| by > self.drift).collect();
            drifted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            if self.keep == Keep::Least {
                drifted.reverse();
            }
            let considered = drifted.len() as u64;
            for (by, row) in drifted.into_iter().filter(|(by, _)| by.is_finite()).take(self.splits) {
                if *left == 0 {
                    return;
                }
                *left -= 1;
                let (mother, daughter) = (network.id(row), draft.name());
                let reason = Reason::scored("drifted since the last task", by as f32)
                    .out_of(considered, Some(self.drift as f32));
                draft
                    .propose_because(Move::Divide { mother, daughter, share: 0.5 }, 1.0, reason)
                    .expect("a hidden neuron that is alive can divide");
                for synapse in network.incoming(row) {
                    let plus = self.state.weights[synapse] - weights[synapse];
                    let pre = network.id(Row::new(network.pres()[synapse]));
                    if plus != 0.0 && plus.is_finite() && !network.marks()[synapse].is_frozen() && draft.alive(pre) {
                        let at = Synapse::new(mother, pre);
                        let what = Move::Reweigh { at, plus: Birth::Value(plus) };
                        draft.propose_later(what, daughter, Reason::scored("back to the last task", plus));
                    }
                }
                if self.freeze {
                    let what = Move::Mark { at: Scope::Neuron(mother), mark: Mark::Frozen };
                    draft.propose_later(what, daughter, Reason::scored("what the last task knew stays", by as f32));
                }
            }
        }
    }

    fn expand(&self, view: &View<'_>, draft: &mut Draft<'_>, group: GroupId, left: &mut u64) -> Vec<NeuronId> {
        let network = view.network;
        let mut stream = view.key.at(group.index() as u64).stream();
        let members = network.members(group);
        let mut born = Vec::new();
        for _ in 0..self.expand {
            let cradle = if members.is_empty() {
                Cradle::of(network, group)
            } else {
                Cradle::beside(
                    network,
                    Row::new(members.start + stream.below(u64::from(members.end - members.start)) as u32),
                )
            };
            let (hears, heard_by) = (cradle.heard(), cradle.listeners());
            let spec = cradle.spec;
            let mut some = |rows: &[Row<Neurons>], most| -> Vec<NeuronId> {
                let chosen = stream.sample(rows.len() as u64, most);
                let alive = chosen.into_iter().map(|at| network.id(rows[at as usize]));
                alive.filter(|&id| draft.alive(id)).collect()
            };
            let (pres, posts) = (some(&hears, self.dendrites), some(&heard_by, self.axons));
            let cost = 1 + (pres.len() + posts.len()) as u64;
            if pres.is_empty() || posts.is_empty() || cost > *left {
                continue;
            }
            *left -= cost;
            let neuron = draft.name();
            let scale = (2.0 / pres.len() as f64).sqrt();
            let end = |at, weight: f64| End { at, weight: weight as f32, delay: 0 };
            let dendrites = pres.into_iter().map(|at| end(at, scale * stream.normal())).collect();
            let axon = posts.into_iter().map(|at| end(at, 0.0)).collect();
            let what = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
            let reason = Reason::scored("room for a task", self.expand as f32);
            draft.propose_because(what, 0.0, reason).expect("a newborn stays within its reach");
            born.push(neuron);
        }
        born
    }
}

impl Follower for Den {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        // What a commit does to weights is no drift: a daughter remembers what her mother was.
        if !self.state.weights.is_empty() {
            commit.carry_weights(&mut self.state.weights);
        }
    }
}

impl Strategy for Den {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight, Signal::OutputMean]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let mut left = view.budget.edits.unwrap_or(u64::MAX);
        self.prune(view, draft, &mut left);
        self.split(view, draft, &mut left);
        let groups = hidden_groups(network);
        let newborns = groups.flat_map(|group| self.expand(view, draft, group, &mut left)).collect();
        let weights = view.signals.values(Signal::Weight);
        self.state = State { last: Some(view.step), weights: weights.to_vec(), newborns };
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(ENTRY.name, &self.state)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.state = saved::load(ENTRY.name, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "den",
    family: Family::Neurons,
    axes: Axes {
        goes: "newborns that stayed silent",
        grows: "every hidden group, and who drifted",
        born: "random, or the old copy",
        amount: "a count",
    },
    summary: "for each task every hidden group expands, and neurons that drifted far are duplicated",
    citation: Citation {
        key: "yoon2018den",
        authors: "Yoon, Jaehong and Yang, Eunho and Lee, Jeongtae and Hwang, Sung Ju",
        title: "Lifelong Learning with Dynamically Expandable Networks",
        venue: "International Conference on Learning Representations",
        year: 2018,
        url: "https://arxiv.org/abs/1708.01547",
    },
    settings: &[
        Setting { name: "expand", default: "10", about: "newborns per hidden group at each asking, 0 or more" },
        Setting { name: "dendrites", default: "16777216", about: "most dendrites of a newborn, at least 1" },
        Setting { name: "axons", default: "16777216", about: "most listeners of a newborn, at least 1" },
        Setting {
            name: "drift",
            default: "0.05",
            about: "how far the dendrites of a neuron may move between two askings (L2), 0 or more",
        },
        Setting {
            name: "splits",
            default: "16777216",
            about: "most splits per hidden group at each asking, 0 or more",
        },
        Setting {
            name: "keep",
            default: "\"most\"",
            about: "which are split, where not all are: `most` drifted, or `least` as in the authors' code",
        },
        Setting { name: "freeze", default: "true", about: "whether a mother that went back is frozen" },
        Setting {
            name: "zero",
            default: "0.001",
            about: "newborns all of whose dendrites are smaller than this at the next asking go, 0 or more",
        },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(Den::build(settings)?)),
};
