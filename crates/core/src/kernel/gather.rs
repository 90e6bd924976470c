//! The inner loop of forward: a weighted sum of rows read through offsets.
//!
//! ```text
//! for row in rows: for e in offsets[row]..offsets[row + 1]:
//!     sum[row] += weights[e] * input[base + sources[e]]
//! ```
//!
//! Departures. *Two chains*: even and odd connections add up apart and meet at the end, since one chain of
//! additions waits four cycles for each. *Two blocks* go through one pass over the indices when the caller
//! has them (784-1000-1000-10 at 10 %, batch 64, one thread: 0.52 ms; one block at a time 0.62).
//! A row is one cache line.

use super::dispatch::{Kernel, Wide};
use super::{LANES, Lanes, View, ViewMut};
use std::ops::Range;

/// Connections in rows: row `i` reads `sources[e]` for `e` in `starts[i]..ends[i]`, an offset
/// relative to the base of the reading cycle ([`Layout::source`](super::Layout::source) or
/// [`Layout::target`](super::Layout::target)).
#[derive(Clone, Copy, Debug)]
pub struct Gather<'a> {
    pub(super) starts: &'a [u32],
    pub(super) ends: &'a [u32],
    pub(super) sources: &'a [i32],
    /// What says where they read where no source is kept.
    pub(super) told: Option<Told<'a>>,
}

/// Connections without delays: whom each hears says where it reads, which saves four bytes a connection that come from
/// memory in every cycle. Only [`forward`](super::forward()) and [`Transpose`](super::Transpose) know of these.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The heard neuron of each connection.
    pub pres: &'a [u32],
    /// By listener, the first neuron that it hears a cycle late; all after it are heard so as well.
    pub late: &'a [u32],
}

impl Told<'_> {
    /// Whether a listener hears all of these, which ascend, a cycle late, or none; `None` where it hears some so.
    #[inline(always)]
    fn heard_late(&self, listener: usize, heard: &[u32]) -> Option<bool> {
        let late = self.late[listener];
        match heard {
            [first, ..] if *first >= late => Some(true),
            [.., last] if *last >= late => None,
            _ => Some(false),
        }
    }

    /// How many rows before those of its cycle a listener finds a speaker.
    #[inline(always)]
    pub(super) fn back(&self, listener: usize) -> impl Fn(u32) -> usize + use<> {
        let (late, neurons) = (self.late[listener], self.late.len());
        move |speaker| if speaker < late { 0 } else { neurons }
    }
}

impl<'a> Gather<'a> {
    /// Offsets (one more than there are rows, ascending from 0) over sources.
    #[track_caller]
    pub fn new(offsets: &'a [u32], sources: &'a [i32]) -> Self {
        assert_eq!(offsets.last().map(|&end| end as usize), Some(sources.len()), "offsets end where sources end");
        let (starts, ends) = (&offsets[..offsets.len() - 1], &offsets[1..]);
        Self { starts, ends, sources, told: None }
    }

    /// A part of each row, which ascend; between them may lie what is not meant.
    ///
    /// # Panics
    /// If there are not as many ends as starts.
    #[track_caller]
    pub fn parts(starts: &'a [u32], ends: &'a [u32], sources: &'a [i32]) -> Self {
        assert_eq!(starts.len(), ends.len(), "an end for each start");
        Self { starts, ends, sources, told: None }
    }

    /// The same without sources.
    ///
    /// # Panics
    /// If there are not as many ends as starts, or not as many listeners.
    #[track_caller]
    pub fn told(starts: &'a [u32], ends: &'a [u32], told: Told<'a>) -> Self {
        assert_eq!(starts.len(), ends.len(), "an end for each start");
        assert_eq!(starts.len(), told.late.len(), "a row for each listener");
        Self { starts, ends, sources: &[], told: Some(told) }
    }

    /// The number of connections, those between the rows included.
    pub fn connections(&self) -> usize {
        self.told.map_or(self.sources.len(), |told| told.pres.len())
    }

    /// The connections of one row.
    #[inline(always)]
    pub fn row(&self, row: usize) -> Range<usize> {
        self.starts[row] as usize..self.ends[row] as usize
    }

    /// The number of rows.
    pub const fn rows(&self) -> usize {
        self.starts.len()
    }

    /// From the first connection of a range of rows to its last.
    #[inline(always)]
    pub fn edges(&self, rows: &Range<usize>) -> Range<usize> {
        if rows.is_empty() { 0..0 } else { self.starts[rows.start] as usize..self.ends[rows.end - 1] as usize }
    }

    /// The row that halves the connections of a range: inside it, or at its middle if one row has most.
    pub(super) fn halve(&self, rows: &Range<usize>) -> usize {
        let edges = self.edges(rows);
        let half = edges.start.midpoint(edges.end) as u32;
        let middle = rows.start + self.starts[rows.clone()].partition_point(|&start| start < half);
        middle.clamp(rows.start + 1, (rows.end - 1).max(rows.start + 1))
    }
}

/// A range of rows of `B` blocks.
pub(super) struct Pass<'a, const B: usize> {
    pub(super) wires: Gather<'a>,
    pub(super) weights: &'a [f32],
    pub(super) inputs: [&'a [Lanes]; B],
    pub(super) base: usize,
    pub(super) rows: Range<usize>,
    /// By row; `None` leaves the raw sum.
    pub(super) bias: Option<&'a [f32]>,
    /// One slice of `rows.len()` per block.
    pub(super) out: [&'a mut [Lanes]; B],
}

impl<const B: usize> Kernel for Pass<'_, B> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (base, length, mut out) = (self.base, self.inputs[0].len(), self.out);
        // Equal lengths in the compiler's sight: one bounds check serves all blocks.
        let inputs = self.inputs.map(|rows| &rows[..length]);
        for (i, row) in self.rows.enumerate() {
            let edges = self.wires.row(row);
            let weights = &self.weights[edges.clone()];
            let sums = match self.wires.told {
                None => {
                    let sources = &self.wires.sources[edges];
                    gathered::<W, _, B>(inputs, sources, weights, |source| base.wrapping_add_signed(source as isize))
                }
                Some(told) => {
                    let (heard, neurons) = (&told.pres[edges], told.late.len());
                    if let Some(late) = told.heard_late(row, heard) {
                        // Most listeners hear all alike, and then nobody is asked one by one.
                        let base = if late { base.wrapping_sub(neurons) } else { base };
                        gathered::<W, _, B>(inputs, heard, weights, |speaker| base.wrapping_add(speaker as usize))
                    } else {
                        let back = told.back(row);
                        let place = |speaker| (base + speaker as usize).wrapping_sub(back(speaker));
                        gathered::<W, _, B>(inputs, heard, weights, place)
                    }
                }
            };
            for (out, sum) in out.iter_mut().zip(sums) {
                let sum = match self.bias {
                    None => sum,
                    Some(bias) => sum.plus(W::splat(bias[row])),
                };
                sum.store(&mut out[i]);
            }
        }
    }
}

/// The weighted sums of one row, by block; `place` says where a connection reads.
#[inline(always)]
fn gathered<W: Wide, S: Copy, const B: usize>(
    inputs: [&[Lanes]; B],
    sources: &[S],
    weights: &[f32],
    place: impl Fn(S) -> usize,
) -> [W; B] {
    let (sources, source_rest) = sources.as_chunks::<2>();
    let (weights, weight_rest) = weights.as_chunks::<2>();
    let mut even = [W::splat(0.0); B];
    let mut odd = [W::splat(0.0); B];
    for (source, weight) in sources.iter().zip(weights) {
        let (first, second) = (place(source[0]), place(source[1]));
        let (one, two) = (W::splat(weight[0]), W::splat(weight[1]));
        for b in 0..B {
            even[b] = even[b].fuse(W::load(&inputs[b][first]), one);
            odd[b] = odd[b].fuse(W::load(&inputs[b][second]), two);
        }
    }
    if let (&[source], &[weight]) = (source_rest, weight_rest) {
        let at = place(source);
        for b in 0..B {
            even[b] = even[b].fuse(W::load(&inputs[b][at]), W::splat(weight));
        }
    }
    std::array::from_fn(|b| even[b].plus(odd[b]))
}

/// The arguments of a pass over all blocks of two views.
pub(super) struct Sweep<'a> {
    pub(super) wires: Gather<'a>,
    pub(super) weights: &'a [f32],
    pub(super) inputs: View<'a>,
    pub(super) rows: Range<usize>,
    /// By row; `None` leaves the raw sum.
    pub(super) bias: Option<&'a [f32]>,
}

impl<'a> Sweep<'a> {
    #[track_caller]
    fn check(&self, out: &ViewMut<'_>) -> usize {
        let (stride, out_stride) = (self.inputs.layout.stride(), out.layout.stride());
        assert_eq!(self.weights.len(), self.wires.connections(), "one weight per connection");
        assert!(
            self.rows.start <= self.rows.end && self.rows.end <= self.wires.rows(),
            "rows {:?} of {}",
            self.rows,
            self.wires.rows()
        );
        assert!(self.rows.end <= out.layout.neurons(), "rows {:?} of {} written", self.rows, out.layout.neurons());
        if let Some(bias) = self.bias {
            assert!(bias.len() >= self.rows.end, "{} biases for rows {:?}", bias.len(), self.rows);
        }
        let blocks = self.inputs.blocks();
        assert_eq!(blocks * out_stride, out.rows.len(), "as many blocks written as read ({blocks} of {stride} rows)");
        blocks
    }

    fn pass<const B: usize>(&self, block: usize, out: [&'a mut [Lanes]; B]) -> Pass<'a, B> {
        Pass {
            wires: self.wires,
            weights: self.weights,
            inputs: std::array::from_fn(|b| self.inputs.block(block + b)),
            base: self.inputs.base,
            rows: self.rows.clone(),
            bias: self.bias,
            out,
        }
    }

    /// All blocks on the calling thread, two at a time.
    #[track_caller]
    pub(super) fn run(&self, target: super::dispatch::Target, out: ViewMut<'a>) {
        let blocks = self.check(&out);
        let (stride, start) = (out.layout.stride(), out.base + self.rows.start);
        let here = start..start + self.rows.len();
        let mut rest = out.rows;
        let mut block = 0;
        while block + 2 <= blocks {
            let (pair, after) = rest.split_at_mut(2 * stride);
            let (first, second) = pair.split_at_mut(stride);
            target.run(self.pass(block, [&mut first[here.clone()], &mut second[here.clone()]]));
            (rest, block) = (after, block + 2);
        }
        if block < blocks {
            target.run(self.pass(block, [&mut rest[here]]));
        }
    }

    /// Block after block, the rows of each split among threads where that pays.
    #[track_caller]
    pub(super) fn run_parallel(&self, target: super::dispatch::Target, out: ViewMut<'a>) {
        let blocks = self.check(&out);
        let (stride, start) = (out.layout.stride(), out.base + self.rows.start);
        let ViewMut { rows: written, .. } = out;
        for (block, rows) in (0..blocks).zip(written.chunks_exact_mut(stride.max(1))) {
            let pass = self.pass(block, [&mut rows[start..start + self.rows.len()]]);
            halves(target, pass);
        }
    }
}

fn halves(target: super::dispatch::Target, pass: Pass<'_, 1>) {
    let work = pass.wires.edges(&pass.rows).len() * LANES;
    if work < super::WORTH_A_THREAD || pass.rows.len() < 2 || super::threads() == 1 {
        return target.run(pass);
    }
    let middle = pass.wires.halve(&pass.rows);
    let [out] = pass.out;
    let (above, below) = out.split_at_mut(middle - pass.rows.start);
    let part = |rows, out| Pass { rows, out: [out], ..Pass { out: [&mut []], rows: 0..0, ..pass } };
    let (first, second) = (part(pass.rows.start..middle, above), part(middle..pass.rows.end, below));
    rayon::join(|| halves(target, first), || halves(target, second));
}

#[cfg(test)]
mod tests {
    use crate::kernel::{Gather, Lanes, Layout, Told, Transpose, forward};

    /// Of 60 neurons each hears every third or so; the last forty hear their own kind and those after it a cycle late, and
    /// some of them all.
    #[test]
    fn what_is_told_is_as_if_it_were_kept() {
        let neurons = 60_u32;
        let late = |row: u32| match row {
            0..20 => u32::MAX,
            _ if row.is_multiple_of(7) => 0,
            _ => row / 20 * 20,
        };
        let late: Vec<u32> = (0..neurons).map(late).collect();
        let (mut offsets, mut pres) = (vec![0], Vec::new());
        for row in 0..neurons {
            pres.extend((0..neurons).filter(|pre| (row * 7 + pre * pre).is_multiple_of(3)));
            offsets.push(pres.len() as u32);
        }
        let history = Layout::history(neurons as usize, 1, 2);
        let listener = |edge: usize| offsets.partition_point(|&start| start as usize <= edge) - 1;
        let lag = |(edge, &pre): (usize, &u32)| history.source(pre, u16::from(pre >= late[listener(edge)]));
        let sources: Vec<i32> = pres.iter().enumerate().map(lag).collect();
        let kept = Gather::new(&offsets, &sources);
        let told = Gather::told(&offsets[..neurons as usize], &offsets[1..], Told { pres: &pres, late: &late });
        assert_eq!(told.connections(), kept.connections());

        let number = |at: usize| (at as f32 * 0.37).sin();
        let weights: Vec<f32> = (0..pres.len()).map(number).collect();
        for blocks in 1..4 {
            let rows = (0..history.len(blocks)).map(|row| Lanes(std::array::from_fn(|lane| number(row * 31 + lane))));
            let outputs: Vec<Lanes> = rows.collect();
            let plain = Layout::plain(neurons as usize, 1);
            let mut found = [kept, told].map(|wires| {
                let mut potentials = vec![Lanes::ZERO; plain.len(blocks)];
                let from = history.view(&outputs, 1);
                forward(wires, &weights, from, 0..neurons as usize, None, plain.view_mut(&mut potentials, 0));
                potentials
            });
            let [one, two] = &mut found;
            assert_eq!(one, two);
        }
        let [one, two] = [kept, told].map(|wires| {
            let mut transpose = Transpose::default();
            transpose.rebuild(wires, &pres, history);
            transpose
        });
        assert_eq!(one.wires().sources, two.wires().sources);
    }
}
