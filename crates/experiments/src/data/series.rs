//! Numeric series: values in time order, one a line, perhaps after a date.
//!
//! Known names are those of the catalogue; anything else is a path. A header line is skipped. Standardising
//! uses the mean and deviation of the training part only, so that nothing later leaks into what is learned.

use std::path::Path;

use super::catalogue::{ALL, Kind, names};
use super::error::DataError;
use super::images::published;
use super::places::Places;
use super::table;

/// The values of a known series, or of the CSV file at this path; a relative one begins in `folder`.
///
/// A line is `value` or `date,value`; the first line may be a header.
///
/// # Errors
/// [`DataError::UnknownFile`], [`DataError::Missing`], [`DataError::Read`]; a known file that is not the
/// published one as [`DataError::WrongSize`] or [`DataError::WrongHash`]; in the text [`DataError::Cell`] and
/// [`DataError::Columns`] with the line, and [`DataError::Empty`].
pub fn load(name: &str, places: &Places, folder: &Path) -> Result<Vec<f64>, DataError> {
    if let Some(entry) = ALL.iter().find(|entry| entry.kind == Kind::Series && entry.name == name) {
        let file = &entry.files[0];
        let path = places.find(entry, file)?;
        let bytes = std::fs::read(&path).map_err(DataError::read(&path))?;
        published(&path, &bytes, file)?;
        return parse(&path, &bytes);
    }
    let path = &folder.join(name);
    if !path.exists() {
        return Err(DataError::UnknownFile {
            what: "series",
            name: name.to_owned(),
            path: path.clone(),
            known: names(|entry| entry.kind == Kind::Series),
        });
    }
    parse(path, &std::fs::read(path).map_err(DataError::read(path))?)
}

/// The values in the bytes of a CSV file; `path` is named in errors only.
///
/// # Errors
/// Those of [`load`] about the text.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<f64>, DataError> {
    let mut values = Vec::new();
    let mut columns = None;
    for (line, cells) in table::rows(table::text(path, bytes)?) {
        let wanted = *columns.get_or_insert(cells.len());
        if cells.len() != wanted || wanted > 2 {
            return Err(DataError::Columns {
                path: path.to_owned(),
                line,
                found: cells.len(),
                expected: if wanted > 2 {
                    "1 (value) or 2 (date,value)".to_owned()
                } else {
                    format!("{wanted} as above")
                },
            });
        }
        let cell = cells[wanted - 1];
        if line == 1 && table::is_heading(cell) {
            continue;
        }
        values.push(table::number(path, line, wanted, cell)?);
    }
    if values.is_empty() {
        return Err(DataError::Empty { path: path.to_owned() });
    }
    Ok(values)
}

/// The mean and standard deviation (of the population: divided by n) of the training part of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    mean: f64,
    deviation: f64,
}

impl Scale {
    /// The scale of the first `train` values, or of all when there are fewer.
    ///
    /// # Errors
    /// [`DataError::Constant`] when they are none, all equal, or too large for their squares.
    pub fn of_training(values: &[f64], train: usize) -> Result<Self, DataError> {
        let seen = &values[..train.min(values.len())];
        let refuse = |found: String| DataError::Constant { length: seen.len(), found };
        // By value, not by deviation: the mean of equal values may be off by a rounding.
        match seen.first() {
            None => return Err(refuse("is empty".to_owned())),
            Some(first) if seen.iter().all(|value| value == first) => {
                return Err(refuse(format!("is {first} throughout")));
            }
            Some(_) => {}
        }
        let count = seen.len() as f64;
        let mean = seen.iter().sum::<f64>() / count;
        let deviation = (seen.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        if deviation.is_finite() && deviation > 0.0 {
            Ok(Self { mean, deviation })
        } else {
            Err(refuse(format!("has a standard deviation of {deviation}")))
        }
    }

    /// Mean of the training part.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Standard deviation of the training part.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// Values in units of the deviation, about the mean.
    #[must_use]
    pub fn apply(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| (value - self.mean) / self.deviation).collect()
    }

    /// A standardised value back in the unit of the series.
    #[must_use]
    pub fn undo(&self, value: f64) -> f64 {
        value * self.deviation + self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<f64>, DataError> {
        parse(Path::new("s.csv"), text.as_bytes())
    }

    #[test]
    fn one_column_and_dated_values_with_and_without_header() {
        for text in [
            "1\n2.5\n",
            "x\n1\n2.5",
            "\"Date\",\"Temp\"\r\n\"1981-01-01\",1\r\n\"1981-01-02\",2.5",
            "1700,1\n1701,2.5\n\n",
        ] {
            assert_eq!(parsed(text).unwrap(), [1.0, 2.5], "{text}");
        }
    }

    #[test]
    fn bad_cells_are_named_by_line_and_column() {
        for (text, said) in [
            ("day,value\na,1\nb,NaN", "line 3, column 2: found `NaN`"),
            ("day,value\na,?0.2", "line 2, column 2: found `?0.2`"),
            ("nan\n1", "line 1, column 1: found `nan`"),
            ("1\n\n2", "line 2, column 1: found ``"),
            ("a,1\nb,1,2", "line 2: found 3 columns, expected 2 as above"),
            ("1,2,3", "line 1: found 3 columns, expected 1 (value) or 2"),
            ("header\n", "holds no numbers"),
            ("", "holds no numbers"),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_path_is_read_and_a_wrong_name_lists_the_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.csv");
        std::fs::write(&path, "3\n4\n").unwrap();
        let elsewhere = Path::new("elsewhere");
        assert_eq!(load(path.to_str().unwrap(), &Places::default(), elsewhere).unwrap(), [3.0, 4.0]);
        assert_eq!(load("mine.csv", &Places::default(), folder.path()).unwrap(), [3.0, 4.0]);
        let error = load("sunspot", &Places::default(), elsewhere).unwrap_err().to_string();
        assert!(error.contains("daily-min-temperatures, santafe, sunspots"), "{error}");
        assert!(matches!(load("sunspots", &Places::default(), elsewhere), Err(DataError::Missing { .. })));
    }

    #[test]
    fn a_known_name_with_other_contents_is_refused() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("timeseries")).unwrap();
        std::fs::write(root.path().join("timeseries/santafe.dat"), "1\n2\n").unwrap();
        let error = load("santafe", &Places::new(vec![root.path().to_owned()]), root.path()).unwrap_err();
        assert!(matches!(error, DataError::WrongSize { found: 4, expected: 31_693, .. }), "{error}");
    }

    #[test]
    fn the_scale_sees_the_training_part_only() {
        let values = [1.0, 3.0, 1.0, 3.0, 1e9];
        let scale = Scale::of_training(&values, 4).unwrap();
        assert_eq!((scale.mean(), scale.deviation()), (2.0, 1.0));
        assert_eq!(scale.apply(&values)[..4], [-1.0, 1.0, -1.0, 1.0]);
        assert_eq!(scale.undo(scale.apply(&values)[4]), 1e9);
        assert_ne!(scale, Scale::of_training(&values, 9).unwrap());
    }

    #[test]
    fn a_constant_or_empty_training_part_is_refused() {
        for (values, said) in
            [(&[0.1; 3][..], "is 0.1 throughout"), (&[], "is empty"), (&[1e200, -1e200], "deviation of inf")]
        {
            let error = Scale::of_training(values, 3).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn the_published_series_are_as_long_as_they_say() {
        let Some(root) = std::env::var_os("LIVENET_DATA") else {
            println!("skipped: set LIVENET_DATA to a folder with timeseries/");
            return;
        };
        let places = Places::new(vec![root.into()]);
        for (name, length, first, last) in [
            ("daily-min-temperatures", 3650, 20.7, 13.0),
            ("santafe", 10_093, 86.0, 100.0),
            ("sunspots", 309, 5.0, 2.9),
        ] {
            let values = load(name, &places, Path::new("")).unwrap();
            assert_eq!((values.len(), values[0], values[length - 1]), (length, first, last), "{name}");
        }
    }
}
