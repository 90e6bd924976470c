//! `nest`: where a connection past a group would be worth most, a neuron of the group makes it.
//!
//! The neuron growth of `NeST` (Dai et al. 2019). For a neuron n that a newborn of a group could hear and a neuron m that
//! could hear it, the bridging gradient is the gradient of the connection that is not there,
//!
//! ```text
//! G_mn = Σ over samples of (dL / d potential of m) · (output of n)
//! ```
//!
//! Of all pairs the share `ratio` with the largest |G| is bridged. Each adds d = ±√|G|, its sign drawn, to what m hears of the
//! newborn, and -d · sign(G) to what the newborn hears of n: the product is -G, a step of gradient descent of
//! length 1 along the bridge. One newborn per group takes all its bridges (the paper's algorithm), or each bridge gets
//! one of its own (`spread = "each"`). Then both sides are brought to `strength` times the mean |weight| of the members'
//! dendrites and axons, so that pruning does not take the newborn at once; 0 leaves them as they are.
//!
//! **In any network.** n and m may be any neurons that the reach of the group and of m allows, and n is heard as late as
//! both connections together lag; in a layered network n is of the layer before and m of the layer after, as in the paper.
//! The change foretold is of first order in the potentials of the listeners: Σ over m of the weight of its end times Σ over
//! samples of its blame times what the newborn would say.
//!
//! The paper's growth of connections by |gradient| and its pruning by |weight| are methods of their own here
//! ([`rewire`](crate::rewire)); its growth of feature maps needs convolutions. The adaptation in the code of NORTH*
//! (github.com/k8lion/Neurogenesis, `nestneuron`) drops the sign of G, so that half of its bridges climb, and bridges the share
//! 1 - β; neither is offered.

use crate::effort;
use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    cradle::Cradle,
    settings::{SettingError, Settings},
};
use livenet_core::{
    Commit, Draft, End, Follower, Move, Network, Neurons, Origin, Reason, Role, Row, Samples, Signal, Stream,
};
use std::collections::BTreeMap;

/// How bridges are spread over newborns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// One newborn of a group takes all.
    One,
    /// Each gets a newborn; the largest so many of all groups together.
    Each(u32),
}

/// Growth of neurons by bridging gradients. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nest {
    /// The share of the pairs that is bridged; at least one is.
    pub ratio: f64,
    /// The mean |weight| of a newborn, over that of the group's members; 0 for the roots of the gradients.
    pub strength: f64,
    /// How bridges are spread over newborns.
    pub spread: Spread,
    /// Training samples that are run; 0 takes the last window.
    pub samples: u32,
}

impl Default for Nest {
    fn default() -> Self {
        Self { ratio: 0.01, strength: 0.5, spread: Spread::One, samples: 512 }
    }
}

/// A pair with its bridging gradient.
#[derive(Clone, Copy, Debug)]
struct Bridge {
    pre: Row<Neurons>,
    post: Row<Neurons>,
    gradient: f64,
}

/// A neuron as it would be born.
struct Newborn<'n> {
    cradle: Cradle<'n>,
    dendrites: BTreeMap<Row<Neurons>, f64>,
    axon: BTreeMap<Row<Neurons>, f64>,
    /// The largest |gradient| that it bridges.
    score: f64,
    next: Option<f32>,
    considered: u64,
}

impl Nest {
    /// Growth by bridging gradients as an experiment sets it: `ratio`, `strength`, `spread` with `count`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let spread = match settings.choice("spread", &[("one", Spread::One), ("each", Spread::Each(4))])? {
            Spread::Each(count) => Spread::Each(settings.integer("count", i64::from(count), 1..=1 << 16)? as u32),
            Spread::One => Spread::One,
        };
        Ok(Self {
            spread,
            ratio: settings.real("ratio", 0.01, 0.0..=1.0)?,
            strength: settings.real("strength", 0.5, 0.0..=1e6)?,
            samples: settings.integer("samples", 512, 0..=i64::from(u32::MAX))? as u32,
        })
    }

    /// The newborns of a group before their weights are brought to size.
    fn newborns<'n>(&self, view: &View<'n>, cradle: &Cradle<'n>, stream: &mut Stream) -> Vec<Newborn<'n>> {
        let mut bridges = bridges(view, cradle, self.spread);
        let considered = bridges.len() as u64;
        let wanted = ((self.ratio * considered as f64) as usize).max(1);
        let beyond = bridges.get(wanted).map(|bridge| bridge.gradient.abs() as f32);
        bridges.truncate(wanted);
        bridges.retain(|bridge| bridge.gradient != 0.0);
        let mut newborns: Vec<Newborn<'n>> = Vec::new();
        for (at, bridge) in bridges.iter().enumerate() {
            if self.spread != Spread::One || newborns.is_empty() {
                let next = if self.spread == Spread::One {
                    beyond
                } else {
                    bridges.get(at + 1).map(|next| next.gradient.abs() as f32).or(beyond)
                };
                newborns.push(Newborn {
                    cradle: place(view.network, cradle, self.spread, [bridge.pre, bridge.post]),
                    dendrites: BTreeMap::new(),
                    axon: BTreeMap::new(),
                    score: bridge.gradient.abs(),
                    next,
                    considered,
                });
            }
            let by = libm::sqrt(bridge.gradient.abs()) * if stream.below(2) == 0 { 1.0 } else { -1.0 };
            if let Some(newborn) = newborns.last_mut() {
                *newborn.axon.entry(bridge.post).or_default() += by;
                *newborn.dendrites.entry(bridge.pre).or_default() -= by * bridge.gradient.signum();
            }
        }
        newborns
    }
}

/// Where a newborn would stand: in the middle of its group, or between the two that it joins.
fn place<'n>(network: &'n Network, of: &Cradle<'n>, spread: Spread, pair: [Row<Neurons>; 2]) -> Cradle<'n> {
    if spread == Spread::One { of.clone() } else { Cradle::between(network, of.group(), pair) }
}

/// All pairs that a newborn of the group could join, the largest |gradient| first.
fn bridges(view: &View<'_>, cradle: &Cradle<'_>, spread: Spread) -> Vec<Bridge> {
    let network = view.network;
    let (Some(said), Some(blames)) = (view.signals.outputs(), view.signals.blames()) else { return Vec::new() };
    let rows = || network.neuron_rows();
    let mut bridges = Vec::new();
    // Nobody learns to listen who is an input or frozen.
    for post in rows().filter(|&row| network.role(row) != Role::Input && !network.is_frozen(row)) {
        for pre in rows() {
            let place = place(network, cradle, spread, [pre, post]);
            let lag = place.lag_from(pre) + place.lag_to(post);
            if place.hears(pre) && place.is_heard_by(post) && lag < said.cycles() {
                let of =
                    |ago: usize| said.back(ago + lag, pre).map(|values| (ago, values.iter().map(|&y| f64::from(y))));
                bridges.push(Bridge { pre, post, gradient: product(blames, post, of) });
            }
        }
    }
    bridges.retain(|bridge| bridge.gradient.is_finite());
    let pair = |bridge: &Bridge| (bridge.post, bridge.pre);
    bridges.sort_by(|a, b| b.gradient.abs().total_cmp(&a.gradient.abs()).then(pair(a).cmp(&pair(b))));
    bridges
}

/// Σ over the cycles and lanes of what a listener is blamed for times what it would hear, as `heard` says of a cycle so many
/// before the last; nothing where that is not known.
fn product<I: Iterator<Item = f64>>(
    blames: &Samples,
    post: Row<Neurons>,
    heard: impl Fn(usize) -> Option<(usize, I)>,
) -> f64 {
    effort::spend((blames.cycles() * blames.lanes()) as u64);
    let cycles = (0..blames.cycles()).rev().filter_map(heard);
    cycles
        .map(|(ago, heard)| {
            let blames = blames.back(ago, post).unwrap_or(&[]);
            blames.iter().zip(heard).map(|(&blame, heard)| f64::from(blame) * heard).sum::<f64>()
        })
        .sum()
}

impl Newborn<'_> {
    /// Brings the mean |weight| of each side to so many times that of the members' sides, where there is any.
    fn grow_strong(&mut self, view: &View<'_>, strength: f64) {
        let network = view.network;
        let weights = view.signals.values(Signal::Weight);
        let members = || network.members(self.cradle.group()).map(Row::new);
        let heard: Vec<usize> = members().flat_map(|row| network.incoming(row)).collect();
        let told: Vec<usize> = members().flat_map(|row| network.listeners(row)).map(|(_, at)| at.index()).collect();
        let mean = |synapses: &[usize]| -> f64 {
            let sizes: Vec<f64> = synapses
                .iter()
                .filter(|&&at| !network.marks()[at].is_silent())
                .filter_map(|&at| weights.get(at).map(|weight| f64::from(weight.abs())))
                .filter(|&size| size > 0.0 && size.is_finite())
                .collect();
            if sizes.is_empty() { 0.0 } else { sizes.iter().sum::<f64>() / sizes.len() as f64 }
        };
        let means = [mean(&heard), mean(&told)];
        for (side, mean) in [&mut self.dendrites, &mut self.axon].into_iter().zip(means) {
            let own = side.values().map(|weight| weight.abs()).sum::<f64>() / side.len().max(1) as f64;
            if strength > 0.0 && mean > 0.0 && own > 0.0 {
                for weight in side.values_mut() {
                    *weight *= strength * mean / own;
                }
            }
        }
    }

    /// The elementary edits of its birth.
    fn edits(&self) -> u64 {
        (1 + self.dendrites.len() + self.axon.len()) as u64
    }

    /// Whether its weights can be told.
    fn fits(&self) -> bool {
        self.dendrites.values().chain(self.axon.values()).all(|&weight| (weight as f32).is_finite())
    }

    /// The change of the loss, to first order in the potentials of its listeners.
    fn foretold(&self, view: &View<'_>) -> Option<f64> {
        let (said, blames) = (view.signals.outputs()?, view.signals.blames()?);
        let activation = self.cradle.spec.unit.activation;
        let says = |ago: usize| {
            let mut potentials = vec![0.0; said.lanes()];
            effort::spend((self.dendrites.len() * said.lanes()) as u64);
            for (&pre, weight) in &self.dendrites {
                let heard = said.back(ago + self.cradle.lag_from(pre), pre).unwrap_or(&[]);
                potentials.iter_mut().zip(heard).for_each(|(z, &value)| *z += weight * f64::from(value));
            }
            potentials.into_iter().map(move |z| activation.value(z))
        };
        let of = |(&post, weight): (&Row<Neurons>, &f64)| {
            weight * product(blames, post, |ago| Some((ago, says(ago + self.cradle.lag_to(post)))))
        };
        Some(self.axon.iter().map(of).sum())
    }

    fn bear(&self, view: &View<'_>, draft: &mut Draft<'_>) {
        let ends = |side: &BTreeMap<Row<Neurons>, f64>| -> Vec<End> {
            side.iter()
                .map(|(&row, &weight)| End { at: view.network.id(row), weight: weight as f32, delay: 0 })
                .collect()
        };
        let (dendrites, axon) = (ends(&self.dendrites), ends(&self.axon));
        let mut reason =
            Reason::scored("bridges the largest |gradient|", self.score as f32).out_of(self.considered, self.next);
        if let Some(change) = self.foretold(view).map(|change| change as f32).filter(|change| change.is_finite()) {
            reason = reason.foretelling(change);
        }
        let (neuron, spec) = (draft.name(), self.cradle.spec.clone());
        let what = Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon };
        draft.propose_because(what, self.score as f32, reason).expect("all its ends are within reach");
    }
}

impl Follower for Nest {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Nest {
    fn needs(&self) -> Vec<Signal> {
        let lanes = if self.samples == 0 { u32::MAX } else { self.samples };
        vec![Signal::Weight, Signal::Outputs { lanes }, Signal::Blames { lanes }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let mut newborns = Vec::new();
        for cradle in Cradle::all(view.network) {
            let mut stream = view.key.at(cradle.group().index() as u64).stream();
            newborns.extend(self.newborns(view, &cradle, &mut stream));
        }
        // Stable: groups in their order among equals.
        newborns.sort_by(|a, b| b.score.total_cmp(&a.score));
        if let Spread::Each(count) = self.spread {
            newborns.truncate(count as usize);
        }
        let (mut left, mut cut) = (view.budget.edits.unwrap_or(u64::MAX), 0);
        for newborn in &mut newborns {
            newborn.grow_strong(view, self.strength);
            if newborn.edits() > left {
                cut += 1;
            } else if newborn.fits() {
                left -= newborn.edits();
                newborn.bear(view, draft);
            }
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if cut > 0 => Verdict::Nothing(Why::OverBudget { cut }),
            () => Verdict::Nothing(Why::NoCandidates),
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
    name: "nest",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "largest bridging gradient",
        born: "against it, by its root",
        amount: "a fraction of pairs",
    },
    summary: "a neuron is born where a connection past its group would have the largest gradient",
    citation: Citation {
        key: "dai2019nest",
        authors: "Dai, Xiaoliang and Yin, Hongxu and Jha, Niraj K.",
        title: "NeST: A Neural Network Synthesis Tool Based on a Grow-and-Prune Paradigm",
        venue: "IEEE Transactions on Computers",
        year: 2019,
        url: "https://arxiv.org/abs/1711.02017",
    },
    settings: &[
        Setting {
            name: "ratio",
            default: "0.01",
            about: "the share of the pairs around a group that is bridged, at least one; in [0, 1]",
        },
        Setting {
            name: "strength",
            default: "0.5",
            about: "mean |weight| of a newborn over that of the members of its group; 0 for the roots of the gradients",
        },
        Setting {
            name: "spread",
            default: "\"one\"",
            about: "all bridges of a group go through `one` newborn, or `each` through its own",
        },
        Setting {
            name: "count",
            default: "4",
            about: "with `each`: most newborns in one asking, the largest gradients first, in [1, 65536]",
        },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Nest::build(settings)?)),
};
