//! The natural expansion score of a place, and a lower bound of what a newborn would add to it.
//!
//! With g what the listeners want ([`Evidence`](super::Evidence)), S = E[g gᵀ], and r the part of g that existing connections
//! cannot do, so that g - r is what they can,
//!
//! ```text
//! η_c  = tr(S⁻¹ E[(g - r)(g - r)ᵀ])          the score of what exists
//! Δη'  = c·S⁻¹c / E[a²],  c = E[r a]          the bound for a newborn that says a
//! Δη   = c·S⁻¹c / E[(a - â)²]                 what it adds, â the part of a that existing connections say
//! ```
//!
//! On dense layers the first is the paper's `tr(S⁻¹ W A⁻¹ Wᵀ)`, with W = E[g aᵀ] the gradient by the weights of the listeners and A = E[a aᵀ]
//! the covariance of what they hear: Fisher's matrix with Kronecker factors. The bound holds since E[(a - â)²] is at most E[a²], and it
//! costs no inverse per candidate. `E[g·S⁻¹g]` is the most that any network could have: the rank of S.
//!
//! S is of the gradients of the labels that are there, where the paper takes labels that the network draws itself.

use super::evidence::Evidence;
use crate::algebra::{Eigen, Matrix, dot};
use crate::effort;

/// Part of the largest eigenvalue of S below which a direction has no gradient.
const FLAT: f64 = 1e-8;

/// What is the same for all candidates of a place.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// r.
    residual: Matrix,
    /// S⁻¹.
    inverse: Matrix,
    /// The score of what exists.
    pub current: f64,
    /// What η can be at most.
    pub most: f64,
}

impl Expansion {
    /// Of evidence with its residual.
    pub fn of(evidence: &Evidence) -> Self {
        let share = 1.0 / evidence.samples().max(1) as f64;
        let g = &evidence.wanted;
        let covariance = g.outer(g).scaled(share);
        let inverse = Eigen::of(&covariance).pseudo_inverse(FLAT);
        let done = g.clone().minus(&evidence.residual);
        let current = inverse.times(&done.outer(&done).scaled(share)).trace();
        let most = inverse.times(&covariance).trace();
        Self { residual: evidence.residual.clone(), inverse, current, most }
    }

    /// Δη' of a newborn that says this, sample by sample.
    pub fn bound(&self, said: &[f64]) -> f64 {
        self.bound_and_slope(said).0
    }

    /// Δη', and its derivative by what is said in each sample.
    pub fn bound_and_slope(&self, said: &[f64]) -> (f64, Vec<f64>) {
        let n = said.len() as f64;
        let square = dot(said, said) / n;
        if !(square > 0.0 && square.is_finite()) {
            return (0.0, vec![0.0; said.len()]);
        }
        let mut c = vec![0.0; self.residual.columns()];
        effort::spend((said.len() * c.len()) as u64);
        for (sample, said) in said.iter().enumerate() {
            for (c, residual) in c.iter_mut().zip(self.residual.row(sample)) {
                *c += said * residual / n;
            }
        }
        let preconditioned: Vec<f64> = (0..c.len()).map(|row| dot(self.inverse.row(row), &c)).collect();
        let bound = dot(&preconditioned, &c) / square;
        let slope = |(sample, said): (usize, &f64)| {
            2.0 / (n * square) * (dot(&preconditioned, self.residual.row(sample)) - bound * said)
        };
        (bound, said.iter().enumerate().map(slope).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    /// Samples of a dense layer: what the listeners hear with a constant, what they want, and what a candidate says.
    fn layer(seed: u64) -> (Matrix, Matrix, Vec<f64>) {
        let key = StreamKey::new(seed, "layer");
        let draw = |at: u64, columns: usize| {
            Matrix::from_fn(60, columns, |row, column| key.at(at).normal(row as u64, column as u64))
        };
        let heard = draw(0, 4);
        let heard = Matrix::from_fn(60, 5, |row, column| if column < 4 { heard.at(row, column) } else { 1.0 });
        let wanted = heard.times(&Matrix::from_fn(5, 3, |row, column| key.at(1).normal(row as u64, column as u64)));
        let noise = draw(2, 3);
        let wanted = Matrix::from_fn(60, 3, |row, column| wanted.at(row, column) + 2.0 * noise.at(row, column));
        let (own, mixed) = (draw(3, 1), draw(4, 5));
        let says = |row: usize| own.at(row, 0) + dot(heard.row(row), mixed.row(0)) + 0.5 * noise.at(row, 0);
        let said = (0..60).map(says).collect();
        (heard, wanted, said)
    }

    /// tr(S⁻¹ W A⁻¹ Wᵀ), by its definition.
    fn score(heard: &Matrix, wanted: &Matrix) -> f64 {
        let n = 1.0 / heard.rows() as f64;
        let [s, a] = [wanted, heard].map(|of| Eigen::of(&of.outer(of).scaled(n)).pseudo_inverse(1e-12));
        let w = wanted.outer(heard).scaled(n);
        s.times(&w).times(&a).times(&w.transposed()).trace()
    }

    fn evidence(heard: &Matrix, wanted: &Matrix) -> Evidence {
        let best = Eigen::of(&heard.outer(heard)).pseudo_inverse(1e-12).times(&heard.outer(wanted));
        let residual = wanted.clone().minus(&heard.times(&best));
        Evidence { heard: heard.clone(), wanted: wanted.clone(), residual }
    }

    #[test]
    fn the_bound_is_below_what_the_newborn_adds_to_the_score() {
        for seed in 0..50 {
            let (heard, wanted, said) = layer(seed);
            let expansion = Expansion::of(&evidence(&heard, &wanted));
            assert!((expansion.current - score(&heard, &wanted)).abs() < 1e-9);
            assert!((expansion.most - 3.0).abs() < 1e-9 && expansion.current < 3.0);
            let wider =
                Matrix::from_fn(60, 6, |row, column| if column < 5 { heard.at(row, column) } else { said[row] });
            let gain = score(&wider, &wanted) - score(&heard, &wanted);
            let bound = expansion.bound(&said);
            assert!(bound > 0.0 && bound <= gain + 1e-12, "{bound} {gain}");
            // It is the gain for what the others do not say.
            let best = Eigen::of(&heard.outer(&heard)).pseudo_inverse(1e-12);
            let said = Matrix::from_fn(60, 1, |row, _| said[row]);
            let rest = said.clone().minus(&heard.times(&best.times(&heard.outer(&said))));
            let rest: Vec<f64> = (0..60).map(|row| rest.at(row, 0)).collect();
            assert!((expansion.bound(&rest) - gain).abs() < 1e-9);
        }
    }

    #[test]
    fn the_slope_is_the_limit_of_differences() {
        let (heard, wanted, said) = layer(7);
        let expansion = Expansion::of(&evidence(&heard, &wanted));
        let (_, slope) = expansion.bound_and_slope(&said);
        for sample in 0..60 {
            let at = |by: f64| {
                let mut said = said.clone();
                said[sample] += by;
                expansion.bound(&said)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - slope[sample]).abs() < 1e-8, "{difference} {}", slope[sample]);
        }
    }
}
