//! `utility_economy`: connections pay for themselves out of the utility that flows back from the outputs; who cannot is pruned.
//!
//! At each asking the [local trace](super::traces) of every connection is measured and low-passed, τ steps long, and utility
//! [flows](super::Utilities) back along the connections. A connection whose utility is below its upkeep κ and whose age is above
//! four times the maturity goes, with a small probability per step; a hidden neuron that is left without anybody to hear or to be
//! heard by dies, its mean output in the biases of who listened (that is exact where it heard nobody).
//!
//! The method is in the code of Javed's real-time networks, without a publication of its own. Its upkeep is 1e-6 to 1e-4, its
//! probability 0.001, its maturity 5000 steps of one sample each. What is different here:
//!
//! - *Upkeep.* All that is kept comes from the outputs, each worth 1, so an output feeds 1/κ connections at most. The default
//!   of 1e-5 makes that 100 000; in a network of a thousand connections it prunes what has a hundredth of a mean share.
//! - *Maturity* is 500: a step is an update on a batch.
//! - *Age* is that of the connection. The code looks at the ages of the two neurons, so that a new connection between old neurons
//!   has no time to prove itself: `age = "ends"`. A connection that was there before anybody looked is as old as its younger end.
//! - *Steps.* The code is asked at every step; asked every n steps, the probability is 1 - (1 - p)ⁿ. Its trace forgets 1e-5 per step
//!   and starts at 0; here it starts with the first that is measured.
//! - *Loops.* The code lets utility flow one hop per step; here it flows until it has arrived, or `hops` hops.
//!
//! What is silent or frozen is neither pruned nor, with its neurons, lost; nor the last hidden neuron.

use super::{Utilities, lonely::lonely, traces};
use crate::{
    BadState, Probe, Strategy, Verdict, View, Why,
    budget::portions,
    place::PORTIONS,
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Move, Network, Neurons, Reason, Role, Row, Signal};
use serde::{Deserialize, Serialize};

/// Whose age says when a connection is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// Its own.
    #[default]
    Connection,
    /// That of its younger end, as in the code.
    Ends,
}

/// What connections pay, and what happens to who cannot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Upkeep {
    /// What a connection keeps, κ.
    pub keep: f64,
    /// The probability per step that a poor connection goes.
    pub chance: f64,
    /// A quarter of the age in steps at which a connection is judged.
    pub maturity: u64,
    /// Whose age that is.
    pub age: Age,
    /// Time constant of the traces, in steps.
    pub tau: f64,
    /// Most hops that utility flows.
    pub hops: u32,
    /// Whether neurons that are left alone die.
    pub death: bool,
    /// Training samples behind the traces; 0 takes the last window.
    pub samples: u32,
}

/// Lanes of the last window, where no samples are run for it.
const LANES: u32 = 256;

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            keep: 1e-5,
            chance: 0.001,
            maturity: 500,
            age: Age::Connection,
            tau: 1000.0,
            hops: 100,
            death: true,
            samples: 256,
        }
    }
}

impl Upkeep {
    /// As an experiment sets it, by the settings of `utility_economy` in the registry.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        Ok(Self {
            keep: settings.real("keep", default.keep, 0.0..=1.0)?,
            chance: settings.real("chance", default.chance, 0.0..=1.0)?,
            maturity: settings.integer("maturity", 500, 0..=1 << 60)?.unsigned_abs(),
            age: settings.choice("age", &[("connection", Age::Connection), ("ends", Age::Ends)])?,
            tau: settings.real("tau", default.tau, 0.0..=1e9)?,
            hops: settings.integer("hops", 100, 1..=1 << 20)? as u32,
            death: settings.flag("death", default.death)?,
            samples: settings.integer("samples", 256, 0..=1 << 20)? as u32,
        })
    }

    fn judged(&self) -> u64 {
        self.maturity.saturating_mul(4)
    }
}

/// What it remembers, by row of a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    last: u64,
    seen: bool,
    /// `None` until there was something to measure.
    traces: Vec<Option<f64>>,
    births: Vec<u64>,
}

/// Pruning by utility that flows. See [`crate::utility`].
#[derive(Clone, Debug, Default)]
pub struct UtilityEconomy {
    /// Its settings.
    pub rule: Upkeep,
    state: State,
}

impl UtilityEconomy {
    /// The method at its beginning.
    pub fn new(rule: Upkeep) -> Self {
        Self { rule, state: State::default() }
    }

    /// The utilities by the traces as they are now.
    pub fn utilities(&self, network: &Network) -> Utilities {
        let traces: Vec<f64> = self.state.traces.iter().map(|trace| trace.unwrap_or(0.0)).collect();
        Utilities::of(network, &traces, self.rule.keep, self.rule.hops)
    }

    /// Takes in the traces of an asking; returns the steps since the last.
    fn watch(&mut self, view: &View<'_>) -> u64 {
        let (network, state) = (view.network, &mut self.state);
        if !state.seen || state.traces.len() != network.synapse_count() {
            state.traces = vec![None; network.synapse_count()];
            let ends = network.neuron_rows().flat_map(|post| {
                let born =
                    move |synapse: usize| network.born(Row::new(network.pres()[synapse])).max(network.born(post));
                network.incoming(post).map(born)
            });
            (state.births, state.seen) = (ends.collect(), true);
        }
        let steps = view.step.saturating_sub(state.last);
        state.last = view.step;
        let past = if self.rule.tau > 0.0 { libm::exp(-(steps as f64) / self.rule.tau) } else { 0.0 };
        for (trace, now) in state.traces.iter_mut().zip(traces(network, view.signals)) {
            *trace = match (*trace, now) {
                (Some(before), Some(now)) => Some(past * before + (1.0 - past) * now),
                (before, now) => now.or(before),
            };
        }
        steps.max(1)
    }

    /// Who cannot pay and may go: (utility, row), and how many could pay or not.
    fn poor(&self, view: &View<'_>, utilities: &Utilities) -> (Vec<(f64, usize)>, u64) {
        let network = view.network;
        let (mut poor, mut considered) = (Vec::new(), 0);
        for post in network.neuron_rows().filter(|&row| !network.is_frozen(row)) {
            for synapse in network.incoming(post) {
                let marks = network.marks()[synapse];
                let born = match self.rule.age {
                    Age::Connection => self.state.births[synapse],
                    Age::Ends => network.born(Row::new(network.pres()[synapse])).max(network.born(post)),
                };
                let is_old = view.step.saturating_sub(born) > self.rule.judged();
                let is_known = self.state.traces[synapse].is_some();
                if marks.is_silent() || marks.is_frozen() || !is_old || !is_known {
                    continue;
                }
                considered += 1;
                let utility = utilities.connections[synapse];
                if utility < self.rule.keep {
                    poor.push((utility, synapse));
                }
            }
        }
        (poor, considered)
    }

    fn prune(
        &self,
        view: &View<'_>,
        draft: &mut Draft<'_>,
        mut gone: Vec<(f64, usize)>,
        considered: u64,
    ) -> Vec<usize> {
        let network = view.network;
        gone.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        gone.truncate(view.budget.edits.map_or(usize::MAX, |edits| usize::try_from(edits).unwrap_or(usize::MAX)));
        let rows = gone.iter().map(|(_, synapse)| *synapse).collect();
        for (priority, batch) in portions(gone, PORTIONS) {
            let scores = batch.iter().map(|(utility, _)| *utility as f32).collect();
            let (rule, threshold) = ("utility below its upkeep".into(), Some(self.rule.keep as f32));
            let reason = Reason { rule, scores, threshold, considered, foretold: None };
            let at = batch.iter().map(|(_, synapse)| network.synapse(Row::new(*synapse as u32))).collect();
            draft
                .propose_because(Move::Prune { at }, 1.0 + priority, reason)
                .expect("a connection that is there and free can go");
        }
        rows
    }

    fn bury(&self, view: &View<'_>, draft: &mut Draft<'_>, gone: &[usize], utilities: &Utilities) {
        let network = view.network;
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).count();
        let room = view.budget.edits.map_or(u64::MAX, |edits| edits.saturating_sub(gone.len() as u64));
        let most = usize::try_from(room).unwrap_or(usize::MAX).min(hidden.saturating_sub(1));
        let is_old = |row| view.step.saturating_sub(network.born(row)) > self.rule.judged().max(view.budget.cooldown);
        for row in lonely(network, gone, most, |row| is_old(row) && is_free(network, row)) {
            let mean = view.signals.of(Signal::OutputMean, row);
            let mean = if mean.is_finite() { mean } else { 0.0 };
            let reason = Reason::scored("nobody to hear or to be heard by", utilities.neurons[row.index()] as f32)
                .out_of(hidden as u64, None);
            draft
                .propose_because(Move::Remove { neuron: network.id(row), mean }, 0.5, reason)
                .expect("a hidden neuron that is alive can die");
        }
    }
}

/// Whether nothing of a neuron was put aside.
fn is_free(network: &Network, row: Row<Neurons>) -> bool {
    let aside = |synapse: usize| network.marks()[synapse].is_frozen() || network.marks()[synapse].is_silent();
    !network.is_frozen(row)
        && !network.incoming(row).any(aside)
        && !network.listeners(row).any(|(post, synapse)| aside(synapse.index()) || network.is_frozen(post))
}

impl Follower for UtilityEconomy {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        if self.state.seen {
            commit.synapses.carry(&mut self.state.traces, None);
            commit.synapses.carry(&mut self.state.births, commit.step);
        }
    }
}

impl Strategy for UtilityEconomy {
    fn needs(&self) -> Vec<Signal> {
        let lanes = if self.rule.samples == 0 { LANES } else { self.rule.samples };
        let mut needs = vec![Signal::Weight, Signal::Outputs { lanes }];
        needs.extend(self.rule.death.then_some(Signal::OutputMean));
        needs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let steps = self.watch(view);
        let utilities = self.utilities(network);
        let (poor, considered) = self.poor(view, &utilities);
        let chance =
            if self.rule.chance < 1.0 { -libm::expm1(libm::log1p(-self.rule.chance) * steps as f64) } else { 1.0 };
        let due = chance * poor.len() as f64;
        let goes = |synapse: usize| {
            let at = network.synapse(Row::new(synapse as u32));
            view.key.uniform(at.post.number(), at.pre.number()) < chance
        };
        let gone = poor.into_iter().filter(|&(_, synapse)| goes(synapse)).collect();
        let gone = self.prune(view, draft, gone, considered);
        if self.rule.death {
            self.bury(view, draft, &gone, &utilities);
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if considered == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: due as f32 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.rule.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.rule.samples) }
    }

    fn save(&self) -> Vec<u8> {
        saved::save("utility_economy", &self.state)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.state = saved::load("utility_economy", state)?;
        Ok(())
    }
}
