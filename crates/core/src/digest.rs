//! Digests: one number for a structure, whatever the order of its rows.

use crate::{FireGroup, Network, NeuronId, NeuronSpec, Neurons, Row};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// A SHA-256 digest, shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest with these bytes, for readers of files.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of this one followed by more: a link of a chain.
    #[must_use]
    pub fn then(&self, bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(bytes).finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, expected a digest: 64 hexadecimal digits")]
pub struct NotADigest {
    found: String,
}

impl FromStr for Digest {
    type Err = NotADigest;
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let digit = |at: usize| text.as_bytes().get(at).and_then(|&byte| char::from(byte).to_digit(16));
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            match (digit(2 * at), digit(2 * at + 1)) {
                (Some(high), Some(low)) if text.len() == 64 => *byte = (high * 16 + low) as u8,
                _ => return Err(NotADigest { found: text.to_owned() }),
            }
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        } else {
            <[u8; 32]>::deserialize(deserializer).map(Self)
        }
    }
}

/// Canonical bytes on their way into the hash.
struct Canonical {
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Canonical {
    fn put(&mut self, value: &impl Serialize) {
        let buffer = std::mem::take(&mut self.buffer);
        self.buffer = postcard::to_extend(value, buffer).expect("plain data in memory always serialises");
        if self.buffer.len() > 1 << 16 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.hash.update(&self.buffer);
        self.buffer.clear();
    }
}

fn set<T: Ord + Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list.dedup();
    list
}

impl Network {
    /// The digest of the structure: schedule, groups, neurons with origin and date of birth,
    /// connections with delay and marks. It goes by name, so networks that differ in the order of
    /// their rows alone have the same; weights, epoch, revision and register of births are left out.
    pub fn digest(&self) -> Digest {
        let mut bytes = Canonical { hash: Sha256::new(), buffer: Vec::with_capacity(1 << 17) };
        bytes.put(&("livenet structure 1", self.schedule, self.groups.len() as u64));
        for group in &self.groups {
            let mut group: FireGroup = group.clone();
            group.reach.groups = set(&group.reach.groups);
            bytes.put(&group);
        }
        let mut by_name: Vec<Row<Neurons>> = self.neuron_rows().collect();
        by_name.sort_unstable_by_key(|&row| self.id(row));
        bytes.put(&(self.neuron_count() as u64));
        for &row in &by_name {
            let spec = self.spec(row);
            let listens_to = spec.listens_to.as_ref().map(|list| set(list).into());
            let spec = NeuronSpec { listens_to, ..spec.clone() };
            bytes.put(&(self.id(row), spec, self.origin(row), self.born(row), self.is_frozen(row)));
        }
        let mut heard: Vec<(NeuronId, usize)> = Vec::new();
        for &post in &by_name {
            heard.clear();
            heard.extend(self.incoming(post).map(|row| (self.id(Row::new(self.pre[row])), row)));
            heard.sort_unstable();
            bytes.put(&(heard.len() as u64));
            for &(pre, row) in &heard {
                bytes.put(&(pre, self.delay[row], self.marks[row]));
            }
        }
        bytes.flush();
        Digest(bytes.hash.finalize().into())
    }
}
