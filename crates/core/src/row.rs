//! Rows: where a name is between two structural commits.
//!
//! Kernels see dense `u32` rows. Neurons are ordered by fire group, then by place; connections by
//! (listener's row, heard row), which is CSR. A row means something for one [`Epoch`] only.

use serde::{Deserialize, Serialize};
use std::{fmt, marker::PhantomData};

/// The space of neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neurons {}

/// The space of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synapses {}

/// A space that rows number: [`Neurons`] or [`Synapses`].
pub trait Space: Copy + fmt::Debug + Send + Sync + 'static {
    /// What a commit did to the rows of this space.
    fn moves(commit: &crate::Commit) -> &crate::Moves;
    /// The number of rows of this space in `network`.
    fn len(network: &crate::Network) -> usize;
}

impl Space for Neurons {
    fn moves(commit: &crate::Commit) -> &crate::Moves {
        &commit.neurons
    }
    fn len(network: &crate::Network) -> usize {
        network.neuron_count()
    }
}

impl Space for Synapses {
    fn moves(commit: &crate::Commit) -> &crate::Moves {
        &commit.synapses
    }
    fn len(network: &crate::Network) -> usize {
        network.synapse_count()
    }
}

/// A position in a space, valid for one [`Epoch`].
pub struct Row<S>(u32, PhantomData<S>);

impl<S> Row<S> {
    /// The row at `index`.
    pub const fn new(index: u32) -> Self {
        Self(index, PhantomData)
    }

    /// As an index into a slice with a value per row.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The bare number, for kernels.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<S> Clone for Row<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Row<S> {}
impl<S> PartialEq for Row<S> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<S> Eq for Row<S> {}
impl<S> PartialOrd for Row<S> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<S> Ord for Row<S> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<S> fmt::Debug for Row<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.0)
    }
}

/// The time between two structural commits; rows do not move within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(u64);

impl Epoch {
    /// The number of structural commits so far.
    pub const fn number(self) -> u64 {
        self.0
    }

    pub(crate) const fn after(self) -> Self {
        Self(self.0 + 1)
    }

    /// The epoch with this number, for readers of files.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}
