//! A snapshot: the whole structure as data, from which the same network is made again, rows included.
//!
//! Unlike the [`Digest`](crate::Digest), which goes by name, it keeps the order of rows, so that the
//! order of summation survives a resume.

use crate::{
    Births, BrokenInvariant, Epoch, FireGroup, Marks, Network, NeuronId, NeuronSpec, Origin, Rare, Schedule,
    network::Neuron,
};
use serde::{Deserialize, Serialize};

/// The whole structure at one moment. Weights are not part of it.
///
/// Connections are kept as gaps between heard rows and runs of delays and marks: about a byte each
/// when written by a codec with short integers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    schedule: Schedule,
    groups: Vec<FireGroup>,
    births: Births,
    epoch: Epoch,
    revision: u64,
    neurons: Vec<Saved>,
    /// Connections per neuron row.
    degrees: Vec<u32>,
    /// Per connection: heard rows passed over since the one before, or since row 0.
    gaps: Vec<u32>,
    /// (how many, which), in row order.
    delays: Vec<(u32, u16)>,
    /// (how many, which), in row order.
    marks: Vec<(u32, Marks)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Saved {
    id: NeuronId,
    spec: NeuronSpec,
    origin: Origin,
    born: u64,
    frozen: bool,
}

fn runs<'a, T: Copy + PartialEq + 'a>(values: impl Iterator<Item = &'a T>) -> Vec<(u32, T)> {
    let mut runs: Vec<(u32, T)> = Vec::new();
    for &value in values {
        match runs.last_mut() {
            Some((times, last)) if *last == value => *times += 1,
            _ => runs.push((1, value)),
        }
    }
    runs
}

fn expand<T: Copy + Default + PartialEq>(
    runs: &[(u32, T)],
    count: usize,
    what: &str,
) -> Result<Rare<T>, BrokenInvariant> {
    // Checked before anything is allocated: the runs may come from a corrupt file.
    let total: u64 = runs.iter().map(|run| u64::from(run.0)).sum();
    if total != count as u64 {
        return Err(BrokenInvariant(format!("{total} {what} for {count} connections")));
    }
    Ok(runs.iter().flat_map(|&(times, value)| std::iter::repeat_n(value, times as usize)).collect())
}

impl Snapshot {
    /// The structure of a network as it is now.
    pub fn of(network: &Network) -> Self {
        let saved = |neuron: &Neuron| Saved {
            id: neuron.id,
            spec: neuron.spec.clone(),
            origin: neuron.origin,
            born: neuron.born,
            frozen: neuron.frozen,
        };
        let mut gaps = Vec::with_capacity(network.synapse_count());
        for post in network.neuron_rows() {
            let mut next = 0;
            for &pre in &network.pre[network.incoming(post)] {
                gaps.push(pre - next);
                next = pre + 1;
            }
        }
        Self {
            schedule: network.schedule,
            groups: network.groups.clone(),
            births: network.births.clone(),
            epoch: network.epoch,
            revision: network.revision,
            neurons: network.neurons.iter().map(saved).collect(),
            degrees: network.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect(),
            gaps,
            delays: runs(network.delay.iter()),
            marks: runs(network.marks.iter()),
        }
    }

    /// The network again, with the same rows, register of births, epoch and revision.
    ///
    /// # Errors
    /// [`BrokenInvariant`] when the data does not make a network; every invariant is checked.
    pub fn restore(self) -> Result<Network, BrokenInvariant> {
        let broken = |words: String| Err(BrokenInvariant(words));
        let mut network =
            Network::new(self.groups, self.schedule).map_err(|error| BrokenInvariant(error.to_string()))?;
        let rows = self.gaps.len();
        if rows.max(self.neurons.len()) > i32::MAX as usize {
            return broken(format!("{rows} connections or {} neurons are too many", self.neurons.len()));
        }
        let degrees: u64 = self.degrees.iter().map(|&degree| u64::from(degree)).sum();
        if degrees != rows as u64 || self.degrees.len() != self.neurons.len() {
            return broken(format!(
                "{} neurons hear {degrees} connections, of which {rows} are there",
                self.degrees.len()
            ));
        }
        let mut heard = self.gaps.into_iter();
        for &degree in &self.degrees {
            let mut next = 0u32;
            for gap in heard.by_ref().take(degree as usize) {
                let Some(pre) = next.checked_add(gap).filter(|&pre| (pre as usize) < self.neurons.len()) else {
                    return broken(format!("a heard row beyond the last of {} neurons", self.neurons.len()));
                };
                network.pre.push(pre);
                next = pre + 1;
            }
            network.offsets.push(network.pre.len() as u32);
        }
        network.delay = expand(&self.delays, rows, "delays")?;
        network.marks = expand(&self.marks, rows, "marks")?;
        if !self.neurons.is_sorted_by_key(|neuron| neuron.spec.group) {
            return broken("the neurons are not ordered by fire group".to_owned());
        }
        for group in 0..network.groups.len() {
            let end = self.neurons.partition_point(|neuron| neuron.spec.group.index() <= group);
            network.group_start[group + 1] = end as u32;
        }
        network.neurons = self
            .neurons
            .into_iter()
            .map(|Saved { id, spec, origin, born, frozen }| Neuron { id, spec, origin, born, frozen })
            .collect();
        (network.births, network.epoch, network.revision) = (self.births, self.epoch, self.revision);
        network.index();
        network.check()?;
        Ok(network)
    }
}
