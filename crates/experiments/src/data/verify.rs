//! Whether the files of a data set are there and are the published ones.

use std::path::PathBuf;

use super::catalogue::{Entry, Kind};
use super::digest;
use super::digits::EMBEDDED;
use super::error::DataError;
use super::places::Places;

/// What is known about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStatus {
    /// The publisher's name for the file.
    pub file: &'static str,
    /// Where it was found; `None` when missing or embedded.
    pub path: Option<PathBuf>,
    /// How it compares with the published one.
    pub status: Status,
}

/// How a file compares with the published one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// In none of the places.
    Missing,
    /// Size and SHA-256 are the published ones.
    Good,
    /// Another number of bytes.
    WrongSize {
        /// Bytes there.
        found: u64,
        /// Bytes of the published file.
        expected: u64,
    },
    /// The right number of bytes, and others.
    WrongHash {
        /// SHA-256 of what is there.
        found: String,
        /// SHA-256 of the published file.
        expected: &'static str,
    },
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => write!(f, "missing"),
            Self::Good => write!(f, "ok"),
            Self::WrongSize { found, expected } => {
                write!(f, "wrong size: {found} bytes, expected {expected}")
            }
            Self::WrongHash { found, expected } => {
                write!(f, "wrong hash: SHA-256 {found}, expected {expected}")
            }
        }
    }
}

/// The state of each file of a data set, in catalogue order.
///
/// # Errors
/// [`DataError::Read`] when a file is there and cannot be read.
pub fn verify(entry: &Entry, places: &Places) -> Result<Vec<FileStatus>, DataError> {
    let mut states = Vec::with_capacity(entry.files.len());
    for (at, file) in entry.files.iter().enumerate() {
        let (path, measured) = if entry.kind == Kind::Embedded {
            let bytes = EMBEDDED[at];
            (None, Some((bytes.len() as u64, digest::of_bytes(bytes))))
        } else {
            let path = places.locate(entry, file);
            let measured = path.as_deref().map(digest::of_file).transpose()?;
            (path, measured)
        };
        let status = match measured {
            None => Status::Missing,
            Some((size, _)) if size != file.bytes => Status::WrongSize { found: size, expected: file.bytes },
            Some((_, hash)) if hash != file.sha256 => Status::WrongHash { found: hash, expected: file.sha256 },
            Some(_) => Status::Good,
        };
        states.push(FileStatus { file: file.name, path, status });
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{ALL, entry};
    use super::*;

    #[test]
    fn the_embedded_digits_are_what_the_catalogue_says() {
        let states = verify(entry("digits").unwrap(), &Places::default()).unwrap();
        assert!(states.len() == 2 && states.iter().all(|state| state.status == Status::Good), "{states:?}");
    }

    #[test]
    fn missing_and_wrong_files_are_told_apart() {
        let root = tempfile::tempdir().unwrap();
        let places = Places::new(vec![root.path().to_owned()]);
        let sunspots = entry("sunspots").unwrap();
        assert_eq!(verify(sunspots, &places).unwrap()[0].status, Status::Missing);
        let path = root.path().join("timeseries/sunspots.csv");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "1").unwrap();
        let state = verify(sunspots, &places).unwrap().remove(0);
        assert_eq!(state.status.to_string(), "wrong size: 1 bytes, expected 2944");
        assert_eq!(state.path, Some(path.clone()));
        std::fs::write(&path, vec![b'1'; 2944]).unwrap();
        let said = verify(sunspots, &places).unwrap()[0].status.to_string();
        assert!(said.starts_with("wrong hash: SHA-256 ") && said.ends_with(sunspots.files[0].sha256), "{said}");
    }

    #[test]
    fn the_published_files_verify() {
        let Some(root) = std::env::var_os("LIVENET_DATA") else {
            println!("skipped: set LIVENET_DATA to a folder with mnist/, fashion-mnist/ and timeseries/");
            return;
        };
        let places = Places::new(vec![root.into()]);
        for entry in ALL {
            for state in verify(entry, &places).unwrap() {
                assert_eq!(state.status, Status::Good, "{}", state.file);
            }
        }
    }
}
