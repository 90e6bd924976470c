//! From the name of a data set for classification to the data set.

use super::catalogue::{ALL, Kind, names};
use super::dataset::Dataset;
use super::error::DataError;
use super::places::Places;
use super::{digits, images};

/// The data set of this name. Series have a loader of their own, [`super::series::load`].
///
/// # Errors
/// [`DataError::Unknown`] with the names that would do, and what reading it can say; nothing is downloaded.
pub fn load(name: &str, places: &Places) -> Result<Dataset, DataError> {
    let unknown = || DataError::Unknown { name: name.to_owned(), known: names(|entry| entry.kind != Kind::Series) };
    let entry = ALL.iter().find(|entry| entry.name == name).ok_or_else(unknown)?;
    match entry.kind {
        Kind::Embedded => digits::load(),
        Kind::Images => images::load(entry, places),
        Kind::Series => Err(unknown()),
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
