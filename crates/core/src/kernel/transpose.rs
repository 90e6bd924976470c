//! Transpose: the same connections by speaker instead of listener.
//!
//! ```text
//! for e in 0..pre.len(): count[pre[e]] += 1
//! offsets = running sum of count
//! for e in 0..pre.len(): targets[offsets[pre[e]]++] = target(post, lag[e])
//! ```
//!
//! A counting sort, so the connections of a speaker stand in the order of their listeners. Departures: *parts*, some
//! speakers each, so that the lines being written stay in the second-level cache, and threads own parts
//! (784-1000-1000-10 at 56 %, one thread: 2.9 ms in one part, 2.2 in eight). *No permutation*: what a listener hears
//! ascends, so going through the speakers meets the connections of each listener one after another, and a place per
//! listener says which is next. It costs what reading a permutation would, and saves four bytes a connection.

use super::{Gather, Layout};
use std::ops::Range;

/// How many parts there are at most.
const PARTS: usize = 8;
/// Connections that are worth a part of their own.
const WORTH_A_PART: usize = 1 << 15;

/// Connections by speaker. The buffers are kept from one build to the next.
#[derive(Clone, Debug, Default)]
pub struct Transpose {
    offsets: Vec<u32>,
    targets: Vec<i32>,
    /// Where each part's speakers begin, and one past the last.
    parts: Vec<u32>,
    /// `[part][listener]`: the listener's first connection to a speaker of the part.
    starts: Vec<u32>,
}

impl Transpose {
    /// Builds it anew: connections by listener with where each reads ([`Layout::source`] of whom it hears), and
    /// `pre`, whom it hears, ascending for each listener; `layout` gives the number of neurons. Split among threads
    /// where that pays.
    ///
    /// # Panics
    /// If the shapes disagree or a speaker is no neuron.
    #[track_caller]
    pub fn rebuild(&mut self, by_listener: Gather<'_>, pre: &[u32], layout: Layout) {
        let neurons = layout.neurons();
        assert_eq!(by_listener.rows(), neurons, "a row per neuron");
        assert_eq!(by_listener.sources.len(), pre.len(), "a source per connection");
        self.offsets.clear();
        self.offsets.resize(neurons + 1, 0);
        for &speaker in pre {
            self.offsets[speaker as usize] += 1;
        }
        let mut start = 0;
        for offset in &mut self.offsets {
            start += std::mem::replace(offset, start);
        }
        let count = (pre.len() / WORTH_A_PART).clamp(1, PARTS);
        self.parts.clear();
        self.parts.extend((0..count).map(|part| {
            let first = (pre.len() * part / count) as u32;
            self.offsets[..neurons].partition_point(|&offset| offset < first) as u32
        }));
        self.parts[0] = 0;
        self.parts.push(neurons as u32);
        self.starts.resize(count * neurons, 0);
        for listener in 0..neurons {
            let heard = by_listener.edges(&(listener..listener + 1));
            let mut start = heard.start;
            for (part, &first) in self.parts[..count].iter().enumerate() {
                start += pre[start..heard.end].partition_point(|&speaker| speaker < first);
                self.starts[part * neurons + listener] = start as u32;
            }
        }
        self.targets.resize(pre.len(), 0);
        let Self { offsets, targets, parts, starts } = self;
        Build { by_listener, pre, offsets, parts, starts }.parts(0..count, targets);
    }

    /// The connections as [`backward`](super::backward) reads them.
    pub fn wires(&self) -> Gather<'_> {
        Gather::new(&self.offsets, &self.targets)
    }

    /// Writes weights by listener into this order; once per window. Split among threads where that pays. `places` is
    /// overwritten; it is kept by the caller so that nothing is allocated.
    #[track_caller]
    pub fn arrange(&self, weights: &[f32], places: &mut Vec<u32>, out: &mut [f32]) {
        assert!(weights.len() == self.targets.len() && out.len() == weights.len(), "one weight per connection");
        if !weights.is_empty() {
            places.clone_from(&self.starts);
            self.arrange_parts(0..self.parts.len() - 1, weights, places, out);
        }
    }

    fn arrange_parts(&self, parts: Range<usize>, weights: &[f32], places: &mut [u32], out: &mut [f32]) {
        let neurons = self.offsets.len() - 1;
        let first = self.offsets[self.parts[parts.start] as usize] as usize;
        if parts.len() > 1 {
            let middle = parts.start.midpoint(parts.end);
            let (places, more_places) = places.split_at_mut((middle - parts.start) * neurons);
            let (out, more) = out.split_at_mut(self.offsets[self.parts[middle] as usize] as usize - first);
            join(
                || self.arrange_parts(parts.start..middle, weights, places, out),
                || self.arrange_parts(middle..parts.end, weights, more_places, more),
            );
            return;
        }
        // Its length in the compiler's sight.
        let places = &mut places[..neurons];
        for (out, &target) in out.iter_mut().zip(&self.targets[first..]) {
            let mut listener = target as usize;
            while listener >= neurons {
                listener -= neurons;
            }
            let place = &mut places[listener];
            *out = weights[*place as usize];
            *place += 1;
        }
    }
}

fn join(one: impl FnOnce() + Send, two: impl FnOnce() + Send) {
    if rayon::current_num_threads() > 1 {
        rayon::join(one, two);
    } else {
        one();
        two();
    }
}

/// What the parts are made from.
#[derive(Clone, Copy)]
struct Build<'a> {
    by_listener: Gather<'a>,
    pre: &'a [u32],
    offsets: &'a [u32],
    parts: &'a [u32],
    starts: &'a [u32],
}

impl Build<'_> {
    /// Writes the targets of some parts.
    fn parts(self, parts: Range<usize>, targets: &mut [i32]) {
        let first = self.parts[parts.start] as usize;
        let begin = self.offsets[first];
        if parts.len() > 1 {
            let middle = parts.start.midpoint(parts.end);
            let (targets, more) = targets.split_at_mut((self.offsets[self.parts[middle] as usize] - begin) as usize);
            return join(|| self.parts(parts.start..middle, targets), || self.parts(middle..parts.end, more));
        }
        let speakers = first..self.parts[parts.end] as usize;
        let mut places: Vec<u32> = self.offsets[speakers].iter().map(|&offset| offset - begin).collect();
        let neurons = self.by_listener.rows();
        let starts = &self.starts[parts.start * neurons..][..neurons];
        let ends = self.starts.get(parts.end * neurons..).filter(|rest| !rest.is_empty());
        let ends = ends.unwrap_or(&self.by_listener.offsets[1..]);
        for (listener, (&start, &end)) in starts.iter().zip(ends).enumerate() {
            let heard = start as usize..end as usize;
            for (&speaker, &source) in self.pre[heard.clone()].iter().zip(&self.by_listener.sources[heard]) {
                let place = &mut places[speaker as usize - first];
                // The lag, in rows, is how far back the listener reads.
                targets[*place as usize] = listener as i32 + (speaker as i32 - source);
                *place += 1;
            }
        }
    }
}
