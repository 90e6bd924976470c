//! What can be wrong with data, each with the place, what was found, what was expected and the mend.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why data could not be found, read, trusted or fetched.
#[derive(Debug, Error)]
pub enum DataError {
    /// No data set has this name.
    #[error("no data set is called `{name}`; known are {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names that would do, with commas.
        known: String,
    },
    /// A series or table was asked for that is neither a known name nor a file.
    #[error("no {what} `{name}`: there is no file {}, and the known names are {known}", path.display())]
    UnknownFile {
        /// Series or table.
        what: &'static str,
        /// The name or path asked for.
        name: String,
        /// Where the file would be.
        path: PathBuf,
        /// The names that would do, with commas.
        known: String,
    },
    /// A file of a known data set is in none of the places.
    #[error(
        "{dataset}: `{file}` was not found; looked in {looked}. \
         Run `livenet data fetch {dataset}`, or set LIVENET_DATA to a folder that holds `{folder}/{file}`"
    )]
    Missing {
        /// Name of the data set.
        dataset: &'static str,
        /// Name of the file.
        file: &'static str,
        /// Folder of the data set below a data root.
        folder: &'static str,
        /// The folders that were looked at, with commas.
        looked: String,
    },
    /// The operating system refused to read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The operating system refused to write.
    #[error("cannot write `{}`: {source}; LIVENET_DATA names where data go, and the user's cache is used when it is unset", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file ends too early.
    #[error("`{}` is truncated: it holds {found} bytes of {what}, {expected} are needed; delete it and fetch it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Which bytes are counted: those on disk or the unpacked ones.
        what: &'static str,
        /// Bytes there.
        found: u64,
        /// Bytes needed.
        expected: u64,
    },
    /// A file has more bytes than its publisher's.
    #[error("`{}` is {found} bytes long, the published file {expected}; delete it and fetch it again", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// Bytes there.
        found: u64,
        /// Bytes of the published file.
        expected: u64,
    },
    /// A file is not of the kind its name says.
    #[error("`{}` starts with {found}, expected {expected}; is it another file under this name?", path.display())]
    WrongMagic {
        /// The file.
        path: PathBuf,
        /// The first bytes, in hexadecimal.
        found: String,
        /// The bytes expected, and what they mean.
        expected: String,
    },
    /// A header announces another shape than the data set has.
    #[error("`{}` announces {found} {what}, expected {expected}", path.display())]
    WrongCount {
        /// The file.
        path: PathBuf,
        /// What is counted: images, rows, columns or labels.
        what: &'static str,
        /// The number in the header.
        found: u64,
        /// The number of the data set.
        expected: u64,
    },
    /// A file has the right form and other contents.
    #[error("`{}` has SHA-256 {found}, the published file {expected}; delete it and fetch it again", path.display())]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// SHA-256 of what is there, in hexadecimal.
        found: String,
        /// SHA-256 of the published file.
        expected: String,
    },
    /// A compressed file does not unpack.
    #[error("`{}` does not unpack: {source}; delete it and fetch it again", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        source: std::io::Error,
    },
    /// A data set holds a value that no network can learn from.
    #[error("{dataset}, {part} part: row {row}, column {column} (counted from 0) is {found}, expected a finite number")]
    NotFinite {
        /// Name of the data set.
        dataset: String,
        /// Training, validation or test.
        part: &'static str,
        /// Row of the part, from 0.
        row: usize,
        /// Feature, from 0.
        column: usize,
        /// NaN or an infinity.
        found: f32,
    },
    /// A label names a class that the data set does not have.
    #[error("{dataset}, {part} part: row {row} (counted from 0) has label {found}, expected one below {classes}")]
    Label {
        /// Name of the data set.
        dataset: String,
        /// Training, validation or test.
        part: &'static str,
        /// Row of the part, from 0.
        row: usize,
        /// The label.
        found: u32,
        /// Number of classes.
        classes: usize,
    },
    /// Numbers of inputs and labels do not agree, or a part is empty.
    #[error(
        "{dataset}, {part} part: {inputs} inputs and {labels} labels, expected at least one label and {features} inputs for each"
    )]
    Ragged {
        /// Name of the data set.
        dataset: String,
        /// Training, validation or test.
        part: &'static str,
        /// Length of the inputs.
        inputs: usize,
        /// Length of the labels.
        labels: usize,
        /// Inputs a row should have.
        features: usize,
    },
    /// A cell of a text file is not the number it should be.
    #[error("`{}`, line {line}, column {column}: found `{found}`, expected {expected}", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column (a comma-separated field), from 1.
        column: usize,
        /// The text of the cell.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// A line of a text file has too few or too many columns.
    #[error("`{}`, line {line}: found {found} columns, expected {expected}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Columns there.
        found: usize,
        /// Columns that would do.
        expected: String,
    },
    /// A table has no column of this name.
    #[error("`{}` has no column `{name}`; it has {known}, or the number of a column from 1", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// The names of its columns, with commas.
        known: String,
    },
    /// A file holds no numbers at all.
    #[error("`{}` holds no numbers; expected at least one line of them", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A `NumPy` file of a kind that is not read here.
    #[error("`{}`: {found}; {mend}", path.display())]
    Npy {
        /// The file.
        path: PathBuf,
        /// What the file holds.
        found: String,
        /// What would be read.
        mend: String,
    },
    /// An ARFF file of a kind that is not read here, or none at all.
    #[error("`{}`, line {line}: found {found}, expected {expected}", path.display())]
    Arff {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What would be read.
        expected: String,
    },
    /// A series cannot be standardised.
    #[error(
        "the training part of the series, its first {length} values, {found}; standardising needs at least two different values"
    )]
    Constant {
        /// Values in the training part.
        length: usize,
        /// What is wrong with them.
        found: String,
    },
    /// Every mirror failed.
    #[error("`{file}` could not be fetched; {kept}{}", listed(failures))]
    Fetch {
        /// Name of the file.
        file: String,
        /// What became of the bytes that did arrive.
        kept: String,
        /// Address and reason, in the order tried.
        failures: Vec<(String, String)>,
    },
    /// A data set that is not downloaded.
    #[error("{name} needs no fetching: it is part of the program")]
    Embedded {
        /// Name of the data set.
        name: &'static str,
    },
    /// Somebody else fetches into the same folder at this moment.
    #[error("another fetch is writing to `{}`; wait until it ends", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// Neither `LIVENET_DATA` nor a cache folder is known.
    #[error("nowhere to put data: set LIVENET_DATA to a folder (no XDG_CACHE_HOME and no home folder were found)")]
    Nowhere,
}

impl DataError {
    /// A failure to read, as a function for `map_err`.
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    /// A failure to write, as a function for `map_err`.
    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}

fn listed(failures: &[(String, String)]) -> String {
    let mut text = String::new();
    for (address, reason) in failures {
        let _ = write!(text, "\n  {address}: {reason}");
    }
    text
}
