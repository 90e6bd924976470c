//! One window: cycle after cycle, group after group, prime and fire.

use super::{
    Naive, Parameters, Rows,
    history::{Cycle, History},
    parameters::logistic,
};
use crate::{Dropout, ExecError, GroupId, Network, Neurons, Norm, Role, Row, UnitKind};

pub(super) fn is_leaky(network: &Network, row: Row<Neurons>) -> bool {
    network.spec(row).unit.kind == UnitKind::Leaky
}

/// The argument of the activation: v of a leaky unit, z of another.
pub(super) fn argument(network: &Network, cycle: &Cycle, row: Row<Neurons>, lane: usize) -> f64 {
    let from = if is_leaky(network, row) { &cycle.state } else { &cycle.potential };
    from[row.index()][lane]
}

impl Naive {
    /// [`Executor::forward`](crate::Executor::forward) in f64: `values` is `[cycle][lane][input]`, the result
    /// `[cycle][lane][output]`. After an error the state is as before.
    ///
    /// # Errors
    /// [`ExecError::NonFinite`].
    pub fn forward_f64(
        &mut self,
        network: &Network,
        (cycles, lanes): (usize, usize),
        values: &[f64],
        dropout: Option<Dropout>,
    ) -> Result<Vec<f64>, ExecError> {
        self.check_epoch(network);
        let mut history = if self.history.lanes == lanes { self.history.clone() } else { History::new(network, lanes) };
        let outputs = run(network, &self.parameters, &mut history, cycles, values, dropout)?;
        history.window = cycles;
        history.keep(self.settings.memory.unwrap_or(0).max(cycles));
        self.history = history;
        self.blame.clear();
        self.operations += (network.active_count() * lanes * cycles) as u64;
        self.statistics.fired(&self.history);
        Ok(outputs)
    }

    /// [`Executor::predict`](crate::Executor::predict) in f64.
    ///
    /// # Errors
    /// [`ExecError::NonFinite`].
    pub fn predict_f64(
        &self,
        network: &Network,
        (cycles, lanes): (usize, usize),
        values: &[f64],
    ) -> Result<Vec<f64>, ExecError> {
        self.check_epoch(network);
        run(network, &self.parameters, &mut History::new(network, lanes), cycles, values, None)
    }
}

fn run(
    network: &Network,
    parameters: &Parameters,
    history: &mut History,
    cycles: usize,
    values: &[f64],
    dropout: Option<Dropout>,
) -> Result<Vec<f64>, ExecError> {
    let lanes = history.lanes;
    let inputs = lanes * network.inputs().len();
    let mut outputs = Vec::new();
    for cycle in 0..cycles {
        history.open(network);
        for group in network.group_ids() {
            match network.group(group).role {
                Role::Input => clamp(network, history, &values[cycle * inputs..(cycle + 1) * inputs]),
                role => {
                    let raw = prime(network, parameters, history, group);
                    fire(
                        network,
                        parameters,
                        history,
                        group,
                        raw,
                        dropout.filter(|_| role == Role::Hidden).map(|d| (d, cycle)),
                    );
                }
            }
            check(network, history, group, cycle)?;
        }
        let fired = &history.output(history.tape.len() - 1, 0);
        outputs.extend((0..lanes).flat_map(|lane| network.outputs().map(move |row| fired[row as usize][lane])));
    }
    Ok(outputs)
}

/// Input neurons say what the sample says. `values` is `[lane][input]`.
fn clamp(network: &Network, history: &mut History, values: &[f64]) {
    let count = network.inputs().len();
    let cycle = history.tape.last_mut().expect("a cycle is open");
    for (feature, row) in network.inputs().enumerate() {
        cycle.output[row as usize] = (0..history.lanes).map(|lane| values[lane * count + feature]).collect();
    }
}

/// What the members of a group hear: Σ w x over active connections, `[member][lane]`.
fn prime(network: &Network, parameters: &Parameters, history: &History, group: GroupId) -> Rows {
    let now = history.tape.len() - 1;
    let hear = |post: u32, lane: usize| {
        let active = network.incoming(Row::new(post)).filter(|&synapse| !network.marks()[synapse].is_silent());
        let heard = active.map(|synapse| {
            let lag = network.lag(Row::new(post), Row::new(synapse as u32));
            parameters.weights[synapse] * history.output(now, lag)[network.pres()[synapse] as usize][lane]
        });
        heard.sum()
    };
    network.members(group).map(|post| (0..history.lanes).map(|lane| hear(post, lane)).collect()).collect()
}

/// From raw potentials to outputs.
fn fire(
    network: &Network,
    parameters: &Parameters,
    history: &mut History,
    group: GroupId,
    mut raw: Rows,
    dropout: Option<(Dropout, usize)>,
) {
    let norm = network.group(group).norm;
    let before = history.state(history.tape.len() - 1).clone();
    let cycle = history.tape.last_mut().expect("a cycle is open");
    for lane in 0..history.lanes {
        let mut column: Vec<f64> = raw.iter().map(|row| row[lane]).collect();
        cycle.scale[group.index()][lane] = normalise(norm, &mut column);
        raw.iter_mut().zip(column).for_each(|(row, normal)| row[lane] = normal);
    }
    for (row, normal) in network.members(group).map(Row::new).zip(raw) {
        let (at, decay) = (row.index(), logistic(parameters.decay[row.index()]));
        let gain = if norm == Norm::None { 1.0 } else { parameters.gain[at] };
        for lane in 0..history.lanes {
            cycle.potential[at][lane] = normal[lane] * gain + parameters.bias[at];
            if is_leaky(network, row) {
                cycle.state[at][lane] = decay * before[at][lane] + (1.0 - decay) * cycle.potential[at][lane];
            }
            let argument = argument(network, cycle, row, lane);
            cycle.output[at][lane] = network.spec(row).unit.activation.value(argument);
            if let Some((dropout, number)) = dropout {
                let factor = dropout.factor(network.id(row), number, lane);
                cycle.output[at][lane] *= f64::from(factor);
                cycle.factor[at][lane] = f64::from(dropout.blamed(factor));
            }
        }
        cycle.normal[at] = normal;
    }
}

/// Normalises one lane of a group in place and returns the factor.
pub(super) fn normalise(norm: Norm, values: &mut [f64]) -> f64 {
    if norm == Norm::None || values.is_empty() {
        return 1.0;
    }
    let count = values.len() as f64;
    let mean = if norm == Norm::Layer { values.iter().sum::<f64>() / count } else { 0.0 };
    for value in &mut *values {
        *value -= mean;
    }
    let square = values.iter().map(|value| value * value).sum::<f64>() / count;
    let scale = 1.0 / libm::sqrt(square + Norm::EPSILON);
    for value in values {
        *value *= scale;
    }
    scale
}

/// Finite means finite in f32.
fn check(network: &Network, history: &History, group: GroupId, number: usize) -> Result<(), ExecError> {
    let cycle = history.tape.last().expect("a cycle is open");
    for row in network.members(group) {
        for (what, values) in [("potential", &cycle.potential), ("output", &cycle.output)] {
            if let Some(value) = values[row as usize].iter().map(|&value| value as f32).find(|value| !value.is_finite())
            {
                return Err(ExecError::NonFinite { what, neuron: network.id(Row::new(row)), cycle: number, value });
            }
        }
    }
    Ok(())
}
