//! The embedded digits: 8x8 pictures of handwritten digits, both halves of the UCI set.
//!
//! Split: training is the `tra` half but for its last 765 rows, those rows are validation, and test is the whole
//! `tes` half, which other people wrote. Pixels are scaled from 0..=16 to 0..=1.
//!
//! Source: E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI, 1998, CC BY 4.0;
//! see `assets/digits/README.md`.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::catalogue::entry;
use super::dataset::{Dataset, Part, Parts, Shape};
use super::digest;
use super::error::DataError;

/// The files of the catalogue's entry, in its order: each compressed by `gzip -9n`.
pub const EMBEDDED: [&[u8]; 2] = [
    include_bytes!("../../assets/digits/optdigits.tra.csv.gz"),
    include_bytes!("../../assets/digits/optdigits.tes.csv.gz"),
];

/// Rows of the `tra` half that validate: a fifth of it.
const VALIDATION: usize = 765;

const PIXELS: usize = 64;

/// The digits.
///
/// # Errors
/// None for the bytes that this program was built with; a build with damaged assets says what is wrong with them.
pub fn load() -> Result<Dataset, DataError> {
    let files = entry("digits")?.files;
    let (train, validation) = part(files[0].name, EMBEDDED[0])?.split_last(VALIDATION, PIXELS);
    let test = part(files[1].name, EMBEDDED[1])?;
    let shape = Shape { features: PIXELS, classes: 10 };
    let parts = Parts { train, validation, test };
    Dataset::new("digits", shape, parts, digest::of_digests(files.iter().map(|file| file.sha256)))
}

fn part(name: &str, packed: &[u8]) -> Result<Part, DataError> {
    let path = Path::new(name);
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).map_err(DataError::read(path))?;
    let (mut inputs, mut labels) = (Vec::new(), Vec::new());
    for (line, row) in text.lines().enumerate() {
        let cells: Vec<_> = row.split(',').collect();
        if cells.len() != PIXELS + 1 {
            return Err(DataError::Columns {
                path: path.to_owned(),
                line: line + 1,
                found: cells.len(),
                expected: (PIXELS + 1).to_string(),
            });
        }
        for (column, cell) in cells.iter().enumerate() {
            let (most, expected) = if column < PIXELS { (16, "a pixel, 0 to 16") } else { (9, "a digit, 0 to 9") };
            let value: u8 = cell.parse().ok().filter(|&value| value <= most).ok_or_else(|| DataError::Cell {
                path: path.to_owned(),
                line: line + 1,
                column: column + 1,
                found: (*cell).to_owned(),
                expected,
            })?;
            if column < PIXELS {
                inputs.push(f32::from(value) / 16.0);
            } else {
                labels.push(u32::from(value));
            }
        }
    }
    Ok(Part::new(inputs, labels))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_split_is_as_documented() {
        let digits = load().unwrap();
        let parts = [digits.train(), digits.validation(), digits.test()];
        assert_eq!(parts.map(Part::len), [3058, 765, 1797]);
        assert_eq!((digits.features(), digits.classes()), (64, 10));
        // Class counts of the two halves as in the publisher's `optdigits.names`.
        let tra: Vec<_> =
            digits.class_counts(parts[0]).iter().zip(digits.class_counts(parts[1])).map(|(a, b)| a + b).collect();
        assert_eq!(tra, [376, 389, 380, 389, 387, 376, 377, 387, 380, 382]);
        assert_eq!(digits.class_counts(parts[2]), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn pixels_are_sixteenths_up_to_one() {
        let digits = load().unwrap();
        let first: Vec<_> = digits.row(digits.train(), 0)[..8].iter().map(|&pixel| pixel * 16.0).collect();
        assert_eq!(first, [0.0, 1.0, 6.0, 15.0, 12.0, 1.0, 0.0, 0.0]);
        assert_eq!(digits.train().labels()[0], 0);
        let most = digits.train().inputs().iter().copied().fold(0.0, f32::max);
        assert_eq!(most, 1.0);
    }

    #[test]
    fn unpacked_they_are_the_bytes_of_uci() {
        let published = [
            "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd",
            "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
        ];
        for (packed, published) in EMBEDDED.into_iter().zip(published) {
            let mut plain = Vec::new();
            GzDecoder::new(packed).read_to_end(&mut plain).unwrap();
            assert_eq!(digest::of_bytes(&plain), published);
        }
    }

    #[test]
    fn a_damaged_asset_is_named_by_line_and_column() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(format!("{}3\n17{}\n", "0,".repeat(64), ",0".repeat(64)).as_bytes()).unwrap();
        let error = part("some.gz", &packer.finish().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "`some.gz`, line 2, column 1: found `17`, expected a pixel, 0 to 16");
    }
}
