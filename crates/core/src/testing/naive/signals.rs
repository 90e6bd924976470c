//! Signals: reductions of the last sweep and the running statistics.

use super::{Naive, Rows};
use crate::{Candidate, Network, Neurons, Row, Samples, Signal, Signals, by_groups, recalled};
use std::{borrow::Cow, cmp::Ordering};

impl Naive {
    pub(super) fn compute_signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        let mut signals = Signals::default();
        for &signal in wanted {
            if let Signal::Outputs { lanes } = signal {
                signals.put_samples(signal, recalled(&*self, network, lanes));
            } else if let Signal::Blames { lanes } = signal {
                let cycles = self.blame.iter().map(|blame| Cow::Borrowed(&blame.potential));
                signals.put_samples(signal, self.samples(network, lanes, cycles));
            } else if let Signal::Bends { lanes } = signal {
                let window = self.blame.len() - self.history.window.min(self.blame.len())..self.blame.len();
                let cycles = window.map(|t| Cow::Owned(self.bends(network, t)));
                signals.put_samples(signal, self.samples(network, lanes, cycles));
            } else if let Signal::AbsentGradient { top } = signal {
                let mut candidates = self.absent(network);
                self.operations += (candidates.len() * self.history.lanes * self.blame.len()) as u64;
                candidates.truncate(top as usize);
                signals.put_candidates(signal, candidates);
            } else if let Signal::AbsentGradientByGroups { top } = signal {
                let candidates = self.absent(network);
                self.operations += (candidates.len() * self.history.lanes * self.blame.len()) as u64;
                signals.put_candidates(signal, by_groups(network, candidates, top as usize));
            } else {
                let values = self.signal(network, signal);
                signals.put(signal, super::narrow(&values));
            }
        }
        signals
    }

    /// The first lanes of each cycle, oldest first.
    fn samples<'a>(&self, network: &Network, lanes: u32, cycles: impl Iterator<Item = Cow<'a, Rows>>) -> Samples {
        let (neurons, lanes) = (network.neuron_count(), self.history.lanes.min(lanes as usize));
        let mut values = Vec::new();
        for cycle in cycles {
            values.extend(cycle.iter().flat_map(|row| &row[..lanes]).map(|&value| value as f32));
        }
        Samples::new(lanes, neurons, values)
    }

    fn signal(&mut self, network: &Network, signal: Signal) -> Vec<f64> {
        match signal {
            Signal::Weight => self.parameters.weights.clone(),
            Signal::Gradient => self.gradients.weights.clone(),
            Signal::UpdateSize => self.update_size.clone(),
            Signal::Splitting => self.splitting(network),
            Signal::Residual => self.residual(network),
            Signal::Drive => self.drive(network),
            Signal::AbsentGradient { .. }
            | Signal::AbsentGradientByGroups { .. }
            | Signal::Outputs { .. }
            | Signal::Blames { .. }
            | Signal::Bends { .. } => Vec::new(),
            running => {
                let Some(means) = self.statistics.means(running) else { return vec![0.0; network.neuron_count()] };
                reduce(network, running, &means, &self.parameters.weights)
            }
        }
    }

    /// Σ |w| · mean |output| over the heard.
    fn drive(&self, network: &Network) -> Vec<f64> {
        let Some(means) = self.statistics.means(Signal::OutputMagnitude) else {
            return vec![0.0; network.neuron_count()];
        };
        let said = |synapse: usize| {
            let size = self.parameters.weights[synapse].abs() * means[0][network.pres()[synapse] as usize];
            if network.marks()[synapse].is_silent() { 0.0 } else { size }
        };
        network.neuron_rows().map(|row| network.incoming(row).map(said).sum()).collect()
    }

    /// The gradient that a connection between these rows would have: Σ blame · what would be heard.
    pub(super) fn gradient_between(&self, network: &Network, post: Row<Neurons>, pre: Row<Neurons>, delay: u16) -> f64 {
        let lag = network.schedule().lag(network.spec(pre).group, network.spec(post).group, delay);
        let products = self.blame.iter().enumerate().flat_map(|(t, blame)| {
            blame.potential[post.index()]
                .iter()
                .zip(&self.history.output(t, lag)[pre.index()])
                .map(|(blame, heard)| blame * heard)
        });
        products.sum()
    }

    /// Every candidate, best first.
    fn absent(&self, network: &Network) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for post in network.neuron_rows() {
            let connected = &network.pres()[network.incoming(post)];
            let delays = 0..=network.group(network.spec(post).group).reach.max_delay;
            network.reach_of(post, &mut |range| {
                for pre in range.filter(|pre| !connected.contains(pre)) {
                    candidates.extend(delays.clone().map(|delay| {
                        let gradient = self.gradient_between(network, post, Row::new(pre), delay) as f32;
                        Candidate { post: post.get(), pre, delay, gradient }
                    }));
                }
            });
        }
        candidates.sort_by(by_size);
        candidates
    }

    fn residual(&mut self, network: &Network) -> Vec<f64> {
        let pairs =
            network.outputs().flat_map(|output| network.neuron_rows().map(move |neuron| (Row::new(output), neuron)));
        let values: Vec<f64> =
            pairs.map(|(output, neuron)| self.gradient_between(network, output, neuron, 0)).collect();
        self.operations += (values.len() * self.history.lanes * self.blame.len()) as u64;
        values
    }
}

/// Descending |gradient|, ties by (post, pre, delay).
fn by_size(a: &Candidate, b: &Candidate) -> Ordering {
    b.gradient.abs().total_cmp(&a.gradient.abs()).then((a.post, a.pre, a.delay).cmp(&(b.post, b.pre, b.delay)))
}

/// A running signal from its means.
fn reduce(network: &Network, signal: Signal, means: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let value = |row: Row<Neurons>| {
        let at = row.index();
        match signal {
            Signal::OutputVariance => (means[1][at] - means[0][at] * means[0][at]).max(0.0),
            Signal::Dormancy => {
                let members = network.members(network.spec(row).group);
                let average =
                    means[0][members.start as usize..members.end as usize].iter().sum::<f64>() / members.len() as f64;
                if average > 0.0 { means[0][at] / average } else { 0.0 }
            }
            Signal::Utility => {
                let spoken =
                    network.listeners(row).filter(|(_, synapse)| !network.marks()[synapse.index()].is_silent());
                means[1][at] * spoken.map(|(_, synapse)| weights[synapse.index()].abs()).sum::<f64>()
            }
            _ => means[0][at],
        }
    };
    network.neuron_rows().map(value).collect()
}
