//! What one asking comes to: per pool, which rows go and which places come.

use super::{
    Amount, Balance, Drop, Fan, Grow, Method, Pick, Spread, Stranded,
    amount::Of,
    chain::chain,
    drop::Evidence,
    fan::{self, Quotas},
    grow::{Chosen, Ground},
    memory::Memory,
    pool::Pool,
};
use crate::{Moment as AskedAt, View, place::Place};
use livenet_core::{Network, Row, Signal, Stream};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// What happens in one pool.
#[derive(Default)]
pub(super) struct Change {
    /// Rows that go, the surest first: `thinned` of them for good, then by the rule of what goes; from `ruled` on, in consequence of the
    /// others.
    pub(super) gone: Vec<usize>,
    /// How many of them go beforehand, and are not replaced.
    pub(super) thinned: usize,
    /// How many of them do not go in consequence of others.
    pub(super) ruled: usize,
    /// The score that just stayed.
    pub(super) threshold: Option<f32>,
    /// What comes.
    pub(super) come: Chosen,
}

/// How much is due in a pool.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    thin: usize,
    drop: usize,
    grow: usize,
}

/// How much is due in each pool, and in all.
pub(super) struct Due {
    each: Vec<Share>,
    /// Before a budget shrank it.
    pub(super) in_all: f32,
    /// The part that the budget leaves, at most 1.
    part: f64,
}

/// A method before a view.
pub(super) struct Planner<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) method: &'a Method,
    pub(super) memory: &'a Memory,
    pub(super) pools: &'a [Pool],
    pub(super) most: usize,
    /// Whether every absent pair was looked at for gradients, though the best alone are shown.
    pub(super) all_looked_at: bool,
}

/// How many candidates between each two groups are enough to choose from, where that is known before anything is looked at: as
/// many come as went, at most a share of those there, and one more says what was not taken. Not so where chains, quotas of
/// listeners or draws have a say, where a pair of neurons may come at several delays, or where that would be more than
/// `most` in all.
pub(super) fn enough(method: &Method, moment: &AskedAt<'_>, most: u32) -> Option<u32> {
    let network = moment.network;
    let delayed = network.groups().iter().any(|group| group.reach.max_delay > 0);
    let plain = method.grow == Grow::Gradient
        && method.pick == Pick::Best
        && method.balance == Balance::GroupPair
        && method.spread == Spread::AsGone
        && method.fan == Fan::Free
        && method.stranded == Stranded::Kept
        && method.drop != Drop::Nothing
        && !delayed;
    let share = method.amount.fraction(moment.step, moment.end).filter(|_| plain)?;
    let (mut largest, mut pairs) = (0, 0);
    for post in network.group_ids() {
        let mut there = vec![0; network.groups().len()];
        for row in network.members(post) {
            let mut pres = &network.pres()[network.incoming(Row::new(row))];
            while let Some(&pre) = pres.first() {
                let group = network.spec(Row::new(pre)).group;
                let (heard, rest) = pres.split_at(pres.partition_point(|&pre| pre < network.members(group).end));
                there[group.index()] += heard.len();
                pres = rest;
            }
        }
        largest = largest.max(there.iter().copied().max().unwrap_or(0));
        pairs += there.iter().filter(|&&there| there > 0).count() as u64;
    }
    // Shares of each sign are rounded by themselves.
    let enough = (f64::from(share) * largest as f64) as u64 + 3;
    u32::try_from(enough).ok().filter(|_| enough * pairs <= u64::from(most))
}

impl Due {
    /// How much is due by now; takes it off what a rate owes.
    pub(super) fn of(view: &View<'_>, method: &Method, memory: &mut Memory, pools: &[Pool]) -> Self {
        let all: usize = pools.iter().map(|pool| pool.present.len()).sum();
        let all_pairs = pools.iter().map(|pool| pool.pairs.len()).sum();
        let steps = view.step.saturating_sub(memory.last).max(1);
        memory.last = view.step;
        let mut each = Vec::with_capacity(pools.len());
        for pool in pools {
            let eligible = match method.amount {
                Amount::AsFallen => Evidence::new(view, memory, method.drop).eligible(&pool.present).len(),
                _ => pool.present.len(),
            };
            if memory.is_settled(view.network, pool.part) {
                each.push(Share::default());
                continue;
            }
            let start = match method.amount {
                Amount::Overshoot(_) => memory.start(view.network, pool.part, pool.present.len()),
                _ => 0,
            };
            let of = Of { present: eligible, all, pairs: pool.pairs.len(), all_pairs, start, steps };
            let present = Of { present: pool.present.len(), ..of };
            let thin = method.thinning.map_or(0, |thinning| thinning.to.surplus(present, view.step, view.end));
            let of = Of { present: eligible.saturating_sub(thin), ..of };
            let mut owed = *memory.owed(view.network, pool.part);
            let (mut drop, mut grow) = method.amount.due(of, view.step, view.end, &mut owed);
            *memory.owed(view.network, pool.part) = owed;
            drop = if method.drop == Drop::Nothing { 0 } else { drop };
            grow = if method.grow == Grow::Nowhere { 0 } else { grow };
            each.push(Share { thin, drop, grow });
        }
        // A budget of edits shrinks what goes and what comes alike: cut afterwards, only the growth would go.
        let edits: usize = each.iter().map(|share| share.thin + share.drop + share.grow).sum();
        let part = view.budget.edits.map_or(1.0, |cap| (cap as f64 / edits.max(1) as f64).min(1.0));
        let less = |count: usize| if part < 1.0 { (count as f64 * part) as usize } else { count };
        for Share { thin, drop, grow } in &mut each {
            (*thin, *drop, *grow) = (less(*thin), less(*drop), less(*grow));
        }
        let in_all = each.iter().map(|share| (share.thin + share.drop.max(share.grow)) as f32).sum();
        Self { each, in_all, part }
    }
}

impl Planner<'_> {
    /// A change per pool.
    pub(super) fn plan(&self, due: &Due) -> Vec<Change> {
        let evidence = Evidence::new(self.view, self.memory, self.method.drop);
        let mut streams: Vec<Stream> =
            (0..self.pools.len()).map(|number| self.view.key.at(number as u64).stream()).collect();
        let mut changes: Vec<Change> = Vec::with_capacity(self.pools.len());
        for ((pool, &Share { thin, drop, .. }), stream) in self.pools.iter().zip(&due.each).zip(&mut streams) {
            let (mut gone, left) = self.thin(pool, thin, stream);
            let thinned = gone.len();
            // A part of what was due is rounded once: of each sign by itself, more might go than may come.
            let rounded = drop as f64 / left.len().max(1) as f64;
            let share = self.method.amount.fraction(self.view.step, self.view.end).map_or(rounded, f64::from);
            let share = if due.part < 1.0 { rounded } else { share };
            let share = if drop == 0 { 0.0 } else { share };
            let fallen = evidence.fall(evidence.eligible(&left), drop, share, stream);
            gone.extend(fallen.rows);
            let (ruled, threshold) = (gone.len(), fallen.threshold);
            changes.push(Change { gone, thinned, ruled, threshold, come: Chosen::default() });
        }
        self.chain(&mut changes);
        let mut grows: Vec<usize> = changes
            .iter()
            .zip(&due.each)
            // As many come as went: a share of each sign is rounded by itself, and a chain takes more along.
            .map(|(change, share)| if self.replaces() { change.gone.len() - change.thinned } else { share.grow })
            .collect();
        self.spread(&changes, &mut grows);
        for (((pool, change), grow), stream) in self.pools.iter().zip(&mut changes).zip(grows).zip(&mut streams) {
            self.grow(pool, change, grow, stream);
        }
        self.trim(&mut changes);
        changes
    }

    /// Rows of a pool that go for good, and those that are left, ascending.
    fn thin<'p>(&self, pool: &'p Pool, count: usize, stream: &mut Stream) -> (Vec<usize>, Cow<'p, [usize]>) {
        let Some(thinning) = self.method.thinning.filter(|_| count > 0) else {
            return (Vec::new(), Cow::Borrowed(&pool.present));
        };
        let evidence = Evidence::new(self.view, self.memory, thinning.drop);
        let share = count as f64 / pool.present.len().max(1) as f64;
        let thinned = evidence.fall(evidence.eligible(&pool.present), count, share, stream).rows;
        let gone: BTreeSet<usize> = thinned.iter().copied().collect();
        let left = pool.present.iter().copied().filter(|row| !gone.contains(row)).collect();
        (thinned, Cow::Owned(left))
    }

    /// Frees who is stranded.
    fn chain(&self, changes: &mut [Change]) {
        if self.method.stranded == Stranded::Kept || changes.iter().all(|change| change.gone.is_empty()) {
            return;
        }
        let gone: BTreeSet<usize> = changes.iter().flat_map(|change| change.gone.iter().copied()).collect();
        let chained = chain(self.view.network, &gone);
        for (pool, change) in self.pools.iter().zip(changes) {
            change.gone.extend(chained.iter().filter(|row| pool.present.binary_search(row).is_ok()));
        }
    }

    /// Spreads what comes over the pools by the mean |momentum| of what stays, as far as there is room in each
    /// (Dettmers and Zettlemoyer 2019).
    fn spread(&self, changes: &[Change], grows: &mut [usize]) {
        if self.method.spread == Spread::AsGone {
            return;
        }
        let momentum = |row: usize| f64::from(self.memory.momentum.get(row).map_or(0.0, |mean| mean.abs()));
        let means: Vec<f64> = self
            .pools
            .iter()
            .zip(changes)
            .map(|(pool, change)| {
                let gone: BTreeSet<usize> = change.gone.iter().copied().collect();
                let stays: Vec<f64> =
                    pool.present.iter().filter(|row| !gone.contains(row)).map(|&row| momentum(row)).collect();
                stays.iter().sum::<f64>() / stays.len().max(1) as f64
            })
            .collect();
        let free = |at: usize| {
            let (pool, change) = (&self.pools[at], &changes[at]);
            (pool.pairs.len() as usize + change.gone.len()).saturating_sub(pool.present.len())
        };
        if means.iter().sum::<f64>() > 0.0 {
            let total: usize = grows.iter().sum();
            let shares = shares(total, &means, &(0..grows.len()).map(free).collect::<Vec<_>>());
            grows.copy_from_slice(&shares);
        }
    }

    /// Whether as many come as go.
    fn replaces(&self) -> bool {
        self.method.drop != Drop::Nothing && self.method.grow != Grow::Nowhere && self.method.amount.replaces()
    }

    /// Chooses what comes in a pool, and what else goes for it.
    fn grow(&self, pool: &Pool, change: &mut Change, grow: usize, stream: &mut Stream) {
        let Self { view, method, memory, most, all_looked_at, .. } = *self;
        let choose = |gone: &[usize], count, quotas: Option<&BTreeMap<u32, usize>>, stream: &mut Stream| {
            Ground { view, memory, method, pool, gone, most, all_looked_at }.choose(count, quotas, stream)
        };
        if let (Fan::Constant { salient }, true) = (method.fan, grow > 0) {
            let best = choose(&change.gone, grow, None, stream);
            let weights = view.signals.values(Signal::Weight);
            let size = |row: usize| weights.get(row).map_or(0.0, |weight| weight.abs());
            let aside = |row: u32| {
                let heard = view.network.incoming(livenet_core::Row::new(row));
                heard.filter(|synapse| pool.present.binary_search(synapse).is_err()).count()
            };
            let room = |row: u32| pool.pairs.of_listener(row).saturating_sub(aside(row));
            let gone = change.gone.iter().copied().collect();
            let Quotas { also_gone, grow } =
                fan::quotas(view.network, (&pool.present, &gone), &best.places, salient, (size, room));
            change.gone.extend(also_gone);
            let total = grow.values().sum();
            change.come = choose(&change.gone, total, Some(&grow), stream);
        } else {
            change.come = choose(&change.gone, grow, None, stream);
        }
        if matches!(method.grow, Grow::SampledGradient { .. }) && self.replaces() {
            // A sample may hold fewer places than went: the least sure then stay. (It holds no pair that went.)
            let replaced = change.gone.len() - change.thinned;
            let lacking = replaced.saturating_sub(change.come.places.len()).min(change.ruled - change.thinned);
            change.gone.drain(change.ruled - lacking..change.ruled);
            change.ruled -= lacking;
        }
        if method.grow == Grow::Gradient {
            // Chosen again: it stays, with its weight and moments.
            let mut goes = vec![true; change.gone.len()];
            change.come.places.retain(|place| place.again.inspect(|&at| goes[at as usize] = false).is_none());
            let going = |until: usize| goes[..until].iter().filter(|&&goes| goes).count();
            (change.thinned, change.ruled) = (going(change.thinned), going(change.ruled));
            let mut goes = goes.into_iter();
            change.gone.retain(|_| goes.next().unwrap_or(true));
        }
    }

    /// Within the edits, and within the connections, that a budget allows: what goes in consequence was not counted
    /// when it shrank what is due.
    fn trim(&self, changes: &mut [Change]) {
        let sum = |changes: &[Change], of: &dyn Fn(&Change) -> usize| changes.iter().map(of).sum::<usize>();
        let edits = sum(changes, &|change| change.gone.len() + change.come.places.len());
        if let Some(cap) = self.view.budget.edits.filter(|&cap| edits as u64 > cap) {
            let less = |count: usize| (count as u64 * cap / edits as u64) as usize;
            for change in &mut *changes {
                let most_come = less(change.come.places.len());
                let spared = change.gone.split_off(less(change.gone.len()));
                let pair = |row: &usize| Place::of(self.view.network, *row, 0.0).pair();
                let mut spared: BTreeSet<(u32, u32)> = spared.iter().map(pair).collect();
                // A place that was to be free may now stay taken; and then one less may go.
                loop {
                    change.come.places.retain(|place| !spared.contains(&place.pair()));
                    let balances = self.replaces() && self.method.spread == Spread::AsGone;
                    let most = if balances { change.come.places.len().min(most_come) } else { usize::MAX };
                    change.thinned = change.thinned.min(change.gone.len());
                    let most = most.saturating_add(change.thinned);
                    if change.gone.len() <= most {
                        break;
                    }
                    spared.extend(change.gone.split_off(most).iter().map(pair));
                }
                change.ruled = change.ruled.min(change.gone.len());
                change.come.places.truncate(most_come);
            }
        }
        let (go, come) = (sum(changes, &|change| change.gone.len()), sum(changes, &|change| change.come.places.len()));
        let stays = self.view.network.synapse_count() - go;
        let room = self.view.budget.connections.map_or(usize::MAX, |cap| (cap as usize).saturating_sub(stays));
        if come > room {
            for change in changes {
                change.come.places.truncate(change.come.places.len() * room / come);
            }
        }
    }
}

impl Change {
    /// How much of what went by the rule is what came.
    pub(super) fn overlap(&self, network: &Network) -> f32 {
        let gone = &self.gone[self.thinned..self.ruled];
        let come: BTreeSet<(u32, u32)> = self.come.places.iter().map(Place::pair).collect();
        let again = gone.iter().filter(|&&row| come.contains(&Place::of(network, row, 0.0).pair())).count();
        again as f32 / gone.len().max(1) as f32
    }
}

/// Shares of `total` in proportion to `weights`, none above its room; what does not fit goes to the others, what
/// rounding leaves to the first with room.
fn shares(total: usize, weights: &[f64], room: &[usize]) -> Vec<usize> {
    let mut given = vec![0; weights.len()];
    let total = total.min(room.iter().sum());
    loop {
        let left = total - given.iter().sum::<usize>();
        let open: f64 = (0..given.len()).filter(|&at| given[at] < room[at]).map(|at| weights[at]).sum();
        let before = left;
        for at in 0..given.len() {
            let due = if open > 0.0 { (left as f64 * weights[at] / open) as usize } else { 0 };
            given[at] += due.min(room[at] - given[at]);
        }
        if total - given.iter().sum::<usize>() == before {
            break;
        }
    }
    let mut left = total - given.iter().sum::<usize>();
    for at in 0..given.len() {
        let more = left.min(room[at] - given[at]).min(left);
        given[at] += more;
        left -= more;
    }
    given
}

/// How many come where, by listener.
pub(super) fn fan_in(view: &View<'_>, changes: &[Change]) -> BTreeMap<u32, usize> {
    let mut fan = BTreeMap::new();
    let network = view.network;
    for place in changes.iter().flat_map(|change| &change.come.places) {
        let there = || network.incoming(livenet_core::Row::new(place.post)).len();
        *fan.entry(place.post).or_insert_with(there) += 1;
    }
    for &row in changes.iter().flat_map(|change| &change.gone) {
        if let Some(count) = fan.get_mut(&Place::of(network, row, 0.0).post) {
            *count -= 1;
        }
    }
    fan
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn shares_follow_the_weights_as_far_as_there_is_room() {
        assert_eq!(shares(10, &[1.0, 3.0], &[99, 99]), [3, 7]);
        assert_eq!(shares(8, &[1.0, 3.0], &[99, 99]), [2, 6]);
        // What the second has no room for goes to the others.
        assert_eq!(shares(8, &[1.0, 3.0, 1.0], &[99, 2, 99]), [3, 2, 3]);
        assert_eq!(shares(8, &[0.0, 1.0], &[5, 2]), [5, 2]);
        assert_eq!(shares(0, &[1.0], &[5]), [0]);
    }
}
