//! Step counts of parameters that are nearly all of one age: one count, and whoever differs.
//!
//! That is every network until much of it was rewired, and spares two bytes a connection and their way through the caches.

use livenet_core::{Commit, Inherit, Moves};
use std::iter::Peekable;

/// Counts of one kind of parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alike {
    rows: usize,
    /// Updates that whoever is not among the others has seen.
    steps: u32,
    /// (row, updates), ascending by row.
    others: Vec<(u32, u32)>,
}

/// What rows begin anew at a commit or take from another: (row, the row before whose count it is, if any), ascending.
type Touched<'a> = &'a mut dyn Iterator<Item = (u32, Option<u32>)>;

impl Alike {
    /// None yet.
    pub(super) const fn new(rows: usize) -> Self {
        Self { rows, steps: 0, others: Vec::new() }
    }

    /// These, if few differ.
    pub(super) fn of(counts: &[u32], most: u32) -> Option<Self> {
        let steps = counts.iter().copied().max().unwrap_or(0).min(most);
        let others =
            (0..).zip(counts).filter(|&(_, &count)| count.min(most) != steps).map(|(row, &count)| (row, count));
        let limit = few(counts.len());
        let others: Vec<(u32, u32)> = others.take(limit + 1).collect();
        (others.len() <= limit).then_some(Self { rows: counts.len(), steps, others })
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// What most have seen, and whoever has not.
    pub(super) fn parts(&self) -> (u32, &[(u32, u32)]) {
        (self.steps, &self.others)
    }

    /// Row by row.
    pub(super) fn counts(&self) -> Vec<u32> {
        let mut counts = vec![self.steps; self.rows];
        for &(row, count) in &self.others {
            counts[row as usize] = count;
        }
        counts
    }

    /// Counts so many more for everybody, as far as `most`.
    pub(super) fn add(&mut self, more: u32, most: u32) {
        let after = |count: u32| count.saturating_add(more).min(most);
        self.steps = after(self.steps);
        self.others.iter_mut().for_each(|(_, count)| *count = after(*count));
        if self.steps == most {
            self.others.retain(|&(_, count)| count != most);
        }
    }

    fn of_row(&self, row: u32) -> u32 {
        self.others.binary_search_by_key(&row, |&(row, _)| row).map_or(self.steps, |at| self.others[at].1)
    }

    /// Gives some rows, ascending, other counts, as far as `most`. Says whether those who differ are still few.
    pub(super) fn set(&mut self, counts: impl Iterator<Item = (u32, u32)>, most: u32) -> bool {
        let before = std::mem::take(&mut self.others);
        self.merge(before.into_iter(), counts.map(|(row, count)| (row, count.min(most))).peekable())
    }

    /// Others from both lists; who is in both has the later.
    fn merge(
        &mut self,
        earlier: impl Iterator<Item = (u32, u32)>,
        mut later: Peekable<impl Iterator<Item = (u32, u32)>>,
    ) -> bool {
        let mut others = Vec::new();
        for one in earlier {
            others.extend(std::iter::from_fn(|| later.next_if(|&(row, _)| row < one.0)));
            others.push(later.next_if(|&(row, _)| row == one.0).unwrap_or(one));
        }
        others.extend(later);
        others.retain(|&(_, count)| count != self.steps);
        self.others = others;
        self.others.len() <= few(self.rows)
    }

    /// Goes along with a commit. Says whether those who differ are still few.
    pub(super) fn follow(&mut self, moves: &Moves, touched: Touched<'_>, inherit: Inherit) -> bool {
        if self.steps == 0 && self.others.is_empty() {
            self.rows = if let Moves::Remap(remap) = moves { remap.len() } else { self.rows };
            return true;
        }
        let before = self.clone();
        let follows = |row| inherit == Inherit::FromOrigin || moves.continues(row);
        let touched: Vec<(u32, u32)> =
            touched.map(|(row, of)| (row, of.filter(|_| follows(row)).map_or(0, |old| before.of_row(old)))).collect();
        let moved = match moves {
            Moves::Touched { born, .. } => {
                let born: Vec<(u32, u32)> = born.iter().map(|&row| (row, 0)).collect();
                self.set(born.into_iter(), 0);
                std::mem::take(&mut self.others)
            }
            Moves::Remap(remap) => {
                self.rows = remap.len();
                let (mut moved, mut others) = (Vec::new(), before.others.iter().copied().peekable());
                for (rows, from) in remap.runs() {
                    let Some(from) = from else {
                        moved.extend(rows.map(|row| (row, 0)));
                        continue;
                    };
                    let end = from + (rows.end - rows.start);
                    while let Some((row, count)) = others.next_if(|&(row, _)| row < end) {
                        // Who lies before the run is gone.
                        moved.extend(row.checked_sub(from).map(|at| (rows.start + at, count)));
                    }
                }
                moved
            }
        };
        self.merge(moved.into_iter(), touched.into_iter().peekable())
    }
}

/// Whether, for all that a commit brings, few will differ. Before the first step nobody does.
pub(super) fn fits(alike: &Alike, commit: &Commit) -> bool {
    if alike.steps == 0 && alike.others.is_empty() {
        return true;
    }
    let born = match &commit.synapses {
        Moves::Touched { born, .. } => born.len(),
        Moves::Remap(remap) => remap.runs().filter(|(_, from)| from.is_none()).map(|(rows, _)| rows.len()).sum(),
    };
    born.max(commit.weights.len()) <= few(alike.rows)
}

/// Whoever differs takes eight bytes, a count of one's own two.
const fn few(rows: usize) -> usize {
    rows / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::Remap;

    #[test]
    fn counts_are_those_that_each_row_would_have_by_itself() {
        let mut counts = vec![5_u32; 40];
        (counts[3], counts[7]) = (2, 9);
        assert_eq!(Alike::of(&counts, u32::MAX), None, "the greatest is one of few");
        counts[7] = 1;
        let mut alike = Alike::of(&counts, u32::MAX).expect("two of forty");
        assert_eq!(alike.parts(), (5, &[(3, 2), (7, 1)][..]));
        assert!(alike.set([(7, 5), (11, 0)].into_iter(), u32::MAX));
        (counts[7], counts[11]) = (5, 0);
        alike.add(3, 7);
        for count in &mut counts {
            *count = (*count + 3).min(7);
        }
        assert_eq!(alike.counts(), counts);
        assert!(!alike.set((20..26).map(|row| (row, 1)), u32::MAX), "eight of forty are many");
    }

    #[test]
    fn a_commit_takes_counts_along_as_a_column() {
        // Gone: 0 and 5; born: rows 2 and 20 of the new ones; row 4 takes over from 8, row 6 begins anew.
        let old: Vec<Option<u32>> =
            (1..3).map(Some).chain([None]).chain([3, 4].map(Some)).chain((6..22).map(Some)).collect();
        let mut from = old.clone();
        from.insert(20, None);
        let moves = Moves::Remap(from.iter().copied().collect::<Remap>());
        for inherit in [Inherit::FromOrigin, Inherit::Nothing] {
            let mut counts = vec![9; 24];
            (counts[0], counts[8]) = (1, 4);
            let mut alike = Alike::of(&counts, 100).expect("two of 24");
            let mut expected: Vec<u32> = from.iter().map(|old| old.map_or(0, |old| counts[old as usize])).collect();
            let touched = [(2, Some(8)), (4, Some(8)), (6, None)];
            for (row, of) in touched {
                let follows = inherit == Inherit::FromOrigin || from[row].is_some();
                expected[row] = of.filter(|_| follows).map_or(0, |old: usize| counts[old]);
            }
            let mut touched = touched.into_iter().map(|(row, of)| (row as u32, of.map(|of| of as u32)));
            alike.follow(&moves, &mut touched, inherit);
            assert_eq!(alike.counts(), expected, "{inherit:?}");
            assert_eq!(alike.rows(), expected.len());
        }
    }
}
