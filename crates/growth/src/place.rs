//! Places: a connection that may go, or an absent pair where one may come.

use crate::View;
use livenet_core::{Candidate, Network, Row, Synapse};
use std::collections::BTreeSet;

/// A batch of growth is proposed in this many moves, best first, so that a budget can cut its tail.
pub(crate) const PORTIONS: usize = 8;

/// A good part of some connections is one of so many.
const PART: usize = 16;

/// By rows, with what decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) post: u32,
    pub(crate) pre: u32,
    pub(crate) delay: u16,
    pub(crate) score: f32,
    /// Where its first step would take the weight: minus the gradient, or the correlation that is to be laid down.
    pub(crate) lean: f32,
    /// Which of those that go it is, if it is one of them.
    pub(crate) again: Option<u32>,
}

impl Place {
    /// Where a connection is.
    pub(crate) fn of(network: &Network, synapse: usize, score: f32) -> Self {
        let post = network.post_of(Row::new(synapse as u32)).get();
        Self { pre: network.pres()[synapse], delay: network.delays()[synapse], score, ..Self::free(post, 0) }
    }

    /// A pair of rows, without delay or scores.
    pub(crate) const fn free(post: u32, pre: u32) -> Self {
        Self { post, pre, delay: 0, score: 0.0, lean: 0.0, again: None }
    }

    /// Where many connections are, in their order, without scores: of a good part of those between the first and the last,
    /// by one look at their listeners, where each by itself would search for its own.
    pub(crate) fn of_all<'a>(network: &'a Network, synapses: &'a [usize]) -> impl Iterator<Item = Self> + 'a {
        let first = synapses.iter().min().copied().unwrap_or(0);
        let rows = first..synapses.iter().max().map_or(first, |last| last + 1);
        let mut listeners: Vec<u32> = Vec::new();
        if rows.len() / PART < synapses.len() {
            listeners.reserve(rows.len());
            let mut post = network.post_of(Row::new(first as u32)).get();
            while listeners.len() < rows.len() {
                let end = network.incoming(Row::new(post)).end.min(rows.end);
                listeners.resize(end - first, post);
                post += 1;
            }
        }
        synapses.iter().map(move |&row| match listeners.get(row - first) {
            Some(&post) => Self { delay: network.delays()[row], ..Self::free(post, network.pres()[row]) },
            None => Self::of(network, row, 0.0),
        })
    }

    pub(crate) fn name(&self, network: &Network) -> Synapse {
        Synapse::new(network.id(Row::new(self.post)), network.id(Row::new(self.pre)))
    }

    pub(crate) const fn pair(&self) -> (u32, u32) {
        (self.post, self.pre)
    }
}

/// A score as an integer that is ordered as [`f32::total_cmp`] orders.
pub(crate) const fn order(score: f32) -> u32 {
    let bits = score.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

/// The absent pairs that a view shows and `wanted` lets in, each with its best delay, largest |gradient| first.
pub(crate) fn absent<'a>(
    view: &'a View<'_>,
    wanted: impl Fn(&Candidate) -> bool + 'a,
) -> impl Iterator<Item = Place> + 'a {
    // Without delays in reach no pair comes twice, and hundreds of thousands need not be remembered.
    let twice = view.network.groups().iter().any(|group| group.reach.max_delay > 0);
    let mut seen = BTreeSet::new();
    let candidates = view.signals.candidates().iter().filter(move |candidate| wanted(candidate));
    candidates.filter(move |candidate| !twice || seen.insert((candidate.post, candidate.pre))).map(|candidate| Place {
        delay: candidate.delay,
        score: candidate.gradient.abs(),
        lean: -candidate.gradient,
        ..Place::free(candidate.post, candidate.pre)
    })
}
