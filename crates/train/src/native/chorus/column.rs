//! What moves between executors and lanes, a column at a time.

use super::super::executor::Native;
use super::super::parameters::{BIAS, WEIGHTS};
use super::{Chorus, Voice};
use livenet_core::kernel::{self, LANES, Lanes};
use std::ops::Range;

/// A value per connection, per neuron, or per neuron and cycle.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Weights,
    Bias,
    Outputs,
    Potentials,
    Blame,
    Given,
    /// Of weights or biases, in a slot.
    Moment(usize, usize),
}

impl Column {
    /// All of them, where the optimizer keeps so many moments.
    pub(super) fn all(slots: usize) -> Vec<Self> {
        let mut all = vec![Self::Weights, Self::Bias, Self::Outputs, Self::Potentials, Self::Blame, Self::Given];
        all.extend((0..slots).flat_map(|slot| [WEIGHTS, BIAS].map(|kind| Self::Moment(slot, kind))));
        all
    }

    fn rows(self, chorus: &Chorus) -> &[Lanes] {
        match self {
            Self::Weights => &chorus.weights,
            Self::Bias => &chorus.bias,
            Self::Outputs => &chorus.outputs,
            Self::Potentials => &chorus.potentials,
            Self::Blame => &chorus.blame,
            Self::Given => &chorus.given,
            Self::Moment(slot, kind) => &chorus.moments[slot][kind],
        }
    }

    fn rows_mut(self, chorus: &mut Chorus) -> &mut [Lanes] {
        match self {
            Self::Weights => &mut chorus.weights,
            Self::Bias => &mut chorus.bias,
            Self::Outputs => &mut chorus.outputs,
            Self::Potentials => &mut chorus.potentials,
            Self::Blame => &mut chorus.blame,
            Self::Given => &mut chorus.given,
            Self::Moment(slot, kind) => &mut chorus.moments[slot][kind],
        }
    }

    /// Where it lies in an executor that takes one sample at a time.
    pub(super) fn of(self, native: &mut Native) -> &mut [f32] {
        match self {
            Self::Weights => &mut native.parameters[WEIGHTS],
            Self::Bias => &mut native.parameters[BIAS],
            Self::Outputs => &mut native.record.outputs,
            Self::Potentials => &mut native.record.potentials,
            Self::Blame => &mut native.record.blame,
            Self::Given => &mut native.record.given,
            Self::Moment(slot, kind) => &mut native.memory.moments[slot][kind],
        }
    }

    /// From the executors into lanes.
    pub(super) fn gather(self, chorus: &mut Chorus, voices: &mut [Voice<'_>]) {
        let columns: Vec<&[f32]> = voices.iter_mut().map(|voice| &*self.of(voice.native)).collect();
        let samples = std::array::from_fn(|lane| columns[if lane < columns.len() { lane } else { 0 }]);
        kernel::interleave(samples, self.rows_mut(chorus));
    }

    /// From lanes into the executors.
    pub(super) fn scatter(self, chorus: &Chorus, voices: &mut [Voice<'_>]) {
        let mut columns: Vec<&mut [f32]> = voices.iter_mut().map(|voice| self.of(voice.native)).collect();
        kernel::deinterleave(self.rows(chorus), &mut columns);
    }

    /// From one lane.
    pub(super) fn of_member(self, chorus: &Chorus, member: usize) -> Vec<f32> {
        self.rows(chorus).iter().map(|row| row[member]).collect()
    }
}

/// Steps of each element, `[row][lane]`, as the executors count them.
#[derive(Debug)]
pub(super) enum Counts {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

impl Counts {
    /// Those of one kind of parameter; `None` if some are counted in two bytes and some in four.
    pub(super) fn gather(voices: &[Voice<'_>], kind: usize) -> Option<Self> {
        let steps = |voice: &Voice<'_>| voice.native.memory.steps.are_long();
        let long = steps(&voices[0]);
        if voices.iter().any(|voice| steps(voice) != long) {
            return None;
        }
        let columns: Vec<Vec<u32>> = voices.iter().map(|voice| voice.native.memory.steps.column(kind)).collect();
        let of = |lane: usize| &columns[if lane < columns.len() { lane } else { 0 }];
        let counts = (0..columns[0].len()).flat_map(|row| (0..LANES).map(move |lane| of(lane)[row]));
        Some(if long {
            Self::Long(counts.collect())
        } else {
            Self::Short(counts.map(|count| u16::try_from(count).unwrap_or(u16::MAX)).collect())
        })
    }

    /// Those of some rows; none where nobody asks.
    pub(super) fn of_rows(&mut self, rows: Range<usize>) -> kernel::Counts<'_> {
        let range = rows.start * LANES..rows.end * LANES;
        match self {
            Self::Short(counts) => kernel::Counts::Short(counts.get_mut(range).unwrap_or_default()),
            Self::Long(counts) => kernel::Counts::Long(counts.get_mut(range).unwrap_or_default()),
        }
    }
}
