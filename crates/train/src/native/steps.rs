//! How many updates each parameter has seen, in two bytes where that is enough.
//!
//! Invariant: two bytes, which then count no further than 65 535, only while the optimizer's corrections are the
//! same from there on.

use super::carry;
use super::parameters::{Columns, columns};
use livenet_core::kernel::{Corrections, Counts};
use livenet_core::{Commit, Inherit, Network};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) enum Steps {
    Short(Columns<u16>),
    Long(Columns<u32>),
}

impl Steps {
    /// None yet.
    pub(super) fn new(network: &Network) -> Self {
        Self::Short(columns(network, &0))
    }

    /// These, as an optimizer with such corrections needs them.
    pub(super) fn of(counts: &Columns<u32>, corrections: Option<&Corrections>) -> Self {
        if corrections.is_none_or(Corrections::are_short) {
            let short = |&count: &u32| u16::try_from(count).unwrap_or(u16::MAX);
            Self::Short(counts.each_ref().map(|column| column.iter().map(short).collect()))
        } else {
            Self::Long(counts.clone())
        }
    }

    /// All of them.
    pub(super) fn counts(&self) -> Columns<u32> {
        match self {
            Self::Short(columns) => columns.each_ref().map(|column| column.iter().map(|&count| count.into()).collect()),
            Self::Long(columns) => columns.clone(),
        }
    }

    /// For an optimizer with other corrections from now on.
    pub(super) fn prepare(&mut self, corrections: &Corrections) {
        if matches!(self, Self::Short(_)) && !corrections.are_short() {
            *self = Self::Long(self.counts());
        }
    }

    /// Those of one kind of parameter.
    pub(super) fn of_kind(&mut self, kind: usize) -> Counts<'_> {
        match self {
            Self::Short(columns) => Counts::Short(&mut columns[kind]),
            Self::Long(columns) => Counts::Long(&mut columns[kind]),
        }
    }

    /// Connections that are counted.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Short([synapses, ..]) => synapses.len(),
            Self::Long([synapses, ..]) => synapses.len(),
        }
    }

    /// One of them.
    pub(super) fn set(&mut self, kind: usize, row: usize, count: u32) {
        match self {
            Self::Short(columns) => columns[kind][row] = u16::try_from(count).unwrap_or(u16::MAX),
            Self::Long(columns) => columns[kind][row] = count,
        }
    }

    /// Counts so many more for everybody.
    pub(super) fn add(&mut self, more: u32) {
        match self {
            Self::Short(columns) => {
                let more = u16::try_from(more).unwrap_or(u16::MAX);
                columns.iter_mut().flatten().for_each(|count| *count = count.saturating_add(more));
            }
            Self::Long(columns) => columns.iter_mut().flatten().for_each(|count| *count = count.saturating_add(more)),
        }
    }

    pub(super) fn follow(&mut self, commit: &Commit, inherit: Inherit) {
        match self {
            Self::Short(columns) => carry::counts(columns, 0, commit, inherit),
            Self::Long(columns) => carry::counts(columns, 0, commit, inherit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::Optimizer;

    #[test]
    fn a_slow_mean_counts_in_four_bytes() {
        let (fast, slow) = (Optimizer::ADAM, Optimizer::Adam { beta1: 0.9, beta2: 0.9999, epsilon: 1e-8 });
        let counts = [vec![70_000, 3], vec![1], vec![], vec![]];
        let mut steps = Steps::of(&counts, Some(&Corrections::new(fast)));
        assert_eq!(steps.counts()[0], [65_535, 3]);
        steps.prepare(&Corrections::new(slow));
        assert!(matches!(steps, Steps::Long(_)));
        assert_eq!(Steps::of(&counts, Some(&Corrections::new(slow))).counts(), counts);
    }
}
