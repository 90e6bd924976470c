//! The wiring that a network starts with: an axis of its own, beside every method of growth.
//!
//! None, dense, uniform, Erdős–Rényi (by a share or a count; its form for kernels is the same where there are none), constant fan-in, and
//! two by place, receptive fields and a small world. What asks the data, as the correlated wiring of Cannistraci-Hebb
//! training does, is not among them: a wiring is made before there is any. That one is a strategy, [`Csti`](crate::Csti).
//!
//! Random wiring at a given count is the control for every method that claims to *find* a wiring.

use crate::pairs::{Pairs, group_pairs};
use crate::ring::Ring;
use livenet_core::{Activation, Birth, Draft, EditError, Law, Move, Network, NeuronId, Row, StreamKey, Synapse};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many pairs within reach are connected before anything is learned, and which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wiring {
    /// No connection at all.
    #[default]
    None,
    /// Every pair in reach, with no delay.
    Dense,
    /// This share of the pairs in reach, between any two groups.
    Uniform {
        /// The share, in [0, 1].
        density: f64,
    },
    /// This many in total, spread over the groups by the Erdős–Rényi rule.
    Count {
        /// How many; no more than there are pairs.
        connections: u64,
    },
    /// This share in total; between groups of n and m neurons in proportion to n + m (Mocanu et al. 2018), what
    /// does not fit being spread over the others (Evci et al. 2020). That is also their Erdős–Rényi-kernel rule, which
    /// adds the sizes of convolution kernels: here there are none.
    ErdosRenyi {
        /// The share, in [0, 1].
        density: f64,
    },
    /// Every listener hears this many, anybody in reach; all of them where there are fewer. The constant fan-in of
    /// Lasby et al. 2024.
    FanIn {
        /// How many.
        connections: u64,
    },
    /// A bipartite receptive field (Zhang et al. 2025): this share of the pairs between any two groups, each member of the smaller one
    /// joined to about as many of the larger, the likelier the nearer they lie on a ring: in proportion to (1 + d)^(-(1 - r) / r), d
    /// being how many members apart they are, and r the randomness.
    ReceptiveField {
        /// The share, in [0, 1].
        density: f64,
        /// From 0, where it is the nearest, to 1, where it is anybody. The authors' code has 0.25.
        randomness: f64,
    },
    /// A bipartite small world (Watts and Strogatz 1998, after Zhang et al. 2025): this share of the pairs between any two groups, each member
    /// of the larger one joined to about as many of the nearest of the smaller, and then each connection put anywhere with a
    /// probability.
    SmallWorld {
        /// The share, in [0, 1].
        density: f64,
        /// The probability, in [0, 1].
        randomness: f64,
    },
}

/// The first weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// Normal with variance 2 / fan-in (He et al. 2015), the fan-in being what there really is.
    #[default]
    He,
    /// Normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
    Glorot,
    /// Uniform with that variance.
    GlorotUniform,
    /// Uniform with variance gain² / fan-in: gain² is 2 for rectifiers, 25/9 for tanh, 1 for others (PyTorch's
    /// `kaiming_uniform_` with the gain of each unit).
    KaimingUniform,
    /// Normal with this standard deviation.
    Normal(f32),
    /// Uniform within ± this.
    Uniform(f32),
}

impl Wiring {
    /// Proposes the connections with He-scaled births, one move per listener.
    ///
    /// # Errors
    /// [`EditError`] when some of them are there already.
    pub fn propose(&self, draft: &mut Draft<'_>, key: StreamKey) -> Result<(), EditError> {
        self.propose_scaled(draft, key, Scale::He)
    }

    /// The same with another scale.
    ///
    /// # Errors
    /// As [`Wiring::propose`].
    pub fn propose_scaled(&self, draft: &mut Draft<'_>, key: StreamKey, scale: Scale) -> Result<(), EditError> {
        self.propose_apart(draft, (key, key), scale)
    }

    /// The same where one key draws who is connected and another the weights, so that several networks can begin with one
    /// wiring and weights of their own.
    ///
    /// # Errors
    /// As [`Wiring::propose`].
    pub fn propose_apart(
        &self,
        draft: &mut Draft<'_>,
        (wiring, key): (StreamKey, StreamKey),
        scale: Scale,
    ) -> Result<(), EditError> {
        let network = draft.network();
        let id = |row| network.id(Row::new(row));
        let wired: Vec<(Synapse, u16)> = self
            .choose(network, wiring)
            .into_iter()
            .map(|(post, pre, delay)| (Synapse::new(id(post), id(pre)), delay))
            .collect();
        scale.connect(draft, &wired, key)
    }

    /// (listener, heard, delay), ascending.
    fn choose(&self, network: &Network, key: StreamKey) -> Vec<(u32, u32, u16)> {
        if let Self::FanIn { connections } = *self {
            return constant(network, connections, key);
        }
        let groups = group_pairs(network);
        let total: u64 = groups.iter().map(|(_, _, pairs)| pairs.len()).sum();
        let sizes: Vec<(u64, u64)> = groups
            .iter()
            .map(|(post, pre, pairs)| {
                let members = network.members(*post).len() + network.members(*pre).len();
                (pairs.len(), members as u64)
            })
            .collect();
        let counts: Vec<u64> = match *self {
            Self::None | Self::FanIn { .. } => return Vec::new(),
            Self::Dense => sizes.iter().map(|&(pairs, _)| pairs).collect(),
            Self::Uniform { density } | Self::ReceptiveField { density, .. } | Self::SmallWorld { density, .. } => {
                sizes.iter().map(|&(pairs, _)| share(pairs, density)).collect()
            }
            Self::Count { connections } => erdos_renyi(&sizes, connections.min(total)),
            Self::ErdosRenyi { density } => erdos_renyi(&sizes, share(total, density)),
        };
        let mut wired = Vec::new();
        for ((post, pre, pairs), count) in groups.iter().zip(counts) {
            let max_delay = network.group(*post).reach.max_delay;
            let mut stream = key.at(post.index() as u64).at(pre.index() as u64).stream();
            let ring = Ring { network, groups: (*post, *pre), pairs };
            let chosen: Vec<(u32, u32)> = match *self {
                Self::ReceptiveField { randomness, .. } => {
                    ring.receptive_fields(count, randomness, &mut stream).into_iter().collect()
                }
                Self::SmallWorld { randomness, .. } => {
                    ring.small_world(count, randomness, &mut stream).into_iter().collect()
                }
                _ => pairs.sample(count as usize, &BTreeSet::new(), &mut stream),
            };
            for (post, pre) in chosen {
                let delay = if *self == Self::Dense { 0 } else { stream.below(u64::from(max_delay) + 1) as u16 };
                wired.push((post, pre, delay));
            }
        }
        wired.sort_unstable();
        wired
    }
}

impl Scale {
    /// Proposes these connections, ends and delay, with first weights of this scale: one move per listener, whose connections
    /// stand together. Fan-in and fan-out are those of the list.
    ///
    /// # Errors
    /// [`EditError`] when some of them are there already, or out of reach.
    pub fn connect(self, draft: &mut Draft<'_>, wired: &[(Synapse, u16)], key: StreamKey) -> Result<(), EditError> {
        let network = draft.network();
        let mut heard_by = BTreeMap::<NeuronId, u32>::new();
        for (at, _) in wired {
            *heard_by.entry(at.pre).or_default() += 1;
        }
        for chunk in wired.chunk_by(|a, b| a.0.post == b.0.post) {
            let fan_in = chunk.len() as f32;
            let birth = match self {
                Self::He => random(key, Law::Normal, (2.0 / fan_in).sqrt()),
                Self::Normal(deviation) => random(key, Law::Normal, deviation),
                Self::Uniform(width) => random(key, Law::Uniform, width),
                Self::KaimingUniform => {
                    let post = chunk[0].0.post;
                    let row = network.row(post).ok_or(EditError::UnknownNeuron { neuron: post })?;
                    random(key, Law::Uniform, kaiming_bound(network.spec(row).unit.activation, fan_in))
                }
                Self::Glorot | Self::GlorotUniform => {
                    let (law, over) = if self == Self::Glorot { (Law::Normal, 2.0) } else { (Law::Uniform, 6.0) };
                    for &(at, delay) in chunk {
                        let width = (over / (fan_in + heard_by[&at.pre] as f32)).sqrt();
                        draft.propose(Move::Connect { at, birth: random(key, law, width), delay })?;
                    }
                    continue;
                }
            };
            draft.propose(Move::Grow { at: chunk.to_vec(), birth })?;
        }
        Ok(())
    }
}

/// As many for each listener, with any delay.
fn constant(network: &Network, connections: u64, key: StreamKey) -> Vec<(u32, u32, u16)> {
    let mut wired = Vec::new();
    for post in network.neuron_rows() {
        let mut stream = key.at(network.id(post).number()).stream();
        let max_delay = network.group(network.spec(post).group).reach.max_delay;
        let pairs = Pairs::heard_by(network, post.get()..post.get() + 1);
        let count = connections.min(pairs.len()) as usize;
        for (post, pre) in pairs.sample(count, &BTreeSet::new(), &mut stream) {
            wired.push((post, pre, stream.below(u64::from(max_delay) + 1) as u16));
        }
    }
    wired
}

/// The half width of uniform weights by what a unit makes of them: gain · sqrt(3 / n), with gain √2 for rectifiers, 5/3 for
/// tanh, 1 for others (He et al. 2015).
pub(crate) fn kaiming_bound(activation: Activation, fan_in: f32) -> f32 {
    let gain = match activation {
        Activation::Relu | Activation::LeakyRelu | Activation::Silu | Activation::Gelu => 2.0f32.sqrt(),
        Activation::Tanh => 5.0 / 3.0,
        _ => 1.0,
    };
    gain * (3.0 / fan_in).sqrt()
}

fn random(key: StreamKey, law: Law, scale: f32) -> Birth {
    Birth::Random { key, law, scale }
}

fn share(of: u64, density: f64) -> u64 {
    (of as f64 * density.clamp(0.0, 1.0)).round() as u64
}

/// Spreads `count` over groups of (pairs, members) in proportion to the members, no group above its
/// pairs; what rounding leaves goes to the first with room.
fn erdos_renyi(sizes: &[(u64, u64)], count: u64) -> Vec<u64> {
    let mut full = vec![false; sizes.len()];
    loop {
        let open = |at: &usize| !full[*at];
        let left = count - (0..sizes.len()).filter(|at| full[*at]).map(|at| sizes[at].0).sum::<u64>().min(count);
        let members: u64 = (0..sizes.len()).filter(open).map(|at| sizes[at].1).sum();
        let due = |at: usize| left as f64 * sizes[at].1 as f64 / members.max(1) as f64;
        let overfull: Vec<usize> = (0..sizes.len()).filter(open).filter(|&at| due(at) > sizes[at].0 as f64).collect();
        if overfull.is_empty() {
            let mut counts: Vec<u64> =
                (0..sizes.len()).map(|at| if full[at] { sizes[at].0 } else { due(at).floor() as u64 }).collect();
            let mut missing = count.saturating_sub(counts.iter().sum());
            while missing > 0 {
                let Some(at) = (0..sizes.len()).find(|&at| counts[at] < sizes[at].0) else { break };
                counts[at] += 1;
                missing -= 1;
            }
            return counts;
        }
        for at in overfull {
            full[at] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::erdos_renyi;

    #[test]
    fn small_groups_are_denser_and_counts_are_exact() {
        // 64-128-10: Mocanu's rule gives 276 and 198 of 474.
        assert_eq!(erdos_renyi(&[(8192, 192), (1280, 138)], 474), [276, 198]);
        assert_eq!(erdos_renyi(&[(8192, 192), (1280, 138)], 9472), [8192, 1280]);
        // The small one is full, the rest goes to the other.
        assert_eq!(erdos_renyi(&[(8192, 192), (1280, 138)], 5000), [3720, 1280]);
        assert_eq!(erdos_renyi(&[(3, 4)], 0), [0]);
    }
}
