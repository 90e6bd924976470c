//! Constant fan-in, with ablation of neurons (Lasby et al. 2024, `SRigL`).
//!
//! In the paper every unit of a layer hears the same number k of others. The smallest weights of the layer
//! go, whoever hears them, and each unit grows back to k at its own largest gradients. A unit is *salient*
//! by as many connections as it keeps by size, or would grow among the layer's largest gradients; with fewer than
//! γ k of them it is ablated, and the k of the others rises so that the count of the layer stays.
//!
//! For a neuron with any connections: k is the count of its pool divided by those who hear anybody in it, each
//! neuron's share a whole number, the remainder going to those who hear most, and nobody getting more than it may hear. With a pool per group
//! ([`Balance::Group`](super::Balance)) that is the fan-in over all that a neuron hears, whatever groups it comes from;
//! in a layered network it is the paper's. Only hidden neurons are ablated, never all of a pool; the ablated
//! lose their dendrites, and nothing grows where nobody hears.

use crate::place::Place;
use livenet_core::{Network, Role, Row};
use std::collections::{BTreeMap, BTreeSet};

/// What a pool comes to: more rows that go, and how many each listener may grow.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Quotas {
    /// Rows of the ablated, and those above the fan-in of their listener.
    pub(super) also_gone: Vec<usize>,
    /// By listener's row.
    pub(super) grow: BTreeMap<u32, usize>,
}

/// Spreads the connections of a pool evenly over those who hear.
///
/// `present` are the rows of the pool, `gone` those of them that go, `best` what would grow in the whole pool, `size` the
/// score by which a listener above its share lets go of its smallest, and `room` how many a listener could hear.
pub(super) fn quotas(
    network: &Network,
    (present, gone): (&[usize], &BTreeSet<usize>),
    best: &[Place],
    salient: f32,
    (size, room): (impl Fn(usize) -> f32, impl Fn(u32) -> usize),
) -> Quotas {
    let post = |row: usize| network.post_of(Row::new(row as u32)).get();
    let mut kept = BTreeMap::<u32, Vec<usize>>::new();
    let mut before = BTreeMap::<u32, usize>::new();
    for &row in present {
        *before.entry(post(row)).or_default() += 1;
        let of = kept.entry(post(row)).or_default();
        if !gone.contains(&row) {
            of.push(row);
        }
    }
    let mut grows = BTreeMap::<u32, usize>::new();
    for place in best {
        *grows.entry(place.post).or_default() += 1;
    }
    let fan = present.len() as f32 / before.len().max(1) as f32;
    let count = |counts: &BTreeMap<u32, usize>, row: &u32| counts.get(row).copied().unwrap_or(0);
    let mut active: Vec<u32> = before.keys().copied().collect();
    let weak = |row: &u32| {
        network.role(Row::new(*row)) == Role::Hidden && ((kept[row].len() + count(&grows, row)) as f32) < salient * fan
    };
    if !active.iter().all(weak) {
        active.retain(|row| !weak(row));
    }
    let mut quotas = Quotas::default();
    for (_, rows) in kept.iter().filter(|(row, _)| active.binary_search(row).is_err()) {
        quotas.also_gone.extend(rows);
    }
    // Who has room for less than its share leaves the rest to the others.
    active.sort_by_key(|row| (room(*row), before[row], std::cmp::Reverse(*row)));
    let (mut left, mut sharers) = (present.len(), active.len());
    for row in active {
        let target = (left / sharers).min(room(row));
        (left, sharers) = (left - target, sharers - 1);
        let mut rows = kept.remove(&row).unwrap_or_default();
        if rows.len() > target {
            rows.sort_by(|&a, &b| size(a).total_cmp(&size(b)).then(a.cmp(&b)));
            quotas.also_gone.extend(&rows[..rows.len() - target]);
        }
        quotas.grow.insert(row, target.saturating_sub(rows.len()));
    }
    quotas.also_gone.sort_unstable();
    quotas
}
