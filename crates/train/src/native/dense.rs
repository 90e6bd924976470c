//! Dense blocks of a network: consecutive listeners that hear the same consecutive speakers. They need no index.
//!
//! Found when the plan is made: a block takes the first or the last part of each of its rows, and what is left of them is
//! the sparse rest. So it is the structure alone that says which connections go which way.

use super::plan::Group;
use super::sources::Sources;
use livenet_core::Network;
use livenet_core::kernel::{self, Gather, Gradients, Lanes, Layout, Rectangle, Store, View, ViewMut};
use std::ops::Range;

/// Speakers below which an index is as good.
const SPEAKERS: usize = 8;
/// Listeners likewise: a tile has six.
const LISTENERS: usize = 6;
/// Connections below which a block is not worth its call.
const LEAST: usize = 256;

/// A block.
#[derive(Clone, Debug)]
struct Block {
    posts: Range<usize>,
    pre: Range<usize>,
    source: i32,
    target: i32,
    /// The first connection of each listener.
    starts: Vec<u32>,
}

impl Block {
    fn rectangle(&self) -> Rectangle<'_> {
        Rectangle::new(self.posts.clone(), self.pre.clone(), self.source, self.target, &self.starts)
    }
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    blocks: Vec<Block>,
    /// Where the rest of each row begins and ends; empty if there is no block.
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// Whether somebody wants every connection in the transpose.
    pub(super) off: bool,
}

/// The longest run at the beginning or the end of a row: its first connection in the row, and its length.
fn run(sources: &[i32]) -> (usize, usize) {
    let follows = |pair: &[i32]| pair[0] + 1 == pair[1];
    let first = 1 + sources.windows(2).take_while(|pair| follows(pair)).count();
    let last = 1 + sources.windows(2).rev().take_while(|pair| follows(pair)).count();
    match sources.len() {
        0 => (0, 0),
        len if last > first => (len - last, last),
        _ => (0, first),
    }
}

impl Dense {
    /// Finds the blocks.
    pub(super) fn find(&mut self, groups: &[Group], network: &Network, sources: &Sources) {
        self.blocks.clear();
        self.starts.clear();
        self.ends.clear();
        if self.off {
            return;
        }
        let (offsets, layout) = (network.offsets(), Layout::plain(network.neuron_count(), 1));
        let mut buffer = Vec::new();
        let mut of = |row: usize| {
            let sources = sources.of(network, row, &mut buffer);
            let (at, len) = run(sources);
            (offsets[row] as usize + at, if len == 0 { 0 } else { sources[at] }, len)
        };
        for group in groups {
            let mut row = group.rows.start;
            while row < group.rows.end {
                let (start, source, len) = of(row);
                let mut starts = vec![start as u32];
                while row + starts.len() < group.rows.end {
                    let (start, other, length) = of(row + starts.len());
                    if (other, length) != (source, len) {
                        break;
                    }
                    starts.push(start as u32);
                }
                let posts = row..row + starts.len();
                row = posts.end;
                if len < SPEAKERS || posts.len() < LISTENERS || len * posts.len() < LEAST {
                    continue;
                }
                let neurons = layout.neurons() as i64;
                let pre = i64::from(source).rem_euclid(neurons) as usize;
                let lag = ((pre as i64 - i64::from(source)) / neurons) as u16;
                let target = layout.target(posts.start as u32, lag);
                self.blocks.push(Block { posts, pre: pre..pre + len, source, target, starts });
            }
        }
        if self.blocks.is_empty() {
            return;
        }
        self.starts.extend_from_slice(&offsets[..offsets.len() - 1]);
        self.ends.extend_from_slice(&offsets[1..]);
        for block in &self.blocks {
            for (row, &start) in block.posts.clone().zip(&block.starts) {
                let end = start + block.pre.len() as u32;
                if start == self.starts[row] {
                    self.starts[row] = end;
                } else {
                    self.ends[row] = start;
                }
            }
        }
    }

    /// The connections in no block.
    pub(super) fn rest<'a>(&'a self, network: &'a Network, sources: &'a Sources) -> Gather<'a> {
        if self.blocks.is_empty() { sources.wires(network) } else { sources.parts(network, &self.starts, &self.ends) }
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Adds to the potentials of listeners among `rows` what they hear through blocks.
    pub(super) fn forward(&self, rows: &Range<usize>, weights: &[f32], outputs: View<'_>, mut potentials: ViewMut<'_>) {
        for block in self.blocks.iter().filter(|block| rows.contains(&block.posts.start)) {
            let posts = block.posts.clone();
            kernel::dense_forward(&block.rectangle(), weights, outputs, posts, potentials.lend());
        }
    }

    /// Adds to the lambda of speakers among `rows` what their listeners say through blocks.
    pub(super) fn backward(&self, rows: &Range<usize>, weights: &[f32], blame: View<'_>, mut lambda: ViewMut<'_>) {
        for block in &self.blocks {
            let pre = block.pre.start.max(rows.start)..block.pre.end.min(rows.end);
            if !pre.is_empty() {
                kernel::dense_backward(&block.rectangle(), weights, blame, pre, lambda.lend());
            }
        }
    }

    /// Adds to the sum of each speaker the sizes of weights by which it is heard through blocks.
    pub(super) fn add_sizes(&self, weights: &[f32], sums: &mut [f64]) {
        for Block { pre, starts, .. } in &self.blocks {
            for &start in starts {
                kernel::add_sizes(&weights[start as usize..][..pre.len()], &mut sums[pre.clone()]);
            }
        }
    }

    /// Writes the gradients of the connections in blocks. Threads split listeners.
    pub(super) fn gradient(
        &self,
        views: (View<'_>, View<'_>, usize),
        scratch: &mut Vec<Vec<Lanes>>,
        threads: usize,
        out: &mut [f32],
    ) {
        scratch.resize(threads.max(1), Vec::new());
        for block in &self.blocks {
            let work = block.posts.len() * block.pre.len() * views.0.lanes() * views.2;
            let parts = if work < super::threads::WORTH_A_SPLIT { 1 } else { threads.max(1) };
            halves(block, views, block.posts.clone(), (0, &mut *out), &mut scratch[..parts]);
        }
    }
}

fn halves(
    block: &Block,
    views: (View<'_>, View<'_>, usize),
    posts: Range<usize>,
    (first, out): (usize, &mut [f32]),
    scratch: &mut [Vec<Lanes>],
) {
    if scratch.len() == 1 || posts.len() < 2 * LISTENERS {
        let gradients = Gradients { first, out, store: Store::Set };
        return kernel::dense_gradient(&block.rectangle(), views, posts, gradients, &mut scratch[0]);
    }
    let half = scratch.len() / 2;
    let middle = posts.start + posts.len() * half / scratch.len();
    let at = block.starts[middle - block.posts.start] as usize - first;
    let (scratch, more_scratch) = scratch.split_at_mut(half);
    let (out, more) = out.split_at_mut(at);
    rayon::join(
        || halves(block, views, posts.start..middle, (first, out), scratch),
        || halves(block, views, middle..posts.end, (first + at, more), more_scratch),
    );
}
