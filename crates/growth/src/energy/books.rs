//! What came in and what went out.

use serde::{Deserialize, Serialize};

/// Sums over all accounts since the books were last taken. Unit: the cost of a reference neuron per step.
///
/// Income − cost − spilled + forgiven is the change of the sum of all stores, after every settlement and after every
/// commit: whatever fills or empties a store is in one of the four. The other sums are parts of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Steps that they cover.
    pub steps: u64,
    /// What came in: handed out of the supply, and what newborns were given.
    pub income: f64,
    /// Spent on upkeep and on divisions.
    pub cost: f64,
    /// The part of `cost` that divisions took.
    pub divisions: f64,
    /// What came in and nobody could keep: above what a full store holds, and what the dead left.
    pub spilled: f64,
    /// Spent below what an empty store holds.
    pub forgiven: f64,
    /// The part of `income` that newborns who are no daughters were given, those of the start included.
    pub endowed: f64,
    /// The part of `spilled` that the dead left. Nobody spent it, so it is no cost.
    pub lost: f64,
}

impl Books {
    /// The change of the sum of all stores that these books account for.
    pub fn balance(&self) -> f64 {
        self.income - self.cost - self.spilled + self.forgiven
    }

    /// A newborn is given this much.
    pub(super) fn endow(&mut self, store: f64) {
        self.income += store;
        self.endowed += store;
    }

    /// The dead leave this much.
    pub(super) fn lose(&mut self, store: f64) {
        self.spilled += store;
        self.lost += store;
    }

    /// A division is paid.
    pub(super) fn divide(&mut self, price: f64) {
        self.cost += price;
        self.divisions += price;
    }
}
