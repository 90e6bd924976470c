//! The search among absent connections: scores of a tile of listeners and speakers, then those above the floor.

use super::super::dense::{Packed, Place, TILE, panel_rows, tiles};
use super::super::dispatch::{Kernel, Wide};
use super::super::panels::Panels;
use super::super::{LANES, Lanes};
use super::best::Best;
use super::{Absent, Span};
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// Listeners scored together: over them an output that was transposed is used again.
const POSTS: usize = 126;
/// Speakers scored together, a whole number of strips of 16. Scores: 126 KB.
pub(super) const SPEAKERS: usize = 256;
/// Panels summed at a time: with [`SPEAKERS`], 128 KB of outputs.
const PANELS: usize = 8;

/// A bit for each speaker of a tile, in strips.
type Bits = [u16; SPEAKERS / LANES];

/// What a thread keeps from one tile to the next.
#[derive(Default)]
struct Scratch {
    outputs: Vec<Lanes>,
    /// `[listener][strip]`, a lane a speaker.
    scores: Vec<Lanes>,
    /// By listener, a bit for each speaker whose score is not below the floor.
    wanted: Vec<Bits>,
    /// By listener, where among its connections the speakers of the next tile begin, or before that.
    next: Vec<u32>,
}

/// Connections by listener, as in [`Absent::top`].
#[derive(Clone, Copy)]
pub(super) struct Connected<'a> {
    pub(super) offsets: &'a [u32],
    pub(super) pre: &'a [u32],
}

/// The scores of six listeners.
struct Scored<'a> {
    /// The first of them, and the end of all listeners.
    posts: Range<usize>,
    strips: usize,
    at: [usize; TILE],
    scores: &'a mut [Lanes],
    /// Whether nothing was added up yet.
    fresh: bool,
    /// At the end: where what is not below a floor is marked, from the first listener on.
    marks: Option<(&'a mut [Bits], u32)>,
}

impl Place for Scored<'_> {
    #[inline(always)]
    fn load<W: Wide>(&self, strip: usize) -> [W; TILE] {
        let mut sums = [W::splat(0.0); TILE];
        if !self.fresh {
            for (sum, &at) in sums.iter_mut().zip(&self.at) {
                *sum = W::load(&self.scores[at * self.strips + strip]);
            }
        }
        sums
    }
    #[inline(always)]
    fn store<W: Wide>(&mut self, strip: usize, sums: &[W; TILE]) {
        for (r, (post, sum)) in self.posts.clone().zip(sums).enumerate() {
            sum.store(&mut self.scores[post * self.strips + strip]);
            if let Some((wanted, floor)) = &mut self.marks {
                wanted[r][strip] = sum.at_least(*floor);
            }
        }
    }
}

/// Consecutive listeners, and consecutive speakers that all of them may hear.
struct Area<'a, 'b> {
    panels: Panels<'a>,
    connected: Connected<'a>,
    posts: Range<u32>,
    pre: Range<u32>,
    lag: u16,
    scratch: &'a mut Scratch,
    best: &'a mut Best<'b>,
}

impl Area<'_, '_> {
    /// The gradients of all pairs: each one chain of fused multiply-adds, panel after panel, lane after lane.
    #[inline(always)]
    fn score<W: Wide>(&mut self) {
        let Panels { outputs, blame, cycles } = self.panels;
        let (posts, speakers) = (self.posts.len(), self.pre.len());
        let strips = speakers.div_ceil(LANES);
        let source = outputs.layout.source(self.pre.start, self.lag);
        let Scratch { outputs: transposed, scores, wanted, .. } = &mut *self.scratch;
        let (floor, count) = (self.best.floor(), self.panels.count());
        // The last panels write over what the last tile left, and the first over its scores.
        scores.resize(posts * strips, Lanes::ZERO);
        wanted.resize(posts, Bits::default());
        if count == 0 {
            scores.fill(Lanes::ZERO);
            wanted.fill([u16::MAX * u16::from(floor == 0); SPEAKERS / LANES]);
        }
        for panel in (0..count).step_by(PANELS) {
            let panels = PANELS.min(count - panel);
            let last = panel + panels == count;
            let listeners: [&[Lanes]; PANELS] = std::array::from_fn(|p| {
                panel_rows(blame, cycles, panel + p.min(panels - 1), self.posts.start as i32, posts)
            });
            let packed = Packed::of::<W>(transposed, panels, speakers, |p| {
                panel_rows(outputs, cycles, panel + p, source, speakers)
            });
            for first in (0..posts).step_by(TILE) {
                // A tile that is not full computes its last row again, and does not store that.
                let at: [usize; TILE] = std::array::from_fn(|r| (first + r).min(posts - 1));
                let marks = last.then_some((&mut wanted[first..], floor));
                let mut place =
                    Scored { posts: first..posts, strips, at, scores: &mut *scores, fresh: panel == 0, marks };
                let blame = |p: usize| std::array::from_fn(|r| &listeners[p][at[r]]);
                tiles::<W>(&mut place, (&packed, strips), blame);
            }
        }
    }

    /// Offers what is not below the floor.
    #[inline(always)]
    fn select<W: Wide>(&mut self) {
        let Connected { offsets, pre } = self.connected;
        let (strips, Range { start, end }) = (self.pre.len().div_ceil(LANES), self.pre.clone());
        // What lies behind the last speaker.
        let within = u16::MAX >> (strips * LANES - self.pre.len());
        let Scratch { scores, wanted, next, .. } = &mut *self.scratch;
        // Who was last seen to hear a speaker: a mark that the next listener need not take away.
        let mut heard_by = [[u32::MAX; LANES]; SPEAKERS / LANES];
        let (mut kept, mut gradients) = ([0; SPEAKERS + LANES], [0.0; SPEAKERS + LANES]);
        let listeners = self.posts.clone().zip(scores.chunks_exact(strips)).zip(next);
        for (((post, scores), next), wanted) in listeners.zip(wanted) {
            wanted[strips - 1] &= within;
            let wanted = &wanted[..strips];
            if wanted.iter().fold(0, |any, bits| any | bits) == 0 {
                continue;
            }
            let connected = &pre[*next as usize..offsets[post as usize + 1] as usize];
            let mut passed = 0;
            while let Some(&pre) = connected.get(passed).filter(|&&pre| pre < end) {
                // Wraps for who was left behind by a tile in which nothing was wanted.
                if let Some(mark) = heard_by.as_flattened_mut().get_mut(pre.wrapping_sub(start) as usize) {
                    *mark = post;
                }
                passed += 1;
            }
            *next += passed as u32;
            let mut count = 0;
            for (strip, ((scores, wanted), heard_by)) in scores.iter().zip(wanted).zip(&heard_by).enumerate() {
                let heard = (0..LANES).fold(0, |bits, lane| bits | u16::from(heard_by[lane] == post) << lane);
                let to = (kept[count..].first_chunk_mut(), gradients[count..].first_chunk_mut());
                if let (Some(offsets), Some(gradients)) = to {
                    count += W::keep(&scores.0, wanted & !heard, (strip * LANES) as u32, (offsets, gradients));
                }
            }
            self.best.offer((post, start, self.lag), &kept[..count], &gradients[..count]);
        }
    }
}

impl Kernel for Area<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        self.score::<W>();
        self.select::<W>();
    }
}

/// A search, split among threads by listener.
pub(super) struct Search<'a> {
    pub(super) absent: Absent<'a>,
    pub(super) connected: Connected<'a>,
    pub(super) limit: usize,
    pub(super) reach: &'a (dyn Fn(u32, &mut Vec<Span>) + Sync),
    /// Shared by all threads.
    pub(super) floor: AtomicU32,
}

impl Search<'_> {
    /// The best of these listeners, in pieces of `least` listeners or more.
    pub(super) fn halves(&self, posts: Range<u32>, least: usize) -> Best<'_> {
        if posts.len() <= least {
            return self.here(posts);
        }
        let middle = posts.start + (posts.len() / 2) as u32;
        let (one, two) =
            rayon::join(|| self.halves(posts.start..middle, least), || self.halves(middle..posts.end, least));
        one.merge(two)
    }

    /// Listeners with equal spans go together.
    fn here(&self, posts: Range<u32>) -> Best<'_> {
        let mut best = Best::new(self.limit, &self.floor);
        let mut scratch = Scratch::default();
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

    fn span(&self, posts: Range<u32>, span: &Span, scratch: &mut Scratch, best: &mut Best<'_>) {
        let layout = self.absent.panels.outputs.layout;
        self.absent.check(span.lag);
        assert!(
            span.pre.end as usize <= layout.neurons(),
            "candidates {:?} among {} neurons",
            span.pre,
            layout.neurons()
        );
        let Connected { offsets, pre } = self.connected;
        scratch.next.clear();
        scratch.next.extend(posts.clone().map(|post| {
            let (first, end) = (offsets[post as usize], offsets[post as usize + 1]);
            first + pre[first as usize..end as usize].partition_point(|&pre| pre < span.pre.start) as u32
        }));
        for start in span.pre.clone().step_by(SPEAKERS) {
            self.absent.target.run(Area {
                panels: self.absent.panels,
                connected: self.connected,
                posts: posts.clone(),
                pre: start..(start + SPEAKERS as u32).min(span.pre.end),
                lag: span.lag,
                scratch: &mut *scratch,
                best: &mut *best,
            });
        }
    }
}
