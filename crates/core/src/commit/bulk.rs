//! The merge pass of a draft whose connections come and go in bulk: by row, since no neuron moves.

use crate::{
    Birth, Network, Remap, Synapse,
    bulk::Bulk,
    change::{Commit, Moves, WeightExpr},
};
use std::ops::Range;

impl Network {
    /// Merges the rows, which keep their neurons, with what comes and goes in bulk.
    pub(super) fn merge_bulk(&mut self, bulk: &Bulk, births: &[Birth], commit: &mut Commit) {
        let come = bulk.coming();
        let mut offsets = Vec::with_capacity(self.neurons.len() + 1);
        offsets.push(0);
        let mut from = Remap::default();
        let mut placed: Vec<u32> = Vec::with_capacity(come.len());
        commit.weights.reserve(come.len());
        let survive = |mut old: Range<u32>, from: &mut Remap| {
            while old.start < old.end {
                let gone = bulk.next_gone(old.clone());
                from.push(old.start..gone);
                old.start = gone + 1;
            }
        };
        let mut newborns = come.iter().peekable();
        for post in 0..self.neurons.len() as u32 {
            let (mut at, end) = (self.offsets[post as usize], self.offsets[post as usize + 1]);
            let id = self.neurons[post as usize].id;
            while let Some(newborn) = newborns.next_if(|newborn| newborn.pair.post() == post) {
                let pre = newborn.pair.pre();
                let stop = at + self.pre[at as usize..end as usize].partition_point(|&heard| heard < pre) as u32;
                survive(at..stop, &mut from);
                at = stop;
                let row = from.len() as u32;
                from.push_newborns(1);
                let name = Synapse::new(id, self.neurons[pre as usize].id);
                commit.weights.push((row, WeightExpr::born(births[newborn.rule as usize], name)));
                placed.push(row);
            }
            survive(at..end, &mut from);
            offsets.push(from.len() as u32);
        }
        commit.census.connected = come.len() as u32;
        commit.census.disconnected = self.pre.len() as u32 - (from.len() as u32 - commit.census.connected);
        self.offsets = offsets;
        from.carry(&mut self.pre, 0);
        self.delay.carry(&from);
        self.marks.carry(&from);
        for (row, newborn) in placed.into_iter().zip(come) {
            self.pre[row as usize] = newborn.pair.pre();
            self.delay.set(row as usize, newborn.delay);
        }
        commit.synapses = Moves::Remap(from);
    }
}
