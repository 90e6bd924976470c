//! Tests of the kernels against dense f64 over random graphs, on every target and several thread counts.

use super::backward::backward_on;
use super::dispatch::Target;
use super::gather::Sweep;
use super::*;
use crate::Optimizer;
use std::ops::Range;

/// A small generator of the tests' own.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    pub(super) fn value(&mut self) -> f32 {
        self.next() as f32 / (1_u64 << 30) as f32 - 1.0
    }
    fn rows(&mut self, n: usize) -> Vec<Lanes> {
        (0..n).map(|_| Lanes(std::array::from_fn(|_| self.value()))).collect()
    }
}

/// A random graph with random activity. `quanta` rounds activity to quarters, which makes ties.
pub(super) struct Case {
    pub(super) neurons: usize,
    pub(super) cycles: usize,
    blocks: usize,
    pub(super) depth: usize,
    offsets: Vec<u32>,
    pub(super) pre: Vec<u32>,
    pub(super) lag: Vec<u16>,
    sources: Vec<i32>,
    pub(super) weights: Vec<f32>,
    pub(super) history: Layout,
    pub(super) blame: Layout,
    pub(super) outputs: Vec<Lanes>,
    pub(super) blames: Vec<Lanes>,
}

impl Case {
    fn new(seed: u64, neurons: usize, density: f64, quanta: bool) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
        let (depth, cycles, blocks) = (3, 1 + dice.below(5), 1 + dice.below(3));
        let (history, blame) = (Layout::history(neurons, depth, cycles), Layout::blame(neurons, depth, cycles));
        let (mut offsets, mut pre, mut lag) = (vec![0], vec![], vec![]);
        for _ in 0..neurons {
            for j in 0..neurons {
                if (dice.next() as f64) < density * (1_u64 << 31) as f64 {
                    pre.push(j as u32);
                    lag.push(dice.below(4) as u16);
                }
            }
            offsets.push(pre.len() as u32);
        }
        let sources = pre.iter().zip(&lag).map(|(&pre, &lag)| history.source(pre, lag)).collect();
        let weights = pre.iter().map(|_| dice.value()).collect();
        let mut outputs = dice.rows(history.len(blocks));
        let mut blames = dice.rows(blame.len(blocks));
        for block in blames.chunks_exact_mut(blame.stride()) {
            block[..depth * neurons].fill(Lanes::ZERO);
            block[(depth + cycles) * neurons..].fill(Lanes::ZERO);
        }
        if quanta {
            for value in Lanes::flat_mut(&mut outputs).iter_mut().chain(Lanes::flat_mut(&mut blames)) {
                *value = (*value * 2.0).round() / 2.0;
            }
        }
        Self { neurons, cycles, blocks, depth, offsets, pre, lag, sources, weights, history, blame, outputs, blames }
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        let sizes = [1, 2, 5, 17, 40];
        let densities = [0.0, 0.05, 0.3, 1.0];
        let cases = sizes.into_iter().flat_map(move |n| densities.map(|d| (n, d)));
        cases.enumerate().map(|(seed, (n, d))| Self::new(seed as u64, n, d, false))
    }

    pub(super) fn wires(&self) -> Gather<'_> {
        Gather::new(&self.offsets, &self.sources)
    }

    pub(super) fn edges(&self, post: usize) -> Range<usize> {
        self.offsets[post] as usize..self.offsets[post + 1] as usize
    }

    /// (block, recorded cycle, lane)
    fn samples(&self) -> impl Iterator<Item = (usize, usize, usize)> + use<> {
        let (blocks, cycles) = (self.blocks, self.cycles);
        (0..blocks).flat_map(move |b| (0..cycles).flat_map(move |t| (0..LANES).map(move |lane| (b, t, lane))))
    }

    fn output(&self, (block, cycle, lane): (usize, usize, usize), pre: u32, lag: u16) -> f64 {
        let slot = self.depth + cycle - usize::from(lag);
        f64::from(self.outputs[(block * self.history.slots() + slot) * self.neurons + pre as usize][lane])
    }

    fn blame_at(&self, (block, cycle, lane): (usize, usize, usize), post: usize) -> f64 {
        if cycle >= self.cycles {
            return 0.0;
        }
        f64::from(self.blames[(block * self.blame.slots() + self.depth + cycle) * self.neurons + post][lane])
    }

    pub(super) fn gradient_at(&self, post: usize, pre: u32, lag: u16) -> f64 {
        self.samples().map(|at| self.blame_at(at, post) * self.output(at, pre, lag)).sum()
    }

    /// The same as one chain of fused multiply-adds, as [`Absent::top`] sums.
    fn chain_at(&self, post: usize, pre: u32, lag: u16) -> f32 {
        let term = |sum: f32, at| (self.output(at, pre, lag) as f32).mul_add(self.blame_at(at, post) as f32, sum);
        self.samples().fold(0.0, term)
    }

    fn views(&self) -> (View<'_>, View<'_>) {
        (self.history.view(&self.outputs, 0), self.blame.view(&self.blames, 0))
    }
}

fn bits(rows: &[Lanes]) -> Vec<u32> {
    Lanes::flat(rows).iter().map(|value| value.to_bits()).collect()
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn forward_is_the_dense_sum() {
    for case in Case::all() {
        let bias: Vec<f32> = (0..case.neurons).map(|i| i as f32 * 0.25 - 1.0).collect();
        let layout = Layout::plain(case.neurons, case.cycles);
        let mut potentials = vec![Lanes::all(f32::NAN); layout.len(case.blocks)];
        let half = case.neurons / 2;
        for cycle in 0..case.cycles {
            for (rows, bias) in [(0..half, None), (half..case.neurons, Some(&bias[..]))] {
                let outputs = case.history.view(&case.outputs, cycle);
                forward(case.wires(), &case.weights, outputs, rows, bias, layout.view_mut(&mut potentials, cycle));
            }
        }
        for at in case.samples() {
            for post in 0..case.neurons {
                let terms =
                    case.edges(post).map(|e| f64::from(case.weights[e]) * case.output(at, case.pre[e], case.lag[e]));
                let expected = terms.sum::<f64>() + if post < half { 0.0 } else { f64::from(bias[post]) };
                let found = f64::from(potentials[layout.row(at.0, at.1, post)][at.2]);
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
    }
}

impl Case {
    /// The best absent pairs of all that [`reach`] allows.
    fn top(&self, absent: Absent<'_>, limit: usize) -> Vec<Candidate> {
        absent.top(&self.offsets, &self.pre, 0..self.neurons as u32, limit, &reach(self.neurons)).collect()
    }

    pub(super) fn transpose(&self) -> (Transpose, Vec<f32>) {
        let mut transpose = Transpose::default();
        transpose.rebuild(self.wires(), &self.pre, self.blame);
        let mut weights = vec![0.0; self.weights.len()];
        transpose.arrange(&self.weights, &mut Vec::new(), &mut weights);
        (transpose, weights)
    }

    /// lambda by cycle on top of 0.5, and all gradients, of a sweep back in two parts.
    fn sweep(&self, target: Target) -> (Vec<Lanes>, Vec<f32>) {
        let (transpose, weights) = self.transpose();
        let layout = Layout::plain(self.neurons, self.cycles);
        let mut lambda = vec![Lanes::all(0.5); layout.len(self.blocks)];
        let mut gradients = vec![f32::NAN; self.weights.len()];
        let wires = transpose.wires();
        let (half, n) = (self.neurons / 2, self.neurons);
        for cycle in (0..self.cycles).rev() {
            let store = if cycle + 1 == self.cycles { Store::Set } else { Store::Add };
            let outputs = self.history.view(&self.outputs, cycle);
            let heard = Heard { wires, weights: &weights, outputs, blame: self.blame.view(&self.blames, cycle) };
            for rows in [half..n, 0..half] {
                let into = layout.view_mut(&mut lambda, cycle);
                backward_on(target, heard, rows.clone(), Some(into), store, &mut gradients[wires.edges(&rows)]);
            }
        }
        for ago in 1..=self.depth {
            let outputs = self.history.view_before(&self.outputs, 0, ago);
            let heard =
                Heard { wires, weights: &weights, outputs, blame: self.blame.view_before(&self.blames, 0, ago) };
            backward_on(target, heard, 0..n, None, Store::Add, &mut gradients);
        }
        let mut by_listener = vec![f32::NAN; gradients.len()];
        transpose.restore((self.wires(), &self.pre), &gradients, &mut Vec::new(), &mut by_listener);
        (lambda, by_listener)
    }
}

#[test]
fn backward_adds_the_dense_sums_over_listeners_and_over_samples() {
    for case in Case::all() {
        let (lambda, gradients) = case.sweep(Target::best());
        let layout = Layout::plain(case.neurons, case.cycles);
        for (block, cycle, lane) in case.samples() {
            let mut expected = vec![0.5; case.neurons];
            for post in 0..case.neurons {
                for e in case.edges(post) {
                    let heard = (block, cycle + usize::from(case.lag[e]), lane);
                    expected[case.pre[e] as usize] += f64::from(case.weights[e]) * case.blame_at(heard, post);
                }
            }
            for (row, expected) in expected.into_iter().enumerate() {
                let found = f64::from(lambda[layout.row(block, cycle, row)][lane]);
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
        for post in 0..case.neurons {
            for e in case.edges(post) {
                let expected = case.gradient_at(post, case.pre[e], case.lag[e]);
                assert!((f64::from(gradients[e]) - expected).abs() < 1e-4, "{} {expected}", gradients[e]);
            }
        }
    }
}

#[test]
fn a_transpose_lists_every_connection_once_in_order_and_reuses_its_buffers() {
    let mut transpose = Transpose::default();
    // The last is large enough to be built in parts.
    for case in Case::all().chain([Case::new(9, 400, 0.4, false)]) {
        transpose.rebuild(case.wires(), &case.pre, case.blame);
        let mut expected: Vec<usize> = (0..case.pre.len()).collect();
        expected.sort_by_key(|&e| (case.pre[e], e));
        let numbers: Vec<f32> = (0..case.pre.len()).map(|e| e as f32).collect();
        let mut arranged = vec![f32::NAN; numbers.len()];
        transpose.arrange(&numbers, &mut Vec::new(), &mut arranged);
        assert!(arranged.iter().map(|&e| e as usize).eq(expected));
        assert_eq!(transpose.wires().rows(), case.neurons);
    }
}

#[test]
fn gains_and_biases_get_the_dense_sums() {
    for case in Case::all() {
        let (outputs, blame) = case.views();
        let (mut bias, mut gain) = (vec![0.0; case.neurons], vec![1.0; case.neurons]);
        sums(blame, case.cycles, 0..case.neurons, Store::Set, &mut bias);
        dots(blame, outputs, case.cycles, 0..case.neurons, Store::Add, &mut gain);
        for row in 0..case.neurons {
            let sum: f64 = case.samples().map(|at| case.blame_at(at, row)).sum();
            assert!((f64::from(bias[row]) - sum).abs() < 1e-4);
            let dot = 1.0 + case.gradient_at(row, row as u32, 0);
            assert!((f64::from(gain[row]) - dot).abs() < 1e-4);
        }
    }
}

/// Reach of the tests: everybody at lag 1, the first third at lag 3, for even listeners; odd ones hear the
/// last half at lag 0.
fn reach(neurons: usize) -> impl Fn(u32, &mut Vec<Span>) + Sync {
    let n = neurons as u32;
    move |post, spans| {
        if (post / 3).is_multiple_of(2) {
            spans.extend([Span { pre: 0..n, lag: 1 }, Span { pre: 0..n / 3, lag: 3 }]);
        } else {
            spans.push(Span { pre: n / 2..n, lag: 0 });
        }
    }
}

fn brute(case: &Case, limit: usize) -> Vec<(u32, u32, u16)> {
    let (outputs, blame) = case.views();
    let absent = Absent::new(outputs, blame, case.cycles);
    let mut places = vec![];
    for post in 0..case.neurons as u32 {
        let mut spans = vec![];
        reach(case.neurons)(post, &mut spans);
        let connected = &case.pre[case.edges(post as usize)];
        for span in spans {
            places.extend(span.pre.filter(|pre| !connected.contains(pre)).map(|pre| (post, pre, span.lag)));
        }
    }
    // One chain of fused multiply-adds in the order of the samples: the very bits.
    let scores: Vec<f32> = places.iter().map(|&(post, pre, lag)| case.chain_at(post as usize, pre, lag)).collect();
    for ((&(post, pre, lag), &score), at) in places.iter().zip(&scores).zip(absent.at(&places)) {
        let expected = case.gradient_at(post as usize, pre, lag);
        assert!((f64::from(score) - expected).abs() < 1e-4 && (f64::from(at) - expected).abs() < 1e-4);
    }
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| scores[b].abs().total_cmp(&scores[a].abs()).then(places[a].cmp(&places[b])));
    order.into_iter().take(limit).map(|i| places[i]).collect()
}

#[test]
fn the_top_absent_connections_are_those_of_brute_force_ties_included() {
    let tied = [3, 17, 40].into_iter().enumerate().map(|(seed, n)| Case::new(seed as u64 + 50, n, 0.3, true));
    for case in Case::all().chain(tied) {
        let (outputs, blame) = case.views();
        let absent = Absent::new(outputs, blame, case.cycles);
        for limit in [0, 1, 7, 100, 10_000] {
            let found = case.top(absent, limit);
            let places: Vec<_> = found.iter().map(|c| (c.post, c.pre, c.lag)).collect();
            assert_eq!(places, brute(&case, limit), "limit {limit}");
            let same = |c: &Candidate| c.gradient.to_bits() == case.chain_at(c.post as usize, c.pre, c.lag).to_bits();
            assert!(found.iter().all(same));
        }
    }
}

#[test]
fn the_top_is_the_same_beyond_one_tile_of_listeners_and_speakers() {
    let case = Case::new(7, 300, 0.3, false);
    let (outputs, blame) = case.views();
    let absent = Absent::new(outputs, blame, case.cycles);
    let everybody = |_, spans: &mut Vec<Span>| spans.push(Span { pre: 0..300, lag: 1 });
    let top = |limit| absent.top(&case.offsets, &case.pre, 0..300, limit, &everybody).collect::<Vec<_>>();
    let found = top(90_000);
    assert_eq!(found.len(), 90_000 - case.pre.len());
    assert!(found.is_sorted_by(|a, b| a.gradient.abs() >= b.gradient.abs()));
    for &Candidate { post, pre, lag, gradient } in &found {
        assert_eq!(gradient.to_bits(), case.chain_at(post as usize, pre, lag).to_bits());
        assert!(!case.pre[case.edges(post as usize)].contains(&pre));
    }
    assert!([1, 50, 3000].into_iter().all(|limit| top(limit) == found[..limit]));
    // One reach stands for all where a floor is foretold: this one too high, and still nothing is left out.
    let first = |post, spans: &mut Vec<Span>| spans.push(Span { pre: 0..if post == 0 { 300 } else { 10 }, lag: 1 });
    let top = |limit| absent.top(&case.offsets, &case.pre, 0..300, limit, &first).collect::<Vec<_>>();
    assert_eq!(top(1000), top(90_000)[..1000]);
}

#[test]
fn every_target_gives_the_same_bits() {
    for case in Case::all() {
        let run = |target: Target| {
            let (outputs, blame) = case.views();
            let layout = Layout::plain(case.neurons, 1);
            let mut out = vec![Lanes::all(0.25); layout.len(case.blocks)];
            let (wires, weights, rows) = (case.wires(), &*case.weights, 0..case.neurons);
            let sweep = Sweep { wires, weights, inputs: outputs, rows, bias: None };
            sweep.run(target, layout.view_mut(&mut out, 0));
            let (lambda, gradients) = case.sweep(target);
            let absent = Absent::new(outputs, blame, case.cycles).on(target);
            let top = case.top(absent, 20);
            (bits(&out), bits(&lambda), gradients.iter().map(|g| g.to_bits()).collect::<Vec<_>>(), top)
        };
        assert!(Target::available().all(|target| run(target) == run(Target::Portable)));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Large enough that every kernel splits its work.
    let case = Case::new(9, 400, 0.4, false);
    let run = |threads| {
        pool(threads).install(|| {
            let (outputs, blame) = case.views();
            let layout = Layout::plain(case.neurons, 1);
            let mut potentials = vec![Lanes::ZERO; layout.len(case.blocks)];
            forward_parallel(
                case.wires(),
                &case.weights,
                outputs,
                0..case.neurons,
                None,
                layout.view_mut(&mut potentials, 0),
            );
            let (lambda, gradients) = case.sweep(Target::best());
            let top = case.top(Absent::new(outputs, blame, case.cycles), 50);
            let (mut values, mut first, mut second) =
                (case.weights.clone(), vec![0.0; gradients.len()], vec![0.0; gradients.len()]);
            let mut counts = vec![0; gradients.len()];
            let optimizer = Optimizer::ADAM;
            let step = Step { optimizer, corrections: &Corrections::new(optimizer), rate: 0.1, decay: Decay::L2(0.01) };
            let elements = Elements { values: &mut values, gradients: &gradients, frozen: None };
            update(
                step,
                elements,
                Moments { first: &mut first, second: &mut second, counts: Counts::Long(&mut counts) },
            );
            let mut one_thread = vec![Lanes::ZERO; layout.len(case.blocks)];
            forward(case.wires(), &case.weights, outputs, 0..case.neurons, None, layout.view_mut(&mut one_thread, 0));
            assert_eq!(bits(&one_thread), bits(&potentials));
            (bits(&potentials), bits(&lambda), gradients, top, values, second)
        })
    };
    let one = run(1);
    assert!(run(2) == one && run(3) == one);
}

#[test]
fn a_window_carries_its_last_cycles_to_the_next() {
    for (depth, cycles) in [(0, 2), (1, 3), (2, 2), (3, 1)] {
        let layout = Layout::history(2, depth, cycles);
        let mut rows: Vec<Lanes> = (0..layout.len(2)).map(|i| Lanes::all(i as f32)).collect();
        let before = rows.clone();
        layout.carry(&mut rows);
        for (block, slot) in [(0, 0), (1, 0), (0, 1), (1, 2)].into_iter().filter(|&(_, slot)| slot < depth) {
            let at = |slot: usize| block * layout.stride() + slot * 2 + 1;
            assert_eq!(rows[at(slot)], before[at(slot + cycles)]);
        }
    }
}
