//! The account of one neuron.

use super::Books;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) store: f64,
    /// Cost per step, as last settled.
    pub(super) cost: f64,
    /// Income per step, as last settled.
    pub(super) income: f64,
    /// Steps since birth or division.
    pub(super) age: u64,
    /// Steps with an empty store, up to now.
    pub(super) empty: u64,
}

/// An account as others see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccountView {
    /// What it has saved.
    pub store: f64,
    /// Cost per step, as last settled; a newborn is taken to cost what her mother does, or the mean.
    pub cost: f64,
    /// Settled steps since birth or division.
    pub age: u64,
    /// Income per step, as last settled; 0 for newborns that are no daughters.
    pub income: f64,
}

impl Account {
    /// Brings the store to this, within what a store holds; what that cuts off goes into the books.
    pub(super) fn settle(&mut self, store: f64, capacity: f64, books: &mut Books) {
        self.store = store.clamp(0.0, capacity);
        books.spilled += (store - capacity).max(0.0);
        books.forgiven += (-store).max(0.0);
    }

    pub(super) fn view(&self) -> AccountView {
        let Self { store, cost, age, income, .. } = *self;
        AccountView { store, cost, age, income }
    }
}
