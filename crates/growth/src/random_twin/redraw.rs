//! A draft that was proposed, drawn again: see the [module](super).

use super::{
    lots::{Lots, Must, Side, State},
    stand_in::StandIn,
};
use crate::{View, cradle::Cradle};
use livenet_core::{Birth, Draft, End, Move, Network, NeuronId, NeuronSpec, Proposal, Reason, Scope, Signal, Synapse};
use std::collections::{BTreeMap, BTreeSet};

/// Draws of a pair until two are found that can be merged.
const MERGERS: usize = 256;

/// See the [module](self).
pub(super) struct Redraw<'v, 'n> {
    view: &'v View<'n>,
    lots: Lots<'n>,
    stand_ins: BTreeMap<NeuronId, StandIn>,
    /// Newborns, and who divided if they are daughters.
    born: BTreeMap<NeuronId, Option<NeuronId>>,
    marked: BTreeMap<Synapse, Synapse>,
}

/// The neurons that a move for values is for.
fn named(what: &Move) -> Vec<NeuronId> {
    match *what {
        Move::Perturb { neuron, .. }
        | Move::Rebias { neuron, .. }
        | Move::Retune { neuron, .. }
        | Move::Mark { at: Scope::Neuron(neuron), .. } => vec![neuron],
        Move::Reweigh { at, .. } | Move::Scale { at, .. } | Move::Mark { at: Scope::Synapse(at), .. } => {
            vec![at.post, at.pre]
        }
        _ => Vec::new(),
    }
}

impl<'v, 'n> Redraw<'v, 'n> {
    pub(super) fn new(view: &'v View<'n>, lots: Lots<'n>) -> Self {
        Self { view, lots, stand_ins: BTreeMap::new(), born: BTreeMap::new(), marked: BTreeMap::new() }
    }

    /// Draws all of it into `draft`; what finds no room is left out.
    pub(super) fn all(&mut self, draft: &mut Draft<'_>, proposals: &[Proposal], later: &[Proposal]) {
        let considered = self.lots.considered();
        let by_lot = |reason: &Reason| Reason {
            rule: format!("by lot, for: {}", reason.rule),
            scores: Vec::new(),
            considered,
            ..Reason::default()
        };
        for Proposal { what, priority, reason } in proposals {
            self.one(draft, what, (*priority, by_lot(reason)));
        }
        let later = if draft.proposals().is_empty() { &[] } else { later };
        let mut newborn = None;
        for Proposal { what, reason, .. } in later {
            let with = self.with(what).or(newborn);
            newborn = with.filter(|with| self.born.contains_key(with));
            let Some(what) = self.follow(draft, what) else { continue };
            let with = with.or_else(|| named(&what).first().copied());
            if let Some(with) = with.filter(|&with| draft.alive(with)) {
                draft.propose_later(what, with, by_lot(reason));
            }
        }
    }

    /// The newborn without whom a move for later is worth nothing: itself, or the daughter of whom it is for.
    fn with(&self, what: &Move) -> Option<NeuronId> {
        let named = named(what);
        let own = named.iter().copied().find(|id| self.born.contains_key(id));
        let daughter =
            |id: &NeuronId| self.born.iter().find(|(_, mother)| **mother == Some(*id)).map(|(&born, _)| born);
        own.or_else(|| named.iter().find_map(daughter))
    }

    fn network(&self) -> &'n Network {
        self.view.network
    }

    /// One move; several of them come out of a list only where what it is for has to stay together.
    fn one(&mut self, draft: &mut Draft<'_>, what: &Move, (priority, reason): (f32, Reason)) {
        let drawn = match what {
            Move::Disconnect { at } => self.go(draft, &[*at]).pop().map(|at| Move::Disconnect { at }),
            Move::Prune { at } => Some(Move::Prune { at: self.go(draft, at) }).filter(|_| !at.is_empty()),
            Move::Connect { at, birth, delay } => {
                let place = self.come(draft, &[(*at, *delay)]).pop();
                place.map(|(at, delay)| Move::Connect { at, birth: Self::birth(draft, *birth), delay })
            }
            Move::Grow { at, birth } => {
                Some(Move::Grow { at: self.come(draft, at), birth: Self::birth(draft, *birth) })
            }
            Move::ConnectAll { post, pres, birth } => {
                let at: Vec<(Synapse, u16)> = pres.iter().map(|&pre| (Synapse::new(*post, pre), 0)).collect();
                Some(Move::Grow { at: self.come(draft, &at), birth: Self::birth(draft, *birth) })
            }
            Move::Rewire { from, to, birth, delay } => {
                let from = self.go(draft, &[*from]).pop();
                let to = self.come(draft, &[(*to, *delay)]).pop();
                let birth = Self::birth(draft, *birth);
                from.zip(to).map(|(from, (to, delay))| Move::Rewire { from, to, birth, delay })
            }
            Move::InsertOn { at, neuron, spec } => {
                self.insert(draft, (*at, *neuron, spec), (priority, reason));
                return;
            }
            Move::Bear { .. } => self.bear(draft, what),
            Move::Add { neuron, .. } => {
                self.born.insert(*neuron, None);
                Some(what.clone())
            }
            Move::Divide { mother, daughter, share } => {
                self.born.insert(*daughter, Some(*mother));
                let mother = self.neuron(draft, *mother, Must::Divide);
                mother.map(|mother| Move::Divide { mother, daughter: *daughter, share: *share })
            }
            Move::Remove { neuron, mean } => {
                let neuron = self.neuron(draft, *neuron, Must::Learn);
                neuron.map(|neuron| Move::Remove { neuron, mean: self.mean(neuron, *mean) })
            }
            Move::Renew { old, new, birth, mean } => {
                self.born.insert(*new, None);
                let old = self.neuron(draft, *old, Must::Learn);
                old.map(|old| Move::Renew { old, new: *new, birth: *birth, mean: self.mean(old, *mean) })
            }
            Move::Merge { kept, gone, by } => {
                self.merge(draft, (*kept, *gone, *by), (priority, reason));
                return;
            }
            Move::Mark { at, mark } => self.mark(draft, *at).map(|at| Move::Mark { at, mark: *mark }),
            Move::Retune { .. }
            | Move::Scale { .. }
            | Move::Reweigh { .. }
            | Move::Rebias { .. }
            | Move::Perturb { .. } => self.follow(draft, what),
        };
        let empty = |what: &Move| match what {
            Move::Grow { at, .. } => at.is_empty(),
            Move::Prune { at } => at.is_empty(),
            _ => false,
        };
        if let Some(what) = drawn.filter(|what| !empty(what)) {
            // Refused where the lot fell on what cannot be: two of different lags to merge, a daughter out of reach.
            let _refused = draft.propose_because(what, priority, reason);
        }
    }

    /// A share of a weight that is gone here is a weight of nothing.
    fn birth(draft: &Draft<'_>, birth: Birth) -> Birth {
        match birth {
            Birth::Share { of, .. } if !draft.connected(of) => Birth::Value(0.0),
            other => other,
        }
    }

    /// What a neuron says on average, where that was folded of the one in whose place it is.
    fn mean(&self, neuron: NeuronId, of_other: f32) -> f32 {
        let own = self.network().row(neuron).map_or(0.0, |row| self.view.signals.of(Signal::OutputMean, row));
        if of_other != 0.0 && own.is_finite() { own } else { 0.0 }
    }

    /// As many connections that may go.
    fn go(&mut self, draft: &Draft<'_>, at: &[Synapse]) -> Vec<Synapse> {
        let mut gone = Vec::with_capacity(at.len());
        for &at in at {
            let own = if self.is_of_newborn(at) { self.of_stand_in(draft, at) } else { None };
            let state = State::of(self.network(), at).free();
            gone.extend(own.or_else(|| self.lots.connection(draft, at, state)));
        }
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    fn is_of_newborn(&self, at: Synapse) -> bool {
        self.born.contains_key(&at.post) || self.born.contains_key(&at.pre)
    }

    /// As many absent pairs.
    fn come(&mut self, draft: &Draft<'_>, at: &[(Synapse, u16)]) -> Vec<(Synapse, u16)> {
        let mut taken = BTreeSet::new();
        let mut come = Vec::with_capacity(at.len());
        for &(at, delay) in at {
            let own = if self.is_of_newborn(at) { self.place_of_newborn(draft, at, &taken) } else { None };
            let place = own.map(|at| (at, delay)).or_else(|| self.lots.place(draft, (at, delay), &taken));
            come.extend(place.filter(|&(at, _)| taken.insert(at)));
        }
        come
    }

    /// Another end for a newborn.
    fn place_of_newborn(&mut self, draft: &Draft<'_>, at: Synapse, taken: &BTreeSet<Synapse>) -> Option<Synapse> {
        let born = |id| self.born.contains_key(id) && draft.alive(*id);
        let (side, newborn, other) = match (born(&at.post), born(&at.pre)) {
            (true, true) => return Some(at),
            (true, false) => (Side::Dendrites, at.post, at.pre),
            (false, true) => (Side::Axon, at.pre, at.post),
            (false, false) => return None,
        };
        let cradle = Cradle::for_spec(self.network(), draft.spec(newborn)?.clone());
        let pair = |end| match side {
            Side::Dendrites => Synapse::new(newborn, end),
            Side::Axon => Synapse::new(end, newborn),
        };
        let mut rows = self.lots.ends(draft, &cradle, side);
        rows.retain(|&row| {
            let at = pair(self.view.network.id(row));
            !draft.connected(at) && !taken.contains(&at)
        });
        self.lots.take(&mut rows, other).map(pair)
    }

    /// Whoever stands in the place of a neuron; newborns stand for themselves.
    fn neuron(&mut self, draft: &Draft<'_>, like: NeuronId, must: Must) -> Option<NeuronId> {
        if self.born.contains_key(&like) {
            return Some(like);
        }
        if let Some(known) = self.stand_ins.get(&like) {
            return Some(known.is);
        }
        let is = self.lots.neuron(draft, like, must)?;
        self.admit(like, is);
        Some(is)
    }

    fn admit(&mut self, like: NeuronId, is: NeuronId) {
        if let Some(row) = self.network().row(is) {
            self.stand_ins.insert(like, StandIn::of(self.view.network, row, &mut self.lots.stream));
        }
    }

    /// Merges any two that can be.
    fn merge(
        &mut self,
        draft: &mut Draft<'_>,
        (kept, gone, by): (NeuronId, NeuronId, f32),
        (priority, reason): (f32, Reason),
    ) {
        for _ in 0..MERGERS {
            let known = |id: NeuronId| match self.stand_ins.get(&id) {
                Some(known) => Some(known.is),
                None => self.born.contains_key(&id).then_some(id),
            };
            let stand_ins = [kept, gone].map(|like| (like, known(like)));
            let drawn = stand_ins.map(|(like, is)| is.or_else(|| self.lots.neuron(draft, like, Must::Learn)));
            let [Some(one), Some(other)] = drawn else { return };
            let what = Move::Merge { kept: one, gone: other, by };
            let done = draft.propose_because(what, priority, reason.clone()).is_ok();
            for ((like, known), is) in stand_ins.into_iter().zip([one, other]) {
                match known {
                    Some(_) => {}
                    None if done => self.admit(like, is),
                    None => self.lots.release(is),
                }
            }
            if done {
                return;
            }
        }
    }

    /// The name under which the ends of a neuron are kept: a daughter has those of her mother.
    fn kept_as(&self, id: NeuronId) -> Option<NeuronId> {
        let as_ = self.born.get(&id).copied().flatten().unwrap_or(id);
        self.stand_ins.contains_key(&as_).then_some(as_)
    }

    /// The connection of a stand-in in the place of one of whom it stands for.
    fn of_stand_in(&mut self, draft: &Draft<'_>, at: Synapse) -> Option<Synapse> {
        let (subject, one, end) = match (self.kept_as(at.post), self.kept_as(at.pre)) {
            (Some(subject), _) => (subject, at.post, (Side::Dendrites, at.pre)),
            (None, Some(subject)) => (subject, at.pre, (Side::Axon, at.post)),
            (None, None) => return None,
        };
        let stand_in = self.stand_ins.get_mut(&subject)?;
        let is = if self.born.contains_key(&one) { one } else { stand_in.is };
        stand_in.connection(is, end).filter(|&at| draft.connected(at))
    }

    /// The same for whoever was drawn in the place of whom it was for; `None` where nobody was.
    fn follow(&mut self, draft: &Draft<'_>, what: &Move) -> Option<Move> {
        let alive = |id: NeuronId| draft.alive(id).then_some(id);
        let is = |id: &NeuronId| {
            let own = self.born.contains_key(id).then_some(*id);
            own.or_else(|| self.stand_ins.get(id).map(|stand_in| stand_in.is)).and_then(alive)
        };
        Some(match what {
            Move::Rebias { neuron, plus } => Move::Rebias { neuron: is(neuron)?, plus: *plus },
            Move::Perturb { neuron, by } => Move::Perturb { neuron: is(neuron)?, by: *by },
            Move::Retune { neuron, spec } => {
                let neuron = is(neuron)?;
                let own = draft.spec(neuron)?;
                let (position, listens_to) = (own.position, own.listens_to.clone());
                Move::Retune { neuron, spec: NeuronSpec { group: own.group, position, listens_to, ..spec.clone() } }
            }
            Move::Mark { at: Scope::Neuron(neuron), mark } => {
                Move::Mark { at: Scope::Neuron(is(neuron)?), mark: *mark }
            }
            Move::Mark { at: Scope::Synapse(at), mark } => {
                Move::Mark { at: Scope::Synapse(self.of_stand_in(draft, *at)?), mark: *mark }
            }
            Move::Scale { at, by } => Move::Scale { at: self.of_stand_in(draft, *at)?, by: *by },
            Move::Reweigh { at, plus } => Move::Reweigh { at: self.of_stand_in(draft, *at)?, plus: *plus },
            _ => return None,
        })
    }

    /// On what a mark is put: twice on the same, where it was.
    fn mark(&mut self, draft: &Draft<'_>, at: Scope) -> Option<Scope> {
        Some(match at {
            Scope::Neuron(neuron) => Scope::Neuron(self.neuron(draft, neuron, Must::Match)?),
            Scope::Synapse(at) if self.is_of_newborn(at) => Scope::Synapse(self.of_stand_in(draft, at)?),
            Scope::Synapse(at) => {
                let known = self.marked.get(&at).copied();
                let drawn = known.or_else(|| self.lots.connection(draft, at, State::of(self.view.network, at)))?;
                self.marked.insert(at, drawn);
                Scope::Synapse(drawn)
            }
        })
    }

    /// On the first connection of a draw on which there is room for the newborn.
    fn insert(
        &mut self,
        draft: &mut Draft<'_>,
        (at, neuron, spec): (Synapse, NeuronId, &NeuronSpec),
        (priority, reason): (f32, Reason),
    ) {
        self.born.insert(neuron, None);
        let state = State::of(self.network(), at).free();
        let mut refused = Vec::new();
        while let Some(drawn) = self.lots.connection(draft, at, state) {
            let rows = [drawn.post, drawn.pre].map(|id| self.network().row(id));
            let [Some(post), Some(pre)] = rows else { continue };
            let position = Cradle::between(self.network(), spec.group, [post, pre]).spec.position;
            let what = Move::InsertOn { at: drawn, neuron, spec: NeuronSpec { position, ..spec.clone() } };
            if draft.propose_because(what, priority, reason.clone()).is_ok() {
                break;
            }
            refused.push(drawn);
        }
        self.lots.put_back(draft, refused);
    }

    /// A newborn with other ends, and their weights in any order and of any sign.
    fn bear(&mut self, draft: &Draft<'_>, what: &Move) -> Option<Move> {
        let Move::Bear { neuron, spec, origin, dendrites, axon } = what else { return None };
        let cradle = Cradle::for_spec(self.network(), spec.clone());
        let (mut heard, mut listeners) = (BTreeMap::new(), BTreeMap::new());
        let dendrites = self.ends(draft, &cradle, (Side::Dendrites, dendrites), &mut heard);
        let axon = self.ends(draft, &cradle, (Side::Axon, axon), &mut listeners);
        let bias = if self.lots.stream.bits() >> 63 == 0 { spec.bias } else { -spec.bias };
        self.born.insert(*neuron, None);
        self.stand_ins.insert(*neuron, StandIn::newborn(*neuron, heard, listeners));
        let spec = NeuronSpec { bias, ..spec.clone() };
        Some(Move::Bear { neuron: *neuron, spec, origin: *origin, dendrites, axon })
    }

    fn ends(
        &mut self,
        draft: &Draft<'_>,
        cradle: &Cradle<'_>,
        (side, ends): (Side, &[End]),
        map: &mut BTreeMap<NeuronId, NeuronId>,
    ) -> Vec<End> {
        let mut rows = self.lots.ends(draft, cradle, side);
        let mut weights: Vec<f32> = ends.iter().map(|end| end.weight).collect();
        self.lots.stream.shuffle(&mut weights);
        let mut drawn = Vec::with_capacity(ends.len());
        for (end, weight) in ends.iter().zip(weights) {
            // Itself, or another newborn: it has no row that could be drawn.
            let own = self.network().row(end.at).is_none();
            let Some(at) = (if own { Some(end.at) } else { self.lots.take(&mut rows, end.at) }) else { continue };
            let weight = if self.lots.stream.bits() >> 63 == 0 { weight } else { -weight };
            map.insert(end.at, at);
            drawn.push(End { at, weight, delay: end.delay });
        }
        drawn
    }
}
