//! `gse`: guided stochastic exploration.

use crate::rewire::{Amount, Drop, Grow, Guide, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Guided stochastic exploration. As many absent pairs as there are connections (times `subset`) are drawn between each two groups,
/// uniformly or guided by a bound of the gradient, and only among them the largest |gradient|s grow, at 0; the
/// smallest |w| go. So a place that would have the largest gradient is looked at now and then, and
/// the search does not always take the same.
///
/// The bound (the paper's `GraBo`) draws a pair in proportion to the mean |output| of the heard times the mean |blame|
/// of the listener: here of the running means, in the paper of the last batch, and there with
/// replacement. Its third distribution, `GraEst`, sketches the sums with random signs and needs the single samples; it is left out.
/// The share that is rewired is RigL's, the reference giving none. The paper's point is cost: it computes
/// no other gradients. Here the executor scores all absent pairs, and the sample is drawn among them: the
/// same moves at the cost of RigL's.
pub const GSE: Method = Method {
    name: "gse",
    drop: Drop::SmallestWeight,
    grow: Grow::SampledGradient { subset: 1.0, guide: Guide::Uniform },
    amount: Amount::Cosine { alpha: 0.3, until: 0.75 },
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
        settings::fraction("0.3"),
        settings::UNTIL,
        settings::over("\"pair\""),
        Setting {
            name: "subset",
            default: "1.0",
            about: "pairs drawn, as a multiple of the connections there; in [0, 1e6]",
        },
        Setting {
            name: "guide",
            default: "\"uniform\"",
            about: "how they are drawn: `uniform`, or by the `bound` of their gradient",
        },
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(GSE, settings)?)),
};
