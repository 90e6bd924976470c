//! `gng`: a neuron is inserted where blame has piled up, between the worst and the worst beside it.
//!
//! An adaptation of growing neural gas to networks that compute: there the nodes are prototypes and their error is the distance to the data.
//! Here
//!
//! - the error of a hidden neuron is its [`Signal::Blame`], added up from asking to asking and multiplied by `decay` after each;
//! - its neighbours are the members of its own fire group that it is connected with or that hear somebody whom it hears: only who
//!   fires together has a middle;
//! - at every `lambda`-th asking a neuron is born between q, who has most error of all, and f, who has most of its
//!   neighbours. Its dendrites are the union of theirs with mean weights (who does not listen counts as 0; of two delays
//!   that of q). Half of the axon of q becomes its own. It is a division of q whose daughter is moved half way to f, since a bias
//!   is known to no strategy: it keeps that of q;
//! - then the errors of q and f are multiplied by `alpha`, and the newborn starts with that of q.
//!
//! Nodes are not moved: training does that. Removal is a setting. By `utility`, as in GNG-U (Fritzke 1997), the neuron with the
//! smallest utility U goes if the largest error is more than `k` times it; error and utility have the same unit there, here each is taken relative to its
//! mean. By `age`, who was dormant (mean |output| at most a tenth of its group's) at more than `age` askings in a row goes: in place
//! of edges that nobody refreshed. Whoever goes leaves its mean output in the biases of its listeners.

use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Setting, Strategy, Verdict, View, Why,
    mitosis::wired,
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Birth, Commit, Draft, Follower, Move, Network, NeuronId, Neurons, Reason, Row, Signal, Synapse};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Nobody.
    Never,
    /// The least useful, where error is much larger (GNG-U).
    Utility,
    /// Who was dormant for long.
    Age,
}

/// Growing neural gas at work.
#[derive(Clone, Debug)]
pub struct Gng {
    /// Askings between two insertions.
    pub lambda: u64,
    /// The factor for the errors of those between whom a neuron was inserted.
    pub alpha: f64,
    /// The factor for all errors after each asking.
    pub decay: f64,
    /// Who is removed.
    pub removal: Removal,
    /// By utility: how many times larger error must be, both relative to their means.
    pub k: f64,
    /// By age: most askings in a row in which a neuron is dormant.
    pub age: u32,
    state: State,
}

/// What it remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    askings: u64,
    /// Per neuron.
    errors: Vec<f64>,
    /// Askings in a row in which it was dormant, per neuron.
    idle: Vec<u32>,
    /// Who may come of the last asking: the newborn, q and f.
    coming: Option<[NeuronId; 3]>,
}

/// Mean |output| over the group's, at or below which a neuron is dormant.
const DORMANT: f32 = 0.1;

impl Default for Gng {
    fn default() -> Self {
        Self { lambda: 10, alpha: 0.5, decay: 0.995, removal: Removal::Never, k: 3.0, age: 50, state: State::default() }
    }
}

impl Gng {
    /// Growth as an experiment sets it: `lambda`, `alpha`, `decay`, `remove` with `k` and `age`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let removals = [("never", Removal::Never), ("utility", Removal::Utility), ("age", Removal::Age)];
        Ok(Self {
            lambda: settings.integer("lambda", 10, 1..=i64::MAX)?.unsigned_abs(),
            alpha: settings.real("alpha", 0.5, 0.0..=1.0)?,
            decay: settings.real("decay", 0.995, 0.0..=1.0)?,
            removal: settings.choice("remove", &removals)?,
            k: settings.real("k", 3.0, 0.0..=1e9)?,
            age: settings.integer("age", 50, 0..=i64::from(u32::MAX))? as u32,
            state: State::default(),
        })
    }

    /// The error of each neuron by row, for those who look on.
    pub fn errors(&self) -> &[f64] {
        &self.state.errors
    }

    fn watch(&mut self, view: &View<'_>) {
        let (network, state) = (view.network, &mut self.state);
        if state.errors.len() != network.neuron_count() {
            (state.errors, state.idle) = (vec![0.0; network.neuron_count()], vec![0; network.neuron_count()]);
        }
        for row in network.neuron_rows() {
            let blame = f64::from(view.signals.of(Signal::Blame, row));
            state.errors[row.index()] += if blame.is_finite() { blame.abs() } else { 0.0 };
            let idle = &mut state.idle[row.index()];
            let dormant = self.removal == Removal::Age && view.signals.of(Signal::Dormancy, row) <= DORMANT;
            *idle = if dormant { idle.saturating_add(1) } else { 0 };
        }
        state.askings += 1;
        state.coming = None;
    }

    fn worst(&self, among: impl Iterator<Item = Row<Neurons>>) -> Option<Row<Neurons>> {
        let error = |row: &Row<Neurons>| self.state.errors[row.index()];
        among.max_by(|a, b| error(a).total_cmp(&error(b)).then(b.cmp(a)))
    }

    /// Inserts between q and f; whatever does not fit into the edits whole is not begun.
    fn insert(&mut self, view: &View<'_>, draft: &mut Draft<'_>, pair: [Row<Neurons>; 2], reason: Reason) -> bool {
        let (network, [q, f]) = (view.network, pair);
        let weights = view.signals.values(Signal::Weight);
        let weight = |synapse: usize| weights.get(synapse).copied().filter(|w| w.is_finite()).unwrap_or(0.0);
        let speaks = |synapse: &usize| !network.marks()[*synapse].is_silent();
        let dendrites = |row| network.incoming(row).map(|synapse| (network.pres()[synapse], synapse));
        let mut of_f: BTreeMap<u32, usize> = dendrites(f).filter(|(_, synapse)| speaks(synapse)).collect();
        let (mother, daughter) = (network.id(q), draft.name());
        let at = |pre| Synapse::new(daughter, network.id(Row::new(pre)));
        let mut moves = Vec::new();
        for (pre, synapse) in dendrites(q) {
            let there = of_f.remove(&pre).map_or(0.0, weight);
            let half = (there - weight(synapse)) / 2.0;
            if half != 0.0 && half.is_finite() && speaks(&synapse) && !network.marks()[synapse].is_frozen() {
                moves.push(Move::Reweigh { at: at(pre), plus: Birth::Value(half) });
            }
        }
        for (pre, synapse) in of_f {
            let (birth, delay) = (Birth::Value(weight(synapse) / 2.0), network.delays()[synapse]);
            moves.push(Move::Connect { at: at(pre), birth, delay });
        }
        if view.budget.edits.is_some_and(|edits| 1 + moves.len() as u64 > edits) {
            return false;
        }
        draft
            .propose_because(Move::Divide { mother, daughter, share: 0.5 }, 1.0, reason)
            .expect("a hidden neuron that is alive can divide");
        for what in moves {
            // Refused where f hears somebody who is out of the reach of q, and so of its daughter.
            let _refused = draft.propose_because(what, 0.5, Reason::scored("half way to its neighbour", 0.5));
        }
        self.state.coming = Some([daughter, mother, network.id(f)]);
        true
    }

    /// Who goes, with what decided and what it had to pass.
    fn victims(&self, view: &View<'_>, kept: [Row<Neurons>; 2]) -> Vec<(f32, f32, Row<Neurons>)> {
        let stands: Vec<Row<Neurons>> = wired(view.network).filter(|row| !kept.contains(row)).collect();
        match self.removal {
            Removal::Never => Vec::new(),
            Removal::Age => {
                let idle = |row: &Row<Neurons>| self.state.idle[row.index()];
                let old = stands.into_iter().filter(|row| idle(row) > self.age);
                old.map(|row| (idle(&row) as f32, self.age as f32, row)).collect()
            }
            Removal::Utility => {
                let mean = |of: &dyn Fn(Row<Neurons>) -> f64| {
                    let all: Vec<f64> = wired(view.network).map(of).collect();
                    all.iter().sum::<f64>() / all.len().max(1) as f64
                };
                let useful = |row| f64::from(view.signals.of(Signal::Utility, row));
                let error = |row: Row<Neurons>| self.state.errors[row.index()];
                let (most, least) = (error(kept[0]) / mean(&error), mean(&useful));
                let worst = stands.into_iter().min_by(|a, b| useful(*a).total_cmp(&useful(*b)).then(a.cmp(b)));
                let relative = worst.map(|row| (useful(row) / least, row));
                let gone = relative.filter(|&(relative, _)| relative.is_finite() && most > self.k * relative);
                gone.map(|(relative, row)| (relative as f32, (most / self.k) as f32, row)).into_iter().collect()
            }
        }
    }
}

/// The members of its group with which a neuron is connected or with whom it hears somebody.
fn neighbours(network: &Network, row: Row<Neurons>) -> impl Iterator<Item = Row<Neurons>> + '_ {
    let speaks = |synapse: &usize| !network.marks()[*synapse].is_silent();
    let heard = move |row| network.incoming(row).filter(speaks).map(|synapse| network.pres()[synapse]);
    let own: Vec<u32> = heard(row).collect();
    wired(network).filter(move |&other| {
        let beside = other != row && network.spec(other).group == network.spec(row).group;
        beside && (own.contains(&other.get()) || heard(other).any(|pre| pre == row.get() || own.contains(&pre)))
    })
}

impl Follower for Gng {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        let state = &mut self.state;
        if state.askings == 0 {
            return;
        }
        commit.neurons.carry(&mut state.errors, 0.0);
        commit.neurons.carry(&mut state.idle, 0);
        let Some([newborn, q, f]) = state.coming else { return };
        let Some(row) = after.row(newborn) else { return };
        state.coming = None;
        for row in [q, f].into_iter().filter_map(|id| after.row(id)) {
            state.errors[row.index()] *= self.alpha;
        }
        state.errors[row.index()] = after.row(q).map_or(0.0, |q| state.errors[q.index()]);
    }
}

impl Strategy for Gng {
    fn needs(&self) -> Vec<Signal> {
        let mut needs = vec![Signal::Blame, Signal::Weight];
        match self.removal {
            Removal::Never => {}
            Removal::Utility => needs.extend([Signal::Utility, Signal::OutputMean]),
            Removal::Age => needs.extend([Signal::Dormancy, Signal::OutputMean]),
        }
        needs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        self.watch(view);
        let verdict = if !self.state.askings.is_multiple_of(self.lambda) {
            Verdict::Nothing(Why::Watching { every: self.lambda })
        } else if let Some(q) = self.worst(wired(network)) {
            let error = self.state.errors[q.index()] as f32;
            let f = self.worst(neighbours(network, q)).filter(|_| error > 0.0);
            let mut whole = true;
            if let Some(f) = f {
                let next = Some(self.state.errors[f.index()] as f32);
                let reason =
                    Reason::scored("most blame has piled up", error).out_of(wired(network).count() as u64, next);
                whole = self.insert(view, draft, [q, f], reason);
            }
            let edits = view.budget.edits.unwrap_or(u64::MAX);
            for (score, threshold, row) in self.victims(view, [q, f.unwrap_or(q)]) {
                let mean = view.signals.of(Signal::OutputMean, row);
                let mean = if mean.is_finite() { mean } else { 0.0 };
                if (draft.proposals().len() as u64) < edits {
                    let reason = Reason::scored("of no use for long", score).out_of(1, Some(threshold));
                    draft
                        .propose_because(Move::Remove { neuron: network.id(row), mean }, 0.0, reason)
                        .expect("a hidden neuron that is alive can die");
                }
            }
            match () {
                () if !draft.is_empty() => Verdict::Proposed,
                () if !whole => Verdict::Nothing(Why::OverBudget { cut: 1 }),
                () if error > 0.0 => Verdict::Nothing(Why::NoCandidates),
                () => Verdict::Nothing(Why::BelowThreshold { best: error, threshold: 0.0 }),
            }
        } else {
            Verdict::Nothing(Why::NoCandidates)
        };
        self.state.errors.iter_mut().for_each(|error| *error *= self.decay);
        verdict
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
    name: "gng",
    family: Family::Neurons,
    axes: Axes {
        goes: "oldest connections, or least utility",
        grows: "between the two of most error",
        born: "mean of the two",
        amount: "one every so many askings",
    },
    summary: "a neuron is inserted between the one with most accumulated blame and the worst beside it",
    citation: Citation {
        key: "fritzke1995growing",
        authors: "Fritzke, Bernd",
        title: "A Growing Neural Gas Network Learns Topologies",
        venue: "Advances in Neural Information Processing Systems",
        year: 1995,
        url: "https://papers.nips.cc/paper/893-a-growing-neural-gas-network-learns-topologies",
    },
    settings: &[
        Setting { name: "lambda", default: "10", about: "askings between two insertions, at least 1" },
        Setting {
            name: "alpha",
            default: "0.5",
            about: "factor for the errors of the two between whom a neuron was inserted, in [0, 1]",
        },
        Setting { name: "decay", default: "0.995", about: "factor for all errors after each asking, in [0, 1]" },
        Setting {
            name: "remove",
            default: "\"never\"",
            about: "`never`, `utility` (as GNG-U) or `age` (dormant for long): who goes when one may come",
        },
        Setting {
            name: "k",
            default: "3.0",
            about: "by utility: how many times the largest error must pass the smallest utility, both relative to their means; in [0, 1e9]",
        },
        Setting { name: "age", default: "50", about: "by age: most dormant askings in a row, 0 or more" },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Gng::build(settings)?)),
};
