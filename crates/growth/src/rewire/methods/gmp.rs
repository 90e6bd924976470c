//! `gmp`: gradual magnitude pruning.

use crate::rewire::{Amount, Drop, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// The settings of a pruning ramp.
pub(super) const START: Setting = Setting {
    name: "start",
    default: "1.0",
    about: "part of the pairs in reach connected at the beginning; in [0, 1]",
};
pub(super) const FROM: Setting =
    Setting { name: "from", default: "0.0", about: "part of the run at which pruning begins; in [0, 1]" };
pub(super) const TO: Setting =
    Setting { name: "until", default: "0.75", about: "part of the run at which the density is reached; in [0, 1]" };

/// Gradual magnitude pruning. Between each two groups the smallest |w| go, so that the density falls from 1 to 0.1 along
/// `end + (1 - end) (1 - p)³`, p going from 0 to 1 between two moments of the run. For a network that begins dense; one that begins
/// sparser is left alone until the ramp comes down to it.
///
/// What went does not come back: the paper's variant that masks dense weights, and lets them return, keeps them all.
pub const GMP: Method = Method {
    name: "gmp",
    drop: Drop::SmallestWeight,
    amount: Amount::Ramp { start: 1.0, end: 0.1, from: 0.0, until: 0.75 },
    citation: Citation {
        key: "zhu2017prune",
        authors: "Zhu, Michael and Gupta, Suyog",
        title: "To prune, or not to prune: exploring the efficacy of pruning for model compression",
        venue: "arXiv preprint",
        year: 2017,
        url: "https://arxiv.org/abs/1710.01878",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: GMP.name,
    family: Family::Connections,
    axes: Axes { goes: "smallest |w|", grows: "nowhere", born: "-", amount: "a cubic ramp to a density" },
    summary: "gradual magnitude pruning: smallest |w| go along a cubic ramp to a density",
    citation: GMP.citation,
    settings: &[settings::density("0.1"), START, FROM, TO, settings::over("\"pair\"")],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(GMP, settings)?)),
};
