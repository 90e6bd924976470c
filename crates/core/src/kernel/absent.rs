//! Gradient at connections that are not there: which would help most.
//!
//! ```text
//! for post: for (pre, lag) within reach, not connected:
//!     g = sum over blocks, cycles, lanes of blame[cycle, post] * output[cycle - lag, pre]
//!     keep the k largest |g|
//! ```
//!
//! Departures. *Four listeners* with the same candidates share each read of an output. *Streaming*: candidates
//! go by in chunks of [`CHUNK`], so memory is O(k) a thread, never the pairs. The sums are those of
//! `gradient.rs`, tile by tile, so a connection grown here has this very gradient. The order by (|g|, post, pre,
//! lag) is total: the k first are the same set however the listeners were split. A gradient that is not a
//! number counts as the largest, so that it is seen.

use super::dispatch::{Kernel, Target, Wide};
use super::gradient::{PANELS, Panels, dot, dots};
use super::{LANES, Lanes, View};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

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

/// A candidate ordered from least to most wanted.
struct Ranked(Candidate);

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |c: &Candidate| (c.post, c.pre, c.lag);
        let by_size = self.0.gradient.abs().total_cmp(&other.0.gradient.abs());
        by_size.then_with(|| place(&other.0).cmp(&place(&self.0)))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

/// The best `limit` candidates so far.
struct Best {
    limit: usize,
    heap: BinaryHeap<Reverse<Ranked>>,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::new() }
    }

    /// Below this size a candidate need not be offered. (A NaN compares as not below.)
    fn floor(&self) -> f32 {
        match self.heap.peek() {
            Some(Reverse(worst)) if self.heap.len() == self.limit => worst.0.gradient.abs(),
            _ => 0.0,
        }
    }

    fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.limit {
            self.heap.push(Reverse(Ranked(candidate)));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && Ranked(candidate) > worst.0
        {
            *worst = Reverse(Ranked(candidate));
        }
    }

    fn merge(mut self, other: Self) -> Self {
        for Reverse(Ranked(candidate)) in other.heap {
            self.offer(candidate);
        }
        self
    }
}

/// Speakers scored at a time: their outputs in a tile, 64 KB, stay in the second-level cache.
const CHUNK: usize = 512;
/// Listeners scored together.
const POSTS: usize = 4;

/// Scores of a chunk of speakers for up to four listeners.
struct Scores<'a> {
    panels: Panels<'a>,
    posts: [u32; POSTS],
    /// Where the chunk's first speaker is read, relative to a cycle's base.
    source: i32,
    out: [&'a mut [f32]; POSTS],
}

impl Scores<'_> {
    #[inline(always)]
    fn tile<W: Wide, const P: usize>(&mut self, first: usize) {
        let (outputs, blame) = self.panels.tile::<P>(first);
        let moving: [[&Lanes; P]; POSTS] =
            std::array::from_fn(|c| std::array::from_fn(|p| blame[p].row(self.posts[c] as i32)));
        for i in 0..self.out[0].len() {
            let fixed: [W; P] = std::array::from_fn(|p| W::load(outputs[p].row(self.source + i as i32)));
            let sums = dots(&fixed, &moving);
            for c in 0..POSTS {
                self.out[c][i] += sums[c];
            }
        }
    }
}

impl Kernel for Scores<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        let length = self.out[0].len();
        self.out = self.out.map(|out| &mut out[..length]);
        for out in &mut self.out {
            out.fill(0.0);
        }
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

/// The activity from which absent connections are scored. Views as for [`gradient`](super::gradient()).
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
    ) -> Vec<Candidate> {
        if limit == 0 || posts.is_empty() {
            return Vec::new();
        }
        let mut spans = Vec::new();
        reach(posts.start, &mut spans);
        let pairs: usize = spans.iter().map(|span| span.pre.len()).sum();
        // The first listener's reach stands for all: this decides about threads, not about results.
        let work = pairs * posts.len() * self.panels.count() * LANES;
        let threads = if work < super::WORTH_A_THREAD { 1 } else { rayon::current_num_threads() };
        let pieces = if threads == 1 { 1 } else { 4 * threads };
        let search = Search { absent: *self, offsets, pre, limit, reach };
        let best = search.halves(posts.clone(), posts.len().div_ceil(pieces).max(POSTS));
        best.heap.into_sorted_vec().into_iter().map(|Reverse(Ranked(candidate))| candidate).collect()
    }
}

struct Search<'a> {
    absent: Absent<'a>,
    offsets: &'a [u32],
    pre: &'a [u32],
    limit: usize,
    reach: &'a (dyn Fn(u32, &mut Vec<Span>) + Sync),
}

impl Search<'_> {
    fn halves(&self, posts: Range<u32>, least: usize) -> Best {
        if posts.len() <= least {
            return self.here(posts);
        }
        let middle = posts.start + (posts.len() / 2) as u32;
        let (one, two) =
            rayon::join(|| self.halves(posts.start..middle, least), || self.halves(middle..posts.end, least));
        one.merge(two)
    }

    /// Listeners with equal spans go four together.
    fn here(&self, posts: Range<u32>) -> Best {
        let mut best = Best::new(self.limit);
        let mut scratch = vec![0.0; POSTS * CHUNK];
        let (mut spans, mut next) = (Vec::new(), Vec::new());
        let mut post = posts.start;
        if post < posts.end {
            (self.reach)(post, &mut next);
        }
        while post < posts.end {
            std::mem::swap(&mut spans, &mut next);
            let mut end = post + 1;
            while end < posts.end {
                next.clear();
                (self.reach)(end, &mut next);
                if end - post == POSTS as u32 || next != spans {
                    break;
                }
                end += 1;
            }
            for span in &spans {
                self.span(post..end, span, &mut scratch, &mut best);
            }
            post = end;
        }
        best
    }

    fn span(&self, posts: Range<u32>, span: &Span, scratch: &mut [f32], best: &mut Best) {
        let layout = self.absent.panels.outputs.layout;
        self.absent.check(span.lag);
        assert!(
            span.pre.end as usize <= layout.neurons(),
            "candidates {:?} among {} neurons",
            span.pre,
            layout.neurons()
        );
        for start in span.pre.clone().step_by(CHUNK) {
            let chunk = start..(start + CHUNK as u32).min(span.pre.end);
            let mut parts = scratch.chunks_exact_mut(CHUNK);
            let scores =
                std::array::from_fn(|_| &mut parts.next().expect("scratch has a part per listener")[..chunk.len()]);
            let source = layout.source(start, span.lag);
            // Fewer than four: the last one fills the places.
            let four = std::array::from_fn(|c| (posts.start + c as u32).min(posts.end - 1));
            self.absent.target.run(Scores { panels: self.absent.panels, posts: four, source, out: scores });
            for (post, scores) in posts.clone().zip(scratch.chunks_exact(CHUNK)) {
                self.select(post, chunk.clone(), span.lag, scores, best);
            }
        }
    }

    fn select(&self, post: u32, chunk: Range<u32>, lag: u16, scores: &[f32], best: &mut Best) {
        let connected = &self.pre[self.offsets[post as usize] as usize..self.offsets[post as usize + 1] as usize];
        let mut connected = connected[connected.partition_point(|&pre| pre < chunk.start)..].iter().peekable();
        let mut floor = best.floor();
        for (pre, &gradient) in chunk.zip(scores) {
            if connected.next_if_eq(&&pre).is_some() || gradient.abs() < floor {
                continue;
            }
            best.offer(Candidate { post, pre, lag, gradient });
            floor = best.floor();
        }
    }
}
