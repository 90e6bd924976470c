//! What a commit does to values: each touched one is an expression over those before, every other
//! moves with its row.

use super::{Naive, Parameters};
use crate::{Commit, Follower, Inherit, Network, Optimizer, Row, follow::Store as _};

impl Follower for Naive {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.epoch, commit.before, "this executor missed a commit");
        self.epoch = after.epoch();
        self.history.follow(after, commit);
        self.statistics.follow(commit);
        let inherit = self.settings.inherit;
        let powers = powers(self.optimizer, self.moments.len());
        for (moment, power) in self.moments.iter_mut().zip(powers) {
            let scale = |value: f64, by: f32| value * f64::from(by).powi(power);
            let [weights, own @ ..] = moment.columns_mut();
            commit.carry_moments(weights, 0.0, inherit, scale);
            for column in own {
                carry_own(commit, column, 0.0, inherit, scale);
            }
        }
        let [weights, own @ ..] = &mut self.steps;
        commit.carry_moments(weights, 0, inherit, |steps, _| steps);
        for column in own {
            carry_own(commit, column, 0, inherit, |steps, _| steps);
        }
        carry_parameters(after, commit, &mut self.parameters);
        self.gradients = Parameters::zeros(after);
        self.update_size = vec![0.0; after.synapse_count()];
        self.blame.clear();
    }
}

/// How a moment grows with its gradient: the mean square with the square.
fn powers(optimizer: Option<Optimizer>, slots: usize) -> Vec<i32> {
    match optimizer {
        Some(Optimizer::RmsProp { .. }) => vec![2],
        _ => (1..=slots as i32).collect(),
    }
}

fn carry_parameters(after: &Network, commit: &Commit, parameters: &mut Parameters) {
    let before = parameters.clone();
    parameters.weights.gather(&commit.synapses, 0.0);
    for (row, expr) in &commit.weights {
        parameters.weights[*row as usize] = expr.evaluate_f64(&before.weights);
    }
    let [_, own @ ..] = parameters.columns_mut();
    for column in own {
        column.gather(&commit.neurons, 0.0);
    }
    for (row, expr) in &commit.params {
        let row = *row as usize;
        [parameters.bias[row], parameters.decay[row], parameters.gain[row]] = match expr.of {
            Some(old) => [before.bias[old as usize], before.decay[old as usize], before.gain[old as usize]],
            None => Parameters::of(after.spec(Row::new(row as u32))),
        };
        parameters.bias[row] += expr.bias_change_f64(&before.weights);
    }
}

/// [`Commit::carry_moments`] for a value per neuron.
fn carry_own<T: Copy>(commit: &Commit, column: &mut Vec<T>, newborn: T, inherit: Inherit, scale: impl Fn(T, f32) -> T) {
    let before = column.clone();
    column.gather(&commit.neurons, newborn);
    for (row, expr) in &commit.params {
        column[*row as usize] = match expr.of {
            Some(old) if inherit == Inherit::FromOrigin || commit.neurons.continues(*row) => {
                scale(before[old as usize], expr.moment_by)
            }
            _ => newborn,
        };
    }
}
