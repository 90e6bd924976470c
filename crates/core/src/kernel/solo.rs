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
//! consecutive speakers needs no index; its weights go by sixteen at a time. *Silence*: who is not blamed (a dead unit) is
//! skipped. *Pieces*: large networks are split among threads by listeners; each piece of a fixed size has a lambda of its own, and
//! they are added in order, so the bits do not depend on the threads.

#[cfg(test)]
mod tests;

use super::dispatch::{Kernel, Target, Wide, pick};
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
/// Connections that are worth a piece of their own.
const PIECE: usize = 1 << 18;

/// Where a row of connections reads.
enum Heard<'a> {
    /// Consecutive places from this one on.
    Run(i32),
    Each(&'a [i32]),
}

impl<'a> Solo<'a> {
    #[inline(always)]
    fn row(&self, row: usize) -> (Range<usize>, Heard<'a>) {
        let edges = self.wires.row(row);
        let sources = &self.wires.sources[edges.clone()];
        let heard =
            if self.runs[row] { Heard::Run(sources.first().copied().unwrap_or(0)) } else { Heard::Each(sources) };
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

#[inline(always)]
fn dot<W: Wide>(weights: &[f32], outputs: &[f32]) -> f32 {
    let (weights, weight_rest) = weights.as_chunks::<LANES>();
    let (outputs, output_rest) = outputs.as_chunks::<LANES>();
    let mut sums = [W::splat(0.0); 4];
    let (fours, rest) = weights.as_chunks::<4>();
    let (output_fours, outputs) = outputs.as_chunks::<4>();
    for (w, y) in fours.iter().zip(output_fours) {
        for c in 0..4 {
            sums[c] = sums[c].fuse(W::load_from(&w[c]), W::load_from(&y[c]));
        }
    }
    for (c, (w, y)) in rest.iter().zip(outputs).enumerate() {
        sums[c % 4] = sums[c % 4].fuse(W::load_from(w), W::load_from(y));
    }
    let mut sum = sums[0].plus(sums[2]).plus(sums[1].plus(sums[3])).tree();
    for (&w, &y) in weight_rest.iter().zip(output_rest) {
        sum = w.mul_add(y, sum);
    }
    sum
}

struct Hear<'a> {
    solo: Solo<'a>,
    weights: &'a [f32],
    bias: &'a [f32],
    rows: Range<usize>,
    /// Of the rows.
    potentials: &'a mut [f32],
}

impl Kernel for Hear<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { solo, weights, bias, rows, potentials } = self;
        let Gather { starts, ends, sources, .. } = solo.wires;
        // Cut before the loop: to look each of them up by row took a fourteenth of it, where a row is fifty connections.
        let bounds = starts[rows.clone()].iter().zip(&ends[rows.clone()]).zip(&solo.runs[rows.clone()]);
        for ((((&start, &end), &run), &bias), out) in bounds.zip(&bias[rows]).zip(potentials) {
            let edges = start as usize..end as usize;
            let (weights, sources) = (&weights[edges.clone()], &sources[edges]);
            let sum = if run {
                let first = sources.first().copied().unwrap_or(0);
                dot::<W>(weights, &solo.outputs[solo.at(first)..][..weights.len()])
            } else {
                pick(weights, sources, solo.outputs, solo.base)
            };
            // No sum is -0.0: whether zeros are added to it must not show (see `voices`).
            *out = (sum + 0.0) + bias;
        }
    }
}

fn hear_halves(target: Target, hear: Hear<'_>) {
    let Hear { solo, weights, bias, rows, potentials } = hear;
    if solo.wires.edges(&rows).len() < WORTH_A_THREAD || rows.len() < 2 || super::threads() == 1 {
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

/// What is done to the connections of some rows.
struct Learn<'a> {
    solo: Solo<'a>,
    /// By neuron.
    blame: &'a [f32],
    rows: Range<usize>,
    /// Of the connections of the rows.
    weights: &'a mut [f32],
    /// The learning rate; 0 leaves the weights alone.
    rate: f32,
    lambda: &'a mut [f32],
}

/// `lambda += w b`, then `w -= step y`. With `CARE`, what is zero moves not even the sign of a zero (see `voices`): it adds
/// -0.0. (To choose between new and old instead becomes a masked store: C1 0.032 ms for 0.019 on Zen 3.) What is not
/// finite makes the returned sum so, which is 0 else.
#[inline(always)]
fn run<W: Wide, const LAMBDA: bool, const STEP: bool, const CARE: bool>(
    w: &mut [f32],
    y: &[f32],
    lambda: &mut [f32],
    (b, step): (f32, f32),
) -> f32 {
    let n = w.len();
    let (mut checks, zero) = (W::splat(0.0), W::splat(0.0));
    let (blame, by, minus) = (W::splat(b), W::splat(-step), W::splat(-1.0));
    let (w, w_rest) = w.as_chunks_mut::<LANES>();
    let (y, y_rest) = y[..n].as_chunks::<LANES>();
    let (lambda, lambda_rest) = lambda[..if LAMBDA { n } else { 0 }].as_chunks_mut::<LANES>();
    let mut lambda = lambda.iter_mut();
    for (w, y) in w.iter_mut().zip(y) {
        let old = W::load_from(w);
        if LAMBDA && let Some(lambda) = lambda.next() {
            W::load_from(lambda).fuse(old, blame).store_to(lambda);
        }
        if STEP {
            let mut new = old.fuse(by, W::load_from(y));
            if CARE {
                // No longer -0.0.
                let y = W::load_from(y).plus(zero);
                new = old.fuse(by.unless_zero(y, minus), y);
            }
            checks = checks.fuse(new, zero);
            new.store_to(w);
        }
    }
    let mut check = checks.tree();
    let mut lambda = lambda_rest.iter_mut();
    for (w, &y) in w_rest.iter_mut().zip(y_rest) {
        if LAMBDA && let Some(lambda) = lambda.next() {
            *lambda = w.mul_add(b, *lambda);
        }
        if STEP && !(CARE && y == 0.0) {
            *w = (-step).mul_add(y, *w);
            check = w.mul_add(0.0, check);
        }
    }
    check
}

impl Learn<'_> {
    #[inline(always)]
    fn all<W: Wide, const STEP: bool>(self) -> f32 {
        let Self { solo, blame, rows, weights, rate, lambda } = self;
        let start = solo.wires.starts[rows.start] as usize;
        let mut check = 0.0;
        let care = solo.outputs[solo.base..][..solo.inputs].contains(&0.0);
        for row in rows {
            let b = blame[row];
            if b == 0.0 {
                continue;
            }
            let (edges, heard) = solo.row(row);
            let w = &mut weights[edges.start - start..edges.end - start];
            let step = rate * b;
            match heard {
                Heard::Run(first) => {
                    let y = &solo.outputs[solo.at(first)..];
                    let end = first + w.len() as i32;
                    check += if first >= 0 && end as usize > solo.inputs {
                        run::<W, true, STEP, false>(w, y, &mut lambda[first as usize..], (b, step))
                    } else if care {
                        run::<W, false, STEP, true>(w, y, &mut [], (b, step))
                    } else {
                        run::<W, false, STEP, false>(w, y, &mut [], (b, step))
                    };
                }
                Heard::Each(sources) => {
                    for (w, &source) in w.iter_mut().zip(sources) {
                        if source >= 0 {
                            let lambda = &mut lambda[source as usize];
                            *lambda = w.mul_add(b, *lambda);
                        }
                        if STEP {
                            *w = (-step).mul_add(solo.outputs[solo.at(source)], *w);
                            check = w.mul_add(0.0, check);
                        }
                    }
                }
            }
        }
        check
    }
}

impl Kernel for Learn<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        if self.rate == 0.0 { self.all::<W, false>() } else { self.all::<W, true>() }
    }
}

/// Pieces of the work on these rows: by its size alone.
fn pieces(edges: usize) -> usize {
    (edges / PIECE).clamp(1, 16)
}

/// How much scratch [`learn`] wants for so many connections and neurons.
pub fn scratch(connections: usize, neurons: usize) -> usize {
    (pieces(connections) - 1) * neurons
}

fn learn_pieces(target: Target, learn: Learn<'_>, count: usize, scratch: &mut [f32]) -> f32 {
    let Learn { solo, blame, rows, weights, rate, lambda } = learn;
    if count == 1 || rows.len() < 2 {
        return target.run(Learn { solo, blame, rows, weights, rate, lambda });
    }
    let middle = solo.wires.halve(&rows);
    let here = (solo.wires.starts[middle] - solo.wires.starts[rows.start]) as usize;
    let (first, second) = weights.split_at_mut(here);
    let half = count / 2;
    let (mine, rest) = scratch.split_at_mut(lambda.len());
    let (below, above) = rest.split_at_mut((half - 1) * lambda.len());
    mine.fill(0.0);
    let one = Learn { solo, blame, rows: rows.start..middle, weights: first, rate, lambda: &mut *lambda };
    let two = Learn { solo, blame, rows: middle..rows.end, weights: second, rate, lambda: mine };
    let (a, b) =
        rayon::join(|| learn_pieces(target, one, half, below), || learn_pieces(target, two, count - half, above));
    for (lambda, more) in lambda.iter_mut().zip(mine) {
        *lambda += *more;
    }
    a + b
}

/// What [`learn`] changes.
#[derive(Debug)]
pub struct Changed<'a> {
    /// The weights of the connections of the rows.
    pub weights: &'a mut [f32],
    /// What is said of each neuron.
    pub lambda: &'a mut [f32],
    /// As long as [`scratch()`] says.
    pub scratch: &'a mut [f32],
}

/// For the listeners `rows`: adds to `lambda`, by neuron, what the blame of these rows says of those whom they hear in the
/// present cycle, then moves their weights down the gradient at this rate (0: not at all). Says whether all weights that moved
/// are finite.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn learn(
    solo: Solo<'_>,
    blame: &[f32],
    rows: Range<usize>,
    rate: f32,
    Changed { weights, lambda, scratch }: Changed<'_>,
) -> bool {
    let edges = solo.wires.edges(&rows).len();
    assert_eq!(weights.len(), edges, "one weight per connection of the rows");
    if rows.is_empty() {
        return true;
    }
    let count = pieces(edges);
    learn_pieces(Target::best(), Learn { solo, blame, rows, weights, rate, lambda }, count, scratch) == 0.0
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
