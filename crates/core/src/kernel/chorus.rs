//! One sample in one cycle of each of sixteen networks of one structure: [`solo`](super::solo) with a network per lane.
//!
//! ```text
//! for i in rows: potential[i] = bias[i] + sum over e of weight[e] * output[base + source[e]]      // hear, lane by lane
//! for i in rows: for e of i: lambda[source[e]] += weight[e] * blame[i]                            // learn
//!                            weight[e] -= rate * blame[i] * output[base + source[e]]
//! ```
//!
//! Invariant: in each lane the bits are those of `solo` on that network by itself. So the sums are those of its eight
//! chains, or of its sixty-four where a listener hears a run; and what it skips, a listener without blame and a zero among
//! inputs, moves not even the sign of a zero here: it adds -1 times 0.
//!
//! Departures. *Four chains at a time*: the eight of a sum, two registers each, would not fit; the indices, read twice, lie in
//! the first-level cache. *By row*: whether all lanes are blamed, some or none is asked once a row.

#[cfg(test)]
mod tests;

use super::dispatch::{Kernel, Target, Wide};
use super::{Gather, LANES, Lanes};
use std::ops::Range;

/// Connections by listener for one sample of each of sixteen networks.
#[derive(Clone, Copy, Debug)]
pub struct Chorus<'a> {
    /// The connections, of all of them.
    pub wires: Gather<'a>,
    /// Whether a row's sources are consecutive and of one cycle, as [`Solo::is_run`](super::solo::Solo::is_run) says.
    pub runs: &'a [bool],
    /// The neuron from which on lambda matters: those before are inputs.
    pub inputs: usize,
    /// Past and present outputs, a cycle after the other.
    pub outputs: &'a [Lanes],
    /// Where the present cycle begins in them.
    pub base: usize,
}

impl Chorus<'_> {
    #[inline(always)]
    fn at(&self, source: i32) -> usize {
        self.base.wrapping_add_signed(source as isize)
    }

    /// Where the run that a row hears begins.
    #[inline(always)]
    fn first(&self, edges: &Range<usize>) -> i32 {
        if edges.is_empty() { 0 } else { self.wires.sources[edges.start] }
    }
}

/// Four of the eight chains of `solo`'s sum over single sources, met in its order.
#[inline(always)]
fn pick_four<W: Wide>(chorus: &Chorus<'_>, weights: &[Lanes], sources: &[i32], chains: [usize; 4]) -> W {
    let mut sums = [W::splat(0.0); 4];
    let (weights, weight_rest) = weights.as_chunks::<8>();
    let (sources, source_rest) = sources.as_chunks::<8>();
    for (w, source) in weights.iter().zip(sources) {
        for c in 0..4 {
            let y = &chorus.outputs[chorus.at(source[chains[c]])];
            sums[c] = sums[c].fuse(W::load(&w[chains[c]]), W::load(y));
        }
    }
    for c in 0..4 {
        if let (Some(w), Some(&source)) = (weight_rest.get(chains[c]), source_rest.get(chains[c])) {
            sums[c] = sums[c].fuse(W::load(w), W::load(&chorus.outputs[chorus.at(source)]));
        }
    }
    sums[0].plus(sums[1]).plus(sums[2].plus(sums[3]))
}

/// The four chains of a lane of `solo`'s sum over a run, met in its order. Both slices end with the last whole sixteen.
#[inline(always)]
fn dot_four<W: Wide>(weights: &[Lanes], outputs: &[Lanes], lane: usize) -> W {
    let mut sums = [W::splat(0.0); 4];
    let (fours, rest) = weights.as_chunks::<{ 4 * LANES }>();
    let (output_fours, output_rest) = outputs.as_chunks::<{ 4 * LANES }>();
    for (w, y) in fours.iter().zip(output_fours) {
        for c in 0..4 {
            sums[c] = sums[c].fuse(W::load(&w[c * LANES + lane]), W::load(&y[c * LANES + lane]));
        }
    }
    let (rest, output_rest) = (rest.as_chunks::<LANES>().0, output_rest.as_chunks::<LANES>().0);
    for (sum, (w, y)) in sums.iter_mut().zip(rest.iter().zip(output_rest)) {
        *sum = sum.fuse(W::load(&w[lane]), W::load(&y[lane]));
    }
    sums[0].plus(sums[2]).plus(sums[1].plus(sums[3]))
}

/// Four lanes of sixteen: those `at`, and 8, 4 and 12 on, in the order of the tree.
#[inline(always)]
fn dot_lanes<W: Wide>(weights: &[Lanes], outputs: &[Lanes], at: usize) -> W {
    let first = dot_four::<W>(weights, outputs, at).plus(dot_four(weights, outputs, at + 8));
    first.plus(dot_four::<W>(weights, outputs, at + 4).plus(dot_four(weights, outputs, at + 12)))
}

#[inline(always)]
fn dot<W: Wide>(weights: &[Lanes], outputs: &[Lanes]) -> W {
    let chained = weights.len() / LANES * LANES;
    let (weights, weight_rest) = weights.split_at(chained);
    let (outputs, output_rest) = outputs.split_at(chained);
    let even = dot_lanes::<W>(weights, outputs, 0).plus(dot_lanes(weights, outputs, 2));
    let mut sum = even.plus(dot_lanes::<W>(weights, outputs, 1).plus(dot_lanes(weights, outputs, 3)));
    for (w, y) in weight_rest.iter().zip(output_rest) {
        sum = sum.fuse(W::load(w), W::load(y));
    }
    sum
}

struct Hear<'a> {
    chorus: Chorus<'a>,
    weights: &'a [Lanes],
    bias: &'a [Lanes],
    rows: Range<usize>,
    /// Of the rows.
    potentials: &'a mut [Lanes],
}

impl Kernel for Hear<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { chorus, weights, bias, rows, potentials } = self;
        for (out, row) in potentials.iter_mut().zip(rows) {
            let edges = chorus.wires.row(row);
            let weights = &weights[edges.clone()];
            let sum = if chorus.runs[row] {
                let at = chorus.at(chorus.first(&edges));
                dot::<W>(weights, &chorus.outputs[at..at + weights.len()])
            } else {
                let sources = &chorus.wires.sources[edges];
                let even = pick_four::<W>(&chorus, weights, sources, [0, 4, 2, 6]);
                even.plus(pick_four::<W>(&chorus, weights, sources, [1, 5, 3, 7]))
            };
            // No sum is -0.0, as in `solo`.
            sum.plus(W::splat(0.0)).plus(W::load(&bias[row])).store(out);
        }
    }
}

/// Writes the potentials of `rows`. `potentials` has a row per row of the range, `bias` one per neuron, a network per lane.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn hear(chorus: Chorus<'_>, weights: &[Lanes], bias: &[Lanes], rows: Range<usize>, potentials: &mut [Lanes]) {
    hear_on(Target::best(), chorus, weights, bias, rows, potentials);
}

#[track_caller]
fn hear_on(
    target: Target,
    chorus: Chorus<'_>,
    weights: &[Lanes],
    bias: &[Lanes],
    rows: Range<usize>,
    potentials: &mut [Lanes],
) {
    assert_eq!(weights.len(), chorus.wires.sources.len(), "one row of weights per connection");
    assert_eq!(potentials.len(), rows.len(), "one row of potentials per listener");
    target.run(Hear { chorus, weights, bias, rows, potentials });
}

/// What [`learn`] changes.
#[derive(Debug)]
pub struct Changed<'a> {
    /// The weights of the connections of the rows.
    pub weights: &'a mut [Lanes],
    /// What is said of each neuron.
    pub lambda: &'a mut [Lanes],
}

struct Learn<'a> {
    chorus: Chorus<'a>,
    /// By neuron.
    blame: &'a [Lanes],
    rows: Range<usize>,
    /// By network.
    rates: &'a Lanes,
    changed: Changed<'a>,
}

/// What a listener says, lane by lane.
#[derive(Clone, Copy)]
struct Said<W> {
    blame: W,
    /// -rate times blame.
    by: W,
}

/// `lambda += w b` in all lanes, or, with `SOME`, in those that are blamed.
#[inline(always)]
fn tell<W: Wide, const SOME: bool>(said: Said<W>, w: W, lambda: &mut Lanes) {
    let (w, b) = if SOME {
        (w.unless_zero(said.blame, W::splat(0.0)), said.blame.unless_zero(said.blame, W::splat(-1.0)))
    } else {
        (w, said.blame)
    };
    W::load(lambda).fuse(w, b).store(lambda);
}

/// `w -= step y` in all lanes, or, with `SOME`, in those that are blamed. With `CARE`, a zero moves nothing in the lanes
/// whose `care` is not zero.
#[inline(always)]
fn step<W: Wide, const SOME: bool, const CARE: bool>(said: Said<W>, w: W, y: W, care: W) -> W {
    let (zero, minus) = (W::splat(0.0), W::splat(-1.0));
    let (mut by, mut y) = (said.by, y);
    if CARE {
        // No longer -0.0 where care is taken; and there -1 where it is 0.
        let careful = y.plus(zero);
        by = by.unless_zero(careful, minus.unless_zero(care, by));
        y = careful.unless_zero(care, y);
    }
    if SOME {
        by = by.unless_zero(said.blame, minus);
        y = y.unless_zero(said.blame, zero);
    }
    w.fuse(by, y)
}

impl Learn<'_> {
    /// One listener. `check` becomes what is not a number where a weight that moved is not finite.
    #[inline(always)]
    fn row<W: Wide, const STEP: bool, const SOME: bool, const CARE: bool>(
        chorus: &Chorus<'_>,
        (edges, w): (Range<usize>, &mut [Lanes]),
        lambda: &mut [Lanes],
        (said, care): (Said<W>, W),
        mut check: W,
    ) -> W {
        for (w, &source) in w.iter_mut().zip(&chorus.wires.sources[edges]) {
            let old = W::load(w);
            // What is said of an input is of no use to anybody.
            if source >= chorus.inputs as i32 {
                tell::<W, SOME>(said, old, &mut lambda[source as usize]);
            }
            if STEP {
                let new = step::<W, SOME, CARE>(said, old, W::load(&chorus.outputs[chorus.at(source)]), care);
                check = check.fuse(new, W::splat(0.0));
                new.store(w);
            }
        }
        check
    }

    #[inline(always)]
    fn all<W: Wide, const STEP: bool>(self, care: &Lanes) -> W {
        let Self { chorus, blame, rows, rates, changed: Changed { weights, lambda } } = self;
        let mut check = W::splat(0.0);
        if rows.is_empty() {
            return check;
        }
        let start = chorus.wires.starts[rows.start] as usize;
        let minus = W::splat(-1.0);
        let any_care = care.0.iter().any(|&care| care != 0.0);
        for row in rows {
            let silent = blame[row].0.iter().fold(0, |count, &blame| count + i32::from(blame == 0.0));
            if silent == LANES as i32 {
                continue;
            }
            let b = W::load(&blame[row]);
            // The step is rounded before it is turned around, as in `solo`.
            let said = Said { blame: b, by: W::load(rates).times(b).times(minus) };
            let edges = chorus.wires.row(row);
            let w = (edges.clone(), &mut weights[edges.start - start..edges.end - start]);
            let first = chorus.first(&edges);
            let hidden = first >= 0 && first as usize + edges.len() > chorus.inputs;
            let cares = STEP && any_care && chorus.runs[row] && !hidden;
            let said = (said, W::load(care));
            check = match (silent > 0, cares) {
                (false, false) => Self::row::<W, STEP, false, false>(&chorus, w, lambda, said, check),
                (true, false) => Self::row::<W, STEP, true, false>(&chorus, w, lambda, said, check),
                (false, true) => Self::row::<W, STEP, false, true>(&chorus, w, lambda, said, check),
                (true, true) => Self::row::<W, STEP, true, true>(&chorus, w, lambda, said, check),
            };
        }
        check
    }
}

impl Kernel for Learn<'_> {
    type Output = Lanes;
    #[inline(always)]
    fn run<W: Wide>(self) -> Lanes {
        let mut care = Lanes::ZERO;
        for inputs in &self.chorus.outputs[self.chorus.base..][..self.chorus.inputs] {
            for (care, &input) in care.0.iter_mut().zip(&inputs.0) {
                *care = if input == 0.0 { 1.0 } else { *care };
            }
        }
        let mut check = Lanes::ZERO;
        let still = self.rates.0.iter().all(|&rate| rate == 0.0);
        if still { self.all::<W, false>(&care) } else { self.all::<W, true>(&care) }.store(&mut check);
        check
    }
}

/// For the listeners `rows`, network by network: adds to `lambda`, by neuron, what the blame of these rows says of those whom
/// they hear in the present cycle, then moves their weights down the gradient at the rate of that network. Either all rates
/// are 0, and nothing moves, or none. What comes back is 0 in each lane whose weights are finite, and no number in
/// the others.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn learn(chorus: Chorus<'_>, blame: &[Lanes], rows: Range<usize>, rates: &Lanes, changed: Changed<'_>) -> Lanes {
    learn_on(Target::best(), chorus, blame, rows, rates, changed)
}

#[track_caller]
fn learn_on(
    target: Target,
    chorus: Chorus<'_>,
    blame: &[Lanes],
    rows: Range<usize>,
    rates: &Lanes,
    changed: Changed<'_>,
) -> Lanes {
    assert_eq!(changed.weights.len(), chorus.wires.edges(&rows).len(), "one row of weights per connection of the rows");
    target.run(Learn { chorus, blame, rows, rates, changed })
}

struct Descend<'a> {
    rates: &'a Lanes,
    gradients: &'a [Lanes],
    values: &'a mut [Lanes],
}

impl Kernel for Descend<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let by = W::load(self.rates).times(W::splat(-1.0));
        for (value, gradient) in self.values.iter_mut().zip(self.gradients) {
            W::load(value).fuse(by, W::load(gradient)).store(value);
        }
    }
}

/// `value -= rate * gradient` for what a neuron has one of, at the rate of each network.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn descend(rates: &Lanes, gradients: &[Lanes], values: &mut [Lanes]) {
    assert_eq!(gradients.len(), values.len(), "one row of gradients per row of values");
    Target::best().run(Descend { rates, gradients, values });
}

struct Products<'a> {
    chorus: Chorus<'a>,
    /// By neuron.
    blame: &'a [Lanes],
    rows: Range<usize>,
    /// Of the connections of the rows.
    gradients: &'a mut [Lanes],
}

impl Kernel for Products<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { chorus, blame, rows, gradients } = self;
        let mut rest = gradients;
        for row in rows {
            let (edges, blame) = (chorus.wires.row(row), W::load(&blame[row]));
            let (here, after) = std::mem::take(&mut rest).split_at_mut(edges.len());
            rest = after;
            for (out, &source) in here.iter_mut().zip(&chorus.wires.sources[edges]) {
                blame.times(W::load(&chorus.outputs[chorus.at(source)])).store(out);
            }
        }
    }
}

/// Writes the gradients of the connections of `rows`, network by network: `blame * output`. `blame` has a row per neuron.
///
/// # Panics
/// If the shapes disagree, or a source lies outside the outputs.
#[track_caller]
pub fn products(chorus: Chorus<'_>, blame: &[Lanes], rows: Range<usize>, gradients: &mut [Lanes]) {
    assert_eq!(gradients.len(), chorus.wires.edges(&rows).len(), "one row of gradients per connection of the rows");
    Target::best().run(Products { chorus, blame, rows, gradients });
}
