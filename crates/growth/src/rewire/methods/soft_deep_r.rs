//! `soft_deep_r`: deep rewiring without a fixed count.

use super::DEEP_R;
use crate::pairs::Pairs;
use crate::rewire::{Balance, Drop, Method, drop::Evidence, memory::Memory, pool::pools, settings};
use crate::{
    Axes, BadState, Contract, Entry, Family, Setting, SettingError, Settings, Strategy, Verdict, View, Why, saved,
};
use livenet_core::{Birth, Commit, Draft, Follower, Move, Network, Reason, Row, Signal, Synapse};
use std::collections::BTreeMap;

const NAME: &str = "soft_deep_r";

/// Soft deep rewiring (the second algorithm of Bellec et al. 2018). As in [`DEEP_R`] a connection has a sign s and w = s θ, and goes
/// dormant where θ crosses zero, by itself or by the l1 term. But a dormant pair keeps its θ, which walks at random, without the l1
/// term, and is held above a floor:
///
/// ```text
/// θ <- max(θ + noise · ν, -floor)     with ν normal
/// ```
///
/// and whoever comes above zero is connected again, with its sign and w = s θ. So how many are connected is not fixed: it
/// settles where as many return as go. Ask it after every step, and give `train.passes.noise` the same deviation,
/// so that those connected walk too.
///
/// The floor is such that under the prior alone a part p⁺ = `density` of the pairs is connected: below zero θ is spread evenly, above
/// it falls off with β, the l1 coefficient over the temperature, so that
///
/// ```text
/// floor = (1 - p⁺) / (p⁺ β),     β = α / T = 2 · l1 / noise²
/// ```
///
/// with `l1` = η α and `noise` = sqrt(2 η T) what the two do in one step. The defaults are the authors': η = 0.05, α = 1e-5, noise η ·
/// 1e-5, and p⁺ = 0.005, which they give to layers of 784-300-100 (0.1 to the outputs); so the floor is 5e-5, a hundred
/// steps of noise below zero. They set p⁺ per layer, here it is one for all.
///
/// A pair that is seen for the first time begins anywhere between the floor and zero, as in the authors' code, with
/// a random sign. It keeps a number per pair in reach and draws one for each at every asking, as the paper's does: for
/// small networks. What the l1 term takes from weights that stay is for the update, as for [`DEEP_R`].
#[derive(Clone, Debug)]
pub struct SoftDeepR {
    noise: f32,
    floor: f32,
    /// What decides who crosses.
    method: Method,
    memory: Memory,
    /// θ and sign of each dormant pair.
    dormant: BTreeMap<Synapse, (f32, f32)>,
}

impl SoftDeepR {
    /// As an experiment sets it: `noise`, `l1`, `density`, or the `floor` itself.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let noise = settings.real("noise", 5e-7, 0.0..=1e3)?;
        let l1 = settings.real("l1", 5e-7, 0.0..=1.0)?;
        let density = settings.real("density", 0.005, 1e-6..=1.0)?;
        // Without an l1 term nothing holds the walk: the highest floor there is.
        let floor = (1.0 - density) / density * (noise * noise / (2.0 * l1).max(f64::MIN_POSITIVE));
        let floor = settings.real("floor", floor.min(1e3), 0.0..=1e3)?;
        let drop = Drop::SignCrossing { l1: l1 as f32 };
        Ok(Self {
            noise: noise as f32,
            floor: floor as f32,
            method: Method { name: NAME, drop, balance: Balance::Whole, ..DEEP_R },
            memory: Memory::default(),
            dormant: BTreeMap::new(),
        })
    }

    /// Lets every dormant pair walk; those above zero with their weight, the farthest first.
    fn walk(&mut self, view: &View<'_>) -> Vec<(Synapse, f32)> {
        let network = view.network;
        let (key, first) = (view.key.at(1), view.key.at(2));
        let name = |row| network.id(Row::new(row));
        let mut next = BTreeMap::new();
        for (post, pre) in Pairs::of(network).iter() {
            let at = Synapse::new(name(post), name(pre));
            if network.synapse_row(at).is_some() {
                continue;
            }
            let (a, b) = (at.post.number(), at.pre.number());
            let new = || {
                let sign = if first.draw(a, b) >> 63 == 0 { 1.0 } else { -1.0 };
                (-self.floor * first.at(1).uniform(a, b) as f32, sign)
            };
            let (theta, sign) = self.dormant.get(&at).copied().unwrap_or_else(new);
            next.insert(at, ((theta + self.noise * key.normal(a, b) as f32).max(-self.floor), sign));
        }
        self.dormant = next;
        let awake = self.dormant.iter().filter(|(_, (theta, _))| *theta > 0.0);
        let mut awake: Vec<(Synapse, f32)> = awake.map(|(at, (theta, sign))| (*at, theta * sign)).collect();
        awake.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        awake
    }
}

impl Follower for SoftDeepR {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        self.memory.follow(&self.method, commit);
    }
}

impl Strategy for SoftDeepR {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        self.memory.watch(view, &self.method, 0);
        let present = pools(network, Balance::Whole).pop().map(|pool| pool.present).unwrap_or_default();
        let evidence = Evidence::new(view, &self.memory, self.method.drop);
        let l1 = if let Drop::SignCrossing { l1 } = self.method.drop { l1 } else { 0.0 };
        let mut gone = evidence.eligible(&present);
        evidence.smallest(&mut gone, present.len());
        let edits = view.budget.edits.map_or(usize::MAX, |edits| edits as usize);
        gone.truncate(edits);
        let fallen: Vec<(Synapse, (f32, f32))> = gone
            .iter()
            .map(|&row| {
                let theta = (evidence.score(row) - l1).max(-self.floor);
                (network.synapse(Row::new(row as u32)), (theta, self.memory.signs[row]))
            })
            .collect();
        let room = view
            .budget
            .connections
            .map_or(usize::MAX, |cap| (cap as usize + gone.len()).saturating_sub(network.synapse_count()));
        let mut awake = self.walk(view);
        awake.truncate(room.min(edits - gone.len()));
        let considered = (present.len() + self.dormant.len()) as u64;
        if !fallen.is_empty() {
            let scores = fallen.iter().map(|(_, (theta, _))| *theta).collect();
            let reason =
                Reason { rule: "crossed zero".into(), scores, threshold: Some(0.0), considered, foretold: None };
            let what = Move::Prune { at: fallen.iter().map(|(at, _)| *at).collect() };
            draft.propose_because(what, 2.0, reason).expect("a connection that is there can go");
        }
        for (at, weight) in awake {
            let reason = Reason::scored("walked above zero", weight.abs()).out_of(considered, Some(0.0));
            let what = Move::Connect { at, birth: Birth::Value(weight), delay: 0 };
            draft.propose_because(what, 1.0, reason).expect("a free pair within reach can be connected");
        }
        self.dormant.extend(fallen);
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if considered == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: 0.0 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &(&self.memory, &self.dormant))
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        (self.memory, self.dormant) = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Connections,
    axes: Axes {
        goes: "who crosses its sign",
        grows: "a dormant pair that walks back",
        born: "next to nothing",
        amount: "as many as cross",
    },
    summary: "who crosses zero goes dormant, walks at random, and returns with its sign; asked after every step",
    citation: DEEP_R.citation,
    settings: &[
        Setting { name: "noise", default: "5e-7", about: "standard deviation of a dormant pair's step, in [0, 1000]" },
        settings::l1("5e-7"),
        Setting {
            name: "density",
            default: "0.005",
            about: "part of the pairs that is connected under the prior alone, which sets the floor; in [1e-6, 1]",
        },
        Setting {
            name: "floor",
            default: "4.975e-5",
            about: "how far below zero a dormant pair may walk, if not what the others make it; in [0, 1000]",
        },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(SoftDeepR::build(settings)?)),
};
