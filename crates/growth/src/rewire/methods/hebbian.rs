//! `hebbian`: who fires together is wired together.

use crate::rewire::{Amount, Drop, Grow, Method, NewWeight, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Hebbian growth. Between each two groups the smallest |w| go, and as many grow where the |correlation| of what listener and
/// heard say is largest, the heard one as much earlier as it would be heard; born with 0.1 times the correlation. It needs no
/// gradient, and is the control beside growth that follows one.
///
/// `rewire/coactivity.rs` has the equation.
pub const HEBBIAN: Method = Method {
    name: "hebbian",
    drop: Drop::SmallestWeight,
    grow: Grow::CoActivity { lanes: 64 },
    amount: Amount::Cosine { alpha: 0.3, until: 0.75 },
    birth: NewWeight::Step(0.1),
    citation: Citation {
        key: "hebb1949organization",
        authors: "Hebb, Donald O.",
        title: "The Organization of Behavior: A Neuropsychological Theory",
        venue: "Wiley",
        year: 1949,
        url: "",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: HEBBIAN.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|",
        grows: "co-activity",
        born: "in proportion to it",
        amount: "a fraction along a cosine",
    },
    summary: "smallest |w| go, those that fire together are wired, without a gradient",
    citation: HEBBIAN.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::UNTIL,
        settings::over("\"pair\""),
        Setting { name: "scale", default: "0.1", about: "new weights over the correlation, 0 or more" },
        settings::LANES,
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(HEBBIAN, settings)?)),
};
