//! The commit: the only place where a network changes.
//!
//! Two kinds. One that renews neurons in place or changes only values costs what it touches and
//! moves no row. One that changes structure is a single merge pass over the rows. Both validate
//! first and then apply infallibly, so a refused commit leaves the network as it was, bit for bit.

mod bulk;
mod touch;

use crate::{
    Birth, EditError, Finished, Marks, Network, NeuronId, Origin, Remap, Synapse,
    change::{Commit, Moves, Newborn},
    network::Neuron,
    shadow::{Expr, Kept, Shadow},
};
use std::{collections::BTreeMap, ops::Range, sync::OnceLock};

/// Where the neurons went.
struct Places {
    /// By old row: the new one; for the dead, that of the next survivor, so that it ascends.
    new_row: Vec<u32>,
    /// By old row.
    died: Vec<bool>,
    somebody_died: bool,
    /// By new row, renewed neurons included.
    old_row: Vec<Option<u32>>,
}

impl Places {
    /// How many of these heard neurons, ascending by old row, come before a new row or are dead just before it.
    fn before(&self, heard: &[u32], row: u32) -> usize {
        let before = gallop(heard, |&heard| self.new_row[heard as usize] < row);
        before + heard[before..].iter().take_while(|&&heard| self.died[heard as usize]).count()
    }
}

/// What stands at a touched row.
struct Placed {
    pre: u32,
    delay: u16,
    marks: Marks,
}

/// One entry of the merge pass: a touched pair at its new rows.
struct Touched {
    post: u32,
    pre: u32,
    kept: Option<Kept>,
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
        let entered = || shadow.synapses.values().flatten().filter(|live| live.base.is_none()).count();
        let newborn = if shadow.structural { entered() + shadow.bulk.newborns() } else { 0 };
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

    /// The commit that moves rows: one merge pass.
    fn restructure(&mut self, shadow: Shadow, step: u64) -> Commit {
        let mut commit = Commit::at(self.epoch, step);
        let places = self.move_neurons(&shadow, step, &mut commit);
        if shadow.bulk.is_empty() {
            self.merge_touched(shadow.synapses, places.as_ref(), &shadow.births, &mut commit);
        } else {
            self.merge_bulk(&shadow.bulk, &shadow.births, &mut commit);
        }
        commit.params = shadow.params.into_iter().map(|(id, expr)| (self.rows[&id], expr)).collect();
        commit.params.sort_unstable_by_key(|entry| entry.0);
        self.outgoing = OnceLock::new();
        self.epoch = self.epoch.after();
        commit.after = self.epoch;
        commit
    }

    /// Merges the rows with touched pairs by name.
    fn merge_touched(
        &mut self,
        synapses: BTreeMap<Synapse, Option<Kept>>,
        places: Option<&Places>,
        births: &[Birth],
        commit: &mut Commit,
    ) {
        // What was touched, at its new rows, in row order. Pairs with a dead end need no entry.
        let mut touched: Vec<Touched> = Vec::with_capacity(synapses.len());
        let mut listener: (Option<NeuronId>, Option<u32>) = (None, None);
        for (at, kept) in synapses {
            if listener.0 != Some(at.post) {
                listener = (Some(at.post), self.rows.get(&at.post).copied());
            }
            if let (Some(post), Some(&pre)) = (listener.1, self.rows.get(&at.pre)) {
                touched.push(Touched { post, pre, kept });
            }
        }
        touched.sort_unstable_by_key(|entry| (entry.post, entry.pre));

        self.merge_rows(places, (touched, births), commit);
    }

    /// Survivors keep their order within the group, newborns follow in order of birth. `None` where every
    /// neuron stays as it was.
    fn move_neurons(&mut self, shadow: &Shadow, step: u64, commit: &mut Commit) -> Option<Places> {
        if shadow.leaves_neurons_alone() {
            commit.neurons = Moves::Remap(Remap::identity(self.neurons.len() as u32));
            return None;
        }
        let old = std::mem::take(&mut self.neurons);
        let mut gather = Remap::default();
        let mut places = Places {
            new_row: vec![0; old.len()],
            died: vec![false; old.len()],
            somebody_died: false,
            old_row: Vec::with_capacity(old.len() + shadow.added.len()),
        };
        let mut next: Vec<Neuron> = Vec::with_capacity(old.len() + shadow.added.len());
        let mut starts = vec![0u32];
        let mut old = old.into_iter().enumerate().peekable();
        for group in self.group_ids() {
            let end = self.group_start[group.index() + 1] as usize;
            while let Some((at, mut neuron)) = old.next_if(|&(at, _)| at < end) {
                let (row, from) = (next.len() as u32, at as u32);
                places.new_row[at] = row;
                let name = shadow.renamed.get(&from).copied().unwrap_or(neuron.id);
                let dies = shadow.dead.contains(&name);
                if dies || name != neuron.id {
                    commit.gone.push(neuron.id);
                }
                if dies {
                    commit.census.died += 1;
                    (places.died[at], places.somebody_died) = (true, true);
                    continue;
                }
                places.old_row.push(Some(from));
                if name == neuron.id {
                    gather.push(from..from + 1);
                } else {
                    commit.census.renewed += 1;
                    let origin = Origin::RenewalOf(neuron.id);
                    commit.newborns.push(Newborn { row, id: name, origin, state_of: None });
                    (neuron.id, neuron.origin, neuron.born, neuron.frozen) = (name, origin, step, false);
                    gather.push_newborns(1);
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
                gather.push_newborns(1);
                places.old_row.push(None);
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
        commit.neurons = Moves::Remap(gather);
        Some(places)
    }

    /// Makes what is looked up by name anew from the neurons.
    pub(crate) fn index(&mut self) {
        let rows = || self.neurons.iter().zip(0u32..);
        let listers = rows().filter(|(neuron, _)| neuron.spec.listens_to.is_some()).map(|(_, row)| row).collect();
        self.rows = rows().map(|(neuron, row)| (neuron.id, row)).collect();
        self.listers = listers;
    }

    /// Merges the old rows, which keep their order, with the touched pairs. Finds the runs of rows that stay
    /// neighbours first, and then moves every column in place.
    fn merge_rows(
        &mut self,
        places: Option<&Places>,
        (touched, births): (Vec<Touched>, &[Birth]),
        commit: &mut Commit,
    ) {
        let mut offsets = Vec::with_capacity(self.neurons.len() + 1);
        offsets.push(0);
        let mut from = Remap::default();
        let mut placed: Vec<(u32, Placed)> = Vec::with_capacity(touched.len());
        let mut touched = touched.into_iter().peekable();
        for post in 0..self.neurons.len() as u32 {
            // A renewed neuron's rows come from its old place although it is newborn itself.
            let old_post = places.map_or(Some(post), |places| places.old_row[post as usize]);
            let (mut at, end) =
                old_post.map_or((0, 0), |old| (self.offsets[old as usize], self.offsets[old as usize + 1]));
            while let Some(Touched { pre, kept, .. }) = touched.next_if(|entry| entry.post == post) {
                let rest = &self.pre[at as usize..end as usize];
                let stop = at
                    + match places {
                        None => gallop(rest, |&heard| heard < pre),
                        Some(places) => places.before(rest, pre),
                    } as u32;
                self.keep(at..stop, places, &mut from);
                let was_here = stop < end && {
                    let heard = self.pre[stop as usize];
                    places.map_or(heard, |places| places.new_row[heard as usize]) == pre
                };
                at = stop + u32::from(was_here);
                let Some(Kept { base, reborn, marks, delay, expr }) = kept else { continue };
                let row = from.len() as u32;
                match base {
                    Some(base) if marks != self.marks[base as usize] => commit.marked.push(row),
                    Some(_) => {}
                    None => commit.census.connected += 1,
                }
                let heir = base.filter(|_| !reborn);
                match heir {
                    Some(base) => from.push(base..base + 1),
                    None => from.push_newborns(1),
                }
                if heir.is_none() || !matches!(expr, Expr::OfBase) {
                    let name = Synapse::new(self.neurons[post as usize].id, self.neurons[pre as usize].id);
                    commit.weights.push((row, Shadow::expr(births, name, base, expr)));
                }
                placed.push((row, Placed { pre, delay, marks }));
            }
            self.keep(at..end, places, &mut from);
            offsets.push(from.len() as u32);
        }
        // A new row is either a survivor or was connected.
        let survivors = from.len() as u32 - commit.census.connected;
        commit.census.disconnected = self.pre.len() as u32 - survivors;
        if let Some(places) = places {
            self.pre.iter_mut().for_each(|pre| *pre = places.new_row[*pre as usize]);
        }
        self.offsets = offsets;
        from.carry(&mut self.pre, 0);
        self.delay.carry(&from);
        self.marks.carry(&from);
        for (row, Placed { pre, delay, marks }) in placed {
            let row = row as usize;
            self.pre[row] = pre;
            self.delay.set(row, delay);
            self.marks.set(row, marks);
        }
        commit.synapses = Moves::Remap(from);
    }

    /// Keeps old rows, but for those whose source died.
    fn keep(&self, old: Range<u32>, places: Option<&Places>, from: &mut Remap) {
        match places {
            Some(places) if places.somebody_died => {
                for row in old.filter(|&row| !places.died[self.pre[row as usize] as usize]) {
                    from.push(row..row + 1);
                }
            }
            _ => from.push(old),
        }
    }
}

/// How many of the first elements have a property that none has after them: as `partition_point`, quick where they
/// are few.
fn gallop<T>(slice: &[T], has: impl Fn(&T) -> bool) -> usize {
    let mut step = 1;
    let mut from = 0;
    while from + step <= slice.len() && has(&slice[from + step - 1]) {
        from += step;
        step *= 2;
    }
    let end = (from + step - 1).min(slice.len());
    from + slice[from..end].partition_point(has)
}
