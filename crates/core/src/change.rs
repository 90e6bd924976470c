//! A commit as its followers see it: where each row came from, and each touched value as an
//! expression over the values before.

use crate::{Birth, Epoch, Law, NeuronId, Origin, Proposal, Remap, StreamKey, Synapse};
use serde::{Deserialize, Serialize};

/// Where the rows of a space came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moves {
    /// No row moved. These rows were left by the dead and taken by newborns in the same places.
    Touched {
        /// Rows whose former owner is gone.
        freed: Vec<u32>,
        /// Rows with a newborn owner.
        born: Vec<u32>,
    },
    /// For each new row the old row it came from.
    Remap(Remap),
}

impl Moves {
    /// Nothing happened in this space.
    pub const fn none() -> Self {
        Self::Touched { freed: Vec::new(), born: Vec::new() }
    }

    /// Whether what is at a row after the commit was there, perhaps elsewhere, before.
    #[track_caller]
    pub fn continues(&self, row: u32) -> bool {
        match self {
            Self::Remap(from) => from.from(row).is_some(),
            Self::Touched { born, .. } => born.binary_search(&row).is_err(),
        }
    }

    /// Moves every value to its new row, in place; newborn rows get `newborn`.
    pub fn carry<T: Copy>(&self, column: &mut Vec<T>, newborn: T) {
        match self {
            Self::Touched { born, .. } => born.iter().for_each(|&row| column[row as usize] = newborn),
            Self::Remap(remap) => remap.carry(column, newborn),
        }
    }
}

/// A number that needs no read back: a constant, or a named draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Draw {
    /// A constant.
    Value(f32),
    /// `scale` times the draw of `key` at `name`.
    Random {
        /// The stream.
        key: StreamKey,
        /// The law.
        law: Law,
        /// Standard deviation or half width; negative turns the draw round.
        scale: f32,
        /// The connection that named the draw.
        name: Synapse,
    },
}

impl Draw {
    /// The number.
    pub fn evaluate(&self) -> f32 {
        match *self {
            Self::Value(value) => value,
            Self::Random { key, law, scale, name } => {
                let (a, b) = (name.post.number(), name.pre.number());
                let draw = match law {
                    Law::Normal => key.normal(a, b),
                    Law::Uniform => 2.0 * key.uniform(a, b) - 1.0,
                };
                (draw * f64::from(scale)) as f32
            }
        }
    }

    pub(crate) fn scaled(self, by: f32) -> Self {
        match self {
            Self::Value(value) => Self::Value(value * by),
            Self::Random { key, law, scale, name } => Self::Random { key, law, scale: scale * by, name },
        }
    }
}

/// A weight after a commit: a sum of weights before, each times a factor, plus draws.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WeightExpr {
    /// Rows before the commit and their factors. The first is the one whose moments are inherited.
    pub terms: Vec<(u32, f32)>,
    /// What is added.
    pub plus: Vec<Draw>,
    /// How the gradient of this connection relates to that of the first term: the factor for an
    /// inherited first moment (its square for the second).
    pub moment_by: f32,
}

impl WeightExpr {
    /// The weight at a row before, as it is.
    pub(crate) fn of(row: u32) -> Self {
        Self { terms: vec![(row, 1.0)], plus: Vec::new(), moment_by: 1.0 }
    }

    /// Whether it is the weight at a row before, as it is.
    pub(crate) fn is_identity(&self, row: u32) -> bool {
        self.plus.is_empty() && self.terms.as_slice() == [(row, 1.0)] && self.moment_by.to_bits() == 1.0_f32.to_bits()
    }

    /// Born under this name by a rule that is no share. Nothing is what needs to be added for zero.
    pub(crate) fn born(birth: Birth, name: Synapse) -> Self {
        let plus = match birth {
            Birth::Value(value) if value.to_bits() == 0 => Vec::new(),
            Birth::Value(value) => vec![Draw::Value(value)],
            Birth::Random { key, law, scale } => vec![Draw::Random { key, law, scale, name }],
            Birth::Share { .. } => unreachable!("a share is lowered when it is proposed"),
        };
        Self { terms: Vec::new(), plus, moment_by: 0.0 }
    }

    /// The value of the expression over the weights before.
    pub fn evaluate(&self, before: &[f32]) -> f32 {
        let mut sum = 0.0;
        for &(row, by) in &self.terms {
            // A factor of one keeps the bits, so that what is only moved does not change.
            sum = if self.terms.len() == 1 { before[row as usize] * by } else { sum + before[row as usize] * by };
        }
        for (at, draw) in self.plus.iter().enumerate() {
            sum = if at == 0 && self.terms.is_empty() { draw.evaluate() } else { sum + draw.evaluate() };
        }
        sum
    }

    /// The same in double precision.
    pub fn evaluate_f64(&self, before: &[f64]) -> f64 {
        let old: f64 = self.terms.iter().map(|&(row, by)| before[row as usize] * f64::from(by)).sum();
        old + self.plus.iter().map(|draw| f64::from(draw.evaluate())).sum::<f64>()
    }

    pub(crate) fn scale(&mut self, by: f32) {
        for term in &mut self.terms {
            term.1 *= by;
        }
        for draw in &mut self.plus {
            *draw = draw.scaled(by);
        }
    }
}

/// A neuron's own parameters after a commit.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ParamExpr {
    /// The neuron row before the commit whose bias, decay and gain are taken; `None`: those of the
    /// specification.
    pub of: Option<u32>,
    /// Added to the bias.
    pub plus: f32,
    /// Weights before the commit, each times a factor, added to the bias.
    pub folds: Vec<(u32, f32)>,
    /// The factor for inherited first moments, as in [`WeightExpr::moment_by`].
    pub moment_by: f32,
}

impl ParamExpr {
    /// What is added to the bias, over the weights before the commit.
    pub fn bias_change(&self, weights_before: &[f32]) -> f32 {
        self.folds.iter().fold(self.plus, |sum, &(row, by)| sum + weights_before[row as usize] * by)
    }

    /// The same in double precision.
    pub fn bias_change_f64(&self, weights_before: &[f64]) -> f64 {
        self.folds
            .iter()
            .fold(f64::from(self.plus), |sum, &(row, by)| sum + weights_before[row as usize] * f64::from(by))
    }
}

/// What the moments of a newborn connection or neuron start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inherit {
    /// From zero, whatever its origin.
    Nothing,
    /// From its origin where it has one: a daughter continues her mother's share.
    #[default]
    FromOrigin,
}

/// How much a commit did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Neurons born (renewals not counted).
    pub born: u32,
    /// Of those, by division.
    pub divided: u32,
    /// Neurons gone (renewals not counted).
    pub died: u32,
    /// Neurons renewed in place.
    pub renewed: u32,
    /// Connections that came.
    pub connected: u32,
    /// Connections that went.
    pub disconnected: u32,
}

/// What one commit did.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The epoch before.
    pub before: Epoch,
    /// The epoch after: another one if rows moved.
    pub after: Epoch,
    /// The step that it was dated with.
    pub step: u64,
    /// Where neuron rows came from.
    pub neurons: Moves,
    /// Where connection rows came from.
    pub synapses: Moves,
    /// Newborn neurons: row after, origin, and for daughters the mother's row before.
    pub newborns: Vec<Newborn>,
    /// The touched and newborn weights, by row after, ascending.
    pub weights: Vec<(u32, WeightExpr)>,
    /// The touched and newborn neurons' parameters, by row after, ascending.
    pub params: Vec<(u32, ParamExpr)>,
    /// Rows after of connections whose marks changed, ascending. Newborn ones are not listed.
    pub marked: Vec<u32>,
    /// Rows after of neurons whose specification or frozen mark changed, ascending. Newborn ones are
    /// listed only if their predecessor in the place was different.
    pub retuned: Vec<u32>,
    /// Neurons that died or were renewed.
    pub gone: Vec<NeuronId>,
    /// The counts.
    pub census: Census,
    /// The moves, for journal and events.
    pub proposals: Vec<Proposal>,
}

impl Commit {
    pub(crate) fn at(epoch: Epoch, step: u64) -> Self {
        Self {
            before: epoch,
            after: epoch,
            step,
            neurons: Moves::none(),
            synapses: Moves::none(),
            newborns: Vec::new(),
            weights: Vec::new(),
            params: Vec::new(),
            marked: Vec::new(),
            retuned: Vec::new(),
            gone: Vec::new(),
            census: Census::default(),
            proposals: Vec::new(),
        }
    }

    /// Takes host weights from before the commit to after it: touched values over the old ones,
    /// then every value to its row.
    pub fn carry_weights(&self, weights: &mut Vec<f32>) {
        let touched: Vec<f32> = self.weights.iter().map(|(_, expr)| expr.evaluate(weights)).collect();
        self.synapses.carry(weights, 0.0);
        for ((row, _), value) in self.weights.iter().zip(touched) {
            weights[*row as usize] = value;
        }
    }

    /// Takes a moment of the weights along: an inherited one is `moment_by` to the `power` times
    /// its origin's; with [`Inherit::Nothing`] every newborn starts at `newborn`.
    pub fn carry_moments<T: Copy>(
        &self,
        moments: &mut Vec<T>,
        newborn: T,
        inherit: Inherit,
        scale: impl Fn(T, f32) -> T,
    ) {
        let mut touched = Vec::with_capacity(self.weights.len());
        for (row, expr) in &self.weights {
            let value = match expr.terms.first() {
                Some(&(old, _)) if inherit == Inherit::FromOrigin || self.synapses.continues(*row) => {
                    scale(moments[old as usize], expr.moment_by)
                }
                _ => newborn,
            };
            touched.push(value);
        }
        self.synapses.carry(moments, newborn);
        for ((row, _), value) in self.weights.iter().zip(touched) {
            moments[*row as usize] = value;
        }
    }

    /// Whether rows moved, so that plans must be made anew.
    pub fn is_structural(&self) -> bool {
        self.before != self.after
    }
}

/// A neuron that a commit brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Newborn {
    /// Its row after.
    pub row: u32,
    /// Its name.
    pub id: NeuronId,
    /// Where it comes from.
    pub origin: Origin,
    /// The row before the commit whose state (past outputs) it takes over, for a daughter.
    pub state_of: Option<u32>,
}
