//! Gradient at connections that are not there: which would help most.
//!
//! ```text
//! for post: for (pre, lag) within reach, not connected:
//!     g = sum over blocks, cycles, lanes of blame[cycle, post] * output[cycle - lag, pre]
//!     keep the k largest |g|
//! ```
//!
//! Departures. *A product*: where consecutive listeners may hear the same consecutive speakers, the scores are
//! the register tiles of `dense/gradient.rs`. *No heap*: what is above a floor goes to a buffer, which is cut to
//! the best by a selection whenever it is full. 1000 x 1000 pairs, batch 64, top 1 %, one thread: with sums over
//! lanes first and a heap 10.5 ms, so 3.0, half of it the product. *Streaming*: memory is O(k) a thread and
//! 260 KB of tiles, never the pairs.
//!
//! The order by (|g|, post, pre, lag) is total: the k first are the same set however the listeners were split. A
//! gradient that is not a number counts as the largest, so that it is seen. The sum of a score runs in another
//! order than that of `gradient.rs`: a connection grown here has this gradient up to rounding.

mod best;
mod floor;
mod search;

pub use self::best::Ranked;

use self::search::{Connected, Search};
use super::dispatch::{Kernel, Target, Wide};
use super::panels::{PANELS, Panels, dot};
use super::{LANES, View};
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// A run of neurons that a listener may hear, each with this lag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The speakers' rows.
    pub pre: Range<u32>,
    /// Cycles between firing and being heard.
    pub lag: u16,
}

/// A pair that is not connected, and the gradient that a connection would have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The listener's row.
    pub post: u32,
    /// The speaker's row.
    pub pre: u32,
    /// Cycles between firing and being heard.
    pub lag: u16,
    /// The derivative of the loss by its weight.
    pub gradient: f32,
}

/// Listeners below which a search is not split: transposing the outputs would show.
const LEAST: usize = 24;

/// Scores at given places.
struct At<'a> {
    panels: Panels<'a>,
    places: &'a [(u32, u32, u16)],
    out: &'a mut [f32],
}

impl At<'_> {
    #[inline(always)]
    fn tile<W: Wide, const P: usize>(&mut self, first: usize) {
        let (outputs, blame) = self.panels.tile::<P>(first);
        for (out, &(post, pre, lag)) in self.out.iter_mut().zip(self.places) {
            let source = self.panels.outputs.layout.source(pre, lag);
            let fixed: [W; P] = std::array::from_fn(|p| W::load(blame[p].row(post as i32)));
            *out += dot(&fixed, &std::array::from_fn(|p| outputs[p].row(source)));
        }
    }
}

impl Kernel for At<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        let panels = self.panels.count();
        let mut first = 0;
        while first + PANELS <= panels {
            self.tile::<W, PANELS>(first);
            first += PANELS;
        }
        for rest in first..panels {
            self.tile::<W, 1>(rest);
        }
    }
}

/// The activity from which absent connections are scored. Views as for [`sums`](super::sums()).
#[derive(Clone, Copy)]
pub struct Absent<'a> {
    panels: Panels<'a>,
    target: Target,
}

impl std::fmt::Debug for Absent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Absent")
            .field("cycles", &self.panels.cycles)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl<'a> Absent<'a> {
    /// Scores over all blocks of the views and `cycles` cycles from where they stand.
    ///
    /// # Panics
    /// If the views hold different numbers of blocks.
    #[track_caller]
    pub fn new(outputs: View<'a>, blame: View<'a>, cycles: usize) -> Self {
        Self { panels: Panels::new(outputs, blame, cycles), target: Target::best() }
    }

    /// [`new`](Self::new) with chosen instructions.
    #[cfg(test)]
    pub(super) fn on(self, target: Target) -> Self {
        Self { target, ..self }
    }

    /// The gradients at these (post, pre, lag), in their order, connected or not. Split among threads.
    ///
    /// # Panics
    /// If a row is no neuron or a lag is deeper than the history.
    #[track_caller]
    pub fn at(&self, places: &[(u32, u32, u16)]) -> Vec<f32> {
        let layout = self.panels.outputs.layout;
        for &(post, pre, lag) in places {
            let neurons = layout.neurons();
            assert!((post as usize) < neurons && (pre as usize) < neurons, "({post}, {pre}) among {neurons} neurons");
            self.check(lag);
        }
        let mut out = vec![0.0; places.len()];
        self.at_halves(places, &mut out);
        out
    }

    fn at_halves(&self, places: &[(u32, u32, u16)], out: &mut [f32]) {
        let work = places.len() * self.panels.count() * LANES;
        if work < super::WORTH_A_THREAD || places.len() < 2 || rayon::current_num_threads() == 1 {
            return self.target.run(At { panels: self.panels, places, out });
        }
        let ((first, second), (one, two)) = (places.split_at(places.len() / 2), out.split_at_mut(places.len() / 2));
        rayon::join(|| self.at_halves(first, one), || self.at_halves(second, two));
    }

    #[track_caller]
    fn check(&self, lag: u16) {
        let depth = self.panels.outputs.base / self.panels.outputs.layout.neurons().max(1);
        assert!(usize::from(lag) <= depth, "lag {lag} reaches beyond the {depth} cycles kept before the first");
    }

    /// The `limit` largest |gradient|s at pairs of a listener in `posts` and a speaker in its reach that are not
    /// connected, in descending order, ties by (post, pre, lag). `offsets` and `pre` are the connections by
    /// listener, `pre` ascending within each; a pair that is connected with any lag is left out. `reach` adds a
    /// listener's spans, which must not overlap at one lag, to an empty list. Split among threads.
    ///
    /// # Panics
    /// If a row is no neuron or a lag is deeper than the history.
    #[track_caller]
    pub fn top(
        &self,
        offsets: &[u32],
        pre: &[u32],
        posts: Range<u32>,
        limit: usize,
        reach: &(dyn Fn(u32, &mut Vec<Span>) + Sync),
    ) -> Ranked {
        if limit == 0 || posts.is_empty() {
            return Ranked::default();
        }
        let mut spans = Vec::new();
        posts.clone().find(|&post| {
            reach(post, &mut spans);
            !spans.is_empty()
        });
        if spans.is_empty() {
            return Ranked::default();
        }
        let reached: usize = spans.iter().map(|span| span.pre.len()).sum();
        // The first reach stands for all: this decides about threads and a guess, not about results.
        let pairs = reached * posts.len();
        let work = pairs * self.panels.count() * LANES;
        let threads = if work < super::WORTH_A_THREAD { 1 } else { rayon::current_num_threads() };
        let pieces = if threads == 1 { 1 } else { 4 * threads };
        let connected = Connected { offsets, pre };
        let heard = (offsets[posts.end as usize] - offsets[posts.start as usize]) as usize;
        let guess = self.foretold(posts.clone(), (pairs, heard), limit, reach);
        let search = Search { absent: *self, connected, limit, reach, floor: AtomicU32::new(guess) };
        let least = posts.len().div_ceil(pieces).max(LEAST);
        let best = search.halves(posts.clone(), least);
        if guess == 0 || best.len() >= limit {
            return best.ranked();
        }
        // The guess was too high, or there are no more: nothing is left out.
        let search = Search { floor: AtomicU32::new(0), ..search };
        search.halves(posts, least).ranked()
    }
}
