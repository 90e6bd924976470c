//! Tests of the dense kernels against f64, over odd sizes, blocks and lags.

use super::super::dispatch::Target;
use super::super::panels::Store;
use super::super::reference::Dice;
use super::super::{LANES, Lanes, Layout, View};
use super::gradient::gradient_on;
use super::weighted::{backward_on, forward_on};
use super::*;

/// Listeners and speakers at odd places among more neurons; other connections lie between a listener's.
struct Case {
    posts: Range<usize>,
    pre: Range<usize>,
    lag: u16,
    blocks: usize,
    cycles: usize,
    history: Layout,
    blame: Layout,
    plain: Layout,
    outputs: Vec<Lanes>,
    blames: Vec<Lanes>,
    starts: Vec<u32>,
    weights: Vec<f32>,
}

const DEPTH: usize = 2;

impl Case {
    fn new(posts: usize, pre: usize, lag: u16, blocks: usize, cycles: usize) -> Self {
        let mut dice = Dice((posts * 1000 + pre) as u64);
        let (posts, pre) = (3..3 + posts, 2..2 + pre);
        let neurons = posts.end.max(pre.end) + 1;
        let starts: Vec<u32> = (0..posts.len()).map(|i| (i * (pre.len() + 2) + i % 3) as u32).collect();
        let weights = (0..posts.len() * (pre.len() + 3)).map(|_| dice.value()).collect();
        let history = Layout::history(neurons, DEPTH, cycles);
        let blame = Layout::blame(neurons, DEPTH, cycles);
        let mut rows = |n| (0..n).map(|_| Lanes(std::array::from_fn(|_| dice.value()))).collect::<Vec<_>>();
        let (outputs, mut blames) = (rows(history.len(blocks)), rows(blame.len(blocks)));
        for block in blames.chunks_exact_mut(blame.stride()) {
            block[..DEPTH * neurons].fill(Lanes::ZERO);
            block[(DEPTH + cycles) * neurons..].fill(Lanes::ZERO);
        }
        let plain = Layout::plain(neurons, cycles);
        Self { posts, pre, lag, blocks, cycles, history, blame, plain, outputs, blames, starts, weights }
    }

    fn all() -> impl Iterator<Item = Self> {
        let sizes = [1, 2, 5, 6, 7, 15, 16, 17, 33];
        let square = sizes.into_iter().flat_map(move |posts| sizes.map(|pre| (posts, pre)));
        // Beyond a chunk of each kernel; and more panels than are transposed at a time.
        let square = square.chain([(130, 20), (9, 270), (20, 33)]);
        square.enumerate().map(|(i, (posts, pre))| Self::new(posts, pre, (i % 3) as u16, 1 + i % 4, 1 + i % 5))
    }

    fn rectangle(&self) -> Rectangle<'_> {
        let source = self.history.source(self.pre.start as u32, self.lag);
        let target = self.blame.target(self.posts.start as u32, self.lag);
        Rectangle::new(self.posts.clone(), self.pre.clone(), source, target, &self.starts)
    }

    fn weight(&self, post: usize, pre: usize) -> usize {
        self.starts[post - self.posts.start] as usize + pre - self.pre.start
    }

    /// An output `lag` cycles before a recorded one.
    fn output(&self, block: usize, cycle: usize, pre: usize, lane: usize) -> f64 {
        let slot = DEPTH + cycle - usize::from(self.lag);
        f64::from(self.outputs[(block * self.history.slots() + slot) * self.history.neurons() + pre][lane])
    }

    fn blame_at(&self, block: usize, cycle: usize, post: usize, lane: usize) -> f64 {
        f64::from(self.blames[self.blame.row(block, cycle, post)][lane])
    }

    fn views(&self, cycle: usize) -> (View<'_>, View<'_>) {
        (self.history.view(&self.outputs, cycle), self.blame.view(&self.blames, cycle))
    }

    /// Potentials and lambda in all cycles, and the gradient, the rows split at `split` (per mille).
    fn results(&self, target: Target, split: usize) -> (Vec<Lanes>, Vec<Lanes>, Vec<f32>) {
        let rectangle = self.rectangle();
        let mut potentials = vec![Lanes::all(0.5); self.plain.len(self.blocks)];
        let mut lambda = potentials.clone();
        let halves = |rows: &Range<usize>| {
            let middle = rows.start + rows.len() * split / 1000;
            [rows.start..middle, middle..rows.end]
        };
        for cycle in 0..self.cycles {
            let (outputs, blame) = self.views(cycle);
            for posts in halves(&self.posts) {
                let out = self.plain.view_mut(&mut potentials, cycle);
                forward_on(target, &rectangle, &self.weights, outputs, posts, out);
            }
            for pre in halves(&self.pre) {
                let out = self.plain.view_mut(&mut lambda, cycle);
                backward_on(target, &rectangle, &self.weights, blame, pre, out);
            }
        }
        let (mut gradient, mut scratch) = (vec![0.25; self.weights.len()], vec![]);
        let (outputs, blame) = self.views(0);
        let [one, two] = halves(&self.posts);
        let middle = self.starts.get(two.start - self.posts.start).map_or(gradient.len(), |&start| start as usize);
        let (first, second) = gradient.split_at_mut(middle);
        for store in [Store::Set, Store::Add] {
            for (posts, at, out) in [(one.clone(), 0, &mut *first), (two.clone(), middle, &mut *second)] {
                let gradients = Gradients { first: at, out, store };
                gradient_on(target, &rectangle, (outputs, blame, self.cycles), posts, gradients, &mut scratch);
            }
        }
        (potentials, lambda, gradient)
    }
}

#[test]
fn a_rectangle_gives_the_dense_sums_and_touches_nothing_else() {
    for case in Case::all() {
        let (potentials, lambda, gradient) = case.results(Target::best(), 1000);
        let near = |found: f32, expected: f64| {
            assert!((f64::from(found) - expected).abs() < 1e-4, "{found} {expected} {:?} {:?}", case.posts, case.pre);
        };
        for block in 0..case.blocks {
            for cycle in 0..case.cycles {
                for lane in [0, 7, 15] {
                    for row in 0..case.plain.neurons() {
                        let (mut heard, mut said) = (0.5, 0.5);
                        if case.posts.contains(&row) {
                            let term =
                                |j| f64::from(case.weights[case.weight(row, j)]) * case.output(block, cycle, j, lane);
                            heard += case.pre.clone().map(term).sum::<f64>();
                        }
                        let later = cycle + usize::from(case.lag);
                        if case.pre.contains(&row) && later < case.cycles {
                            let term =
                                |i| f64::from(case.weights[case.weight(i, row)]) * case.blame_at(block, later, i, lane);
                            said += case.posts.clone().map(term).sum::<f64>();
                        }
                        near(potentials[case.plain.row(block, cycle, row)][lane], heard);
                        near(lambda[case.plain.row(block, cycle, row)][lane], said);
                    }
                }
            }
        }
        let mut expected = vec![0.25; gradient.len()];
        for post in case.posts.clone() {
            for pre in case.pre.clone() {
                let mut sum = 0.0;
                for (block, cycle) in (0..case.blocks).flat_map(|b| (0..case.cycles).map(move |c| (b, c))) {
                    for lane in 0..LANES {
                        sum += case.blame_at(block, cycle, post, lane) * case.output(block, cycle, pre, lane);
                    }
                }
                // Set, then added once more.
                expected[case.weight(post, pre)] = 2.0 * sum;
            }
        }
        gradient.into_iter().zip(expected).for_each(|(found, expected)| near(found, expected));
    }
}

#[test]
fn neither_the_target_nor_the_split_changes_a_bit() {
    for case in Case::all() {
        let whole = case.results(Target::Portable, 1000);
        for target in Target::available() {
            for split in [300, 910] {
                assert!(case.results(target, split) == whole, "{target:?} {split}");
            }
        }
    }
}

#[test]
fn no_panel_sets_zeros() {
    let case = Case::new(7, 5, 0, 1, 1);
    let mut out = vec![0.25; case.weights.len()];
    let gradients = Gradients { first: 0, out: &mut out, store: Store::Set };
    let (outputs, blame) = case.views(0);
    dense_gradient(&case.rectangle(), (outputs, blame, 0), case.posts.clone(), gradients, &mut vec![]);
    assert_eq!(out.iter().filter(|&&value| value == 0.0).count(), case.rectangle().connections());
}
