//! `senn`: a neuron is born when it would let a natural gradient do much more, and nothing changes.
//!
//! Candidates have incoming weights and say nothing yet. Each is scored by Δη', a lower bound of what it adds to the natural
//! expansion score η of its listeners' connections ([`Expansion`]); random proposals climb on the bound, and the best of a
//! group is born if
//!
//! ```text
//! Δη' / η > tau      and      Δη' / most > alpha
//! ```
//!
//! with the most that η can be for alpha's unit. The paper asks for a score τ = 2 times what it was, which is `tau` = 1 here; with it a
//! group grows fewer than 1 + ln(1 / alpha) / ln(1 + tau) times before the score must have fallen again.
//!
//! Proposals are drawn so that their potentials have a mean square of 1. A step goes along the gradient of Δη' by the weights, its length a part
//! of theirs; what raises the bound stays and makes the next step 1.3 times as long, what does not makes it half as long (the
//! official code adapts its rate by 1.3 too, but samples with noise). One newborn per group and asking, and none in a group for
//! `cooldown` steps after its last. New layers, the paper's other expansion, are left to others.

use super::{
    evidence::{Evidence, NEEDS, Residual},
    expansion::Expansion,
    planned::{self, Planned},
    site::{Newborn, Site},
};
use crate::effort;
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    algebra::dot,
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, GroupId, Network, NeuronId, Reason, Signal, StreamKey};
use std::collections::BTreeMap;

const NAME: &str = "senn";
/// Length of the first step over that of the weights.
const FIRST_STEP: f64 = 0.5;

/// Growth by natural expansion.
#[derive(Clone, Debug, PartialEq)]
pub struct Senn {
    /// What Δη' over the score of what exists must pass.
    pub tau: f64,
    /// What Δη' over the most that η can be must pass.
    pub alpha: f64,
    /// Random proposals per group.
    pub proposals: usize,
    /// Steps that each climbs.
    pub steps: usize,
    /// Steps of training after a birth in which the group rests.
    pub cooldown: u64,
    /// The group that grows; all hidden ones if empty.
    pub group: String,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
    /// By group, the step of its last birth.
    last: BTreeMap<u16, u64>,
    /// What was proposed since the last commit.
    proposed: Vec<(u16, NeuronId)>,
}

impl Senn {
    /// As an experiment sets it: `tau`, `alpha`, `proposals`, `steps`, `cooldown`, `group`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            tau: settings.real("tau", 1.0, 0.0..=1e9)?,
            alpha: settings.real("alpha", 2.5e-3, 0.0..=1.0)?,
            proposals: settings.integer("proposals", 16, 1..=65_536)? as usize,
            steps: settings.integer("steps", 20, 0..=65_536)? as usize,
            cooldown: settings.integer("cooldown", 30, 0..=i64::MAX)? as u64,
            group: settings.text("group", "")?,
            samples: settings.integer("samples", 512, 0..=1 << 20)? as u32,
            last: BTreeMap::new(),
            proposed: Vec::new(),
        })
    }

    /// The best proposal of a group with its Δη'.
    fn best(&self, key: StreamKey, site: &Site, evidence: &Evidence, expansion: &Expansion) -> (f64, Newborn) {
        let columns = evidence.heard.columns();
        let square = (0..evidence.samples()).map(|row| dot(evidence.heard.row(row), evidence.heard.row(row)));
        let size = (evidence.samples() as f64 / square.sum::<f64>().max(f64::MIN_POSITIVE)).sqrt();
        let climb = |number: usize| {
            let key = key.at(number as u64);
            let draw = (0..columns).map(|column| size * key.normal(column as u64, 0)).collect();
            self.climb(site, evidence, expansion, draw)
        };
        let best = (0..self.proposals).map(climb).fold(
            (0.0, Vec::new()),
            |best: (f64, Vec<f64>), next| {
                if next.0 > best.0 { next } else { best }
            },
        );
        let (bound, mut weights) = best;
        let bias = weights.pop().unwrap_or(0.0);
        (bound, Newborn { incoming: weights, bias, outgoing: vec![0.0; site.listeners.len()] })
    }

    /// A proposal, its bias the last weight, after its steps.
    fn climb(&self, site: &Site, evidence: &Evidence, expansion: &Expansion, weights: Vec<f64>) -> (f64, Vec<f64>) {
        let activation = site.spec.unit.activation;
        let look = |weights: &[f64]| {
            let potentials: Vec<f64> =
                (0..evidence.samples()).map(|sample| dot(evidence.heard.row(sample), weights)).collect();
            let said: Vec<f64> = potentials.iter().map(|&z| activation.value(z)).collect();
            let (bound, slope) = expansion.bound_and_slope(&said);
            let mut gradient = vec![0.0; weights.len()];
            effort::spend((evidence.samples() * (weights.len() + 1)) as u64);
            for (sample, (z, slope)) in potentials.iter().zip(slope).enumerate() {
                let slope = slope * activation.derivative(*z);
                gradient.iter_mut().zip(evidence.heard.row(sample)).for_each(|(sum, heard)| *sum += slope * heard);
            }
            (bound, gradient)
        };
        let length = |vector: &[f64]| dot(vector, vector).sqrt();
        let (mut now, mut step) = (weights, FIRST_STEP);
        let (mut bound, mut gradient) = look(&now);
        for _ in 0..self.steps {
            let steep = length(&gradient);
            if !(steep > 0.0 && steep.is_finite()) {
                break;
            }
            let by = step * length(&now) / steep;
            let next: Vec<f64> = now.iter().zip(&gradient).map(|(weight, slope)| weight + by * slope).collect();
            let (found, slope) = look(&next);
            if found > bound {
                (now, bound, gradient) = (next, found, slope);
                step *= 1.3;
            } else {
                step *= 0.5;
            }
        }
        (bound, now)
    }
}

impl Follower for Senn {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        for (group, id) in self.proposed.drain(..) {
            if after.row(id).is_some() {
                self.last.insert(group, commit.step);
            }
        }
    }
}

impl Strategy for Senn {
    fn needs(&self) -> Vec<Signal> {
        NEEDS.to_vec()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        self.proposed.clear();
        let number = |group: GroupId| group.index() as u16;
        let all = Site::all(view.network, &self.group);
        let rested = |site: &&Site| {
            let last = self.last.get(&number(site.spec.group));
            last.is_none_or(|&last| view.step.saturating_sub(last) >= self.cooldown)
        };
        let sites: Vec<&Site> = all.iter().filter(rested).collect();
        if sites.is_empty() {
            let rests = Why::NothingDue { due: 0.0 };
            return Verdict::Nothing(if all.is_empty() { Why::NoCandidates } else { rests });
        }
        let (mut plan, mut failed) = (Vec::new(), None::<(f64, Why)>);
        for site in sites {
            let evidence = Evidence::of(view.network, view.signals, site, Residual::Wanted);
            let Some(evidence) = evidence else { continue };
            let expansion = Expansion::of(&evidence);
            let key = view.key.at(site.spec.group.index() as u64);
            let (bound, newborn) = self.best(key, site, &evidence, &expansion);
            // Where nothing exists that could do anything, everything is much.
            let relative = bound / expansion.current.max(1e-9 * expansion.most).max(f64::MIN_POSITIVE);
            let absolute = bound / expansion.most.max(f64::MIN_POSITIVE);
            if bound > 0.0 && relative > self.tau && absolute > self.alpha {
                let reason = Reason::scored("natural expansion score of what exists, times", relative as f32)
                    .out_of(self.proposals as u64, Some(self.tau as f32))
                    .foretelling(0.0);
                plan.push(Planned { site, newborn, reason, nudge: 0.0 });
                continue;
            }
            let (best, threshold) = if relative > self.tau { (absolute, self.alpha) } else { (relative, self.tau) };
            if failed.as_ref().is_none_or(|failed| relative > failed.0) {
                failed = Some((relative, Why::BelowThreshold { best: best as f32, threshold: threshold as f32 }));
            }
        }
        if let (true, Some((_, why))) = (plan.is_empty(), failed) {
            return Verdict::Nothing(why);
        }
        let verdict = planned::bear(view, draft, plan);
        self.proposed =
            draft.proposals().iter().filter_map(planned::born).map(|(group, id)| (number(group), id)).collect();
        verdict
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.last)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.last = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "the group of largest expansion",
        born: "best of its score, outgoing zero",
        amount: "one, by natural expansion",
    },
    summary: "a neuron is born when a natural gradient could do much more with it",
    citation: Citation {
        key: "mitchell2023senn",
        authors: "Mitchell, Rupert and Menzenbach, Robin and Kersting, Kristian and Mundt, Martin",
        title: "Self-Expanding Neural Networks",
        venue: "arXiv",
        year: 2023,
        url: "https://arxiv.org/abs/2307.04526",
    },
    settings: &[
        Setting {
            name: "tau",
            default: "1.0",
            about: "least gain of the score over what it is, the paper's τ less 1; in [0, 1e9]",
        },
        Setting {
            name: "alpha",
            default: "2.5e-3",
            about: "least gain of the score over the most that it can be, in [0, 1]",
        },
        Setting { name: "proposals", default: "16", about: "random proposals per group, in [1, 65536]" },
        Setting { name: "steps", default: "20", about: "steps that each climbs on the bound, in [0, 65536]" },
        Setting {
            name: "cooldown",
            default: "30",
            about: "steps of training after a birth in which a group rests, 0 or more",
        },
        Setting { name: "group", default: "\"\"", about: "name of the group that grows; all hidden ones if empty" },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(Senn::build(settings)?)),
};
