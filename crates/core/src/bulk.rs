//! Connections that come and go in bulk, by row: the shadow of a draft that does nothing else.
//!
//! A rewiring names a hundred thousand pairs. In a tree by name each costs a walk when it is proposed, when the journal
//! writes it and when it is committed; here what goes is a bit of its row, and what comes stands sorted in its batch.
//! Whatever does not fit is left to the tree, which alone says why a move is refused: [`Shadow::spell_out`] brings
//! everything there first.

use crate::{
    Birth, Marks, Network, Row, Synapse,
    moves::addend,
    name::NumberHasher,
    reach,
    shadow::{Expr, Kept, Shadow},
};
use std::{collections::HashSet, hash::BuildHasherDefault};

/// A listener's row and a heard row as one number, ordered like rows of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pair(u64);

impl Pair {
    const fn new(post: u32, pre: u32) -> Self {
        Self((post as u64) << 32 | pre as u64)
    }
    pub(crate) const fn post(self) -> u32 {
        (self.0 >> 32) as u32
    }
    pub(crate) const fn pre(self) -> u32 {
        self.0 as u32
    }
    fn of(net: &Network, at: Synapse) -> Option<Self> {
        Some(Self::new(net.row(at.post)?.get(), net.row(at.pre)?.get()))
    }
    fn name(self, net: &Network) -> Synapse {
        Synapse::new(net.id(Row::new(self.post())), net.id(Row::new(self.pre())))
    }
}

/// What one move brings or takes.
#[derive(Clone, Debug)]
pub(crate) enum Batch {
    /// Rows of connections, ascending.
    Goes(Vec<u32>),
    /// Pairs with their delays, ascending, and the place of their rule of birth in [`Shadow::births`].
    Comes(u32, Vec<(Pair, u16)>),
}

/// A connection that comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comes {
    pub pair: Pair,
    pub delay: u16,
    pub rule: u32,
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(crate) struct Bulk {
    batches: Vec<Batch>,
    /// By row of the network, 64 in a word: whether it goes. Empty while nothing does.
    gone: Vec<u64>,
    /// All that comes. Only asked who is there.
    come: HashSet<Pair, BuildHasherDefault<NumberHasher>>,
}

impl Bulk {
    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// How many connections come.
    pub(crate) fn newborns(&self) -> usize {
        self.come.len()
    }

    /// The batch of each of so many moves, if every one of them came in bulk.
    pub(crate) fn batches(&self, moves: usize) -> Option<&[Batch]> {
        (self.batches.len() == moves).then_some(&self.batches)
    }

    fn goes(&self, row: usize) -> bool {
        self.gone.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The first of these rows that goes, or their end.
    pub(crate) fn next_gone(&self, rows: std::ops::Range<u32>) -> u32 {
        let (mut word, mut masked) = (rows.start as usize / 64, !0 << (rows.start % 64));
        while word * 64 < rows.end as usize {
            let bits = self.gone.get(word).copied().unwrap_or(0) & masked;
            if bits != 0 {
                return ((word * 64) as u32 + bits.trailing_zeros()).min(rows.end);
            }
            (word, masked) = (word + 1, !0);
        }
        rows.end
    }

    /// All that comes, in the order of its rows.
    pub(crate) fn coming(&self) -> Vec<Comes> {
        let mut all = Vec::with_capacity(self.come.len());
        for batch in &self.batches {
            if let Batch::Comes(rule, pairs) = batch {
                all.extend(pairs.iter().map(|&(pair, delay)| Comes { pair, delay, rule: *rule }));
            }
        }
        // Stable, since that merges the batches, each of which ascends.
        all.sort_by_key(|comes| comes.pair);
        all
    }

    fn connected(&self, net: &Network, at: Synapse) -> bool {
        let Some(pair) = Pair::of(net, at) else { return false };
        self.come.contains(&pair) || row_of(net, pair).is_some_and(|row| !self.goes(row))
    }
}

fn row_of(net: &Network, pair: Pair) -> Option<usize> {
    let rows = net.incoming(Row::new(pair.post()));
    Some(rows.start + net.pres()[rows].binary_search(&pair.pre()).ok()?)
}

/// Pairs by row, in their order; `None` if somebody among them is not there.
fn by_row(net: &Network, at: impl Iterator<Item = Synapse>) -> Option<Vec<Pair>> {
    let mut listener = None;
    at.map(|at| {
        let post = match listener {
            Some((id, row)) if id == at.post => row,
            _ => net.row(at.post)?.get(),
        };
        listener = Some((at.post, post));
        Some(Pair::new(post, net.row(at.pre)?.get()))
    })
    .collect()
}

/// Calls `visit` with each of ascending pairs and the row of its connection, if it is there, while that says so;
/// whether it always did.
fn all_found(
    net: &Network,
    pairs: impl Iterator<Item = (Pair, u16)>,
    mut visit: impl FnMut(Pair, u16, Option<usize>) -> bool,
) -> bool {
    let (mut post, mut rest) = (None, 0..0);
    for (pair, delay) in pairs {
        if post != Some(pair.post()) {
            post = Some(pair.post());
            rest = net.incoming(Row::new(pair.post()));
        }
        rest.start += net.pres()[rest.clone()].partition_point(|&pre| pre < pair.pre());
        let there = rest.start < rest.end && net.pres()[rest.start] == pair.pre();
        if !visit(pair, delay, there.then_some(rest.start)) {
            return false;
        }
    }
    true
}

impl Shadow {
    /// Whether everything so far came in bulk.
    fn is_plain(&self) -> bool {
        self.synapses.is_empty() && self.leaves_neurons_alone()
    }

    /// Whether a pair that no tree knows of is connected.
    pub(crate) fn connected_in_bulk(&self, net: &Network, at: Synapse) -> Option<bool> {
        (!self.bulk.is_empty()).then(|| self.bulk.connected(net, at))
    }

    /// Enters connections that come, if nothing but batches came before and nothing speaks against this one.
    pub(crate) fn grow_in_bulk(&mut self, net: &Network, at: &[(Synapse, u16)], birth: Birth) -> bool {
        let Some(&(first, _)) = at.first() else { return false };
        if !self.is_plain() || addend(birth, first, first).is_err() {
            return false;
        }
        let Some(pairs) = by_row(net, at.iter().map(|&(at, _)| at)) else { return false };
        let pairs = sorted(pairs, at);
        if pairs.is_sorted_by(|a, b| a.0 < b.0) && self.are_free(net, &pairs) {
            let Expr::Born(rule) = self.rule(birth) else { return false };
            self.bulk.come.extend(pairs.iter().map(|&(pair, _)| pair));
            self.bulk.batches.push(Batch::Comes(rule, pairs));
            self.structural = true;
            return true;
        }
        false
    }

    /// Whether ascending pairs are within reach, and none is connected.
    fn are_free(&self, net: &Network, pairs: &[(Pair, u16)]) -> bool {
        all_found(net, pairs.iter().copied(), |pair, delay, row| {
            let [post, pre] = [pair.post(), pair.pre()].map(Row::new);
            let (listener, heard) = (net.spec(post), net.spec(pre));
            reach::allows(net.group(listener.group), (net.id(post), listener), (net.id(pre), heard), delay)
                && row.is_none_or(|row| self.bulk.goes(row))
                && !self.bulk.come.contains(&pair)
        })
    }

    /// Enters connections that go, under the same conditions.
    pub(crate) fn prune_in_bulk(&mut self, net: &Network, at: &[Synapse]) -> bool {
        if at.is_empty() || !self.is_plain() {
            return false;
        }
        let Some(mut pairs) = by_row(net, at.iter().copied()) else { return false };
        pairs.sort_unstable();
        let mut rows = Vec::with_capacity(pairs.len());
        let all = all_found(net, pairs.iter().map(|&pair| (pair, 0)), |_, _, row| {
            let Some(row) = row.filter(|&row| !self.bulk.goes(row)) else { return false };
            rows.push(row as u32);
            true
        });
        if all && rows.is_sorted_by(|a, b| a < b) {
            self.bulk.gone.resize(net.synapse_count().div_ceil(64), 0);
            for &row in &rows {
                self.bulk.gone[row as usize / 64] |= 1 << (row % 64);
            }
            self.bulk.batches.push(Batch::Goes(rows));
            self.structural = true;
            return true;
        }
        false
    }

    /// Brings everything to the tree.
    pub(crate) fn spell_out(&mut self, net: &Network) {
        let Bulk { batches, .. } = std::mem::take(&mut self.bulk);
        for batch in batches {
            let entries = match batch {
                Batch::Goes(rows) => rows.into_iter().map(|row| (net.synapse(Row::new(row)), None)).collect(),
                Batch::Comes(rule, pairs) => {
                    let newborn = |delay| {
                        let (marks, expr) = (Marks::default(), Expr::Born(rule));
                        Some(Kept { base: None, reborn: false, marks, delay, expr })
                    };
                    pairs.into_iter().map(|(pair, delay)| (pair.name(net), newborn(delay))).collect()
                }
            };
            self.enter_all(entries);
        }
    }
}

/// Pairs with the delays that they have in a list, ascending.
fn sorted(mut pairs: Vec<Pair>, at: &[(Synapse, u16)]) -> Vec<(Pair, u16)> {
    // As numbers alone they are sorted in half the time.
    if at.iter().all(|&(_, delay)| delay == at[0].1) {
        pairs.sort_unstable();
        return pairs.into_iter().map(|pair| (pair, at[0].1)).collect();
    }
    let mut all: Vec<(Pair, u16)> = pairs.into_iter().zip(at.iter().map(|&(_, delay)| delay)).collect();
    all.sort_unstable();
    all
}
