//! Rare values: one per row, hardly ever other than the default, so that nothing is kept until one is.

use crate::Remap;
use std::iter::{Chain, RepeatN};
use std::ops::Index;

type Iter<'a, T> = Chain<std::slice::Iter<'a, T>, RepeatN<&'a T>>;

/// A value per row. Reads like a slice; holds no memory while every value is the default.
#[derive(Clone, Debug, Default)]
pub struct Rare<T> {
    rows: usize,
    /// Empty, or as many as rows.
    values: Vec<T>,
    default: T,
}

impl<T: Copy + Default + PartialEq> Rare<T> {
    /// The default at every row.
    #[cfg(test)]
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// How many rows there are.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether no value is kept, so that all are the default. They may be so without this, once one was not.
    pub const fn is_plain(&self) -> bool {
        self.values.is_empty()
    }

    /// The values in the order of their rows.
    pub fn iter(&self) -> Iter<'_, T> {
        let plain = if self.is_plain() { self.rows } else { 0 };
        self.values.iter().chain(std::iter::repeat_n(&self.default, plain))
    }

    #[track_caller]
    pub(crate) fn set(&mut self, row: usize, value: T) {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        if self.is_plain() && value != self.default {
            self.values.resize(self.rows, self.default);
        }
        if let Some(old) = self.values.get_mut(row) {
            *old = value;
        }
    }

    /// Moves every value to its new row; newborn rows get the default.
    pub(crate) fn carry(&mut self, remap: &Remap) {
        if !self.is_plain() {
            remap.carry(&mut self.values, self.default);
        }
        self.rows = remap.len();
    }
}

impl<T: Copy + Default + PartialEq> FromIterator<T> for Rare<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut rare = Self::default();
        for value in values {
            if rare.is_plain() && value != rare.default {
                rare.values.resize(rare.rows, rare.default);
            }
            rare.rows += 1;
            if !rare.is_plain() || value != rare.default {
                rare.values.push(value);
            }
        }
        rare
    }
}

impl<'a, T: Copy + Default + PartialEq> IntoIterator for &'a Rare<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> Index<usize> for Rare<T> {
    type Output = T;
    #[track_caller]
    fn index(&self, row: usize) -> &T {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        self.values.get(row).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_until_something_is_rare() {
        let mut rare: Rare<u16> = Rare::new(4);
        rare.set(2, 0);
        assert!(rare.is_plain() && rare.iter().eq(&[0; 4]) && rare[3] == 0);
        rare.set(2, 7);
        assert!(!rare.is_plain() && rare.iter().eq(&[0, 0, 7, 0]) && rare[2] == 7);
        rare.carry(&[None, Some(1), Some(2)].into_iter().collect());
        assert!(rare.iter().eq(&[0, 0, 7]) && rare.len() == 3);
    }

    #[test]
    fn it_is_made_of_values() {
        for values in [&[][..], &[0, 0], &[1, 0], &[0, 0, 5, 0, 6]] {
            let rare: Rare<u16> = values.iter().copied().collect();
            assert!(rare.iter().eq(values) && rare.len() == values.len());
            assert_eq!(rare.is_plain(), values.iter().all(|&value| value == 0));
        }
    }

    #[test]
    #[should_panic(expected = "row 2 of 2")]
    fn a_row_must_be_there() {
        _ = Rare::<u16>::new(2)[2];
    }
}
