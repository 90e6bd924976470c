//! Journals of any content: for those who try what a reader does with payloads that mean nothing.
//!
//! Random bytes never get past the digests. Here they get frames and a chain that fit.

pub use super::record::Kind as RecordKind;

use super::{
    JournalError, codec,
    record::{magic, put_record, take_header, take_record},
};
use crate::Digest;

/// A journal of these records, whatever their payloads hold.
pub fn frame<'a>(records: impl IntoIterator<Item = (RecordKind, &'a [u8])>) -> Vec<u8> {
    let mut bytes = magic();
    codec::put_number(&mut bytes, 0);
    let mut chain = Digest::of(&bytes);
    for (kind, payload) in records {
        chain = put_record(&mut bytes, chain, kind, payload);
    }
    bytes
}

/// The records of a journal, from which [`frame`] makes one again.
///
/// # Errors
/// [`JournalError`] when the records are not whole; the chain is not looked at.
pub fn unframe(bytes: &[u8]) -> Result<Vec<(RecordKind, &[u8])>, JournalError> {
    let (_, mut at) = take_header(bytes)?;
    let mut records = Vec::new();
    while at < bytes.len() {
        let record = take_record(bytes, at, records.len())?;
        records.push((record.kind, &bytes[record.payload.0..record.payload.1]));
        at = record.end;
    }
    Ok(records)
}
