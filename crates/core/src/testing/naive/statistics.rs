//! Running statistics: means over lanes, cycles and windows that forget, corrected for their start.
//!
//! After a window with mean m: `sum = F sum + (1 - F) m`, `weight = F weight + (1 - F)`, value
//! `sum / weight`, with F = [`Signal::FORGET`]. Each neuron has its own weight, 0 at birth.

use super::{Rows, backward::Blame, history::History};
use crate::{Commit, Signal, follow::Store as _};

/// One running signal: its components, then the weight of the past, each `[neuron]`.
#[derive(Clone, Debug)]
struct Running {
    signal: Signal,
    columns: Vec<Vec<f64>>,
}

/// Those that are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Statistics(Vec<Running>);

/// The mean of a function over a neuron's cycles and lanes.
fn mean(cycles: &[&Rows], neuron: usize, of: impl Fn(f64) -> f64) -> f64 {
    let values: Vec<f64> = cycles.iter().flat_map(|rows| rows[neuron].iter().map(|&value| of(value))).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn blend(old: f64, new: f64) -> f64 {
    let forget = f64::from(Signal::FORGET);
    forget * old + (1.0 - forget) * new
}

impl Statistics {
    pub(super) fn observe(&mut self, signals: &[Signal], neurons: usize) {
        let kept = std::mem::take(&mut self.0);
        for &signal in signals.iter().filter(|signal| signal.is_running()) {
            if self.0.iter().all(|running| running.signal != signal) {
                let fresh = || Running { signal, columns: vec![vec![0.0; neurons]; signal.components() + 1] };
                self.0.push(kept.iter().find(|running| running.signal == signal).cloned().unwrap_or_else(fresh));
            }
        }
    }

    /// After a window.
    pub(super) fn fired(&mut self, history: &History) {
        let cycles: Vec<&Rows> =
            history.tape[history.tape.len() - history.window..].iter().map(|cycle| &cycle.output).collect();
        for Running { signal, columns } in &mut self.0 {
            let (means, weights) = columns.split_at_mut(signal.components());
            let weights = &mut weights[0];
            for (neuron, weight) in weights.iter_mut().enumerate() {
                let average = |of: &dyn Fn(f64) -> f64| mean(&cycles, neuron, of);
                match signal {
                    Signal::Blame => continue,
                    Signal::OutputMagnitude | Signal::Dormancy => {
                        means[0][neuron] = blend(means[0][neuron], average(&f64::abs));
                    }
                    _ => means[0][neuron] = blend(means[0][neuron], average(&|x| x)),
                }
                *weight = blend(*weight, 1.0);
                match signal {
                    Signal::OutputVariance => means[1][neuron] = blend(means[1][neuron], average(&|x| x * x)),
                    Signal::Utility => {
                        let centre = means[0][neuron] / *weight;
                        means[1][neuron] = blend(means[1][neuron], average(&|x| (x - centre).abs()));
                    }
                    _ => {}
                }
            }
        }
    }

    /// After a sweep: the blame of the window's cycles.
    pub(super) fn blamed(&mut self, window: &[Blame]) {
        let cycles: Vec<&Rows> = window.iter().map(|blame| &blame.potential).collect();
        for Running { columns, .. } in self.0.iter_mut().filter(|running| running.signal == Signal::Blame) {
            let neurons = columns[0].len();
            for neuron in 0..neurons {
                columns[0][neuron] = blend(columns[0][neuron], mean(&cycles, neuron, f64::abs));
                columns[1][neuron] = blend(columns[1][neuron], 1.0);
            }
        }
    }

    /// The corrected means of a signal's components, `[component][neuron]`; `None` if it is not kept.
    pub(super) fn means(&self, signal: Signal) -> Option<Vec<Vec<f64>>> {
        let running = self.0.iter().find(|running| running.signal == signal)?;
        let (weights, means) = running.columns.split_last()?;
        let correct = |(&sum, &weight): (&f64, &f64)| if weight > 0.0 { sum / weight } else { 0.0 };
        Some(means.iter().map(|sums| sums.iter().zip(weights).map(correct).collect()).collect())
    }

    pub(super) fn follow(&mut self, commit: &Commit) {
        for column in self.0.iter_mut().flat_map(|running| &mut running.columns) {
            column.gather(&commit.neurons, 0.0);
        }
    }

    pub(super) fn exported(&self) -> Vec<(Signal, Vec<f32>)> {
        self.0.iter().map(|running| (running.signal, super::narrow(&running.columns.concat()))).collect()
    }

    pub(super) fn import(&mut self, from: &[(Signal, Vec<f32>)], neurons: usize) {
        let columns = |values: &Vec<f32>| values.chunks(neurons.max(1)).map(super::widen).collect();
        self.0 = from.iter().map(|(signal, values)| Running { signal: *signal, columns: columns(values) }).collect();
    }
}
