//! Records: how entries, keyframes and seals lie in the bytes.

use super::codec::{Bad, Take, put_number};
use crate::{Digest, EditError};

/// What every journal begins with; the number of the version and a line feed come next.
const NAME: &[u8] = b"livenet journal ";
/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The first line of a journal.
pub(super) fn magic() -> Vec<u8> {
    [NAME, VERSION.to_string().as_bytes(), b"\n"].concat()
}

/// Why a journal cannot be read or replayed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JournalError {
    /// The bytes are something else.
    #[error("this is no journal: it begins with {found:?}, expected \"livenet journal {VERSION}\\n\"")]
    NotAJournal {
        /// The first bytes, as text.
        found: String,
    },
    /// Another version of livenet wrote it.
    #[error("this is a journal of version {found}, and this livenet reads version {read}; use the one that wrote it")]
    OtherVersion {
        /// Its version.
        found: u64,
        /// The version that is read here.
        read: u64,
    },
    /// The last record is incomplete: its writing was interrupted. Everything before `offset` is
    /// whole.
    #[error(
        "entry {entry}, at byte {offset}, is incomplete ({found} of {expected} bytes): its writing was interrupted; cut the journal off there"
    )]
    Torn {
        /// The number of the entry, or of the next one if it is a keyframe or seal.
        entry: usize,
        /// Where it begins.
        offset: usize,
        /// How many bytes of it are there.
        found: usize,
        /// How many there should be, as far as can be told.
        expected: usize,
    },
    /// Bytes were changed.
    #[error("entry {entry}, at byte {offset}, is corrupt: {what}; restore the file from a copy")]
    Corrupt {
        /// The number of the entry, or of the next one if it is a keyframe or seal.
        entry: usize,
        /// Where the fault was noticed.
        offset: usize,
        /// What is wrong there.
        what: String,
    },
    /// The bytes are whole, but the moves do not fit the network that they are said to belong to.
    #[error("entry {entry}, at byte {offset}, cannot be repeated: {why}")]
    Refused {
        /// The number of the entry.
        entry: usize,
        /// Where it begins.
        offset: usize,
        /// Why a move is refused.
        why: EditError,
    },
    /// Replay leads elsewhere than the run did.
    #[error("before entry {entry}, at byte {offset}, the rebuilt structure has digest {found}, expected {expected}")]
    Structure {
        /// The number of entries replayed.
        entry: usize,
        /// Where the keyframe or seal is.
        offset: usize,
        /// The digest of the rebuilt structure.
        found: Digest,
        /// The digest that was written.
        expected: Digest,
    },
    /// There are not as many entries.
    #[error("entry {asked} was asked for; the journal has {entries}")]
    NoSuchEntry {
        /// How many entries were to be replayed.
        asked: usize,
        /// How many there are.
        entries: usize,
    },
}

/// What a record of a journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The moves of a commit.
    Entry,
    /// The whole structure.
    Keyframe,
    /// The digest of the structure.
    Seal,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Entry, Self::Keyframe, Self::Seal];

    /// How many bytes of the chain stand behind the record. Four find any accident in an entry; they
    /// are many, and the next keyframe or seal vouches for them in full.
    const fn tag(self) -> usize {
        if matches!(self, Self::Entry) { 4 } else { 32 }
    }
}

/// One record as it lies in the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub kind: Kind,
    pub offset: usize,
    /// Where the payload begins and ends.
    pub payload: (usize, usize),
    pub end: usize,
}

/// A byte that notices most changes of a head.
fn check_byte(head: &[u8]) -> u8 {
    head.iter().fold(0x5a, |sum: u8, &byte| (sum ^ byte).wrapping_mul(0x9d).rotate_left(3))
}

/// Appends a record and returns the chain after it.
pub(super) fn put_record(bytes: &mut Vec<u8>, chain: Digest, kind: Kind, payload: &[u8]) -> Digest {
    let from = bytes.len();
    put_number(bytes, ((payload.len() as u64) << 2) | kind as u64);
    bytes.push(check_byte(&bytes[from..]));
    bytes.extend_from_slice(payload);
    let chain = chain.then(&bytes[from..]);
    bytes.extend_from_slice(&chain.as_bytes()[..kind.tag()]);
    chain
}

/// The header: how often keyframes come, and where the records begin.
pub(super) fn take_header(bytes: &[u8]) -> Result<(u64, usize), JournalError> {
    let magic = magic();
    if !bytes.starts_with(&magic) {
        let line = bytes.strip_prefix(NAME).and_then(|rest| rest.split(|&byte| byte == b'\n').next());
        let version = line.and_then(|line| str::from_utf8(line).ok()).and_then(|line| line.parse().ok());
        let found = String::from_utf8_lossy(&bytes[..bytes.len().min(magic.len())]).into_owned();
        return Err(match version {
            Some(found) if found != VERSION => JournalError::OtherVersion { found, read: VERSION },
            _ => JournalError::NotAJournal { found },
        });
    }
    let mut take = Take::new(bytes, magic.len());
    match take.number() {
        Ok(every) => Ok((every, take.at())),
        Err(_) => Err(JournalError::Torn { entry: 0, offset: 0, found: bytes.len(), expected: magic.len() + 1 }),
    }
}

/// The record at `offset`, framed but not yet compared with the chain.
pub(super) fn take_record(bytes: &[u8], offset: usize, entry: usize) -> Result<Record, JournalError> {
    let corrupt = |bad: Bad| JournalError::Corrupt { entry, offset: bad.at, what: bad.what };
    let torn = |expected| JournalError::Torn { entry, offset, found: bytes.len() - offset, expected };
    // A head is at most ten bytes and its check; too few to tell is torn as well.
    let mut take = Take::new(bytes, offset);
    let head = match take.number() {
        Ok(head) => head,
        Err(_) if bytes.len() - offset < 10 => return Err(torn(bytes.len() - offset + 1)),
        Err(bad) => return Err(corrupt(bad)),
    };
    let body = take.at() + 1;
    let Ok(check) = take.byte() else { return Err(torn(body - offset)) };
    let kind = Kind::ALL.get((head & 3) as usize).copied();
    let (Some(kind), true) = (kind, check == check_byte(&bytes[offset..body - 1])) else {
        let what = format!("its length ({}) does not fit its check byte", head >> 2);
        return Err(JournalError::Corrupt { entry, offset, what });
    };
    let length = usize::try_from(head >> 2).unwrap_or(usize::MAX);
    let end = body.saturating_add(length).saturating_add(kind.tag());
    if end > bytes.len() {
        return Err(torn(end - offset));
    }
    Ok(Record { kind, offset, payload: (body, body + length), end })
}

/// The chain after a record, if its tag agrees.
pub(super) fn follow_chain(bytes: &[u8], chain: Digest, record: &Record, entry: usize) -> Result<Digest, JournalError> {
    let next = chain.then(&bytes[record.offset..record.payload.1]);
    let (found, expected) = (&bytes[record.payload.1..record.end], &next.as_bytes()[..record.kind.tag()]);
    if found == expected {
        return Ok(next);
    }
    let what = "its bytes do not give the digest that stands behind them, or bytes before it are missing".to_owned();
    Err(JournalError::Corrupt { entry, offset: record.offset, what })
}
