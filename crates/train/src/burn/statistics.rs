//! Running statistics on the device: means over lanes, cycles and windows that forget, corrected for their
//! start. After a window with mean m: `sum = F sum + (1 - F) m`, `weight = F weight + (1 - F)`, value
//! `sum / weight`, with F = [`Signal::FORGET`]. A neuron's weight is 0 at birth.

use super::columns::{Gather, column, rows};
use burn::tensor::{Tensor, backend::Backend};
use livenet_core::{Network, Neurons, Row, Signal};

/// One running signal: its components, then the weight of the past, each a column per neuron.
#[derive(Clone, Debug)]
struct Running<I: Backend> {
    signal: Signal,
    columns: Vec<Tensor<I, 1>>,
}

/// Those that are kept.
#[derive(Clone, Debug)]
pub(super) struct Statistics<I: Backend>(Vec<Running<I>>);

fn blend<I: Backend>(old: &mut Tensor<I, 1>, new: Tensor<I, 1>) {
    *old = old.clone().mul_scalar(Signal::FORGET) + new.mul_scalar(1.0 - Signal::FORGET);
}

/// The mean over the rows of `[cycle and lane][neuron]`.
fn mean<I: Backend>(values: Tensor<I, 2>) -> Tensor<I, 1> {
    values.mean_dim(0).squeeze_dim(0)
}

impl<I: Backend> Statistics<I> {
    /// None yet.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Keeps these from now on.
    pub(super) fn observe(&mut self, signals: &[Signal], neurons: usize, device: &I::Device) {
        let kept = std::mem::take(&mut self.0);
        for &signal in signals.iter().filter(|signal| signal.is_running()) {
            if self.0.iter().all(|running| running.signal != signal) {
                let zeros = || column::<I>(vec![0.0; neurons], device);
                let fresh = || Running { signal, columns: (0..=signal.components()).map(|_| zeros()).collect() };
                self.0.push(kept.iter().find(|running| running.signal == signal).cloned().unwrap_or_else(fresh));
            }
        }
    }

    /// Whether outputs are wanted, or blame.
    pub(super) fn wants(&self, blame: Wanted) -> bool {
        self.0.iter().any(|running| (running.signal == Signal::Blame) == (blame == Wanted::Blame))
    }

    /// After a window with these outputs, `[cycle and lane][neuron]`.
    pub(super) fn fired(&mut self, outputs: &Tensor<I, 2>) {
        for Running { signal, columns } in self.0.iter_mut().filter(|running| running.signal != Signal::Blame) {
            let (means, weight) = columns.split_at_mut(signal.components());
            let weight = &mut weight[0];
            let first = match signal {
                Signal::OutputMagnitude | Signal::Dormancy => outputs.clone().abs(),
                _ => outputs.clone(),
            };
            blend(&mut means[0], mean(first));
            blend(weight, weight.ones_like());
            match signal {
                Signal::OutputVariance => blend(&mut means[1], mean(outputs.clone() * outputs.clone())),
                Signal::Utility => {
                    let centre = (means[0].clone() / weight.clone()).unsqueeze_dim::<2>(0);
                    blend(&mut means[1], mean((outputs.clone() - centre).abs()));
                }
                _ => {}
            }
        }
    }

    /// After a sweep with this blame, `[cycle and lane][neuron]`.
    pub(super) fn blamed(&mut self, blame: &Tensor<I, 2>) {
        for Running { columns, .. } in self.0.iter_mut().filter(|running| running.signal == Signal::Blame) {
            blend(&mut columns[0], mean(blame.clone().abs()));
            let one = columns[1].ones_like();
            blend(&mut columns[1], one);
        }
    }

    /// Moves with the neurons.
    pub(super) fn follow(&mut self, gather: &Gather<I>) {
        for column in self.0.iter_mut().flat_map(|running| &mut running.columns) {
            *column = gather.take(column, None);
        }
    }

    /// A running signal, a value per neuron; zeros if it is not kept. `weights` are read if it needs them.
    pub(super) fn read(&self, network: &Network, signal: Signal, weights: impl FnOnce() -> Vec<f32>) -> Vec<f32> {
        let neurons = network.neuron_count();
        let Some(Running { columns, .. }) = self.0.iter().find(|running| running.signal == signal) else {
            return vec![0.0; neurons];
        };
        let columns: Vec<Vec<f32>> = columns.iter().map(|column| rows(column, neurons)).collect();
        let Some((past, sums)) = columns.split_last() else { return vec![0.0; neurons] };
        let of = |component: usize, at: usize| if past[at] > 0.0 { sums[component][at] / past[at] } else { 0.0 };
        let all = |value: &dyn Fn(usize, Row<Neurons>) -> f32| {
            network.neuron_rows().map(|row| value(row.index(), row)).collect()
        };
        match signal {
            Signal::OutputVariance => all(&|at, _| (of(1, at) - of(0, at) * of(0, at)).max(0.0)),
            Signal::Dormancy => all(&|at, row| {
                let members = network.members(network.spec(row).group);
                let average = members.clone().map(|row| of(0, row as usize)).sum::<f32>() / members.len() as f32;
                if average > 0.0 { of(0, at) / average } else { 0.0 }
            }),
            Signal::Utility => {
                let weights = weights();
                all(&|at, row| {
                    let spoken =
                        network.listeners(row).filter(|(_, synapse)| !network.marks()[synapse.index()].is_silent());
                    of(1, at) * spoken.map(|(_, synapse)| weights[synapse.index()].abs()).sum::<f32>()
                })
            }
            _ => all(&|at, _| of(0, at)),
        }
    }

    /// Σ |w| · mean |output| over whom each neuron hears.
    pub(super) fn drive(&self, network: &Network, weights: &[f32]) -> Vec<f32> {
        let means = self.read(network, Signal::OutputMagnitude, Vec::new);
        let said = |synapse: usize| {
            let size = f64::from(weights[synapse].abs()) * f64::from(means[network.pres()[synapse] as usize]);
            if network.marks()[synapse].is_silent() { 0.0 } else { size }
        };
        network.neuron_rows().map(|row| network.incoming(row).map(said).sum::<f64>() as f32).collect()
    }

    /// Each signal's components and the weight of its past, one after the other.
    pub(super) fn export(&self, neurons: usize) -> Vec<(Signal, Vec<f32>)> {
        self.0
            .iter()
            .map(|running| (running.signal, running.columns.iter().flat_map(|column| rows(column, neurons)).collect()))
            .collect()
    }

    /// The same backwards.
    pub(super) fn import(from: &[(Signal, Vec<f32>)], neurons: usize, device: &I::Device) -> Self {
        let running = |(signal, values): &(Signal, Vec<f32>)| {
            let columns = 0..=signal.components();
            let part = |at: usize| {
                values.get(at * neurons..(at + 1) * neurons).map_or_else(|| vec![0.0; neurons], <[f32]>::to_vec)
            };
            Running { signal: *signal, columns: columns.map(|at| column::<I>(part(at), device)).collect() }
        };
        Self(from.iter().map(running).collect())
    }
}

/// What statistics are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What neurons said.
    Outputs,
    /// What they were blamed for.
    Blame,
}
