//! One sweep: exact truncated backpropagation over the memory, each (cycle, neuron) visited once.

use super::{
    Naive, Parameters, Rows,
    forward::{argument, is_leaky},
    parameters::logistic,
};
use crate::{ExecError, GroupId, Network, Norm, Role, Row};

/// Blame of one recorded cycle.
#[derive(Clone, Debug)]
pub(super) struct Blame {
    /// dL / d output.
    pub output: Rows,
    /// dL / d raw potential, the sum Σ w x before normalisation; 0 for inputs.
    pub potential: Rows,
}

impl Naive {
    /// [`Executor::backward`](crate::Executor::backward) in f64: `d_outputs` is `[cycle][lane][output]` of the last window.
    ///
    /// # Errors
    /// [`ExecError::Shape`], [`ExecError::NonFinite`].
    pub fn backward_f64(&mut self, network: &Network, d_outputs: &[f64]) -> Result<(), ExecError> {
        self.check_epoch(network);
        let (lanes, outputs, cycles) = (self.history.lanes, network.outputs(), self.history.tape.len());
        let expected = self.history.window * lanes * outputs.len();
        if d_outputs.len() != expected {
            return Err(ExecError::Shape { what: "derivative by the outputs", found: d_outputs.len(), expected });
        }
        let zeros = vec![vec![0.0; lanes]; network.neuron_count()];
        self.blame = vec![Blame { output: zeros.clone(), potential: zeros.clone() }; cycles];
        let mut given = d_outputs.iter();
        for blame in &mut self.blame[cycles - self.history.window..] {
            for lane in 0..lanes {
                for row in outputs.clone() {
                    blame.output[row as usize][lane] = *given.next().expect("the length was checked");
                }
            }
        }
        self.gradients = Parameters::zeros(network);
        let mut by_state = zeros;
        for t in (0..cycles).rev() {
            for group in (0..network.groups().len() as u16)
                .rev()
                .map(GroupId::new)
                .filter(|&group| network.group(group).role != Role::Input)
            {
                self.through_unit(network, group, t, &mut by_state);
                self.through_norm(network, group, t);
                self.through_connections(network, group, t);
                self.check_blame(network, group, t)?;
            }
        }
        self.operations += ((network.active_count() + network.synapse_count()) * lanes * cycles) as u64;
        self.statistics.blamed(&self.blame[cycles - self.history.window..]);
        Ok(())
    }

    /// From outputs to potentials z; `by_state` is dL / d v of the cycle after, and of this one when done.
    fn through_unit(&mut self, network: &Network, group: GroupId, t: usize, by_state: &mut Rows) {
        let cycle = &self.history.tape[t];
        for row in network.members(group).map(Row::new) {
            let (at, activation) = (row.index(), network.spec(row).unit.activation);
            let decay = logistic(self.parameters.decay[at]);
            for lane in 0..self.history.lanes {
                let slope = activation.derivative(argument(network, cycle, row, lane));
                let mut blame = self.blame[t].output[at][lane] * cycle.factor[at][lane] * slope;
                if is_leaky(network, row) {
                    blame += by_state[at][lane];
                    by_state[at][lane] = decay * blame;
                    let difference = self.history.state(t)[at][lane] - cycle.potential[at][lane];
                    self.gradients.decay[at] += blame * difference * decay * (1.0 - decay);
                    blame *= 1.0 - decay;
                }
                self.gradients.bias[at] += blame;
                self.blame[t].potential[at][lane] = blame;
            }
        }
    }

    /// From potentials z to raw ones.
    fn through_norm(&mut self, network: &Network, group: GroupId, t: usize) {
        let (norm, cycle, blame) = (network.group(group).norm, &self.history.tape[t], &mut self.blame[t].potential);
        if norm == Norm::None {
            return;
        }
        let members = || network.members(group).map(|row| row as usize);
        let count = members().count() as f64;
        for lane in 0..self.history.lanes {
            for at in members() {
                self.gradients.gain[at] += blame[at][lane] * cycle.normal[at][lane];
                blame[at][lane] *= self.parameters.gain[at];
            }
            let mean = if norm == Norm::Layer { members().map(|at| blame[at][lane]).sum::<f64>() / count } else { 0.0 };
            let along = members().map(|at| blame[at][lane] * cycle.normal[at][lane]).sum::<f64>() / count;
            for at in members() {
                blame[at][lane] =
                    cycle.scale[group.index()][lane] * (blame[at][lane] - mean - cycle.normal[at][lane] * along);
            }
        }
    }

    /// From raw potentials to weights and to whom they heard.
    fn through_connections(&mut self, network: &Network, group: GroupId, t: usize) {
        for post in network.members(group).map(Row::new) {
            for synapse in network.incoming(post) {
                let (pre, lag) = (network.pres()[synapse] as usize, network.lag(post, Row::new(synapse as u32)));
                for lane in 0..self.history.lanes {
                    let blame = self.blame[t].potential[post.index()][lane];
                    self.gradients.weights[synapse] += blame * self.history.output(t, lag)[pre][lane];
                    if lag as usize <= t && !network.marks()[synapse].is_silent() {
                        self.blame[t - lag as usize].output[pre][lane] += blame * self.parameters.weights[synapse];
                    }
                }
            }
        }
    }

    fn check_blame(&self, network: &Network, group: GroupId, t: usize) -> Result<(), ExecError> {
        for row in network.members(group) {
            let mut values = self.blame[t].potential[row as usize].iter().map(|&value| value as f32);
            if let Some(value) = values.find(|value| !value.is_finite()) {
                let cycle = (t + self.history.window).saturating_sub(self.history.tape.len());
                return Err(ExecError::NonFinite { what: "gradient", neuron: network.id(Row::new(row)), cycle, value });
            }
        }
        Ok(())
    }
}
