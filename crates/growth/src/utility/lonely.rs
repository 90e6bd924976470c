//! Who is left with nobody to hear, or to be heard by.

use livenet_core::{Network, Neurons, Role, Row};
use std::collections::VecDeque;

/// Neurons that hear nobody or are heard by nobody but themselves, once these connections are gone, those that this leaves
/// alone included; each may go by `may_die`, and at most `most` do. In the order in which they are found.
pub(super) fn lonely(
    network: &Network,
    gone: &[usize],
    most: usize,
    may_die: impl Fn(Row<Neurons>) -> bool,
) -> Vec<Row<Neurons>> {
    let count = network.neuron_count();
    let (mut hears, mut heard) = (vec![0u32; count], vec![0u32; count]);
    let mut left = vec![true; network.synapse_count()];
    for &synapse in gone {
        left[synapse] = false;
    }
    for post in network.neuron_rows() {
        for synapse in network.incoming(post).filter(|&synapse| left[synapse]) {
            let pre = network.pres()[synapse] as usize;
            if pre != post.index() {
                hears[post.index()] += 1;
                heard[pre] += 1;
            }
        }
    }
    let alone = |row: Row<Neurons>, hears: &[u32], heard: &[u32]| {
        network.role(row) == Role::Hidden && (hears[row.index()] == 0 || heard[row.index()] == 0) && may_die(row)
    };
    let mut dead = vec![false; count];
    let mut found = Vec::new();
    let mut queue: VecDeque<Row<Neurons>> = network.neuron_rows().filter(|&row| alone(row, &hears, &heard)).collect();
    while let Some(row) = queue.pop_front().filter(|_| found.len() < most) {
        if std::mem::replace(&mut dead[row.index()], true) {
            continue;
        }
        found.push(row);
        for synapse in network.incoming(row).filter(|&synapse| left[synapse]) {
            let pre = Row::new(network.pres()[synapse]);
            if pre != row && !dead[pre.index()] {
                heard[pre.index()] -= 1;
                queue.extend(alone(pre, &hears, &heard).then_some(pre));
            }
        }
        for (post, _) in network.listeners(row).filter(|(_, synapse)| left[synapse.index()]) {
            if post != row && !dead[post.index()] {
                hears[post.index()] -= 1;
                queue.extend(alone(post, &hears, &heard).then_some(post));
            }
        }
    }
    found
}
