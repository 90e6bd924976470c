//! MNIST and its likes: four IDX files, published by name, size and SHA-256.
//!
//! Pixels are scaled from 0..=255 to 0..=1. Validation is the last 5 000 of the 60 000 training rows, in file
//! order; the rest is training; the test files are the test part.

use std::path::Path;

use super::catalogue::{Entry, SourceFile};
use super::dataset::{Dataset, Part, Parts, Shape};
use super::digest;
use super::error::DataError;
use super::idx;
use super::places::Places;

/// Numbers of rows and pixels of an image set.
#[derive(Debug, Clone, Copy)]
struct Plan {
    train: u64,
    validation: usize,
    test: u64,
    side: u64,
}

const PUBLISHED: Plan = Plan { train: 60_000, validation: 5_000, test: 10_000, side: 28 };

/// Reads an image set of the catalogue.
///
/// # Errors
/// [`DataError::Missing`] and what reading and checking a file can say, see [`idx::unpack`]; a file of the right
/// form with other contents is [`DataError::WrongSize`] or [`DataError::WrongHash`].
pub fn load(entry: &'static Entry, places: &Places) -> Result<Dataset, DataError> {
    load_as(entry, places, PUBLISHED)
}

fn load_as(entry: &Entry, places: &Places, plan: Plan) -> Result<Dataset, DataError> {
    let [train_images, train_labels, test_images, test_labels] = entry.files else {
        unreachable!("an image set is four files, see the catalogue's test");
    };
    let side = plan.side;
    let part = |images: &SourceFile, labels: &SourceFile, count: u64| {
        let pixels = read(entry, places, images, &[("images", count), ("rows", side), ("columns", side)])?;
        let labels = read(entry, places, labels, &[("labels", count)])?;
        let inputs = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        Ok::<_, DataError>(Part::new(inputs, labels.into_iter().map(u32::from).collect()))
    };
    let features = (side * side) as usize;
    let (train, validation) = part(train_images, train_labels, plan.train)?.split_last(plan.validation, features);
    let test = part(test_images, test_labels, plan.test)?;
    let shape = Shape { features, classes: 10 };
    let parts = Parts { train, validation, test };
    let digest = digest::of_digests(entry.files.iter().map(|file| file.sha256));
    Dataset::new(entry.name, shape, parts, digest)
}

/// Form first, then size and hash: an error should say what is wrong, not only that something is.
fn read(entry: &Entry, places: &Places, file: &SourceFile, sizes: idx::Sizes) -> Result<Vec<u8>, DataError> {
    let path = places.find(entry, file)?;
    let bytes = std::fs::read(&path).map_err(DataError::read(&path))?;
    if (bytes.len() as u64) < file.bytes && bytes.starts_with(&[0x1f, 0x8b]) {
        // Say the sizes on disk, which a user can compare, where the file is merely a shorter one.
        return match idx::unpack(&path, &bytes, sizes) {
            Err(error @ (DataError::WrongMagic { .. } | DataError::WrongCount { .. })) => Err(error),
            _ => Err(DataError::Truncated {
                path,
                what: "the published file",
                found: bytes.len() as u64,
                expected: file.bytes,
            }),
        };
    }
    let values = idx::unpack(&path, &bytes, sizes)?;
    published(&path, &bytes, file)?;
    Ok(values)
}

/// Checks that `bytes` are the published ones.
pub(crate) fn published(path: &Path, bytes: &[u8], file: &SourceFile) -> Result<(), DataError> {
    if bytes.len() as u64 != file.bytes {
        return Err(DataError::WrongSize { path: path.to_owned(), found: bytes.len() as u64, expected: file.bytes });
    }
    let found = digest::of_bytes(bytes);
    if found != file.sha256 {
        return Err(DataError::WrongHash { path: path.to_owned(), found, expected: file.sha256.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Kind, entry};
    use super::*;

    const TINY: Plan = Plan { train: 3, validation: 1, test: 2, side: 2 };

    /// A tiny set on disk under official names: the folder that keeps it alive, its places and its entry.
    fn tiny() -> (tempfile::TempDir, Places, Entry) {
        let contents = [
            idx::pack(&[3, 2, 2], &[0, 51, 102, 153, 1, 1, 1, 1, 255, 0, 255, 0]),
            idx::pack(&[3], &[9, 0, 4]),
            idx::pack(&[2, 2, 2], &[7; 8]),
            idx::pack(&[2], &[1, 2]),
        ];
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("tiny")).unwrap();
        let mnist = entry("mnist").unwrap();
        let files = mnist.files.iter().zip(contents).map(|(file, bytes)| {
            std::fs::write(root.path().join("tiny").join(file.name), &bytes).unwrap();
            SourceFile { name: file.name, bytes: bytes.len() as u64, sha256: digest::of_bytes(&bytes).leak() }
        });
        let entry = Entry {
            name: "tiny",
            folder: "tiny",
            kind: Kind::Images,
            files: files.collect::<Vec<_>>().leak(),
            ..*mnist
        };
        let places = Places::new(vec![root.path().to_owned()]);
        (root, places, entry)
    }

    #[test]
    fn parts_and_pixels_are_as_described() {
        let (_root, places, entry) = tiny();
        let set = load_as(&entry, &places, TINY).unwrap();
        assert_eq!(set.train().inputs()[..4], [0.0, 0.2, 0.4, 0.6]);
        assert_eq!(set.train().labels(), [9, 0]);
        assert_eq!((set.validation().inputs(), set.validation().labels()), (&[1.0, 0.0, 1.0, 0.0][..], &[4][..]));
        assert_eq!((set.test().len(), set.features(), set.classes()), (2, 4, 10));
    }

    #[test]
    fn each_kind_of_damage_has_its_own_error() {
        let (root, places, entry) = tiny();
        let path = root.path().join("tiny/t10k-labels-idx1-ubyte.gz");
        let good = std::fs::read(&path).unwrap();
        let other = idx::pack(&[2], &[1, 3]);
        assert_eq!(other.len(), good.len(), "the test wants equal sizes");
        let damage: [(&str, Vec<u8>); 5] = [
            ("is truncated", good[..good.len() - 3].to_vec()),
            ("starts with 68", b"hello".to_vec()),
            ("announces 5 labels, expected 2", idx::pack(&[5], &[1; 90])),
            ("has SHA-256", other),
            ("bytes long, the published file", [good.clone(), empty_member()].concat()),
        ];
        for (said, bytes) in damage {
            std::fs::write(&path, bytes).unwrap();
            let error = load_as(&entry, &places, TINY).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("t10k-labels"), "expected `{said}`: {error}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = load_as(&entry, &places, TINY).unwrap_err().to_string();
        assert!(error.contains("livenet data fetch tiny"), "{error}");
        std::fs::write(&path, good).unwrap();
        assert!(load_as(&entry, &places, TINY).is_ok());
    }

    /// A gzip member of no bytes: it changes a file and not what it unpacks to.
    fn empty_member() -> Vec<u8> {
        flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().unwrap()
    }

    #[test]
    fn the_published_sets_are_as_their_publishers_say() {
        let Some(root) = std::env::var_os("LIVENET_DATA") else {
            println!("skipped: set LIVENET_DATA to a folder with mnist/ and fashion-mnist/");
            return;
        };
        let places = Places::new(vec![root.into()]);
        // Means over the 60 000 training images are 0.130660 and 0.286041 in the literature.
        for (name, mean, first) in [("mnist", 0.130_660, [5, 0, 4]), ("fashion-mnist", 0.286_041, [9, 0, 0])] {
            let set = load(entry(name).unwrap(), &places).unwrap();
            assert_eq!(set.train().labels()[..3], first);
            assert_eq!([set.train().len(), set.validation().len(), set.test().len()], [55_000, 5_000, 10_000]);
            let sum: f64 =
                [set.train(), set.validation()].iter().flat_map(|part| part.inputs()).map(|&x| f64::from(x)).sum();
            assert!((sum / (60_000.0 * 784.0) - mean).abs() < 1e-6, "{name}");
            assert_eq!(set.class_counts(set.test()).iter().sum::<usize>(), 10_000);
        }
    }
}
