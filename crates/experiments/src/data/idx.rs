//! The IDX format of MNIST: a big-endian magic number, one big-endian size a dimension, then bytes.
//!
//! Invariant: the sizes in a header are compared with those expected before anything is allocated by them, and
//! unpacking stops one byte after the expected end, so a hostile file costs no more memory than a good one.

use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::digest::hexadecimal;
use super::error::DataError;

/// Sizes that a file must have, outermost first, each with the word used in an error.
pub type Sizes<'a> = &'a [(&'static str, u64)];

/// The values of a gzipped IDX file of unsigned bytes, row-major.
///
/// `bytes` are the contents of the file at `path` (named in errors only).
///
/// # Errors
/// [`DataError::WrongMagic`], [`DataError::WrongCount`], [`DataError::Truncated`], [`DataError::WrongSize`],
/// [`DataError::Corrupt`].
pub fn unpack(path: &Path, bytes: &[u8], sizes: Sizes) -> Result<Vec<u8>, DataError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(DataError::WrongMagic {
            path: path.to_owned(),
            found: first(bytes, 2),
            expected: "1f8b (a gzip file)".to_owned(),
        });
    }
    let header = 4 + 4 * sizes.len();
    let values: u64 = sizes.iter().map(|&(_, size)| size).product();
    let expected = header as u64 + values;
    let mut plain = Vec::with_capacity(expected as usize + 1);
    let ended = MultiGzDecoder::new(bytes).take(expected + 1).read_to_end(&mut plain);
    match &ended {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) if plain.len() >= header => {
            // The announced shape is still worth a look: it may say more than a broken stream does.
            check_header(path, &plain, sizes)?;
            return Err(corrupt(path, error));
        }
        Err(error) => return Err(corrupt(path, error)),
        Ok(_) => {}
    }
    let truncated = |found: usize| DataError::Truncated {
        path: path.to_owned(),
        what: "unpacked data",
        found: found as u64,
        expected,
    };
    if plain.len() < header {
        return Err(truncated(plain.len()));
    }
    check_header(path, &plain, sizes)?;
    if ended.is_err() || (plain.len() as u64) < expected {
        return Err(truncated(plain.len()));
    }
    if plain.len() as u64 > expected {
        return Err(DataError::Corrupt {
            path: path.to_owned(),
            source: io::Error::other(format!("it goes on after the {expected} bytes that its header announces")),
        });
    }
    plain.drain(..header);
    Ok(plain)
}

fn check_header(path: &Path, plain: &[u8], sizes: Sizes) -> Result<(), DataError> {
    // 0x08 stands for unsigned bytes, the last byte for the number of dimensions.
    let magic = [0, 0, 8, sizes.len() as u8];
    if plain[..4] != magic {
        return Err(DataError::WrongMagic {
            path: path.to_owned(),
            found: first(plain, 4),
            expected: format!("{} (unpacked: IDX, bytes, {} dimensions)", hexadecimal(&magic), sizes.len()),
        });
    }
    for (word, &(what, expected)) in plain[4..].chunks_exact(4).zip(sizes) {
        let found = word.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
        if found != expected {
            return Err(DataError::WrongCount { path: path.to_owned(), what, found, expected });
        }
    }
    Ok(())
}

fn corrupt(path: &Path, error: &io::Error) -> DataError {
    DataError::Corrupt { path: path.to_owned(), source: io::Error::new(error.kind(), error.to_string()) }
}

fn first(bytes: &[u8], count: usize) -> String {
    match bytes {
        [] => "nothing".to_owned(),
        bytes => hexadecimal(&bytes[..bytes.len().min(count)]),
    }
}

/// A gzipped IDX file of bytes, for tests.
#[cfg(test)]
pub(crate) fn pack(sizes: &[u32], values: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&[0, 0, 8, sizes.len() as u8]).unwrap();
    for size in sizes {
        packer.write_all(&size.to_be_bytes()).unwrap();
    }
    packer.write_all(values).unwrap();
    packer.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = &[("images", 2), ("rows", 1), ("columns", 3)];

    fn refused(bytes: &[u8]) -> DataError {
        unpack(Path::new("some.gz"), bytes, SIZES).unwrap_err()
    }

    #[test]
    fn values_come_back_in_order() {
        let values = [1, 2, 3, 4, 5, 255];
        assert_eq!(unpack(Path::new("x"), &pack(&[2, 1, 3], &values), SIZES).unwrap(), values);
    }

    #[test]
    fn a_file_that_is_not_gzip_is_told_by_its_first_bytes() {
        let error = refused(b"<html>").to_string();
        assert!(error.contains("some.gz") && error.contains("starts with 3c68") && error.contains("1f8b"), "{error}");
        assert!(refused(b"").to_string().contains("starts with nothing"));
    }

    #[test]
    fn labels_under_the_name_of_images_have_the_wrong_magic() {
        let error = refused(&pack(&[6], &[0; 40])).to_string();
        assert!(error.contains("00000801") && error.contains("00000803"), "{error}");
    }

    #[test]
    fn another_count_is_named_before_anything_is_allocated_by_it() {
        let error = refused(&pack(&[u32::MAX, 1, 3], &[0; 6])).to_string();
        assert!(error.contains("announces 4294967295 images, expected 2"), "{error}");
        let error = refused(&pack(&[2, 3, 1], &[0; 6])).to_string();
        assert!(error.contains("announces 3 rows, expected 1"), "{error}");
    }

    #[test]
    fn too_few_values_and_a_cut_stream_are_truncated() {
        let error = refused(&pack(&[2, 1, 3], &[0; 5])).to_string();
        assert!(error.contains("holds 21 bytes of unpacked data, 22 are needed"), "{error}");
        let whole = pack(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
        for cut in 2..whole.len() {
            let error = refused(&whole[..cut]);
            assert!(matches!(error, DataError::Truncated { .. }), "cut at {cut}: {error}");
        }
    }

    #[test]
    fn too_many_values_and_a_flipped_bit_are_corrupt() {
        assert!(matches!(refused(&pack(&[2, 1, 3], &[0; 7])), DataError::Corrupt { .. }));
        let mut whole = pack(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
        let checksum = whole.len() - 8;
        whole[checksum] ^= 1;
        assert!(matches!(refused(&whole), DataError::Corrupt { .. }));
    }
}
