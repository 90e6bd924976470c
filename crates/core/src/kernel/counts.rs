//! Step counts: how many updates each element has seen, from which its bias correction follows.

use super::Corrections;
use std::ops::Range;

/// Elements that are stepped together: their corrections stay in the first-level cache.
pub(super) const BATCH: usize = 256;

/// Step counts, in two bytes where no correction is told apart beyond them ([`Corrections::are_short`]).
#[derive(Debug)]
pub enum Counts<'a> {
    /// One for nearly all. The caller counts on.
    Alike {
        /// Of whoever is not among the others.
        steps: u32,
        /// (element, steps), ascending.
        others: &'a [(u32, u32)],
        /// What the first element is called there.
        first: usize,
    },
    /// Up to 65 535.
    Short(&'a mut [u16]),
    /// Up to four thousand million.
    Long(&'a mut [u32]),
}

impl Counts<'_> {
    /// Whether there is one for each of `n` elements.
    pub(super) fn reach(&self, n: usize) -> bool {
        match self {
            Self::Alike { .. } => true,
            Self::Short(counts) => counts.len() == n,
            Self::Long(counts) => counts.len() == n,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Alike { .. } => false,
            Self::Short(counts) => counts.is_empty(),
            Self::Long(counts) => counts.is_empty(),
        }
    }

    pub(super) fn split(self, at: usize) -> (Self, Self) {
        match self {
            Counts::Alike { steps, others, first } => {
                let (one, two) = others.split_at(others.partition_point(|&(row, _)| (row as usize) < first + at));
                (Self::Alike { steps, others: one, first }, Self::Alike { steps, others: two, first: first + at })
            }
            Counts::Short(counts) => {
                let (one, two) = split(counts, at);
                (Self::Short(one), Self::Short(two))
            }
            Counts::Long(counts) => {
                let (one, two) = split(counts, at);
                (Self::Long(one), Self::Long(two))
            }
        }
    }

    /// Counts a step of these elements, the next of all, and writes their corrections; `Some` if one pair serves all.
    #[inline(always)]
    pub(super) fn step(
        &mut self,
        here: Range<usize>,
        frozen: Option<&[bool]>,
        table: &Corrections,
        out: &mut [[f32; BATCH]; 2],
    ) -> Option<[f32; 2]> {
        match self {
            Self::Alike { steps, others, first } => {
                let end = others.partition_point(|&(row, _)| (row as usize) < *first + here.end);
                let (own, rest) = others.split_at(end);
                *others = rest;
                alike(*steps, (own, *first + here.start), table, out)
            }
            Self::Short(counts) => age(counts.get_mut(here).unwrap_or_default(), frozen, table, out),
            Self::Long(counts) => age(counts.get_mut(here).unwrap_or_default(), frozen, table, out),
        }
    }
}

trait Count: Copy {
    fn number(self) -> u32;
    /// After so many more steps, or as many as it can tell.
    fn after(self, steps: u8) -> Self;
}

impl Count for u16 {
    #[inline(always)]
    fn number(self) -> u32 {
        self.into()
    }
    #[inline(always)]
    fn after(self, steps: u8) -> Self {
        self.saturating_add(steps.into())
    }
}

impl Count for u32 {
    #[inline(always)]
    fn number(self) -> u32 {
        self
    }
    #[inline(always)]
    fn after(self, steps: u8) -> Self {
        self.saturating_add(steps.into())
    }
}

/// Splits where the slice is long enough, or leaves an empty one empty.
pub(super) fn split<T>(slice: &mut [T], at: usize) -> (&mut [T], &mut [T]) {
    let at = at.min(slice.len());
    slice.split_at_mut(at)
}

/// Counts a step of some elements and writes their corrections; `Some` if one age, so one pair, serves all.
#[inline(always)]
fn age<C: Count>(
    counts: &mut [C],
    frozen: Option<&[bool]>,
    table: &Corrections,
    out: &mut [[f32; BATCH]; 2],
) -> Option<[f32; 2]> {
    let Some(&first) = counts.first() else { return Some([1.0, 1.0]) };
    let first = first.number();
    let together = counts.iter().fold(0, |other, count| other | (count.number() ^ first)) == 0;
    match frozen {
        None => counts.iter_mut().for_each(|count| *count = count.after(1)),
        Some(frozen) => {
            for (count, &frozen) in counts.iter_mut().zip(frozen) {
                *count = count.after(u8::from(!frozen));
            }
        }
    }
    if together {
        return Some(table.of(first.saturating_add(1)));
    }
    for (i, &count) in counts.iter().enumerate().take(BATCH) {
        [out[0][i], out[1][i]] = table.of(count.number());
    }
    None
}

/// [`age`] where one serves all but a few.
#[inline(always)]
fn alike(
    steps: u32,
    (others, first): (&[(u32, u32)], usize),
    table: &Corrections,
    out: &mut [[f32; BATCH]; 2],
) -> Option<[f32; 2]> {
    let all = table.of(steps.saturating_add(1));
    if others.is_empty() {
        return Some(all);
    }
    for (out, all) in out.iter_mut().zip(all) {
        out.fill(all);
    }
    for &(row, steps) in others {
        let i = row as usize - first;
        [out[0][i], out[1][i]] = table.of(steps.saturating_add(1));
    }
    None
}
