//! `distance`: rewiring within a distance kernel.

use crate::rewire::{Amount, Drop, Grow, Method, NewWeight, Pick, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Distance-dependent rewiring. Between each two groups the smallest |w| go, and as many grow between neurons drawn in
/// proportion to a Gaussian of their distance, exp(-d² / σ²): the kernel by which axonal and dendritic
/// elements find each other in the model of Butz and van Ooyen. Without positions all distances are 0, and it draws
/// uniformly.
///
/// The paper's elements themselves (who offers how many, by homeostasis of activity) are another method.
pub const DISTANCE: Method = Method {
    name: "distance",
    drop: Drop::SmallestWeight,
    grow: Grow::Near { width: 1.0 },
    pick: Pick::Drawn,
    amount: Amount::Fraction(0.3),
    birth: NewWeight::Normal(0.1),
    citation: Citation {
        key: "butz2013simple",
        authors: "Butz, Markus and van Ooyen, Arjen",
        title: "A Simple Rule for Dendritic Spine and Axonal Bouton Formation Can Account for Cortical Reorganization after Focal Retinal Lesions",
        venue: "PLoS Computational Biology",
        year: 2013,
        url: "https://doi.org/10.1371/journal.pcbi.1003259",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: DISTANCE.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|",
        grows: "by a kernel of the distance",
        born: "normal",
        amount: "a constant fraction",
    },
    summary: "smallest |w| go, as many grow between near neurons, by a Gaussian of the distance",
    citation: DISTANCE.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::over("\"pair\""),
        Setting { name: "scale", default: "0.1", about: "standard deviation of new weights, 0 or more" },
        Setting { name: "width", default: "1.0", about: "distance at which the kernel falls to 1/e; in [1e-6, 1e9]" },
        settings::CANDIDATES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(DISTANCE, settings)?)),
};
