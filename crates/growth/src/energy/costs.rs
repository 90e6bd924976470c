//! What it costs to be a neuron.

use crate::settings::{SettingError, Settings};
use livenet_core::{Network, Signal, Signals};

/// In what energy is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The mean cost of the neurons that there are, at every settlement anew: a supply of 50 feeds fifty average
    /// neurons, however large weights and outputs have become. Who costs more than others still pays more.
    Mean,
    /// The cost of the reference neuron: the network pays for growing weights and outputs with its number.
    Reference,
}

/// Costs per step: `base + connection·k + activity·A + drive·D + plasticity·P` with fan-in k, mean |output| A,
/// D = Σ |w| A over the heard (mean |w x| where output and weight are independent) and P = Σ |Δw|. Silent connections are
/// kept, and may change, but bring no drive.
///
/// The unit is the cost of a *reference neuron*: fan-in, activity and drive as given in the settings.
/// Its cost is 0.275 + 0.125 + 0.16 + 0.44 = 1: a quarter is housekeeping (Harris, Jolivet and Attwell 2012), half of it in
/// the soma and half in the connections; of the other three quarters 0.2 rest, 0.21 action potentials, 0.5 receptors and
/// 0.09 release and recycling of transmitter (Howarth, Gleeson and Attwell 2012), the last two both as drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// For being there: 0.15 rest and half of the housekeeping.
    pub base: f64,
    /// Per incoming connection: the other half of the housekeeping, over the reference fan-in.
    pub connection: f64,
    /// Per mean |output|: action potentials.
    pub activity: f64,
    /// Per drive: receptors of the synapses.
    pub drive: f64,
    /// Per Σ |Δw| of a step: changing weights (Li and van Rossum 2020). Off by default, since how much a reference neuron
    /// changes is up to the rate of learning; 0.05 over its Σ |Δw| makes change a twentieth of its upkeep. With a fan-in of 16
    /// and a mean |Δw| of 0.001 that is 3.1.
    pub plasticity: f64,
}

impl Costs {
    /// The costs of a reference neuron with this fan-in, mean |output| and drive.
    pub fn of_reference(fan_in: f64, activity: f64, drive: f64) -> Self {
        Self {
            base: 0.275,
            connection: 0.125 / fan_in,
            activity: 0.16 / activity,
            drive: 0.44 / drive,
            plasticity: 0.0,
        }
    }

    pub(super) fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let fan_in = settings.real("fan_in", 16.0, 1e-3..=1e9)?;
        let activity = settings.real("activity", 0.5, 1e-9..=1e9)?;
        let drive = settings.real("drive", 1.0, 1e-9..=1e9)?;
        let plasticity = settings.real("plasticity", 0.0, 0.0..=1e9)?;
        Ok(Self { plasticity, ..Self::of_reference(fan_in, activity, drive) })
    }

    pub(super) fn needs(&self) -> Vec<Signal> {
        let mut needs = vec![Signal::OutputMagnitude, Signal::Utility];
        if self.drive > 0.0 {
            needs.push(Signal::Weight);
        }
        if self.plasticity > 0.0 {
            needs.push(Signal::UpdateSize);
        }
        needs
    }

    /// The cost of every neuron per step, by row. What is not a finite number counts as nothing: a diverging
    /// network is caught elsewhere and must not poison the accounts.
    ///
    /// One pass over the connections in the order of their rows, of four listeners at a time. The bench `energy` measures it.
    pub(super) fn of_all(&self, network: &Network, signals: &Signals) -> Vec<f64> {
        let sizes = |signal, count: usize| {
            let values = signals.values(signal);
            if values.len() == count { values } else { &[] }
        };
        let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
        let heard = sizes(Signal::OutputMagnitude, neurons);
        let heard: Vec<f64> = (0..neurons).map(|row| heard.get(row).copied().map_or(0.0, finite)).collect();
        let weights = sizes(Signal::Weight, synapses);
        let updates = sizes(Signal::UpdateSize, synapses);
        let (offsets, pres, marks) = (network.offsets(), network.pres(), network.marks());
        let (driven, plastic) = (self.drive > 0.0 && !weights.is_empty(), self.plasticity > 0.0 && !updates.is_empty());
        let plain = driven && marks.is_plain();
        let drives = if plain { drives(offsets, (weights, pres), &heard) } else { Vec::new() };
        let of = |row: usize| {
            let at = offsets[row] as usize..offsets[row + 1] as usize;
            let mut cost = self.base + self.connection * at.len() as f64 + self.activity * heard[row];
            if plain {
                cost += self.drive * drives[row];
            } else if driven {
                let (weights, pres) = (&weights[at.clone()], &pres[at.clone()]);
                let marks = at.clone().map(|synapse| if marks[synapse].is_silent() { 0.0 } else { 1.0 });
                let heard = pres.iter().zip(marks).map(|(&pre, speaks)| heard[pre as usize] * speaks);
                cost += self.drive * sum(weights.iter().copied().zip(heard));
            }
            if plastic {
                cost += self.plasticity * sum(updates[at].iter().map(|&update| (update, 1.0)));
            }
            cost
        };
        (0..neurons).map(of).collect()
    }
}

fn finite(value: f32) -> f64 {
    if value.is_finite() { f64::from(value.abs()) } else { 0.0 }
}

/// Listeners that are summed side by side.
const ABREAST: usize = 4;

/// Σ |w| A of every listener, over all that it hears. Each sum is one chain of additions in the order of the rows, in which every
/// addition waits for the one before; chains of several listeners wait together.
fn drives(offsets: &[u32], (weights, pres): (&[f32], &[u32]), heard: &[f64]) -> Vec<f64> {
    let listeners = offsets.len() - 1;
    let mut all = Vec::with_capacity(listeners + ABREAST);
    for first in (0..listeners).step_by(ABREAST) {
        // Beyond the last one nobody listens.
        let bound = |row: usize| offsets[row.min(listeners)] as usize;
        let rows: [(&[f32], &[u32]); ABREAST] = std::array::from_fn(|at| {
            let rows = bound(first + at)..bound(first + at + 1);
            (&weights[rows.clone()], &pres[rows])
        });
        let common = rows.iter().map(|(weights, _)| weights.len()).min().unwrap_or(0);
        let together = rows.map(|(weights, pres)| (&weights[..common], &pres[..common]));
        let mut sums = [0.0_f64; ABREAST];
        for at in 0..common {
            for (sum, (weights, pres)) in sums.iter_mut().zip(together) {
                *sum += f64::from(weights[at].abs()) * heard[pres[at] as usize];
            }
        }
        for (sum, (weights, pres)) in sums.into_iter().zip(rows) {
            let rest = weights[common..].iter().zip(&pres[common..]);
            let sum = rest.fold(sum, |sum, (&weight, &pre)| sum + f64::from(weight.abs()) * heard[pre as usize]);
            let careful = || weights.iter().zip(pres).map(|(&weight, &pre)| finite(weight) * heard[pre as usize]).sum();
            all.push(if sum.is_finite() { sum } else { careful() });
        }
    }
    all.truncate(listeners);
    all
}

/// Σ |value| · factor over the finite values. Products of finite 32-bit numbers are finite in 64 bits, so that a finite sum had
/// finite values only, and the careful way is for the rest.
fn sum(of: impl Iterator<Item = (f32, f64)> + Clone) -> f64 {
    let quick: f64 = of.clone().map(|(value, factor)| f64::from(value.abs()) * factor).sum();
    if quick.is_finite() { quick } else { of.map(|(value, factor)| finite(value) * factor).sum() }
}
