//! A remap: where the rows of a space came from, as runs of neighbours.
//!
//! Invariant: survivors keep their order, so both old and new rows ascend from run to run. That is why a column
//! goes along in place: runs that move towards the front first, in their order, then those that move
//! towards the back, from the last one on; none writes over what is still to be read. Neighbouring runs
//! that could be one are one, so equal remaps are equal values.

use crate::room;
use std::{ops::Range, sync::OnceLock};

/// A run of new rows, up to where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    row: u32,
    /// The old row of the first, or [`NEWBORN`].
    from: u32,
}

const NEWBORN: u32 = u32::MAX;

/// For each new row the old row that it came from, or none for a newborn. Eight bytes a run: a rewire of 1 %
/// among listeners of 100 leaves runs of fifty rows.
#[derive(Clone, Debug, Default)]
pub struct Remap {
    runs: Vec<Run>,
    rows: u32,
    /// The old row of each new one, or [`NEWBORN`]; made where runs are short and a column goes along.
    each: OnceLock<Vec<u32>>,
}

/// Runs shorter than this on average are carried row by row: of a third rewired, most are of one row or two, and the end
/// of each is a branch that nothing foretells.
const SHORT: usize = 6;

impl PartialEq for Remap {
    fn eq(&self, other: &Self) -> bool {
        (self.rows, &self.runs) == (other.rows, &other.runs)
    }
}

impl Eq for Remap {}

impl Remap {
    /// Every row where it was.
    pub fn identity(rows: u32) -> Self {
        let mut same = Self::default();
        same.push(0..rows);
        same
    }

    /// Puts survivors behind what is there: these old rows, which come after all old rows so far.
    pub(crate) fn push(&mut self, old: Range<u32>) {
        if old.is_empty() {
            return;
        }
        let goes_on = match self.runs.last() {
            Some(&Run { row, from }) if from != NEWBORN => from + (self.rows - row) == old.start,
            _ => false,
        };
        if !goes_on {
            self.runs.push(Run { row: self.rows, from: old.start });
        }
        self.rows += old.len() as u32;
    }

    /// Puts newborns behind what is there.
    pub(crate) fn push_newborns(&mut self, count: u32) {
        if count > 0 && self.runs.last().is_none_or(|run| run.from != NEWBORN) {
            self.runs.push(Run { row: self.rows, from: NEWBORN });
        }
        self.rows += count;
    }

    /// How many rows there are after the commit.
    pub const fn len(&self) -> usize {
        self.rows as usize
    }

    /// Whether there are no rows after the commit.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether all of so many old rows are where they were, and nothing else is there.
    pub fn is_identity(&self, before: usize) -> bool {
        match self.runs.as_slice() {
            [] => before == 0,
            [run] => run.from == 0 && self.len() == before,
            _ => false,
        }
    }

    /// The old row that a new one came from; `None` for a newborn.
    #[track_caller]
    pub fn from(&self, row: u32) -> Option<u32> {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let run = self.runs[self.runs.partition_point(|run| run.row <= row) - 1];
        (run.from != NEWBORN).then(|| run.from + (row - run.row))
    }

    /// The runs in order: new rows, and the old row of the first of them; `None` for newborns.
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = (Range<u32>, Option<u32>)> + '_ {
        (0..self.runs.len()).map(|at| {
            let Run { row, from } = self.runs[at];
            let end = self.runs.get(at + 1).map_or(self.rows, |next| next.row);
            (row..end, (from != NEWBORN).then_some(from))
        })
    }

    /// The old row of each new one, in order.
    pub fn rows(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.runs().flat_map(|(rows, from)| (0..rows.end - rows.start).map(move |at| from.map(|from| from + at)))
    }

    /// [`carry`](Self::carry) row by row, into fresh memory.
    fn gather<T: Copy>(&self, column: &mut Vec<T>, newborn: T) {
        let each = self.each.get_or_init(|| {
            let mut each = Vec::with_capacity(self.len());
            for (rows, from) in self.runs() {
                match from {
                    Some(from) => each.extend(from..from + (rows.end - rows.start)),
                    None => each.resize(rows.end as usize, NEWBORN),
                }
            }
            each
        });
        // Newborns read behind the last: no branch says who is one.
        let last = column.len();
        room::lengthen(column, last + 1, newborn);
        let gathered = each.iter().map(|&row| column[last.min(row as usize)]).collect();
        *column = gathered;
    }

    /// Moves every value to its new row, in place where runs are long; newborn rows get `newborn`.
    pub fn carry<T: Copy>(&self, column: &mut Vec<T>, newborn: T) {
        if self.runs.len() > 2 && self.runs.len() * SHORT > self.len() {
            self.gather(column, newborn);
        } else {
            self.shift(column, newborn);
        }
    }

    /// [`carry`](Self::carry) in place.
    fn shift<T: Copy>(&self, column: &mut Vec<T>, newborn: T) {
        room::lengthen(column, self.len(), newborn);
        let span = |rows: &Range<u32>, from: u32| from as usize..(from + (rows.end - rows.start)) as usize;
        for (rows, from) in self.runs() {
            if let Some(from) = from.filter(|&from| from > rows.start) {
                column.copy_within(span(&rows, from), rows.start as usize);
            }
        }
        for (rows, from) in self.runs().rev() {
            if let Some(from) = from.filter(|&from| from < rows.start) {
                column.copy_within(span(&rows, from), rows.start as usize);
            }
        }
        for (rows, _) in self.runs().filter(|(_, from)| from.is_none()) {
            column[rows.start as usize..rows.end as usize].fill(newborn);
        }
        column.truncate(self.len());
    }
}

impl FromIterator<Option<u32>> for Remap {
    /// From the old row of each new one.
    ///
    /// # Panics
    /// If the old rows do not ascend.
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = Option<u32>>>(rows: I) -> Self {
        let (mut remap, mut next) = (Self::default(), 0);
        for old in rows {
            match old {
                Some(old) => {
                    assert!(old >= next, "old row {old} where {next} or a later one must come");
                    next = old + 1;
                    remap.push(old..next);
                }
                None => remap.push_newborns(1),
            }
        }
        remap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remap(rows: &[i32]) -> Remap {
        rows.iter().map(|&old| u32::try_from(old).ok()).collect()
    }

    #[test]
    fn a_column_goes_along_in_place() {
        for rows in [
            &[][..],
            &[-1, -1],
            &[0, 1, 2, 3, 4, 5],
            &[-1, 0, 1, 2, 3, 4, 5],
            &[-1, -1, -1, 1, 2, -1, 5],
            &[3, 4, -1, 5],
            // Towards the front, towards the back, and both ways past each other.
            &[1, 2, -1, -1, -1, 3, 4, 5],
            &[-1, 0, 3, -1, 4, 5, -1, -1],
            &[-1, 0, 5, -1, -1],
            &[0, 1, -1, 4, 5],
        ] {
            let remap = remap(rows);
            assert_eq!(remap.len(), rows.len());
            assert!(remap.rows().eq(rows.iter().map(|&old| u32::try_from(old).ok())));
            assert!((0..rows.len()).all(|row| remap.from(row as u32) == u32::try_from(rows[row]).ok()));
            for carry in [Remap::carry, Remap::gather, Remap::shift] {
                let mut column = vec![10, 11, 12, 13, 14, 15];
                carry(&remap, &mut column, 99);
                let expected: Vec<i32> = rows.iter().map(|&old| if old < 0 { 99 } else { old + 10 }).collect();
                assert_eq!(column, expected, "{rows:?}");
            }
        }
    }

    #[test]
    fn neighbours_are_one_run() {
        assert_eq!(remap(&[0, 1, 2, 4, -1, -1, 5]).runs().count(), 4);
        assert_eq!(remap(&[0, 1, 2]), Remap::identity(3));
    }

    #[test]
    #[should_panic(expected = "old row 1 where 3 or a later one must come")]
    fn survivors_keep_their_order() {
        remap(&[2, 1]);
    }
}
