//! A structure as a beginner would write it: maps from names, every move spelled out, values at once
//! instead of as expressions. The network must always say the same.

use crate::{Birth, Mark, Move, NeuronId, NeuronSpec, Scope, Synapse};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub group: usize,
    pub list: Option<BTreeSet<NeuronId>>,
    pub born_bias: f64,
    pub bias: f64,
    pub frozen: bool,
    /// Not there before the draft, and not in anybody's place.
    pub added: bool,
    /// Not there before the draft.
    pub fresh: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wire {
    pub weight: f64,
    pub moment: f64,
    pub delay: u16,
    pub silent: bool,
    pub frozen: bool,
    /// Not there before the draft.
    pub fresh: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub groups: usize,
    pub births: u64,
    pub cells: BTreeMap<NeuronId, Cell>,
    pub wires: BTreeMap<Synapse, Wire>,
}

impl Model {
    /// What a new draft starts from.
    pub(super) fn begin(&mut self, births: u64) {
        self.births = births;
        self.cells.values_mut().for_each(|cell| (cell.added, cell.fresh) = (false, false));
        self.wires.values_mut().for_each(|wire| wire.fresh = false);
    }

    fn reaches(&self, at: Synapse) -> bool {
        let (Some(post), Some(_)) = (self.cells.get(&at.post), self.cells.get(&at.pre)) else { return false };
        post.group > 0 && post.list.as_ref().is_none_or(|list| list.contains(&at.pre))
    }

    fn hidden(&self, id: NeuronId) -> bool {
        self.cells.get(&id).is_some_and(|cell| cell.group > 0 && cell.group + 1 < self.groups)
    }

    fn unborn(&self, id: NeuronId) -> bool {
        id.number() >= self.births && !self.cells.contains_key(&id)
    }

    fn of(&self, birth: Birth) -> Option<(f64, f64)> {
        match birth {
            Birth::Value(value) => Some((f64::from(value), 0.0)),
            Birth::Share { of, by } => self.wires.get(&of).map(|wire| (wire.weight * f64::from(by), wire.moment)),
            Birth::Random { .. } => None,
        }
    }

    fn grow(&mut self, at: &[(Synapse, u16)], birth: Birth) -> Option<()> {
        let (weight, moment) = self.of(birth)?;
        for &(at, delay) in at {
            if self.wires.contains_key(&at) || !self.reaches(at) {
                return None;
            }
            self.wires.insert(at, Wire { weight, moment, delay, silent: false, frozen: false, fresh: true });
        }
        Some(())
    }

    fn fold(&mut self, gone: NeuronId, mean: f32) {
        for (at, wire) in &self.wires {
            if at.pre == gone && at.post != gone && !wire.silent {
                self.cells.get_mut(&at.post).unwrap().bias += wire.weight * f64::from(mean);
            }
        }
    }

    fn kill(&mut self, gone: NeuronId) {
        self.wires.retain(|at, _| at.post != gone && at.pre != gone);
        self.cells.remove(&gone);
    }

    fn join(&mut self, heard: NeuronId, newcomer: NeuronId, instead: bool) {
        let alive: BTreeSet<NeuronId> = self.cells.keys().copied().collect();
        for list in self.cells.values_mut().filter_map(|cell| cell.list.as_mut()) {
            if list.contains(&heard) {
                list.insert(newcomer);
                list.retain(|id| !(instead && *id == heard) && (alive.contains(id) || id.number() >= self.births));
            }
        }
    }

    fn cell(spec: &NeuronSpec) -> Cell {
        let born_bias = f64::from(spec.bias);
        let list = spec.listens_to.as_ref().map(|list| list.iter().copied().collect());
        Cell { group: spec.group.index(), list, born_bias, bias: born_bias, frozen: false, added: true, fresh: true }
    }

    /// The model after a move; `None` if it is refused.
    pub(super) fn after(&self, what: &Move) -> Option<Self> {
        let mut next = self.clone();
        next.apply(what)?;
        Some(next)
    }

    fn apply(&mut self, what: &Move) -> Option<()> {
        match what {
            Move::Connect { at, birth, delay } => self.grow(&[(*at, *delay)], *birth)?,
            Move::Grow { at, birth } => self.grow(at, *birth)?,
            Move::ConnectAll { post, pres, birth } => {
                self.grow(&pres.iter().map(|&pre| (Synapse::new(*post, pre), 0)).collect::<Vec<_>>(), *birth)?;
            }
            Move::Disconnect { at } => self.wires.remove(at).map(|_| ())?,
            Move::Prune { at } => at.iter().try_for_each(|at| self.wires.remove(at).map(|_| ()))?,
            Move::Rewire { from, to, birth, delay } => {
                self.wires.get(from)?;
                self.grow(&[(*to, *delay)], *birth)?;
                self.wires.remove(from);
            }
            Move::Add { neuron, spec, .. } => {
                if !self.unborn(*neuron) || spec.group.index() >= self.groups {
                    return None;
                }
                self.cells.insert(*neuron, Self::cell(spec));
            }
            Move::Bear { neuron, spec, dendrites, axon, .. } => {
                if !self.unborn(*neuron) || spec.group.index() >= self.groups {
                    return None;
                }
                self.cells.insert(*neuron, Self::cell(spec));
                let heard = dendrites.iter().map(|end| (Synapse::new(*neuron, end.at), end));
                for (at, end) in heard.chain(axon.iter().map(|end| (Synapse::new(end.at, *neuron), end))) {
                    self.grow(&[(at, end.delay)], Birth::Value(end.weight))?;
                }
            }
            Move::Remove { neuron, mean } => {
                self.hidden(*neuron).then_some(())?;
                self.fold(*neuron, *mean);
                self.kill(*neuron);
            }
            Move::Renew { old, new, birth, mean } => self.renew(*old, *new, *birth, *mean)?,
            Move::Divide { mother, daughter, share } => self.divide(*mother, *daughter, f64::from(*share))?,
            Move::InsertOn { at, neuron, spec } => {
                let wire = self.wires.get(at)?.clone();
                let group = spec.group.index();
                let listed = self.cells[&at.post].list.as_ref().is_none_or(|list| list.contains(&at.pre));
                if !self.unborn(*neuron) || group == 0 || group + 1 >= self.groups || !listed {
                    return None;
                }
                self.cells.insert(*neuron, Self::cell(spec));
                self.reaches(Synapse::new(*neuron, at.pre)).then_some(())?;
                self.join(at.pre, *neuron, false);
                self.wires.remove(at);
                let first = Wire { weight: 1.0, moment: 0.0, delay: 0, silent: false, frozen: false, fresh: true };
                self.wires.insert(Synapse::new(*neuron, at.pre), first);
                self.wires.insert(Synapse::new(at.post, *neuron), Wire { fresh: true, ..wire });
            }
            Move::Merge { kept, gone, by } => self.merge(*kept, *gone, f64::from(*by))?,
            Move::Retune { neuron, spec } => {
                let cell = self.cells.get_mut(neuron)?;
                (cell.group == spec.group.index()).then_some(())?;
                cell.list = Self::cell(spec).list;
            }
            Move::Mark { at: Scope::Neuron(neuron), mark } => {
                let cell = self.cells.get_mut(neuron)?;
                match mark {
                    Mark::Frozen => cell.frozen = true,
                    Mark::Free => cell.frozen = false,
                    Mark::Active | Mark::Silent => return None,
                }
            }
            Move::Mark { at: Scope::Synapse(at), mark } => {
                let wire = self.wires.get_mut(at)?;
                match mark {
                    Mark::Active => wire.silent = false,
                    Mark::Silent => wire.silent = true,
                    Mark::Frozen => wire.frozen = true,
                    Mark::Free => wire.frozen = false,
                }
            }
            Move::Scale { at, by } => self.wires.get_mut(at)?.weight *= f64::from(*by),
            Move::Reweigh { at, plus: Birth::Value(plus) } => self.wires.get_mut(at)?.weight += f64::from(*plus),
            Move::Rebias { neuron, plus } => self.cells.get_mut(neuron)?.bias += f64::from(*plus),
            Move::Perturb { neuron, by: Birth::Value(by) } => {
                self.cells.get(neuron)?;
                let dendrites = self.wires.iter_mut().filter(|(at, _)| at.post == *neuron);
                dendrites.for_each(|(_, wire)| wire.weight += f64::from(*by));
            }
            Move::Reweigh { .. } | Move::Perturb { .. } => return None,
        }
        Some(())
    }

    fn renew(&mut self, old: NeuronId, new: NeuronId, birth: Birth, mean: f32) -> Option<()> {
        let Birth::Value(value) = birth else { return None };
        if !self.hidden(old) || self.cells[&old].added || !self.unborn(new) {
            return None;
        }
        self.fold(old, mean);
        let mut cell = self.cells.remove(&old)?;
        (cell.frozen, cell.fresh, cell.bias) = (false, true, cell.born_bias);
        self.cells.insert(new, cell);
        self.join(old, new, true);
        let swap = |id| if id == old { new } else { id };
        let renewed = |(at, mut wire): (Synapse, Wire)| {
            if at.post == old || at.pre == old {
                (wire.weight, wire.moment, wire.fresh) =
                    (if at.pre == old { 0.0 } else { f64::from(value) }, 0.0, true);
            }
            (Synapse::new(swap(at.post), swap(at.pre)), wire)
        };
        self.wires = std::mem::take(&mut self.wires).into_iter().map(renewed).collect();
        Some(())
    }

    fn divide(&mut self, mother: NeuronId, daughter: NeuronId, share: f64) -> Option<()> {
        if !self.hidden(mother) || !self.unborn(daughter) || share <= 0.0 || share >= 1.0 {
            return None;
        }
        self.cells.insert(daughter, Cell { added: true, fresh: true, ..self.cells[&mother].clone() });
        self.join(mother, daughter, false);
        // Every wire has two ends; each end that is the mother becomes two.
        for (at, wire) in self.wires.clone() {
            let two = [(mother, 1.0 - share), (daughter, share)];
            let ends = |id: NeuronId| if id == mother { two.to_vec() } else { vec![(id, 1.0)] };
            for (post, of_moment) in ends(at.post) {
                for (pre, of_weight) in ends(at.pre) {
                    let fresh = wire.fresh || (post, pre) != (at.post, at.pre);
                    let part = Wire {
                        weight: wire.weight * of_weight,
                        moment: wire.moment * of_moment,
                        fresh,
                        ..wire.clone()
                    };
                    self.wires.insert(Synapse::new(post, pre), part);
                }
            }
        }
        Some(())
    }

    fn merge(&mut self, kept: NeuronId, gone: NeuronId, by: f64) -> Option<()> {
        if kept == gone || !self.hidden(gone) || self.cells.get(&kept)?.group != self.cells[&gone].group {
            return None;
        }
        for (at, wire) in self.wires.clone() {
            if at.pre != gone || at.post == gone || wire.silent {
                continue;
            }
            let to = Synapse::new(at.post, kept);
            let reaches = self.reaches(to);
            match self.wires.get_mut(&to) {
                Some(other) if other.delay != wire.delay || other.silent => return None,
                Some(other) => other.weight += wire.weight * by,
                None if !reaches => return None,
                None => drop(self.wires.insert(to, Wire { weight: wire.weight * by, fresh: true, ..wire })),
            }
        }
        self.kill(gone);
        Some(())
    }

    /// The notation, written independently.
    pub(super) fn text(&self) -> String {
        let mut groups = vec![Vec::new(); self.groups];
        for (id, cell) in &self.cells {
            let mut word = id.number().to_string();
            if cell.born_bias != 0.0 {
                let _ = write!(word, "={}", cell.born_bias);
            }
            if let Some(list) = &cell.list {
                let list: Vec<_> = list.iter().map(|id| id.number().to_string()).collect();
                let _ = write!(word, "<{}", list.join(","));
            }
            word += if cell.frozen { "!" } else { "" };
            groups[cell.group].push(word);
        }
        let groups: Vec<_> = groups.into_iter().map(|words| words.join(" ")).collect();
        let wires = self.wires.iter().map(|(at, wire)| {
            let delay = if wire.delay > 0 { format!(" ~{}", wire.delay) } else { String::new() };
            let (silent, frozen) = (if wire.silent { " silent" } else { "" }, if wire.frozen { " frozen" } else { "" });
            format!("{}>{} {}{delay}{silent}{frozen}", at.pre.number(), at.post.number(), wire.weight as f32 + 0.0)
        });
        let wires: Vec<_> = wires.collect();
        if wires.is_empty() { groups.join(" | ") } else { format!("{} : {}", groups.join(" | "), wires.join("; ")) }
    }
}
