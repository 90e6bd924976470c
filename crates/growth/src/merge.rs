//! `merge`: of two neurons that say the same, one takes over.
//!
//! Two members of a hidden group whose outputs correlate by |r| of at least 0.95 are one too many. The one that tells the
//! others less goes, and the other says it instead, by least squares: with x the output of the one that goes, y that
//! of the one that stays, μ their means, and c = cov(x, y) / var(y),
//!
//! ```text
//! w_y += c · w_x        b += w_x (μ_x - c μ_y)
//! ```
//!
//! over all that listen. (Srinivas and Babu 2015 merge neurons whose dendrites are alike; here it is what they say.) What
//! is lost is the part of x that y does not know, with a standard deviation of that of x times sqrt(1 - r²); so outputs move
//! by O(sqrt(1 - r²)), and not at all where one is a copy of the other. It undoes a division whose daughters never
//! parted.

use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    rewire::Moments,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Move, Network, Neurons, Origin, Reason, Role, Row, Samples, Signal};
use std::collections::BTreeSet;

/// Merging of redundant neurons. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merging {
    /// The least |correlation|.
    pub correlation: f32,
    /// At most this part of the hidden neurons goes in one asking.
    pub fraction: f32,
    /// Lanes of the window whose outputs are compared.
    pub lanes: u32,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
}

impl Default for Merging {
    fn default() -> Self {
        Self { correlation: 0.95, fraction: 0.1, lanes: 64, samples: 0 }
    }
}

/// One that may take over from another.
struct Pair {
    r: f64,
    kept: Row<Neurons>,
    gone: Row<Neurons>,
    by: f32,
    /// What stays of the one that goes, whatever the other says: its mean less c times the mean of the other.
    rest: f32,
}

impl Merging {
    /// Merging as an experiment sets it: `correlation`, `fraction`, `lanes`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            correlation: settings.real("correlation", 0.95, 0.0..=1.0)? as f32,
            fraction: settings.real("fraction", 0.1, 0.0..=1.0)? as f32,
            lanes: settings.integer("lanes", 64, 1..=1 << 20)? as u32,
            samples: settings.integer("samples", 0, 0..=i64::from(u32::MAX))? as u32,
        })
    }

    /// All pairs of a group that say the same, the surest first.
    fn pairs(&self, view: &View<'_>, outputs: &Samples, members: &[Row<Neurons>]) -> Vec<Pair> {
        let network = view.network;
        let weights = view.signals.values(Signal::Weight);
        let spoken = |row: Row<Neurons>| -> f64 {
            network.listeners(row).map(|(_, at)| weights.get(at.index()).map_or(0.0, |w| f64::from(w.abs()))).sum()
        };
        let said = |row| (0..outputs.cycles()).flat_map(move |cycle| outputs.of(cycle, row).iter().copied());
        let mut pairs = Vec::new();
        for (at, &first) in members.iter().enumerate() {
            for &second in &members[at + 1..] {
                let moments = Moments::of(said(first).zip(said(second)));
                let r = moments.correlation();
                if r == 0.0 || r.abs() < f64::from(self.correlation) {
                    continue;
                }
                let tells = [0, 1].map(|of| moments.variances[of].sqrt() * spoken([first, second][of]));
                let (kept, gone) = if tells[0] >= tells[1] { (0, 1) } else { (1, 0) };
                let by = moments.covariance / moments.variances[kept];
                let rest = (moments.means[gone] - by * moments.means[kept]) as f32;
                let rows = [first, second];
                if (by as f32).is_finite() && rest.is_finite() {
                    pairs.push(Pair { r: r.abs(), kept: rows[kept], gone: rows[gone], by: by as f32, rest });
                }
            }
        }
        pairs.sort_by(|a, b| b.r.total_cmp(&a.r).then((a.kept, a.gone).cmp(&(b.kept, b.gone))));
        pairs
    }
}

/// Whether a neuron may go: nothing of it was put aside, and it is old enough.
fn may_go(view: &View<'_>, row: Row<Neurons>) -> bool {
    let network = view.network;
    let aside = |synapse: usize| network.marks()[synapse].is_frozen() || network.marks()[synapse].is_silent();
    let age = view.step.saturating_sub(network.born(row));
    let grown = network.origin(row) == Origin::Seed || age >= view.budget.cooldown;
    grown
        && !network.is_frozen(row)
        && !network.incoming(row).any(aside)
        && !network.listeners(row).any(|(post, synapse)| aside(synapse.index()) || network.is_frozen(post))
}

impl Follower for Merging {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Merging {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight, Signal::Outputs { lanes: self.lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let Some(outputs) = view.signals.outputs() else { return Verdict::Nothing(Why::NoCandidates) };
        let mut all = Vec::new();
        let mut hidden = 0;
        for group in network.group_ids().filter(|&id| network.group(id).role == Role::Hidden) {
            let members: Vec<Row<Neurons>> =
                network.members(group).map(Row::new).filter(|&row| may_go(view, row)).collect();
            hidden += members.len();
            all.extend(self.pairs(view, outputs, &members));
        }
        all.sort_by(|a, b| b.r.total_cmp(&a.r).then((a.kept, a.gone).cmp(&(b.kept, b.gone))));
        let most = (hidden as f32 * self.fraction).ceil() as usize;
        let considered = all.len() as u64;
        let mut left = view.budget.edits.unwrap_or(u64::MAX);
        // Each neuron once, and no listener twice: what one merger measured, another would change.
        let (mut taken, mut died, mut count) = (BTreeSet::new(), BTreeSet::new(), 0);
        let weights = view.signals.values(Signal::Weight);
        for pair in all {
            let listeners: Vec<_> =
                network.listeners(pair.gone).filter(|(post, _)| *post != pair.gone && !died.contains(post)).collect();
            if count >= most || [pair.kept, pair.gone].iter().any(|row| taken.contains(row)) {
                continue;
            }
            if 1 + listeners.len() as u64 > left {
                continue;
            }
            let (kept, gone) = (network.id(pair.kept), network.id(pair.gone));
            let reason = Reason::scored("says the same", pair.r as f32).out_of(considered, Some(self.correlation));
            // Refused where a listener hears the two at different times.
            if draft.propose_because(Move::Merge { kept, gone, by: pair.by }, 1.0, reason).is_err() {
                continue;
            }
            for &(post, synapse) in &listeners {
                let plus = weights.get(synapse.index()).copied().unwrap_or(0.0) * pair.rest;
                let (neuron, reason) = (network.id(post), Reason::scored("what it said on average", pair.rest));
                if plus.is_finite() {
                    draft
                        .propose_because(Move::Rebias { neuron, plus }, 0.0, reason)
                        .expect("a listener of one that goes is alive");
                }
            }
            left -= 1 + listeners.len() as u64;
            count += 1;
            taken.extend([pair.kept, pair.gone]);
            died.insert(pair.gone);
            // Whoever listens to the one that goes may itself not go in this draft.
            taken.extend(listeners.into_iter().map(|(post, _)| post));
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if hidden < 2 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::BelowThreshold { best: 0.0, threshold: self.correlation }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "merge",
    family: Family::Neurons,
    axes: Axes {
        goes: "copies of one another",
        grows: "nowhere",
        born: "the kept one takes over",
        amount: "a correlation",
    },
    summary: "of two neurons of a group that say the same, one takes over",
    citation: Citation {
        key: "srinivas2015data",
        authors: "Srinivas, Suraj and Babu, R. Venkatesh",
        title: "Data-free parameter pruning for Deep Neural Networks",
        venue: "British Machine Vision Conference",
        year: 2015,
        url: "https://arxiv.org/abs/1507.06149",
    },
    settings: &[
        Setting {
            name: "correlation",
            default: "0.95",
            about: "least |correlation| of two that say the same, in [0, 1]",
        },
        Setting {
            name: "fraction",
            default: "0.1",
            about: "most of the hidden neurons that go in one asking, in [0, 1]",
        },
        Setting {
            name: "lanes",
            default: "64",
            about: "lanes of the window whose outputs are compared; in [1, 1048576]",
        },
        Setting {
            name: "samples",
            default: "0",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(Merging::build(settings)?)),
};
