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
    means: Means,
    /// Running means of outputs, from which deviations are taken.
    centres: Vec<f32>,
}

/// Means of the window at hand, by neuron, of what is wanted.
#[derive(Clone, Debug, Default)]
struct Means {
    value: Vec<f32>,
    magnitude: Vec<f32>,
    square: Vec<f32>,
    deviation: Vec<f32>,
}

/// What is wanted of a window.
#[derive(Clone, Copy, Default)]
struct Wanted<'a> {
    value: bool,
    magnitude: bool,
    square: bool,
    /// Deviations from the running mean, this window included: the sum of the past, and its weight.
    deviation: Option<[&'a [f32]; 2]>,
}

const FORGET: f64 = Signal::FORGET as f64;

/// A window of recorded cycles in a buffer.
#[derive(Clone, Copy)]
struct Seen<'a> {
    rows: &'a [Lanes],
    layout: Layout,
    activity: &'a Activity,
}

/// Neurons whose means are made together: what a batch of 64 says in one cycle, 8 kB, is looked at again while it is in the
/// first-level cache (A1: the ledger's three means were 0.045 of a step, one after the other for all neurons).
const NEURONS: usize = 32;
/// As many chunks of them as are worth a thread.
const CHUNKS: usize = 8;

/// Sums of the neurons of a chunk.
type Sums = [Lanes; NEURONS];

impl Seen<'_> {
    fn window(&self) -> Range<usize> {
        self.activity.end - self.activity.window..self.activity.end
    }

    /// Adds parts of the values up over cycles and lanes, for the neurons of a chunk.
    fn add<const N: usize>(&self, neurons: &Range<usize>, parts: [Option<Part<'_>>; N], sums: &mut [Sums; N]) {
        let count = neurons.len();
        let rows = |block, cycle| {
            let row = self.layout.row(block, cycle, neurons.start);
            &self.rows[row..row + count]
        };
        let wanted = |sums: &mut [Sums; N], add: &dyn Fn(Part<'_>, &mut [Lanes])| {
            for (part, sums) in parts.iter().zip(sums) {
                if let Some(part) = *part {
                    add(part, &mut sums[..count]);
                }
            }
        };
        let blocks = 0..self.activity.blocks();
        let full = blocks.clone().filter(|&block| self.activity.lanes_of(block) == LANES);
        let mut full = full.flat_map(|block| self.window().map(move |cycle| (block, cycle))).peekable();
        while full.peek().is_some() {
            let some: [Option<&[Lanes]>; 4] =
                std::array::from_fn(|_| full.next().map(|(block, cycle)| rows(block, cycle)));
            if let [Some(a), Some(b), Some(c), Some(d)] = some {
                wanted(sums, &|part, sums| kernel::add_lanes([a, b, c, d], part, sums));
            } else {
                wanted(sums, &|part, sums| {
                    some.into_iter().flatten().for_each(|rows| kernel::add_lanes([rows], part, sums));
                });
            }
        }
        // Lanes beyond the samples, in the last block, do not count.
        for block in blocks.filter(|&block| self.activity.lanes_of(block) < LANES) {
            let (real, before) = (self.activity.lanes_of(block), *sums);
            for cycle in self.window() {
                wanted(sums, &|part, sums| kernel::add_lanes([rows(block, cycle)], part, sums));
            }
            for (lanes, before) in sums.iter_mut().flatten().zip(before.iter().flatten()) {
                lanes.0[real..].copy_from_slice(&before.0[real..]);
            }
        }
    }

    /// The means of one chunk.
    fn chunk(&self, at: usize, wanted: Wanted<'_>, [value, magnitude, square, deviation]: [&mut [f32]; 4]) {
        let neurons = at * NEURONS..at * NEURONS + value.len();
        let count = (self.window().len() * self.activity.lanes) as f64;
        let fold = |sums: &Sums, means: &mut [f32]| kernel::fold_lanes(&sums[..means.len()], count, means);
        let parts = [(wanted.value, Part::Value), (wanted.magnitude, Part::Magnitude), (wanted.square, Part::Square)];
        let mut sums = [[Lanes::ZERO; NEURONS]; 3];
        self.add(&neurons, parts.map(|(wanted, part)| wanted.then_some(part)), &mut sums);
        for ((wanted, _), (sums, means)) in parts.iter().zip(sums.iter().zip([&mut *value, magnitude, square])) {
            if *wanted {
                fold(sums, means);
            }
        }
        if let Some([past, weights]) = wanted.deviation {
            let (mut centres, mut all) = ([0.0; NEURONS], [0.0; NEURONS]);
            let (centres, all) = (&mut centres[..neurons.len()], &mut all[..neurons.len()]);
            centres.copy_from_slice(&past[neurons.clone()]);
            all.copy_from_slice(&weights[neurons.clone()]);
            kernel::blend(FORGET, centres, value);
            kernel::blend_one(FORGET, all, 1.0);
            centres.iter_mut().zip(&*all).for_each(|(centre, weight)| *centre /= weight);
            let mut sums = [[Lanes::ZERO; NEURONS]];
            self.add(&neurons, [Some(Part::Deviation(centres))], &mut sums);
            fold(&sums[0], deviation);
        }
    }

    /// The means over cycles and lanes, by neuron.
    fn means(&self, wanted: Wanted<'_>, means: &mut Means) {
        let Means { value, magnitude, square, deviation } = means;
        let all = [value, magnitude, square, deviation].map(|means| {
            means.resize(self.layout.neurons(), 0.0);
            means.as_mut_slice()
        });
        if rayon::current_thread_index().is_some() {
            let [value, magnitude, square, deviation] = all.map(|means| means.par_chunks_mut(NEURONS));
            let chunks = value.zip(magnitude).zip(square.zip(deviation)).enumerate().with_min_len(CHUNKS);
            chunks.for_each(|(at, ((v, m), (s, d)))| self.chunk(at, wanted, [v, m, s, d]));
        } else {
            let [value, magnitude, square, deviation] = all.map(|means| means.chunks_mut(NEURONS));
            let chunks = value.zip(magnitude).zip(square.zip(deviation)).enumerate();
            chunks.for_each(|(at, ((v, m), (s, d)))| self.chunk(at, wanted, [v, m, s, d]));
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
    /// Means of what is wanted; of one sample without deviations.
    fn means(&self, wanted: Wanted<'_>, means: &mut Means) {
        let values = match *self {
            Self::Recorded(seen) => return seen.means(wanted, means),
            Self::One(values) => values,
        };
        let fill = |wanted: bool, means: &mut Vec<f32>, of: fn(&f32) -> f32| {
            if wanted {
                means.clear();
                means.extend(values.iter().map(of));
            }
        };
        fill(wanted.value, &mut means.value, |&value| value);
        fill(wanted.magnitude, &mut means.magnitude, |value| value.abs());
        fill(wanted.square, &mut means.square, |value| value * value);
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
        let Self { running, means, centres } = self;
        let any = |of: &[Signal]| running.iter().any(|running| of.contains(&running.signal));
        let utility = running.iter().find(|running| running.signal == Signal::Utility);
        let deviation = utility.and_then(|running| match running.columns.as_slice() {
            [first, _, weights] => Some([&**first, &**weights]),
            _ => None,
        });
        let wanted = Wanted {
            value: any(&[Signal::OutputMean, Signal::OutputVariance, Signal::Utility]),
            magnitude: any(&[Signal::OutputMagnitude, Signal::Dormancy]),
            square: any(&[Signal::OutputVariance]),
            deviation,
        };
        seen.means(wanted, means);
        for Running { signal, columns } in running.iter_mut().filter(|running| running.signal != Signal::Blame) {
            let of_sizes = matches!(signal, Signal::OutputMagnitude | Signal::Dormancy);
            blend_all(&mut columns[0], if of_sizes { &means.magnitude } else { &means.value });
            columns.last_mut().into_iter().for_each(|weights| kernel::blend_one(FORGET, weights, 1.0));
            if let [first, second, weights] = columns.as_mut_slice() {
                if *signal != Signal::Utility {
                    blend_all(second, &means.square);
                    continue;
                }
                if let Look::One(values) = seen {
                    centres.clear();
                    centres.extend(first.iter().zip(&*weights).map(|(first, weight)| first / weight));
                    means.deviation.clear();
                    means.deviation.extend(values.iter().zip(&*centres).map(|(value, centre)| (value - centre).abs()));
                }
                blend_all(second, &means.deviation);
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
            seen.means(Wanted { magnitude: true, ..Wanted::default() }, &mut self.means);
            blend_all(&mut columns[0], &self.means.magnitude);
            kernel::blend_one(FORGET, &mut columns[1], 1.0);
        }
    }

    /// Whether a signal is kept.
    pub(super) fn keeps(&self, signal: Signal) -> bool {
        self.running.iter().any(|running| running.signal == signal)
    }

    /// A running signal by neuron, utilities without the weights; 0 where it is not kept.
    pub(super) fn values(&self, network: &Network, signal: Signal) -> Vec<f32> {
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
        if signal == Signal::Dormancy {
            for id in network.group_ids() {
                let members = network.members(id);
                let members = &mut values[members.start as usize..members.end as usize];
                let average = members.iter().map(|&value| f64::from(value)).sum::<f64>() / members.len() as f64;
                for value in members {
                    *value = if average > 0.0 { (f64::from(*value) / average) as f32 } else { 0.0 };
                }
            }
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
