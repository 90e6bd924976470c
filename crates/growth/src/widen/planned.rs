//! Newborns that are planned, and those of them that the budget has room for.

use super::site::{Newborn, Site};
use crate::{Verdict, View, Why};
use livenet_core::{Draft, End, GroupId, Move, NeuronId, NeuronSpec, Neurons, Origin, Proposal, Reason, Row};

/// A newborn with its reason, whose score is its priority too.
#[derive(Clone, Debug)]
pub(super) struct Planned<'s> {
    pub(super) site: &'s Site,
    pub(super) newborn: Newborn,
    pub(super) reason: Reason,
    /// What is added to its bias in a commit of its own, and taken back at its listeners; 0 for nothing.
    pub(super) nudge: f32,
}

/// Proposes each as one move, the highest scores first, as far as there is room; a newborn is one edit and one for each of
/// its connections.
pub(super) fn bear(view: &View<'_>, draft: &mut Draft<'_>, mut plan: Vec<Planned<'_>>) -> Verdict {
    plan.retain(|planned| planned.score().is_finite());
    if plan.is_empty() {
        return Verdict::Nothing(Why::BelowThreshold { best: 0.0, threshold: 0.0 });
    }
    plan.sort_by(|a, b| b.score().total_cmp(&a.score()));
    let room = |cap: Option<u64>, count: usize| cap.map_or(u64::MAX, |cap| cap.saturating_sub(count as u64));
    let mut edits = view.budget.edits.unwrap_or(u64::MAX);
    let mut neurons = room(view.budget.neurons, view.network.neuron_count());
    let mut connections = room(view.budget.connections, view.network.synapse_count());
    let mut cut = 0;
    for planned in plan {
        let ends = (planned.site.heard.len() + planned.site.listeners.len()) as u64;
        if neurons == 0 || ends > connections || ends + 1 > edits {
            cut += 1;
            continue;
        }
        if let Some(id) = planned.propose(draft) {
            planned.propose_nudge(draft, id);
            (neurons, connections, edits) = (neurons - 1, connections - ends, edits - ends - 1);
        }
    }
    match () {
        () if !draft.is_empty() => Verdict::Proposed,
        () if cut > 0 => Verdict::Nothing(Why::OverBudget { cut }),
        () => Verdict::Nothing(Why::NoCandidates),
    }
}

/// The group and the name of a newborn, if a proposal is one.
pub(super) fn born(proposal: &Proposal) -> Option<(GroupId, NeuronId)> {
    if let Move::Bear { neuron, spec, .. } = &proposal.what { Some((spec.group, *neuron)) } else { None }
}

impl Planned<'_> {
    fn score(&self) -> f32 {
        self.reason.scores.first().copied().unwrap_or(f32::NAN)
    }

    /// As one move; `None` if a weight is beyond f32.
    fn propose(&self, draft: &mut Draft<'_>) -> Option<NeuronId> {
        let (network, site) = (draft.network(), self.site);
        let ends = |rows: &[Row<Neurons>], weights: &[f64]| -> Vec<End> {
            let pairs = rows.iter().zip(weights);
            pairs.map(|(&row, &weight)| End { at: network.id(row), weight: weight as f32, delay: 0 }).collect()
        };
        let spec = NeuronSpec { bias: self.newborn.bias as f32, ..site.spec.clone() };
        let dendrites = ends(&site.heard, &self.newborn.incoming);
        let axon = ends(&site.listeners, &self.newborn.outgoing);
        let neuron = draft.name();
        let what = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
        draft.propose_because(what, self.score(), self.reason.clone()).ok().map(|()| neuron)
    }

    fn propose_nudge(&self, draft: &mut Draft<'_>, id: NeuronId) {
        if self.nudge == 0.0 {
            return;
        }
        let network = draft.network();
        let reason = || Reason::scored("to the linear part of its unit", self.nudge);
        draft.propose_later(Move::Rebias { neuron: id, plus: self.nudge }, id, reason());
        let says = self.site.spec.unit.activation.value(f64::from(self.nudge));
        for (&post, &weight) in self.site.listeners.iter().zip(&self.newborn.outgoing) {
            let plus = (-says * f64::from(weight as f32)) as f32;
            draft.propose_later(Move::Rebias { neuron: network.id(post), plus }, id, reason());
        }
    }
}
