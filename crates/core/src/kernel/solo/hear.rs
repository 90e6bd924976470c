//! What each listener hears.

use super::super::dispatch::{Kernel, Target, Wide, pick};
use super::super::{Gather, LANES};
use super::{Solo, TOGETHER, WORTH_A_THREAD};
use std::ops::Range;

/// The sums of `R` rows over the same outputs: four chains of sixteen lanes each, their tree, then what is left.
#[inline(always)]
fn dots<W: Wide, const R: usize>(mut weights: [&[f32]; R], outputs: &[f32]) -> [f32; R] {
    let n = outputs.len();
    for weights in &mut weights {
        *weights = &weights[..n];
    }
    let mut sums = [[W::splat(0.0); 4]; R];
    let (chunks, rest) = outputs.as_chunks::<LANES>();
    let (fours, last) = chunks.as_chunks::<4>();
    for (at, four) in fours.iter().enumerate() {
        for c in 0..4 {
            let y = W::load_from(&four[c]);
            for r in 0..R {
                sums[r][c] = sums[r][c].fuse(W::load_from(&weights[r].as_chunks().0[4 * at + c]), y);
            }
        }
    }
    // Each by itself: a chain picked at run time would keep all of them in memory.
    for c in 0..3 {
        if c < last.len() {
            let y = W::load_from(&last[c]);
            for r in 0..R {
                sums[r][c] = sums[r][c].fuse(W::load_from(&weights[r].as_chunks().0[4 * fours.len() + c]), y);
            }
        }
    }
    let mut out = [0.0; R];
    for r in 0..R {
        out[r] = sums[r][0].plus(sums[r][2]).plus(sums[r][1].plus(sums[r][3])).tree();
    }
    for (at, &y) in rest.iter().enumerate() {
        for r in 0..R {
            out[r] = weights[r][n - rest.len() + at].mul_add(y, out[r]);
        }
    }
    out
}

pub(super) struct Hear<'a> {
    pub(super) solo: Solo<'a>,
    pub(super) weights: &'a [f32],
    pub(super) bias: &'a [f32],
    pub(super) rows: Range<usize>,
    /// Of the rows.
    pub(super) potentials: &'a mut [f32],
}

impl Hear<'_> {
    /// Rows of consecutive sources.
    #[inline(always)]
    fn runs<W: Wide>(&self, rows: Range<usize>, out: &mut [f32]) {
        let Gather { starts, ends, sources, .. } = self.solo.wires;
        let (starts, ends) = (&starts[rows.clone()], &ends[rows]);
        let mut at = 0;
        while at < out.len() {
            let (start, end) = (starts[at] as usize, ends[at] as usize);
            let (first, len) = (sources[start], end - start);
            let outputs = &self.solo.outputs[self.solo.at(first)..][..len];
            if W::ROOM
                && let Some(four) = starts[at..].first_chunk::<TOGETHER>()
                && let Some(four_ends) = ends[at..].first_chunk::<TOGETHER>()
                && (1..TOGETHER).all(|r| (four_ends[r] - four[r]) as usize == len && sources[four[r] as usize] == first)
            {
                let weights = std::array::from_fn(|r| &self.weights[four[r] as usize..][..len]);
                out[at..at + TOGETHER].copy_from_slice(&dots::<W, TOGETHER>(weights, outputs));
                at += TOGETHER;
            } else {
                out[at] = dots::<W, 1>([&self.weights[start..end]], outputs)[0];
                at += 1;
            }
        }
    }

    /// Rows with an index.
    #[inline(always)]
    fn indexed(&self, rows: Range<usize>, out: &mut [f32]) {
        let Gather { starts, ends, sources, .. } = self.solo.wires;
        // Cut before the loop: to look each of them up by row took a fourteenth of it, where a row is fifty connections.
        for ((&start, &end), out) in starts[rows.clone()].iter().zip(&ends[rows]).zip(out) {
            let edges = start as usize..end as usize;
            *out = pick(&self.weights[edges.clone()], &sources[edges], self.solo.outputs, self.solo.base);
        }
    }
}

impl Kernel for Hear<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        let out = std::mem::take(&mut self.potentials);
        let mut at = 0;
        while at < out.len() {
            let runs = &self.solo.runs[self.rows.start + at..self.rows.end];
            let count = runs.iter().take_while(|&run| *run == runs[0]).count();
            let rows = self.rows.start + at..self.rows.start + at + count;
            if runs[0] {
                self.runs::<W>(rows, &mut out[at..at + count]);
            } else {
                self.indexed(rows, &mut out[at..at + count]);
            }
            at += count;
        }
        for (out, &bias) in out.iter_mut().zip(&self.bias[self.rows]) {
            // No sum is -0.0: whether zeros are added to it must not show (see `voices`).
            *out = (*out + 0.0) + bias;
        }
    }
}

pub(super) fn hear_halves(target: Target, hear: Hear<'_>) {
    let Hear { solo, weights, bias, rows, potentials } = hear;
    if solo.wires.edges(&rows).len() < WORTH_A_THREAD || rows.len() < 2 || super::super::threads() == 1 {
        return target.run(Hear { solo, weights, bias, rows, potentials });
    }
    let middle = solo.wires.halve(&rows);
    let (first, second) = potentials.split_at_mut(middle - rows.start);
    let one = Hear { solo, weights, bias, rows: rows.start..middle, potentials: first };
    let two = Hear { solo, weights, bias, rows: middle..rows.end, potentials: second };
    rayon::join(|| hear_halves(target, one), || hear_halves(target, two));
}

/// Writes the potentials of `rows`. `potentials` has a value per row of the range, `bias` one per neuron. Split among threads
/// where that pays.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn hear(solo: Solo<'_>, weights: &[f32], bias: &[f32], rows: Range<usize>, potentials: &mut [f32]) {
    assert_eq!(weights.len(), solo.wires.sources.len(), "one weight per connection");
    assert_eq!(potentials.len(), rows.len(), "one potential per row");
    hear_halves(Target::best(), Hear { solo, weights, bias, rows, potentials });
}
