//! Every change that a run makes on disk, so that a test can let any of them fail.
//!
//! Each is what `std::fs` does, no more; `faults` says when it does not.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests let anything fail"))]
pub(super) enum Fault {
    /// Nothing is done.
    Refused,
    /// Half of the bytes are written.
    Short,
}

#[cfg(test)]
use super::faults::next as fault;

/// Whether the operation that comes next is to fail: never, outside of tests.
#[cfg(not(test))]
fn fault() -> Option<Fault> {
    None
}

fn unless_fault<T>(operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    if fault().is_some() { Err(io::ErrorKind::StorageFull.into()) } else { operation() }
}

/// Makes a folder and those above it.
pub(super) fn make_folders(path: &Path) -> io::Result<()> {
    unless_fault(|| fs::create_dir_all(path))
}

/// A new, empty file, in the place of one that is there.
pub(super) fn create(path: &Path) -> io::Result<File> {
    unless_fault(|| File::create(path))
}

/// Writes all of it.
pub(super) fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    match fault() {
        None => file.write_all(bytes),
        Some(Fault::Refused) => Err(io::ErrorKind::StorageFull.into()),
        Some(Fault::Short) => {
            file.write_all(&bytes[..bytes.len() / 2])?;
            Err(io::ErrorKind::StorageFull.into())
        }
    }
}

/// Waits until what was written, and the length of the file, would survive the machine's end.
pub(super) fn sync(file: &File) -> io::Result<()> {
    unless_fault(|| file.sync_data())
}

/// A file with these bytes, which would survive the machine's end.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    write(&mut file, bytes)?;
    sync(&file)
}

/// Makes a file shorter.
pub(super) fn cut(file: &File, length: u64) -> io::Result<()> {
    unless_fault(|| file.set_len(length))
}

/// Gives a file or folder its name, and sees to it that the name survives as well.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    unless_fault(|| fs::rename(from, to))?;
    // Not every system lets a folder be opened or synchronised; the name is right in any case.
    let _unsure = to.parent().map(|folder| File::open(folder).and_then(|folder| folder.sync_all()));
    Ok(())
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    unless_fault(|| fs::remove_file(path))
}

/// Removes a folder with everything in it.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    unless_fault(|| fs::remove_dir_all(path))
}
