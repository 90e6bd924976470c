//! Names: what a neuron and a connection are called for ever.
//!
//! A [`NeuronId`] is a birth number, handed out by [`Births`] and never used twice; a connection is
//! named by its two ends, a [`Synapse`]. Names outlive every commit; where a name *is* at the moment
//! is a [`Row`](crate::Row), found through the [`Network`](crate::Network).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The birth number of a neuron. Unique within everything that shares one [`Births`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NeuronId(u64);

impl NeuronId {
    /// The name with this birth number. For readers of files and notations; new neurons get theirs
    /// from [`Births::next`].
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The birth number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for NeuronId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

impl fmt::Debug for NeuronId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hashes birth numbers for look-up tables, which nothing ever iterates. The standard hasher defends
/// against chosen keys at four times the cost (a rewiring of 1 % of 10^6 connections spent a quarter
/// of its draft there); these keys are handed out by a counter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NumberHasher(u64);

impl std::hash::Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }
    fn write_u64(&mut self, number: u64) {
        // Fibonacci hashing: both ends of the product are well mixed, which is what the table looks at.
        let product = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A table that finds things by name.
pub(crate) type ByName<T> = std::collections::HashMap<NeuronId, T, std::hash::BuildHasherDefault<NumberHasher>>;

/// The register of births: hands out each number once.
///
/// Networks of one population may share a register by passing it along, so that equal numbers mean
/// common descent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Births {
    next: u64,
}

impl Births {
    /// A register whose first birth is number `next`.
    pub const fn starting_at(next: u64) -> Self {
        Self { next }
    }

    /// Hands out the next birth number. At its end it is 2^64 - 1 again and again, and whoever is to be born under it is
    /// refused.
    #[expect(clippy::should_implement_trait, reason = "a register is no iterator: it never ends")]
    pub fn next(&mut self) -> NeuronId {
        let id = NeuronId(self.next);
        self.next = self.next.saturating_add(1);
        id
    }

    /// The number that the next birth will get.
    pub const fn peek(&self) -> u64 {
        self.next
    }

    /// Records that `id` is taken, so that it is never handed out again.
    pub(crate) fn reserve(&mut self, id: NeuronId) {
        self.next = self.next.max(id.0.saturating_add(1));
    }
}

/// The name of a connection: its two ends. There is at most one per pair.
///
/// Ordered by listener first, which is the order of rows in the network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Synapse {
    /// The neuron that listens.
    pub post: NeuronId,
    /// The neuron that is heard.
    pub pre: NeuronId,
}

impl Synapse {
    /// The connection through which `post` listens to `pre`.
    pub const fn new(post: NeuronId, pre: NeuronId) -> Self {
        Self { post, pre }
    }
}

impl fmt::Display for Synapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}>{}", self.pre, self.post)
    }
}

impl fmt::Debug for Synapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
