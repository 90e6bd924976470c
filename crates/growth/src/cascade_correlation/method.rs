//! `cascade_correlation`: the best of a pool of trained candidates is born, and never learns again.
//!
//! Each asking brings one neuron (Fahlman and Lebiere 1990). A pool of candidates hears every input and every hidden neuron
//! within reach; each climbs, by itself,
//!
//! ```text
//! S = Σ over outputs o of | Σ over patterns p of (V_p - mean V) (E_po - mean E_o) |
//! dS / dw_i = Σ_p Σ_o σ_o (E_po - mean E_o) f'(z_p) x_ip        σ_o the sign of the correlation
//! ```
//!
//! where V is what the candidate would say and E the residual error of an output: its blame, dL / d potential, which for a squared
//! error is the error times the slope of the output, as in the paper's own program. The winner is born with its weights and
//! its bias, tells every output within reach with weight 0 (or leans against the correlation by `axon`), and is frozen: what
//! it hears never changes again, and only the outputs learn to listen to it.
//!
//! **In any network.** A pattern is a lane of a cycle in which the outputs are blamed; a candidate's value in it is made of what
//! each neuron said as many cycles before as its connections would lag. A leaky unit is trained as if it answered at once, and in a
//! group that normalises as if it did not.
//!
//! **A cascade.** A newborn hears those born before it at once only where they fire before it. So give the network as many
//! hidden fire groups as it may get units, empty, each within reach of the inputs and the groups before it, and let the
//! outputs hear all: each asking fills the first empty group, which makes the paper's cascade, one deeper with each. Where
//! no group is empty the last one takes the newborn, beside its members and hearing them with the lag of the schedule.
//!
//! `kin = "sibling_descendant"` (Baluja and Fahlman 1994) lets half of the pool stand beside the last unit instead, in its group, and
//! judges those that would make the network deeper by `penalty` times their S.

use super::{
    candidate::{Candidate, sign},
    patterns::Patterns,
};
use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    cradle::Cradle,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, End, Follower, Mark, Move, Network, Origin, Reason, Scope, Signal};

/// What a candidate climbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// S, as it is. It has no bound where the activation has none.
    Covariance,
    /// S over the sum of the squares of the centred errors: the same climb, a score that does not depend on how much is
    /// wrong.
    Share,
    /// The sum of the |correlation|s: S with each output's term over the norms of both its factors. For activations
    /// without bound, since saying everything twice as loud gains nothing.
    Correlation,
}

/// Where candidates stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kin {
    /// All behind the last unit.
    Descendant,
    /// Half of them beside it; the score of the others counts this many times.
    SiblingDescendant(f64),
}

/// Cascade-correlation. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeCorrelation {
    /// How many candidates are trained.
    pub pool: u32,
    /// Steps of training each.
    pub steps: u32,
    /// The first step of each weight.
    pub rate: f64,
    /// First weights are uniform in ± this / √(number of weights).
    pub range: f64,
    /// What they climb.
    pub objective: Objective,
    /// Where they stand.
    pub kin: Kin,
    /// |first weight| of the axon, against the correlation.
    pub axon: f32,
    /// Training samples that are run; 0 takes the last window.
    pub samples: u32,
}

impl Default for CascadeCorrelation {
    fn default() -> Self {
        Self {
            pool: 8,
            steps: 200,
            rate: 0.1,
            range: 1.0,
            objective: Objective::Covariance,
            kin: Kin::Descendant,
            axon: 0.0,
            samples: 512,
        }
    }
}

/// The best candidate so far.
struct Winner<'v, 'n> {
    /// Its score, after the penalty.
    score: f64,
    candidate: Candidate,
    patterns: &'v Patterns,
    cradle: &'v Cradle<'n>,
}

impl CascadeCorrelation {
    /// Cascade-correlation as an experiment sets it: `pool`, `steps`, `rate`, `range`, `objective`, `kin` with `penalty`,
    /// `axon`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let objectives = [
            ("covariance", Objective::Covariance),
            ("share", Objective::Share),
            ("correlation", Objective::Correlation),
        ];
        let kin = [("descendant", Kin::Descendant), ("sibling_descendant", Kin::SiblingDescendant(0.8))];
        let kin = match settings.choice("kin", &kin)? {
            Kin::SiblingDescendant(penalty) => Kin::SiblingDescendant(settings.real("penalty", penalty, 0.0..=1.0)?),
            Kin::Descendant => Kin::Descendant,
        };
        Ok(Self {
            kin,
            pool: settings.integer("pool", 8, 1..=1 << 16)? as u32,
            steps: settings.integer("steps", 200, 0..=1 << 20)? as u32,
            rate: settings.real("rate", 0.1, 1e-6..=10.0)?,
            range: settings.real("range", 1.0, 0.0..=1e3)?,
            objective: settings.choice("objective", &objectives)?,
            axon: settings.real("axon", 0.0, 0.0..=1e3)? as f32,
            samples: settings.integer("samples", 512, 0..=i64::from(u32::MAX))? as u32,
        })
    }

    /// Where candidates stand, with the factor of their score: the descendants' place first.
    fn places<'v>(&self, known: &'v [(Cradle<'v>, Patterns)]) -> Vec<(&'v (Cradle<'v>, Patterns), f64)> {
        let Some(behind) = known.iter().position(|(cradle, _)| cradle.is_empty()) else {
            return known.last().map(|last| (last, 1.0)).into_iter().collect();
        };
        let beside = known[..behind].iter().rfind(|(cradle, _)| !cradle.is_empty());
        match (self.kin, beside) {
            (Kin::SiblingDescendant(penalty), Some(beside)) => vec![(&known[behind], penalty), (beside, 1.0)],
            _ => vec![(&known[behind], 1.0)],
        }
    }
}

impl Follower for CascadeCorrelation {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for CascadeCorrelation {
    fn needs(&self) -> Vec<Signal> {
        let lanes = if self.samples == 0 { u32::MAX } else { self.samples };
        vec![Signal::Outputs { lanes }, Signal::Blames { lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let known: Vec<(Cradle<'_>, Patterns)> = Cradle::all(network)
            .filter_map(|cradle| Patterns::of(view, &cradle).map(|patterns| (cradle, patterns)))
            .collect();
        let mut places = self.places(&known);
        // A birth and its mark are not cut in two: who cannot afford them trains nobody.
        let affordable = |patterns: &Patterns| view.budget.edits.is_none_or(|most| patterns.edits() <= most);
        let wanted = places.len() as u64;
        places.retain(|((_, patterns), _)| affordable(patterns));
        if places.is_empty() && wanted > 0 {
            return Verdict::Nothing(Why::OverBudget { cut: wanted });
        }
        let mut best: Option<Winner<'_, '_>> = None;
        let mut next = None;
        for number in 0..if places.is_empty() { 0 } else { self.pool } {
            let ((cradle, patterns), factor) = places[number as usize % places.len()];
            let (activation, key) = (cradle.spec.unit.activation, view.key.at(u64::from(number)));
            let untrained = Candidate::random(patterns, self.range, &mut key.stream());
            let candidate = untrained.train(patterns, activation, self.objective, (self.steps, self.rate));
            let score = candidate.score * factor;
            if best.as_ref().is_none_or(|best| score > best.score) {
                next = best.map(|best| best.score as f32);
                best = Some(Winner { score, candidate, patterns, cradle });
            } else if next.is_none_or(|next| score as f32 > next) {
                next = Some(score as f32);
            }
        }
        let Some(winner) = best else { return Verdict::Nothing(Why::NoCandidates) };
        let fits = winner.candidate.weights.iter().all(|&weight| (weight as f32).is_finite());
        if !(winner.score > 0.0 && winner.score.is_finite() && fits) {
            return Verdict::Nothing(Why::BelowThreshold { best: winner.score.max(0.0) as f32, threshold: 0.0 });
        }
        self.bear(view, draft, &winner, next);
        Verdict::Proposed
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }
}

impl CascadeCorrelation {
    fn bear(&self, view: &View<'_>, draft: &mut Draft<'_>, winner: &Winner<'_, '_>, next: Option<f32>) {
        let Winner { score, candidate, patterns, cradle } = winner;
        let (network, neuron) = (view.network, draft.name());
        let mut spec = cradle.spec.clone();
        let (bias, weights) = candidate.weights.split_last().map_or((0.0, &[][..]), |(bias, rest)| (*bias, rest));
        spec.bias = bias as f32;
        let heard = patterns.heard.iter().zip(weights);
        let dendrites =
            heard.map(|(&row, &weight)| End { at: network.id(row), weight: weight as f32, delay: 0 }).collect();
        let activation = spec.unit.activation;
        let covariances = candidate.covariances(patterns, activation);
        let first = covariances.iter().map(|&covariance| -(sign(covariance) as f32) * self.axon);
        let axon: Vec<End> = patterns
            .outputs
            .iter()
            .zip(first)
            .map(|(&row, weight)| End { at: network.id(row), weight, delay: 0 })
            .collect();
        let mut reason =
            Reason::scored("correlates with what is wrong", *score as f32).out_of(u64::from(self.pool), next);
        if self.axon > 0.0 {
            reason = reason.foretelling(candidate.slope(patterns, activation, &axon) as f32);
        }
        let what = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
        draft.propose_because(what, 0.0, reason).expect("all its ends are within reach");
        // A budget cuts the birth before it cuts the mark, which goes with it.
        let mark = Move::Mark { at: Scope::Neuron(neuron), mark: Mark::Frozen };
        let reason = Reason::scored("was trained before its birth", *score as f32);
        draft.propose_because(mark, 1.0, reason).expect("the newborn is alive");
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "cascade_correlation",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "a pool of trained candidates",
        born: "trained, then frozen, outgoing zero",
        amount: "one",
    },
    summary: "the best of a pool of candidates, trained to correlate with what is wrong, is born frozen",
    citation: Citation {
        key: "fahlman1990cascade",
        authors: "Fahlman, Scott E. and Lebiere, Christian",
        title: "The Cascade-Correlation Learning Architecture",
        venue: "Advances in Neural Information Processing Systems 2",
        year: 1990,
        url: "https://www.cs.cmu.edu/~sef/sefCascor.htm",
    },
    settings: &[
        Setting { name: "pool", default: "8", about: "candidates that are trained for each birth, in [1, 65536]" },
        Setting { name: "steps", default: "200", about: "steps of training a candidate, in [0, 1048576]" },
        Setting {
            name: "rate",
            default: "0.1",
            about: "the first step of each of its weights; the largest is 10 times it; in [1e-6, 10]",
        },
        Setting {
            name: "range",
            default: "1.0",
            about: "its first weights are uniform in ± this / √(their number), in [0, 1000]",
        },
        Setting {
            name: "objective",
            default: "\"covariance\"",
            about: "what it climbs: `covariance`, the paper's S; `share`, S over the variance of the errors; `correlation`, for activations without bound",
        },
        Setting {
            name: "kin",
            default: "\"descendant\"",
            about: "`descendant`, or `sibling_descendant`: half of the pool stands beside the last unit",
        },
        Setting {
            name: "penalty",
            default: "0.8",
            about: "with `sibling_descendant`: how many times the score of descendants counts, in [0, 1]",
        },
        Setting {
            name: "axon",
            default: "0.0",
            about: "|first weight| of the axon, against the correlation; 0 changes nothing; in [0, 1000]",
        },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(CascadeCorrelation::build(settings)?)),
};
