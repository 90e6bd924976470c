//! The shadow of a structure: what it would be after the moves proposed so far.
//!
//! An overlay over a network, as large as what was touched. Moves read it and write it; a commit
//! turns the difference into new rows.

use crate::{
    Birth, EditError, FireGroup, Marks, Network, NeuronId, NeuronSpec, Origin, Role, Row, Synapse,
    bulk::Bulk,
    change::{ParamExpr, WeightExpr},
    name::ByName,
    reach,
};
use std::collections::{BTreeMap, BTreeSet};

/// A connection as the shadow keeps it: small, since a draft may bring a million.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The row it has in the network, if it is there already.
    pub base: Option<u32>,
    /// As in [`Live`].
    pub reborn: bool,
    pub marks: Marks,
    pub delay: u16,
    pub expr: Expr,
}

/// Its weight.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// What it is.
    OfBase,
    /// Born by a rule, under its own name: the place in [`Shadow::births`].
    Born(u32),
    /// All others.
    Sum(Box<WeightExpr>),
}

/// A connection as moves see it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Live {
    /// The row it has in the network, if it is there already.
    pub base: Option<u32>,
    /// Born anew in the place of `base`: nothing of the old owner's follows.
    pub reborn: bool,
    pub expr: WeightExpr,
    pub delay: u16,
    pub marks: Marks,
}

/// A neuron that is born in the draft.
#[derive(Clone, Debug)]
pub(crate) struct Added {
    pub spec: NeuronSpec,
    pub origin: Origin,
    pub state_of: Option<u32>,
    pub frozen: bool,
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(crate) struct Shadow {
    /// Born in this draft, by name: that is the order of birth.
    pub added: BTreeMap<NeuronId, Added>,
    /// Names that die in this draft.
    pub dead: BTreeSet<NeuronId>,
    /// Renewed places: row -> the name it has now.
    pub renamed: BTreeMap<u32, NeuronId>,
    /// The same backwards.
    pub renewed: ByName<u32>,
    /// Connections that come and go in bulk, while nothing else does: then `synapses` is empty.
    pub bulk: Bulk,
    /// Touched connections by their present name; `None`: gone.
    pub synapses: BTreeMap<Synapse, Option<Kept>>,
    /// Rules of birth, none of them a share.
    pub births: Vec<Birth>,
    /// The keys of `synapses` as (heard, listener); made when a move first asks who listens, kept
    /// from then on. May hold pairs that are no longer in `synapses`.
    heard: Option<BTreeSet<(NeuronId, NeuronId)>>,
    /// Touched parameters.
    pub params: BTreeMap<NeuronId, ParamExpr>,
    /// Changed specifications of neurons that were there.
    pub retuned: BTreeMap<NeuronId, NeuronSpec>,
    /// Changed frozen marks of neurons that were there.
    pub frozen: BTreeMap<NeuronId, bool>,
    /// Connections that come or go, or neurons that do: rows must move.
    pub structural: bool,
}

impl Shadow {
    /// The row in the network under this shadow, if the name has one.
    pub(crate) fn base_row(&self, net: &Network, id: NeuronId) -> Option<u32> {
        if self.dead.contains(&id) {
            return None;
        }
        self.renewed.get(&id).copied().or_else(|| net.row(id).map(Row::get))
    }

    pub(crate) fn name_of(&self, net: &Network, row: u32) -> NeuronId {
        self.renamed.get(&row).copied().unwrap_or_else(|| net.id(Row::new(row)))
    }

    pub(crate) fn alive(&self, net: &Network, id: NeuronId) -> Result<(), EditError> {
        if !self.dead.contains(&id) && (self.added.contains_key(&id) || self.base_row(net, id).is_some()) {
            Ok(())
        } else {
            Err(EditError::UnknownNeuron { neuron: id })
        }
    }

    pub(crate) fn spec<'a>(&'a self, net: &'a Network, id: NeuronId) -> Result<&'a NeuronSpec, EditError> {
        self.alive(net, id)?;
        if let Some(added) = self.added.get(&id) {
            return Ok(&added.spec);
        }
        if let Some(spec) = self.retuned.get(&id) {
            return Ok(spec);
        }
        let row = self.base_row(net, id).ok_or(EditError::UnknownNeuron { neuron: id })?;
        Ok(net.spec(Row::new(row)))
    }

    pub(crate) fn group<'a>(&'a self, net: &'a Network, id: NeuronId) -> Result<&'a FireGroup, EditError> {
        Ok(net.group(self.spec(net, id)?.group))
    }

    /// Refuses inputs and outputs.
    pub(crate) fn hidden(&self, net: &Network, id: NeuronId) -> Result<(), EditError> {
        match self.group(net, id)?.role {
            Role::Hidden => Ok(()),
            role => Err(EditError::Protected { neuron: id, role }),
        }
    }

    pub(crate) fn frozen(&self, net: &Network, id: NeuronId) -> bool {
        if let Some(added) = self.added.get(&id) {
            return added.frozen;
        }
        if let Some(&frozen) = self.frozen.get(&id) {
            return frozen;
        }
        // Who was renewed in this draft starts free, whatever the predecessor was.
        !self.renewed.contains_key(&id) && self.base_row(net, id).is_some_and(|row| net.is_frozen(Row::new(row)))
    }

    /// Refuses what is not in reach.
    pub(crate) fn in_reach(&self, net: &Network, at: Synapse, delay: u16) -> Result<(), EditError> {
        let (post, pre) = (self.spec(net, at.post)?, self.spec(net, at.pre)?);
        if reach::allows(net.group(post.group), (at.post, post), (at.pre, pre), delay) {
            Ok(())
        } else {
            Err(EditError::OutOfReach { at, delay })
        }
    }

    fn untouched(net: &Network, row: u32) -> Live {
        let at = row as usize;
        let expr = WeightExpr::of(row);
        Live { base: Some(row), reborn: false, expr, delay: net.delays()[at], marks: net.marks()[at] }
    }

    pub(crate) fn base_synapse(&self, net: &Network, at: Synapse) -> Option<u32> {
        let (post, pre) = (self.base_row(net, at.post)?, self.base_row(net, at.pre)?);
        let range = net.incoming(Row::new(post));
        let found = net.pres()[range.clone()].binary_search(&pre).ok()?;
        Some((range.start + found) as u32)
    }

    /// Whether the pair is connected.
    pub(crate) fn connected(&self, net: &Network, at: Synapse) -> bool {
        if let Some(connected) = self.connected_in_bulk(net, at) {
            return connected;
        }
        match self.synapses.get(&at) {
            Some(entry) => entry.is_some(),
            None => self.base_synapse(net, at).is_some(),
        }
    }

    /// The connection of a pair.
    pub(crate) fn live(&self, net: &Network, at: Synapse) -> Result<Live, EditError> {
        match self.synapses.get(&at) {
            Some(Some(kept)) => Ok(self.unfold(at, kept)),
            Some(None) => Err(EditError::UnknownSynapse { at }),
            None => {
                self.base_synapse(net, at).map(|row| Self::untouched(net, row)).ok_or(EditError::UnknownSynapse { at })
            }
        }
    }

    /// The expression of a weight that is kept under this name.
    pub(crate) fn expr(births: &[Birth], at: Synapse, base: Option<u32>, expr: Expr) -> WeightExpr {
        match expr {
            Expr::OfBase => base.map(WeightExpr::of).unwrap_or_default(),
            Expr::Born(rule) => WeightExpr::born(births[rule as usize], at),
            Expr::Sum(expr) => *expr,
        }
    }

    fn unfold(&self, at: Synapse, kept: &Kept) -> Live {
        let &Kept { base, reborn, marks, delay, ref expr } = kept;
        Live { base, reborn, expr: Self::expr(&self.births, at, base, expr.clone()), delay, marks }
    }

    /// Notes a rule of birth for [`Expr::Born`].
    pub(crate) fn rule(&mut self, birth: Birth) -> Expr {
        if self.births.last() != Some(&birth) {
            self.births.push(birth);
        }
        Expr::Born(self.births.len() as u32 - 1)
    }

    fn enter(&mut self, at: Synapse, entry: Option<Kept>) {
        if let Some(heard) = &mut self.heard {
            heard.insert((at.pre, at.post));
        }
        self.synapses.insert(at, entry);
    }

    /// Enters many pairs, each once. A batch as large as what is there already is merged in one pass.
    pub(crate) fn enter_all(&mut self, entries: Vec<(Synapse, Option<Kept>)>) {
        if self.heard.is_some() || entries.len() < self.synapses.len() / 8 {
            for (at, entry) in entries {
                self.enter(at, entry);
            }
        } else {
            self.synapses.append(&mut entries.into_iter().collect());
        }
    }

    /// Puts a connection into the shadow, newborn or changed.
    pub(crate) fn put(&mut self, at: Synapse, live: Live) {
        let Live { base, reborn, expr, delay, marks } = live;
        self.structural |= base.is_none();
        let same = !reborn && base.is_some_and(|row| expr.is_identity(row));
        let expr = if same { Expr::OfBase } else { Expr::Sum(Box::new(expr)) };
        self.enter(at, Some(Kept { base, reborn, marks, delay, expr }));
    }

    /// Takes a connection out.
    pub(crate) fn take(&mut self, net: &Network, at: Synapse) {
        self.structural = true;
        if self.base_synapse(net, at).is_some() {
            self.enter(at, None);
        } else {
            self.synapses.remove(&at);
        }
    }

    /// The touched pairs whose listener is `post`.
    fn touched_by(&self, post: NeuronId) -> impl Iterator<Item = (Synapse, &Option<Kept>)> {
        let all = Synapse::new(post, NeuronId::new(0))..=Synapse::new(post, NeuronId::new(u64::MAX));
        self.synapses.range(all).map(|(&at, entry)| (at, entry))
    }

    /// The touched pairs in which `pre` is heard, by the name of the listener.
    fn touched_of(&mut self, pre: NeuronId) -> Vec<Synapse> {
        if self.synapses.is_empty() {
            return Vec::new();
        }
        let heard = self.heard.get_or_insert_with(|| self.synapses.keys().map(|at| (at.pre, at.post)).collect());
        let all = (pre, NeuronId::new(0))..=(pre, NeuronId::new(u64::MAX));
        heard
            .range(all)
            .map(|&(pre, post)| Synapse::new(post, pre))
            .filter(|at| self.synapses.contains_key(at))
            .collect()
    }

    /// Takes every touched pair with this end out of the shadow.
    pub(crate) fn forget(&mut self, id: NeuronId) {
        let mut pairs: Vec<Synapse> = self.touched_by(id).map(|(at, _)| at).collect();
        pairs.extend(self.touched_of(id));
        for at in pairs {
            self.synapses.remove(&at);
        }
    }

    /// The connections through which `post` listens, by the name of the heard.
    pub(crate) fn incoming(&self, net: &Network, post: NeuronId) -> Vec<(Synapse, Live)> {
        self.dendrites(net, post, |row| Self::untouched(net, row), |at, kept| self.unfold(at, kept))
    }

    /// The connections over which `pre` is heard, by the name of the listener.
    pub(crate) fn outgoing(&mut self, net: &Network, pre: NeuronId) -> Vec<(Synapse, Live)> {
        let touched = self.touched_of(pre);
        self.axon(net, (pre, touched), |row| Self::untouched(net, row), |at, kept| self.unfold(at, kept))
    }

    /// All connections of a neuron: through which it listens, and over which it is heard.
    pub(crate) fn both_ways(&mut self, net: &Network, id: NeuronId) -> [Vec<(Synapse, Kept)>; 2] {
        let touched = self.touched_of(id);
        let (fresh, kept) = (|row| Self::kept(net, row), |_, kept: &Kept| kept.clone());
        [self.dendrites(net, id, fresh, kept), self.axon(net, (id, touched), fresh, kept)]
    }

    /// An untouched connection.
    fn kept(net: &Network, row: u32) -> Kept {
        let at = row as usize;
        Kept { base: Some(row), reborn: false, marks: net.marks()[at], delay: net.delays()[at], expr: Expr::OfBase }
    }

    fn dendrites<T>(
        &self,
        net: &Network,
        post: NeuronId,
        untouched: impl Fn(u32) -> T,
        touched: impl Fn(Synapse, &Kept) -> T,
    ) -> Vec<(Synapse, T)> {
        let mut found = Vec::new();
        if let Some(row) = self.base_row(net, post) {
            found.reserve(net.incoming(Row::new(row)).len());
            for synapse in net.incoming(Row::new(row)) {
                let pre = self.name_of(net, net.pres()[synapse]);
                let at = Synapse::new(post, pre);
                if !self.dead.contains(&pre) && !self.synapses.contains_key(&at) {
                    found.push((at, untouched(synapse as u32)));
                }
            }
        }
        for (at, entry) in self.touched_by(post) {
            if let Some(kept) = entry {
                found.push((at, touched(at, kept)));
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        found
    }

    fn axon<T>(
        &self,
        net: &Network,
        (pre, of): (NeuronId, Vec<Synapse>),
        untouched: impl Fn(u32) -> T,
        touched: impl Fn(Synapse, &Kept) -> T,
    ) -> Vec<(Synapse, T)> {
        let mut found = Vec::new();
        if let Some(row) = self.base_row(net, pre) {
            let listeners = net.listeners(Row::new(row));
            found.reserve(listeners.size_hint().0);
            for (post, synapse) in listeners {
                let post = self.name_of(net, post.get());
                let at = Synapse::new(post, pre);
                if !self.dead.contains(&post) && !self.synapses.contains_key(&at) {
                    found.push((at, untouched(synapse.get())));
                }
            }
        }
        for at in of {
            if let Some(Some(kept)) = self.synapses.get(&at) {
                found.push((at, touched(at, kept)));
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        found
    }

    /// The parameters of a neuron, to change.
    pub(crate) fn params_mut(&mut self, net: &Network, id: NeuronId) -> &mut ParamExpr {
        let of = if self.added.contains_key(&id) { None } else { self.base_row(net, id) };
        self.params.entry(id).or_insert(ParamExpr { of, plus: 0.0, folds: Vec::new(), moment_by: 1.0 })
    }

    /// Adds `mean` times what `pre` contributes to each listener to that listener's bias.
    pub(crate) fn fold(&mut self, net: &Network, pre: NeuronId, mean: f32) {
        if mean == 0.0 {
            return;
        }
        for (at, live) in self.outgoing(net, pre) {
            if at.post == pre || live.marks.is_silent() {
                continue;
            }
            let params = self.params_mut(net, at.post);
            params.plus += live.expr.plus.iter().map(|draw| draw.evaluate() * mean).sum::<f32>();
            params.folds.extend(live.expr.terms.iter().map(|&(row, by)| (row, by * mean)));
        }
    }

    /// Whether no neuron comes, goes or changes: only connections do.
    pub(crate) fn leaves_neurons_alone(&self) -> bool {
        self.added.is_empty()
            && self.dead.is_empty()
            && self.renamed.is_empty()
            && self.retuned.is_empty()
            && self.frozen.is_empty()
    }

    /// Lets a neuron die with all that hangs on it.
    pub(crate) fn kill(&mut self, id: NeuronId) {
        self.structural = true;
        self.forget(id);
        self.params.remove(&id);
        self.retuned.remove(&id);
        self.frozen.remove(&id);
        self.added.remove(&id);
        // A renewal that dies in the same draft leaves its place empty: `renamed` still leads there.
        self.renewed.remove(&id);
        self.dead.insert(id);
    }
}
