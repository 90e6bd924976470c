//! `splitting`: the neurons whose split lowers the loss most are split, in the direction that lowers it most.
//!
//! Two copies of a neuron, moved apart by ±ε v along its dendrites and each with half of its axon, change the loss by
//!
//! ```text
//! ε²/2 · vᵀ S v + O(ε³),     S = E[dL/d output · f''(z) x xᵀ]
//! ```
//!
//! to first order not at all (Liu et al. 2019). So v is the eigenvector of the smallest eigenvalue λ of S, the splitting
//! matrix, and a neuron with λ ≥ 0 is splitting stable. x is what the neuron hears through the dendrites that contribute and learn,
//! each at its own lag, from whatever group; the expectation is the sum over cycles and lanes that [`Signal::Bends`] and
//! [`Signal::Outputs`] show, in which the loss's own mean is contained. In layers without delays this is the
//! paper's matrix. The bias is no part of it, as in [`Signal::Splitting`]; f'' of `ReLU` is that of a softplus with β = 3, as in
//! the authors' code, so that what is foretold for it is a score rather than a forecast; so it is for
//! leaky units, whose state hears x filtered, and in groups that normalise.
//!
//! The division itself is exact, as in [`Mitosis`](crate::Mitosis); what parts the daughters comes in a commit of its own. Where a
//! heard neuron divides in the same asking, both of its copies are heard, and each gets its part of v (the authors' code halves the entries
//! likewise).
//!
//! - `eigen = "fast"` follows Wang et al. (2020, arXiv 1910.03103): descent on the Rayleigh quotient without the matrix. Their
//!   steps are stochastic ones with a rate; here all samples of the asking serve each step, and its length is the best.
//! - `per_cost` ranks by λ over the number of connections that a split adds, the greedy form of their budget of energy.
//! - `signed` lets the parts of the axon c₁ + c₂ = 1 have a negative one, |c₁| + |c₂| ≤ `bound` (Wu et al. 2020, arXiv
//!   2003.10392), so that a positive λ can be used as well. From Σ cᵢ dᵢ = 0 and |dᵢ| ≤ 1 follow c₁ = (bound + 1) / 2,
//!   d₂ = v, d₁ = (c₁ - 1) / c₁ · v for the largest eigenvalue, and a change of -ε²/2 · (bound - 1) / (bound + 1) · λmax. The better of this and the
//!   even split is taken. This is derived here for two copies; the paper's schemes with three and four copies are
//!   left out.

use super::split::{Planned, Spectrum, Split, part_later};
use crate::{
    Contract, Entry, Probe, Setting, Strategy, Verdict, View, Why, mitosis,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Move, Network, Reason, Signal};

/// Steepest descent by splitting. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Splitting {
    /// How the ends of the spectrum are found.
    pub spectrum: Spectrum,
    /// How far mother and daughter go from where the mother was.
    pub epsilon: f64,
    /// At most this part of the neurons that stand for it is split in one asking, and at least one.
    pub fraction: f64,
    /// At most so many are split in one asking.
    pub count: usize,
    /// The largest sum of the |parts| of an axon; 1 allows no negative part.
    pub bound: f64,
    /// Ranked by the fall of the loss per connection added.
    pub per_cost: bool,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
}

impl Default for Splitting {
    fn default() -> Self {
        Self {
            spectrum: Spectrum::Exact,
            epsilon: 0.01,
            fraction: 0.25,
            count: 1 << 20,
            bound: 1.0,
            per_cost: false,
            samples: 512,
        }
    }
}

/// The spectrum as an experiment sets it: `eigen`, `steps`.
pub(super) fn spectrum(settings: &mut Settings) -> Result<Spectrum, SettingError> {
    let steps = settings.integer("steps", 50, 1..=1 << 20)? as u32;
    settings.choice("eigen", &[("exact", Spectrum::Exact), ("fast", Spectrum::Fast(steps))])
}

/// The lanes on which samples are asked for: all of a probe, or of the last window whatever it is.
pub(crate) const fn lanes(samples: u32) -> u32 {
    if samples == 0 { u32::MAX } else { samples }
}

/// The probe of so many samples; 0 takes the last window.
pub(crate) const fn probe(samples: u32) -> Probe {
    if samples == 0 { Probe::LastWindow } else { Probe::Samples(samples) }
}

impl Splitting {
    /// Splitting as an experiment sets it: `eigen` with `steps`, `epsilon`, `fraction`, `count`, `signed` with `bound`, `per_cost`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let bound = settings.real("bound", 3.0, 1.0..=1e3)?;
        Ok(Self {
            spectrum: spectrum(settings)?,
            epsilon: settings.real("epsilon", 0.01, 1e-9..=10.0)?,
            fraction: settings.real("fraction", 0.25, 0.0..=1.0)?,
            count: settings.integer("count", 1 << 20, 1..=i64::from(u32::MAX))? as usize,
            bound: if settings.flag("signed", false)? { bound } else { 1.0 },
            per_cost: settings.flag("per_cost", false)?,
            samples: settings.integer("samples", 512, 0..=1 << 24)? as u32,
        })
    }
}

impl Follower for Splitting {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Splitting {
    fn needs(&self) -> Vec<Signal> {
        let lanes = lanes(self.samples);
        vec![Signal::Outputs { lanes }, Signal::Bends { lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let mut splits: Vec<(f64, Split)> = Split::all(view, self.spectrum, self.bound)
            .into_iter()
            .map(|split| {
                let cost = if self.per_cost { split.cost(network).max(1) as f64 } else { 1.0 };
                (split.gain / cost, split)
            })
            .collect();
        if splits.is_empty() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        splits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.row.cmp(&b.1.row)));
        let considered = splits.len() as u64;
        let best = splits[0].0 as f32;
        let most = view.budget.edits.map_or(self.count, |edits| self.count.min(edits as usize)).max(1);
        let due = ((splits.len() as f64 * self.fraction).ceil() as usize).clamp(1, most);
        let next = splits.get(due).map(|&(score, _)| score.min(0.0) as f32).or(Some(0.0));
        splits.truncate(due);
        splits.retain(|&(score, _)| score < 0.0);
        if splits.is_empty() {
            return Verdict::Nothing(Why::BelowThreshold { best, threshold: 0.0 });
        }
        let mut planned = Vec::new();
        for (score, split) in &splits {
            let (mother, daughter) = (network.id(split.row), draft.name());
            let reason = Reason::scored("splitting lowers the loss most", *score as f32)
                .out_of(considered, next)
                .foretelling(split.foretold(self.epsilon) as f32);
            draft
                .propose_because(Move::Divide { mother, daughter, share: 0.5 }, -*score as f32, reason)
                .expect("a hidden neuron that is alive can divide");
            planned.push(Planned { split, daughter });
        }
        part_later(view, draft, &planned, self.epsilon);
        Verdict::Proposed
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }

    fn probe(&self) -> Probe {
        probe(self.samples)
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "splitting",
    summary: "neurons split along the direction that lowers the loss most, most first",
    citation: mitosis::CITATION,
    settings: &[
        Setting {
            name: "eigen",
            default: "\"exact\"",
            about: "`exact` decomposes the splitting matrix, `fast` descends on its Rayleigh quotient (arXiv 1910.03103)",
        },
        Setting { name: "steps", default: "50", about: "steps of that descent, in [1, 2^20]" },
        Setting {
            name: "epsilon",
            default: "0.01",
            about: "how far mother and daughter go from where the mother was, in [1e-9, 10]",
        },
        Setting {
            name: "fraction",
            default: "0.25",
            about: "most of the neurons that split in one asking, in [0, 1]; at least one may",
        },
        Setting { name: "count", default: "1048576", about: "most splits in one asking, at least 1" },
        Setting {
            name: "signed",
            default: "false",
            about: "whether a part of the axon may be negative (arXiv 2003.10392), so that positive eigenvalues serve too",
        },
        Setting { name: "bound", default: "3.0", about: "the largest sum of |parts| of an axon then, in [1, 1000]" },
        Setting {
            name: "per_cost",
            default: "false",
            about: "whether neurons are ranked by the fall of the loss per connection added",
        },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(Splitting::build(settings)?)),
};
