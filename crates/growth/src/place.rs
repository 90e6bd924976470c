//! Places: a connection that may go, or an absent pair where one may come.

use crate::View;
use livenet_core::{Candidate, Network, Row, Synapse};
use std::collections::BTreeSet;

/// A batch of growth is proposed in this many moves, best first, so that a budget can cut its tail.
pub(crate) const PORTIONS: usize = 8;

/// By rows, with what decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) post: u32,
    pub(crate) pre: u32,
    pub(crate) delay: u16,
    pub(crate) score: f32,
    /// Where its first step would take the weight: minus the gradient, or the correlation that is to be laid down.
    pub(crate) lean: f32,
}

impl Place {
    /// Where a connection is.
    pub(crate) fn of(network: &Network, synapse: usize, score: f32) -> Self {
        let post = network.post_of(Row::new(synapse as u32)).get();
        Self { post, pre: network.pres()[synapse], delay: network.delays()[synapse], score, lean: 0.0 }
    }

    /// Where many connections are, in their order, without scores: by one look at all listeners, where each by itself would
    /// search for its own.
    pub(crate) fn of_all(network: &Network, synapses: &[usize]) -> Vec<Self> {
        let mut order: Vec<(u32, u32)> = synapses.iter().map(|&row| row as u32).zip(0..).collect();
        order.sort_unstable();
        let mut places = vec![Self { post: 0, pre: 0, delay: 0, score: 0.0, lean: 0.0 }; synapses.len()];
        let mut order = order.into_iter().peekable();
        for post in network.neuron_rows() {
            let end = network.incoming(post).end;
            while let Some((row, at)) = order.next_if(|&(row, _)| (row as usize) < end) {
                let (pre, delay) = (network.pres()[row as usize], network.delays()[row as usize]);
                places[at as usize] = Self { post: post.get(), pre, delay, ..places[at as usize] };
            }
        }
        places
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
        post: candidate.post,
        pre: candidate.pre,
        delay: candidate.delay,
        score: candidate.gradient.abs(),
        lean: -candidate.gradient,
    })
}
