//! Blame of those who are heard, and one step of the weights.

use super::super::LANES;
use super::super::dispatch::{Kernel, Target, Wide};
use super::{Heard, Solo, TOGETHER, WORTH_A_THREAD};
use std::ops::Range;

/// Connections that are worth a piece of their own.
const PIECE: usize = 1 << 18;

/// What is done to the connections of some rows.
pub(super) struct Learn<'a> {
    pub(super) solo: Solo<'a>,
    /// By neuron.
    pub(super) blame: &'a [f32],
    pub(super) rows: Range<usize>,
    /// Of the connections of the rows.
    pub(super) weights: &'a mut [f32],
    /// The learning rate; 0 leaves the weights alone.
    pub(super) rate: f32,
    pub(super) lambda: &'a mut [f32],
}

/// What is not finite makes these sums so, which are 0 else. Four chains: one waits four cycles for each addition, and took
/// half as long again as all the rest.
struct Checks<W>([W; 4]);

impl<W: Wide> Checks<W> {
    /// Looks at a few that were written one by one; the sum of those that do not fill a row of lanes.
    #[inline(always)]
    fn look(&mut self, values: &[f32]) -> f32 {
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            self.0[0] = self.0[0].fuse(W::load_from(chunk), W::splat(0.0));
        }
        rest.iter().fold(0.0, |check, value| value.mul_add(0.0, check))
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        self.0[0].plus(self.0[2]).plus(self.0[1].plus(self.0[3])).tree()
    }
}

/// Rows of consecutive sources that move together: lambda by their blame, one after the other, if `LAMBDA`; weights by a step
/// against what was said, if `STEP`. With `CARE`, what is zero moves not even the sign of a zero (see `voices`): it adds
/// -0.0. (To choose between new and old instead becomes a masked store: C1 0.032 ms for 0.019 on Zen 3.)
struct Move<'a, W, const R: usize, const LAMBDA: bool, const STEP: bool, const CARE: bool> {
    weights: [&'a mut [f32]; R],
    blame: [W; R],
    by: [W; R],
}

// No closures: see `voices`.
impl<W: Wide, const R: usize, const LAMBDA: bool, const STEP: bool, const CARE: bool>
    Move<'_, W, R, LAMBDA, STEP, CARE>
{
    #[inline(always)]
    fn step(by: W, old: W, y: W) -> W {
        if !CARE {
            return old.fuse(by, y);
        }
        // No longer -0.0.
        let y = y.plus(W::splat(0.0));
        old.fuse(by.unless_zero(y, W::splat(-1.0)), y)
    }

    /// Sixteen connections of each row; their weights are checked from this chain on.
    #[inline(always)]
    fn chunk(&mut self, at: usize, y: &[f32; LANES], lambda: &mut [f32], (checks, chain): (&mut Checks<W>, usize)) {
        let y = W::load_from(y);
        let mut lambda = if LAMBDA { lambda.as_chunks_mut::<LANES>().0.get_mut(at) } else { None };
        let mut blamed = W::splat(0.0);
        if let Some(lambda) = &lambda {
            blamed = W::load_from(lambda);
        }
        for r in 0..R {
            let weights = &mut self.weights[r].as_chunks_mut::<LANES>().0[at];
            let old = W::load_from(weights);
            blamed = blamed.fuse(old, self.blame[r]);
            if STEP {
                let new = Self::step(self.by[r], old, y);
                new.store_to(weights);
                checks.0[(chain + r) % 4] = checks.0[(chain + r) % 4].fuse(new, W::splat(0.0));
            }
        }
        if let Some(lambda) = &mut lambda {
            blamed.store_to(lambda);
        }
    }

    /// What is left of each row, from a place on, at once.
    #[inline(always)]
    fn rest(&mut self, from: usize, y: &[f32], lambda: &mut [f32], checks: &mut Checks<W>) {
        let (y, mut blamed) = (W::load_some(y), W::splat(0.0));
        if LAMBDA {
            blamed = W::load_some(&lambda[from..]);
        }
        for r in 0..R {
            let weights = &mut self.weights[r][from..];
            let old = W::load_some(weights);
            blamed = blamed.fuse(old, self.blame[r]);
            if STEP {
                let new = Self::step(self.by[r], old, y);
                new.store_some(weights);
                checks.0[r % 4] = checks.0[r % 4].fuse(new, W::splat(0.0));
            }
        }
        if LAMBDA {
            blamed.store_some(&mut lambda[from..]);
        }
    }

    /// All of it, `y` and lambda being those of the sources; the sum of what was checked one by one.
    #[inline(always)]
    fn run(mut self, y: &[f32], lambda: &mut [f32], by: &[(f32, f32); R], checks: &mut Checks<W>) -> f32 {
        for weights in &mut self.weights {
            *weights = &mut std::mem::take(weights)[..y.len()];
        }
        let lambda = &mut lambda[..if LAMBDA { y.len() } else { 0 }];
        let (chunks, rest) = y.as_chunks::<LANES>();
        let (fours, last) = chunks.as_chunks::<4>();
        for (at, four) in fours.iter().enumerate() {
            for (c, chunk) in four.iter().enumerate() {
                self.chunk(4 * at + c, chunk, lambda, (checks, c));
            }
        }
        for (at, chunk) in last.iter().enumerate() {
            self.chunk(4 * fours.len() + at, chunk, lambda, (checks, 0));
        }
        let from = y.len() - rest.len();
        if W::ROOM {
            if !rest.is_empty() {
                self.rest(from, rest, lambda, checks);
            }
            return 0.0;
        }
        let mut check = 0.0;
        for (r, &(b, step)) in by.iter().enumerate() {
            for (at, &y) in (from..).zip(rest) {
                let w = &mut self.weights[r][at];
                if LAMBDA {
                    lambda[at] = w.mul_add(b, lambda[at]);
                }
                if STEP && !(CARE && y == 0.0) {
                    *w = (-step).mul_add(y, *w);
                    check = w.mul_add(0.0, check);
                }
            }
        }
        check
    }
}

/// Whose outputs a row of consecutive sources hears.
enum Said<'a> {
    /// Those of neurons of this cycle, with their lambda.
    Blamed(&'a mut [f32]),
    /// What nobody is blamed for.
    Given,
    /// The same, where inputs are zero.
    WithZeros,
}

#[inline(always)]
fn move_rows<W: Wide, const R: usize, const STEP: bool>(
    weights: [&mut [f32]; R],
    y: &[f32],
    said: Said<'_>,
    moves: &[(f32, f32); R],
    checks: &mut Checks<W>,
) -> f32 {
    let (mut blame, mut by) = ([W::splat(0.0); R], [W::splat(0.0); R]);
    for r in 0..R {
        (blame[r], by[r]) = (W::splat(moves[r].0), W::splat(-moves[r].1));
    }
    match said {
        Said::Blamed(lambda) => Move::<W, R, true, STEP, false> { weights, blame, by }.run(y, lambda, moves, checks),
        Said::Given => Move::<W, R, false, STEP, false> { weights, blame, by }.run(y, &mut [], moves, checks),
        Said::WithZeros => Move::<W, R, false, STEP, true> { weights, blame, by }.run(y, &mut [], moves, checks),
    }
}

/// Looks at all of them, many at a time.
#[inline(always)]
fn any_zero(values: &[f32]) -> bool {
    values.iter().map(|&value| u32::from(value == 0.0)).sum::<u32>() > 0
}

/// Rows of which those who are blamed are picked out beforehand: a branch for each, of half of the units, is one that nobody can
/// foresee.
const PICKED: usize = 256;

impl Learn<'_> {
    #[inline(always)]
    fn all<W: Wide, const STEP: bool>(mut self) -> f32 {
        let (mut check, mut checks) = (0.0, Checks([W::splat(0.0); 4]));
        let mut zeros = None;
        let mut picked = [0_u32; PICKED];
        for from in self.rows.clone().step_by(PICKED) {
            let mut count = 0;
            for (row, &b) in (from as u32..).zip(&self.blame[from..self.rows.end.min(from + PICKED)]) {
                picked[count] = row;
                count += usize::from(b != 0.0);
            }
            let mut rest = &picked[..count];
            while let Some(&row) = rest.first() {
                let (done, found) = if let Some(four) = rest.first_chunk().filter(|_| W::ROOM)
                    && let Some(found) = self.together::<W, TOGETHER, STEP>(four, &mut zeros, &mut checks)
                {
                    (TOGETHER, found)
                } else if let Some(found) = self.together::<W, 1, STEP>(&[row], &mut zeros, &mut checks) {
                    (1, found)
                } else {
                    (1, self.indexed::<W, STEP>(row as usize, &mut checks))
                };
                check += found;
                rest = &rest[done..];
            }
        }
        check + checks.sum()
    }

    /// Where the connections of a row lie in these weights.
    #[inline(always)]
    fn own(&self, edges: &Range<usize>) -> Range<usize> {
        let start = self.solo.wires.starts[self.rows.start] as usize;
        edges.start - start..edges.end - start
    }

    /// Moves rows that all hear the same consecutive sources, if they do. Whether any input is zero is looked up once.
    #[inline(always)]
    fn together<W: Wide, const R: usize, const STEP: bool>(
        &mut self,
        rows: &[u32; R],
        zeros: &mut Option<bool>,
        checks: &mut Checks<W>,
    ) -> Option<f32> {
        let solo = self.solo;
        let (edges, heard) = solo.row(rows[0] as usize);
        let Heard::Run(first) = heard else { return None };
        let (len, mut alike) = (edges.len(), true);
        let (mut own, mut moves) = ([const { 0..0 }; R], [(0.0, 0.0); R]);
        for r in 0..R {
            let (edges, heard) = solo.row(rows[r] as usize);
            alike &= edges.len() == len && matches!(heard, Heard::Run(other) if other == first);
            let b = self.blame[rows[r] as usize];
            (own[r], moves[r]) = (self.own(&edges), (b, self.rate * b));
        }
        if !alike {
            return None;
        }
        let weights = self.weights.get_disjoint_mut(own).ok()?;
        let y = &solo.outputs[solo.at(first)..][..len];
        let said = if first >= 0 && first as usize + len > solo.inputs {
            Said::Blamed(&mut self.lambda[first as usize..][..len])
        } else if *zeros.get_or_insert_with(|| any_zero(&solo.outputs[solo.base..][..solo.inputs])) {
            Said::WithZeros
        } else {
            Said::Given
        };
        Some(move_rows::<W, R, STEP>(weights, y, said, &moves, checks))
    }

    /// Moves a row with an index.
    #[inline(always)]
    fn indexed<W: Wide, const STEP: bool>(&mut self, row: usize, checks: &mut Checks<W>) -> f32 {
        let solo = self.solo;
        let (edges, _) = solo.row(row);
        let (b, own) = (self.blame[row], self.own(&edges));
        let (step, weights) = (self.rate * b, &mut self.weights[own]);
        for (w, &source) in weights.iter_mut().zip(&solo.wires.sources[edges]) {
            if source >= 0 {
                let lambda = &mut self.lambda[source as usize];
                *lambda = w.mul_add(b, *lambda);
            }
            if STEP {
                *w = (-step).mul_add(solo.outputs[solo.at(source)], *w);
            }
        }
        if STEP { checks.look(weights) } else { 0.0 }
    }
}

impl Kernel for Learn<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        if self.rate == 0.0 { self.all::<W, false>() } else { self.all::<W, true>() }
    }
}

/// Whether rows with so many connections are worth more than one thread, to hear or to learn.
pub fn is_shared(connections: usize) -> bool {
    connections >= WORTH_A_THREAD
}

/// Pieces of the work on these rows: by its size alone.
fn pieces(edges: usize) -> usize {
    (edges / PIECE).clamp(1, 16)
}

/// How much scratch [`learn`] wants for so many connections and neurons.
pub fn scratch(connections: usize, neurons: usize) -> usize {
    (pieces(connections) - 1) * neurons
}

pub(super) fn learn_pieces(target: Target, learn: Learn<'_>, count: usize, scratch: &mut [f32]) -> f32 {
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
