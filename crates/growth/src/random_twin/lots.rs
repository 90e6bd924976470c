//! What can be drawn: connections, absent pairs, neurons, each without replacement within one asking.

use crate::{cradle::Cradle, mitosis::wired, pairs::Pairs};
use livenet_core::{Draft, GroupId, Network, NeuronId, Neurons, Row, Stream, Synapse, Synapses};
use std::collections::{BTreeMap, BTreeSet};

/// Draws of a pair until one is free, before the free ones are listed.
const TRIES: usize = 16;

/// From what is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Among {
    /// What lies between the same two groups as what was chosen, and neurons of the same group.
    #[default]
    Pair,
    /// Anything.
    Whole,
}

/// Two groups, the listener's first; `None` for anywhere.
type Between = Option<(GroupId, GroupId)>;

/// The marks of a connection, and whether its listener is frozen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    silent: bool,
    frozen: bool,
    of_frozen: bool,
}

impl State {
    pub(super) fn of(network: &Network, at: Synapse) -> Self {
        let (Some(row), Some(post)) = (network.synapse_row(at), network.row(at.post)) else { return Self::default() };
        Self::at(network, post, row)
    }

    fn at(network: &Network, post: Row<Neurons>, row: Row<Synapses>) -> Self {
        let marks = network.marks()[row.index()];
        Self { silent: marks.is_silent(), frozen: marks.is_frozen(), of_frozen: network.is_frozen(post) }
    }

    /// The same with nothing frozen: what is may not go.
    pub(super) const fn free(self) -> Self {
        Self { frozen: false, of_frozen: false, ..self }
    }
}

/// Pairs where something may grow.
struct Ground {
    pairs: Pairs,
    /// The free ones in any order, once they were listed.
    free: Vec<(u32, u32)>,
    /// How many moves the draft held when there was none.
    full_at: Option<usize>,
}

/// See the [module](self).
pub(super) struct Lots<'n> {
    network: &'n Network,
    among: Among,
    pub(super) stream: Stream,
    /// Connections in any order, by what they are.
    connections: BTreeMap<(Between, State), Vec<Synapse>>,
    grounds: BTreeMap<Between, Ground>,
    /// Neurons that stand for somebody.
    drawn: BTreeSet<NeuronId>,
}

impl<'n> Lots<'n> {
    pub(super) fn new(network: &'n Network, among: Among, mut stream: Stream) -> Self {
        let mut connections = BTreeMap::<_, Vec<Synapse>>::new();
        for (row, at) in network.synapses() {
            let post = network.post_of(row);
            let groups = [post, Row::new(network.pres()[row.index()])].map(|of| network.spec(of).group);
            let between = (among == Among::Pair).then_some((groups[0], groups[1]));
            connections.entry((between, State::at(network, post, row))).or_default().push(at);
        }
        for of in connections.values_mut() {
            stream.shuffle(of);
        }
        Self { network, among, stream, connections, grounds: BTreeMap::new(), drawn: BTreeSet::new() }
    }

    /// How many connections there are to draw from.
    pub(super) fn considered(&self) -> u64 {
        self.connections.values().map(|of| of.len() as u64).sum()
    }

    fn between(&self, draft: &Draft<'_>, at: Synapse) -> Between {
        let group = |id| {
            let now = draft.spec(id).map(|spec| spec.group);
            now.or_else(|| self.network.row(id).map(|row| self.network.spec(row).group))
        };
        (self.among == Among::Pair).then(|| Some((group(at.post)?, group(at.pre)?))).flatten()
    }

    /// A connection in the place of another, in this state.
    pub(super) fn connection(&mut self, draft: &Draft<'_>, like: Synapse, state: State) -> Option<Synapse> {
        let key = (self.between(draft, like), state);
        loop {
            let own = self.connections.get_mut(&key).and_then(Vec::pop);
            match own.or_else(|| self.anywhere(state)) {
                Some(at) if !draft.connected(at) => {}
                found => return found,
            }
        }
    }

    /// A connection in this state that is still to be drawn.
    fn anywhere(&mut self, state: State) -> Option<Synapse> {
        let all = || self.connections.iter().filter(|((_, of), _)| *of == state);
        let total: usize = all().map(|(_, of)| of.len()).sum();
        let mut number = self.stream.below(total as u64) as usize;
        let place = all().map(|(key, of)| (*key, of.len())).find(|&(_, count)| {
            let here = number < count;
            number = if here { number } else { number - count };
            here
        });
        self.connections.get_mut(&place?.0).and_then(Vec::pop)
    }

    /// Connections that were drawn for nothing.
    pub(super) fn put_back(&mut self, draft: &Draft<'_>, drawn: Vec<Synapse>) {
        for at in drawn.into_iter().rev() {
            let key = (self.between(draft, at), State::of(self.network, at));
            self.connections.entry(key).or_default().push(at);
        }
    }

    /// An absent pair in reach in the place of another, not among those that are `taken`.
    pub(super) fn place(
        &mut self,
        draft: &Draft<'_>,
        (like, delay): (Synapse, u16),
        taken: &BTreeSet<Synapse>,
    ) -> Option<(Synapse, u16)> {
        let near = self.between(draft, like);
        let at = near.and_then(|_| self.pair(draft, near, taken)).or_else(|| self.pair(draft, None, taken))?;
        let post = self.network.row(at.post)?;
        Some((at, delay.min(self.network.group(self.network.spec(post).group).reach.max_delay)))
    }

    fn pair(&mut self, draft: &Draft<'_>, between: Between, taken: &BTreeSet<Synapse>) -> Option<Synapse> {
        let Self { network, stream, grounds, .. } = self;
        let name = |(post, pre): (u32, u32)| Synapse::new(network.id(Row::new(post)), network.id(Row::new(pre)));
        let is_free =
            |at: &Synapse| draft.alive(at.post) && draft.alive(at.pre) && !draft.connected(*at) && !taken.contains(at);
        let ground = grounds.entry(between).or_insert_with(|| Ground::new(network, between));
        if ground.pairs.is_empty() || ground.full_at == Some(draft.proposals().len()) {
            return None;
        }
        for _ in 0..TRIES {
            let at = name(ground.pairs.get(stream.below(ground.pairs.len())));
            if is_free(&at) {
                return Some(at);
            }
        }
        for listed in [true, false] {
            if !listed {
                ground.free = ground.pairs.iter().filter(|&pair| is_free(&name(pair))).collect();
                stream.shuffle(&mut ground.free);
            }
            while let Some(pair) = ground.free.pop() {
                if is_free(&name(pair)) {
                    return Some(name(pair));
                }
            }
        }
        ground.full_at = Some(draft.proposals().len());
        None
    }

    /// A neuron in the place of another: of its group, and frozen if it is.
    pub(super) fn neuron(&mut self, draft: &Draft<'_>, like: NeuronId, must: Must) -> Option<NeuronId> {
        let network = self.network;
        let row = network.row(like)?;
        let divides: BTreeSet<Row<Neurons>> =
            if must == Must::Divide { wired(network).collect() } else { BTreeSet::new() };
        let fits = |other: &Row<Neurons>| {
            let id = network.id(*other);
            network.role(*other) == network.role(row)
                && network.is_frozen(*other) == (must == Must::Match && network.is_frozen(row))
                && (must != Must::Divide || divides.contains(other))
                && draft.alive(id)
                && !self.drawn.contains(&id)
        };
        let kin = |other: &Row<Neurons>| network.spec(*other).group == network.spec(row).group;
        let mut found: Vec<Row<Neurons>> = network.neuron_rows().filter(fits).collect();
        if self.among == Among::Pair && found.iter().any(kin) {
            found.retain(kin);
        }
        let drawn = found.get(self.stream.below(found.len() as u64) as usize).map(|&row| network.id(row))?;
        self.drawn.insert(drawn);
        Some(drawn)
    }

    /// A neuron that was drawn for nothing.
    pub(super) fn release(&mut self, id: NeuronId) {
        self.drawn.remove(&id);
    }

    /// Whoever a newborn could hear, or be heard by, in any order: to be taken from the end.
    pub(super) fn ends(&mut self, draft: &Draft<'_>, cradle: &Cradle<'_>, side: Side) -> Vec<Row<Neurons>> {
        let mut rows = match side {
            Side::Dendrites => cradle.heard(),
            Side::Axon => cradle.listeners(),
        };
        rows.retain(|&row| draft.alive(self.network.id(row)));
        self.stream.shuffle(&mut rows);
        rows
    }

    /// Takes one of the group of `like` from such a list; any, where none is left.
    pub(super) fn take(&self, rows: &mut Vec<Row<Neurons>>, like: NeuronId) -> Option<NeuronId> {
        let group = self.network.row(like).map(|row| self.network.spec(row).group);
        let kin = |row: &Row<Neurons>| Some(self.network.spec(*row).group) == group;
        let at = rows.iter().rposition(|row| self.among == Among::Whole || kin(row));
        let at = at.or_else(|| rows.len().checked_sub(1))?;
        Some(self.network.id(rows.remove(at)))
    }
}

impl Ground {
    fn new(network: &Network, between: Between) -> Self {
        let (posts, pres) = match between {
            Some((post, pre)) => (network.members(post), network.members(pre)),
            None => (0..network.neuron_count() as u32, 0..network.neuron_count() as u32),
        };
        // Who is frozen would never learn to listen.
        let posts = posts.filter(|&row| !network.is_frozen(Row::new(row)));
        Self { pairs: Pairs::through(network, posts, &pres), free: Vec::new(), full_at: None }
    }
}

/// What a neuron that is drawn must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Must {
    /// Learn: not be frozen.
    Learn,
    /// Be frozen if and only if the other is.
    Match,
    /// Learn, hear and be heard, as who divides.
    Divide,
}

/// On which side of a newborn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Whom it hears.
    Dendrites,
    /// Who hears it.
    Axon,
}
