//! The engine of turnover.

use crate::{
    BadState, Moment, Strategy, Verdict, View, Why, saved,
    seed::kaiming_bound,
    settings::{SettingError, Settings},
};
use livenet_core::{Birth, Commit, Draft, Follower, Law, Move, Network, Neurons, Reason, Role, Row, Signal, StreamKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is worn: the smallest score goes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worn {
    /// Contribution utility: mean |output - its mean| · Σ |w| of who listens, `zero_contribution` in the code of Dohare et al. (2024); equation 1 of
    /// their paper has mean |output|.
    LeastUseful,
    /// Mean |output| · Σ |w| of who listens: equation 1 of Dohare et al. (2024), which counts what is always said as well.
    LeastHeard,
    /// [`LeastUseful`](Self::LeastUseful) divided by Σ |w| of what it hears: who learns slowly counts less.
    LeastAdaptable,
    /// Mean |output| over the mean of the group's, at most `threshold` (Sokar et al. 2023).
    Dormant {
        /// The largest that is dormant, τ.
        threshold: f32,
    },
    /// The first born; who was born together goes in any order.
    Oldest,
}

/// How many are renewed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// This share of the mature per step: what is due adds up from asking to asking.
    Rate(f32),
    /// The same mean, drawn: what is due in an asking, if less than one, is the probability of one.
    Drawn(f32),
    /// All that are worn.
    All,
}

/// The half width of a newcomer's uniform weights, of n heard and m listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// gain · sqrt(3 / n), with gain √2 for rectifiers, 5/3 for tanh, 1 for others (He et al. 2015).
    Kaiming,
    /// sqrt(6 / (n + m)) (Glorot and Bengio 2010).
    Xavier,
}

/// What stays of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// What it said on average, in the biases of who listened.
    Mean,
    /// Nothing.
    Nothing,
}

/// A method of renewing the worn: a constant of the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Renewal {
    /// Its name in the registry.
    pub name: &'static str,
    /// Who is worn.
    pub worn: Worn,
    /// How many are renewed.
    pub pace: Pace,
    /// How the newcomer is born.
    pub bounds: Bounds,
    /// What stays of the old one.
    pub legacy: Legacy,
    /// Steps after birth in which nobody is renewed.
    pub maturity: u64,
}

/// A method of renewal at work.
#[derive(Clone, Debug)]
pub struct Turnover {
    method: Renewal,
    state: State,
    mature: Option<Mature>,
}

/// How many may be renewed, counted anew after a commit and when the next of age comes.
#[derive(Clone, Debug)]
struct Mature {
    /// By group.
    counts: Vec<(u32, usize)>,
    /// The first step at which there are more.
    until: u64,
}

/// What it remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    last: u64,
    /// By group.
    owed: BTreeMap<u32, f64>,
}

/// Who is to go in a group, the surest first.
struct Queue {
    who: Vec<(f32, Row<Neurons>)>,
    next: Option<f32>,
    considered: u64,
}

impl Turnover {
    /// The method at work.
    pub fn new(method: Renewal) -> Self {
        Self { method, state: State::default(), mature: None }
    }

    /// A method with what an experiment sets: `rate`, `rounding`, `utility`, `threshold`, `maturity`, `birth`, `fold`, as far as it has them.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(mut method: Renewal, settings: &mut Settings) -> Result<Self, SettingError> {
        match &mut method.worn {
            Worn::LeastUseful | Worn::LeastHeard | Worn::LeastAdaptable => {
                let words = [
                    ("contribution", Worn::LeastUseful),
                    ("magnitude", Worn::LeastHeard),
                    ("adaptable", Worn::LeastAdaptable),
                ];
                method.worn = settings.choice("utility", &words)?;
            }
            Worn::Dormant { threshold } => {
                *threshold = settings.real("threshold", f64::from(*threshold), 0.0..=1e6)? as f32;
            }
            Worn::Oldest => {}
        }
        if let Pace::Rate(rate) = method.pace {
            let rate = settings.real("rate", f64::from(rate), 0.0..=1.0)? as f32;
            method.pace =
                settings.choice("rounding", &[("accumulate", Pace::Rate(rate)), ("draw", Pace::Drawn(rate))])?;
        }
        let births = [("kaiming", Bounds::Kaiming), ("xavier", Bounds::Xavier)];
        method.bounds = settings.word("birth", &births, method.bounds)?;
        method.legacy =
            if settings.flag("fold", method.legacy == Legacy::Mean)? { Legacy::Mean } else { Legacy::Nothing };
        let maturity = i64::try_from(method.maturity).unwrap_or(i64::MAX);
        method.maturity = settings.integer("maturity", maturity, 0..=i64::MAX)?.unsigned_abs();
        Ok(Self::new(method))
    }

    /// The score of a neuron; the smallest goes first.
    fn score(&self, view: &View<'_>, row: Row<Neurons>) -> f32 {
        match self.method.worn {
            Worn::LeastUseful => view.signals.of(Signal::Utility, row),
            Worn::LeastHeard => {
                let size = sizes(view);
                let spoken: f32 = view.network.listeners(row).map(|(_, synapse)| size(synapse.index())).sum();
                view.signals.of(Signal::OutputMagnitude, row) * spoken
            }
            Worn::LeastAdaptable => {
                let heard: f32 = view.network.incoming(row).map(sizes(view)).sum();
                // Whoever hears nothing but zeros learns at any rate it likes.
                let utility = view.signals.of(Signal::Utility, row);
                if heard > 0.0 { utility / heard } else { utility.max(0.0) * f32::MAX }
            }
            Worn::Dormant { .. } => view.signals.of(Signal::Dormancy, row),
            Worn::Oldest => view.network.born(row) as f32,
        }
    }

    const fn rule(&self) -> &'static str {
        match self.method.worn {
            Worn::LeastUseful => "smallest utility",
            Worn::LeastHeard => "smallest |output| times who listens",
            Worn::LeastAdaptable => "smallest adaptable utility",
            Worn::Dormant { .. } => "dormant",
            Worn::Oldest => "oldest",
        }
    }

    /// How many of `mature` are due in a group.
    fn due(&mut self, group: u32, mature: usize, steps: u64, key: StreamKey) -> usize {
        let owed = self.state.owed.entry(group).or_default();
        match self.method.pace {
            Pace::All => mature,
            Pace::Rate(rate) => {
                *owed += f64::from(rate) * mature as f64 * steps as f64;
                let whole = owed.floor().min(mature as f64);
                *owed -= whole;
                whole as usize
            }
            Pace::Drawn(rate) => {
                let due = f64::from(rate) * mature as f64 * steps as f64;
                let chance = key.uniform(u64::from(group), 0);
                let count = if due < 1.0 { usize::from(chance < due) } else { due as usize };
                count.min(mature)
            }
        }
    }

    /// Who may be renewed, as the network is and at this step.
    fn may_go<'n>(&self, network: &'n Network, step: u64) -> impl Fn(Row<Neurons>) -> bool + use<'n> {
        let maturity = self.method.maturity;
        let all_free = network.marks().is_plain() && !network.neuron_rows().any(|row| network.is_frozen(row));
        move |row| step.saturating_sub(network.born(row)) > maturity && (all_free || is_free(network, row))
    }

    /// How many of each hidden group may be renewed.
    fn mature(&mut self, network: &Network, step: u64) -> &[(u32, usize)] {
        if self.mature.as_ref().is_none_or(|mature| step >= mature.until) {
            let may_go = self.may_go(network, step);
            let hidden = network.group_ids().filter(|&id| network.group(id).role == Role::Hidden);
            let counts =
                hidden.map(|id| (id.index() as u32, network.members(id).filter(|&row| may_go(Row::new(row))).count()));
            let counts = counts.collect();
            let of_age = network.neuron_rows().map(|row| network.born(row).saturating_add(self.method.maturity) + 1);
            let until = of_age.filter(|&of_age| of_age > step).min().unwrap_or(u64::MAX);
            self.mature = Some(Mature { counts, until });
        }
        self.mature.as_ref().map_or(&[], |mature| &mature.counts)
    }

    /// Who goes, by group.
    fn queues(&mut self, view: &View<'_>) -> Vec<Queue> {
        let network = view.network;
        let steps = view.step.saturating_sub(self.state.last).max(1);
        self.state.last = view.step;
        let (mut queues, may_go) = (Vec::new(), self.may_go(network, view.step));
        for group in network.group_ids().filter(|&id| network.group(id).role == Role::Hidden) {
            let mature = network.members(group).map(Row::new).filter(|&row| may_go(row));
            let mut who: Vec<(f32, Row<Neurons>)> =
                mature.map(|row| (self.score(view, row), row)).filter(|(score, _)| score.is_finite()).collect();
            let considered = who.len() as u64;
            // Who was born together, or does nothing alike, goes in any order.
            let chance = |row: Row<Neurons>| view.key.draw(network.id(row).number(), 1);
            who.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| chance(a.1).cmp(&chance(b.1))));
            let dormant = match self.method.worn {
                Worn::Dormant { threshold } => who.partition_point(|&(score, _)| score <= threshold),
                _ => who.len(),
            };
            let due = self.due(group.index() as u32, dormant, steps, view.key);
            let next = who.get(due).map(|&(score, _)| score);
            who.truncate(due);
            queues.push(Queue { who, next, considered });
        }
        queues
    }
}

/// The |weight| of a connection.
fn sizes<'v>(view: &View<'v>) -> impl Fn(usize) -> f32 + use<'v> {
    let weights = view.signals.values(Signal::Weight);
    move |synapse| weights.get(synapse).map_or(0.0, |weight| weight.abs())
}

/// The first weights of a newcomer.
pub(super) fn birth(view: &View<'_>, row: Row<Neurons>, bounds: Bounds) -> Birth {
    let network = view.network;
    let fan_in = network.incoming(row).len().max(1) as f32;
    let scale = match bounds {
        Bounds::Xavier => (6.0 / (fan_in + network.listeners(row).count() as f32)).sqrt(),
        Bounds::Kaiming => kaiming_bound(network.spec(row).unit.activation, fan_in),
    };
    Birth::Random { key: view.key, law: Law::Uniform, scale }
}

/// Whether nothing of a neuron was put aside.
pub(super) fn is_free(network: &Network, row: Row<Neurons>) -> bool {
    let aside = |synapse: usize| network.marks()[synapse].is_frozen();
    !network.is_frozen(row)
        && !network.incoming(row).any(aside)
        && !network.listeners(row).any(|(post, synapse)| aside(synapse.index()) || network.is_frozen(post))
}

impl Follower for Turnover {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {
        self.mature = None;
    }
}

impl Strategy for Turnover {
    fn needs(&self) -> Vec<Signal> {
        let mut needs = match self.method.worn {
            Worn::LeastUseful => vec![Signal::Utility],
            Worn::LeastHeard => vec![Signal::OutputMagnitude, Signal::Weight],
            Worn::LeastAdaptable => vec![Signal::Utility, Signal::Weight],
            Worn::Dormant { .. } => vec![Signal::Dormancy],
            Worn::Oldest => Vec::new(),
        };
        needs.extend((self.method.legacy == Legacy::Mean).then_some(Signal::OutputMean));
        needs
    }

    /// Parts of a neuron add up, or are drawn, without a look at anybody.
    fn stirs(&mut self, moment: &Moment<'_>) -> bool {
        let (Pace::Rate(rate) | Pace::Drawn(rate)) = self.method.pace else { return true };
        let steps = moment.step.saturating_sub(self.state.last).max(1);
        let drawn = matches!(self.method.pace, Pace::Drawn(_));
        let mature = self.mature(moment.network, moment.step).to_vec();
        let due = |count: usize| f64::from(rate) * count as f64 * steps as f64;
        let owed = |group: u32| self.state.owed.get(&group).copied().unwrap_or(0.0);
        let stirs = mature.iter().any(|&(group, count)| {
            if drawn { moment.key.uniform(u64::from(group), 0) < due(count) } else { owed(group) + due(count) >= 1.0 }
        });
        if !stirs {
            self.state.last = moment.step;
            if !drawn {
                for &(group, count) in &mature {
                    *self.state.owed.entry(group).or_default() += due(count);
                }
            }
        }
        stirs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let queues = self.queues(view);
        let considered: u64 = queues.iter().map(|queue| queue.considered).sum();
        let longest = queues.iter().map(|queue| queue.who.len()).max().unwrap_or(0);
        // By rank, so that a budget leaves something of each group.
        let ranks = (0..longest)
            .flat_map(|rank| queues.iter().filter(move |queue| rank < queue.who.len()).map(move |queue| (rank, queue)));
        for (rank, queue) in ranks.take(view.budget.edits.map_or(usize::MAX, |edits| edits as usize)) {
            let (score, row) = queue.who[rank];
            let mean = if self.method.legacy == Legacy::Mean { view.signals.of(Signal::OutputMean, row) } else { 0.0 };
            let mean = if mean.is_finite() { mean } else { 0.0 };
            let what = Move::Renew {
                old: view.network.id(row),
                new: draft.name(),
                birth: birth(view, row, self.method.bounds),
                mean,
            };
            let reason = Reason::scored(self.rule(), score).out_of(queue.considered, queue.next);
            draft.propose_because(what, -(rank as f32), reason).expect("a hidden neuron that is alive can be renewed");
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if considered == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(match self.method.worn {
                Worn::Dormant { threshold } => {
                    let best = queues.iter().filter_map(|queue| queue.next).fold(f32::INFINITY, f32::min);
                    Why::BelowThreshold { best, threshold }
                }
                _ => Why::NothingDue { due: self.state.owed.values().copied().fold(0.0, f64::max) as f32 },
            }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(self.method.name, &self.state)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.state = saved::load(self.method.name, state)?;
        Ok(())
    }
}
