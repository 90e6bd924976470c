//! How large the least of those that are wanted will be, from a sample: a search that begins with a floor of 0 offers the
//! `k` best of `n` some `k (1 + ln (n / k))` times, and sorts most of them away again.
//!
//! It is a guess. Whoever finds fewer than are wanted above it searches again without.

use super::best::size;
use super::{Absent, Span};
use std::ops::Range;

/// Pairs that are looked at. With as many listeners, or a thousand.
const SAMPLE: usize = 1 << 12;
const LISTENERS: usize = 1 << 10;
/// Pairs for each that is looked at, below which a search needs no guess.
const WORTH: usize = 16;

impl Absent<'_> {
    /// A [`size`] that hardly more than the `limit` best of these pairs reach, of which some are connected; 0 where a
    /// sample would tell little.
    pub(super) fn foretold(
        &self,
        posts: Range<u32>,
        (pairs, connected): (usize, usize),
        limit: usize,
        reach: &(dyn Fn(u32, &mut Vec<Span>) + Sync),
    ) -> u32 {
        let absent = pairs.saturating_sub(connected);
        if pairs < WORTH * SAMPLE || absent < pairs / 2 || limit > absent / 4 {
            return 0;
        }
        let listeners = posts.len().min(LISTENERS);
        let (mut places, mut spans) = (Vec::with_capacity(SAMPLE + LISTENERS), Vec::new());
        // The golden ratio leaves no two of a sequence close together.
        let (mut at, step) = (0_u32, 0x9e37_79b9);
        for listener in 0..listeners {
            let post = posts.start + (listener * posts.len() / listeners) as u32;
            spans.clear();
            reach(post, &mut spans);
            let heard: usize = spans.iter().map(|span| span.pre.len()).sum();
            for _ in 0..if heard == 0 { 0 } else { SAMPLE.div_ceil(listeners) } {
                at = at.wrapping_add(step);
                let mut left = ((u64::from(at) * heard as u64) >> 32) as u32;
                let span = spans.iter().find(|span| {
                    let here = left < span.pre.len() as u32;
                    left -= if here { 0 } else { span.pre.len() as u32 };
                    here
                });
                places.extend(span.map(|span| (post, span.pre.start + left, span.lag)));
            }
        }
        let mut sizes: Vec<u32> = self.at(&places).into_iter().map(size).collect();
        // Three deviations on the safe side, as if listeners' pairs were alike by half.
        let expected = sizes.len() as f64 * limit as f64 / absent as f64;
        let rank = (expected + 3.0 * (2.0 * expected).sqrt()) as usize;
        if rank < sizes.len() { *sizes.select_nth_unstable_by(rank, |a, b| b.cmp(a)).1 } else { 0 }
    }
}
