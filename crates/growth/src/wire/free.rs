//! Who is part of something: on a path from an input to an output.

use livenet_core::{Network, Role, Row};
use std::collections::BTreeSet;

/// For each neuron, whether an input reaches it and whether it reaches an output, over the connections
/// that stay.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    spoken_to: Vec<bool>,
    heard: Vec<bool>,
    /// Hidden neurons without any connection, ascending.
    free: Vec<u32>,
}

impl Standing {
    pub(super) fn of(network: &Network, gone: &BTreeSet<usize>) -> Self {
        let n = network.neuron_count();
        let role = |row: u32| network.role(Row::new(row));
        let mut touched = vec![false; n];
        let (mut spoken_to, mut heard) = (vec![false; n], vec![false; n]);
        let mut queue: Vec<u32> = (0..n as u32).filter(|&row| role(row) == Role::Input).collect();
        while let Some(row) = queue.pop() {
            if !std::mem::replace(&mut spoken_to[row as usize], true) {
                let stays = network.listeners(Row::new(row)).filter(|(_, synapse)| !gone.contains(&synapse.index()));
                queue.extend(stays.map(|(post, _)| post.get()));
            }
        }
        queue.extend((0..n as u32).filter(|&row| role(row) == Role::Output));
        while let Some(row) = queue.pop() {
            if !std::mem::replace(&mut heard[row as usize], true) {
                let stays = network.incoming(Row::new(row)).filter(|synapse| !gone.contains(synapse));
                queue.extend(stays.map(|synapse| network.pres()[synapse]));
            }
        }
        for post in network.neuron_rows() {
            for synapse in network.incoming(post).filter(|synapse| !gone.contains(synapse)) {
                touched[post.index()] = true;
                touched[network.pres()[synapse] as usize] = true;
            }
        }
        let free = (0..n as u32).filter(|&row| role(row) == Role::Hidden && !touched[row as usize]).collect();
        Self { spoken_to, heard, free }
    }

    /// Whether an input reaches it: it has something to say.
    pub(super) fn speaks(&self, row: u32) -> bool {
        self.spoken_to[row as usize]
    }

    /// Whether it reaches an output: somebody listens.
    pub(super) fn is_heard(&self, row: u32) -> bool {
        self.heard[row as usize]
    }

    pub(super) fn free(&self) -> &[u32] {
        &self.free
    }
}

/// The connections of hidden neurons that are on no path from an input to an output, but for those that
/// are gone already. Marked ones stay: somebody else put them aside.
pub(super) fn idle(network: &Network, gone: &BTreeSet<usize>) -> Vec<usize> {
    let standing = Standing::of(network, gone);
    let lost =
        |row: u32| network.role(Row::new(row)) == Role::Hidden && !(standing.speaks(row) && standing.is_heard(row));
    network
        .neuron_rows()
        .flat_map(|post| network.incoming(post).map(move |synapse| (post, synapse)))
        .filter(|(post, synapse)| !gone.contains(synapse) && (lost(post.get()) || lost(network.pres()[*synapse])))
        .filter(|(post, synapse)| {
            !network.is_frozen(*post)
                && !network.marks()[*synapse].is_frozen()
                && !network.marks()[*synapse].is_silent()
        })
        .map(|(_, synapse)| synapse)
        .collect()
}
