//! `snr`: self-normalised resets.

use super::engine::{Bounds, birth, is_free};
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Setting, SettingError, Settings, Strategy, Verdict, View, Why,
    saved,
};
use livenet_core::{Commit, Draft, Follower, Move, Network, NeuronId, Neurons, Origin, Reason, Role, Row, Signal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME: &str = "snr";
/// Times a neuron remembers before it forgets half of them.
const MEMORY: u32 = 4096;

/// Self-normalised resets. Asked after every step: a neuron is silent in a window in which none of its outputs
/// is above 0. With A the time between two windows in which it speaks, and a for how long it has been silent, it is renewed when
/// that would be rarer than η = 0.01 by its own past,
///
/// ```text
/// (1 + #{times in its past of at least a}) / (1 + #{times in its past}) <= η
/// ```
///
/// So a neuron that always speaks seldom is left alone, and there is no threshold on activity. What it hears is drawn
/// anew within Kaiming's bounds, it tells nothing at first, and the successor inherits the times, the silence that ended among them.
///
/// This is the test of the paper's first algorithm with the times themselves for the distribution. The official code takes their 99th
/// percentile anew after every 16 tasks, doubles the bound where it was too low, and clears the past; and counts samples where this counts
/// windows. A neuron forgets half of its times when they are more than 4096.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfNormalised {
    /// How rare a silence must be, η.
    pub rarity: f32,
    /// Outputs above this are speech.
    pub threshold: f32,
    lives: BTreeMap<NeuronId, Life>,
}

/// The past of a neuron.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Life {
    /// Windows since it last spoke.
    silent: u32,
    /// How often it took how many windows.
    times: BTreeMap<u32, u32>,
}

impl Life {
    fn count(&self) -> u32 {
        self.times.values().sum()
    }

    fn note(&mut self, time: u32) {
        *self.times.entry(time).or_default() += 1;
        if self.count() > MEMORY {
            self.times.values_mut().for_each(|count| *count /= 2);
            self.times.retain(|_, count| *count > 0);
        }
    }

    /// How rare a silence of this length is.
    fn rarity(&self) -> f32 {
        let longer: u32 = self.times.range(self.silent..).map(|(_, count)| count).sum();
        (1 + longer) as f32 / (1 + self.count()) as f32
    }
}

impl SelfNormalised {
    /// Resets at this rarity of silences, outputs above `threshold` being speech.
    pub const fn new(rarity: f32, threshold: f32) -> Self {
        Self { rarity, threshold, lives: BTreeMap::new() }
    }

    /// As an experiment sets it: `rarity`, `threshold`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let rarity = settings.real("rarity", 0.01, 0.0..=1.0)? as f32;
        Ok(Self::new(rarity, settings.real("threshold", 0.0, -1e9..=1e9)? as f32))
    }
}

impl Follower for SelfNormalised {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        for newborn in &commit.newborns {
            if let Origin::RenewalOf(old) = newborn.origin
                && let Some(mut life) = self.lives.remove(&old)
            {
                life.note(life.silent);
                self.lives.insert(newborn.id, Life { silent: 0, ..life });
            }
        }
        for gone in &commit.gone {
            self.lives.remove(gone);
        }
    }
}

impl Strategy for SelfNormalised {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Outputs { lanes: u32::MAX }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let Some(outputs) = view.signals.outputs() else { return Verdict::Nothing(Why::NoCandidates) };
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden);
        let (mut worn, mut considered, mut rarest): (Vec<(f32, Row<Neurons>)>, u64, f32) = (Vec::new(), 0, 1.0);
        for row in hidden {
            let life = self.lives.entry(network.id(row)).or_default();
            let speaks = |cycle: usize| outputs.of(cycle, row).iter().any(|&said| said > self.threshold);
            if (0..outputs.cycles()).any(speaks) {
                life.note(life.silent + 1);
                life.silent = 0;
                continue;
            }
            life.silent += 1;
            if is_free(network, row) {
                considered += 1;
                rarest = rarest.min(life.rarity());
                if life.rarity() <= self.rarity {
                    worn.push((life.rarity(), row));
                }
            }
        }
        worn.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        worn.truncate(view.budget.edits.map_or(usize::MAX, |edits| edits as usize));
        for (rank, (rarity, row)) in worn.into_iter().enumerate() {
            let birth = birth(view, row, Bounds::Kaiming);
            let what = Move::Renew { old: network.id(row), new: draft.name(), birth, mean: 0.0 };
            let reason =
                Reason::scored("silent for longer than it ever is", rarity).out_of(considered, Some(self.rarity));
            draft.propose_because(what, -(rank as f32), reason).expect("a hidden neuron that is alive can be renewed");
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if considered == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::BelowThreshold { best: rarest, threshold: self.rarity }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.lives)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.lives = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Turnover,
    axes: Axes {
        goes: "silent for longer than their own past",
        grows: "in their places",
        born: "random, outgoing zero",
        amount: "all beyond their own tail",
    },
    summary: "who is silent for longer than its own past makes likely is renewed; asked after every step",
    citation: Citation {
        key: "farias2025self",
        authors: "Farias, Vivek F. and Jozefiak, Adam D.",
        title: "Self-Normalized Resets for Plasticity in Continual Learning",
        venue: "International Conference on Learning Representations",
        year: 2025,
        url: "https://arxiv.org/abs/2410.20098",
    },
    settings: &[
        Setting {
            name: "rarity",
            default: "0.01",
            about: "eta: how rare a silence must be by a neuron's own past, in [0, 1]",
        },
        Setting { name: "threshold", default: "0.0", about: "outputs above this are speech, in [-1e9, 1e9]" },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(SelfNormalised::build(settings)?)),
};
