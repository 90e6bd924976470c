//! The sparse kernels alone, on synthetic graphs: one training step of two rows of `docs/benchmarks.md`.
//!
//! * A1: 784-1000-1000-10, feed-forward, 10 % of the connections, batch 64, one cycle, `ReLU`, Adam.
//! * B1: 2048 recurrent neurons at 5 %, 64 inputs and 16 outputs fully connected, window 32, batch 32,
//!   tanh, Adam.
//!
//! Sweeps give lane blocks to threads; the gradient and the update split themselves.

use criterion::{Criterion, criterion_group, criterion_main};
use livenet_core::Optimizer;
use livenet_core::kernel::{
    Absent, Corrections, Counts, Decay, Elements, Gather, LANES, Lanes, Layout, Moments, Span, Step, Store, Transpose,
    backward, forward, gradient, update,
};
use livenet_core::unit::Activation;
use rayon::prelude::*;
use std::hint::black_box;
use std::ops::Range;

/// Pseudo-random numbers in [0, 1).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// A bundle of connections between two groups.
struct Bundle {
    pre: usize,
    post: usize,
    lag: u16,
    density: f32,
}

/// A network, its activity and its optimizer, with one step of training.
struct Net {
    groups: Vec<Range<usize>>,
    activation: Activation,
    cycles: usize,
    offsets: Vec<u32>,
    pre: Vec<u32>,
    sources: Vec<i32>,
    transpose: Transpose,
    weights: Vec<f32>,
    arranged: Vec<f32>,
    places: Vec<u32>,
    bias: Vec<f32>,
    history: Layout,
    potential: Layout,
    blame: Layout,
    one: Layout,
    outputs: Vec<Lanes>,
    potentials: Vec<Lanes>,
    blames: Vec<Lanes>,
    lambdas: Vec<Lanes>,
    gradients: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    counts: Vec<u32>,
    corrections: Corrections,
}

impl Net {
    fn new(sizes: &[usize], bundles: &[Bundle], activation: Activation, cycles: usize, lanes: usize) -> Self {
        let mut dice = Dice(7);
        let mut groups = vec![];
        let mut neurons = 0;
        for &size in sizes {
            groups.push(neurons..neurons + size);
            neurons += size;
        }
        let depth = usize::from(bundles.iter().map(|bundle| bundle.lag).max().unwrap_or(0));
        let history = Layout::history(neurons, depth, cycles);
        let blame = Layout::blame(neurons, depth, cycles);
        let (potential, one) = (Layout::plain(neurons, cycles), Layout::plain(neurons, 1));
        let (mut offsets, mut pre, mut lag) = (vec![0], vec![], vec![]);
        for (g, group) in groups.iter().enumerate() {
            for _ in group.clone() {
                for bundle in bundles.iter().filter(|bundle| bundle.post == g) {
                    for j in groups[bundle.pre].clone() {
                        if dice.next() < bundle.density {
                            pre.push(j as u32);
                            lag.push(bundle.lag);
                        }
                    }
                }
                offsets.push(pre.len() as u32);
            }
        }
        let mut transpose = Transpose::default();
        let sources: Vec<i32> = pre.iter().zip(&lag).map(|(&pre, &lag)| history.source(pre, lag)).collect();
        transpose.rebuild(Gather::new(&offsets, &sources), &pre, blame);
        let n = pre.len();
        let blocks = Lanes::blocks(lanes);
        let mut outputs = vec![Lanes::ZERO; history.len(blocks)];
        for value in Lanes::flat_mut(&mut outputs) {
            *value = dice.next() - 0.5;
        }
        Self {
            sources,
            weights: (0..n).map(|_| (dice.next() - 0.5) * 0.2).collect(),
            arranged: vec![0.0; n],
            places: Vec::new(),
            bias: vec![0.0; neurons],
            potentials: vec![Lanes::ZERO; potential.len(blocks)],
            blames: vec![Lanes::ZERO; blame.len(blocks)],
            lambdas: vec![Lanes::ZERO; one.len(blocks)],
            gradients: vec![0.0; n],
            first: vec![0.0; n],
            second: vec![0.0; n],
            counts: vec![0; n],
            corrections: Corrections::new(Optimizer::ADAM),
            groups,
            activation,
            cycles,
            offsets,
            pre,
            transpose,
            history,
            potential,
            blame,
            one,
            outputs,
        }
    }

    /// 784-1000-1000-10 at 10 %.
    fn a1() -> Self {
        let bundle = |pre, density| Bundle { pre, post: pre + 1, lag: 0, density };
        Self::new(&[784, 1000, 1000, 10], &[bundle(0, 0.1), bundle(1, 0.1), bundle(2, 0.1)], Activation::Relu, 1, 64)
    }

    /// 64-2048-16, recurrent at 5 %.
    fn b1() -> Self {
        let bundles = [
            Bundle { pre: 0, post: 1, lag: 0, density: 1.0 },
            Bundle { pre: 1, post: 1, lag: 1, density: 0.05 },
            Bundle { pre: 1, post: 2, lag: 0, density: 1.0 },
        ];
        Self::new(&[64, 2048, 16], &bundles, Activation::Tanh, 32, 32)
    }

    /// Multiply-adds of forward, backward (not into the inputs) and gradient.
    fn operations(&self) -> usize {
        let samples = self.outputs.len() / self.history.stride() * self.cycles * LANES;
        let back = self.pre.iter().filter(|&&pre| pre as usize >= self.groups[0].end).count();
        samples * (2 * self.pre.len() + back)
    }

    /// Lane blocks that a thread takes together.
    fn share(&self) -> usize {
        let blocks = self.outputs.len() / self.history.stride();
        blocks.div_ceil(rayon::current_num_threads()).clamp(1, 4)
    }

    fn forward(&mut self) {
        let share = self.share();
        let wires = Gather::new(&self.offsets, &self.sources);
        let (history, potential) = (self.history, self.potential);
        let outputs = self.outputs.par_chunks_mut(history.len(share));
        outputs.zip(self.potentials.par_chunks_mut(potential.len(share))).for_each(|(outputs, potentials)| {
            for cycle in 0..self.cycles {
                for group in &self.groups[1..] {
                    let to = potential.view_mut(potentials, cycle);
                    forward(wires, &self.weights, history.view(outputs, cycle), group.clone(), Some(&self.bias), to);
                    for block in 0..outputs.len() / history.stride() {
                        let from = potential.row(block, cycle, group.start);
                        let to = history.row(block, cycle, group.start);
                        let z = Lanes::flat(&potentials[from..from + group.len()]);
                        self.activation.apply_f32(z, Lanes::flat_mut(&mut outputs[to..to + group.len()]));
                    }
                }
            }
        });
    }

    fn backward(&mut self) {
        self.transpose.arrange(&self.weights, &mut self.places, &mut self.arranged);
        let share = self.share();
        let (history, potential, blame, one) = (self.history, self.potential, self.blame, self.one);
        let wires = self.transpose.wires();
        let last = self.groups.len() - 1;
        let activity =
            self.outputs.par_chunks(history.len(share)).zip(self.potentials.par_chunks(potential.len(share)));
        let back = self.blames.par_chunks_mut(blame.len(share)).zip(self.lambdas.par_chunks_mut(one.len(share)));
        activity.zip(back).for_each(|((outputs, potentials), (blames, lambdas))| {
            let blocks = outputs.len() / history.stride();
            for cycle in (0..self.cycles).rev() {
                for (g, group) in self.groups.iter().enumerate().skip(1).rev() {
                    let rows = |layout: Layout, block, cycle| {
                        let at = layout.row(block, cycle, group.start);
                        at..at + group.len()
                    };
                    for block in 0..blocks {
                        let y = &outputs[rows(history, block, cycle)];
                        for (lambda, y) in lambdas[rows(one, block, 0)].iter_mut().zip(y) {
                            // Half the squared distance from 0.5.
                            *lambda = if g == last { Lanes(y.map(|y| y - 0.5)) } else { Lanes::ZERO };
                        }
                    }
                    if g < last {
                        let from = blame.view(blames, cycle);
                        backward(wires, &self.arranged, from, group.clone(), one.view_mut(lambdas, 0));
                    }
                    for block in 0..blocks {
                        let z = Lanes::flat(&potentials[rows(potential, block, cycle)]);
                        let y = Lanes::flat(&outputs[rows(history, block, cycle)]);
                        let out = Lanes::flat_mut(&mut blames[rows(blame, block, cycle)]);
                        self.activation.derivative_f32(z, y, out);
                        for (out, lambda) in out.iter_mut().zip(Lanes::flat(&lambdas[rows(one, block, 0)])) {
                            *out *= lambda;
                        }
                    }
                }
            }
        });
    }

    fn gradient(&mut self) {
        let (outputs, blame) = (self.history.view(&self.outputs, 0), self.blame.view(&self.blames, 0));
        let wires = Gather::new(&self.offsets, &self.sources);
        gradient(wires, outputs, blame, self.cycles, Store::Set, &mut self.gradients);
    }

    fn update(&mut self) {
        let step = Step { optimizer: Optimizer::ADAM, corrections: &self.corrections, rate: 1e-6, decay: Decay::None };
        let elements = Elements { values: &mut self.weights, gradients: &self.gradients, frozen: None };
        update(
            step,
            elements,
            Moments { first: &mut self.first, second: &mut self.second, counts: Counts::Long(&mut self.counts) },
        );
    }

    fn step(&mut self) {
        self.forward();
        self.backward();
        self.gradient();
        self.update();
    }

    /// The 1000 best absent connections into the second group from the first.
    fn absent(&self, pre: usize, lag: u16) -> usize {
        let (outputs, blame) = (self.history.view(&self.outputs, 0), self.blame.view(&self.blames, 0));
        let (pres, posts) = (&self.groups[pre], &self.groups[1]);
        let span = Span { pre: pres.start as u32..pres.end as u32, lag };
        let reach = |_: u32, spans: &mut Vec<Span>| spans.push(span.clone());
        let absent = Absent::new(outputs, blame, self.cycles);
        absent.top(&self.offsets, &self.pre, posts.start as u32..posts.end as u32, 1000, &reach).len()
    }
}

fn rows(criterion: &mut Criterion, name: &str, mut net: Net, (pre, lag): (usize, u16)) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(if net.operations() > 100_000_000 { 20 } else { 100 });
    net.step();
    group.bench_function("forward", |b| b.iter(|| net.forward()));
    group.bench_function("backward", |b| b.iter(|| net.backward()));
    group.bench_function("gradient", |b| b.iter(|| net.gradient()));
    group.bench_function("update", |b| b.iter(|| net.update()));
    group.bench_function("absent", |b| b.iter(|| black_box(net.absent(pre, lag))));
    // Multiply-adds of the whole step, so it stands last and alone.
    group.throughput(criterion::Throughput::Elements(net.operations() as u64));
    group.bench_function("step", |b| b.iter(|| net.step()));
    group.finish();
}

fn kernels(criterion: &mut Criterion) {
    rows(criterion, "A1", Net::a1(), (0, 0));
    rows(criterion, "B1", Net::b1(), (1, 1));
}

criterion_group!(benches, kernels);
criterion_main!(benches);
