//! Gradients of the connections of some speakers over many cycles at once.
//!
//! ```text
//! for j in rows: for e in offsets[j]..offsets[j + 1]:          // of the transpose
//!     for cycle: for lane: g[e] += output[cycle, j] * blame[cycle, base + target[e]]
//! ```
//!
//! Where [`backward`](super::backward()) sums across lanes in every cycle, which is most of its work, this does so once for
//! the cycles of a tile: eight connections keep their sums in registers. *Tiles* are as many cycles of a block as the
//! second-level cache holds; they depend on the shapes alone. Threads own speakers and meet once: the same bits for any
//! number of threads.

use super::backward::put;
use super::dispatch::{Kernel, Target, Wide};
use super::{Gather, LANES, Lanes, View};
use std::ops::Range;

/// Bytes of blame that a tile of cycles reads.
const TILE: usize = 1 << 19;
/// Parts for each thread: one that is held up leaves work to the others.
const PARTS: usize = 4;

struct Part<'a> {
    wires: Gather<'a>,
    outputs: View<'a>,
    blame: View<'a>,
    cycles: usize,
    rows: Range<usize>,
    /// Of the connections of `rows`.
    out: &'a mut [f32],
}

impl Part<'_> {
    fn halves(self, target: Target, least: usize) {
        if self.out.len() <= least || self.rows.len() < 2 {
            return target.run(self);
        }
        let middle = self.wires.halve(&self.rows);
        let (one, two) = self.out.split_at_mut(self.wires.edges(&(self.rows.start..middle)).len());
        let one = Part { rows: self.rows.start..middle, out: one, ..self };
        let two = Part { rows: middle..self.rows.end, out: two, ..self };
        rayon::join(|| one.halves(target, least), || two.halves(target, least));
    }
}

/// Some cycles of one block.
struct Tile<'a> {
    neurons: usize,
    /// Rows from a neuron in the first cycle to itself in the last.
    span: usize,
    /// From the first cycle on.
    outputs: &'a [Lanes],
    blame: &'a [Lanes],
    /// Where in the blame the first cycle begins.
    base: usize,
}

impl Tile<'_> {
    /// The sums of `N` connections, or of fewer, over the cycles.
    #[inline(always)]
    fn sums<W: Wide, const N: usize>(&self, row: usize, targets: &[i32], out: &mut [W::Half; 8]) {
        // Equal lengths in the compiler's sight: one bounds check a cycle serves all. The last connection is summed again
        // in the place of those that there are not.
        let span = self.span;
        let spoken = &self.outputs[row..row + span];
        let heard: [&[Lanes]; N] = std::array::from_fn(|at| {
            let from = self.base.wrapping_add_signed(targets[at.min(targets.len() - 1)] as isize);
            &self.blame[from..from + span]
        });
        let mut sums = [W::splat(0.0); N];
        let mut cycle = 0;
        while cycle < span {
            let output = W::load(&spoken[cycle]);
            for at in 0..N {
                sums[at] = sums[at].fuse(output, W::load(&heard[at][cycle]));
            }
            cycle += self.neurons;
        }
        for at in 0..N {
            out[at] = sums[at].halve();
        }
    }
}

impl Kernel for Part<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(mut self) {
        let neurons = self.blame.layout.neurons();
        let step = (TILE / (neurons * size_of::<Lanes>())).clamp(1, self.cycles);
        let out = std::mem::take(&mut self.out);
        let start = self.wires.edges(&self.rows).start;
        for block in 0..self.blame.blocks() {
            for from in (0..self.cycles).step_by(step) {
                let tile = Tile {
                    neurons,
                    span: (step.min(self.cycles - from) - 1) * neurons + 1,
                    outputs: &self.outputs.block(block)[self.outputs.base + from * neurons..],
                    blame: self.blame.block(block),
                    base: self.blame.base + from * neurons,
                };
                for row in self.rows.clone() {
                    let edges = self.wires.row(row);
                    let targets = &self.wires.sources[edges.clone()];
                    let out = &mut out[edges.start - start..edges.end - start];
                    for (targets, out) in targets.chunks(8).zip(out.chunks_mut(8)) {
                        let mut halves = [W::none(); 8];
                        if targets.len() > 4 {
                            tile.sums::<W, 8>(row, targets, &mut halves);
                        } else {
                            tile.sums::<W, 4>(row, targets, &mut halves);
                        }
                        let mut eight = [0.0; 8];
                        eight[..out.len()].copy_from_slice(out);
                        put(&mut eight, W::eights(&halves), block == 0 && from == 0);
                        out.copy_from_slice(&eight[..out.len()]);
                    }
                }
            }
        }
    }
}

/// Writes the gradients of all connections of the speakers `rows`, in the order of the transpose: over all blocks, and
/// over `cycles` cycles from where the views stand. The layout of the blame must be
/// [`Layout::blame`](super::Layout::blame), zero where nobody is blamed. Split among threads where that pays.
///
/// # Panics
/// If the shapes disagree, or a target lies outside its block.
#[track_caller]
pub fn gradient(wires: Gather<'_>, views: (View<'_>, View<'_>, usize), rows: Range<usize>, out: &mut [f32]) {
    gradient_on(Target::best(), wires, views, rows, out);
}

/// [`gradient`] with chosen instructions.
#[track_caller]
pub(super) fn gradient_on(
    target: Target,
    wires: Gather<'_>,
    (outputs, blame, cycles): (View<'_>, View<'_>, usize),
    rows: Range<usize>,
    out: &mut [f32],
) {
    assert!(rows.start <= rows.end && rows.end <= wires.rows(), "rows {rows:?} of {}", wires.rows());
    assert_eq!(out.len(), wires.edges(&rows).len(), "one gradient per connection of the rows");
    assert_eq!(outputs.blocks(), blame.blocks(), "outputs and blame of the same blocks");
    assert_eq!(outputs.layout.neurons(), blame.layout.neurons(), "outputs and blame of the same neurons");
    if cycles == 0 || outputs.blocks() == 0 {
        return out.fill(0.0);
    }
    let threads = super::threads();
    let enough = super::WORTH_A_THREAD / (cycles * outputs.blocks() * LANES);
    let least = if threads == 1 { usize::MAX } else { enough.max(out.len() / (PARTS * threads)) };
    Part { wires, outputs, blame, cycles, rows, out }.halves(target, least);
}

#[cfg(test)]
mod tests {
    use super::super::reference::Case;
    use super::*;

    #[test]
    fn gradients_over_all_cycles_are_those_of_a_sweep() {
        for case in Case::all() {
            let (transpose, _) = case.transpose();
            let outputs = case.history.view_before(&case.outputs, 0, case.depth);
            let blame = case.blame.view_before(&case.blames, 0, case.depth);
            let gradients = |target| {
                let mut gradients = vec![f32::NAN; case.weights.len()];
                let views = (outputs, blame, case.depth + case.cycles);
                gradient_on(target, transpose.wires(), views, 0..case.neurons, &mut gradients);
                gradients
            };
            let all = gradients(Target::best());
            for target in Target::available() {
                assert_eq!(gradients(target), all, "{target:?}");
            }
            for threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                assert_eq!(pool.install(|| gradients(Target::best())), all, "{threads} threads");
            }
            let mut by_listener = vec![f32::NAN; all.len()];
            transpose.restore((case.wires(), &case.pre), &all, &mut Vec::new(), &mut by_listener);
            for post in 0..case.neurons {
                for e in case.edges(post) {
                    let expected = case.gradient_at(post, case.pre[e], case.lag[e]);
                    assert!((f64::from(by_listener[e]) - expected).abs() < 1e-4, "{} {expected}", by_listener[e]);
                }
            }
        }
    }
}
