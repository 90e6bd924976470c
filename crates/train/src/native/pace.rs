//! Plasticity by neuron: what an update moved counts so many times.

use super::parameters::{Columns, WEIGHTS};
use livenet_core::{Network, Row};
use std::ops::Range;

/// The parameters of some neurons before an update.
pub(super) struct Paced<'a> {
    of: &'a [(u32, [f32; 2])],
    /// By neuron, the columns one after the other.
    before: Vec<f32>,
}

/// Where a neuron's parameters are in a column.
fn own(network: &Network, row: u32, kind: usize) -> Range<usize> {
    if kind == WEIGHTS { network.incoming(Row::new(row)) } else { row as usize..row as usize + 1 }
}

impl<'a> Paced<'a> {
    /// Remembers what is about to be updated.
    pub(super) fn before(network: &Network, of: &'a [(u32, [f32; 2])], parameters: &Columns<f32>) -> Self {
        let mut before = Vec::new();
        for &(row, _) in of {
            for (kind, column) in parameters.iter().enumerate() {
                before.extend_from_slice(&column[own(network, row, kind)]);
            }
        }
        Self { of, before }
    }

    /// Makes what was moved count as often as it should.
    pub(super) fn after(&self, network: &Network, parameters: &mut Columns<f32>) {
        let mut before = self.before.iter();
        for &(row, by) in self.of {
            for (kind, column) in parameters.iter_mut().enumerate() {
                for (value, &before) in column[own(network, row, kind)].iter_mut().zip(before.by_ref()) {
                    let moved = *value - before;
                    *value = by[usize::from(moved * before >= 0.0)].mul_add(moved, before);
                }
            }
        }
    }
}
