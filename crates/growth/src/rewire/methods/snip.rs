//! `snip`: pruning once, before training.

use crate::rewire::{Amount, Asking, Balance, Drop, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family};

/// Single-shot pruning by connection sensitivity. At the first asking, which takes the place of the optimizer's step, the
/// connections with the smallest |w · dL/dw| of the whole network go, down to a density of 0.1; there is no other. Ask it
/// at the first step (`once = { at = 1 }`) of a network that begins dense, and give `samples` (the paper: one batch).
///
/// The paper divides by the sum of the sensitivities, which changes no order.
pub const SNIP: Method = Method {
    name: "snip",
    drop: Drop::SmallestSensitivity,
    amount: Amount::Density(0.1),
    balance: Balance::Whole,
    asking: Asking::OnceInsteadOfUpdate,
    citation: Citation {
        key: "lee2019snip",
        authors: "Lee, Namhoon and Ajanthan, Thalaiyasingam and Torr, Philip H. S.",
        title: "SNIP: Single-shot Network Pruning based on Connection Sensitivity",
        venue: "International Conference on Learning Representations",
        year: 2019,
        url: "https://arxiv.org/abs/1810.02340",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: SNIP.name,
    family: Family::Connections,
    axes: Axes { goes: "smallest |w · gradient|", grows: "nowhere", born: "-", amount: "once, to a density" },
    summary: "once, before training: smallest |w · gradient| go down to a density",
    citation: SNIP.citation,
    settings: &[settings::density("0.1"), settings::over("\"whole\""), settings::SAMPLES],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(SNIP, settings)?)),
};
