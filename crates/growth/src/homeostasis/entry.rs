//! `synaptic_elements` in the registry.

use super::{Homeostasis, SynapticElements};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

pub(crate) const ENTRY: Entry = Entry {
    name: "synaptic_elements",
    family: Family::Connections,
    axes: Axes {
        goes: "any, of who is too active",
        grows: "random pairs of who is not active enough",
        born: "constant, or random",
        amount: "vacant elements",
    },
    summary: "neurons grow and retract spines and boutons until they are as active as they want to be",
    citation: Citation {
        key: "butz2013simple",
        authors: "Butz, Markus and van Ooyen, Arjen",
        title: "A Simple Rule for Dendritic Spine and Axonal Bouton Formation Can Account for Cortical Reorganization after Focal Retinal Lesions",
        venue: "PLoS Computational Biology",
        year: 2013,
        url: "https://doi.org/10.1371/journal.pcbi.1003259",
    },
    settings: &[
        Setting {
            name: "calcium",
            default: "\"magnitude\"",
            about: "what is traced: the mean `magnitude` of the output, or the mean of its `square`",
        },
        Setting {
            name: "target",
            default: "0.7",
            about: "epsilon: the calcium that a neuron wants, in the units of what is traced; in [1e-6, 1e6]",
        },
        Setting {
            name: "curve",
            default: "\"linear\"",
            about: "growth by calcium: `linear` (NEST's default), `gaussian` (the paper's) or `sigmoid`",
        },
        Setting {
            name: "eta",
            default: "0.1",
            about: "the gaussian's lower zero for dendritic elements, in [0, 0.99 target]; follows `target` where it is not given",
        },
        Setting {
            name: "eta_axon",
            default: "0.4",
            about: "the same for axonal elements, in [0, 0.99 target]; follows `target` where it is not given",
        },
        Setting {
            name: "width",
            default: "0.1",
            about: "psi: over how much calcium the sigmoid falls, in [1e-6, 1e6]",
        },
        Setting { name: "rate", default: "0.01", about: "nu: elements per step, in [0, 1000]" },
        Setting { name: "tau", default: "100.0", about: "time constant of calcium in steps, in [0, 1e9]" },
        Setting {
            name: "decay",
            default: "0.1",
            about: "part of the vacant elements that is lost at each asking, in [0, 1]",
        },
        Setting {
            name: "initial",
            default: "0.0",
            about: "elements of either kind beyond the connections of whoever is first seen, in [0, 1e6]",
        },
        Setting {
            name: "cap",
            default: "1000",
            about: "most connections that come or go in one asking, at least 1; what is left waits",
        },
        Setting {
            name: "birth",
            default: "\"constant\"",
            about: "first weights: `constant`, `random` (normal) or `fan_in` (normal, times sqrt(2 / fan-in))",
        },
        Setting {
            name: "weight",
            default: "0.1",
            about: "the constant or the standard deviation, 1 for `fan_in`; in [-1000, 1000]",
        },
        Setting { name: "inputs", default: "true", about: "whether inputs always have an axonal element to spare" },
        Setting { name: "outputs", default: "true", about: "whether outputs always have a dendritic element to spare" },
        Setting {
            name: "near",
            default: "0.0",
            about: "width of the Gaussian kernel of distance between partners, in [0, 1e9]; 0 for none",
        },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(SynapticElements::new(Homeostasis::build(settings)?))),
};
