//! Death of newborns that do not prove themselves: `apoptosis` with `by = "newborn"`.
//!
//! Between two ages a newborn must once reach a part of the mean utility of its group. Before, it is left alone; who has reached it
//! is protected from this cause for ever; who has not by the end of the window dies at the next asking. Neurons of the start are
//! no newborns; daughters, copies and the renewed are. So it is with granule cells that are born in the grown hippocampus: many
//! die within weeks, and those that live for a month stay (Ciric et al. 2019).
//!
//! As in [`Apoptosis`](crate::Apoptosis) the mean of what the dead said stays in the biases of who listened, and
//! the frozen and the last hidden neuron do not die.

use crate::{
    BadState, Strategy, Verdict, View, Why,
    apoptosis::{Doomed, mortal},
    saved,
    settings::{SettingError, Settings, Value},
};
use livenet_core::{Commit, Draft, Follower, Network, NeuronId, Neurons, Origin, Row, Signal};
use std::collections::BTreeSet;

/// Selection of the young. See the [module](crate::life).
#[derive(Clone, Debug, PartialEq)]
pub struct Newborns {
    /// At this age, in steps, a newborn begins to be looked at.
    pub from: u64,
    /// By this age it must have proved itself.
    pub until: u64,
    /// What it must reach, in mean utilities of its group.
    pub threshold: f32,
    /// At most this part of the hidden neurons goes in one asking, but at least one.
    pub fraction: f32,
    /// Who has proved itself.
    protected: BTreeSet<NeuronId>,
}

const NAME: &str = "newborns";

impl Newborns {
    /// Newborns that are looked at between these ages and must reach so many mean utilities of their group.
    pub fn new(from: u64, until: u64, threshold: f32) -> Self {
        Self { from, until, threshold, fraction: 0.05, protected: BTreeSet::new() }
    }

    /// Selection as an experiment sets it: `window`, `threshold`, `fraction`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let fraction = settings.real("fraction", 0.05, 0.0..=1.0)? as f32;
        let threshold = settings.real("threshold", 0.5, 0.0..=1e9)? as f32;
        let (from, until) = match settings.list("window")?.as_slice() {
            [] => (200, 1000),
            [Value::Integer(from), Value::Integer(until)] if (0..=*until).contains(from) => {
                (from.unsigned_abs(), until.unsigned_abs())
            }
            other => {
                return Err(SettingError::Type {
                    name: "window".to_owned(),
                    found: Value::List(other.to_vec()).to_string(),
                    expected: "two ages in whole steps, [from, until], the first not above the second",
                });
            }
        };
        Ok(Self { fraction, ..Self::new(from, until, threshold) })
    }

    /// Whether a neuron has proved itself.
    pub fn is_protected(&self, neuron: NeuronId) -> bool {
        self.protected.contains(&neuron)
    }
}

impl Follower for Newborns {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        for neuron in &commit.gone {
            self.protected.remove(neuron);
        }
    }
}

impl Strategy for Newborns {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::OutputMean, Signal::Utility]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let stands = mortal(network).count();
        if stands == 0 {
            return Verdict::Nothing(Why::NoCandidates);
        }
        // Without signals nothing can be proved, and nobody is to die of that.
        if view.signals.values(Signal::Utility).len() != network.neuron_count() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        let utility = |row: Row<Neurons>| Some(view.signals.of(Signal::Utility, row)).filter(|value| value.is_finite());
        let mut failed: Vec<(f32, Row<Neurons>)> = Vec::new();
        let mut best: Option<(f32, f32)> = None;
        for group in network.group_ids() {
            let members: Vec<f64> =
                network.members(group).filter_map(|row| utility(Row::new(row))).map(f64::from).collect();
            let mean = members.iter().sum::<f64>() / members.len().max(1) as f64;
            let bar = (f64::from(self.threshold) * mean) as f32;
            for row in mortal(network).filter(|&row| network.spec(row).group == group) {
                let (id, age) = (network.id(row), view.step.saturating_sub(network.born(row)));
                if network.origin(row) == Origin::Seed || age < self.from || self.protected.contains(&id) {
                    continue;
                }
                let Some(utility) = utility(row) else { continue };
                if utility >= bar {
                    self.protected.insert(id);
                    continue;
                }
                if age >= self.until {
                    // In parts of what it had to reach, so that groups can be compared.
                    failed.push(((f64::from(utility) / mean) as f32, row));
                } else if best.is_none_or(|(other, _)| utility > other) {
                    best = Some((utility, bar));
                }
            }
        }
        match (failed.is_empty(), best) {
            (true, Some((best, threshold))) => Verdict::Nothing(Why::BelowThreshold { best, threshold }),
            (true, None) => Verdict::Nothing(Why::NoCandidates),
            _ => Doomed::first(failed, stands, self.fraction).propose(
                view,
                draft,
                "a newborn that did not prove itself, by mean utilities",
            ),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.protected)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.protected = saved::load(NAME, state)?;
        Ok(())
    }
}
