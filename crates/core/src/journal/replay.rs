//! Reading a journal back, and rebuilding the structure of any moment.

use super::{
    Journal, JournalError, Keyframe,
    codec::Take,
    entry::Memory,
    record::{Kind, Record, follow_chain, take_header, take_record},
};
use crate::{BrokenInvariant, Commit, Digest, Draft, Network, Snapshot};
use std::ops::ControlFlow;

/// What is told of each repeated commit: its number, the commit, the network after it.
pub(super) type Visit<'v> = &'v mut dyn FnMut(usize, &Commit, &Network) -> ControlFlow<()>;

/// How far to replay.
#[derive(Clone, Copy)]
struct Until {
    entries: usize,
    step: u64,
}

impl Journal {
    /// Reads a journal: every record's frame and the whole chain are checked, and what comes after
    /// the last keyframe is replayed, so that appending goes on as if it had never stopped.
    ///
    /// # Errors
    /// [`JournalError::Torn`] when the last record is incomplete: cut the bytes off at its offset and
    /// read again (or use [`Journal::read_whole`]). The others mean that the bytes were changed.
    pub fn read(bytes: Vec<u8>) -> Result<Self, JournalError> {
        let (every, start) = take_header(&bytes)?;
        let mut journal = Self {
            every,
            entries: 0,
            keyframes: Vec::new(),
            chain: Digest::of(&bytes[..start]),
            memory: Memory::default(),
            bytes,
        };
        let mut at = start;
        while at < journal.bytes.len() || journal.keyframes.is_empty() {
            let record = take_record(&journal.bytes, at, journal.entries)?;
            journal.chain = follow_chain(&journal.bytes, journal.chain, &record, journal.entries)?;
            match record.kind {
                Kind::Entry if journal.keyframes.is_empty() => {
                    let what = "the first record must be a keyframe".to_owned();
                    return Err(JournalError::Corrupt { entry: 0, offset: at, what });
                }
                Kind::Entry => journal.entries += 1,
                Kind::Keyframe => journal.keyframes.push(Keyframe { offset: at, entries: journal.entries }),
                Kind::Seal => {}
            }
            at = record.end;
        }
        let last = journal.keyframes.len() - 1;
        let all = Until { entries: usize::MAX, step: u64::MAX };
        journal.memory = journal.run(last, all, &mut |_, _, _| ControlFlow::Continue(()))?.1;
        Ok(journal)
    }

    /// As [`Journal::read`], leaving out a last record whose writing was interrupted. Returns the
    /// journal with the number of bytes that were left out.
    ///
    /// # Errors
    /// As for [`Journal::read`], save [`JournalError::Torn`] behind the first keyframe.
    pub fn read_whole(mut bytes: Vec<u8>) -> Result<(Self, usize), JournalError> {
        let length = bytes.len();
        let (_, mut at) = take_header(&bytes)?;
        let first = at;
        while at < length {
            // The number of the entry plays no part here; `read` below finds it.
            match take_record(&bytes, at, 0) {
                Ok(record) => at = record.end,
                Err(JournalError::Torn { offset, .. }) if offset > first => {
                    bytes.truncate(offset);
                    break;
                }
                Err(_) => break,
            }
        }
        let left_out = length - bytes.len();
        Self::read(bytes).map(|journal| (journal, left_out))
    }

    /// The network after the first `upto` entries, rows and all, from the nearest keyframe.
    ///
    /// # Errors
    /// [`JournalError`]: there are fewer entries, or they cannot be repeated.
    pub fn replay(&self, upto: usize) -> Result<Network, JournalError> {
        if upto > self.entries {
            return Err(JournalError::NoSuchEntry { asked: upto, entries: self.entries });
        }
        let from = self.keyframes.partition_point(|keyframe| keyframe.entries <= upto) - 1;
        let until = Until { entries: upto, step: u64::MAX };
        Ok(self.run(from, until, &mut |_, _, _| ControlFlow::Continue(()))?.0)
    }

    /// The network after every entry dated with `step` or earlier.
    ///
    /// # Errors
    /// [`JournalError`]: the entries cannot be repeated.
    pub fn replay_to_step(&self, step: u64) -> Result<Network, JournalError> {
        let until = Until { entries: usize::MAX, step };
        Ok(self.run(0, until, &mut |_, _, _| ControlFlow::Continue(()))?.0)
    }

    /// Repeats every commit from the first on, telling each: the number of the entry, what the commit
    /// did, the network after it. Returns the last network. Every keyframe and seal on the way is
    /// compared.
    ///
    /// # Errors
    /// [`JournalError`]: the entries cannot be repeated, or lead elsewhere than they did.
    pub fn walk(
        &self,
        visit: &mut dyn FnMut(usize, &Commit, &Network) -> ControlFlow<()>,
    ) -> Result<Network, JournalError> {
        Ok(self.run(0, Until { entries: usize::MAX, step: u64::MAX }, visit)?.0)
    }

    /// Repeats everything and compares every keyframe and seal. Returns the last network.
    ///
    /// # Errors
    /// As for [`Journal::walk`].
    pub fn verify(&self) -> Result<Network, JournalError> {
        self.walk(&mut |_, _, _| ControlFlow::Continue(()))
    }

    fn run(&self, from: usize, until: Until, visit: Visit<'_>) -> Result<(Network, Memory), JournalError> {
        let Keyframe { offset, mut entries } = self.keyframes[from];
        let first = take_record(&self.bytes, offset, entries)?;
        let snapshot = self.snapshot(&first, entries)?;
        let broken =
            |entry, offset, error: BrokenInvariant| JournalError::Corrupt { entry, offset, what: error.to_string() };
        let mut network = snapshot.restore().map_err(|error| broken(entries, offset, error))?;
        let (mut memory, mut at) = (Memory::default(), first.end);
        while at < self.bytes.len() {
            let record = take_record(&self.bytes, at, entries)?;
            match record.kind {
                Kind::Entry if entries >= until.entries => break,
                Kind::Entry => {
                    let Some(commit) = self.repeat(&mut network, &mut memory, &record, entries, until.step)? else {
                        break;
                    };
                    let told = visit(entries, &commit, &network);
                    entries += 1;
                    if told.is_break() {
                        break;
                    }
                }
                Kind::Keyframe => {
                    let written = self.snapshot(&record, entries)?;
                    if written != Snapshot::of(&network) {
                        let expected = written.restore().map_err(|error| broken(entries, at, error))?.digest();
                        return Err(JournalError::Structure {
                            entry: entries,
                            offset: at,
                            found: network.digest(),
                            expected,
                        });
                    }
                    memory = Memory::default();
                }
                Kind::Seal => {
                    let payload = &self.bytes[record.payload.0..record.payload.1];
                    let Ok(written) = <[u8; 32]>::try_from(payload) else {
                        let what = format!("a seal of {} bytes, expected 32", payload.len());
                        return Err(JournalError::Corrupt { entry: entries, offset: at, what });
                    };
                    let (found, expected) = (network.digest(), Digest::from_bytes(written));
                    if found != expected {
                        return Err(JournalError::Structure { entry: entries, offset: at, found, expected });
                    }
                }
            }
            at = record.end;
        }
        Ok((network, memory))
    }

    fn take(&self, record: &Record) -> Take<'_> {
        Take::new(&self.bytes[..record.payload.1], record.payload.0)
    }

    fn snapshot(&self, record: &Record, entry: usize) -> Result<Snapshot, JournalError> {
        self.take(record).value().map_err(|bad| JournalError::Corrupt { entry, offset: bad.at, what: bad.what })
    }

    /// Repeats one commit; `None` if it is dated later than `step`.
    fn repeat(
        &self,
        network: &mut Network,
        memory: &mut Memory,
        record: &Record,
        entry: usize,
        step: u64,
    ) -> Result<Option<Commit>, JournalError> {
        let refused = |why| JournalError::Refused { entry, offset: record.offset, why };
        let decoded = memory.decode(network, &mut self.take(record)).map_err(|bad| JournalError::Corrupt {
            entry,
            offset: bad.at,
            what: bad.what,
        })?;
        if decoded.step > step {
            return Ok(None);
        }
        let mut draft = Draft::new(network, decoded.step);
        for what in decoded.moves {
            draft.propose(what).map_err(refused)?;
        }
        let finished = draft.finish_with_births(decoded.births);
        network.commit(finished).map(Some).map_err(refused)
    }
}
