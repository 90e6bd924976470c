//! Who stands in the place of a neuron, and of those on either side of it.

use super::lots::Side;
use livenet_core::{Network, NeuronId, Neurons, Row, Stream, Synapse};
use std::collections::BTreeMap;

/// Whom it hears, or who hears it, in the place of whom; and whom else.
#[derive(Clone, Debug, Default)]
struct Ends {
    known: BTreeMap<NeuronId, NeuronId>,
    spare: Vec<NeuronId>,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct StandIn {
    pub(super) is: NeuronId,
    dendrites: Ends,
    axon: Ends,
}

impl StandIn {
    /// Of a neuron that is there, its ends in any order.
    pub(super) fn of(network: &Network, row: Row<Neurons>, stream: &mut Stream) -> Self {
        let mut ends = |mut spare: Vec<NeuronId>| {
            stream.shuffle(&mut spare);
            Ends { known: BTreeMap::new(), spare }
        };
        let heard = network.incoming(row).map(|synapse| network.id(Row::new(network.pres()[synapse])));
        let dendrites = ends(heard.collect());
        let axon = ends(network.listeners(row).map(|(post, _)| network.id(post)).collect());
        Self { is: network.id(row), dendrites, axon }
    }

    /// Of a newborn with the ends that were drawn for it.
    pub(super) fn newborn(
        is: NeuronId,
        dendrites: BTreeMap<NeuronId, NeuronId>,
        axon: BTreeMap<NeuronId, NeuronId>,
    ) -> Self {
        let ends = |known| Ends { known, spare: Vec::new() };
        Self { is, dendrites: ends(dendrites), axon: ends(axon) }
    }

    /// The connection of `one`, which it or its daughter is, in the place of that with `other`; always the same.
    pub(super) fn connection(&mut self, one: NeuronId, (side, other): (Side, NeuronId)) -> Option<Synapse> {
        let Ends { known, spare } = if side == Side::Dendrites { &mut self.dendrites } else { &mut self.axon };
        let end = known.get(&other).copied().or_else(|| spare.pop())?;
        known.insert(other, end);
        Some(if side == Side::Dendrites { Synapse::new(one, end) } else { Synapse::new(end, one) })
    }
}
