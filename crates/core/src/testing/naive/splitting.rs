//! The splitting score: the smallest eigenvalue of Σ dL/d output · f''(v) x xᵀ over the lanes and cycles of
//! the last window, x being what the neuron hears over active connections (Liu et al. 2019). dL carries
//! whatever mean the loss takes, so the sum is the expectation.

use super::{Naive, Rows, forward::argument};
use crate::{Activation, Network, Neurons, Role, Row};

/// f''. `ReLU` counts as softplus with β = 3, leaky `ReLU` as that times the change of its slope.
pub(super) fn curvature(activation: Activation, z: f64) -> f64 {
    let smooth = |z: f64| 3.0 * Activation::Sigmoid.derivative(3.0 * z);
    match activation {
        Activation::Relu => smooth(z),
        Activation::LeakyRelu => smooth(z) * (activation.derivative(1.0) - activation.derivative(-1.0)),
        other => (other.derivative(z + 1e-5) - other.derivative(z - 1e-5)) / 2e-5,
    }
}

impl Naive {
    pub(super) fn splitting(&self, network: &Network) -> Vec<f64> {
        network.neuron_rows().map(|row| smallest_eigenvalue(self.splitting_matrix(network, row))).collect()
    }

    /// dL / d output · f''(z) in a recorded cycle.
    pub(super) fn bends(&self, network: &Network, t: usize) -> Rows {
        let cycle = &self.history.tape[t];
        let bend = |row: Row<Neurons>, lane: usize| {
            let bend = match network.role(row) {
                Role::Input => 0.0,
                _ => curvature(network.spec(row).unit.activation, argument(network, cycle, row, lane)),
            };
            self.blame[t].output[row.index()][lane] * cycle.factor[row.index()][lane] * bend
        };
        network.neuron_rows().map(|row| (0..self.history.lanes).map(|lane| bend(row, lane)).collect()).collect()
    }

    fn splitting_matrix(&self, network: &Network, row: Row<Neurons>) -> Vec<Vec<f64>> {
        let heard: Vec<usize> =
            network.incoming(row).filter(|&synapse| !network.marks()[synapse].is_silent()).collect();
        let mut matrix = vec![vec![0.0; heard.len()]; heard.len()];
        for t in self.blame.len() - self.history.window.min(self.blame.len())..self.blame.len() {
            let bends = &self.bends(network, t)[row.index()];
            for lane in 0..self.history.lanes {
                let x: Vec<f64> = heard
                    .iter()
                    .map(|&synapse| {
                        self.history.output(t, network.lag(row, Row::new(synapse as u32)))
                            [network.pres()[synapse] as usize][lane]
                    })
                    .collect();
                for (line, a) in matrix.iter_mut().zip(&x) {
                    line.iter_mut().zip(&x).for_each(|(entry, b)| *entry += bends[lane] * a * b);
                }
            }
        }
        matrix
    }
}

/// By Jacobi's rotations; 0 for the empty matrix.
pub(super) fn smallest_eigenvalue(mut a: Vec<Vec<f64>>) -> f64 {
    let n = a.len();
    for _ in 0..60 {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let angle = 0.5 * libm::atan2(2.0 * a[p][q], a[q][q] - a[p][p]);
                let (s, c) = (libm::sin(angle), libm::cos(angle));
                for k in 0..n {
                    (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]);
                }
                for k in 0..n {
                    (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
                }
            }
        }
    }
    (0..n).map(|i| a[i][i]).reduce(f64::min).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_eigenvalue_of_a_known_matrix() {
        let matrix = vec![vec![2.0, -1.0, 0.0], vec![-1.0, 2.0, -1.0], vec![0.0, -1.0, 2.0]];
        assert!((smallest_eigenvalue(matrix) - (2.0 - 2f64.sqrt())).abs() < 1e-12);
    }
}
