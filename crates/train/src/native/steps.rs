//! How many updates each parameter has seen, in two bytes or fewer ([`Tally`]) where that is enough.
//!
//! Invariant: tallies, which count no further than 65 535, only while the optimizer's corrections are the same from there
//! on.

use super::carry;
use super::parameters::Columns;
use super::tally::Tally;
use livenet_core::kernel::{Corrections, Counts};
use livenet_core::{Commit, Inherit, Network};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) enum Steps {
    Short([Tally; 4]),
    Long(Columns<u32>),
}

impl Steps {
    /// None yet.
    pub(super) fn new(network: &Network) -> Self {
        let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
        Self::Short([synapses, neurons, neurons, neurons].map(Tally::new))
    }

    /// These, as an optimizer with such corrections needs them.
    pub(super) fn of(counts: &Columns<u32>, corrections: Option<&Corrections>) -> Self {
        if corrections.is_none_or(Corrections::are_short) {
            Self::Short(counts.each_ref().map(|column| Tally::of(column)))
        } else {
            Self::Long(counts.clone())
        }
    }

    /// All of them.
    pub(super) fn counts(&self) -> Columns<u32> {
        match self {
            Self::Short(tallies) => tallies.each_ref().map(|tally| tally.counts().into_iter().map(u32::from).collect()),
            Self::Long(columns) => columns.clone(),
        }
    }

    /// For an optimizer with other corrections from now on, where some are frozen or nobody is.
    pub(super) fn prepare(&mut self, corrections: &Corrections, any_frozen: bool) {
        match self {
            Self::Short(_) if !corrections.are_short() => *self = Self::Long(self.counts()),
            // Who is frozen does not count on.
            Self::Short(tallies) if any_frozen => tallies.iter_mut().for_each(|tally| _ = tally.spread()),
            _ => {}
        }
    }

    /// Those of one kind of parameter, for an update that is followed by [`stepped`](Self::stepped).
    pub(super) fn of_kind(&mut self, kind: usize) -> Counts<'_> {
        match self {
            Self::Short(tallies) => tallies[kind].read(),
            Self::Long(columns) => Counts::Long(&mut columns[kind]),
        }
    }

    /// After an update of everything.
    pub(super) fn stepped(&mut self) {
        if let Self::Short(tallies) = self {
            tallies.iter_mut().for_each(Tally::stepped);
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
            Self::Short(tallies) => tallies[kind].spread()[row] = u16::try_from(count).unwrap_or(u16::MAX),
            Self::Long(columns) => columns[kind][row] = count,
        }
    }

    /// Counts so many more for everybody.
    pub(super) fn add(&mut self, more: u32) {
        match self {
            Self::Short(tallies) => {
                let more = u16::try_from(more).unwrap_or(u16::MAX);
                tallies.iter_mut().for_each(|tally| tally.add(more));
            }
            Self::Long(columns) => columns.iter_mut().flatten().for_each(|count| *count = count.saturating_add(more)),
        }
    }

    pub(super) fn follow(&mut self, commit: &Commit, inherit: Inherit) {
        match self {
            Self::Short(tallies) => carry::tallies(tallies, commit, inherit),
            Self::Long(columns) => carry::counts(columns, commit, inherit),
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
