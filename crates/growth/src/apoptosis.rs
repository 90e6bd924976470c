//! `apoptosis`: neurons that starve or contribute least die; what they said on average stays.
//!
//! The mean output of the dead is folded into the biases of who listened, so that removal changes
//! the function only by what varied (Dohare et al. 2024). Inputs and outputs never die, nor the last
//! hidden neuron, nor the frozen.
//!
//! Two causes are no judgement of what a neuron does now: *age*, a clock that is in the neuron, as in some interneurons of the
//! cortex, which die at an age of their own wherever they are put (Southwell et al. 2012); and *newborn*, the window in which
//! the young must prove themselves ([`Newborns`]).

use crate::{
    Axes, Citation, Contract, Entry, Family, Newborns, Setting, Strategy, Verdict, View, Why,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Move, Network, NeuronId, Neurons, Reason, Role, Row, Signal, StreamKey};

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// Who starved, as the ledger says. Without a ledger nobody does.
    Starvation,
    /// Who contributes least.
    Utility,
    /// Who is dormant: mean |output| at most a part of the group's mean (Sokar et al. 2023).
    Dormancy,
    /// Who has lived for its lifetime, the longest overdue first.
    Age {
        /// Mean lifetime in steps.
        lifetime: u64,
        /// How far lifetimes lie apart: drawn evenly from `lifetime · (1 ± spread)` by a neuron's name, so that who is born
        /// together does not die together.
        spread: f32,
    },
}

/// The stream of lifetimes. A neuron's clock is its own, whatever the run's seed: it must tell the same at every asking.
const CLOCKS: StreamKey = StreamKey::new(0, "lifetimes");

impl Cause {
    /// By name in configs.
    const WORDS: [(&'static str, Self); 4] = [
        ("utility", Self::Utility),
        ("starvation", Self::Starvation),
        ("dormancy", Self::Dormancy),
        ("age", Self::Age { lifetime: 10_000, spread: 0.5 }),
    ];

    /// The lifetime of a neuron in steps, for death by age.
    pub fn lifetime_of(self, neuron: NeuronId) -> Option<f64> {
        let Self::Age { lifetime, spread } = self else { return None };
        let draw = 2.0 * CLOCKS.uniform(neuron.number(), 0) - 1.0;
        Some(lifetime as f64 * (1.0 + f64::from(spread) * draw))
    }
}

/// Removal of neurons. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apoptosis {
    /// Who dies.
    pub cause: Cause,
    /// At most this part of the (mature) hidden neurons goes in one asking. Of the starved at least one may: they
    /// starve together, and when the least useful are gone what they used up may feed the others.
    pub fraction: f32,
    /// By utility: only those below this many times the mean utility of the mature. By dormancy: only those at or below this
    /// many times the mean |output| of their group.
    pub threshold: f32,
    /// By utility and dormancy: steps after birth before a neuron is judged. (A ledger has a maturity of its own.)
    pub maturity: u64,
}

/// Where utility and mean folding come from.
pub(crate) const CITATION: Citation = Citation {
    key: "dohare2024loss",
    authors: "Dohare, Shibhansh and Hernandez-Garcia, J. Fernando and Lan, Qingfeng and Rahman, Parash and Mahmood, A. Rupam and Sutton, Richard S.",
    title: "Loss of plasticity in deep continual learning",
    venue: "Nature",
    year: 2024,
    url: "https://doi.org/10.1038/s41586-024-07711-7",
};

/// Who goes.
pub(crate) struct Doomed {
    /// (score, row), the surest first: who has the least score.
    pub(crate) who: Vec<(f32, Row<Neurons>)>,
    /// The best score that stays.
    pub(crate) next: Option<f32>,
    /// How many stood for choice.
    pub(crate) considered: u64,
}

impl Doomed {
    /// The first of these, at most this part of all who could die but at least one: some causes doom whole cohorts at a time.
    pub(crate) fn first(mut who: Vec<(f32, Row<Neurons>)>, stands: usize, fraction: f32) -> Self {
        who.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let most = ((stands as f32 * fraction) as usize).max(1);
        let next = who.get(most).map(|&(score, _)| score);
        who.truncate(most);
        Self { who, next, considered: stands as u64 }
    }

    /// Proposes their removal, but for the last hidden neuron.
    pub(crate) fn propose(mut self, view: &View<'_>, draft: &mut Draft<'_>, rule: &str) -> Verdict {
        let network = view.network;
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).count();
        self.who.truncate(hidden.saturating_sub(1));
        for (score, row) in self.who {
            let mean = view.signals.of(Signal::OutputMean, row);
            let what = Move::Remove { neuron: network.id(row), mean: if mean.is_finite() { mean } else { 0.0 } };
            let reason = Reason::scored(rule, score).out_of(self.considered, self.next);
            // The least useful has the highest priority.
            draft.propose_because(what, -score, reason).expect("a hidden neuron that is alive can die");
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }
}

/// Hidden neurons that nobody put aside: what is frozen knows something that shall stay.
pub(crate) fn mortal(network: &Network) -> impl Iterator<Item = Row<Neurons>> + '_ {
    network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden && !network.is_frozen(row))
}

impl Default for Apoptosis {
    fn default() -> Self {
        Self { cause: Cause::Utility, fraction: 0.05, threshold: 0.5, maturity: 200 }
    }
}

impl Apoptosis {
    /// Removal as an experiment sets it: `by`, `fraction`, for age `lifetime` and
    /// `spread`, and but for that and starvation `threshold` and `maturity`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let cause = settings.choice("by", &Cause::WORDS)?;
        Self::judging(cause, settings)
    }

    fn judging(cause: Cause, settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        let cause = match cause {
            Cause::Age { lifetime, spread } => Cause::Age {
                lifetime: settings.integer("lifetime", lifetime as i64, 1..=i64::MAX)?.unsigned_abs(),
                spread: settings.real("spread", f64::from(spread), 0.0..=1.0)? as f32,
            },
            cause => cause,
        };
        let fraction = settings.real("fraction", 0.05, 0.0..=1.0)? as f32;
        if matches!(cause, Cause::Starvation | Cause::Age { .. }) {
            return Ok(Self { cause, fraction, ..default });
        }
        Ok(Self {
            cause,
            fraction,
            threshold: settings.real("threshold", 0.5, 0.0..=1e9)? as f32,
            maturity: settings.integer("maturity", 200, 0..=i64::MAX)?.unsigned_abs(),
        })
    }

    fn victims(&self, view: &View<'_>) -> Result<Doomed, Why> {
        let network = view.network;
        let hidden: Vec<Row<Neurons>> = mortal(network).collect();
        if self.cause == Cause::Starvation {
            let ledger = view.ledger.ok_or(Why::NoCandidates)?;
            let utility = |row| (view.signals.of(Signal::Utility, row), row);
            let starved = hidden.iter().copied().filter(|&row| ledger.starved(row)).map(utility).collect();
            return Ok(Doomed::first(starved, hidden.len(), self.fraction));
        }
        if matches!(self.cause, Cause::Age { .. }) {
            return self.outlived(view);
        }
        let (signal, most) = match self.cause {
            Cause::Dormancy => (Signal::Dormancy, Some(self.threshold)),
            _ => (Signal::Utility, None),
        };
        let mut mature: Vec<(f32, Row<Neurons>)> = hidden
            .into_iter()
            .filter(|&row| view.step.saturating_sub(network.born(row)) >= self.maturity)
            .map(|row| (view.signals.of(signal, row), row))
            .filter(|(score, _)| score.is_finite())
            .collect();
        if mature.is_empty() {
            return Err(Why::NoCandidates);
        }
        let due = mature.len() as f32 * self.fraction;
        if due < 1.0 {
            return Err(Why::NothingDue { due });
        }
        let considered = mature.len() as u64;
        let bar = self.threshold * mature.iter().map(|(utility, _)| utility).sum::<f32>() / mature.len() as f32;
        mature.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let next = mature.get(due as usize).map(|&(utility, _)| utility);
        mature.truncate(due as usize);
        let best = mature[0].0;
        let bar = most.unwrap_or(bar);
        // Who never says anything is dormant even where only the silent are.
        mature.retain(|&(score, _)| if most.is_some() { score <= bar } else { score < bar });
        if mature.is_empty() {
            Err(Why::BelowThreshold { best, threshold: bar })
        } else {
            Ok(Doomed { who: mature, next, considered })
        }
    }

    /// Who has lived for its lifetime. The score is what is left of it, in steps.
    fn outlived(&self, view: &View<'_>) -> Result<Doomed, Why> {
        let hidden = mortal(view.network);
        let left: Vec<(f32, Row<Neurons>)> = hidden
            .filter_map(|row| {
                let age = view.step.saturating_sub(view.network.born(row));
                Some(((self.cause.lifetime_of(view.network.id(row))? - age as f64) as f32, row))
            })
            .collect();
        let stands = left.len();
        let least = left.iter().map(|&(left, _)| left).reduce(f32::min).ok_or(Why::NoCandidates)?;
        if least > 0.0 {
            return Err(Why::BelowThreshold { best: -least, threshold: 0.0 });
        }
        Ok(Doomed::first(left.into_iter().filter(|&(left, _)| left <= 0.0).collect(), stands, self.fraction))
    }
}

impl Follower for Apoptosis {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Apoptosis {
    fn needs(&self) -> Vec<Signal> {
        match self.cause {
            Cause::Age { .. } => vec![Signal::OutputMean],
            Cause::Dormancy => vec![Signal::OutputMean, Signal::Dormancy],
            Cause::Utility | Cause::Starvation => vec![Signal::OutputMean, Signal::Utility],
        }
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let rule = match self.cause {
            Cause::Starvation => "starved, smallest utility",
            Cause::Utility => "smallest utility",
            Cause::Dormancy => "dormant",
            Cause::Age { .. } => "outlived its lifetime, by steps left",
        };
        match self.victims(view) {
            Ok(doomed) => doomed.propose(view, draft, rule),
            Err(why) => Verdict::Nothing(why),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

/// Whoever `by` names.
fn build(settings: &mut Settings) -> Result<Box<dyn Strategy>, SettingError> {
    let mut words: Vec<(&str, Option<Cause>)> = Cause::WORDS.map(|(word, cause)| (word, Some(cause))).to_vec();
    words.push(("newborn", None));
    Ok(match settings.choice("by", &words)? {
        Some(cause) => Box::new(Apoptosis::judging(cause, settings)?),
        None => Box::new(Newborns::build(settings)?),
    })
}

pub(crate) const ENTRY: Entry = Entry {
    name: "apoptosis",
    family: Family::Neurons,
    axes: Axes {
        goes: "least utility, dormancy, starvation, age, or newborns that come to nothing",
        grows: "nowhere",
        born: "-",
        amount: "a fraction, or energy",
    },
    summary: "neurons that starve or contribute least die; their mean output stays",
    citation: CITATION,
    settings: &[
        Setting {
            name: "by",
            default: "\"utility\"",
            about: "`utility`, `dormancy`, `starvation` as the energy ledger says, `age`, or `newborn`: the young that do not prove themselves",
        },
        Setting { name: "fraction", default: "0.05", about: "most of the neurons that die in one asking" },
        Setting {
            name: "threshold",
            default: "0.5",
            about: "only those below this many times the mean utility, or mean |output| of their group; in [0, 1e9]",
        },
        Setting {
            name: "maturity",
            default: "200",
            about: "steps after birth before a neuron is judged (a ledger has its own), 0 or more",
        },
        Setting { name: "lifetime", default: "10000", about: "`age`: mean lifetime in steps, 1 or more" },
        Setting {
            name: "spread",
            default: "0.5",
            about: "`age`: lifetimes lie between lifetime (1 - spread) and lifetime (1 + spread), in [0, 1]",
        },
        Setting {
            name: "window",
            default: "[200, 1000]",
            about: "`newborn`: ages between which one must reach `threshold` times the mean utility of its group, in steps",
        },
    ],
    contract: Contract::None,
    build,
};
