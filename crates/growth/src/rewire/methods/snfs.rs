//! `snfs`: sparse networks from scratch, or sparse momentum.

use crate::rewire::{Amount, Drop, Grow, Method, Rewire, Spread, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Sparse momentum. Each asking (the paper: after every epoch), between each two groups, the smallest |w| go, half
/// of them at first and along a cosine to none at the end; what went everywhere is spread over the pairs of groups in
/// proportion to the mean |momentum| of what stays, as far as there is room, and grows at 0 where the
/// |momentum| of absent pairs is largest.
///
/// The momentum of absent pairs is a mean of their gradients over askings, weight of the past 0.9. In the paper it is that of
/// the optimizer, over steps: ask every step and rewire at every so many (`every`) for that; asked only when it
/// rewires, it is a mean over those windows. Only the `candidates` largest are remembered; where there are more
/// absent pairs, a gradient below them counts as 0.
///
/// Departures. The cosine ends at 0, not at 0.005; counts are truncated, as everywhere here. The authors' code caps
/// growth at 99 % of the free places and slows pruning in layers less than 20 % sparse; here growth is capped by the
/// free places and nothing else. Its mode `SET`, which keeps only the most negative weights, is a bug and left out.
pub const SNFS: Method = Method {
    name: "snfs",
    drop: Drop::SmallestWeight,
    grow: Grow::Momentum { beta: 0.9 },
    amount: Amount::Cosine { alpha: 0.5, until: 1.0 },
    spread: Spread::Momentum,
    citation: Citation {
        key: "dettmers2019sparse",
        authors: "Dettmers, Tim and Zettlemoyer, Luke",
        title: "Sparse Networks from Scratch: Faster Training without Losing Performance",
        venue: "arXiv preprint",
        year: 2019,
        url: "https://arxiv.org/abs/1907.04840",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: SNFS.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|",
        grows: "largest mean gradient",
        born: "zero",
        amount: "a fraction along a cosine, spread by mean |momentum|",
    },
    summary: "sparse momentum: smallest |w| go, largest mean gradients grow, more where gradients are large",
    citation: SNFS.citation,
    settings: &[
        settings::fraction("0.5"),
        Setting { default: "1.0", ..settings::UNTIL },
        settings::over("\"pair\""),
        Setting { name: "momentum", default: "0.9", about: "weight of the past per asking; in [0, 0.9999]" },
        settings::CANDIDATES,
        settings::SAMPLES,
        settings::EVERY,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(SNFS, settings)?)),
};
