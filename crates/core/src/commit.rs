//! The commit: the only place where a network changes.
//!
//! Two kinds. One that renews neurons in place or changes only values costs what it touches and
//! moves no row. One that changes structure is a single merge pass over the rows. Both validate
//! first and then apply infallibly, so a refused commit leaves the network as it was, bit for bit.

use crate::{
    EditError, Finished, Network, Origin,
    change::{Commit, Moves, Newborn, WeightExpr},
    network::Neuron,
    shadow::{Live, Shadow},
};
use std::{collections::BTreeSet, sync::OnceLock};

/// One entry of the merge pass: a touched pair at its new rows.
struct Touched {
    post: u32,
    pre: u32,
    live: Option<Live>,
}

impl Network {
    /// Whether [`Network::commit`] would take this draft.
    ///
    /// # Errors
    /// As for the commit.
    pub fn accepts(&self, finished: &Finished) -> Result<(), EditError> {
        let (epoch, revision) = (finished.epoch, finished.revision);
        if (epoch, revision) != (self.epoch, self.revision) {
            return Err(EditError::Stale {
                made: epoch,
                made_revision: revision,
                now: self.epoch,
                now_revision: self.revision,
            });
        }
        let shadow = &finished.shadow;
        let newborn = shadow.synapses.values().flatten().filter(|live| live.base.is_none()).count();
        for (what, count) in
            [("neurons", self.neuron_count() + shadow.added.len()), ("connections", self.synapse_count() + newborn)]
        {
            // Half the range, so that relative offsets of rows fit 32 bits with their sign.
            let limit = i32::MAX as usize;
            if count > limit {
                return Err(EditError::TooMany { what, count, limit });
            }
        }
        Ok(())
    }

    /// Applies a finished draft: all of it or nothing.
    ///
    /// # Errors
    /// [`EditError::Stale`] when the network has changed since the draft was begun, and
    /// [`EditError::TooMany`] when rows would exceed 32 bits. The network is then as before.
    pub fn commit(&mut self, finished: Finished) -> Result<Commit, EditError> {
        self.accepts(&finished)?;
        let Finished { births, step, proposals, shadow, .. } = finished;
        let mut commit = if shadow.structural { self.restructure(shadow, step) } else { self.touch(shadow, step) };
        commit.proposals = proposals;
        self.births = births;
        self.revision += 1;
        #[cfg(debug_assertions)]
        self.check().expect("a commit keeps every invariant");
        Ok(commit)
    }

    /// The commit that moves no row.
    fn touch(&mut self, shadow: Shadow, step: u64) -> Commit {
        let mut commit = Commit::at(self.epoch, step);
        let (mut freed, mut reborn) = (Vec::new(), Vec::new());
        for (&row, &id) in &shadow.renamed {
            let old = self.neurons[row as usize].id;
            commit.gone.push(old);
            let neuron = &mut self.neurons[row as usize];
            (neuron.id, neuron.origin, neuron.born, neuron.frozen) = (id, Origin::RenewalOf(old), step, false);
            self.rows.remove(&old);
            self.rows.insert(id, row);
            commit.newborns.push(Newborn { row, id, origin: Origin::RenewalOf(old), state_of: None });
            freed.push(row);
        }
        commit.census.renewed = freed.len() as u32;
        commit.neurons = Moves::Touched { born: freed.clone(), freed };
        let mut changed = BTreeSet::new();
        for (id, spec) in shadow.retuned {
            let row = self.rows[&id];
            let neuron = &mut self.neurons[row as usize];
            match (neuron.spec.listens_to.is_some(), spec.listens_to.is_some(), self.listers.binary_search(&row)) {
                (false, true, Err(slot)) => self.listers.insert(slot, row),
                (true, false, Ok(slot)) => drop(self.listers.remove(slot)),
                _ => {}
            }
            if neuron.spec != spec {
                neuron.spec = spec;
                changed.insert(row);
            }
        }
        for (id, frozen) in shadow.frozen {
            let row = self.rows[&id];
            let neuron = &mut self.neurons[row as usize];
            if neuron.frozen != frozen {
                neuron.frozen = frozen;
                changed.insert(row);
            }
        }
        commit.retuned = changed.into_iter().collect();
        for live in shadow.synapses.into_values().flatten() {
            let Some(row) = live.base else { continue };
            let marks = &mut self.marks[row as usize];
            if *marks != live.marks {
                *marks = live.marks;
                commit.marked.push(row);
            }
            if live.reborn {
                reborn.push(row);
            }
            if !is_identity(&live.expr, row) {
                commit.weights.push((row, live.expr));
            }
        }
        reborn.sort_unstable();
        commit.marked.sort_unstable();
        commit.synapses = Moves::Touched { freed: reborn.clone(), born: reborn };
        commit.weights.sort_unstable_by_key(|entry| entry.0);
        commit.params = shadow.params.into_iter().map(|(id, expr)| (self.rows[&id], expr)).collect();
        commit.params.sort_unstable_by_key(|entry| entry.0);
        commit
    }

    /// The commit that moves rows: one merge pass.
    fn restructure(&mut self, shadow: Shadow, step: u64) -> Commit {
        let mut commit = Commit::at(self.epoch, step);
        let (gather, new_row) = self.move_neurons(&shadow, step, &mut commit);

        // What was touched, at its new rows, in row order. Pairs with a dead end need no entry.
        let mut touched: Vec<Touched> = Vec::with_capacity(shadow.synapses.len());
        for (at, live) in shadow.synapses {
            if let (Some(&post), Some(&pre)) = (self.rows.get(&at.post), self.rows.get(&at.pre)) {
                touched.push(Touched { post, pre, live });
            }
        }
        touched.sort_unstable_by_key(|entry| (entry.post, entry.pre));

        self.merge_rows(&gather, &new_row, touched, &mut commit);
        commit.params = shadow.params.into_iter().map(|(id, expr)| (self.rows[&id], expr)).collect();
        commit.params.sort_unstable_by_key(|entry| entry.0);
        commit.neurons = Moves::Remap(gather);
        self.outgoing = OnceLock::new();
        self.epoch = self.epoch.after();
        commit.after = self.epoch;
        commit
    }

    /// Survivors keep their order within the group, newborns follow in order of birth. Returns for
    /// each new row the old one, and for each old row the new one.
    fn move_neurons(&mut self, shadow: &Shadow, step: u64, commit: &mut Commit) -> (Vec<u32>, Vec<u32>) {
        let old = std::mem::take(&mut self.neurons);
        let mut gather = Vec::with_capacity(old.len() + shadow.added.len());
        let mut new_row = vec![Moves::NEWBORN; old.len()];
        let mut next: Vec<Neuron> = Vec::with_capacity(old.len() + shadow.added.len());
        let mut starts = vec![0u32];
        let mut old = old.into_iter().enumerate().peekable();
        for group in self.group_ids() {
            let end = self.group_start[group.index() + 1] as usize;
            while let Some((at, mut neuron)) = old.next_if(|&(at, _)| at < end) {
                let mut from = at as u32;
                let name = shadow.renamed.get(&from).copied().unwrap_or(neuron.id);
                let dies = shadow.dead.contains(&name);
                if dies || name != neuron.id {
                    commit.gone.push(neuron.id);
                }
                if dies {
                    commit.census.died += 1;
                    continue;
                }
                let row = next.len() as u32;
                new_row[at] = row;
                if name != neuron.id {
                    commit.census.renewed += 1;
                    let origin = Origin::RenewalOf(neuron.id);
                    commit.newborns.push(Newborn { row, id: name, origin, state_of: None });
                    (neuron.id, neuron.origin, neuron.born, neuron.frozen) = (name, origin, step, false);
                    from = Moves::NEWBORN;
                }
                let spec = shadow.retuned.get(&name).filter(|&spec| *spec != neuron.spec);
                let frozen = shadow.frozen.get(&name).filter(|&frozen| *frozen != neuron.frozen);
                if spec.is_some() || frozen.is_some() {
                    commit.retuned.push(row);
                }
                if let Some(spec) = spec {
                    neuron.spec = spec.clone();
                }
                if let Some(&frozen) = frozen {
                    neuron.frozen = frozen;
                }
                gather.push(from);
                next.push(neuron);
            }
            for (&id, added) in shadow.added.iter().filter(|(_, added)| added.spec.group == group) {
                commit.census.born += 1;
                commit.census.divided += u32::from(matches!(added.origin, Origin::DivisionOf(_)));
                commit.newborns.push(Newborn {
                    row: next.len() as u32,
                    id,
                    origin: added.origin,
                    state_of: added.state_of,
                });
                gather.push(Moves::NEWBORN);
                next.push(Neuron {
                    id,
                    spec: added.spec.clone(),
                    origin: added.origin,
                    born: step,
                    frozen: added.frozen,
                });
            }
            starts.push(next.len() as u32);
        }
        self.neurons = next;
        self.group_start = starts;
        self.index();
        (gather, new_row)
    }

    /// Makes what is looked up by name anew from the neurons.
    pub(crate) fn index(&mut self) {
        let rows = || self.neurons.iter().zip(0u32..);
        let listers = rows().filter(|(neuron, _)| neuron.spec.listens_to.is_some()).map(|(_, row)| row).collect();
        self.rows = rows().map(|(neuron, row)| (neuron.id, row)).collect();
        self.listers = listers;
    }

    /// Merges the old rows, which keep their order, with the touched pairs.
    fn merge_rows(&mut self, gather: &[u32], new_row: &[u32], touched: Vec<Touched>, commit: &mut Commit) {
        let room = self.pre.len() + touched.len();
        let mut offsets = Vec::with_capacity(gather.len() + 1);
        let (mut pre, mut delay, mut marks) =
            (Vec::with_capacity(room), Vec::with_capacity(room), Vec::with_capacity(room));
        let mut from: Vec<u32> = Vec::with_capacity(room);
        // A renewed neuron's rows come from its old place although it is newborn itself.
        let mut old_of = vec![Moves::NEWBORN; gather.len()];
        for (old, &new) in new_row.iter().enumerate() {
            if new != Moves::NEWBORN {
                old_of[new as usize] = old as u32;
            }
        }
        let nobody_died = !new_row.contains(&Moves::NEWBORN);
        let mut touched = touched.into_iter().peekable();
        offsets.push(0);
        for (post, &old_post) in old_of.iter().enumerate() {
            let (mut at, end) = match old_post {
                Moves::NEWBORN => (0, 0),
                old => (self.offsets[old as usize] as usize, self.offsets[old as usize + 1] as usize),
            };
            loop {
                // Everything up to the next touched pair stays as it is, save for the numbering.
                let stop = touched.peek().filter(|entry| entry.post as usize == post).map(|entry| entry.pre);
                let run = at;
                while at < end {
                    let here = new_row[self.pre[at] as usize];
                    if here == Moves::NEWBORN && !nobody_died {
                        // Its source died.
                        at += 1;
                        continue;
                    }
                    if stop.is_some_and(|stop| here >= stop) {
                        break;
                    }
                    pre.push(here);
                    if !nobody_died {
                        delay.push(self.delay[at]);
                        marks.push(self.marks[at]);
                        from.push(at as u32);
                    }
                    at += 1;
                }
                if nobody_died {
                    delay.extend_from_slice(&self.delay[run..at]);
                    marks.extend_from_slice(&self.marks[run..at]);
                    from.extend(run as u32..at as u32);
                }
                let Some(here) = stop else { break };
                let entry = touched.next().expect("it was peeked");
                let was_here = at < end && new_row[self.pre[at] as usize] == here;
                if let Some(live) = entry.live {
                    let row = from.len() as u32;
                    match live.base {
                        Some(base) if live.marks != self.marks[base as usize] => commit.marked.push(row),
                        Some(_) => {}
                        None => commit.census.connected += 1,
                    }
                    let heir = live.base.filter(|_| !live.reborn);
                    if heir.is_none_or(|base| !is_identity(&live.expr, base)) {
                        commit.weights.push((row, live.expr));
                    }
                    pre.push(here);
                    delay.push(live.delay);
                    marks.push(live.marks);
                    from.push(heir.unwrap_or(Moves::NEWBORN));
                }
                at += usize::from(was_here);
            }
            offsets.push(pre.len() as u32);
        }
        // A new row is either a survivor or was connected.
        let survivors = from.len() as u32 - commit.census.connected;
        commit.census.disconnected = self.pre.len() as u32 - survivors;
        (self.offsets, self.pre, self.delay, self.marks) = (offsets, pre, delay, marks);
        commit.synapses = Moves::Remap(from);
    }
}

fn is_identity(expr: &WeightExpr, row: u32) -> bool {
    expr.plus.is_empty() && expr.terms.as_slice() == [(row, 1.0)] && expr.moment_by == 1.0
}
