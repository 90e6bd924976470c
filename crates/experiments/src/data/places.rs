//! Where data are looked for: `$LIVENET_DATA/<folder>/`, then the user's cache, `<cache>/livenet/<folder>/`.
//!
//! The environment is read in one place, [`Places::from_environment`]; everything else takes a `&Places`.

use std::env;
use std::path::PathBuf;

use super::catalogue::{Entry, SourceFile};
use super::error::DataError;
use super::shelf::Shelf;

/// The roots below which each data set has a folder, in search order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    roots: Vec<PathBuf>,
    shelf: Shelf,
}

impl Places {
    /// These roots, in this order. The first is where [`fetch`](super::fetch()) writes.
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots, shelf: Shelf::default() }
    }

    /// The same, where everything is loaded once: for runs of several seeds in one process.
    #[must_use]
    pub fn with_shelf(self) -> Self {
        Self { shelf: Shelf::new(), ..self }
    }

    /// What was loaded before.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// `$LIVENET_DATA` when set, then `$XDG_CACHE_HOME/livenet` or else `~/.cache/livenet`.
    pub fn from_environment() -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The XDG base directory specification: a relative path is invalid and to be ignored.
        let cache = variable("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| env::home_dir().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".cache")))
            .map(|cache| cache.join("livenet"));
        Self::new(variable("LIVENET_DATA").into_iter().chain(cache).collect())
    }

    /// The folders of one data set, in search order.
    pub fn folders(&self, entry: &Entry) -> Vec<PathBuf> {
        self.roots.iter().map(|root| root.join(entry.folder)).collect()
    }

    /// Where this file of the data set lies, if anywhere: the first place that has it.
    pub fn locate(&self, entry: &Entry, file: &SourceFile) -> Option<PathBuf> {
        self.folders(entry).into_iter().map(|folder| folder.join(file.name)).find(|path| path.is_file())
    }

    /// As [`Places::locate`], with an error that says how to get the file.
    ///
    /// # Errors
    /// [`DataError::Missing`].
    pub fn find(&self, entry: &Entry, file: &SourceFile) -> Result<PathBuf, DataError> {
        self.locate(entry, file).ok_or_else(|| {
            let looked: Vec<_> = self.folders(entry).iter().map(|folder| format!("`{}`", folder.display())).collect();
            DataError::Missing {
                dataset: entry.name,
                file: file.name,
                folder: entry.folder,
                looked: if looked.is_empty() { "no folder".to_owned() } else { looked.join(", ") },
            }
        })
    }

    /// The folder that [`fetch`](super::fetch()) writes to: that of the first root.
    ///
    /// # Errors
    /// [`DataError::Nowhere`] when there is no root.
    pub fn destination(&self, entry: &Entry) -> Result<PathBuf, DataError> {
        self.folders(entry).into_iter().next().ok_or(DataError::Nowhere)
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::entry;
    use super::*;

    #[test]
    fn the_first_place_that_has_the_file_wins() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let places = Places::new(vec![first.path().to_owned(), second.path().to_owned()]);
        let mnist = entry("mnist").unwrap();
        let file = &mnist.files[0];
        let error = places.find(mnist, file).unwrap_err().to_string();
        for part in
            [first.path().to_str().unwrap(), second.path().to_str().unwrap(), file.name, "livenet data fetch mnist"]
        {
            assert!(error.contains(part), "`{part}` is not named in: {error}");
        }
        for root in [&second, &first] {
            let path = root.path().join("mnist").join(file.name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "x").unwrap();
            assert_eq!(places.find(mnist, file).unwrap(), path);
        }
        assert_eq!(places.destination(mnist).unwrap(), first.path().join("mnist"));
    }

    #[test]
    fn without_any_place_the_errors_say_so() {
        let mnist = entry("mnist").unwrap();
        let error = Places::default().find(mnist, &mnist.files[0]).unwrap_err().to_string();
        assert!(error.contains("looked in no folder"), "{error}");
        assert!(matches!(Places::default().destination(mnist), Err(DataError::Nowhere)));
    }
}
