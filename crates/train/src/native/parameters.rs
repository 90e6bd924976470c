//! What learns: a weight per connection; bias, decay and gain per neuron.

use livenet_core::{Network, NeuronSpec, room};

/// A column per kind of parameter (also of gradients, moments and counts): weights, bias, decay, gain; in the
/// order of [`Exported::moments`](livenet_core::Exported).
pub(super) type Columns<T> = [Vec<T>; 4];

pub(super) const WEIGHTS: usize = 0;
pub(super) const BIAS: usize = 1;
pub(super) const DECAY: usize = 2;
pub(super) const GAIN: usize = 3;
/// The names of the columns, for messages.
pub(super) const NAMES: [&str; 4] = ["weight", "bias", "decay", "gain"];

/// Columns of one value, over the rows of a network.
pub(super) fn columns<T: Clone>(network: &Network, value: &T) -> Columns<T> {
    let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
    [synapses, neurons, neurons, neurons].map(|len| vec![value.clone(); len])
}

/// Gives columns as many rows as the network has, each `value`, keeping their memory.
pub(super) fn refill<T: Clone>(columns: &mut Columns<T>, network: &Network, value: &T) {
    for (kind, column) in columns.iter_mut().enumerate() {
        column.clear();
        let len = if kind == WEIGHTS { network.synapse_count() } else { network.neuron_count() };
        column.resize(len, value.clone());
    }
}

/// Weights 0, the neurons' own as their specifications bear them.
pub(super) fn born(network: &Network) -> Columns<f32> {
    let mut columns = columns(network, &0.0);
    for row in network.neuron_rows() {
        let own = own(network.spec(row));
        for (column, value) in columns[BIAS..].iter_mut().zip(own) {
            column[row.index()] = value;
        }
    }
    columns
}

/// Bias, decay (before the logistic function) and gain of a newborn.
pub(super) fn own(spec: &NeuronSpec) -> [f32; 3] {
    let decay = f64::from(spec.decay);
    [spec.bias, libm::log(decay / (1.0 - decay)) as f32, 1.0]
}

/// The decay of a leaky unit from its parameter.
pub(super) fn logistic(rho: f32) -> f32 {
    (1.0 / (1.0 + libm::exp(-f64::from(rho)))) as f32
}

/// Makes columns as long as the network's rows, whatever they then hold, keeping their memory.
pub(super) fn fit<T: Clone + Default>(columns: &mut Columns<T>, network: &Network) {
    for (kind, column) in columns.iter_mut().enumerate() {
        room::fit(column, if kind == WEIGHTS { network.synapse_count() } else { network.neuron_count() });
    }
}
