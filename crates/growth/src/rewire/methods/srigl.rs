//! `srigl`: structured RigL, with a constant fan-in and ablation of neurons.

use super::RIGL;
use crate::rewire::{Balance, Fan, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// RigL with a constant fan-in. The smallest |w| of all that a group hears go, and each neuron grows back to the fan-in that
/// all have in common at its own largest |gradient|s; a hidden neuron of which less than 0.3 of the fan-in is
/// salient (large enough to be kept, or with a gradient among the largest of its group) hears nothing from now
/// on, and its connections go to the others. So it prunes neurons on the way; who was ablated is not revived.
///
/// `rewire/fan.rs` has the definition for a neuron with any connections; a wiring that begins uneven is made even by the first
/// asking. The paper takes 0.95 for γ in transformers.
pub const SRIGL: Method = Method {
    name: "srigl",
    balance: Balance::Group,
    fan: Fan::Constant { salient: 0.3 },
    citation: Citation {
        key: "lasby2024dynamic",
        authors: "Lasby, Mike and Golubeva, Anna and Evci, Utku and Nica, Mihai and Ioannou, Yani",
        title: "Dynamic Sparse Training with Structured Sparsity",
        venue: "International Conference on Learning Representations",
        year: 2024,
        url: "https://arxiv.org/abs/2305.02299",
    },
    ..RIGL
};

pub(crate) const ENTRY: Entry = Entry {
    name: SRIGL.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w| per listener",
        grows: "largest |gradient|",
        born: "zero",
        amount: "constant fan-in, with ablation",
    },
    summary: "rigl with the same fan-in for all of a group; who has too little to say in it is ablated",
    citation: SRIGL.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::UNTIL,
        settings::over("\"group\""),
        Setting {
            name: "salient",
            default: "0.3",
            about: "gamma: part of its fan-in that must be salient, in [0, 1]; 0 ablates nobody",
        },
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(SRIGL, settings)?)),
};
