//! The NPY format of `NumPy`: a magic string, a version, a Python dictionary with type and shape, the values.
//!
//! Read: versions 1 and 2; `float32`, `float64` and `uint8`, little-endian; C order; one or two dimensions.
//! Source: NEP 1, *A simple file format for `NumPy` arrays*.

use std::path::Path;

use super::error::DataError;

/// The first bytes of every NPY file.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// The values `[row][column]` of an array with `columns` columns.
///
/// `float64` is rounded to `f32`; `uint8` is taken as it is, 0 to 255. A one-dimensional array is one row of
/// `columns` values, or, when `columns` is 1, a column.
///
/// # Errors
/// [`DataError::Npy`] for a type, order or shape that is not read here and for a number that is not finite, with
/// its row and column; [`DataError::Truncated`].
pub fn parse(path: &Path, bytes: &[u8], columns: usize) -> Result<Vec<f32>, DataError> {
    let refuse = |found: String, mend: &str| DataError::Npy { path: path.to_owned(), found, mend: mend.to_owned() };
    let truncated = |what, found: usize, expected: usize| DataError::Truncated {
        path: path.to_owned(),
        what,
        found: found as u64,
        expected: expected as u64,
    };
    let start = match bytes.get(6) {
        Some(1) => 10,
        Some(2) => 12,
        Some(other) => {
            return Err(refuse(format!("it is NPY version {other}"), "versions 1 and 2 are read"));
        }
        None => return Err(truncated("the NPY header", bytes.len(), 10)),
    };
    let Some(length) = bytes.get(8..start) else {
        return Err(truncated("the NPY header", bytes.len(), start));
    };
    let length = length.iter().rev().fold(0_usize, |number, &byte| number << 8 | usize::from(byte));
    let data = start.saturating_add(length);
    let Some(header) = bytes.get(start..data) else {
        return Err(truncated("the NPY header", bytes.len(), data));
    };
    let header = String::from_utf8_lossy(header);
    let kind = value_of(&header, "descr").unwrap_or_default();
    let size = match kind.trim_matches(['\'', '"']) {
        "<f4" => 4,
        "<f8" => 8,
        "|u1" | "<u1" => 1,
        _ => {
            let mend = "save it with `.astype('<f4')`; <f4, <f8 and |u1 are read";
            return Err(refuse(format!("its values are of type {kind}"), mend));
        }
    };
    let shape_text = value_of(&header, "shape").unwrap_or_default();
    let unread = || refuse(format!("its shape is `{shape_text}`"), &format!("expected (rows, {columns})"));
    let shape = shape_of(shape_text).ok_or_else(unread)?;
    let rows = match shape[..] {
        [rows, wide] if wide == columns => rows,
        [count] if columns == 1 => count,
        [count] if count == columns => 1,
        _ => return Err(unread()),
    };
    // The order of one row or one column is the same both ways, and `NumPy` may name either.
    let transposed = value_of(&header, "fortran_order") != Some("False");
    if transposed && rows != 1 && columns != 1 {
        let mend = "save it with `numpy.ascontiguousarray`";
        return Err(refuse("its order is Fortran's, column after column".to_owned(), mend));
    }
    let expected = rows.checked_mul(columns).and_then(|count| count.checked_mul(size)).ok_or_else(unread)?;
    let values = &bytes[data..];
    if values.len() < expected {
        return Err(truncated("values", values.len(), expected));
    }
    if values.len() > expected {
        let found = format!("it goes on for {} bytes after its values", values.len() - expected);
        return Err(refuse(found, "save it again with `numpy.save`"));
    }
    let values: Vec<f32> = match size {
        1 => values.iter().map(|&byte| f32::from(byte)).collect(),
        4 => values.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word)).collect(),
        _ => values.as_chunks().0.iter().map(|&word| f64::from_le_bytes(word) as f32).collect(),
    };
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (row, column) = (at / columns, at % columns);
        let found = format!("row {row}, column {column} (counted from 0) is {} as a 32-bit number", values[at]);
        return Err(refuse(found, "expected finite numbers"));
    }
    Ok(values)
}

/// The text after a key of the header's dictionary, up to the comma that ends it.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let after = ['\'', '"'].iter().find_map(|quote| {
        let (_, after) = header.split_once(&format!("{quote}{key}{quote}"))?;
        after.trim_start().strip_prefix(':')
    })?;
    let after = after.trim_start();
    let end = match after.chars().next()? {
        '(' => after.find(')')? + 1,
        '[' => after.find(']')? + 1,
        _ => after.find([',', '}'])?,
    };
    Some(after[..end].trim())
}

/// The sizes in `(2, 3)`, `(2,)` or, as Python 2 wrote, `(2L, 3L)`.
fn shape_of(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?.trim();
    let inner = inner.strip_suffix(',').unwrap_or(inner);
    inner.split(',').map(|size| size.trim().trim_end_matches('L').parse().ok()).collect()
}

/// An NPY file of this version, header and values, for tests.
#[cfg(test)]
pub(crate) fn pack(version: u8, header: &str, values: &[u8]) -> Vec<u8> {
    let length = (header.len() as u32).to_le_bytes();
    let length = if version == 1 { &length[..2] } else { &length[..] };
    [MAGIC, &[version, 0], length, header.as_bytes(), values].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(kind: &str, shape: &str, values: &[u8]) -> Vec<u8> {
        pack(1, &format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}   \n"), values)
    }

    fn parsed(bytes: &[u8], columns: usize) -> Result<Vec<f32>, DataError> {
        parse(Path::new("m.npy"), bytes, columns)
    }

    fn refused(bytes: &[u8], columns: usize) -> String {
        parsed(bytes, columns).unwrap_err().to_string()
    }

    fn singles(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn doubles(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn three_types_and_two_versions_are_read() {
        let wanted = [1.0, 2.0, 3.0, 255.0];
        assert_eq!(parsed(&file("<f4", "(2, 2)", &singles(&[1.0, 2.0, 3.0, 255.0])), 2).unwrap(), wanted);
        assert_eq!(parsed(&file("<f8", "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 255.0])), 2).unwrap(), wanted);
        assert_eq!(parsed(&file("|u1", "(2, 2)", &[1, 2, 3, 255]), 2).unwrap(), wanted);
        let header = "{\"shape\": (2L, 2L), \"fortran_order\": False, \"descr\": \"|u1\"}";
        assert_eq!(parsed(&pack(2, header, &[1, 2, 3, 255]), 2).unwrap(), wanted);
    }

    #[test]
    fn a_file_as_numpy_itself_writes_it() {
        // numpy.save of numpy.array([[0.5, -1], [2, 3]], dtype='<f4'), byte for byte: the header is padded with
        // spaces so that the values start at a multiple of 64.
        let mut header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".to_owned();
        header += &" ".repeat(128 - 10 - 1 - header.len());
        header.push('\n');
        let bytes = pack(1, &header, &singles(&[0.5, -1.0, 2.0, 3.0]));
        assert_eq!(bytes.len(), 128 + 16);
        assert_eq!(parsed(&bytes, 2).unwrap(), [0.5, -1.0, 2.0, 3.0]);
    }

    #[test]
    fn one_dimension_is_a_row_or_a_column() {
        let bytes = file("|u1", "(3,)", &[1, 2, 3]);
        assert_eq!(parsed(&bytes, 3).unwrap().len(), 3);
        assert_eq!(parsed(&bytes, 1).unwrap().len(), 3);
        assert!(refused(&bytes, 2).contains("its shape is `(3,)`; expected (rows, 2)"));
    }

    #[test]
    fn what_is_not_read_is_told_with_a_mend() {
        let fortran = pack(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", &[0; 4]);
        let structured = pack(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }", &[0; 16]);
        for (bytes, said) in [
            (file(">f4", "(2, 2)", &[0; 16]), "type '>f4'; save it with `.astype('<f4')`"),
            (file("<i8", "(2, 2)", &[0; 32]), "type '<i8'"),
            (structured, "type [('a', '<f4')]"),
            (fortran, "ascontiguousarray"),
            (file("|u1", "(2, 3)", &[0; 6]), "its shape is `(2, 3)`; expected (rows, 2)"),
            (file("|u1", "(1, 2, 2)", &[0; 4]), "its shape is `(1, 2, 2)`"),
            (file("|u1", "()", &[0; 1]), "its shape is `()`"),
            (file("<f8", "(9223372036854775807, 2)", &[0; 4]), "its shape is"),
            (file("|u1", "(2, 2)", &[0; 5]), "goes on for 1 bytes"),
            (pack(3, "", &[]), "NPY version 3"),
        ] {
            let error = refused(&bytes, 2);
            assert!(error.contains(said), "expected `{said}`: {error}");
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_named_by_row_and_column() {
        let error = refused(&file("<f4", "(2, 2)", &singles(&[0.0, 0.0, 0.0, f32::NAN])), 2);
        assert!(error.contains("row 1, column 1 (counted from 0) is NaN"), "{error}");
        let error = refused(&file("<f8", "(2, 2)", &doubles(&[0.0, 1e39, 0.0, 0.0])), 2);
        assert!(error.contains("row 0, column 1 (counted from 0) is inf"), "{error}");
    }

    #[test]
    fn every_cut_is_an_error_and_none_a_panic() {
        let whole = file("<f4", "(2, 2)", &[0; 16]);
        for cut in MAGIC.len()..whole.len() {
            let error = parsed(&whole[..cut], 2).unwrap_err();
            assert!(matches!(error, DataError::Truncated { .. }), "cut at {cut}: {error}");
        }
    }
}
