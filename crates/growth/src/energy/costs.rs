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
/// Its cost is 0.275 + 0.125 + 0.16 + 0.44 = 1: a quarter is housekeeping (as Harris, Jolivet and Attwell 2012 take it), half of it in
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
        let prices = [
            (self.activity > 0.0 || self.drive > 0.0, Signal::OutputMagnitude),
            (self.drive > 0.0, Signal::Drive),
            (self.plasticity > 0.0, Signal::UpdateSize),
        ];
        prices.into_iter().filter_map(|(paid, signal)| paid.then_some(signal)).collect()
    }

    /// The cost of a neuron per step, of the signals of its network. What is not a finite number counts as nothing: a diverging
    /// network is caught elsewhere and must not poison the accounts.
    pub(super) fn of<'a>(&self, network: &'a Network, signals: &'a Signals) -> impl Fn(usize) -> f64 + use<'a> {
        let costs = *self;
        let values = |signal, price: f64| if price > 0.0 { signals.values(signal) } else { &[] };
        let (said, drives) = (values(Signal::OutputMagnitude, self.activity), values(Signal::Drive, self.drive));
        let updates = values(Signal::UpdateSize, self.plasticity);
        let (offsets, of) =
            (network.offsets(), |values: &[f32], row: usize| values.get(row).copied().map_or(0.0, finite));
        move |row| {
            let heard = offsets[row] as usize..offsets[row + 1] as usize;
            let mut cost = costs.base + costs.connection * heard.len() as f64 + costs.activity * of(said, row);
            cost += costs.drive * of(drives, row);
            if let Some(updates) = updates.get(heard) {
                cost += costs.plasticity * updates.iter().copied().map(finite).sum::<f64>();
            }
            cost
        }
    }
}

fn finite(value: f32) -> f64 {
    if value.is_finite() { f64::from(value.abs()) } else { 0.0 }
}
