//! Wirings by place: the members of two groups lie around one ring, evenly and in the order of their rows.
//!
//! The bipartite receptive field and the bipartite small world of Zhang et al. 2025 (arXiv 2501.19107), after the authors' code
//! (`sparse_topology_initialization.py`). A member of one side is joined to so many of the other, by the distance d on the ring of the other
//! side, counted in members, between them and the place across from it.
//!
//! Only pairs in reach stand for choice; where everybody may listen to everybody that is the authors' wiring.

use crate::choice::race;
use crate::pairs::Pairs;
use livenet_core::{GroupId, Network, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Two groups, who listens and who is heard, and the pairs in reach between them.
pub(crate) struct Ring<'a> {
    pub(crate) network: &'a Network,
    pub(crate) groups: (GroupId, GroupId),
    pub(crate) pairs: &'a Pairs,
}

/// Which of the two groups each have a field over the other.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Listens,
    Heard,
}

impl Ring<'_> {
    /// Each member of the smaller group is joined to members of the larger (each listener, where they are equal), drawn in proportion to (1 +
    /// d)^(-(1 - r) / r): the nearest where the randomness r is 0, anybody alike where it is 1.
    pub(crate) fn receptive_fields(&self, count: u64, randomness: f64, stream: &mut Stream) -> BTreeSet<(u32, u32)> {
        let [listeners, heard] = self.sizes();
        let side = if listeners <= heard { Side::Listens } else { Side::Heard };
        self.fields(side, count, stream, |distance, stream| match randomness {
            ..=0.0 => -(distance as f64),
            _ => race(-(1.0 - randomness) / randomness * libm::log1p(distance as f64), stream),
        })
    }

    /// Each member of the larger group is joined to the nearest of the smaller; then each connection is lost with the probability
    /// `randomness`, and as many come anywhere.
    pub(crate) fn small_world(&self, count: u64, randomness: f64, stream: &mut Stream) -> BTreeSet<(u32, u32)> {
        let [listeners, heard] = self.sizes();
        let side = if listeners < heard { Side::Heard } else { Side::Listens };
        let mut joined = self.fields(side, count, stream, |distance, _| -(distance as f64));
        let before = joined.len();
        joined.retain(|_| stream.uniform() >= randomness);
        let new = self.pairs.sample(before - joined.len(), &joined, stream);
        joined.extend(new);
        joined
    }

    /// Members of who listens and of who is heard.
    fn sizes(&self) -> [usize; 2] {
        [self.groups.0, self.groups.1].map(|group| self.network.members(group).len())
    }

    /// As many pairs, spread evenly over the members of a side; each takes whom `rank` puts first.
    fn fields(
        &self,
        side: Side,
        count: u64,
        stream: &mut Stream,
        rank: impl Fn(u64, &mut Stream) -> f64,
    ) -> BTreeSet<(u32, u32)> {
        let (listeners, heard) = (self.network.members(self.groups.0), self.network.members(self.groups.1));
        let (own, other) = if side == Side::Listens { (listeners, heard) } else { (heard, listeners) };
        let mut reachable = BTreeMap::<u32, Vec<u32>>::new();
        for (post, pre) in self.pairs.iter() {
            let (member, across) = if side == Side::Listens { (post, pre) } else { (pre, post) };
            reachable.entry(member).or_default().push(across);
        }
        let part = count as f64 / self.pairs.len().max(1) as f64;
        let mut degrees: BTreeMap<u32, usize> =
            reachable.iter().map(|(&member, all)| (member, (part * all.len() as f64) as usize)).collect();
        let mut more: Vec<u32> =
            degrees.keys().copied().filter(|member| degrees[member] < reachable[member].len()).collect();
        stream.shuffle(&mut more);
        let missing = (count as usize).saturating_sub(degrees.values().sum());
        more.into_iter().take(missing).for_each(|member| *degrees.entry(member).or_default() += 1);
        let mut joined = BTreeSet::new();
        for (member, all) in &reachable {
            let length = other.len() as u64;
            let centre = u64::from(member - own.start) * length / (own.len() as u64).max(1);
            let mut ranked: Vec<(f64, u32)> = all
                .iter()
                .map(|&across| {
                    let apart = u64::from(across - other.start).abs_diff(centre);
                    (rank(apart.min(length - apart), stream), across)
                })
                .collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let pair = |across: u32| if side == Side::Listens { (*member, across) } else { (across, *member) };
            joined.extend(ranked.into_iter().take(degrees[member]).map(|(_, across)| pair(across)));
        }
        joined
    }
}
