//! How many updates each parameter of a column has seen, no further than 65 535: one number for all but a few.
//!
//! Who is born later than the others is kept apart, by row; when those are more than a quarter, everybody has two bytes of
//! their own from then on. Of a network that was made at once and rewired now and then that saves two bytes a connection.

use livenet_core::kernel::Counts;
use livenet_core::{Moves, Remap};

/// How many stand apart at most: one in so many. Each takes eight bytes.
const APART: usize = 4;

/// See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tally {
    Even {
        rows: usize,
        all: u16,
        /// Rows with another count, ascending.
        apart: Vec<(u32, u16)>,
    },
    Each(Vec<u16>),
}

impl Tally {
    /// None yet, for so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self::Even { rows, all: 0, apart: Vec::new() }
    }

    /// These.
    pub(super) fn of(counts: &[u32]) -> Self {
        let short = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
        // Most are as old as the oldest, or nobody is.
        let all = counts.iter().copied().max().map_or(0, short);
        let others = || (0..).zip(counts).map(|(row, &count)| (row, short(count))).filter(|&(_, count)| count != all);
        if others().count() > counts.len() / APART {
            return Self::Each(counts.iter().map(|&count| short(count)).collect());
        }
        Self::Even { rows: counts.len(), all, apart: others().collect() }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Even { rows, .. } => *rows,
            Self::Each(counts) => counts.len(),
        }
    }

    /// That of one row.
    pub(super) fn get(&self, row: usize) -> u16 {
        match self {
            Self::Even { all, apart, .. } => {
                apart.binary_search_by_key(&row, |&(row, _)| row as usize).map_or(*all, |at| apart[at].1)
            }
            Self::Each(counts) => counts[row],
        }
    }

    /// All of them.
    pub(super) fn counts(&self) -> Vec<u16> {
        match self {
            Self::Even { rows, all, apart } => {
                let mut counts = vec![*all; *rows];
                for &(row, count) in apart {
                    counts[row as usize] = count;
                }
                counts
            }
            Self::Each(counts) => counts.clone(),
        }
    }

    /// Everybody by themselves.
    pub(super) fn spread(&mut self) -> &mut Vec<u16> {
        if let Self::Even { .. } = self {
            *self = Self::Each(self.counts());
        }
        let Self::Each(counts) = self else { unreachable!("spread above") };
        counts
    }

    /// Counts so many more for everybody.
    pub(super) fn add(&mut self, more: u16) {
        match self {
            Self::Even { all, apart, .. } => {
                *all = all.saturating_add(more);
                apart.iter_mut().for_each(|(_, count)| *count = count.saturating_add(more));
            }
            Self::Each(counts) => counts.iter_mut().for_each(|count| *count = count.saturating_add(more)),
        }
    }

    /// As an update reads it. Of those that are even it counts nobody: [`add`](Self::add) does.
    pub(super) fn read(&mut self) -> Counts<'_> {
        match self {
            Self::Even { rows, all, apart } => Counts::Even { rows: 0..*rows as u32, all: *all, apart },
            Self::Each(counts) => Counts::Short(counts),
        }
    }

    /// After an update that [`read`](Self::read) it.
    pub(super) fn stepped(&mut self) {
        if let Self::Even { .. } = self {
            self.add(1);
        }
    }

    /// Goes along with a commit: newborns begin at 0, and these rows, ascending, at these counts. A commit that moves no
    /// row costs what it touches, but for the first.
    pub(super) fn follow(&mut self, moves: &Moves, touched: &[(u32, u16)]) {
        match (&mut *self, moves) {
            (Self::Even { .. }, Moves::Touched { born, .. }) if born.is_empty() && touched.is_empty() => {}
            (Self::Even { rows, all, apart }, Moves::Remap(remap)) => {
                *rows = remap.len();
                let moved = carry(apart, remap);
                *apart = merge(&moved, touched);
                apart.retain(|&(_, count)| count != *all);
                if apart.len() > *rows / APART {
                    self.spread();
                }
            }
            _ => {
                let counts = self.spread();
                moves.carry(counts, 0);
                for &(row, count) in touched {
                    counts[row as usize] = count;
                }
            }
        }
    }
}

/// Where they are after a commit, and its newborns.
fn carry(apart: &[(u32, u16)], remap: &Remap) -> Vec<(u32, u16)> {
    let (mut next, mut old) = (Vec::new(), apart.iter().copied().peekable());
    for (here, from) in remap.runs() {
        let Some(from) = from else {
            next.extend(here.map(|row| (row, 0)));
            continue;
        };
        while old.next_if(|&(row, _)| row < from).is_some() {}
        while let Some((row, count)) = old.next_if(|&(row, _)| row - from < here.end - here.start) {
            next.push((here.start + (row - from), count));
        }
    }
    next
}

/// Both by row, which ascend in each; where both have one, the second counts.
fn merge(one: &[(u32, u16)], two: &[(u32, u16)]) -> Vec<(u32, u16)> {
    let (mut both, mut one) = (Vec::new(), one.iter().copied().peekable());
    for &(row, count) in two {
        both.extend(std::iter::from_fn(|| one.next_if(|&(before, _)| before < row)));
        one.next_if(|&(same, _)| same == row);
        both.push((row, count));
    }
    both.extend(one);
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_as_if_everybody_were_counted() {
        let mut even = Tally::of(&[7; 200]);
        let mut each = Tally::Each(vec![7; 200]);
        let remaps: [&[i32]; 4] = [&[0, 1, -1, 3, 5], &[-1, 0, 1, 2, 4], &[0, 2, -1, -1, 4], &[4, -1, -1, -1, -1]];
        for (round, rows) in remaps.iter().enumerate() {
            // The first rows are remapped, the others follow.
            let tail = 6..even.len() as i32;
            let remap: Remap = rows.iter().copied().chain(tail).map(|old| u32::try_from(old).ok()).collect();
            let touched = [(1, 3), (3, round as u16), (20, 9)];
            for tally in [&mut even, &mut each] {
                tally.follow(&Moves::Remap(remap.clone()), &touched);
                tally.add(2);
                tally.follow(&Moves::none(), &[]);
            }
            assert!(matches!(even, Tally::Even { .. }), "{even:?}");
            assert_eq!(even.counts(), each.counts());
            assert!((0..even.len()).all(|row| even.get(row) == each.get(row)));
            let counts: Vec<u32> = each.counts().into_iter().map(u32::from).collect();
            assert_eq!(Tally::of(&counts), even);
        }
        let mut renewed = even.clone();
        for tally in [&mut renewed, &mut each] {
            tally.follow(&Moves::Touched { freed: vec![1, 25], born: vec![1, 25] }, &[(25, 1)]);
        }
        assert_eq!(renewed, each);
        even.follow(&Moves::Remap([None; 30].into_iter().collect()), &[]);
        even.add(1);
        assert_eq!(even, Tally::Each(vec![1; 30]));
        even.add(u16::MAX);
        assert_eq!(even.get(3), u16::MAX);
    }
}
