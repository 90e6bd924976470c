//! Running statistics: means over lanes, cycles and windows that forget, corrected for their start.
//!
//! After a window with mean m: `sum = F sum + (1 - F) m`, `weight = F weight + (1 - F)`, value `sum / weight`,
//! with F = [`Signal::FORGET`]. Each neuron has its own weight, 0 at birth. What nobody observes costs nothing.

use super::activity::Activity;
use livenet_core::kernel::{self, LANES, Lanes, Layout};
use livenet_core::{Commit, Network, Signal, Store as _};
use rayon::prelude::*;
use std::ops::Range;

/// One running signal: its components, then the weight of the past, each `[neuron]`.
#[derive(Clone, Debug)]
struct Running {
    signal: Signal,
    columns: Vec<Vec<f32>>,
}

/// Those that are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Statistics {
    running: Vec<Running>,
    /// Means of the window at hand.
    means: Vec<f32>,
}

const FORGET: f64 = Signal::FORGET as f64;

/// A window of recorded cycles in a buffer.
#[derive(Clone, Copy)]
struct Seen<'a> {
    rows: &'a [Lanes],
    layout: Layout,
    activity: &'a Activity,
}

/// Neurons that a thread takes together.
const NEURONS: usize = 256;

impl Seen<'_> {
    fn window(&self) -> Range<usize> {
        self.activity.end - self.activity.window..self.activity.end
    }

    /// The mean of a function (of a value and its neuron) over cycles and lanes, by neuron.
    fn mean(&self, means: &mut Vec<f32>, of: impl Fn(f32, usize) -> f32 + Sync) {
        means.clear();
        means.resize(self.layout.neurons(), 0.0);
        let count = (self.window().len() * self.activity.lanes) as f64;
        let part = |(at, means): (usize, &mut [f32])| {
            let first = at * NEURONS;
            let mut sums = [0.0_f64; NEURONS];
            for block in 0..self.activity.blocks() {
                let mut lanes = [[0.0_f32; LANES]; NEURONS];
                for cycle in self.window() {
                    let row = self.layout.row(block, cycle, first);
                    for (neuron, (sum, row)) in lanes.iter_mut().zip(&self.rows[row..row + means.len()]).enumerate() {
                        for (sum, &value) in sum.iter_mut().zip(&row.0) {
                            *sum += of(value, first + neuron);
                        }
                    }
                }
                let real = self.activity.lanes_of(block);
                for (sum, lanes) in sums.iter_mut().zip(&lanes) {
                    *sum += lanes[..real].iter().map(|&value| f64::from(value)).sum::<f64>();
                }
            }
            for (mean, sum) in means.iter_mut().zip(sums) {
                *mean = (sum / count) as f32;
            }
        };
        if rayon::current_thread_index().is_some() {
            means.par_chunks_mut(NEURONS).enumerate().for_each(part);
        } else {
            means.chunks_mut(NEURONS).enumerate().for_each(part);
        }
    }
}

/// What there is to be seen of a window.
#[derive(Clone, Copy)]
enum Look<'a> {
    Recorded(Seen<'a>),
    /// One sample in one cycle, by neuron.
    One(&'a [f32]),
}

impl Look<'_> {
    fn mean(&self, means: &mut Vec<f32>, of: impl Fn(f32, usize) -> f32 + Sync) {
        match *self {
            Self::Recorded(seen) => seen.mean(means, of),
            Self::One(values) => {
                means.clear();
                means.extend(values.iter().enumerate().map(|(neuron, &value)| of(value, neuron)));
            }
        }
    }
}

fn blend_all(column: &mut [f32], means: &[f32]) {
    kernel::blend(FORGET, column, means);
}

impl Statistics {
    pub(super) fn observe(&mut self, signals: &[Signal], neurons: usize) {
        let kept = std::mem::take(&mut self.running);
        for &signal in signals.iter().filter(|signal| signal.is_running()) {
            if self.running.iter().all(|running| running.signal != signal) {
                let fresh = || Running { signal, columns: vec![vec![0.0; neurons]; signal.components() + 1] };
                self.running.push(kept.iter().find(|running| running.signal == signal).cloned().unwrap_or_else(fresh));
            }
        }
    }

    /// Whether anything is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// After a window.
    pub(super) fn fired(&mut self, activity: &Activity) {
        self.heard(Look::Recorded(Seen { rows: &activity.outputs, layout: activity.layouts.outputs, activity }));
    }

    /// After one cycle of one sample.
    pub(super) fn fired_once(&mut self, outputs: &[f32]) {
        self.heard(Look::One(outputs));
    }

    fn heard(&mut self, seen: Look<'_>) {
        let means = &mut self.means;
        for Running { signal, columns } in self.running.iter_mut().filter(|running| running.signal != Signal::Blame) {
            match signal {
                Signal::OutputMagnitude | Signal::Dormancy => seen.mean(means, |y, _| y.abs()),
                _ => seen.mean(means, |y, _| y),
            }
            blend_all(&mut columns[0], means);
            columns.last_mut().into_iter().for_each(|weights| kernel::blend_one(FORGET, weights, 1.0));
            if let [first, second, weights] = columns.as_mut_slice() {
                if *signal == Signal::Utility {
                    let (first, weights) = (&*first, &*weights);
                    match seen {
                        Look::One(values) => kernel::deviations(values, first, weights, means),
                        Look::Recorded(seen) => {
                            seen.mean(means, |y, neuron| (y - first[neuron] / weights[neuron]).abs());
                        }
                    }
                } else {
                    seen.mean(means, |y, _| y * y);
                }
                blend_all(second, means);
            }
        }
    }

    /// After a sweep back.
    pub(super) fn blamed(&mut self, activity: &Activity) {
        self.felt(Look::Recorded(Seen { rows: &activity.blame, layout: activity.layouts.blame, activity }));
    }

    /// After the sweep of one sample.
    pub(super) fn blamed_once(&mut self, blame: &[f32]) {
        self.felt(Look::One(blame));
    }

    fn felt(&mut self, seen: Look<'_>) {
        for Running { columns, .. } in self.running.iter_mut().filter(|running| running.signal == Signal::Blame) {
            seen.mean(&mut self.means, |blame, _| blame.abs());
            blend_all(&mut columns[0], &self.means);
            kernel::blend_one(FORGET, &mut columns[1], 1.0);
        }
    }

    /// A running signal by neuron; 0 where it is not kept.
    pub(super) fn values(&self, network: &Network, signal: Signal, weights: &[f32]) -> Vec<f32> {
        let neurons = network.neuron_count();
        let Some(Running { columns, .. }) = self.running.iter().find(|running| running.signal == signal) else {
            return vec![0.0; neurons];
        };
        let past = &columns[columns.len() - 1];
        let mean = |component: usize, at: usize| {
            if past[at] > 0.0 { f64::from(columns[component][at]) / f64::from(past[at]) } else { 0.0 }
        };
        let mut values: Vec<f32> = match signal {
            Signal::OutputVariance => {
                (0..neurons).map(|at| (mean(1, at) - mean(0, at) * mean(0, at)).max(0.0) as f32).collect()
            }
            Signal::Utility => (0..neurons).map(|at| mean(1, at) as f32).collect(),
            _ => (0..neurons).map(|at| mean(0, at) as f32).collect(),
        };
        match signal {
            Signal::Dormancy => {
                for id in network.group_ids() {
                    let members = network.members(id);
                    let members = &mut values[members.start as usize..members.end as usize];
                    let average = members.iter().map(|&value| f64::from(value)).sum::<f64>() / members.len() as f64;
                    for value in members {
                        *value = if average > 0.0 { (f64::from(*value) / average) as f32 } else { 0.0 };
                    }
                }
            }
            Signal::Utility => {
                let mut spoken = vec![0.0_f64; neurons];
                for ((&pre, marks), &weight) in network.pres().iter().zip(network.marks()).zip(weights) {
                    if !marks.is_silent() {
                        spoken[pre as usize] += f64::from(weight.abs());
                    }
                }
                values.iter_mut().zip(spoken).for_each(|(value, spoken)| *value = (f64::from(*value) * spoken) as f32);
            }
            _ => {}
        }
        values
    }

    pub(super) fn follow(&mut self, commit: &Commit) {
        for column in self.running.iter_mut().flat_map(|running| &mut running.columns) {
            column.gather(&commit.neurons, 0.0);
        }
    }

    pub(super) fn export(&self) -> Vec<(Signal, Vec<f32>)> {
        self.running.iter().map(|running| (running.signal, running.columns.concat())).collect()
    }

    pub(super) fn import(&mut self, from: &[(Signal, Vec<f32>)], neurons: usize) {
        let columns = |values: &Vec<f32>| values.chunks(neurons.max(1)).map(<[f32]>::to_vec).collect();
        self.running =
            from.iter().map(|(signal, values)| Running { signal: *signal, columns: columns(values) }).collect();
    }
}
