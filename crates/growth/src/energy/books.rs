//! What came in and what went out.

use serde::{Deserialize, Serialize};

/// Sums over all accounts since the books were last taken. Unit: the cost of a reference neuron per step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Steps that they cover.
    pub steps: u64,
    /// Handed out of the supply.
    pub income: f64,
    /// Spent on upkeep and on divisions.
    pub cost: f64,
    /// The part of `cost` that divisions took.
    pub divisions: f64,
    /// Handed out above what a full store holds.
    pub spilled: f64,
    /// Spent below what an empty store holds.
    pub forgiven: f64,
    /// What newborns that are no daughters were given.
    pub endowed: f64,
    /// What the dead left.
    pub lost: f64,
}

impl Books {
    /// The change of the sum of all stores that these books account for.
    pub fn balance(&self) -> f64 {
        self.income - self.cost - self.spilled + self.forgiven + self.endowed - self.lost
    }
}
