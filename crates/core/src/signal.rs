//! Signals: all that structure rules know of the computation.
//!
//! A closed list of reductions, each computed by the executor where the data is, and only when some
//! strategy names it.

use crate::{Network, Neurons, Row};
use serde::{Deserialize, Serialize};

/// A reduction that an executor can compute.
///
/// Running statistics are means over samples, cycles and windows with an exponential forgetting of
/// [`Signal::FORGET`] per window, corrected for their start; the others are of the last window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Running, per neuron: mean output.
    OutputMean,
    /// Running, per neuron: variance of the output.
    OutputVariance,
    /// Running, per neuron: mean |output|.
    OutputMagnitude,
    /// Running, per neuron: mean |output| divided by the group's mean of it (Sokar et al. 2023); 0 is
    /// dormant.
    Dormancy,
    /// Running, per neuron: contribution utility, mean |output - its mean| times the sum of the
    /// outgoing |w| (`zero_contribution` in the code of Dohare et al. 2024, whose equation 1 has mean |output|).
    Utility,
    /// Running, per neuron: mean |dL / d potential|.
    Blame,
    /// Running, per neuron: the smallest eigenvalue of the splitting matrix
    /// E[dL/d output · f''(z) x xᵀ], by a few power iterations on the last window (Liu et al. 2019);
    /// negative means that a split lowers the loss. ReLU uses softplus with β = 3 for f''.
    Splitting,
    /// Per connection: the weight.
    Weight,
    /// Per connection: the gradient of the last window, silent connections included.
    Gradient,
    /// Per connection: |change| in the last update.
    UpdateSize,
    /// The `top` largest |gradient|s at absent pairs within reach, over all delays in reach.
    AbsentGradient {
        /// How many.
        top: u32,
    },
    /// The `top` largest |gradient|s at absent pairs within reach between each two fire groups, over all delays in reach:
    /// what [`by_groups`] leaves. For whoever knows how many will come: that many need be ranked, and no more.
    AbsentGradientByGroups {
        /// How many between each two groups.
        top: u32,
    },
    /// `[output][neuron]`: the gradient that a connection from each neuron straight to each output
    /// would have, whatever the reach: which neurons speak of what is still wrong.
    Residual,
    /// What every neuron said in each remembered cycle, on the first so many lanes: [`Signals::outputs`]. The samples
    /// themselves, for whoever compares neurons pair by pair: correlations, copies of one another.
    Outputs {
        /// How many lanes, if there are as many.
        lanes: u32,
    },
    /// dL / d potential of every neuron in each cycle that the last sweep went back over, sample by sample:
    /// [`Signals::blames`]. With [`Signal::Outputs`] it makes every gradient, of what is there and of what is not:
    /// the sum over cycles and lanes of the one's blame times what it would hear. 0 for inputs.
    Blames {
        /// How many lanes, if there are as many.
        lanes: u32,
    },
    /// dL / d output · f''(z) of every neuron in each cycle of the last window, sample by sample: [`Signals::bends`].
    /// Weighted by it, the outer products of what a neuron hears add up to its splitting matrix; f'' as for
    /// [`Signal::Splitting`].
    Bends {
        /// How many lanes, if there are as many.
        lanes: u32,
    },
    /// Per neuron: its drive, Σ |w| · mean |output| over those whom it hears through connections that are not silent. The means are
    /// those of [`Signal::OutputMagnitude`], 0 where nobody observes that: whoever asks for this asks for both.
    Drive,
}

impl Signal {
    /// Weight of the past per window in running statistics.
    pub const FORGET: f32 = 0.99;

    /// Its name in lists and configs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutputMean => "output_mean",
            Self::OutputVariance => "output_variance",
            Self::OutputMagnitude => "output_magnitude",
            Self::Dormancy => "dormancy",
            Self::Utility => "utility",
            Self::Blame => "blame",
            Self::Splitting => "splitting",
            Self::Weight => "weight",
            Self::Gradient => "gradient",
            Self::UpdateSize => "update_size",
            Self::AbsentGradient { .. } => "absent_gradient",
            Self::AbsentGradientByGroups { .. } => "absent_gradient_by_groups",
            Self::Residual => "residual",
            Self::Outputs { .. } => "outputs",
            Self::Blames { .. } => "blames",
            Self::Bends { .. } => "bends",
            Self::Drive => "drive",
        }
    }

    /// Whether it is kept up during training rather than made from the last window.
    pub const fn is_running(self) -> bool {
        matches!(
            self,
            Self::OutputMean
                | Self::OutputVariance
                | Self::OutputMagnitude
                | Self::Dormancy
                | Self::Utility
                | Self::Blame
        )
    }

    /// How many means a running one is made of.
    pub const fn components(self) -> usize {
        match self {
            Self::OutputVariance | Self::Utility => 2,
            _ => 1,
        }
    }

    /// Whether it is made of the last window itself, so that nothing is left of it after a commit.
    pub const fn is_of_window(self) -> bool {
        let swept = self.needs_blame() && !self.is_running() && !matches!(self, Self::UpdateSize);
        swept || self.is_samples()
    }

    /// Whether it needs the second derivative of the units: dL/d output gathered anew.
    pub const fn needs_curvature(self) -> bool {
        matches!(self, Self::Splitting | Self::Bends { .. })
    }

    /// Whether it is values sample by sample rather than a reduction of them.
    pub const fn is_samples(self) -> bool {
        matches!(self, Self::Outputs { .. } | Self::Blames { .. } | Self::Bends { .. })
    }

    /// Whether it needs a backward sweep.
    pub const fn needs_blame(self) -> bool {
        matches!(
            self,
            Self::Blame
                | Self::Splitting
                | Self::Gradient
                | Self::UpdateSize
                | Self::AbsentGradient { .. }
                | Self::AbsentGradientByGroups { .. }
                | Self::Residual
                | Self::Blames { .. }
                | Self::Bends { .. }
        )
    }
}

/// A pair that is not connected, with the gradient it would have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The listener's row.
    pub post: u32,
    /// The heard neuron's row.
    pub pre: u32,
    /// The connection's delay.
    pub delay: u16,
    /// dL/dw at w = 0, summed over lanes and cycles as for existing connections.
    pub gradient: f32,
}

/// The first `top` of these between each two fire groups, in the order of the listeners' group, then of the heard ones'.
pub fn by_groups(network: &Network, mut candidates: Vec<Candidate>, top: usize) -> Vec<Candidate> {
    let groups = |candidate: &Candidate| [candidate.post, candidate.pre].map(|row| network.spec(Row::new(row)).group);
    candidates.sort_by_key(groups);
    candidates.chunk_by(|a, b| groups(a) == groups(b)).flat_map(|some| &some[..some.len().min(top)]).copied().collect()
}

/// A value per neuron, sample by sample: what it said, or what it is blamed for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Lanes.
    lanes: usize,
    /// Neurons.
    neurons: usize,
    /// `[cycle][neuron][lane]`, the oldest cycle first.
    values: Vec<f32>,
}

impl Samples {
    /// Samples `[cycle][neuron][lane]`, the oldest cycle first.
    ///
    /// # Panics
    /// When there are not so many for each cycle.
    #[track_caller]
    pub fn new(lanes: usize, neurons: usize, values: Vec<f32>) -> Self {
        assert!(values.is_empty() || values.len().is_multiple_of(lanes * neurons), "{} values", values.len());
        Self { lanes, neurons, values }
    }

    /// How many cycles there are.
    pub fn cycles(&self) -> usize {
        self.values.len() / (self.lanes * self.neurons).max(1)
    }

    /// Lanes of a cycle.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Of a neuron in a cycle counted from the last one, which is 0, per lane; `None` before the first. Samples of several
    /// signals end together, whatever number of cycles each goes back.
    pub fn back(&self, ago: usize, neuron: Row<Neurons>) -> Option<&[f32]> {
        let cycle = self.cycles().checked_sub(ago + 1)?;
        Some(self.of(cycle, neuron))
    }

    /// Of a neuron in a cycle, per lane.
    #[track_caller]
    pub fn of(&self, cycle: usize, neuron: Row<Neurons>) -> &[f32] {
        let from = (cycle * self.neurons + neuron.index()) * self.lanes;
        &self.values[from..from + self.lanes]
    }
}

/// The signals that were asked for, by the rows of the network they were computed on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    values: Vec<(Signal, Vec<f32>)>,
    candidates: Vec<(Signal, Vec<Candidate>)>,
    samples: Vec<(Signal, Samples)>,
}

impl Signals {
    /// Adds the values of a signal.
    pub fn put(&mut self, signal: Signal, values: Vec<f32>) {
        self.values.push((signal, values));
    }
    /// Adds candidates, in descending |gradient|, ties by (post, pre, delay); where they are of each two groups, in each.
    pub fn put_candidates(&mut self, signal: Signal, candidates: Vec<Candidate>) {
        self.candidates.push((signal, candidates));
    }
    /// Adds samples.
    pub fn put_samples(&mut self, signal: Signal, samples: Samples) {
        self.samples.push((signal, samples));
    }
    /// Samples of outputs, if somebody asked for them.
    pub fn outputs(&self) -> Option<&Samples> {
        self.samples.iter().find(|(of, _)| matches!(of, Signal::Outputs { .. })).map(|(_, samples)| samples)
    }
    /// Samples of blame, if somebody asked for them.
    pub fn blames(&self) -> Option<&Samples> {
        self.samples.iter().find(|(of, _)| matches!(of, Signal::Blames { .. })).map(|(_, samples)| samples)
    }
    /// Samples of what bends, if somebody asked for them.
    pub fn bends(&self) -> Option<&Samples> {
        self.samples.iter().find(|(of, _)| matches!(of, Signal::Bends { .. })).map(|(_, samples)| samples)
    }
    /// The values of a signal, one per row (for [`Signal::Residual`] one per output and row); empty when
    /// nobody asked for it.
    pub fn values(&self, signal: Signal) -> &[f32] {
        self.values.iter().find(|(of, _)| *of == signal).map_or(&[], |(_, values)| values)
    }
    /// The value of a per-neuron signal, 0 when nobody asked for it.
    pub fn of(&self, signal: Signal, neuron: Row<Neurons>) -> f32 {
        self.values(signal).get(neuron.index()).copied().unwrap_or(0.0)
    }
    /// The candidates at absent pairs, whatever number was asked for.
    pub fn candidates(&self) -> &[Candidate] {
        self.candidates.first().map_or(&[], |(_, candidates)| candidates)
    }
}
