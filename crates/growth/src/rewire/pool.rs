//! Pools: the connections, and the pairs in reach, that stand for choice together.

use super::Balance;
use crate::pairs::{Pairs, group_pairs};
use livenet_core::{GroupId, Network, Row};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// Which part of a network a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What the members of a fire group hear.
    Group(GroupId),
    /// What the members of the first hear from the second.
    Pair(GroupId, GroupId),
    /// What the neuron at this row hears.
    Listener(u32),
}

impl Part {
    /// The part that holds a pair of rows.
    fn of(network: &Network, balance: Balance, post: u32, pre: u32) -> Self {
        let group = |row| network.spec(Row::new(row)).group;
        match balance {
            Balance::Whole => Self::Whole,
            Balance::Group => Self::Group(group(post)),
            Balance::GroupPair => Self::Pair(group(post), group(pre)),
            Balance::Listener => Self::Listener(post),
        }
    }

    /// The listening and the heard group, where it is what lies between two.
    pub(super) const fn groups(self) -> Option<(GroupId, GroupId)> {
        match self {
            Self::Pair(post, pre) => Some((post, pre)),
            _ => None,
        }
    }

    /// Whether a pair of rows belongs to it.
    pub(super) fn holds(self, network: &Network, post: u32, pre: u32) -> bool {
        let (posts, heard) = self.rows(network);
        posts.contains(&post) && heard.contains(&pre)
    }

    /// The rows of its listeners, and of whom they may hear in it.
    pub(super) fn rows(self, network: &Network) -> (Range<u32>, Range<u32>) {
        let all = 0..network.neuron_count() as u32;
        match self {
            Self::Whole => (all.clone(), all),
            Self::Group(group) => (network.members(group), all),
            Self::Pair(post, pre) => (network.members(post), network.members(pre)),
            Self::Listener(row) => (row..row + 1, all),
        }
    }
}

/// What stands for choice: the connections there, and the pairs in reach.
pub(super) struct Pool {
    pub(super) part: Part,
    /// Rows of the connections that may go, ascending.
    pub(super) present: Vec<usize>,
    pub(super) pairs: Pairs,
}

impl Pool {
    /// The pairs in reach that stay connected, those that are put aside included.
    pub(super) fn taken(&self, network: &Network, gone: &BTreeSet<(u32, u32)>) -> BTreeSet<(u32, u32)> {
        let (posts, heard) = self.part.rows(network);
        let mut taken = BTreeSet::new();
        for post in posts {
            for &pre in &network.pres()[network.incoming(Row::new(post))] {
                // What lies out of reach takes no place that could be drawn.
                let reachable = heard.contains(&pre) && network.may_listen(Row::new(post), Row::new(pre), 0);
                if reachable && !gone.contains(&(post, pre)) {
                    taken.insert((post, pre));
                }
            }
        }
        taken
    }
}

/// The pools of a network, in the order of their parts. What is silent or frozen was put aside by somebody else, and
/// is in none.
pub(super) fn pools(network: &Network, balance: Balance) -> Vec<Pool> {
    if network.marks().is_plain() {
        return pools_without(network, balance, &|_| false);
    }
    pools_without(network, balance, &|row| {
        let marks = network.marks()[row];
        marks.is_silent() || marks.is_frozen()
    })
}

/// The same with another rule of what was put aside; what frozen neurons hear always is.
pub(super) fn pools_without(network: &Network, balance: Balance, aside: &impl Fn(usize) -> bool) -> Vec<Pool> {
    let empty = |part, pairs| Pool { part, present: Vec::new(), pairs };
    let mut pools: Vec<Pool> = match balance {
        Balance::Whole => vec![empty(Part::Whole, Pairs::of(network))],
        Balance::GroupPair => {
            group_pairs(network).into_iter().map(|(post, pre, pairs)| empty(Part::Pair(post, pre), pairs)).collect()
        }
        Balance::Group => network
            .group_ids()
            .map(|group| empty(Part::Group(group), Pairs::heard_by(network, network.members(group))))
            .filter(|pool| !pool.pairs.is_empty())
            .collect(),
        Balance::Listener => (0..network.neuron_count() as u32)
            .map(|row| empty(Part::Listener(row), Pairs::heard_by(network, row..row + 1)))
            .filter(|pool| !pool.pairs.is_empty())
            .collect(),
    };
    let place: BTreeMap<Part, usize> = pools.iter().enumerate().map(|(at, pool)| (pool.part, at)).collect();
    for post in network.neuron_rows().filter(|&post| !network.is_frozen(post)) {
        let mut rest = network.incoming(post);
        while let Some(&pre) = network.pres()[rest.clone()].first() {
            // Whoever belongs to one group is heard in one pool.
            let heard = network.members(network.spec(Row::new(pre)).group);
            let end = rest.start + network.pres()[rest.clone()].partition_point(|&pre| pre < heard.end);
            if let Some(&at) = place.get(&Part::of(network, balance, post.get(), pre)) {
                pools[at].present.extend((rest.start..end).filter(|&synapse| !aside(synapse)));
            }
            rest.start = end;
        }
    }
    pools
}
