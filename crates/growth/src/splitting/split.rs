//! Splits: how much each would lower the loss, and how they are made.

use super::{heard::Heard, rayleigh};
use crate::{
    View,
    algebra::eigen::{Pair, extremes},
    mitosis::wired,
};
use livenet_core::{Birth, Draft, Move, Network, NeuronId, Neurons, Reason, Row, Synapse};
use std::collections::{BTreeMap, BTreeSet};

/// How the ends of the spectrum are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spectrum {
    /// All of S is decomposed: O(d²) memory and O(d³) time for d dendrites.
    Exact,
    /// This many steps of descent on the Rayleigh quotient, O(d) memory beside the samples (Wang et al. 2020).
    Fast(u32),
}

/// The best split of a neuron into two.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) row: Row<Neurons>,
    /// 2/ε² times the change of the loss: negative where it falls.
    pub(crate) gain: f64,
    /// Rows of the dendrites, and the unit direction along them.
    pub(crate) direction: Vec<(usize, f64)>,
    /// Parts of the axon of mother and daughter, 1 together.
    parts: [f64; 2],
    /// How far each goes along the direction, in ε.
    strides: [f64; 2],
}

impl Split {
    /// Of a neuron, with the largest Σ |c| that is allowed; 1 for no negative part. `None` where nothing is known.
    pub(crate) fn of(view: &View<'_>, row: Row<Neurons>, spectrum: Spectrum, bound: f64) -> Option<Self> {
        let heard = Heard::of(view, row);
        let key = view.key.at(view.network.id(row).number());
        let start = |end: u64| (0..heard.dendrites.len() as u64).map(|at| 0.2 * key.uniform(at, end) - 0.1).collect();
        let [least, most] = match spectrum {
            Spectrum::Exact => extremes(&heard.matrix()).map(|ends| ends.map(Some))?,
            Spectrum::Fast(steps) => {
                let least = rayleigh::descend(&|v| heard.times(1.0, v), start(0), steps)?;
                let turned = (bound > 1.0).then(|| rayleigh::descend(&|v| heard.times(-1.0, v), start(1), steps));
                [Some(least), turned.flatten().map(|most| Pair { value: -most.value, ..most })]
            }
        };
        let least = least?;
        let split = |end: &Pair, gain, parts, strides| Self {
            row,
            gain,
            direction: heard.dendrites.iter().copied().zip(end.vector.iter().copied()).collect(),
            parts,
            strides,
        };
        let even = split(&least, least.value, [0.5; 2], [1.0, -1.0]);
        let Some(most) = most.filter(|_| bound > 1.0) else { return Some(even) };
        // c₁ + c₂ = 1 and |c₁| + |c₂| = bound; c₁ d₁ + c₂ d₂ = 0 with the longer of the two, d₂, a unit.
        let part = f64::midpoint(bound, 1.0);
        let stride = (part - 1.0) / part;
        let gain = -stride * most.value;
        Some(if gain < even.gain { split(&most, gain, [part, 1.0 - part], [stride, 1.0]) } else { even })
    }

    /// Of all hidden neurons that hear and are heard, as far as something is known.
    pub(crate) fn all(view: &View<'_>, spectrum: Spectrum, bound: f64) -> Vec<Self> {
        wired(view.network)
            .filter_map(|row| Self::of(view, row, spectrum, bound))
            .filter(|split| split.gain.is_finite())
            .collect()
    }

    /// The connections that it adds.
    pub(crate) fn cost(&self, network: &Network) -> usize {
        let own = network.listeners(self.row).any(|(post, _)| post == self.row);
        network.incoming(self.row).len() + network.listeners(self.row).count() + usize::from(own)
    }

    /// The change of the loss that is foretold for a stride of ε.
    pub(crate) fn foretold(&self, epsilon: f64) -> f64 {
        epsilon * epsilon / 2.0 * self.gain
    }
}

/// A split with the name of the daughter.
pub(crate) struct Planned<'s> {
    pub(crate) split: &'s Split,
    pub(crate) daughter: NeuronId,
}

/// Notes what parts mother and daughter after the division: the parts of the axon where they are not even, then the
/// strides. `draft` holds the divisions already.
///
/// What a mother heard of another one that divides as well comes from both copies then, each with its part of the axon,
/// and so does what is added; therefore it is settled first which divisions the budget will leave.
pub(crate) fn part_later(view: &View<'_>, draft: &mut Draft<'_>, planned: &[Planned<'_>], epsilon: f64) {
    let network = view.network;
    let staying = staying(view, draft);
    let planned: Vec<&Planned<'_>> = planned.iter().filter(|plan| staying.contains(&plan.daughter)).collect();
    let by_mother: BTreeMap<Row<Neurons>, &Planned<'_>> = planned.iter().map(|&plan| (plan.split.row, plan)).collect();
    let copies = |row: Row<Neurons>| -> Vec<(NeuronId, f64)> {
        match by_mother.get(&row) {
            Some(plan) => [network.id(row), plan.daughter].into_iter().zip(plan.split.parts).collect(),
            None => vec![(network.id(row), 1.0)],
        }
    };
    for plan in &planned {
        let uneven = copies(plan.split.row).into_iter().map(|(of, part)| (of, (2.0 * part) as f32));
        for (pre, by) in uneven.filter(|&(_, by)| by != 1.0) {
            let posts = network.listeners(plan.split.row).flat_map(|(post, _)| copies(post));
            for (post, _) in posts {
                let what = Move::Scale { at: Synapse::new(post, pre), by };
                draft.propose_later(what, plan.daughter, Reason::scored("a signed part of the axon", by / 2.0));
            }
        }
    }
    for plan in &planned {
        for ((post, _), stride) in copies(plan.split.row).into_iter().zip(plan.split.strides) {
            for &(synapse, along) in &plan.split.direction {
                for (pre, part) in copies(Row::new(network.pres()[synapse])) {
                    let by = (epsilon * stride * along * part) as f32;
                    if by != 0.0 && by.is_finite() {
                        let what = Move::Reweigh { at: Synapse::new(post, pre), plus: Birth::Value(by) };
                        draft.propose_later(what, plan.daughter, Reason::scored("daughters part along v", by));
                    }
                }
            }
        }
    }
}

/// The daughters that will be left when the budget has cut: it is tried on a copy, as whoever commits will do it.
fn staying(view: &View<'_>, draft: &Draft<'_>) -> BTreeSet<NeuronId> {
    let mut copy = Draft::new(draft.network(), draft.step());
    for proposal in draft.proposals() {
        let again = copy.propose_because(proposal.what.clone(), proposal.priority, proposal.reason.clone());
        again.expect("it was accepted in this order before");
    }
    let (left, _) = view.budget.apply(copy);
    let daughter = |what: &Move| if let Move::Divide { daughter, .. } = *what { Some(daughter) } else { None };
    left.proposals().iter().filter_map(|proposal| daughter(&proposal.what)).collect()
}
