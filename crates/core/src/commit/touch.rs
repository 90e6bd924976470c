//! The commit that moves no row: neurons renewed in place, and values. It costs what it touches.

use crate::{
    Network, Origin,
    change::{Commit, Moves, Newborn},
    shadow::{Expr, Kept, Shadow},
};
use std::collections::BTreeSet;

/// Sorts by row what comes by name: in few ascending runs, mostly two that only have to change places (to merge them in memory that
/// is fresh took a twentieth of a renewal, to sort them otherwise a quarter).
fn by_row<T>(entries: &mut [T], row: impl Fn(&T) -> u32) {
    if let Some(last) = entries.windows(2).position(|pair| row(&pair[0]) > row(&pair[1])) {
        entries.rotate_left(last + 1);
        if !entries.is_sorted_by_key(&row) {
            entries.sort_by_key(row);
        }
    }
}

impl Network {
    /// The commit that moves no row.
    pub(super) fn touch(&mut self, shadow: Shadow, step: u64) -> Commit {
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
        reborn.reserve(shadow.synapses.len());
        commit.weights.reserve(shadow.synapses.len());
        for (at, kept) in shadow.synapses {
            let Some(Kept { base: Some(row), reborn: anew, marks, expr, .. }) = kept else { continue };
            if self.marks[row as usize] != marks {
                self.marks.set(row as usize, marks);
                commit.marked.push(row);
            }
            if anew {
                reborn.push(row);
            }
            if !matches!(expr, Expr::OfBase) {
                commit.weights.push((row, Shadow::expr(&shadow.births, at, Some(row), expr)));
            }
        }
        by_row(&mut reborn, |row| *row);
        commit.marked.sort_unstable();
        commit.synapses = Moves::Touched { freed: reborn.clone(), born: reborn };
        by_row(&mut commit.weights, |entry| entry.0);
        commit.params = shadow.params.into_iter().map(|(id, expr)| (self.rows[&id], expr)).collect();
        commit.params.sort_unstable_by_key(|entry| entry.0);
        commit
    }
}
