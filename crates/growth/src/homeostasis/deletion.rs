//! Deletion: who has fewer elements than connections gives up as many of them, to any partners.
//!
//! The axonal side first, then, by what that left, the dendritic side. The other half of what goes becomes vacant. What is silent
//! or frozen stays, and so does what a frozen neuron hears.

use super::vacancy::{Side, Vacancies};
use livenet_core::{Network, Row, Stream};
use std::collections::BTreeSet;

/// A connection that goes, and of how many its neuron had too few.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loss {
    pub(super) synapse: usize,
    pub(super) overdue: usize,
}

/// What goes on both sides, at most `most`; the vacancies are those afterwards.
pub(super) fn delete(network: &Network, vacancies: &mut Vacancies, most: usize, stream: &mut Stream) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut gone = BTreeSet::new();
    for side in [Side::Pre, Side::Post] {
        let mut order: Vec<u32> =
            (0..network.neuron_count() as u32).filter(|&row| vacancies.of(side, row).overdue() > 0).collect();
        // Where not all may go, no row goes before another.
        stream.shuffle(&mut order);
        for row in order {
            let overdue = vacancies.of(side, row).overdue();
            let mut own = connections(network, side, row);
            own.retain(|(pair, synapse)| {
                let marks = network.marks()[*synapse];
                let aside = marks.is_silent() || marks.is_frozen() || network.is_frozen(Row::new(pair.0));
                !aside && !gone.contains(synapse)
            });
            stream.shuffle(&mut own);
            own.truncate(overdue.min(most - losses.len()));
            for (pair, synapse) in own {
                vacancies.part(pair);
                gone.insert(synapse);
                losses.push(Loss { synapse, overdue });
            }
        }
    }
    losses
}

/// The connections of a neuron on a side: (listener, heard) and the row.
fn connections(network: &Network, side: Side, row: u32) -> Vec<((u32, u32), usize)> {
    match side {
        Side::Pre => network.listeners(Row::new(row)).map(|(post, at)| ((post.get(), row), at.index())).collect(),
        Side::Post => network.incoming(Row::new(row)).map(|at| ((row, network.pres()[at]), at)).collect(),
    }
}
