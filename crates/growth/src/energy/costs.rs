//! What it costs to be a neuron.

use crate::settings::{SettingError, Settings};
use livenet_core::{Network, Row, Signal, Signals};

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
/// D = Σ |w| A over the heard (mean |w x| where output and weight are independent) and P = Σ |Δw|.
///
/// The unit is the cost of a *reference neuron*: fan-in, activity and drive as given in the settings.
/// Its cost is 0.275 + 0.125 + 0.16 + 0.44 = 1.
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
    /// Per Σ |Δw| of a step: changing weights (Li and van Rossum 2020). Off by default.
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

    /// The cost of one neuron per step. What is not a finite number counts as nothing: a diverging
    /// network is caught elsewhere and must not poison the accounts.
    pub(super) fn of(&self, network: &Network, signals: &Signals, row: u32) -> f64 {
        let finite = |value: f32| if value.is_finite() { f64::from(value.abs()) } else { 0.0 };
        let heard = |row: usize| signals.values(Signal::OutputMagnitude).get(row).copied().map_or(0.0, finite);
        let incoming = network.incoming(Row::new(row));
        let (weights, updates) = (signals.values(Signal::Weight), signals.values(Signal::UpdateSize));
        let mut cost = self.base + self.connection * incoming.len() as f64 + self.activity * heard(row as usize);
        for synapse in incoming {
            let weight = weights.get(synapse).copied().map_or(0.0, finite);
            cost += self.drive * weight * heard(network.pres()[synapse] as usize);
            cost += self.plasticity * updates.get(synapse).copied().map_or(0.0, finite);
        }
        cost
    }
}
