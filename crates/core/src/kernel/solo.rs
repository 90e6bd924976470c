//! One sample in one cycle: a value per neuron, no lanes.
//!
//! ```text
//! for i in rows: potential[i] = bias[i] + sum over e of weight[e] * output[base + source[e]]      // hear
//! for i in rows: for e of i: lambda[source[e]] += weight[e] * blame[i]                            // learn
//!                            weight[e] -= rate * blame[i] * output[base + source[e]]
//! ```
//!
//! Departures. *By listener both ways*: with one sample a gradient is a product of two numbers, so it is made where the
//! weight is read, needs no transpose, and a step reads every weight twice and writes it once. *Runs*: a listener of
//! consecutive speakers needs no index; its weights go by sixteen at a time, and four listeners of the same speakers together (AVX-512,
//! whose registers hold them): where a row does not begin at a cache line, each load or store of sixteen touches two. *Silence*: who is not blamed (a dead unit) is
//! skipped. *Pieces*: large networks are split among threads by listeners; each piece of a fixed size has a lambda of its own, and
//! they are added in order, so the bits do not depend on the threads.

mod hear;
mod learn;
#[cfg(test)]
mod tests;

pub use hear::hear;
pub use learn::{Changed, is_shared, learn, scratch};

use super::dispatch::{Kernel, Target, Wide};
use super::{Gather, LANES};
use std::ops::Range;

/// Connections by listener for one sample.
#[derive(Clone, Copy, Debug)]
pub struct Solo<'a> {
    /// The connections.
    pub wires: Gather<'a>,
    /// Whether a row's sources are consecutive and of one cycle.
    pub runs: &'a [bool],
    /// The neuron from which on lambda matters: those before are inputs.
    pub inputs: usize,
    /// Past and present outputs, a cycle after the other.
    pub outputs: &'a [f32],
    /// Where the present cycle begins in them.
    pub base: usize,
}

/// Connections that are worth another thread: a core reads them in some eight microseconds, and two meet in one or two.
/// Tests share out less.
pub(super) const WORTH_A_THREAD: usize = if cfg!(test) { 1 << 14 } else { 1 << 17 };
/// Rows of the same consecutive sources that go by together, where there are registers for them.
const TOGETHER: usize = 4;

/// Where a row of connections reads.
enum Heard {
    /// Consecutive places from this one on.
    Run(i32),
    Each,
}

impl Solo<'_> {
    #[inline(always)]
    fn row(&self, row: usize) -> (Range<usize>, Heard) {
        let edges = self.wires.row(row);
        let sources = &self.wires.sources[edges.clone()];
        let heard = if self.runs[row] { Heard::Run(sources.first().copied().unwrap_or(0)) } else { Heard::Each };
        (edges, heard)
    }

    #[inline(always)]
    fn at(&self, source: i32) -> usize {
        self.base.wrapping_add_signed(source as isize)
    }

    /// Whether a sources' row is consecutive and of one cycle, for [`Solo::runs`].
    pub fn is_run(sources: &[i32]) -> bool {
        let consecutive = sources.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        let crosses = sources.first().is_some_and(|&first| first < 0) && sources.last().is_some_and(|&last| last >= 0);
        consecutive && !crosses && sources.len() >= LANES
    }
}

struct Descend<'a> {
    values: &'a mut [f32],
    rate: f32,
    gradients: &'a [f32],
}

impl Kernel for Descend<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        for (value, gradient) in self.values.iter_mut().zip(self.gradients) {
            *value = (-self.rate).mul_add(*gradient, *value);
        }
    }
}

/// `values -= rate * gradients`, as weights move.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn descend(values: &mut [f32], rate: f32, gradients: &[f32]) {
    assert_eq!(values.len(), gradients.len(), "a gradient per value");
    Target::best().run(Descend { values, rate, gradients });
}

/// Writes the gradients of the connections of `rows`: `blame * output`.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn products(solo: Solo<'_>, blame: &[f32], rows: Range<usize>, gradients: &mut [f32]) {
    let mut rest = gradients;
    for row in rows {
        let (edges, _) = solo.row(row);
        let (here, after) = std::mem::take(&mut rest).split_at_mut(edges.len());
        for (out, &source) in here.iter_mut().zip(&solo.wires.sources[edges]) {
            *out = blame[row] * solo.outputs[solo.at(source)];
        }
        rest = after;
    }
}
