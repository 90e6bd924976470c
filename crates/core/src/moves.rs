//! The simple moves, applied to a shadow. Each checks everything before it changes anything.
//! Those that touch more than one neuron are in [`compound`](crate::compound).

use crate::{
    Birth, EditError, GroupId, Mark, Marks, Move, Network, NeuronId, NeuronSpec, Origin, Scope, Synapse,
    change::{Draw, ParamExpr},
    compound,
    shadow::{Added, Expr, Kept, Shadow},
};

impl Shadow {
    /// Applies one move, or refuses it and stays as it was.
    pub(crate) fn apply(&mut self, net: &Network, what: &Move) -> Result<(), EditError> {
        let may_be_bulk = matches!(
            what,
            Move::Connect { .. }
                | Move::Grow { .. }
                | Move::ConnectAll { .. }
                | Move::Disconnect { .. }
                | Move::Prune { .. }
        );
        if !may_be_bulk {
            self.spell_out(net);
        }
        match what {
            Move::Connect { at, birth, delay } => self.grow(net, &[(*at, *delay)], *birth),
            Move::Grow { at, birth } => self.grow(net, at, *birth),
            Move::ConnectAll { post, pres, birth } => {
                let at: Vec<_> = pres.iter().map(|&pre| (Synapse::new(*post, pre), 0)).collect();
                self.grow(net, &at, *birth)
            }
            Move::Disconnect { at } => self.prune(net, &[*at]),
            Move::Prune { at } => self.prune(net, at),
            Move::Rewire { from, to, birth, delay } => {
                self.live(net, *from)?;
                if from == to {
                    return Err(EditError::AlreadyConnected { at: *to });
                }
                self.grow_each(net, &[(*to, *delay)], *birth)?;
                self.take(net, *from);
                Ok(())
            }
            Move::Add { neuron, spec, origin } => {
                self.check_birth(net, *neuron, spec)?;
                self.add(*neuron, spec.clone(), *origin, None, false);
                Ok(())
            }
            Move::Bear { neuron, spec, origin, dendrites, axon } => {
                compound::bear(self, net, (*neuron, spec, *origin), (dendrites, axon))
            }
            Move::Remove { neuron, mean } => {
                self.hidden(net, *neuron)?;
                finite("the mean output", *mean, || neuron.to_string())?;
                self.fold(net, *neuron, *mean);
                self.kill(*neuron);
                Ok(())
            }
            Move::Renew { old, new, birth, mean } => compound::renew(self, net, (*old, *new), *birth, *mean),
            Move::Divide { mother, daughter, share } => compound::divide(self, net, *mother, *daughter, *share),
            Move::InsertOn { at, neuron, spec } => compound::insert_on(self, net, *at, *neuron, spec),
            Move::Merge { kept, gone, by } => compound::merge(self, net, *kept, *gone, *by),
            Move::Retune { neuron, spec } => self.retune(net, *neuron, spec),
            Move::Mark { at, mark } => self.mark(net, *at, *mark),
            Move::Scale { at, by } => {
                finite("a factor", *by, || at.to_string())?;
                let mut live = self.live(net, *at)?;
                live.expr.scale(*by);
                self.put(*at, live);
                Ok(())
            }
            Move::Reweigh { at, plus } => {
                let mut live = self.live(net, *at)?;
                live.expr.plus.push(addend(*plus, *at, *at)?);
                self.put(*at, live);
                Ok(())
            }
            Move::Rebias { neuron, plus } => {
                self.alive(net, *neuron)?;
                finite("a bias", *plus, || neuron.to_string())?;
                self.params_mut(net, *neuron).plus += plus;
                Ok(())
            }
            Move::Perturb { neuron, by } => {
                self.alive(net, *neuron)?;
                addend(*by, Synapse::new(*neuron, *neuron), Synapse::new(*neuron, *neuron))?;
                let incoming = self.incoming(net, *neuron);
                let nudges = incoming
                    .iter()
                    .map(|(at, _)| addend(*by, *at, Synapse::new(at.pre, at.pre)))
                    .collect::<Result<Vec<_>, _>>()?;
                for ((at, mut live), nudge) in incoming.into_iter().zip(nudges) {
                    live.expr.plus.push(nudge);
                    self.put(at, live);
                }
                Ok(())
            }
        }
    }

    fn grow(&mut self, net: &Network, at: &[(Synapse, u16)], birth: Birth) -> Result<(), EditError> {
        if self.grow_in_bulk(net, at, birth) {
            return Ok(());
        }
        self.spell_out(net);
        self.grow_each(net, at, birth)
    }

    fn grow_each(&mut self, net: &Network, at: &[(Synapse, u16)], birth: Birth) -> Result<(), EditError> {
        let mut sorted = at.to_vec();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(EditError::AlreadyConnected { at: twice[0].0 });
        }
        for &(at, delay) in &sorted {
            self.in_reach(net, at, delay)?;
            if self.connected(net, at) {
                return Err(EditError::AlreadyConnected { at });
            }
        }
        if sorted.is_empty() {
            return Ok(());
        }
        let kept = |delay, expr| Kept { base: None, reborn: false, marks: Marks::default(), delay, expr };
        let entries = match birth {
            Birth::Share { of, by } => {
                finite("a share", by, || of.to_string())?;
                let mut expr = self.live(net, of)?.expr;
                expr.scale(by);
                let newborn = |(at, delay)| (at, Some(kept(delay, Expr::Sum(Box::new(expr.clone())))));
                sorted.into_iter().map(newborn).collect::<Vec<_>>()
            }
            rule => {
                addend(rule, sorted[0].0, sorted[0].0)?;
                let expr = self.rule(rule);
                sorted.into_iter().map(|(at, delay)| (at, Some(kept(delay, expr.clone())))).collect()
            }
        };
        self.structural = true;
        self.enter_all(entries);
        Ok(())
    }

    fn prune(&mut self, net: &Network, at: &[Synapse]) -> Result<(), EditError> {
        if self.prune_in_bulk(net, at) {
            return Ok(());
        }
        self.spell_out(net);
        let mut sorted = at.to_vec();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(EditError::UnknownSynapse { at: twice[0] });
        }
        let (mut from_network, mut from_draft) = (Vec::with_capacity(sorted.len()), Vec::new());
        for at in sorted {
            let entry = self.synapses.get(&at);
            let based = self.base_synapse(net, at).is_some();
            if entry.map_or(!based, Option::is_none) {
                return Err(EditError::UnknownSynapse { at });
            }
            if based {
                from_network.push((at, None));
            } else {
                from_draft.push(at);
            }
        }
        self.structural |= !at.is_empty();
        self.enter_all(from_network);
        for at in from_draft {
            self.synapses.remove(&at);
        }
        Ok(())
    }

    pub(crate) fn check_birth(&self, net: &Network, id: NeuronId, spec: &NeuronSpec) -> Result<(), EditError> {
        if id.number() < net.births().peek()
            || self.added.contains_key(&id)
            || self.dead.contains(&id)
            || self.renewed.contains_key(&id)
        {
            return Err(EditError::NameTaken { neuron: id });
        }
        // The register could say of none of them that it was born.
        if id.number() == u64::MAX {
            return Err(EditError::NoNamesLeft);
        }
        check_spec(net, id, spec)
    }

    pub(crate) fn add(&mut self, id: NeuronId, spec: NeuronSpec, origin: Origin, state_of: Option<u32>, frozen: bool) {
        self.structural = true;
        self.added.insert(id, Added { spec, origin, state_of, frozen });
        self.params.insert(id, ParamExpr { of: None, plus: 0.0, folds: Vec::new(), moment_by: 0.0 });
    }

    fn retune(&mut self, net: &Network, neuron: NeuronId, spec: &NeuronSpec) -> Result<(), EditError> {
        let from = self.spec(net, neuron)?.group;
        if from != spec.group {
            return Err(EditError::Regroup { neuron, from, to: spec.group });
        }
        check_spec(net, neuron, spec)?;
        match self.added.get_mut(&neuron) {
            Some(added) => added.spec = spec.clone(),
            None => {
                self.retuned.insert(neuron, spec.clone());
            }
        }
        Ok(())
    }

    fn mark(&mut self, net: &Network, at: Scope, mark: Mark) -> Result<(), EditError> {
        match at {
            Scope::Neuron(neuron) => {
                self.alive(net, neuron)?;
                let frozen = match mark {
                    Mark::Frozen => true,
                    Mark::Free => false,
                    Mark::Active | Mark::Silent => return Err(EditError::MarkMismatch { neuron, mark }),
                };
                match self.added.get_mut(&neuron) {
                    Some(added) => added.frozen = frozen,
                    None => {
                        self.frozen.insert(neuron, frozen);
                    }
                }
            }
            Scope::Synapse(at) => {
                let mut live = self.live(net, at)?;
                live.marks.0 = match mark {
                    Mark::Active => live.marks.0 & !Marks::SILENT,
                    Mark::Silent => live.marks.0 | Marks::SILENT,
                    Mark::Frozen => live.marks.0 | Marks::FROZEN,
                    Mark::Free => live.marks.0 & !Marks::FROZEN,
                };
                self.put(at, live);
            }
        }
        Ok(())
    }
}

fn check_spec(net: &Network, id: NeuronId, spec: &NeuronSpec) -> Result<(), EditError> {
    let group: GroupId = spec.group;
    if group.index() >= net.groups().len() {
        return Err(EditError::UnknownGroup { group, groups: net.groups().len() });
    }
    finite("a bias", spec.bias, || id.to_string())?;
    for coordinate in spec.position {
        finite("a position", coordinate, || id.to_string())?;
    }
    if !(spec.decay > 0.0 && spec.decay < 1.0) {
        return Err(EditError::NotFinite {
            what: "a decay (strictly between 0 and 1)",
            place: id.to_string(),
            value: spec.decay,
        });
    }
    Ok(())
}

pub(crate) fn finite(what: &'static str, value: f32, place: impl Fn() -> String) -> Result<(), EditError> {
    if value.is_finite() { Ok(()) } else { Err(EditError::NotFinite { what, place: place(), value }) }
}

/// A birth as an addend; `name` is what a random draw is named by.
pub(crate) fn addend(birth: Birth, at: Synapse, name: Synapse) -> Result<Draw, EditError> {
    match birth {
        Birth::Value(value) => {
            finite("a weight", value, || at.to_string())?;
            Ok(Draw::Value(value))
        }
        Birth::Random { key, law, scale } => {
            finite("a scale", scale, || at.to_string())?;
            Ok(Draw::Random { key, law, scale, name })
        }
        Birth::Share { .. } => Err(EditError::NotAnAddend { at }),
    }
}
