//! `neuroplastic_expansion`: from few connections to many, where the gradient is, while what fell silent gives up its own.

use crate::effort;
use crate::rewire::{
    Balance,
    pool::{Pool, pools},
    settings,
};
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Probe, Setting, SettingError, Settings, Strategy, Verdict, View,
    Why,
    budget::portions,
    place::{PORTIONS, Place, absent},
    saved,
};
use livenet_core::{
    Birth, Commit, Draft, Follower, GroupId, Move, Network, Reason, Role, Row, Samples, Signal, Synapse,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "neuroplastic_expansion";

/// What gives up connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Any of what dormant neurons hear.
    Dormant,
    /// The smallest |w|.
    Weight,
}

/// Neuroplastic expansion (Liu et al. 2025), its part that changes structure. A network begins sparse, and between each two groups at
/// each asking, t steps into a run of which T is the part `until`,
///
/// ```text
/// |grow|  = α / 2 · (1 + cos(π t / T)) · room      the absent pairs of largest |gradient|, born at 0
/// |prune| ≤ ω · |grow|                             any of the connections that dormant neurons hear
/// ```
///
/// where room is how many connections there were to come at the first asking, up to the part `density` of the pairs in reach; there the
/// growth ends, and nothing goes any more. Less goes than comes, so that the network grows. A neuron is dormant whose mean |output| on the
/// samples is at most `threshold` times that of its group. The paper's is 0: only who says nothing at all. What a dormant rectifier hears
/// has no gradient, so what it gave up grows elsewhere.
///
/// What begins full stays as it is, as the first and the last layer do in the paper; its wiring at the start is of Erdős and Rényi. As in
/// the authors' code an asking takes the place of an update, and ω is 0.4. Their code counts `s n - n₁` for the room, with s the part that
/// is absent, n the pairs and n₁ what is there; takes a constant share of 0.008 in place of the cosine unless told otherwise; and lets the smallest
/// |w| go unless told to look at neurons: `prune = "weight"` is that. What was just pruned may come again at once there, not here.
///
/// **Not here.** *Experience review* is no change of structure: while the share of dormant neurons changes fast, the paper draws batches from
/// the earliest part of its replay buffer. Nor is what the code does when the growth has ended, rewiring at a constant count:
/// [`RIGL`](crate::rewire::RIGL) from that moment on. Whether the paper states an α for supervised learning was not found; the default
/// of 0.1 fills the room within twenty askings. The paper prunes by neurons and counts by weights; here, as in its algorithm, both are connections.
#[derive(Clone, Debug, PartialEq)]
pub struct NeuroplasticExpansion {
    /// α: the share of the room that grows in the first asking.
    pub growth: f32,
    /// The part of the run after which nothing grows.
    pub until: f32,
    /// The part of the pairs in reach at which growth ends.
    pub density: f32,
    /// ω: how much may go for what comes.
    pub omega: f32,
    /// What gives up connections.
    pub gives: Gives,
    /// The mean |output|, over the group's, at or below which a neuron is dormant.
    pub threshold: f32,
    /// Most absent pairs looked at.
    pub candidates: u32,
    /// Training samples behind gradients and outputs; 0 for the last window.
    pub samples: u32,
    state: State,
}

/// What it remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    /// How many connections there were at the first asking, by listening and heard group.
    starts: BTreeMap<(u32, u32), u64>,
}

/// What changes between two groups.
struct Change {
    gone: Vec<usize>,
    come: Vec<Place>,
    /// How many stood for choice.
    considered: u64,
}

impl Default for NeuroplasticExpansion {
    fn default() -> Self {
        Self {
            growth: 0.1,
            until: 1.0,
            density: 0.75,
            omega: 0.4,
            gives: Gives::Dormant,
            threshold: 0.0,
            candidates: 1_000_000,
            samples: 0,
            state: State::default(),
        }
    }
}

impl NeuroplasticExpansion {
    /// As an experiment sets it, by the settings that the registry lists.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let own = Self::default();
        let mut part = |name, default: f32| Ok(settings.real(name, f64::from(default), 0.0..=1.0)? as f32);
        let (growth, until) = (part("growth", own.growth)?, part("until", own.until)?);
        let (density, omega) = (part("density", own.density)?, part("omega", own.omega)?);
        Ok(Self {
            growth,
            until,
            density,
            omega,
            gives: settings.choice("prune", &[("dormant", Gives::Dormant), ("weight", Gives::Weight)])?,
            threshold: settings.real("threshold", 0.0, 0.0..=1e6)? as f32,
            candidates: settings.integer("candidates", 1_000_000, 1..=i64::from(u32::MAX))? as u32,
            samples: settings.integer("samples", 0, 0..=i64::from(u32::MAX))? as u32,
            state: own.state,
        })
    }

    /// The share of the room that grows in an asking.
    pub fn share(&self, step: u64, end: Option<u64>) -> f64 {
        let Some(end) = end else { return f64::from(self.growth) };
        let part = step as f64 / (end as f64 * f64::from(self.until)).max(1.0);
        if part >= 1.0 {
            0.0
        } else {
            f64::from(self.growth) * f64::midpoint(1.0, libm::cos(std::f64::consts::PI * part))
        }
    }

    /// The hidden neurons that say next to nothing, by row.
    fn dormant(&self, network: &Network, outputs: Option<&Samples>) -> BTreeSet<u32> {
        let Some(outputs) = outputs.filter(|outputs| outputs.cycles() > 0) else { return BTreeSet::new() };
        let mut dormant = BTreeSet::new();
        for group in network.group_ids().filter(|&group| network.group(group).role == Role::Hidden) {
            let said = |row: u32| -> f64 {
                let cycles = (0..outputs.cycles()).flat_map(|cycle| outputs.of(cycle, Row::new(row)));
                cycles.map(|said| f64::from(said.abs())).sum()
            };
            let members: Vec<(u32, f64)> = network.members(group).map(|row| (row, said(row))).collect();
            let mean = members.iter().map(|(_, said)| said).sum::<f64>() / members.len().max(1) as f64;
            effort::spend((members.len() * outputs.cycles() * outputs.lanes()) as u64);
            let is_dormant = |said: f64| said <= f64::from(self.threshold) * mean;
            dormant.extend(members.into_iter().filter(|&(_, said)| is_dormant(said)).map(|(row, _)| row));
        }
        dormant
    }

    /// What is due between two groups: how many grow, and up to how many more than there are.
    fn due(&mut self, view: &View<'_>, pool: &Pool, (post, pre): (GroupId, GroupId)) -> (usize, usize) {
        let wanted = (pool.pairs.len() as f64 * f64::from(self.density)).round() as u64;
        let present = pool.present.len() as u64;
        let name = (post.index() as u32, pre.index() as u32);
        let room = wanted.saturating_sub(*self.state.starts.entry(name).or_insert(present));
        if present >= wanted {
            return (0, 0);
        }
        // The small addition keeps 0.3 · 10 at 3.
        let grow = (room as f64 * self.share(view.step, view.end) + 1e-4) as usize;
        (grow, (wanted - present) as usize)
    }

    /// Which connections of a pool may go, any of the dormant or the smallest.
    fn gives(&self, view: &View<'_>, pool: &Pool, dormant: &BTreeSet<u32>, number: u64) -> Vec<usize> {
        let network = view.network;
        let mut rows = pool.present.clone();
        match self.gives {
            Gives::Dormant => {
                rows.retain(|&row| dormant.contains(&network.post_of(Row::new(row as u32)).get()));
                view.key.at(number).stream().shuffle(&mut rows);
            }
            Gives::Weight => {
                let weights = view.signals.values(Signal::Weight);
                let size = |row: usize| weights.get(row).map_or(0.0, |weight| weight.abs());
                effort::spend(rows.len() as u64);
                rows.sort_by(|&a, &b| size(a).total_cmp(&size(b)).then(a.cmp(&b)));
            }
        }
        rows
    }

    fn plan(&mut self, view: &View<'_>) -> Vec<Change> {
        let network = view.network;
        let dormant = self.dormant(network, view.signals.outputs());
        let mut all: Vec<Place> = absent(view, |candidate| candidate.gradient.is_finite()).collect();
        effort::spend(all.len() as u64);
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.post, a.pre, a.delay).cmp(&(b.post, b.pre, b.delay))));
        let mut changes = Vec::new();
        let mut room = view.budget.connections.map(|cap| cap.saturating_sub(network.synapse_count() as u64) as usize);
        let mut left = view.budget.edits.map_or(usize::MAX, |edits| usize::try_from(edits).unwrap_or(usize::MAX));
        for (number, pool) in pools(network, Balance::GroupPair).iter().enumerate() {
            let Some(groups) = pool.part.groups() else { continue };
            let (mut grow, more) = self.due(view, pool, groups);
            let mut gone = self.gives(view, pool, &dormant, number as u64);
            // Fewer may be scored than are due: no more goes than ω of what can come.
            let mut come: Vec<Place> =
                all.iter().filter(|place| pool.part.holds(network, place.post, place.pre)).copied().collect();
            let considered = come.len() as u64;
            grow = grow.min(come.len());
            gone.truncate((grow as f64 * f64::from(self.omega) + 1e-4) as usize);
            grow = grow.min(more + gone.len());
            if let Some(room) = &mut room {
                grow = grow.min(*room + gone.len());
                gone.truncate(grow);
                *room = *room + gone.len() - grow;
            }
            if grow + gone.len() > left {
                let part = left as f64 / (grow + gone.len()) as f64;
                grow = (grow as f64 * part) as usize;
                gone.truncate(((gone.len() as f64 * part) as usize).min(grow));
            }
            left -= grow + gone.len();
            come.truncate(grow);
            changes.push(Change { gone, come, considered });
        }
        changes
    }
}

impl Follower for NeuroplasticExpansion {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for NeuroplasticExpansion {
    fn needs(&self) -> Vec<Signal> {
        let mut needs = vec![Signal::AbsentGradient { top: self.candidates }];
        needs.push(match self.gives {
            Gives::Dormant => Signal::Outputs { lanes: u32::MAX },
            Gives::Weight => Signal::Weight,
        });
        needs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let changes = self.plan(view);
        let weights = view.signals.values(Signal::Weight);
        for change in &changes {
            if !change.gone.is_empty() {
                let (rule, scores) = match self.gives {
                    Gives::Dormant => ("heard by who is dormant", Vec::new()),
                    Gives::Weight => {
                        let size = |&row: &usize| weights.get(row).map_or(0.0, |weight| weight.abs());
                        ("smallest |w|", change.gone.iter().map(size).collect())
                    }
                };
                let considered = change.gone.len() as u64;
                let reason = Reason { rule: rule.into(), scores, threshold: None, considered, foretold: None };
                let at: Vec<Synapse> =
                    change.gone.iter().map(|&row| Place::of(network, row, 0.0).name(network)).collect();
                draft.propose_because(Move::Prune { at }, 2.0, reason).expect("a connection that is there can go");
            }
            for (priority, batch) in portions(change.come.clone(), PORTIONS) {
                let scores = batch.iter().map(|place| place.score).collect();
                let (rule, considered) = ("largest |gradient|".into(), change.considered);
                let reason = Reason { rule, scores, threshold: None, considered, foretold: None };
                let at = batch.iter().map(|place| (place.name(network), place.delay)).collect();
                draft
                    .propose_because(Move::Grow { at, birth: Birth::Value(0.0) }, priority, reason)
                    .expect("an absent pair within reach can be connected");
            }
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if changes.is_empty() => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: self.share(view.step, view.end) as f32 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn instead_of_update(&self, step: u64, end: Option<u64>) -> bool {
        self.share(step, end) > 0.0
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.state)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.state = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Connections,
    axes: Axes {
        goes: "what dormant neurons hear",
        grows: "largest |gradient|",
        born: "zero",
        amount: "up to a density along a cosine",
    },
    summary: "from sparse to a density by gradient, while dormant neurons give up what they hear",
    citation: Citation {
        key: "liu2025neuroplastic",
        authors: "Liu, Jiashun and Obando-Ceron, Johan and Courville, Aaron and Pan, Ling",
        title: "Neuroplastic Expansion in Deep Reinforcement Learning",
        venue: "International Conference on Learning Representations",
        year: 2025,
        url: "https://arxiv.org/abs/2410.07994",
    },
    settings: &[
        Setting {
            name: "growth",
            default: "0.1",
            about: "alpha: the part of what there is to come that grows in the first asking, in [0, 1]",
        },
        Setting { name: "until", default: "1.0", about: "part of the run after which nothing grows; in [0, 1]" },
        Setting {
            name: "density",
            default: "0.75",
            about: "part of the pairs in reach at which growth ends; in [0, 1]",
        },
        Setting { name: "omega", default: "0.4", about: "most that goes, as a part of what comes; in [0, 1]" },
        Setting {
            name: "prune",
            default: "\"dormant\"",
            about: "what goes: any of what `dormant` neurons hear, or the smallest `weight`",
        },
        Setting {
            name: "threshold",
            default: "0.0",
            about: "largest mean |output| of the dormant on the samples, over their group's; in [0, 1e6]",
        },
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(NeuroplasticExpansion::build(settings)?)),
};
