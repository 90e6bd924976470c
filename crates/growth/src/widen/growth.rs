//! One function for a family of methods: the directions in which newborns help most, by singular values.
//!
//! With x what a newborn would hear and v what its listeners want ([`Evidence`]), means over samples, and
//!
//! ```text
//! N = E[x vᵀ]     S = E[x xᵀ]     F = E[v vᵀ]
//! P = S^(-1/2) N F^(-1/2) = Σ λ_k u_k p_kᵀ
//! incoming_k = sqrt(λ_k) S^(-1/2) u_k      outgoing_k = sqrt(λ_k) F^(-1/2) p_k
//! ```
//!
//! the first k pairs are, of all sets of k newborns in the linear part of their unit, those that come nearest to v in the metrics that
//! are used (Eckart and Young), and while v is what the listeners want, weights times sqrt(γ) each change the loss by
//! -γ Σ λ² f'(0) to first order.
//!
//! | | S | v without what exists can do | F | silent | λ |
//! |---|---|---|---|---|---|
//! | `GradMax` | no | no | no | incoming | discarded |
//! | `TINY` | yes | yes | no | | used |
//! | `TINY` in the metric of Fisher's matrix | yes | yes | yes | | used |
//!
//! (The table of flags is that of `gromo`, github.com/growingnet/gromo.) With the residual for v, N is of the residual, but F stays that of
//! all that is wanted: the metric of a listener's potential does not depend on what is left of the gradient. The change of the
//! loss is -γ Σ λ² f'(0) then only as far as existing connections have nothing left to do; so
//! [`Evidence::foretold`] sums blame instead.

use super::{
    evidence::{Evidence, Residual},
    site::Newborn,
};
use crate::algebra::{Eigen, Matrix, Singular};

/// Whether a covariance is the metric of a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// All directions cost the same.
    Plain,
    /// A direction costs what it varies.
    Covariance,
}

/// What a newborn starts without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// Nothing.
    Nobody,
    /// Incoming weights and bias.
    Incoming,
    /// Outgoing weights.
    Outgoing,
}

/// Whether singular values make weights large or small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Weights of both sides are times their roots.
    Used,
    /// They only rank.
    Discarded,
}

/// Whether a newborn's bias is one of its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    /// It is 0.
    Zero,
    /// It is the weight of a constant.
    Found,
}

/// The flags, and what bounds the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// S.
    pub input: Metric,
    /// F.
    pub output: Metric,
    /// Whether what existing connections can do is taken off.
    pub residual: Residual,
    /// What is 0.
    pub silent: Silent,
    /// λ.
    pub values: Values,
    /// Whether a bias is found.
    pub bias: Bias,
    /// Most newborns.
    pub count: usize,
    /// Only with a λ of at least this, or the best of them if none has it.
    pub least: f64,
    /// Eigenvalues of covariances up to this count as 0.
    pub flat: f64,
}

/// A newborn with its singular value λ.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// λ.
    pub value: f64,
    /// Its weights.
    pub newborn: Newborn,
}

/// The best directions, the best first; none where nothing that could be heard speaks of what is wanted. The entry of
/// an outgoing vector that is largest in size is positive.
pub fn svd_growth(evidence: &Evidence, rules: &Rules) -> Vec<Direction> {
    let share = 1.0 / evidence.samples().max(1) as f64;
    let heard = evidence.heard.columns().saturating_sub(1);
    let x = if rules.bias == Bias::Found { evidence.heard.clone() } else { evidence.heard.left(heard) };
    let v = if rules.residual == Residual::Wanted { &evidence.residual } else { &evidence.wanted };
    let root = |metric: Metric, of: &Matrix| match metric {
        Metric::Plain => None,
        Metric::Covariance => Some(Eigen::of(&of.outer(of).scaled(share)).inverse_root(rules.flat)),
    };
    let (input, output) = (root(rules.input, &x), root(rules.output, &evidence.wanted));
    let mut whitened = x.outer(v).scaled(share);
    if let Some(root) = &input {
        whitened = root.times(&whitened);
    }
    if let Some(root) = &output {
        whitened = whitened.times(root);
    }
    let found = Singular::of(&whitened);
    let back = |vectors: &Matrix, root: &Option<Matrix>| match root {
        Some(root) => vectors.times(root),
        None => vectors.clone(),
    };
    let (incoming, outgoing) = (back(&found.left, &input), back(&found.right, &output));
    let least = rules.least.min(found.values.first().copied().unwrap_or(0.0));
    let direction = |at: usize| {
        let value = found.values[at];
        let size = if rules.values == Values::Used { value.sqrt() } else { 1.0 };
        let [hears, speaks] =
            [Silent::Incoming, Silent::Outgoing].map(|silent| if rules.silent == silent { 0.0 } else { size });
        let mut incoming: Vec<f64> = incoming.row(at).iter().map(|weight| hears * weight).collect();
        let bias = if rules.bias == Bias::Found { incoming.pop().unwrap_or(0.0) } else { 0.0 };
        let outgoing = outgoing.row(at).iter().map(|weight| speaks * weight).collect();
        Direction { value, newborn: Newborn { incoming, bias, outgoing } }
    };
    (0..found.values.len()).filter(|&at| found.values[at] >= least).take(rules.count).map(direction).collect()
}
