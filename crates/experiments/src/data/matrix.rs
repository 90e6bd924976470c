//! A user's own inputs: rows of numbers from a CSV or NPY file, a row a sample (or a cycle).
//!
//! Invariant: a [`Matrix`] has at least one row, as many columns as were asked for, and only finite numbers.

use std::path::Path;

use super::error::DataError;
use super::{npy, table};

/// Numbers `[row][column]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// Reads a file of rows of `columns` numbers; an NPY file is known by its first bytes, all else is CSV.
    ///
    /// CSV: commas between cells; a first line of words is a header and skipped. NPY: see [`npy::parse`]; a
    /// one-dimensional array is one row of `columns` values, or, when `columns` is 1, a column.
    ///
    /// # Errors
    /// [`DataError::Read`], [`DataError::Empty`]; in CSV [`DataError::Cell`] and [`DataError::Columns`] with the
    /// line and column; in NPY [`DataError::Npy`] and [`DataError::Truncated`].
    pub fn read(path: &Path, columns: usize) -> Result<Self, DataError> {
        Self::parse(path, &std::fs::read(path).map_err(DataError::read(path))?, columns)
    }

    /// As [`Matrix::read`], from the bytes of the file at `path`.
    ///
    /// # Errors
    /// As [`Matrix::read`].
    pub fn parse(path: &Path, bytes: &[u8], columns: usize) -> Result<Self, DataError> {
        let values = if bytes.starts_with(npy::MAGIC) {
            npy::parse(path, bytes, columns)?
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
            return Err(DataError::WrongMagic {
                path: path.to_owned(),
                found: super::digest::hexadecimal(&bytes[..bytes.len().min(6)]),
                expected: "934e554d5059 (an NPY file)".to_owned(),
            });
        } else {
            parse_csv(path, bytes, columns)?
        };
        Self::of(columns, values).ok_or_else(|| DataError::Empty { path: path.to_owned() })
    }

    /// Of whole rows of finite numbers; `None` where there are none.
    pub(super) fn of(columns: usize, values: Vec<f32>) -> Option<Self> {
        (!values.is_empty()).then_some(Self { columns, values })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All numbers, `[row][column]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The numbers of one row, `[column]`.
    #[track_caller]
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }
}

fn parse_csv(path: &Path, bytes: &[u8], columns: usize) -> Result<Vec<f32>, DataError> {
    let mut values = Vec::new();
    for (line, cells) in table::rows(table::text(path, bytes)?) {
        // Words alone make a header; one word among numbers is more likely a mistake, and refused below.
        if line == 1 && cells.iter().all(|cell| table::is_heading(cell)) {
            continue;
        }
        if cells.len() != columns {
            return Err(DataError::Columns {
                path: path.to_owned(),
                line,
                found: cells.len(),
                expected: format!("{columns}, the number of inputs"),
            });
        }
        for (column, cell) in cells.into_iter().enumerate() {
            values.push(table::number(path, line, column + 1, cell)?);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, contents: &[u8], columns: usize) -> Result<Matrix, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        Matrix::read(&path, columns)
    }

    #[test]
    fn csv_with_and_without_header() {
        for text in ["1,2\n3,4.5\n", "left,right\r\n1,2\r\n3,4.5", "\"1\", 2\n3,4.5\n\n"] {
            let matrix = read("m.csv", text.as_bytes(), 2).unwrap();
            assert_eq!((matrix.rows(), matrix.columns()), (2, 2));
            assert_eq!(matrix.row(1), [3.0, 4.5]);
        }
        assert_eq!(read("m.csv", b"1\n2\n3", 1).unwrap().values(), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn csv_mistakes_are_named_by_line_and_column() {
        for (text, said) in [
            ("1,2\n3,x", "line 2, column 2: found `x`, expected a number"),
            ("a,2\n3,4", "line 1, column 1: found `a`"),
            ("a,b\n3,NaN", "line 2, column 2: found `NaN`, expected a finite number"),
            ("1,2\n1e39,4", "line 2, column 1: found `1e39`, expected a finite number"),
            ("1,2\n3", "line 2: found 1 columns, expected 2, the number of inputs"),
            ("1,2\n3,4,", "line 2: found 3 columns"),
            ("1,2\n\n3,4", "line 2: found 1 columns"),
            ("1,\n3,4", "line 1, column 2: found ``"),
            ("a,b\n", "holds no numbers"),
            ("", "holds no numbers"),
        ] {
            let error = read("m.csv", text.as_bytes(), 2).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }

    #[test]
    fn an_npy_file_is_known_by_its_first_bytes() {
        let bytes = npy::pack(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", &[1, 2, 3, 4]);
        assert_eq!(read("named.csv", &bytes, 2).unwrap().row(1), [3.0, 4.0]);
        let error = read("m.npy", b"1,2\n", 2).unwrap_err().to_string();
        assert!(error.contains("starts with 312c320a"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Matrix::read(Path::new("/no/such.csv"), 1).unwrap_err().to_string();
        assert!(error.contains("`/no/such.csv`"), "{error}");
    }
}
