//! `correlation`: growth from who speaks of what is still wrong.

use crate::rewire::{Amount, Drop, Grow, Method, NewWeight, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Growth by correlation with the residual error. Between each two groups the smallest |w| go, and as many grow to hear neurons
/// whose output correlates most with what is still wrong at the outputs, as the candidates of cascade-correlation
/// are chosen: for an output its own residual, for anybody else the sum over all. Born at 0, or, with a `scale`, a
/// step against the residual.
///
/// `rewire/residual.rs` has the equation.
pub const CORRELATION: Method = Method {
    name: "correlation",
    drop: Drop::SmallestWeight,
    grow: Grow::Residual,
    amount: Amount::Cosine { alpha: 0.3, until: 0.75 },
    birth: NewWeight::Step(0.0),
    citation: Citation {
        key: "fahlman1990cascade",
        authors: "Fahlman, Scott E. and Lebiere, Christian",
        title: "The Cascade-Correlation Learning Architecture",
        venue: "Advances in Neural Information Processing Systems",
        year: 1990,
        url: "https://proceedings.neurips.cc/paper/1989/hash/69adc1e107f7f7d035d7baf04342e1ca-Abstract.html",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: CORRELATION.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|",
        grows: "correlation with the residual error",
        born: "a step against it",
        amount: "a fraction along a cosine",
    },
    summary: "smallest |w| go, growth hears who correlates with the residual error",
    citation: CORRELATION.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::UNTIL,
        settings::over("\"pair\""),
        Setting { name: "scale", default: "0.0", about: "rate of a first step against the residual, 0 or more" },
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CORRELATION, settings)?)),
};
