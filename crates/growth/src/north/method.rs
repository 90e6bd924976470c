//! `north`: a group grows while what its members say is nearly orthogonal, by neurons that say something new.
//!
//! NORTH* (Maile et al. 2022). With H the outputs of the members of a hidden group on the samples, `[member][sample]`,
//!
//! ```text
//! φ = number of singular values of H / √samples above `epsilon`      τ = γ · φ₀ / width₀ · width   or   γ · width
//! ```
//!
//! and ⌊φ - τ⌋ neurons are added where that is at least 1: while members say different things the group is full, when they
//! repeat one another it has room. φ₀ and width₀ are those of the first asking at which the group said anything.
//! Newborns hear everybody within reach and tell everybody within reach with weight 0, so nothing changes; what they hear is
//! weighed by one of
//!
//! - `select`: random weights, with the mean norm of the members'; of `candidates`, the one with the largest
//!   ‖(I - H⁺H) h‖, h what it would say; then the same with h beside H.
//! - `pre`: w = (Xᵀ)⁺ r with r random in the complement of the members' potentials: a potential that is orthogonal to theirs.
//! - `weight`: a random row, projected onto the complement of the members' rows.
//!
//! **In any network.** A sample is a lane of a remembered cycle, and what a newborn hears of somebody is what they said as many
//! cycles before as its connection would lag; before the first, nothing. Potentials are those of rate units; a row's weights
//! count whatever their delay.
//!
//! **The authors' code** (github.com/k8lion/Neurogenesis) rounds τ down before it compares, which adds one more where τ is no
//! whole number; here it is not rounded. Its `optorthogact` and `initneuron` sort the same scores in opposite
//! directions; here, as in `NeurOps` by the same authors, the largest is the best. It takes the best of several tries for
//! `pre`; here each newborn is one try. Another trigger there, by W in the place of H, is `measure = "weight"`.

use super::{
    cohort::{Candidate, Cohort, fits},
    rank::above,
};
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    cradle::Cradle,
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, End, Follower, Move, Network, Origin, Reason, Signal};
use std::collections::BTreeMap;

/// Of what the rank is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Of what members say.
    Activation,
    /// Of what their dendrites weigh.
    Weight,
}

/// What a rank is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yardstick {
    /// γ times the share of the width that it was at first.
    Start,
    /// γ times the width.
    Width,
}

/// How newborns come to hear something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The best of random ones.
    Select,
    /// Orthogonal potentials.
    Pre,
    /// Orthogonal rows.
    Weight,
}

/// Growth by rank.
#[derive(Clone, Debug, PartialEq)]
pub struct North {
    /// γ.
    pub gamma: f64,
    /// Singular values above this count.
    pub epsilon: f64,
    /// Of what.
    pub measure: Measure,
    /// Compared with what.
    pub against: Yardstick,
    /// How newborns come to hear something else.
    pub incoming: Incoming,
    /// How many random ones `select` chooses from.
    pub candidates: u32,
    /// Most members of a group.
    pub widest: u32,
    /// Training samples that are run; 0 takes the last window.
    pub samples: u32,
    /// What it remembers: φ₀ and width₀ by number of the group.
    pub first: BTreeMap<u64, (u64, u64)>,
}

const NAME: &str = "north";

impl Default for North {
    fn default() -> Self {
        Self {
            gamma: 0.9,
            epsilon: 0.01,
            measure: Measure::Activation,
            against: Yardstick::Start,
            incoming: Incoming::Select,
            candidates: 1000,
            widest: 1024,
            samples: 512,
            first: BTreeMap::new(),
        }
    }
}

impl North {
    /// Growth by rank as an experiment sets it: `gamma`, `epsilon`, `measure`, `against`, `init`, `candidates`,
    /// `widest`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let incoming = [("select", Incoming::Select), ("pre", Incoming::Pre), ("weight", Incoming::Weight)];
        Ok(Self {
            gamma: settings.real("gamma", 0.9, 0.0..=10.0)?,
            epsilon: settings.real("epsilon", 0.01, 0.0..=1e6)?,
            measure: settings.choice("measure", &[("activation", Measure::Activation), ("weight", Measure::Weight)])?,
            against: settings.choice("against", &[("start", Yardstick::Start), ("width", Yardstick::Width)])?,
            incoming: settings.choice("init", &incoming)?,
            candidates: settings.integer("candidates", 1000, 1..=1 << 16)? as u32,
            widest: settings.integer("widest", 1024, 1..=1 << 20)? as u32,
            samples: settings.integer("samples", 512, 0..=i64::from(u32::MAX))? as u32,
            first: BTreeMap::new(),
        })
    }

    /// φ and τ of a group.
    fn rank(&mut self, cohort: &Cohort<'_>) -> (u64, f64) {
        let rows = match self.measure {
            Measure::Activation => &cohort.said,
            Measure::Weight => &cohort.rows,
        };
        let (width, columns) = (rows.len() as u64, rows.first().map_or(0, Vec::len));
        let rank = above(rows, self.epsilon * libm::sqrt(columns as f64)) as u64;
        let tau = match self.against {
            Yardstick::Width => self.gamma * width as f64,
            Yardstick::Start => {
                let group = cohort.cradle.group().index() as u64;
                let first = self.first.get(&group).copied().unwrap_or((rank, width));
                if rank > 0 {
                    self.first.entry(group).or_insert(first);
                }
                self.gamma * first.0 as f64 / first.1 as f64 * width as f64
            }
        };
        (rank, tau)
    }
}

impl Follower for North {
    // What it keeps is of groups, which never change.
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for North {
    fn needs(&self) -> Vec<Signal> {
        let lanes = if self.samples == 0 { u32::MAX } else { self.samples };
        vec![Signal::Weight, Signal::Outputs { lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let room = view.budget.neurons.map_or(u64::MAX, |cap| cap.saturating_sub(network.neuron_count() as u64));
        let mut left = (view.budget.edits.unwrap_or(u64::MAX), room);
        let (mut nearest, mut full, mut cut) = (None::<(u64, f64)>, None, 0);
        for cohort in Cradle::all(network).filter_map(|cradle| Cohort::of(view, cradle)) {
            let (rank, tau) = self.rank(&cohort);
            let due = libm::floor(rank as f64 - tau).max(0.0) as u64;
            if nearest.is_none_or(|(best, least)| rank as f64 - tau > best as f64 - least) {
                nearest = Some((rank, tau));
            }
            let width = cohort.said.len() as u64;
            let wide = u64::from(self.widest).saturating_sub(width);
            if due > wide {
                full = Some(Why::Full { count: width, cap: u64::from(self.widest) });
            }
            let due = due.min(wide);
            let count = due.min(left.0 / cohort.edits()).min(left.1);
            cut += due - count;
            left = (left.0 - count * cohort.edits(), left.1 - count);
            if count == 0 {
                continue;
            }
            let mut stream = view.key.at(cohort.cradle.group().index() as u64).stream();
            let newborns = match self.incoming {
                Incoming::Select => cohort.select(count as usize, self.candidates as usize, &mut stream),
                Incoming::Pre => cohort.beyond(count as usize, &mut stream),
                Incoming::Weight => cohort.orthogonal(count as usize, &mut stream),
            };
            let considered = if self.incoming == Incoming::Select { u64::from(self.candidates) } else { 1 };
            for (candidate, next) in newborns.into_iter().filter(|(candidate, _)| fits(candidate)) {
                let rule = format!("rank {rank} above {tau:.2}, says what nobody says");
                let reason = Reason::scored(rule, candidate.score as f32).out_of(considered, next);
                bear(network, draft, &cohort, &candidate, reason);
            }
        }
        match (nearest, full) {
            _ if !draft.is_empty() => Verdict::Proposed,
            (None, _) => Verdict::Nothing(Why::NoCandidates),
            _ if cut > 0 => Verdict::Nothing(Why::OverBudget { cut }),
            (_, Some(full)) => Verdict::Nothing(full),
            (Some((rank, tau)), None) => {
                Verdict::Nothing(Why::BelowThreshold { best: rank as f32, threshold: tau as f32 + 1.0 })
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.first)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.first = saved::load(NAME, state)?;
        Ok(())
    }
}

fn bear(network: &Network, draft: &mut Draft<'_>, cohort: &Cohort<'_>, candidate: &Candidate, reason: Reason) {
    let heard = cohort.heard.iter().zip(&candidate.weights);
    let dendrites = heard.map(|(&row, &weight)| End { at: network.id(row), weight: weight as f32, delay: 0 }).collect();
    let axon = cohort.listeners.iter().map(|&row| End { at: network.id(row), weight: 0.0, delay: 0 }).collect();
    let (neuron, spec) = (draft.name(), cohort.cradle.spec.clone());
    let what = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
    draft.propose_because(what, candidate.score as f32, reason).expect("all its ends are within reach");
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "groups of high rank",
        born: "orthogonal, outgoing zero",
        amount: "rank beyond a threshold",
    },
    summary: "hidden groups grow while their members say different things, by neurons that say something new",
    citation: Citation {
        key: "maile2022when",
        authors: "Maile, Kaitlin and Rachelson, Emmanuel and Luga, Hervé and Wilson, Dennis G.",
        title: "When, where, and how to add new neurons to ANNs",
        venue: "Proceedings of the First International Conference on Automated Machine Learning",
        year: 2022,
        url: "https://proceedings.mlr.press/v188/maile22a.html",
    },
    settings: &[
        Setting { name: "gamma", default: "0.9", about: "the part of the yardstick that a rank must pass, in [0, 10]" },
        Setting {
            name: "epsilon",
            default: "0.01",
            about: "singular values over √samples above this count, 0 or more",
        },
        Setting {
            name: "measure",
            default: "\"activation\"",
            about: "the rank of what members say (`activation`) or of what they hear weighs (`weight`)",
        },
        Setting {
            name: "against",
            default: "\"start\"",
            about: "the yardstick: the width, times the share of it that the rank was at first (`start`), or alone (`width`)",
        },
        Setting {
            name: "init",
            default: "\"select\"",
            about: "newborns: the best of random ones (`select`), orthogonal potentials (`pre`) or rows (`weight`)",
        },
        Setting { name: "candidates", default: "1000", about: "random ones to select from, in [1, 65536]" },
        Setting { name: "widest", default: "1024", about: "most members of a group, in [1, 1048576]" },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(North::build(settings)?)),
};
