//! `rigl`: rigging the lottery.

use crate::rewire::{Amount, Asking, Drop, Grow, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family};

/// Rigging the lottery. Each asking (the paper: every 100 steps), between each two groups, the k smallest |w| go and
/// the k pairs of largest |gradient| among those not kept grow at 0, k being n · α/2 · (1 + cos(π t / T)) with α = 0.3
/// and T three quarters of the run. As in the authors' code, the asking takes the place of an optimizer step,
/// a connection that would go and come again keeps its weight, and moments of newborns are 0.
pub const RIGL: Method = Method {
    name: "rigl",
    drop: Drop::SmallestWeight,
    grow: Grow::Gradient,
    amount: Amount::Cosine { alpha: 0.3, until: 0.75 },
    asking: Asking::InsteadOfUpdate,
    citation: Citation {
        key: "evci2020rigl",
        authors: "Evci, Utku and Gale, Trevor and Menick, Jacob and Castro, Pablo Samuel and Elsen, Erich",
        title: "Rigging the Lottery: Making All Tickets Winners",
        venue: "International Conference on Machine Learning",
        year: 2020,
        url: "https://arxiv.org/abs/1911.11134",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: RIGL.name,
    family: Family::Connections,
    axes: Axes { goes: "smallest |w|", grows: "largest |gradient|", born: "zero", amount: "a fraction along a cosine" },
    summary: "smallest |w| go, largest |gradient| grow at 0, per pair of groups, along a cosine",
    citation: RIGL.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::UNTIL,
        settings::over("\"pair\""),
        settings::CANDIDATES,
        settings::SAMPLES,
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(RIGL, settings)?)),
};
