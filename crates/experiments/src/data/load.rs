//! From the name of a set of images to the data set.

use super::catalogue::{ALL, Entry, Kind, names};
use super::dataset::Dataset;
use super::error::DataError;
use super::places::Places;
use super::{digits, images};

/// The data set of this name. Series and tables have loaders of their own, [`super::series::load`] and [`super::tabular::load`].
///
/// # Errors
/// [`DataError::Unknown`] with the names that would do, and what reading it can say; nothing is downloaded.
pub fn load(name: &str, places: &Places) -> Result<Dataset, DataError> {
    let images = |entry: &Entry| matches!(entry.kind, Kind::Embedded | Kind::Images);
    let unknown = || DataError::Unknown { name: name.to_owned(), known: names(images) };
    let entry = ALL.iter().find(|entry| entry.name == name).ok_or_else(unknown)?;
    match entry.kind {
        Kind::Embedded => digits::load(),
        Kind::Images => images::load(entry, places),
        Kind::Series | Kind::Table => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_need_no_place_and_series_are_not_classified() {
        assert_eq!(load("digits", &Places::default()).unwrap().name(), "digits");
        let error = load("sunspots", &Places::default()).unwrap_err().to_string();
        assert_eq!(error, "no data set is called `sunspots`; known are digits, fashion-mnist, mnist");
        assert!(matches!(load("mnist", &Places::default()), Err(DataError::Missing { .. })));
    }
}
