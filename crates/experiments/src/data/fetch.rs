//! Downloads the files of a data set.
//!
//! Invariant: a file stands under its final name only when its size and SHA-256 are the published ones. Bytes
//! arrive in `<file>.part`, which a later call goes on with; the rename at the end is atomic. Mirrors are tried in
//! turn, and a mirror that cuts the connection is asked for the rest while it makes progress.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::Agent;
use ureq::http::Response;

use super::catalogue::{Entry, SourceFile};
use super::digest;
use super::error::DataError;

/// How often one mirror may cut the connection on one file, each time after sending something.
const CUTS: usize = 20;

/// How far a download has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The file that is being fetched.
    pub file: &'static str,
    /// Bytes of it that are here.
    pub done: u64,
    /// Bytes of the whole file.
    pub total: u64,
}

/// A file that is now in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether it had to be downloaded; `false` when it was there already.
    pub downloaded: bool,
}

/// A client that gives up on a silent server, and asks for the bytes as they are stored.
pub fn agent() -> Agent {
    configured().build().into()
}

fn configured() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    Agent::config_builder()
        .user_agent(concat!("livenet/", env!("CARGO_PKG_VERSION")))
        // The published files are gzip files; a server must not unpack or pack them on the way.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_mins(1)))
        .timeout_per_read(Some(Duration::from_mins(1)))
}

/// Fetches what is missing of a data set into `folder`, from these mirrors in turn (usually `entry.mirrors`; each
/// ends in a slash). A file that is there but not the published one is replaced, once the right one has arrived.
///
/// # Errors
/// [`DataError::Embedded`] without mirrors, [`DataError::Write`] and [`DataError::Read`] for the disk,
/// [`DataError::Busy`], and [`DataError::Fetch`] with the reason of each mirror when all have failed.
pub fn fetch(
    entry: &Entry,
    folder: &Path,
    agent: &Agent,
    mirrors: &[&str],
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Fetched>, DataError> {
    if mirrors.is_empty() {
        return Err(DataError::Embedded { name: entry.name });
    }
    fs::create_dir_all(folder).map_err(DataError::write(folder))?;
    let _lock = lock(folder)?;
    let mut all = Vec::with_capacity(entry.files.len());
    for &file in entry.files {
        let path = folder.join(file.name);
        let downloaded = !(path.is_file() && is_published(&path, &file)?);
        if downloaded {
            let part = folder.join(format!("{}.part", file.name));
            let mut download = Download { agent, file, part, progress };
            download.try_mirrors(mirrors)?;
            download.put_in_place(&path)?;
        }
        all.push(Fetched { path, downloaded });
    }
    Ok(all)
}

/// Two writers of one `.part` would spoil it. The lock ends with the process, however that ends.
fn lock(folder: &Path) -> Result<File, DataError> {
    let path = folder.join(".lock");
    let file = File::create(&path).map_err(DataError::write(&path))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DataError::Busy { folder: folder.to_owned() }),
        // Some network file systems have no locks; the hash still guards what is kept.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn is_published(path: &Path, file: &SourceFile) -> Result<bool, DataError> {
    Ok(digest::of_file(path)? == (file.bytes, file.sha256.to_owned()))
}

/// Why a mirror stopped sending.
enum Stop {
    /// The connection ended early; what came is in the part.
    Cut(String),
    /// There is no point in asking this mirror again.
    Refused(String),
}

struct Download<'a> {
    agent: &'a Agent,
    file: SourceFile,
    part: PathBuf,
    progress: &'a mut dyn FnMut(Progress),
}

impl Download<'_> {
    fn try_mirrors(&mut self, mirrors: &[&str]) -> Result<(), DataError> {
        let mut failures = Vec::new();
        for mirror in mirrors {
            let url = format!("{mirror}{}", self.file.name);
            match self.try_mirror(&url)? {
                Ok(()) => return Ok(()),
                Err(reason) => failures.push((url, reason)),
            }
        }
        let kept = match self.here() {
            0 => "nothing of it is kept".to_owned(),
            bytes => format!("its first {bytes} bytes are kept in `{}`, fetch again to go on", self.part.display()),
        };
        Err(DataError::Fetch { file: self.file.name.to_owned(), kept, failures })
    }

    /// The inner error is the mirror's, the outer one the disk's.
    fn try_mirror(&mut self, url: &str) -> Result<Result<(), String>, DataError> {
        // What an earlier call or another mirror left may be wrong; this mirror then gets a second chance.
        let mut inherited = self.here() > 0;
        let mut cuts = 0;
        loop {
            let before = self.here();
            if before < self.file.bytes {
                match self.receive(url, before)? {
                    Ok(()) => {}
                    Err(Stop::Refused(reason)) => return Ok(Err(reason)),
                    Err(Stop::Cut(reason)) => {
                        cuts += 1;
                        if self.here() <= before || cuts == CUTS {
                            return Ok(Err(reason));
                        }
                        continue;
                    }
                }
            }
            let (size, found) = digest::of_file(&self.part)?;
            if size == self.file.bytes && found == self.file.sha256 {
                return Ok(Ok(()));
            }
            self.discard()?;
            if !inherited {
                let expected = self.file.sha256;
                return Ok(Err(format!("sent another file: SHA-256 {found}, expected {expected}")));
            }
            inherited = false;
        }
    }

    /// Asks for the bytes from `from` on and appends them to the part.
    fn receive(&mut self, url: &str, from: u64) -> Result<Result<(), Stop>, DataError> {
        let mut request = self.agent.get(url);
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let mut response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(Err(Stop::Refused(error.to_string()))),
        };
        let mut done = match start_of(&response, from, self.file.bytes) {
            Ok(start) => start,
            Err(reason) => return Ok(Err(Stop::Refused(reason))),
        };
        let mut part = self.open_at(done)?;
        let mut body = response.body_mut().as_reader();
        let mut piece = vec![0_u8; 1 << 16];
        loop {
            let read = match body.read(&mut piece) {
                Ok(0) if done == self.file.bytes => break,
                Ok(0) => {
                    let total = self.file.bytes;
                    return Ok(Err(Stop::Cut(format!("the connection ended after {done} of {total} bytes"))));
                }
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let total = self.file.bytes;
                    return Ok(Err(Stop::Cut(format!("the connection failed after {done} of {total} bytes: {error}"))));
                }
            };
            if done + read as u64 > self.file.bytes {
                self.discard()?;
                let total = self.file.bytes;
                return Ok(Err(Stop::Refused(format!("sent more than the {total} bytes of the published file"))));
            }
            part.write_all(&piece[..read]).map_err(DataError::write(&self.part))?;
            done += read as u64;
            (self.progress)(Progress { file: self.file.name, done, total: self.file.bytes });
        }
        part.sync_all().map_err(DataError::write(&self.part))?;
        Ok(Ok(()))
    }

    /// Bytes in the part; one that is too long counts as whole, and then fails its hash.
    fn here(&self) -> u64 {
        fs::metadata(&self.part).map_or(0, |data| data.len()).min(self.file.bytes)
    }

    /// The part, cut to `length` and open at its end.
    fn open_at(&self, length: u64) -> Result<File, DataError> {
        let open = || {
            let mut part = OpenOptions::new().write(true).create(true).truncate(false).open(&self.part)?;
            part.set_len(length)?;
            part.seek(SeekFrom::Start(length))?;
            Ok(part)
        };
        open().map_err(DataError::write(&self.part))
    }

    fn discard(&self) -> Result<(), DataError> {
        match fs::remove_file(&self.part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DataError::write(&self.part)(error)),
            _ => Ok(()),
        }
    }

    fn put_in_place(&self, path: &Path) -> Result<(), DataError> {
        fs::rename(&self.part, path).map_err(DataError::write(path))?;
        // The rename itself should survive a power cut; where a folder cannot be synchronised it merely may.
        if let Some(Ok(folder)) = path.parent().map(File::open) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// The byte that the body starts with, or why the answer is of no use.
fn start_of<T>(response: &Response<T>, from: u64, total: u64) -> Result<u64, String> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let (start, offered) = match response.status().as_u16() {
        // A server that does not know ranges sends the whole file; the part starts anew.
        200 => (0, header("Content-Length").and_then(|length| length.trim().parse::<u64>().ok())),
        206 => {
            let range = header("Content-Range").unwrap_or_default();
            let parsed = range.trim().strip_prefix("bytes ").and_then(|range| {
                let (span, offered) = range.split_once('/')?;
                Some((span.split_once('-')?.0.parse().ok()?, offered.parse().ok()))
            });
            parsed
                .filter(|&(start, _)| start == from)
                .ok_or_else(|| format!("was asked for bytes from {from} on and answered with the range `{range}`"))?
        }
        416 => {
            return Err(format!("has no bytes after the first {from}, expected {total} in all"));
        }
        _ => return Err(format!("answered {}", response.status())),
    };
    match offered {
        Some(offered) if offered != total => Err(format!("offers {offered} bytes, expected {total}")),
        _ => Ok(start),
    }
}

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;
