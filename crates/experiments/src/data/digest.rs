//! SHA-256 in hexadecimal, of bytes and of files: how a file is known to be the published one.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::DataError;

/// SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
pub fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 over several digests, one a line: names a set of files by one value.
pub fn of_digests<'a>(digests: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = Sha256::new();
    for digest in digests {
        all.update(digest.as_bytes());
        all.update(b"\n");
    }
    hexadecimal(&all.finalize())
}

/// Size in bytes and SHA-256 of a file, read in pieces.
///
/// # Errors
/// [`DataError::Read`].
pub fn of_file(path: &Path) -> Result<(u64, String), DataError> {
    let mut file = File::open(path).map_err(DataError::read(path))?;
    let mut all = Sha256::new();
    let mut piece = vec![0_u8; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut piece).map_err(DataError::read(path))?;
        if read == 0 {
            return Ok((size, hexadecimal(&all.finalize())));
        }
        size += read as u64;
        all.update(&piece[..read]);
    }
}

/// Two lower-case digits a byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_published_example_holds_for_bytes_and_files() {
        assert_eq!(of_bytes(b"abc"), ABC);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(of_file(&path).unwrap(), (3, ABC.to_owned()));
    }

    #[test]
    fn the_order_of_files_matters() {
        assert_ne!(of_digests(["a", "b"]), of_digests(["b", "a"]));
        assert_ne!(of_digests(["ab"]), of_digests(["a", "b"]));
    }
}
