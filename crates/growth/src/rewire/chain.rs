//! Chain removal: who lost the last path in or out gives up the rest (Zhang et al. 2023, CHT).
//!
//! The paper removes, in a layered network, the connections into units without outgoing ones and out of units
//! without incoming ones, sweeping back and forth until nothing changes. Here a hidden neuron is stranded when it hears
//! nobody, or nobody hears it, but itself; what it hears and who hears it goes, and that may strand others. Inputs
//! and outputs are never stranded, and what is silent or frozen neither goes nor counts as a path.

use livenet_core::{Network, Role, Row};
use std::collections::BTreeSet;

/// The rows that go in a chain after those that are `gone` already, ascending.
pub(super) fn chain(network: &Network, gone: &BTreeSet<usize>) -> Vec<usize> {
    let counts = network.neuron_count();
    let free = |post: Row<livenet_core::Neurons>, row: usize| {
        let marks = network.marks()[row];
        !marks.is_silent() && !marks.is_frozen() && !network.is_frozen(post)
    };
    let speaks = |row: usize| !network.marks()[row].is_silent();
    let (mut hears, mut heard) = (vec![0u32; counts], vec![0u32; counts]);
    for post in network.neuron_rows() {
        for row in network.incoming(post).filter(|row| speaks(*row) && !gone.contains(row)) {
            let pre = network.pres()[row];
            if pre != post.get() {
                hears[post.index()] += 1;
                heard[pre as usize] += 1;
            }
        }
    }
    let is_stranded = |row: u32, hears: &[u32], heard: &[u32]| {
        network.role(Row::new(row)) == Role::Hidden && (hears[row as usize] == 0 || heard[row as usize] == 0)
    };
    let mut chained = BTreeSet::new();
    let mut queue: Vec<u32> = (0..counts as u32).filter(|&row| is_stranded(row, &hears, &heard)).collect();
    while let Some(row) = queue.pop() {
        let own = network.incoming(Row::new(row)).map(|synapse| (Row::new(row), synapse));
        let axon = network.listeners(Row::new(row)).map(|(post, synapse)| (post, synapse.index()));
        let all: Vec<_> = own.chain(axon).filter(|&(post, synapse)| free(post, synapse)).collect();
        for (post, synapse) in all {
            if gone.contains(&synapse) || !chained.insert(synapse) {
                continue;
            }
            let pre = network.pres()[synapse];
            if pre == post.get() {
                continue;
            }
            hears[post.index()] -= 1;
            heard[pre as usize] -= 1;
            queue.extend([post.get(), pre].into_iter().filter(|&other| is_stranded(other, &hears, &heard)));
        }
    }
    chained.into_iter().collect()
}
