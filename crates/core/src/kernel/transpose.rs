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
//! (784-1000-1000-10 at 56 %, one thread: 2.9 ms in one part, 2.2 in eight). *No permutation* of
//! more than two million: what a listener hears
//! ascends, so going through the speakers meets the connections of each listener one after another, and a place per
//! listener says which is next; the way back goes through the listeners with a place per speaker. It saves four bytes a
//! connection, and takes twice as long as reading a permutation (784-1000-1000-10 at 10 %: 0.26 ms, 0.13). *Both ways* are
//! kept of fewer: reading at random and writing in order costs half of writing at random.

use super::{Gather, Layout};
use crate::room;
use std::ops::Range;

/// How many parts there are at most.
const PARTS: usize = 8;
/// Connections beyond which no permutation is kept.
const FEW: usize = 1 << 21;
/// Connections that are worth a part of their own.
const WORTH_A_PART: usize = 1 << 15;

/// Connections by speaker. The buffers are kept from one build to the next.
#[derive(Clone, Debug, Default)]
pub struct Transpose {
    offsets: Vec<u32>,
    targets: Vec<i32>,
    /// The row, by listener, of each connection in this order; empty where they are many.
    edges: Vec<u32>,
    /// The place, in this order, of each connection by listener; empty likewise.
    back: Vec<u32>,
    /// Where each part's speakers begin, and one past the last.
    parts: Vec<u32>,
    /// `[part][listener]`: the listener's first connection to a speaker of the part.
    starts: Vec<u32>,
    /// Where each part's listeners begin, and one past the last.
    listeners: Vec<u32>,
    /// `[part][speaker]`: the speaker's first place, in this order, for a listener of the part.
    places: Vec<u32>,
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
        assert_eq!(by_listener.connections(), pre.len(), "a source per connection");
        let count = (pre.len() / WORTH_A_PART).clamp(1, PARTS);
        let at = |part: usize| (pre.len() * part / count) as u32;

        self.listeners.clear();
        self.listeners
            .extend((0..count).map(|part| by_listener.starts.partition_point(|&start| start < at(part)) as u32));
        self.listeners[0] = 0;
        self.listeners.push(neurons as u32);
        self.places.clear();
        self.offsets.clear();
        self.offsets.resize(neurons + 1, 0);
        for part in self.listeners.windows(2) {
            self.places.extend_from_slice(&self.offsets[..neurons]);
            for listener in part[0]..part[1] {
                for &speaker in &pre[by_listener.row(listener as usize)] {
                    self.offsets[speaker as usize] += 1;
                }
            }
        }
        let mut start = 0;
        for offset in &mut self.offsets {
            start += std::mem::replace(offset, start);
        }
        for places in self.places.chunks_exact_mut(neurons.max(1)) {
            places.iter_mut().zip(&self.offsets).for_each(|(place, offset)| *place += offset);
        }

        self.parts.clear();
        let share = |part: usize| (start as usize * part / count) as u32;
        let first = |part| self.offsets[..neurons].partition_point(|&offset| offset < share(part)) as u32;
        self.parts.extend((0..count).map(first));
        self.parts[0] = 0;
        self.parts.push(neurons as u32);
        self.starts.resize(count * neurons, 0);
        for listener in 0..neurons {
            let heard = by_listener.row(listener);
            let mut start = heard.start;
            for (part, &first) in self.parts[..count].iter().enumerate() {
                start += pre[start..heard.end].partition_point(|&speaker| speaker < first);
                self.starts[part * neurons + listener] = start as u32;
            }
        }
        room::fit(&mut self.targets, start as usize);
        room::fit(&mut self.edges, if self.targets.len() > FEW { 0 } else { self.targets.len() });
        let Self { offsets, targets, edges, parts, starts, .. } = self;
        Build { by_listener, pre, offsets, parts, starts }.parts(0..count, targets, edges);
        self.back.clear();
        if !self.edges.is_empty() {
            room::fit(&mut self.back, pre.len());
            let way = Restore { by_listener, pre, of: |place| place, listeners: &self.listeners };
            way.all(&mut self.places.clone(), &mut self.back);
        }
    }

    /// The connections as [`backward`](super::backward()) reads them.
    pub fn wires(&self) -> Gather<'_> {
        Gather::new(&self.offsets, &self.targets)
    }

    /// Where the connections of each speaker begin, and one past the last.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// Writes weights by listener into this order; once per window. Split among threads where that pays. `places` is
    /// overwritten; it is kept by the caller so that nothing is allocated.
    ///
    /// # Panics
    /// If the result has not a value for each connection.
    #[track_caller]
    pub fn arrange(&self, weights: &[f32], places: &mut Vec<u32>, out: &mut [f32]) {
        assert_eq!(out.len(), self.targets.len(), "one weight per connection");
        if !self.edges.is_empty() {
            gather(&self.edges, weights, out);
        } else if !out.is_empty() {
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

    /// Writes what is in this order back by listener: `by_listener` and `pre` as it was built from. What lies between the
    /// rows means nothing afterwards. Split among threads where that pays. `places` as for [`arrange`](Self::arrange).
    ///
    /// # Panics
    /// If the shapes disagree.
    #[track_caller]
    pub fn restore(
        &self,
        (by_listener, pre): (Gather<'_>, &[u32]),
        values: &[f32],
        places: &mut Vec<u32>,
        out: &mut [f32],
    ) {
        assert_eq!(values.len(), self.targets.len(), "one value per connection");
        assert_eq!(out.len(), pre.len(), "a place for each connection");
        if values.is_empty() {
            return;
        }
        if !self.back.is_empty() {
            return gather(&self.back, values, out);
        }
        places.clone_from(&self.places);
        Restore { by_listener, pre, of: |place| values[place as usize], listeners: &self.listeners }.all(places, out);
    }
}

fn gather(edges: &[u32], values: &[f32], out: &mut [f32]) {
    if edges.len() > super::WORTH_A_THREAD / 8 && super::threads() > 1 {
        let middle = edges.len() / 2;
        let (first, second) = out.split_at_mut(middle);
        rayon::join(|| gather(&edges[..middle], values, first), || gather(&edges[middle..], values, second));
        return;
    }
    for (out, &e) in out.iter_mut().zip(edges) {
        *out = values[e as usize];
    }
}

fn join(one: impl FnOnce() + Send, two: impl FnOnce() + Send) {
    if super::threads() > 1 {
        rayon::join(one, two);
    } else {
        one();
        two();
    }
}

/// The way back.
#[derive(Clone, Copy)]
struct Restore<'a, F> {
    by_listener: Gather<'a>,
    pre: &'a [u32],
    /// What is at a place.
    of: F,
    listeners: &'a [u32],
}

impl<F: Copy + Send + Sync> Restore<'_, F> {
    fn all<T: Send>(self, places: &mut [u32], out: &mut [T])
    where
        F: Fn(u32) -> T,
    {
        self.parts(0..self.listeners.len() - 1, places, 0, out);
    }

    /// Some parts, with their places; `out` begins at connection `first`.
    fn parts<T: Send>(self, parts: Range<usize>, places: &mut [u32], first: usize, out: &mut [T])
    where
        F: Fn(u32) -> T,
    {
        if parts.len() > 1 {
            let middle = parts.start.midpoint(parts.end);
            let (places, more_places) = places.split_at_mut((middle - parts.start) * self.by_listener.rows());
            let beyond = self.by_listener.starts.get(self.listeners[middle] as usize);
            let at = beyond.map_or(out.len(), |&start| start as usize - first);
            let (out, more) = out.split_at_mut(at);
            return join(
                || self.parts(parts.start..middle, places, first, out),
                || self.parts(middle..parts.end, more_places, first + at, more),
            );
        }
        for listener in self.listeners[parts.start]..self.listeners[parts.end] {
            let heard = self.by_listener.row(listener as usize);
            let out = &mut out[heard.start - first..heard.end - first];
            for (out, &speaker) in out.iter_mut().zip(&self.pre[heard]) {
                let place = &mut places[speaker as usize];
                *out = (self.of)(*place);
                *place += 1;
            }
        }
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
    fn parts(self, parts: Range<usize>, targets: &mut [i32], edges: &mut [u32]) {
        let first = self.parts[parts.start] as usize;
        let begin = self.offsets[first];
        if parts.len() > 1 {
            let middle = parts.start.midpoint(parts.end);
            let at = (self.offsets[self.parts[middle] as usize] - begin) as usize;
            let (targets, more) = targets.split_at_mut(at);
            let (edges, more_edges) = edges.split_at_mut(at.min(edges.len()));
            return join(
                || self.parts(parts.start..middle, targets, edges),
                || self.parts(middle..parts.end, more, more_edges),
            );
        }
        let speakers = first..self.parts[parts.end] as usize;
        let mut places: Vec<u32> = self.offsets[speakers].iter().map(|&offset| offset - begin).collect();
        let neurons = self.by_listener.rows();
        let starts = &self.starts[parts.start * neurons..][..neurons];
        let ends = self.starts.get(parts.end * neurons..).filter(|rest| !rest.is_empty());
        let ends = ends.unwrap_or(self.by_listener.ends);
        for (listener, (&start, &end)) in starts.iter().zip(ends).enumerate() {
            let heard = start as usize..end as usize;
            let speakers = self.pre[heard.clone()].iter().zip(heard.start as u32..);
            // The lag, in rows, is how far back the listener reads.
            let mut put = |speaker: u32, edge: u32, lag: i32| {
                let place = &mut places[speaker as usize - first];
                if let Some(out) = edges.get_mut(*place as usize) {
                    *out = edge;
                }
                targets[*place as usize] = listener as i32 + lag;
                *place += 1;
            };
            if let Some(told) = self.by_listener.told {
                let back = told.back(listener);
                speakers.for_each(|(&speaker, edge)| put(speaker, edge, back(speaker) as i32));
            } else {
                let sources = &self.by_listener.sources[heard];
                speakers
                    .zip(sources)
                    .for_each(|((&speaker, edge), source)| put(speaker, edge, speaker as i32 - source));
            }
        }
    }
}
