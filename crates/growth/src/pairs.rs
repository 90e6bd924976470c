//! The pairs within reach between two fire groups, numbered without being stored.

use livenet_core::{GroupId, Network, Row, Stream};
use std::{collections::BTreeSet, ops::Range};

/// Pairs (listener, heard) with the listener in one group and the heard in another. Memory is that of
/// the ranges that the reach consists of.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    /// (number of the first pair, listener's row, heard rows), ascending.
    spans: Vec<(u64, u32, Range<u32>)>,
    total: u64,
}

impl Pairs {
    /// The pairs through which members of `post` may listen to members of `pre`.
    pub(crate) fn between(network: &Network, post: GroupId, pre: GroupId) -> Self {
        Self::through(network, network.members(post), &network.members(pre))
    }

    /// The pairs through which these rows may listen to anybody.
    pub(crate) fn heard_by(network: &Network, posts: Range<u32>) -> Self {
        Self::through(network, posts, &(0..network.neuron_count() as u32))
    }

    /// All pairs within reach.
    pub(crate) fn of(network: &Network) -> Self {
        let all = 0..network.neuron_count() as u32;
        Self::through(network, all.clone(), &all)
    }

    /// The pairs through which these rows may listen to those.
    pub(crate) fn through(network: &Network, posts: impl IntoIterator<Item = u32>, heard: &Range<u32>) -> Self {
        let (mut spans, mut total) = (Vec::new(), 0);
        for listener in posts {
            network.reach_of(Row::new(listener), &mut |range| {
                let range = range.start.max(heard.start)..range.end.min(heard.end);
                if !range.is_empty() {
                    let length = u64::from(range.end - range.start);
                    spans.push((total, listener, range));
                    total += length;
                }
            });
        }
        Self { spans, total }
    }

    /// How many of them have this listener.
    pub(crate) fn of_listener(&self, row: u32) -> usize {
        let from = self.spans.partition_point(|(_, post, _)| *post < row);
        self.spans[from..].iter().take_while(|(_, post, _)| *post == row).map(|(_, _, pres)| pres.len()).sum()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.total
    }

    /// How many of them are not connected.
    pub(crate) fn absent(&self, network: &Network) -> u64 {
        let connected = |(_, post, range): &(u64, u32, Range<u32>)| {
            let pres = &network.pres()[network.incoming(Row::new(*post))];
            let before = |row: u32| pres.partition_point(|&pre| pre < row);
            (before(range.end) - before(range.start)) as u64
        };
        self.total - self.spans.iter().map(connected).sum::<u64>()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Pair number `number` as (listener's row, heard row).
    ///
    /// # Panics
    /// When there is no such pair.
    #[track_caller]
    pub(crate) fn get(&self, number: u64) -> (u32, u32) {
        assert!(number < self.total, "pair {number} of {}", self.total);
        let span = self.spans.partition_point(|(first, _, _)| *first <= number) - 1;
        let (first, post, range) = &self.spans[span];
        (*post, range.start + (number - first) as u32)
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.spans.iter().flat_map(|(_, post, range)| range.clone().map(|pre| (*post, pre)))
    }

    /// Up to `count` different pairs at random that `taken` does not hold, ascending.
    ///
    /// By trial while most are free, by listing the free ones when most are taken.
    pub(crate) fn sample(&self, count: usize, taken: &BTreeSet<(u32, u32)>, stream: &mut Stream) -> Vec<(u32, u32)> {
        let free = self.total.saturating_sub(taken.len() as u64);
        if count == 0 || self.total == 0 {
            return Vec::new();
        }
        if (count as u64).saturating_mul(2) > free || free < self.total / 2 {
            let free: Vec<(u32, u32)> = self.iter().filter(|pair| !taken.contains(pair)).collect();
            return stream.sample(free.len() as u64, count).into_iter().map(|at| free[at as usize]).collect();
        }
        let mut chosen = BTreeSet::new();
        while chosen.len() < count {
            let pair = self.get(stream.below(self.total));
            if !taken.contains(&pair) {
                chosen.insert(pair);
            }
        }
        chosen.into_iter().collect()
    }
}

/// Every ordered pair of groups of a network with at least one pair of neurons in reach: (post, pre).
pub(crate) fn group_pairs(network: &Network) -> Vec<(GroupId, GroupId, Pairs)> {
    let ids = || network.group_ids();
    ids()
        .flat_map(|post| ids().map(move |pre| (post, pre)))
        .map(|(post, pre)| (post, pre, Pairs::between(network, post, pre)))
        .filter(|(_, _, pairs)| !pairs.is_empty())
        .collect()
}
