//! `gse`: guided stochastic exploration.

use crate::rewire::{Amount, Balance, Drop, Grow, Guide, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Guided stochastic exploration. As many absent pairs as there are connections (times `subset`) are drawn between each two groups,
/// and only their gradients are made; the largest of them grow, at 0, and the smallest |w| go, over the whole network. So a place
/// that would have the largest gradient is looked at now and then, and the search does not always take the same; and an asking costs
/// what the connections cost: no other gradient is computed.
///
/// The draw is uniform, or guided by a `bound` of the gradient (`GraBo`) or an `estimate` of it (`GraEst`): `rewire/sample.rs` has the
/// equations. Departures: a uniform draw is without replacement and among absent pairs only, where the authors' code draws pairs of
/// any kind with replacement, some of them for nothing. With delays in reach a pair is drawn with any of them.
///
/// The defaults are those of the authors' code: a subset of 1, a share of 0.2 that falls along a cosine for 120 of 200 epochs, counts over
/// the whole network (their `scope`), every 1000 steps, on ten samples of each class (`samples`; here the last window, unless it is set).
pub const GSE: Method = Method {
    name: "gse",
    drop: Drop::SmallestWeight,
    grow: Grow::SampledGradient { subset: 1.0, guide: Guide::Uniform },
    amount: Amount::Cosine { alpha: 0.2, until: 0.6 },
    balance: Balance::Whole,
    citation: Citation {
        key: "heddes2024always",
        authors: "Heddes, Mike and Srinivasa, Narayan and Givargis, Tony and Nicolau, Alexandru",
        title: "Always-Sparse Training by Growing Connections with Guided Stochastic Exploration",
        venue: "arXiv preprint",
        year: 2024,
        url: "https://arxiv.org/abs/2401.06898",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: GSE.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|",
        grows: "largest |gradient| of sampled pairs",
        born: "zero",
        amount: "a fraction along a cosine",
    },
    summary: "smallest |w| go, largest |gradient| of a random sample of absent pairs grow at 0",
    citation: GSE.citation,
    settings: &[
        settings::fraction("0.2"),
        Setting { default: "0.6", ..settings::UNTIL },
        settings::over("\"whole\""),
        Setting {
            name: "subset",
            default: "1.0",
            about: "pairs drawn, as a multiple of the connections there; in [0, 1e6]",
        },
        Setting {
            name: "guide",
            default: "\"uniform\"",
            about: "how they are drawn: `uniform`, or by a `bound` or an `estimate` of their gradient",
        },
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(GSE, settings)?)),
};
