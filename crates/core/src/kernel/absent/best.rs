//! The best candidates so far, in a buffer twice as long as they are many.
//!
//! ```text
//! push; when the buffer is full: drop what lies below the floor, or else all but the `limit` largest
//! ```
//!
//! A heap of ten thousand costs a dozen branches that nothing predicts for every candidate that enters, a
//! selection a few; counting by size costs one, and raises the [`Floor`] before a buffer is full (1000 x 1000
//! pairs, top 1 %: half of the search went into selections).

use super::Candidate;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicU32, Ordering};

/// The bits of |gradient|: as an integer they rank like it, and what is not a number ranks above all.
const SIZE: u32 = 0x7fff_ffff;

/// How large a gradient is, as an integer.
#[inline(always)]
pub(super) fn size(gradient: f32) -> u32 {
    gradient.to_bits() & SIZE
}

/// A candidate as one number, larger the more it is wanted: its size, then the earlier place, then the sign
/// (which decides nothing, since a place occurs once).
fn rank(candidate: Candidate) -> u128 {
    let Candidate { post, pre, lag, gradient } = candidate;
    let place = u128::from(!post) << 48 | u128::from(!pre) << 16 | u128::from(!lag);
    (u128::from(size(gradient)) << 80 | place) << 1 | u128::from(gradient.is_sign_negative())
}

fn size_of_rank(rank: u128) -> u32 {
    (rank >> 81) as u32
}

fn candidate(rank: u128) -> Candidate {
    let bits = rank as u32 & 1;
    let (rank, size) = (rank >> 1, size_of_rank(rank));
    let (post, pre, lag) = (!((rank >> 48) as u32), !((rank >> 16) as u32), !(rank as u16));
    Candidate { post, pre, lag, gradient: f32::from_bits(bits << 31 | size) }
}

/// Bits of a size below its bin: bins of a sixteenth of a power of two.
const BELOW: u32 = 19;
/// Candidates that are counted together.
const BATCH: usize = 512;

/// A size that `limit` candidates reach, whoever found them. It only spares work: none that is smaller is
/// among the best.
pub(super) struct Floor {
    limit: usize,
    /// How many candidates were found in each bin of sizes.
    bins: Vec<AtomicU32>,
    size: AtomicU32,
}

impl Floor {
    pub(super) fn new(limit: usize) -> Self {
        let bins = (0..=SIZE >> BELOW).map(|_| AtomicU32::new(0)).collect();
        Self { limit, bins, size: AtomicU32::new(0) }
    }

    fn get(&self) -> u32 {
        self.size.load(Ordering::Relaxed)
    }

    /// Counts candidates, each once.
    fn count(&self, ranks: &[u128]) {
        for &rank in ranks {
            self.bins[(size_of_rank(rank) >> BELOW) as usize].fetch_add(1, Ordering::Relaxed);
        }
        let lowest = (self.get() >> BELOW) as usize;
        let mut found = 0;
        for bin in (lowest..self.bins.len()).rev() {
            found += self.bins[bin].load(Ordering::Relaxed) as usize;
            if found >= self.limit {
                self.size.fetch_max((bin as u32) << BELOW, Ordering::Relaxed);
                break;
            }
        }
    }
}

/// The best `limit` candidates so far, and some more.
pub(super) struct Best<'a> {
    ranks: Vec<u128>,
    /// Those of them that are counted come first.
    counted: usize,
    /// The least of the `limit` best at the last selection: what ranks below is not wanted.
    least: u128,
    floor: &'a Floor,
}

impl<'a> Best<'a> {
    pub(super) fn new(floor: &'a Floor) -> Self {
        Self { ranks: Vec::new(), counted: 0, least: 0, floor }
    }

    /// Below this [`size`] a candidate need not be offered.
    pub(super) fn floor(&self) -> u32 {
        self.floor.get()
    }

    pub(super) fn offer(&mut self, candidate: Candidate) {
        let rank = rank(candidate);
        if rank > self.least {
            self.ranks.push(rank);
            if self.ranks.len() - self.counted >= BATCH {
                self.count();
            }
        }
    }

    fn count(&mut self) {
        self.floor.count(&self.ranks[self.counted..]);
        let most = self.floor.limit.saturating_mul(2).max(BATCH);
        if self.ranks.len() >= most {
            let floor = self.floor.get();
            self.ranks.retain(|&rank| size_of_rank(rank) >= floor);
        }
        if self.ranks.len() >= most {
            self.select();
        }
        self.counted = self.ranks.len();
    }

    fn select(&mut self) {
        let limit = self.floor.limit;
        if self.ranks.len() > limit {
            let (_, least, _) = self.ranks.select_nth_unstable_by_key(limit - 1, |&rank| Reverse(rank));
            self.least = *least;
            self.ranks.truncate(limit);
        }
    }

    pub(super) fn merge(mut self, mut other: Self) -> Self {
        self.count();
        other.count();
        self.ranks.extend(other.ranks);
        self.counted = self.ranks.len();
        self
    }

    /// The best, the most wanted first.
    pub(super) fn into_candidates(mut self) -> Vec<Candidate> {
        let floor = self.floor.get();
        self.ranks.retain(|&rank| size_of_rank(rank) >= floor);
        self.select();
        self.ranks.sort_unstable_by_key(|&rank| Reverse(rank));
        self.ranks.into_iter().map(candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
