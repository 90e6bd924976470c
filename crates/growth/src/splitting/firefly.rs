//! `firefly`: splits and newborns compete, and those that lower the loss most are taken.
//!
//! Firefly descent grows by what lowers the loss most within a small distance of the present function: a neuron
//! may split into w ± δv with half of its axon each, or a new one may be born with an axon of size ε. To first order in what
//! each may do, the loss falls by
//!
//! ```text
//! split      δ²/2 · |λ|        λ the smallest eigenvalue of its splitting matrix, v its eigenvector
//! newborn    ε · ‖G(u)‖        G_j(u) = Σ blame_j(t) · f(Σ u_i x_i(t - lag))      over cycles and lanes
//! ```
//!
//! with the axon -ε G / ‖G‖ and the dendrites u. All candidates of both kinds are ranked by this and the best few are taken, as the paper's
//! greedy selection does.
//!
//! The paper finds v and u by some epochs of training of an over-grown network with the gates ε held small, and scores by the
//! gradient of the gates. A strategy cannot train; here both directions come from the samples of one asking. v is what that training
//! converges to for a small δ, by decomposition or descent as in [`Splitting`](super::Splitting). u is drawn at random
//! with norm 1 and then climbs ‖G(u)‖² on the same samples for `ascent` steps, its norm kept, a step being halved
//! where it would not climb. There is no penalty on sizes, and no interval over which gates are integrated. Newborns of one group
//! are found independently of each other and may come to be alike.
//!
//! A newborn joins an existing hidden group beside one of its members; it hears at most `dendrites` of those in its reach, drawn
//! at random, and is heard by the `axons` listeners with the largest |G|, without delays, each pair at its own lag. A leaky newborn is scored as if it had no
//! state. Divisions are exact when they are committed; newborns change outputs by O(ε).

use super::{
    split::{Planned, Spectrum, Split, part_later},
    steepest::{lanes, probe, spectrum},
};
use crate::effort;
use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    cradle::{Cradle, hidden_groups},
    settings::{SettingError, Settings},
};
use livenet_core::{
    Activation, Commit, Draft, End, Follower, GroupId, Move, Network, NeuronSpec, Neurons, Origin, Reason, Role, Row,
    Signal, Stream,
};

/// Growth by the best splits and newborns. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Firefly {
    /// How the directions of splits are found.
    pub spectrum: Spectrum,
    /// The norm of the axon of a newborn.
    pub epsilon: f64,
    /// How far mother and daughter go from where the mother was.
    pub stride: f64,
    /// Neurons that come in one asking, over the hidden ones that are there; at least one.
    pub ratio: f64,
    /// Newborns that stand for choice, per hidden group.
    pub newborns: u32,
    /// Steps of ascent of their dendrites.
    pub ascent: u32,
    /// Most dendrites of a newborn.
    pub dendrites: usize,
    /// Most listeners of a newborn.
    pub axons: usize,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
}

impl Default for Firefly {
    fn default() -> Self {
        Self {
            spectrum: Spectrum::Exact,
            epsilon: 3e-5,
            stride: 0.01,
            ratio: 0.35,
            newborns: 4,
            ascent: 10,
            dendrites: 64,
            axons: 64,
            samples: 512,
        }
    }
}

impl Firefly {
    /// Growth as an experiment sets it: `eigen` with `steps`, `epsilon`, `stride`, `ratio`, `newborns`, `ascent`, `dendrites`, `axons`,
    /// `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        Ok(Self {
            spectrum: spectrum(settings)?,
            epsilon: settings.real("epsilon", default.epsilon, 0.0..=10.0)?,
            stride: settings.real("stride", default.stride, 0.0..=10.0)?,
            ratio: settings.real("ratio", default.ratio, 0.0..=64.0)?,
            newborns: settings.integer("newborns", 4, 0..=1 << 16)? as u32,
            ascent: settings.integer("ascent", 10, 0..=1 << 16)? as u32,
            dendrites: settings.integer("dendrites", 64, 1..=1 << 24)? as usize,
            axons: settings.integer("axons", 64, 1..=1 << 24)? as usize,
            samples: settings.integer("samples", 512, 0..=1 << 24)? as u32,
        })
    }

    fn newborn(&self, view: &View<'_>, group: GroupId, stream: &mut Stream) -> Option<Newborn> {
        let network = view.network;
        let members = network.members(group);
        let cradle = if members.is_empty() {
            Cradle::of(network, group)
        } else {
            Cradle::beside(
                network,
                Row::new(members.start + stream.below(u64::from(members.end - members.start)) as u32),
            )
        };
        let (hears, heard_by) = (cradle.heard(), cradle.listeners());
        let spec = cradle.spec;
        let chosen = stream.sample(hears.len() as u64, self.dendrites);
        let hears: Vec<Row<Neurons>> = chosen.into_iter().map(|at| hears[at as usize]).collect();
        let mut u: Vec<f64> = hears.iter().map(|_| stream.normal()).collect();
        let window = Place::of(view, &spec, &hears, &heard_by)?;
        rescale(&mut u)?;
        let mut told = window.tell(&u);
        let mut step = 0.5;
        for _ in 0..self.ascent {
            let Some(up) = window.climb(&u, &told).filter(|_| step > 1e-6) else { break };
            let mut next: Vec<f64> = u.iter().zip(&up).map(|(u, up)| u + step * up).collect();
            if rescale(&mut next).is_none() {
                break;
            }
            let then = window.tell(&next);
            if square(&then) > square(&told) {
                (u, told) = (next, then);
            } else {
                step /= 2.0;
            }
        }
        let mut axon: Vec<(Row<Neurons>, f64)> =
            heard_by.into_iter().zip(told).filter(|(_, told)| *told != 0.0).collect();
        axon.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        axon.truncate(self.axons);
        let gain = axon.iter().map(|(_, told)| told * told).sum::<f64>().sqrt();
        let dendrites = hears.into_iter().zip(u).collect();
        (gain > 0.0 && gain.is_finite()).then_some(Newborn { spec, dendrites, axon, gain })
    }
}

/// A neuron that may be born.
struct Newborn {
    spec: NeuronSpec,
    dendrites: Vec<(Row<Neurons>, f64)>,
    /// Listeners with the gradient that a connection to each would have.
    axon: Vec<(Row<Neurons>, f64)>,
    /// The norm of these.
    gain: f64,
}

/// Whichever is ranked.
enum Candidate {
    Split(Split),
    Newborn(Newborn),
}

/// What somebody in this place would hear, and what would be made of it.
struct Place {
    activation: Activation,
    /// `[cycle back][lane][heard]`; cycles before the first that is remembered are missing.
    heard: Vec<Vec<f64>>,
    width: usize,
    /// Per listener: its lag, and its blame `[cycle back][lane]`.
    blames: Vec<(usize, Vec<Vec<f64>>)>,
}

impl Place {
    fn of(view: &View<'_>, spec: &NeuronSpec, hears: &[Row<Neurons>], heard_by: &[Row<Neurons>]) -> Option<Self> {
        let (network, outputs, blames) = (view.network, view.signals.outputs()?, view.signals.blames()?);
        let lanes = outputs.lanes().min(blames.lanes());
        let lag = |pre, post| network.schedule().lag(pre, post, 0) as usize;
        let heard = (0..outputs.cycles()).map(|ago| {
            let said: Vec<Option<&[f32]>> =
                hears.iter().map(|&pre| outputs.back(ago + lag(network.spec(pre).group, spec.group), pre)).collect();
            let of = |lane: usize| said.iter().map(move |lanes| lanes.map_or(0.0, |lanes| f64::from(lanes[lane])));
            (0..lanes).flat_map(of).collect()
        });
        let blame = |post: Row<Neurons>| {
            let cycles = (0..blames.cycles()).filter_map(|ago| blames.back(ago, post));
            let cycles = cycles.map(|blame| blame[..lanes].iter().map(|&blame| f64::from(blame)).collect());
            (lag(spec.group, network.spec(post).group), cycles.collect())
        };
        Some(Self {
            activation: spec.unit.activation,
            heard: heard.collect(),
            width: hears.len().max(1),
            blames: heard_by.iter().map(|&post| blame(post)).collect(),
        })
    }

    fn potentials(&self, u: &[f64]) -> Vec<Vec<f64>> {
        effort::spend((self.heard.iter().map(Vec::len).sum::<usize>()) as u64);
        let potential = |x: &[f64]| x.iter().zip(u).map(|(x, u)| x * u).sum();
        self.heard.iter().map(|cycle| cycle.chunks_exact(self.width).map(potential).collect()).collect()
    }

    /// How many blames there are of all listeners.
    fn blamed(&self) -> u64 {
        self.blames.iter().flat_map(|(_, cycles)| cycles).map(|lanes| lanes.len() as u64).sum()
    }

    /// G: the gradient that a connection to each listener would have.
    fn tell(&self, u: &[f64]) -> Vec<f64> {
        let said: Vec<Vec<f64>> = self
            .potentials(u)
            .into_iter()
            .map(|cycle| cycle.into_iter().map(|z| self.activation.value(z)).collect())
            .collect();
        let of = |(lag, blames): &(usize, Vec<Vec<f64>>)| {
            let cycles = blames.iter().zip(said.iter().skip(*lag));
            cycles.map(|(blame, said)| blame.iter().zip(said).map(|(b, s)| b * s).sum::<f64>()).sum()
        };
        effort::spend(self.blamed());
        self.blames.iter().map(of).collect()
    }

    /// The direction in which ‖G‖² rises most, of norm 1.
    fn climb(&self, u: &[f64], told: &[f64]) -> Option<Vec<f64>> {
        effort::spend(self.blamed() + self.heard.iter().map(Vec::len).sum::<usize>() as u64);
        let mut up = vec![0.0; u.len()];
        for (ago, potentials) in self.potentials(u).into_iter().enumerate() {
            for (lane, z) in potentials.into_iter().enumerate() {
                let wanted: f64 = self
                    .blames
                    .iter()
                    .zip(told)
                    .filter_map(|((lag, blames), told)| Some(told * blames.get(ago.checked_sub(*lag)?)?[lane]))
                    .sum();
                let by = wanted * self.activation.derivative(z);
                let x = &self.heard[ago][lane * self.width..(lane + 1) * self.width];
                up.iter_mut().zip(x).for_each(|(up, x)| *up += by * x);
            }
        }
        rescale(&mut up).map(|()| up)
    }
}

fn square(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

/// To norm 1; `None` where there is none.
fn rescale(v: &mut [f64]) -> Option<()> {
    let length = square(v).sqrt();
    (length > 0.0 && length.is_finite()).then(|| v.iter_mut().for_each(|x| *x /= length))
}

impl Follower for Firefly {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Firefly {
    fn needs(&self) -> Vec<Signal> {
        let lanes = lanes(self.samples);
        vec![Signal::Outputs { lanes }, Signal::Blames { lanes }, Signal::Bends { lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let splits = Split::all(view, self.spectrum, 1.0).into_iter();
        let mut candidates: Vec<(f64, Candidate)> =
            splits.map(|split| (split.foretold(self.stride), Candidate::Split(split))).collect();
        for group in hidden_groups(network) {
            let mut stream = view.key.at(group.index() as u64).stream();
            let newborns = (0..self.newborns).filter_map(|_| self.newborn(view, group, &mut stream));
            candidates.extend(newborns.map(|newborn| (-self.epsilon * newborn.gain, Candidate::Newborn(newborn))));
        }
        if candidates.is_empty() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        // Stable: among equals splits come first, then in the order of rows and groups.
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).count();
        let due = ((hidden as f64 * self.ratio).ceil() as usize).max(1);
        let (considered, best) = (candidates.len() as u64, candidates[0].0 as f32);
        let next = candidates.get(due).map(|&(change, _)| change.min(0.0) as f32).or(Some(0.0));
        candidates.truncate(due);
        candidates.retain(|&(change, _)| change < 0.0);
        // Newborns first: who divides afterwards shares what hears and is heard by them with her daughter.
        let divides = |candidate: &Candidate| matches!(candidate, Candidate::Split(_));
        candidates.sort_by_key(|(_, candidate)| divides(candidate));
        let (mut planned, mut left) = (Vec::new(), view.budget.edits.unwrap_or(u64::MAX));
        for (change, candidate) in &candidates {
            let cost = match candidate {
                Candidate::Split(_) => 1,
                Candidate::Newborn(newborn) => 1 + (newborn.dendrites.len() + newborn.axon.len()) as u64,
            };
            if cost > left {
                continue;
            }
            left -= cost;
            let name = draft.name();
            let (what, rule) = match candidate {
                Candidate::Split(split) => {
                    planned.push(Planned { split, daughter: name });
                    let mother = network.id(split.row);
                    (Move::Divide { mother, daughter: name, share: 0.5 }, "a split lowers the loss most")
                }
                Candidate::Newborn(newborn) => {
                    let end = |&(row, weight): &(Row<Neurons>, f64)| End {
                        at: network.id(row),
                        weight: weight as f32,
                        delay: 0,
                    };
                    let by = -self.epsilon / newborn.gain;
                    let axon = newborn.axon.iter().map(|&(row, told)| end(&(row, by * told))).collect();
                    let dendrites = newborn.dendrites.iter().map(end).collect();
                    let (spec, origin) = (newborn.spec.clone(), Origin::Fresh);
                    (Move::Bear { neuron: name, spec, origin, dendrites, axon }, "a newborn lowers the loss most")
                }
            };
            let change = *change as f32;
            let reason = Reason::scored(rule, change).out_of(considered, next).foretelling(change);
            draft.propose_because(what, -change, reason).expect("splits and newborns stay within reach");
        }
        if draft.is_empty() {
            return Verdict::Nothing(Why::BelowThreshold { best, threshold: 0.0 });
        }
        part_later(view, draft, &planned, self.stride);
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
    name: "firefly",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "largest decrease foretold, splits and newborns",
        born: "w ± ε v, or small",
        amount: "a count",
    },
    summary: "splits and newborns compete by how much each would lower the loss",
    citation: Citation {
        key: "wu2020firefly",
        authors: "Wu, Lemeng and Liu, Bo and Stone, Peter and Liu, Qiang",
        title: "Firefly Neural Architecture Descent: a General Approach for Growing Neural Networks",
        venue: "Advances in Neural Information Processing Systems",
        year: 2020,
        url: "https://arxiv.org/abs/2102.08574",
    },
    settings: &[
        Setting {
            name: "eigen",
            default: "\"exact\"",
            about: "how the directions of splits are found: `exact` or `fast`, as in `splitting`",
        },
        Setting { name: "steps", default: "50", about: "steps of the descent if `fast`, in [1, 2^20]" },
        Setting { name: "epsilon", default: "0.00003", about: "norm of the axon of a newborn, in [0, 10]" },
        Setting {
            name: "stride",
            default: "0.01",
            about: "how far mother and daughter of a split go from where the mother was, in [0, 10]",
        },
        Setting {
            name: "ratio",
            default: "0.35",
            about: "neurons that come in one asking over the hidden ones there, in [0, 64]; at least one may",
        },
        Setting { name: "newborns", default: "4", about: "newborns that stand for choice per hidden group, 0 or more" },
        Setting { name: "ascent", default: "10", about: "steps in which their dendrites are bettered, 0 or more" },
        Setting { name: "dendrites", default: "64", about: "most dendrites of a newborn, at least 1" },
        Setting { name: "axons", default: "64", about: "most listeners of a newborn, at least 1" },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(Firefly::build(settings)?)),
};
