//! Running statistics: means over lanes, cycles and windows that forget, corrected for their start.
//!
//! After a window with mean m: `sum = F sum + (1 - F) m`, `weight = F weight + (1 - F)`, value `sum / weight`,
//! with F = [`Signal::FORGET`]. Each neuron has its own weight, 0 at birth. What nobody observes costs nothing.

use super::activity::Activity;
use livenet_core::kernel::{self, LANES, Lanes, Layout, Part};
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
    /// Running means of outputs, from which deviations are taken.
    centres: Vec<f32>,
    /// Mean outputs of the window at hand.
    plain: Vec<f32>,
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

    /// The mean of a part of the values over cycles and lanes, by neuron.
    fn mean(&self, means: &mut Vec<f32>, part: Part<'_>) {
        means.clear();
        means.resize(self.layout.neurons(), 0.0);
        let count = (self.window().len() * self.activity.lanes) as f64;
        let some = |(at, means): (usize, &mut [f32])| {
            let first = at * NEURONS;
            let part = match part {
                Part::Deviation(from) => Part::Deviation(&from[first..first + means.len()]),
                other => other,
            };
            let mut lanes = [Lanes::ZERO; NEURONS];
            let lanes = &mut lanes[..means.len()];
            let neurons = lanes.len();
            let rows = |block, cycle| {
                let row = self.layout.row(block, cycle, first);
                &self.rows[row..row + neurons]
            };
            let blocks = 0..self.activity.blocks();
            let full = blocks.clone().filter(|&block| self.activity.lanes_of(block) == LANES);
            let mut full = full.flat_map(|block| self.window().map(move |cycle| (block, cycle))).peekable();
            while full.peek().is_some() {
                let some: [Option<&[Lanes]>; 4] =
                    std::array::from_fn(|_| full.next().map(|(block, cycle)| rows(block, cycle)));
                if let [Some(a), Some(b), Some(c), Some(d)] = some {
                    kernel::add_lanes([a, b, c, d], part, lanes);
                } else {
                    some.into_iter().flatten().for_each(|rows| kernel::add_lanes([rows], part, lanes));
                }
            }
            // Lanes beyond the samples, in the last block, do not count.
            for block in blocks.filter(|&block| self.activity.lanes_of(block) < LANES) {
                let (real, before) = (self.activity.lanes_of(block), lanes.to_vec());
                self.window().for_each(|cycle| kernel::add_lanes([rows(block, cycle)], part, lanes));
                for (lanes, before) in lanes.iter_mut().zip(before) {
                    lanes.0[real..].copy_from_slice(&before.0[real..]);
                }
            }
            kernel::fold_lanes(lanes, count, means);
        };
        if rayon::current_thread_index().is_some() {
            means.par_chunks_mut(NEURONS).enumerate().for_each(some);
        } else {
            means.chunks_mut(NEURONS).enumerate().for_each(some);
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
    fn mean(&self, means: &mut Vec<f32>, part: Part<'_>) {
        let values = match *self {
            Self::Recorded(seen) => return seen.mean(means, part),
            Self::One(values) => values,
        };
        means.clear();
        match part {
            Part::Value => means.extend_from_slice(values),
            Part::Magnitude => means.extend(values.iter().map(|value| value.abs())),
            Part::Square => means.extend(values.iter().map(|value| value * value)),
            Part::Deviation(from) => means.extend(values.iter().zip(from).map(|(value, mean)| (value - mean).abs())),
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
        let Self { running, means, centres, plain } = self;
        // Several need the plain mean.
        let wants_mean = |signal| !matches!(signal, Signal::OutputMagnitude | Signal::Dormancy | Signal::Blame);
        if running.iter().any(|running| wants_mean(running.signal)) {
            seen.mean(plain, Part::Value);
        }
        for Running { signal, columns } in running.iter_mut().filter(|running| running.signal != Signal::Blame) {
            if wants_mean(*signal) {
                blend_all(&mut columns[0], plain);
            } else {
                seen.mean(means, Part::Magnitude);
                blend_all(&mut columns[0], means);
            }
            columns.last_mut().into_iter().for_each(|weights| kernel::blend_one(FORGET, weights, 1.0));
            if let [first, second, weights] = columns.as_mut_slice() {
                if *signal == Signal::Utility {
                    centres.clear();
                    centres.extend(first.iter().zip(&*weights).map(|(first, weight)| first / weight));
                    seen.mean(means, Part::Deviation(centres));
                } else {
                    seen.mean(means, Part::Square);
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
            seen.mean(&mut self.means, Part::Magnitude);
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
                let heard = network.pres().iter().zip(weights);
                let mut add = |(&pre, &weight): (&u32, &f32)| spoken[pre as usize] += f64::from(weight.abs());
                if network.marks().is_plain() {
                    heard.for_each(add);
                } else {
                    heard.zip(network.marks()).filter(|(_, marks)| !marks.is_silent()).for_each(|(one, _)| add(one));
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
