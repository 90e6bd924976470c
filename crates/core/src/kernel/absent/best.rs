//! The best candidates so far, in a buffer twice as long as they are many.
//!
//! ```text
//! push; when the buffer is full: select the `limit` largest, drop the rest, raise the floor to the least of them
//! ```
//!
//! A heap of ten thousand costs a dozen branches that nothing predicts for every candidate that enters; a
//! selection costs a few per candidate, and there are few selections, since the floor rises with each.

use super::{Candidate, search::SPEAKERS};
use std::cmp::Reverse;
use std::sync::atomic::{AtomicU32, Ordering};

/// The bits of |gradient|: as an integer they rank like it, and what is not a number ranks above all.
const SIZE: u32 = 0x7fff_ffff;

/// How large a gradient is, as an integer.
#[inline(always)]
pub(super) fn size(gradient: f32) -> u32 {
    gradient.to_bits() & SIZE
}

/// Where in a rank the size begins.
const ABOVE: u32 = 96;

/// A candidate as one number, larger the more it is wanted: its size, then the earlier place, then the sign
/// (which decides nothing, since a place occurs once).
#[inline(always)]
fn rank(candidate: Candidate) -> u128 {
    let Candidate { post, pre, lag, gradient } = candidate;
    let high = u64::from(size(gradient)) << 32 | u64::from(!post);
    let low = u64::from(!pre) << 32 | u64::from(!lag) << 16 | u64::from(gradient.is_sign_negative());
    u128::from(high) << 64 | u128::from(low)
}

#[inline(always)]
fn candidate(rank: u128) -> Candidate {
    let (high, low) = ((rank >> 64) as u64, rank as u64);
    let gradient = f32::from_bits((low as u32 & 1) << 31 | (high >> 32) as u32);
    Candidate { post: !(high as u32), pre: !((low >> 32) as u32), lag: !((low >> 16) as u16), gradient }
}

/// The best `limit` candidates so far, and some more.
pub(super) struct Best<'a> {
    limit: usize,
    ranks: Vec<u128>,
    /// The least of the `limit` best at the last selection: what ranks below is not wanted.
    least: u128,
    /// The size of the greatest such least of all threads. It only spares work: `limit` candidates of at least
    /// this size exist, so none that is smaller is among the best, whoever finds them first.
    floor: &'a AtomicU32,
}

impl<'a> Best<'a> {
    pub(super) fn new(limit: usize, floor: &'a AtomicU32) -> Self {
        // Pages that nobody writes cost nothing; to grow would copy. It is looked at after each row.
        let ranks = Vec::with_capacity(Self::most(limit).min(1 << 20) + SPEAKERS);
        Self { limit, ranks, least: 0, floor }
    }

    /// As many as wait for a selection.
    fn most(limit: usize) -> usize {
        limit.saturating_mul(2).max(256)
    }

    /// Below this [`size`] a candidate need not be offered.
    pub(super) fn floor(&self) -> u32 {
        self.floor.load(Ordering::Relaxed)
    }

    /// Offers a listener's pairs with those who lie so many rows from `start` on.
    #[inline(always)]
    pub(super) fn offer(&mut self, (post, start, lag): (u32, u32, u16), offsets: &[u32], gradients: &[f32]) {
        let least = self.least;
        let ranks = offsets.iter().zip(gradients);
        let ranks = ranks.map(|(offset, &gradient)| rank(Candidate { post, pre: start + offset, lag, gradient }));
        if least == 0 {
            self.ranks.extend(ranks);
        } else {
            self.ranks.extend(ranks.filter(|&rank| rank > least));
        }
        if self.ranks.len() >= Self::most(self.limit) {
            self.select();
        }
    }

    fn select(&mut self) {
        if self.ranks.len() > self.limit {
            let (_, least, _) = self.ranks.select_nth_unstable_by_key(self.limit - 1, |&rank| Reverse(rank));
            self.least = *least;
            self.ranks.truncate(self.limit);
            self.floor.fetch_max((self.least >> ABOVE) as u32, Ordering::Relaxed);
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.ranks.extend(other.ranks);
        if self.ranks.len() >= Self::most(self.limit) {
            self.select();
        }
        self
    }

    /// How many there are, some perhaps worse than the `limit` best.
    pub(super) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// The best, in order.
    pub(super) fn ranked(self) -> Ranked {
        let mut order = descending(&self.ranks);
        order.truncate(self.limit);
        Ranked { ranks: self.ranks, order: order.into_iter() }
    }
}

/// The best pairs that are not connected, the most wanted first.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    ranks: Vec<u128>,
    /// Where the next ones lie, in the lower 32 bits.
    order: std::vec::IntoIter<u64>,
}

impl Iterator for Ranked {
    type Item = Candidate;

    #[inline]
    fn next(&mut self) -> Option<Candidate> {
        self.order.next().map(|entry| candidate(self.ranks[entry as u32 as usize]))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.order.size_hint()
    }
}

impl ExactSizeIterator for Ranked {}

/// Where ranks lie in descending order, in the lower 32 bits: counted by two digits of their sizes, between the least and the
/// largest; only those few are compared whom these do not tell apart.
fn descending(ranks: &[u128]) -> Vec<u64> {
    const DIGIT: u32 = 11;
    const DIGITS: usize = 2;
    const MASK: usize = (1 << DIGIT) - 1;
    let entry = |(rank, at): (&u128, u64)| ((rank >> ABOVE) as u64) << 32 | at;
    let mut entries: Vec<u64> = ranks.iter().zip(0..).map(entry).collect();
    let rank = |entry: &u64| Reverse(ranks[*entry as u32 as usize]);
    if entries.len() < 1 << DIGIT {
        entries.sort_unstable_by_key(rank);
        return entries;
    }
    let bounds = entries.iter().fold((u64::MAX, 0), |(least, most), &entry| (entry.min(least), entry.max(most)));
    let (least, most) = (bounds.0 >> 32, bounds.1 >> 32);
    let shift = (u64::BITS - (most - least).leading_zeros()).saturating_sub(DIGITS as u32 * DIGIT);
    let key = |entry: u64| (((entry >> 32) - least) >> shift) as usize;
    let of = |digit: usize, entry: u64| key(entry) >> (DIGIT * digit as u32) & MASK;
    let mut counts = [[0_u32; MASK + 1]; DIGITS];
    for &entry in &entries {
        for (digit, counts) in counts.iter_mut().enumerate() {
            counts[of(digit, entry)] += 1;
        }
    }
    let mut sorted = vec![0; entries.len()];
    for (digit, mut places) in counts.into_iter().enumerate() {
        let mut start = 0;
        for place in places.iter_mut().rev() {
            start += std::mem::replace(place, start);
        }
        for &entry in &entries {
            let place = &mut places[of(digit, entry)];
            sorted[*place as usize] = entry;
            *place += 1;
        }
        std::mem::swap(&mut entries, &mut sorted);
    }
    for alike in entries.chunk_by_mut(|&a, &b| key(a) == key(b)).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by_key(rank);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes near each other, all alike, and near each other but for one: what two digits tell apart, and what they do not.
    #[test]
    fn many_are_in_the_order_of_comparison() {
        let scattered = |at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        for count in [0, 1, 2047, 2048, 9000] {
            for of in [scattered, |_| 7, |at| if at == 77 { 0x7f80_0000 } else { at % 100 }] {
                let rank = |at: u64| {
                    rank(Candidate { post: at as u32, pre: 0, lag: 0, gradient: f32::from_bits(of(at) as u32) })
                };
                let ranks: Vec<u128> = (0..count).map(|at| rank(scattered(at))).collect();
                let found: Vec<u128> = descending(&ranks).iter().map(|&entry| ranks[entry as u32 as usize]).collect();
                let mut expected = ranks;
                expected.sort_unstable_by_key(|&rank| Reverse(rank));
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn a_rank_holds_the_candidate_and_orders_by_size_then_place() {
        let of = |gradient, post, pre, lag| Candidate { post, pre, lag, gradient };
        let descending = [
            of(f32::NAN, 7, 7, 7),
            of(f32::NEG_INFINITY, 7, 7, 7),
            of(2.0, 9, 9, 9),
            of(-1.0, 0, 5, 9),
            of(1.0, 1, 0, 8),
            of(-1.0, 1, 0, 9),
            of(1.0, 1, u32::MAX, 0),
            of(1.0, u32::MAX, 0, u16::MAX),
            of(-0.0, 0, 0, 0),
            of(0.0, 0, 0, 1),
        ];
        assert!(descending.is_sorted_by_key(|&candidate| Reverse(rank(candidate))));
        for expected in descending {
            let found = candidate(rank(expected));
            assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        }
    }
}
