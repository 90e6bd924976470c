//! `apoptosis`: neurons that starve or contribute least die; what they said on average stays.
//!
//! The mean output of the dead is folded into the biases of who listened, so that removal changes
//! the function only by what varied (Dohare et al. 2024). Inputs and outputs never die, nor the last
//! hidden neuron.

use crate::{
    Citation, Strategy, Verdict, View, Why,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Move, Network, Neurons, Reason, Role, Row, Signal};

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Who starved, as the ledger says. Without a ledger nobody does.
    Starvation,
    /// Who contributes least.
    Utility,
    /// Who is dormant: mean |output| at most a part of the group's mean (Sokar et al. 2023).
    Dormancy,
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
struct Doomed {
    /// (score, row), the surest first.
    who: Vec<(f32, Row<Neurons>)>,
    /// The best score that stays.
    next: Option<f32>,
    /// How many stood for choice.
    considered: u64,
}

impl Default for Apoptosis {
    fn default() -> Self {
        Self { cause: Cause::Utility, fraction: 0.05, threshold: 0.5, maturity: 200 }
    }
}

impl Apoptosis {
    /// Removal as an experiment sets it: `by`, `fraction`, and but for starvation `threshold` and `maturity`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        let causes = [("utility", Cause::Utility), ("starvation", Cause::Starvation), ("dormancy", Cause::Dormancy)];
        let cause = settings.choice("by", &causes)?;
        let fraction = settings.real("fraction", 0.05, 0.0..=1.0)? as f32;
        if cause == Cause::Starvation {
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
        // What is frozen was put aside by somebody else: what it knows shall stay.
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden && !network.is_frozen(row));
        if self.cause == Cause::Starvation {
            let ledger = view.ledger.ok_or(Why::NoCandidates)?;
            let stands: Vec<Row<Neurons>> = hidden.collect();
            let mut starved: Vec<(f32, Row<Neurons>)> = stands
                .iter()
                .filter(|&&row| ledger.starved(row))
                .map(|&row| (view.signals.of(Signal::Utility, row), row))
                .collect();
            starved.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let most = ((stands.len() as f32 * self.fraction) as usize).max(1);
            let next = starved.get(most).map(|&(utility, _)| utility);
            starved.truncate(most);
            return Ok(Doomed { who: starved, next, considered: stands.len() as u64 });
        }
        let (signal, most) = match self.cause {
            Cause::Dormancy => (Signal::Dormancy, Some(self.threshold)),
            _ => (Signal::Utility, None),
        };
        let mut mature: Vec<(f32, Row<Neurons>)> = hidden
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
}

impl Follower for Apoptosis {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Apoptosis {
    fn needs(&self) -> Vec<Signal> {
        let score = if self.cause == Cause::Dormancy { Signal::Dormancy } else { Signal::Utility };
        vec![Signal::OutputMean, score]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let Doomed { who: mut victims, next, considered } = match self.victims(view) {
            Ok(found) => found,
            Err(why) => return Verdict::Nothing(why),
        };
        let network = view.network;
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).count();
        victims.truncate(hidden.saturating_sub(1));
        let rule = match self.cause {
            Cause::Starvation => "starved, smallest utility",
            Cause::Utility => "smallest utility",
            Cause::Dormancy => "dormant",
        };
        for (score, row) in victims {
            let mean = view.signals.of(Signal::OutputMean, row);
            let what = Move::Remove { neuron: network.id(row), mean: if mean.is_finite() { mean } else { 0.0 } };
            let reason = Reason::scored(rule, score).out_of(considered, next);
            // The least useful has the highest priority.
            draft.propose_because(what, -score, reason).expect("a hidden neuron that is alive can die");
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}
