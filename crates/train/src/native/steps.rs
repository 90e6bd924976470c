//! How many updates each parameter has seen: one count where nearly all have seen as many, else two bytes each where that is
//! enough.
//!
//! Invariant: counts go no further than 65 535 while the optimizer's corrections are the same from there on.

use super::alike::{self, Alike};
use super::carry;
use super::parameters::{Columns, WEIGHTS};
use livenet_core::kernel::{Corrections, Counts};
use livenet_core::{Commit, Inherit, Network};

/// What two bytes count to.
const SHORT: u32 = u16::MAX as u32;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) enum Steps {
    /// Up to the number.
    Alike([Alike; 4], u32),
    Short(Columns<u16>),
    Long(Columns<u32>),
}

fn short(counts: &[u32]) -> Vec<u16> {
    counts.iter().map(|&count| u16::try_from(count).unwrap_or(u16::MAX)).collect()
}

impl Steps {
    /// None yet.
    pub(super) fn new(network: &Network) -> Self {
        let (synapses, neurons) = (network.synapse_count(), network.neuron_count());
        Self::Alike([synapses, neurons, neurons, neurons].map(Alike::new), SHORT)
    }

    /// These, as an optimizer with such corrections needs them.
    pub(super) fn of(counts: &Columns<u32>, corrections: Option<&Corrections>) -> Self {
        let most = if corrections.is_none_or(Corrections::are_short) { SHORT } else { u32::MAX };
        match counts.each_ref().map(|column| Alike::of(column, most)) {
            [Some(weights), Some(bias), Some(decay), Some(gain)] => Self::Alike([weights, bias, decay, gain], most),
            _ if most == SHORT => Self::Short(counts.each_ref().map(|column| short(column))),
            _ => Self::Long(counts.clone()),
        }
    }

    /// All of them.
    pub(super) fn counts(&self) -> Columns<u32> {
        [0, 1, 2, 3].map(|kind| self.column(kind))
    }

    /// Those of one kind of parameter.
    pub(super) fn column(&self, kind: usize) -> Vec<u32> {
        match self {
            Self::Alike(columns, _) => columns[kind].counts(),
            Self::Short(columns) => columns[kind].iter().map(|&count| count.into()).collect(),
            Self::Long(columns) => columns[kind].clone(),
        }
    }

    /// Whether counts may go beyond two bytes.
    pub(super) const fn are_long(&self) -> bool {
        matches!(self, Self::Long(_) | Self::Alike(_, u32::MAX))
    }

    /// A count each from now on.
    pub(super) fn spell_out(&mut self) {
        if let Self::Alike(_, most) = self {
            *self = if *most == SHORT {
                Self::Short([0, 1, 2, 3].map(|kind| short(&self.column(kind))))
            } else {
                Self::Long(self.counts())
            };
        }
    }

    /// For an optimizer with other corrections from now on.
    pub(super) fn prepare(&mut self, corrections: &Corrections) {
        if !corrections.are_short() {
            match self {
                Self::Alike(_, most) => *most = u32::MAX,
                Self::Short(_) => *self = Self::Long(self.counts()),
                Self::Long(_) => {}
            }
        }
    }

    /// Those of one kind of parameter, for a step; then [`stepped`](Self::stepped) is told.
    pub(super) fn of_kind(&mut self, kind: usize) -> Counts<'_> {
        match self {
            Self::Alike(columns, _) => {
                let (steps, others) = columns[kind].parts();
                Counts::Alike { steps, others, first: 0 }
            }
            Self::Short(columns) => Counts::Short(&mut columns[kind]),
            Self::Long(columns) => Counts::Long(&mut columns[kind]),
        }
    }

    /// All kinds have taken a step.
    pub(super) fn stepped(&mut self) {
        if let Self::Alike(columns, most) = self {
            for column in columns {
                column.add(1, *most);
            }
        }
    }

    /// Connections that are counted.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Alike([synapses, ..], _) => synapses.rows(),
            Self::Short([synapses, ..]) => synapses.len(),
            Self::Long([synapses, ..]) => synapses.len(),
        }
    }

    /// Some of them: (kind, row, count), of which the last of a row holds.
    pub(super) fn set(&mut self, counts: Vec<(usize, u32, u32)>) {
        if let Self::Alike(columns, most) = self {
            let most = *most;
            let few = columns.iter_mut().enumerate().fold(true, |few, (kind, column)| {
                let mut own: Vec<(u32, u32)> =
                    counts.iter().filter(|(of, ..)| *of == kind).map(|&(_, row, count)| (row, count)).collect();
                // Stable, so that the last of a row is the last there.
                own.sort_by_key(|&(row, _)| row);
                own.reverse();
                own.dedup_by_key(|&mut (row, _)| row);
                column.set(own.into_iter().rev(), most) && few
            });
            if !few {
                self.spell_out();
            }
            return;
        }
        for (kind, row, count) in counts {
            match self {
                Self::Alike(..) => unreachable!("returned above"),
                Self::Short(columns) => columns[kind][row as usize] = u16::try_from(count).unwrap_or(u16::MAX),
                Self::Long(columns) => columns[kind][row as usize] = count,
            }
        }
    }

    /// Counts so many more for everybody.
    pub(super) fn add(&mut self, more: u32) {
        match self {
            Self::Alike(columns, most) => columns.iter_mut().for_each(|column| column.add(more, *most)),
            Self::Short(columns) => {
                let more = u16::try_from(more).unwrap_or(u16::MAX);
                columns.iter_mut().flatten().for_each(|count| *count = count.saturating_add(more));
            }
            Self::Long(columns) => columns.iter_mut().flatten().for_each(|count| *count = count.saturating_add(more)),
        }
    }

    pub(super) fn follow(&mut self, commit: &Commit, inherit: Inherit) {
        if let Self::Alike(columns, _) = self {
            if alike::fits(&columns[WEIGHTS], commit) {
                let [synapses, neurons @ ..] = columns;
                let few = synapses.follow(&commit.synapses, &mut carry::of_weights(commit), inherit);
                let few = neurons.iter_mut().fold(few, |few, column| {
                    column.follow(&commit.neurons, &mut carry::of_own(commit), inherit) && few
                });
                if few {
                    return;
                }
                return self.spell_out();
            }
            self.spell_out();
        }
        match self {
            Self::Alike(..) => unreachable!("spelled out above"),
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

    #[test]
    fn one_count_for_all_goes_on_as_far_as_a_count_each() {
        let (fast, slow) = (Optimizer::ADAM, Optimizer::Adam { beta1: 0.9, beta2: 0.9999, epsilon: 1e-8 });
        let mut counts = [vec![65_530; 20], vec![65_530], vec![], vec![]];
        counts[0][4] = 65_500;
        let mut alike = Steps::of(&counts, Some(&Corrections::new(fast)));
        let mut each = alike.clone();
        each.spell_out();
        assert!(matches!((&alike, &each), (Steps::Alike(..), Steps::Short(_))));
        for steps in [&mut alike, &mut each] {
            steps.add(9);
            steps.set(vec![(WEIGHTS, 7, 1), (WEIGHTS, 2, 8), (WEIGHTS, 7, 3), (WEIGHTS, 9, 70_000)]);
            steps.prepare(&Corrections::new(slow));
            steps.add(9);
        }
        let expected = |row| {
            if row == 7 {
                12
            } else if row == 2 {
                17
            } else if row == 4 {
                65_518
            } else {
                65_544
            }
        };
        assert_eq!(alike.counts()[0], (0..20).map(expected).collect::<Vec<u32>>());
        assert_eq!(alike.counts(), each.counts());
    }
}
