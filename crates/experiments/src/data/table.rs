//! Lines and cells of a text table: commas between cells, a cell perhaps in double quotes.
//!
//! Invariant: a number leaves here finite, and every refusal names the line and column, both from 1. No line is
//! skipped in silence but a header (a first line of words) and empty lines at the end.

use std::path::Path;
use std::str::FromStr;

use super::error::DataError;

/// The text of `bytes`, without a byte-order mark.
///
/// # Errors
/// [`DataError::Cell`] at the first cell that is not UTF-8.
pub(crate) fn text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, DataError> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        DataError::Cell {
            path: path.to_owned(),
            line: before.split(|&byte| byte == b'\n').count(),
            column: line.split(|&byte| byte == b',').count(),
            found: format!("byte {:#04x}", bytes[error.valid_up_to()]),
            expected: "UTF-8 text (or, for a matrix, an NPY file)",
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Line numbers from 1 with their cells; empty lines at the end are left out.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = text.trim_end().lines().enumerate();
    lines.map(|(at, line)| (at + 1, line.split(',').map(bare).collect()))
}

/// A cell without space and quotes around it.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
}

/// Whether a cell of a first line can stand in a header: neither a number nor a mark for a missing one.
pub(crate) fn is_heading(cell: &str) -> bool {
    let missing = ["", "?", "-", ".", "na", "n/a", "null", "none"];
    cell.parse::<f64>().is_err() && !missing.contains(&cell.to_ascii_lowercase().as_str())
}

/// The finite number in a cell; `line` and `column` from 1.
///
/// # Errors
/// [`DataError::Cell`].
pub(crate) fn number<T>(path: &Path, line: usize, column: usize, cell: &str) -> Result<T, DataError>
where
    T: FromStr + Copy + Into<f64>,
{
    let refuse = |expected| DataError::Cell {
        path: path.to_owned(),
        line,
        column,
        found: cell.chars().take(40).collect(),
        expected,
    };
    let value: T = cell.parse().map_err(|_| refuse("a number"))?;
    if value.into().is_finite() { Ok(value) } else { Err(refuse("a finite number")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lose_space_and_quotes_and_lines_their_endings() {
        let found: Vec<_> = rows("\"Date\", 5 \r\n1,\"2\"\r\n\n \n").collect();
        assert_eq!(found, [(1, vec!["Date", "5"]), (2, vec!["1", "2"])]);
    }

    #[test]
    fn an_empty_line_in_the_middle_is_a_row() {
        assert_eq!(rows("1\n\n2").nth(1), Some((2, vec![""])));
    }

    #[test]
    fn words_are_headings_numbers_and_gaps_are_not() {
        assert!(is_heading("Temp") && is_heading("x1"));
        for cell in ["1", "-2.5e3", "NaN", "inf", "", "?", "NA", "null"] {
            assert!(!is_heading(cell), "{cell}");
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        let path = Path::new("a.csv");
        assert_eq!(number::<f64>(path, 1, 1, "-2.5e3").unwrap(), -2500.0);
        for cell in ["NaN", "inf", "1e40"] {
            let error = number::<f32>(path, 4, 2, cell).unwrap_err().to_string();
            assert_eq!(error, format!("`a.csv`, line 4, column 2: found `{cell}`, expected a finite number"));
        }
        let error = number::<f64>(path, 4, 2, "?0.2").unwrap_err().to_string();
        assert!(error.ends_with("found `?0.2`, expected a number"), "{error}");
    }

    #[test]
    fn text_that_is_not_utf8_is_named_by_its_place() {
        let error = text(Path::new("a.csv"), b"1,2\n3,\xff").unwrap_err().to_string();
        assert!(error.contains("line 2, column 2: found `byte 0xff`"), "{error}");
        assert_eq!(text(Path::new("a.csv"), b"\xef\xbb\xbf1").unwrap(), "1");
    }
}
