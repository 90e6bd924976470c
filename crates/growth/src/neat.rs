//! `neat`: a neuron is born on a connection, or a connection between two that had none, at random.
//!
//! The two structural mutations of NEAT, for one network instead of a population: nothing is selected, so it is also the blind
//! control beside methods that claim to know where to grow.
//!
//! - *Add node*: a random connection is replaced by a neuron that hears its source with weight 1 and speaks with its
//!   weight and delay ([`Move::InsertOn`]). The paper disables the old gene; here it goes. The newborn belongs to the hidden group
//!   through which the detour takes least time and reach allows; a connection with no such group cannot be chosen, as between
//!   layers that follow one another. Its unit is that of its group, so the function changes unless that is linear.
//! - *Add connection*: a random pair in reach that is not connected, with a random delay in reach and a normal weight, within ±30 as in neat-python.
//!
//! Each happens with a probability of its own at each asking; the paper's are 0.03 and 0.05 per genome and generation.

use crate::{
    Axes, Citation, Contract, Entry, Family, Setting, Strategy, Verdict, View, Why,
    pairs::Pairs,
    settings::{SettingError, Settings},
};
use livenet_core::{
    Birth, Commit, Draft, Follower, GroupId, Move, Network, NeuronSpec, Reason, Role, Row, Signal, Stream, Synapse,
};
use std::collections::BTreeSet;

/// Random structural mutation. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neat {
    /// Probability of a neuron on a connection.
    pub add_node: f64,
    /// Probability of a connection.
    pub add_connection: f64,
    /// Standard deviation of the weight of a connection.
    pub scale: f64,
}

impl Default for Neat {
    fn default() -> Self {
        Self { add_node: 0.03, add_connection: 0.05, scale: 1.0 }
    }
}

/// Draws before it is given up, where something else than the groups refuses.
const TRIES: usize = 32;

impl Neat {
    /// Mutation as an experiment sets it: `add_node`, `add_connection`, `scale`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        Ok(Self {
            add_node: settings.real("add_node", default.add_node, 0.0..=1.0)?,
            add_connection: settings.real("add_connection", default.add_connection, 0.0..=1.0)?,
            scale: settings.real("scale", default.scale, 0.0..=30.0)?,
        })
    }

    fn connect(&self, network: &Network, stream: &mut Stream, draft: &mut Draft<'_>) {
        let taken: BTreeSet<(u32, u32)> = network
            .neuron_rows()
            .flat_map(|post| network.incoming(post).map(move |synapse| (post.get(), network.pres()[synapse])))
            .collect();
        let pairs = Pairs::of(network);
        for _ in 0..TRIES {
            let Some(&(post, pre)) = pairs.sample(1, &taken, stream).first() else { return };
            let [listener, heard] = [post, pre].map(Row::new);
            let delays = u64::from(network.group(network.spec(listener).group).reach.max_delay) + 1;
            let (delay, weight) = (stream.below(delays) as u16, (self.scale * stream.normal()).clamp(-30.0, 30.0));
            if network.is_frozen(listener) {
                continue;
            }
            let at = Synapse::new(network.id(listener), network.id(heard));
            let what = Move::Connect { at, birth: Birth::Value(weight as f32), delay };
            let reason = Reason::scored("a random connection", weight as f32).out_of(pairs.len(), None);
            // Refused where the newborn of this asking has taken something away: then another pair is drawn.
            if draft.propose_because(what, 0.0, reason).is_ok() {
                return;
            }
        }
    }
}

/// The hidden group through which a detour takes least time.
fn between(network: &Network, pre: GroupId, post: GroupId, delay: u16) -> Option<GroupId> {
    let hears = |listener: GroupId, heard| network.group(listener).reach.groups.contains(&heard);
    let lag = |a, b, delay| network.schedule().lag(a, b, delay);
    network
        .group_ids()
        .filter(|&id| network.group(id).role == Role::Hidden && hears(id, pre) && hears(post, id))
        .min_by_key(|&id| (lag(pre, id, 0) + lag(id, post, delay), id))
}

fn insert(network: &Network, stream: &mut Stream, draft: &mut Draft<'_>) {
    let mut places = Vec::new();
    for post in network.neuron_rows().filter(|&row| !network.is_frozen(row)) {
        for synapse in network.incoming(post) {
            let (marks, pre) = (network.marks()[synapse], Row::new(network.pres()[synapse]));
            let groups = (network.spec(pre).group, network.spec(post).group);
            let through = between(network, groups.0, groups.1, network.delays()[synapse]);
            if let Some(group) = through.filter(|_| !marks.is_silent() && !marks.is_frozen()) {
                places.push((post, pre, group));
            }
        }
    }
    let considered = places.len() as u64;
    for _ in 0..TRIES.min(places.len()) {
        let (post, pre, group) = places.swap_remove(stream.below(places.len() as u64) as usize);
        let mut spec = NeuronSpec::of(group, network.group(group).unit);
        let [a, b] = [post, pre].map(|row| network.spec(row).position);
        spec.position = [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])];
        let (at, neuron) = (Synapse::new(network.id(post), network.id(pre)), draft.name());
        let reason = Reason::scored("a random connection is split", 1.0).out_of(considered, None);
        // Refused by a distance or a list: then another connection is drawn.
        if draft.propose_because(Move::InsertOn { at, neuron, spec }, 1.0, reason).is_ok() {
            return;
        }
    }
}

impl Follower for Neat {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Neat {
    fn needs(&self) -> Vec<Signal> {
        Vec::new()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let mut stream = view.key.stream();
        let [node, connection] = [self.add_node, self.add_connection].map(|chance| stream.uniform() < chance);
        if !node && !connection {
            return Verdict::Nothing(Why::NothingDue { due: (self.add_node + self.add_connection) as f32 });
        }
        let edits = view.budget.edits.unwrap_or(u64::MAX);
        if node && edits > 0 {
            insert(view.network, &mut stream, draft);
        }
        if connection && edits > draft.proposals().len() as u64 {
            self.connect(view.network, &mut stream, draft);
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "neat",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "random pairs and connections",
        born: "random, or on a connection",
        amount: "probabilities",
    },
    summary: "neurons on random connections and random connections, blindly",
    citation: Citation {
        key: "stanley2002neat",
        authors: "Stanley, Kenneth O. and Miikkulainen, Risto",
        title: "Evolving Neural Networks through Augmenting Topologies",
        venue: "Evolutionary Computation",
        year: 2002,
        url: "https://doi.org/10.1162/106365602320169811",
    },
    settings: &[
        Setting {
            name: "add_node",
            default: "0.03",
            about: "probability of a neuron on a connection at each asking, in [0, 1]",
        },
        Setting {
            name: "add_connection",
            default: "0.05",
            about: "probability of a connection at each asking, in [0, 1]",
        },
        Setting { name: "scale", default: "1.0", about: "standard deviation of its weight, in [0, 30]" },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Neat::build(settings)?)),
};
