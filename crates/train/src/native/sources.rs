//! Where connections read, relative to their cycle.
//!
//! Of many connections without delays no source is kept: whom a listener hears, which the network knows, and from which
//! neuron on it hears them a cycle late say the same. That saves four bytes a connection. Who needs every source has them
//! spelled out ([`Sources::spell_out`]), and keeps them from then on.

use livenet_core::kernel::{Gather, Layout, Told};
use livenet_core::{Commit, GroupId, Moves, Network, Row};

/// Connections up to which every source is kept.
#[cfg(not(test))]
const FEW: usize = 1 << 21;
/// Tests are to see both ways.
#[cfg(test)]
const FEW: usize = 40;

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    /// By connection; empty where they are told.
    each: Vec<i32>,
    /// By listener, the first neuron that it hears a cycle late; empty where they are not told.
    late: Vec<u32>,
    /// Whether somebody needs every one of them.
    wanted: bool,
}

impl Sources {
    /// Whether none is kept.
    pub(super) fn are_told(&self) -> bool {
        !self.late.is_empty()
    }

    /// Anew from the network.
    pub(super) fn rebuild(&mut self, network: &Network) {
        self.late.clear();
        if network.synapse_count() > FEW && network.delays().is_plain() && !self.wanted {
            self.each = Vec::new();
            for own in network.group_ids() {
                // A group that fires later is never heard sooner.
                let first = network.group_ids().find(|&heard| network.schedule().lag(heard, own, 0) > 0);
                let late = first.map_or(u32::MAX, |group| network.members(group).start);
                self.late.extend(network.members(own).map(|_| late));
            }
        } else {
            self.spell(network);
        }
    }

    /// Keeps every one of them, now and after every commit.
    pub(super) fn spell_out(&mut self, network: &Network) {
        self.wanted = true;
        if self.are_told() {
            self.late = Vec::new();
            self.spell(network);
        }
    }

    fn spell(&mut self, network: &Network) {
        self.each.clear();
        self.each.resize(network.synapse_count(), 0);
        let layout = Layout::plain(network.neuron_count(), 1);
        let (offsets, pres) = (network.offsets(), network.pres());
        let starts: Vec<u32> = network.group_ids().map(|id| network.members(id).start).collect();
        for own in network.group_ids() {
            for post in network.members(own) {
                let (mut at, end) = (offsets[post as usize] as usize, offsets[post as usize + 1] as usize);
                // Group by group of the heard, whose own part of the lag is one.
                while at < end {
                    let heard = starts.partition_point(|&start| start <= pres[at]);
                    let beyond = starts.get(heard).copied().unwrap_or(u32::MAX);
                    let stop = at + pres[at..end].partition_point(|&pre| pre < beyond);
                    // `supports` refuses what would not fit.
                    let lag = network.schedule().lag(GroupId::new(heard as u16 - 1), own, 0) as u16;
                    for ((source, &pre), row) in self.each[at..stop].iter_mut().zip(&pres[at..stop]).zip(at..) {
                        *source = layout.source(pre, lag + network.delays()[row]);
                    }
                    at = stop;
                }
            }
        }
    }

    /// After a structural commit: they move with their connections, if every neuron stayed.
    pub(super) fn follow(&mut self, network: &Network, commit: &Commit) {
        match (&commit.neurons, &commit.synapses) {
            (Moves::Remap(neurons), Moves::Remap(synapses))
                if neurons.is_identity(network.neuron_count())
                    && !self.are_told()
                    && (network.synapse_count() <= FEW || self.wanted) =>
            {
                synapses.carry(&mut self.each, 0);
                let layout = Layout::plain(network.neuron_count(), 1);
                let mut post = 0;
                for row in synapses.runs().filter(|(_, from)| from.is_none()).flat_map(|(rows, _)| rows) {
                    while network.offsets()[post as usize + 1] <= row {
                        post += 1;
                    }
                    let (row, at) = (Row::new(row), row as usize);
                    let lag = network.lag(Row::new(post), row);
                    self.each[at] = layout.source(network.pres()[at], lag as u16);
                }
            }
            _ => self.rebuild(network),
        }
    }

    /// Those of one listener, in a buffer if they are told.
    pub(super) fn of<'a>(&'a self, network: &Network, listener: usize, buffer: &'a mut Vec<i32>) -> &'a [i32] {
        let edges = network.incoming(Row::new(listener as u32));
        let Some(&late) = self.late.get(listener) else { return &self.each[edges] };
        let layout = Layout::plain(network.neuron_count(), 1);
        buffer.clear();
        buffer.extend(network.pres()[edges].iter().map(|&pre| layout.source(pre, u16::from(pre >= late))));
        buffer
    }

    /// The largest lag of any connection.
    pub(super) fn deepest(&self, network: &Network) -> usize {
        let pres = network.pres();
        if self.are_told() {
            let hears_late = |(row, &late): (u32, &u32)| {
                pres[network.incoming(Row::new(row))].last().is_some_and(|&farthest| farthest >= late)
            };
            return usize::from((0..).zip(&self.late).any(hears_late));
        }
        let lag = |(&pre, &source): (&u32, &i32)| (i64::from(pre) - i64::from(source)) as usize;
        pres.iter().zip(&self.each).map(lag).max().unwrap_or(0) / network.neuron_count().max(1)
    }

    /// All connections by listener.
    pub(super) fn wires<'a>(&'a self, network: &'a Network) -> Gather<'a> {
        let offsets = network.offsets();
        if self.are_told() {
            self.parts(network, &offsets[..offsets.len() - 1], &offsets[1..])
        } else {
            Gather::new(offsets, &self.each)
        }
    }

    /// A part of each listener's.
    pub(super) fn parts<'a>(&'a self, network: &'a Network, starts: &'a [u32], ends: &'a [u32]) -> Gather<'a> {
        if self.are_told() {
            Gather::told(starts, ends, Told { pres: network.pres(), late: &self.late })
        } else {
            Gather::parts(starts, ends, &self.each)
        }
    }

    /// Whether both say the same, each of its own network.
    pub(super) fn are_alike(&self, network: &Network, (other, its): (&Self, &Network)) -> bool {
        if self.are_told() || other.are_told() {
            let plain = network.delays().is_plain() && its.delays().is_plain();
            return plain && network.schedule() == its.schedule() && network.pres() == its.pres();
        }
        self.each == other.each
    }
}
