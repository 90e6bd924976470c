//! Followers: everything kept per neuron or per connection moves with the commit.

use crate::{
    Epoch, Network, Space,
    change::{Commit, Moves},
};
use std::marker::PhantomData;

/// What follows every commit: weights, moments, traces, statistics, device buffers, pictures.
pub trait Follower {
    /// Moves what is kept to the rows of `after`. Cannot fail: the commit was validated.
    fn follow(&mut self, after: &Network, commit: &Commit);
}

/// Storage of a value per row that can follow [`Moves`]: host vectors, device buffers.
pub trait Store<T> {
    /// Moves every value to its new row; newborn rows get `newborn`.
    fn gather(&mut self, moves: &Moves, newborn: T);
}

impl<T: Copy> Store<T> for Vec<T> {
    fn gather(&mut self, moves: &Moves, newborn: T) {
        moves.carry(self, newborn);
    }
}

/// A host value per row of a space, with the epoch it is valid for.
#[derive(Clone, Debug, PartialEq)]
pub struct Column<S, T> {
    epoch: Epoch,
    values: Vec<T>,
    newborn: T,
    space: PhantomData<S>,
}

impl<S: Space, T: Copy> Column<S, T> {
    /// A column over the rows of `network`, each `newborn`, which is also what later births get.
    pub fn new(network: &Network, newborn: T) -> Self {
        Self { epoch: network.epoch(), values: vec![newborn; S::len(network)], newborn, space: PhantomData }
    }

    /// A column with these values, row by row.
    ///
    /// # Panics
    /// When there are not as many values as rows.
    #[track_caller]
    pub fn from_values(network: &Network, values: Vec<T>, newborn: T) -> Self {
        assert_eq!(values.len(), S::len(network), "one value per row");
        Self { epoch: network.epoch(), values, newborn, space: PhantomData }
    }

    /// The values by row, after a check that they belong to this network's epoch.
    #[track_caller]
    pub fn of(&self, network: &Network) -> &[T] {
        assert_eq!(self.epoch, network.epoch(), "this column did not follow every commit");
        &self.values
    }

    /// The same, to write.
    #[track_caller]
    pub fn of_mut(&mut self, network: &Network) -> &mut [T] {
        assert_eq!(self.epoch, network.epoch(), "this column did not follow every commit");
        &mut self.values
    }
}

impl<S: Space, T: Copy> Follower for Column<S, T> {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.epoch, commit.before, "this column missed a commit");
        self.values.gather(S::moves(commit), self.newborn);
        self.epoch = after.epoch();
    }
}
