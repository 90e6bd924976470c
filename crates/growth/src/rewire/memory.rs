//! What a rewiring method remembers between askings, as far as its axes need it.
//!
//! Per connection: since when it has been there, the sign it was born with, how far it moved, its mean gradient. Per
//! absent pair: its mean gradient. All of it follows every commit; connections by row, absent pairs by name.

use super::{Amount, Asking, Drop, Grow, Method, pool::Part};
use crate::View;
use crate::effort;
use livenet_core::{Commit, GroupId, Network, Row, Signal, Synapse};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// State of [`Rewire`](super::Rewire).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// How often it was asked.
    pub(super) askings: u64,
    /// The step of the last asking that could change something.
    pub(super) last: u64,
    /// Whether anything was proposed so far.
    pub(super) acted: bool,
    /// The step of birth, per connection.
    pub(super) births: Vec<u64>,
    /// The sign at birth, per connection; 0 where it is not known.
    pub(super) signs: Vec<f32>,
    /// Sum of -w · dL/dw over the askings, per connection.
    pub(super) movement: Vec<f32>,
    /// Running mean of the gradient, per connection.
    pub(super) momentum: Vec<f32>,
    /// The same per absent pair and delay.
    pub(super) absent: BTreeMap<(Synapse, u16), f32>,
    /// What a rate has not paid, per pool.
    owed: BTreeMap<Name, f64>,
    /// The pools that are settled.
    settled: BTreeSet<Name>,
    /// How many connections there were at the first asking, per pool, where that counts.
    starts: BTreeMap<Name, u64>,
}

/// A pool's name, that outlives commits.
type Name = (u8, u64, u64);

fn name(network: &Network, part: Part) -> Name {
    let index = |group: GroupId| group.index() as u64;
    match part {
        Part::Whole => (0, 0, 0),
        Part::Group(group) => (1, index(group), 0),
        Part::Pair(post, pre) => (2, index(post), index(pre)),
        Part::Listener(row) => (3, network.id(Row::new(row)).number(), 0),
    }
}

/// A value per connection, whatever happened before anybody looked.
fn sized<T: Copy>(column: &mut Vec<T>, count: usize, unknown: T) {
    if column.len() != count {
        *column = vec![unknown; count];
    }
}

impl Memory {
    /// Whether a method needs any.
    pub(super) fn is_needed(method: &Method, every: u64) -> bool {
        every > 1
            || matches!(method.drop, Drop::Oldest | Drop::SignCrossing { .. } | Drop::SmallestMovement)
            || matches!(method.grow, Grow::Momentum { .. })
            || matches!(method.amount, Amount::Rate(_) | Amount::Overshoot(_))
            || method.settled < 1.0
            || method.asking == Asking::OnceInsteadOfUpdate
    }

    /// Takes in what an asking shows. `most` absent pairs are remembered.
    pub(super) fn watch(&mut self, view: &View<'_>, method: &Method, most: usize) {
        let (network, count) = (view.network, view.network.synapse_count());
        let (weights, gradients) = (view.signals.values(Signal::Weight), view.signals.values(Signal::Gradient));
        let of = |values: &[f32], row: usize| values.get(row).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
        match method.drop {
            Drop::Oldest => sized(&mut self.births, count, 0),
            Drop::SignCrossing { .. } => {
                sized(&mut self.signs, count, 0.0);
                for (row, sign) in self.signs.iter_mut().enumerate().filter(|(_, sign)| **sign == 0.0) {
                    let weight = of(weights, row);
                    *sign = if weight == 0.0 { 0.0 } else { weight.signum() };
                }
            }
            Drop::SmallestMovement => {
                sized(&mut self.movement, count, 0.0);
                effort::spend(count as u64);
                for (row, moved) in self.movement.iter_mut().enumerate() {
                    *moved -= of(weights, row) * of(gradients, row);
                }
            }
            _ => {}
        }
        if let Grow::Momentum { beta } = method.grow {
            effort::spend(2 * (count + self.absent.len() + view.signals.candidates().len()) as u64);
            let blend = |old: f32, new: f32| beta * old + (1.0 - beta) * new;
            sized(&mut self.momentum, count, 0.0);
            for (row, mean) in self.momentum.iter_mut().enumerate() {
                *mean = blend(*mean, of(gradients, row));
            }
            self.absent.retain(|(at, _), _| network.synapse_row(*at).is_none());
            self.absent.values_mut().for_each(|mean| *mean *= beta);
            for candidate in view.signals.candidates().iter().filter(|candidate| candidate.gradient.is_finite()) {
                let [post, pre] = [candidate.post, candidate.pre].map(|row| network.id(Row::new(row)));
                let mean = self.absent.entry((Synapse::new(post, pre), candidate.delay)).or_default();
                *mean += (1.0 - beta) * candidate.gradient;
            }
            if self.absent.len() > most {
                let mut sizes: Vec<f32> = self.absent.values().map(|mean| mean.abs()).collect();
                sizes.sort_by(|a, b| b.total_cmp(a));
                let least = sizes[most];
                self.absent.retain(|_, mean| mean.abs() > least);
            }
        }
        self.askings += 1;
    }

    /// What a rate owes to a pool.
    pub(super) fn owed(&mut self, network: &Network, part: Part) -> &mut f64 {
        self.owed.entry(name(network, part)).or_default()
    }

    /// How many connections a pool had when it was first seen: `now`, if that is now.
    pub(super) fn start(&mut self, network: &Network, part: Part, now: usize) -> u64 {
        *self.starts.entry(name(network, part)).or_insert(now as u64)
    }

    /// Whether a pool is left alone.
    pub(super) fn is_settled(&self, network: &Network, part: Part) -> bool {
        !self.settled.is_empty() && self.settled.contains(&name(network, part))
    }

    /// Leaves a pool alone from now on.
    pub(super) fn settle(&mut self, network: &Network, part: Part) {
        self.settled.insert(name(network, part));
    }

    /// Moves with a commit.
    pub(super) fn follow(&mut self, method: &Method, commit: &Commit) {
        let moves = &commit.synapses;
        if self.askings == 0 {
            return;
        }
        match method.drop {
            Drop::Oldest => moves.carry(&mut self.births, commit.step),
            Drop::SmallestMovement => moves.carry(&mut self.movement, 0.0),
            Drop::SignCrossing { .. } => {
                moves.carry(&mut self.signs, 0.0);
                for (row, born) in commit.weights.iter().filter(|(row, _)| !moves.continues(*row)) {
                    // A share of another weight is not known here; its sign is that of the next asking.
                    let weight = if born.terms.is_empty() { born.evaluate(&[]) } else { 0.0 };
                    self.signs[*row as usize] = if weight == 0.0 { 0.0 } else { weight.signum() };
                }
            }
            _ => {}
        }
        if matches!(method.grow, Grow::Momentum { .. }) {
            moves.carry(&mut self.momentum, 0.0);
        }
        if !commit.gone.is_empty() {
            self.absent.retain(|(at, _), _| !commit.gone.contains(&at.post) && !commit.gone.contains(&at.pre));
        }
    }
}
