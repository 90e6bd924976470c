//! What learns: a weight per connection; bias, decay and gain per neuron.

use livenet_core::{Commit, Inherit, Moves, Network, NeuronSpec, Optimizer, Row, Store as _};

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
fn own(spec: &NeuronSpec) -> [f32; 3] {
    let decay = f64::from(spec.decay);
    [spec.bias, libm::log(decay / (1.0 - decay)) as f32, 1.0]
}

/// The decay of a leaky unit from its parameter.
pub(super) fn logistic(rho: f32) -> f32 {
    (1.0 / (1.0 + libm::exp(-f64::from(rho)))) as f32
}

/// Takes the parameters from before a commit to after it.
pub(super) fn carry(columns: &mut Columns<f32>, after: &Network, commit: &Commit) {
    let [weights, own_columns @ ..] = columns;
    let mut touched = Vec::with_capacity(commit.params.len());
    for (row, expr) in &commit.params {
        let mut values = match expr.of {
            Some(old) => own_columns.each_ref().map(|column| column[old as usize]),
            None => own(after.spec(Row::new(*row))),
        };
        values[0] += expr.bias_change(weights);
        touched.push((*row as usize, values));
    }
    commit.carry_weights(weights);
    for column in own_columns.iter_mut() {
        column.gather(&commit.neurons, 0.0);
    }
    for (row, values) in touched {
        for (column, value) in own_columns.iter_mut().zip(values) {
            column[row] = value;
        }
    }
}

/// Takes moments or counts along; an inherited value is passed through `scale`.
pub(super) fn carry_moments<T: Copy>(columns: &mut Columns<T>, newborn: T, commit: &Commit, inherit: Inherit, scale: impl Fn(T, f32) -> T) {
    let [weights, own_columns @ ..] = columns;
    commit.carry_moments(weights, newborn, inherit, &scale);
    for column in own_columns {
        let mut touched = Vec::with_capacity(commit.params.len());
        for (row, expr) in &commit.params {
            let continues = match &commit.neurons {
                Moves::Remap(from) => from[*row as usize] != Moves::NEWBORN,
                Moves::Touched { born, .. } => !born.contains(row),
            };
            touched.push(match expr.of {
                Some(old) if continues || inherit == Inherit::FromOrigin => scale(column[old as usize], expr.moment_by),
                _ => newborn,
            });
        }
        column.gather(&commit.neurons, newborn);
        for ((row, _), value) in commit.params.iter().zip(touched) {
            column[*row as usize] = value;
        }
    }
}

/// How the moment in a slot grows with the gradient: a mean with the gradient, a mean square with its square.
pub(super) fn power(optimizer: Option<Optimizer>, slot: usize) -> i32 {
    if matches!(optimizer, Some(Optimizer::RmsProp { .. })) { 2 } else { slot as i32 + 1 }
}
