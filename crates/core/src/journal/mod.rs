//! The journal: every committed move, from which the structure of any moment can be rebuilt.
//!
//! Bytes without IO: [`Journal::append`] says which bytes are new, and a caller streams them to where
//! they last. Moves are kept, not what they were lowered to; weights and reasons are not part of it.
//!
//! ```text
//! file      magic with version, number of entries from keyframe to keyframe, records
//! record    varint (length * 4 + kind), check byte, payload, tag
//! keyframe  payload: Snapshot                       tag: 32 bytes of the chain
//! entry     payload: step, births, moves (`entry`)  tag: 4 bytes of the chain
//! seal      payload: Digest of the structure        tag: 32 bytes of the chain
//! ```
//!
//! The chain is SHA-256 over the chain so far and the record. The check byte guards the length, so
//! that a record that ends early (a torn write, to be cut off) is told from one that was changed.

mod codec;
mod entry;
pub(crate) mod frame;
mod record;
mod replay;

pub use record::JournalError;

use crate::{Digest, Finished, Network, Snapshot};
use entry::Memory;
use record::{Kind, magic, put_record};
use std::ops::Range;

/// Every committed move of one network, as bytes. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    bytes: Vec<u8>,
    every: u64,
    entries: usize,
    keyframes: Vec<Keyframe>,
    chain: Digest,
    memory: Memory,
}

/// Where a replay can begin.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Keyframe {
    offset: usize,
    /// How many entries come before it.
    entries: usize,
}

impl Journal {
    /// The journal of a network from now on, with a keyframe after every so many entries; after 0,
    /// only this first one.
    pub fn new(network: &Network, keyframe_every: u32) -> Self {
        let mut bytes = magic();
        codec::put_number(&mut bytes, u64::from(keyframe_every));
        let chain = Digest::of(&bytes);
        let mut journal = Self {
            bytes,
            every: u64::from(keyframe_every),
            entries: 0,
            keyframes: Vec::new(),
            chain,
            memory: Memory::default(),
        };
        journal.keyframe(network);
        journal
    }

    /// An empty journal of a network from now on, with as many keyframes as this one.
    #[must_use]
    pub fn anew(&self, network: &Network) -> Self {
        Self::new(network, self.every as u32)
    }

    /// Writes the moves of a draft that is about to be committed to `before`, and returns which of
    /// [`Journal::bytes`] are new. A draft that the network would not accept is not written: nothing
    /// is new then, and the commit says why.
    pub fn append(&mut self, before: &Network, finished: &Finished) -> Range<usize> {
        if before.accepts(finished).is_err() {
            return self.bytes.len()..self.bytes.len();
        }
        let payload = self.memory.encode(before, finished);
        self.entries += 1;
        self.put(Kind::Entry, &payload)
    }

    /// After the commit of what was appended: writes a keyframe if one is due, and returns which
    /// bytes are new.
    pub fn committed(&mut self, after: &Network) -> Range<usize> {
        let since = self.keyframes.last().map_or(0, |keyframe| self.entries - keyframe.entries) as u64;
        if self.every > 0 && since >= self.every { self.keyframe(after) } else { self.bytes.len()..self.bytes.len() }
    }

    /// Writes down the digest of the structure as it is now, which every later
    /// [`verify`](Journal::verify) compares, and returns which bytes are new. For the end of a run.
    pub fn seal(&mut self, network: &Network) -> Range<usize> {
        let digest = network.digest();
        self.put(Kind::Seal, digest.as_bytes())
    }

    fn keyframe(&mut self, network: &Network) -> Range<usize> {
        self.keyframes.push(Keyframe { offset: self.bytes.len(), entries: self.entries });
        self.memory = Memory::default();
        let mut payload = Vec::new();
        codec::put_value(&mut payload, &Snapshot::of(network));
        self.put(Kind::Keyframe, &payload)
    }

    fn put(&mut self, kind: Kind, payload: &[u8]) -> Range<usize> {
        let from = self.bytes.len();
        self.chain = put_record(&mut self.bytes, self.chain, kind, payload);
        from..self.bytes.len()
    }

    /// Everything written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// How many entries (commits) there are.
    pub fn len(&self) -> usize {
        self.entries
    }
    /// Whether nothing was committed yet.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }
    /// The digest of everything written so far.
    pub fn chain(&self) -> Digest {
        self.chain
    }
}
