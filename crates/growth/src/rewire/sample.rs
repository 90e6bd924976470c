//! Candidates that are drawn before their gradient is looked at (Heddes et al. 2024).
//!
//! Between each two groups as many pairs are drawn as there are connections, times a factor, and only of those the gradient is
//! made, from the samples of what was said and blamed:
//!
//! ```text
//! dL/dw(j, i) = Σ over cycles t and lanes of blame(j, t) · output(i, t - lag)
//! ```
//!
//! so that an asking costs what the connections cost, not what the pairs would. What was said before the cycles that are
//! remembered counts as nothing. The guides draw the listener and the heard each by itself, with replacement, and what
//! is connected or out of reach falls out:
//!
//! - [`Guide::Bound`] (the paper's `GraBo`): by Σ |output| and Σ |blame| over lanes and cycles, whose product bounds the gradient;
//! - [`Guide::Estimate`] (`GraEst`): by |Σ s · output| and |Σ s · blame|, with one random sign s per lane, whose product is the size of
//!   an estimate of the gradient without bias (Alon, Matias and Szegedy 1999). Within a lane it takes the sums over cycles: of
//!   a window of one cycle, as of the paper's layers, it estimates the gradient itself.

use super::{
    Guide,
    pool::{Part, Pool},
};
use crate::View;
use crate::effort;
use crate::pairs::{Pairs, group_pairs};
use livenet_core::{GroupId, Network, Row, Samples, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// The gradient that a pair would have; 0 where nobody computed the samples.
pub(super) fn gradient(view: &View<'_>, (post, pre): (u32, u32), delay: u16) -> f32 {
    let (Some(outputs), Some(blames)) = (view.signals.outputs(), view.signals.blames()) else { return 0.0 };
    let (network, [post, pre]) = (view.network, [post, pre].map(Row::new));
    let lag = network.schedule().lag(network.spec(pre).group, network.spec(post).group, delay) as usize;
    effort::spend((blames.cycles() * blames.lanes().min(outputs.lanes())) as u64);
    let cycle = |ago: usize| Some(blames.back(ago, post)?.iter().zip(outputs.back(ago + lag, pre)?));
    let terms = (0..blames.cycles()).filter_map(cycle).flatten();
    let sum = terms.map(|(&blame, &output)| f64::from(blame) * f64::from(output)).sum::<f64>() as f32;
    if sum.is_finite() { sum } else { 0.0 }
}

/// Pairs of a pool that are not connected: `subset` times as many as there are connections between each two groups, all of them
/// where half of the pairs are connected or more; never more than `most` between two groups.
pub(super) fn draw(
    view: &View<'_>,
    pool: &Pool,
    (subset, guide): (f32, Guide),
    most: usize,
    stream: &mut Stream,
) -> BTreeSet<(u32, u32)> {
    let network = view.network;
    let group = |row: u32| network.spec(Row::new(row)).group;
    let mut present = BTreeMap::<(GroupId, GroupId), usize>::new();
    for &row in &pool.present {
        let post = network.post_of(Row::new(row as u32)).get();
        *present.entry((group(post), group(network.pres()[row]))).or_default() += 1;
    }
    let taken = pool.taken(network, &BTreeSet::new());
    let mut drawn = BTreeSet::new();
    for (post, pre, pairs) in within(network, pool.part) {
        let there = present.get(&(post, pre)).copied().unwrap_or(0);
        let count = ((f64::from(subset) * there as f64).ceil() as usize).min(most);
        if there as u64 * 2 >= pairs.len() && subset > 0.0 {
            drawn.extend(pairs.iter().filter(|pair| !taken.contains(pair)).take(most));
        } else if let (Guide::Bound | Guide::Estimate, Some(sums)) = (guide, sums(view, guide, stream)) {
            let [listeners, heard] = [(0, post), (1, pre)].map(|(side, of)| Weighted::new(network, of, &sums[side]));
            for _ in 0..count {
                let pair = (listeners.one(stream), heard.one(stream));
                let reachable = network.may_listen(Row::new(pair.0), Row::new(pair.1), 0);
                if reachable && pool.part.holds(network, pair.0, pair.1) && !taken.contains(&pair) {
                    drawn.insert(pair);
                }
            }
        } else {
            drawn.extend(pairs.sample(count, &taken, stream));
        }
    }
    drawn
}

/// The pairs of groups in a part, with the pairs of neurons that belong to it.
fn within(network: &Network, part: Part) -> Vec<(GroupId, GroupId, Pairs)> {
    let all = group_pairs(network).into_iter();
    match part {
        Part::Whole => all.collect(),
        Part::Group(group) => all.filter(|(post, ..)| *post == group).collect(),
        Part::Pair(group, heard) => all.filter(|(post, pre, _)| (*post, *pre) == (group, heard)).collect(),
        Part::Listener(row) => {
            let group = network.spec(Row::new(row)).group;
            let of = |pre| Pairs::through(network, row..=row, &network.members(pre));
            let own = all.filter(|(post, ..)| *post == group).map(|(post, pre, _)| (post, pre, of(pre)));
            own.filter(|(.., pairs)| !pairs.is_empty()).collect()
        }
    }
}

/// What listeners and heard are drawn by, per neuron; `None` where nobody computed the samples.
fn sums(view: &View<'_>, guide: Guide, stream: &mut Stream) -> Option<[Vec<f64>; 2]> {
    let (outputs, blames) = (view.signals.outputs()?, view.signals.blames()?);
    // One sign per lane, for both sides.
    let signs: Vec<f64> = (0..outputs.lanes().max(blames.lanes()))
        .map(|_| if guide == Guide::Bound || stream.bits() >> 63 == 0 { 1.0 } else { -1.0 })
        .collect();
    let looked_at = |samples: &Samples| samples.cycles() * samples.lanes() * view.network.neuron_count();
    effort::spend((looked_at(outputs) + looked_at(blames)) as u64);
    let of = |samples: &Samples, row| {
        let cycles = (0..samples.cycles()).flat_map(|cycle| samples.of(cycle, row).iter().zip(&signs));
        let size = |value: f32| f64::from(if guide == Guide::Bound { value.abs() } else { value });
        let sum: f64 = cycles.map(|(&value, sign)| sign * size(value)).sum();
        if sum.is_finite() { sum.abs() } else { 0.0 }
    };
    Some([blames, outputs].map(|samples| view.network.neuron_rows().map(|row| of(samples, row)).collect()))
}

/// Members of a group to be drawn in proportion to a weight, all alike where all weigh nothing.
struct Weighted {
    first: u32,
    /// Sums of the weights up to each member.
    until: Vec<f64>,
}

impl Weighted {
    fn new(network: &Network, group: GroupId, weights: &[f64]) -> Self {
        let members = network.members(group);
        let of = &weights[members.start as usize..members.end as usize];
        let alike = of.iter().all(|weight| *weight == 0.0);
        let mut sum = 0.0;
        let until = of.iter().map(|weight| {
            sum += if alike { 1.0 } else { *weight };
            sum
        });
        Self { first: members.start, until: until.collect() }
    }

    fn one(&self, stream: &mut Stream) -> u32 {
        let at = stream.uniform() * self.until.last().copied().unwrap_or(0.0);
        let found = self.until.partition_point(|until| *until <= at);
        self.first + found.min(self.until.len().saturating_sub(1)) as u32
    }
}
