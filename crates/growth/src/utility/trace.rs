//! Local traces: by how much a neuron would say something else without a connection.
//!
//! ```text
//! trace = mean over cycles and lanes of |f(a) - f(a - w x)|
//! ```
//!
//! with w x what the connection carries, its lag included, and a the potential, which is exact: the sum of what the neuron
//! hears plus its bias, that is [found](super::bias) from the same samples. In cycles of which not everything that was heard is
//! remembered, a is taken from what was said.
//!
//! In a group that normalises, and in a unit with a memory, leaving one connection out would change more than a sum, and the
//! trace is of first order, |f'(a) w x|; the factors that are left out (the scale of the group, the part that is not memory) are
//! the same for all that a neuron hears, and only their proportions are used. A connection that is longer than what is
//! remembered has no trace.

use super::{
    bias::bias,
    inverse::{potential, slope},
};
use livenet_core::{Activation, Network, Neurons, Norm, Role, Row, Samples, Signal, Signals, UnitKind};

/// A connection that speaks.
struct Dendrite {
    synapse: usize,
    pre: Row<Neurons>,
    lag: usize,
    weight: f64,
}

/// How a neuron's potential is told, in cycle `ago` and lane.
enum Potential {
    /// What was heard, for the first so many cycles back, and the bias.
    Exact { heard: Vec<Vec<f64>>, bias: Option<f64> },
    /// By what was said: first order.
    Slope,
}

/// The trace of every connection, from [`Signal::Outputs`] and [`Signal::Weight`]; 0 for what is silent, `None` for what cannot
/// be told.
pub fn traces(network: &Network, signals: &Signals) -> Vec<Option<f64>> {
    let mut traces = vec![None; network.synapse_count()];
    let (Some(outputs), weights) = (signals.outputs(), signals.values(Signal::Weight)) else { return traces };
    if weights.len() != traces.len() || outputs.cycles() == 0 {
        return traces;
    }
    for post in network.neuron_rows().filter(|&row| network.role(row) != Role::Input) {
        let (silent, speaking): (Vec<usize>, Vec<usize>) =
            network.incoming(post).partition(|&synapse| network.marks()[synapse].is_silent());
        for synapse in silent {
            traces[synapse] = Some(0.0);
        }
        let dendrite = |synapse: usize| Dendrite {
            synapse,
            pre: Row::new(network.pres()[synapse]),
            lag: network.lag(post, Row::new(synapse as u32)) as usize,
            weight: f64::from(weights[synapse]),
        };
        let dendrites: Vec<Dendrite> = speaking.into_iter().map(dendrite).collect();
        let potential = Potential::of(network, outputs, post, &dendrites);
        let activation = network.spec(post).unit.activation;
        for dendrite in &dendrites {
            traces[dendrite.synapse] = potential.trace(activation, outputs, post, dendrite);
        }
    }
    traces
}

impl Potential {
    fn of(network: &Network, outputs: &Samples, post: Row<Neurons>, dendrites: &[Dendrite]) -> Self {
        let spec = network.spec(post);
        if network.group(spec.group).norm != Norm::None || spec.unit.kind != UnitKind::Rate {
            return Self::Slope;
        }
        let deepest = dendrites.iter().map(|dendrite| dendrite.lag).max().unwrap_or(0);
        let heard: Vec<Vec<f64>> = (0..outputs.cycles().saturating_sub(deepest))
            .map(|ago| {
                let mut sums = vec![0.0; outputs.lanes()];
                for Dendrite { pre, lag, weight, .. } in dendrites {
                    let said = outputs.back(ago + lag, *pre).unwrap_or(&[]);
                    sums.iter_mut().zip(said).for_each(|(sum, &said)| *sum += weight * f64::from(said));
                }
                sums
            })
            .collect();
        let samples = heard.iter().enumerate().flat_map(|(ago, heard)| {
            let said = outputs.back(ago, post).unwrap_or(&[]);
            heard.iter().zip(said).map(|(&heard, &said)| (heard, f64::from(said)))
        });
        let samples: Vec<(f64, f64)> = samples.filter(|(heard, said)| heard.is_finite() && said.is_finite()).collect();
        let bias = bias(spec.unit.activation, &samples, f64::from(spec.bias));
        Self::Exact { heard, bias }
    }

    fn trace(&self, activation: Activation, outputs: &Samples, post: Row<Neurons>, dendrite: &Dendrite) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0u64);
        for ago in 0..outputs.cycles().saturating_sub(dendrite.lag) {
            let pairs = outputs.back(ago, post)?.iter().zip(outputs.back(ago + dendrite.lag, dendrite.pre)?);
            for (lane, (&said, &heard)) in pairs.enumerate() {
                let (said, carried) = (f64::from(said), dendrite.weight * f64::from(heard));
                sum += self.difference(activation, (ago, lane), said, carried);
                count += 1;
            }
        }
        let mean = sum / count as f64;
        (count > 0 && mean.is_finite()).then_some(mean)
    }

    /// |f(a) - f(a - carried)|.
    fn difference(&self, activation: Activation, (ago, lane): (usize, usize), said: f64, carried: f64) -> f64 {
        let at = match self {
            Self::Slope => return slope(activation, said) * carried.abs(),
            Self::Exact { heard, bias } => match (heard.get(ago), bias) {
                (Some(heard), Some(bias)) => Some(heard[lane] + bias),
                // Silent in all that is remembered: whatever it hears, nobody hears of it.
                (Some(_), None) => None,
                (None, _) => potential(activation, said),
            },
        };
        at.map_or(0.0, |at| (activation.value(at) - activation.value(at - carried)).abs())
    }
}
