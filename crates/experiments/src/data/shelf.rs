//! Data that were loaded once, for whoever wants the same again: runs of several seeds in one process.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

type Kept = BTreeMap<String, Arc<dyn Any + Send + Sync>>;

/// Loaded data by name; the default one keeps nothing. A clone is the same shelf.
#[derive(Clone, Default)]
pub struct Shelf(Option<Arc<Mutex<Kept>>>);

impl Shelf {
    /// One that keeps what it is given until its last clone is gone.
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// What was made under this name before, or makes it now. Whoever wants it meanwhile waits.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub fn share<T: Send + Sync + 'static, E>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let Some(kept) = &self.0 else { return make().map(Arc::new) };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(name).and_then(|found| Arc::clone(found).downcast().ok()) {
            return Ok(found);
        }
        let made = Arc::new(make()?);
        kept.insert(name.to_owned(), made.clone());
        Ok(made)
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Shelf" } else { "no shelf" })
    }
}

/// What is loaded makes no other places of them.
impl PartialEq for Shelf {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Shelf {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_made_once_and_by_name_and_kind() {
        let shelf = Shelf::new();
        let made = |shelf: &Shelf, name, value: u32| *shelf.clone().share(name, || Ok::<_, ()>(value)).unwrap();
        assert_eq!((made(&shelf, "a", 1), made(&shelf, "a", 2), made(&shelf, "b", 3)), (1, 1, 3));
        assert_eq!(*shelf.share("a", || Ok::<_, ()>("text")).unwrap(), "text");
        assert_eq!(shelf.share("c", || Err::<u32, _>("no")).unwrap_err(), "no");
        assert_eq!(made(&shelf, "c", 4), 4);
        let none = Shelf::default();
        assert_eq!((made(&none, "a", 1), made(&none, "a", 2)), (1, 2));
    }
}
