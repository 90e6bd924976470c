//! `cht` and `chts`: Cannistraci-Hebb training.

use crate::rewire::{Amount, Drop, Grow, Method, Pick, Rewire, Stranded, settings};
use crate::{Axes, Citation, Contract, Entry, Family};

/// Cannistraci-Hebb training: where to grow follows from the wiring alone. Each asking (the paper: after every epoch),
/// between each two groups, the 0.3 smallest |w| go; then, in a chain, what is left of neurons that nobody hears, or that
/// hear nobody; and as many grow at 0 where [paths of length three](crate::rewire::Grow::Paths) are most. Where fewer pairs
/// are on such a path than are to grow, the rest grows anywhere.
///
/// The score is CH3-L3 as the authors' `dst_scheduler.py` has it; their older `sparse.py` passes the number of another score under
/// that name. Left out: the early stop of a layer whose growth undoes its pruning, and the correlated or small-world wirings
/// at the start (a network's wiring is an axis of its own).
pub const CHT: Method = Method {
    name: "cht",
    drop: Drop::SmallestWeight,
    grow: Grow::Paths,
    amount: Amount::Fraction(0.3),
    stranded: Stranded::Freed,
    citation: Citation {
        key: "zhang2024epitopological",
        authors: "Zhang, Yingtao and Zhao, Jialin and Wu, Wenjing and Muscoloni, Alessandro and Cannistraci, Carlo Vittorio",
        title: "Epitopological Learning and Cannistraci-Hebb Network Shape Intelligence Brain-Inspired Theory for Ultra-Sparse Advantage in Deep Learning",
        venue: "International Conference on Learning Representations",
        year: 2024,
        url: "https://openreview.net/forum?id=iayEcORsGd",
    },
    ..Method::BASE
};

/// The soft rule: what goes is chosen by relative importance, |w| over the sums of its listener and of its speaker, and
/// what grows is drawn in proportion to the score instead of taken from the best.
///
/// Departures. The score is the one of [`CHT`], over paths; the paper approximates another (CH2-L3n) node by node with
/// matrix products. What goes is drawn there too, with a temperature that rises; here it is the least important.
pub const CHTS: Method = Method {
    name: "chts",
    drop: Drop::LeastImportant,
    pick: Pick::Drawn,
    citation: Citation {
        key: "zhang2025brain",
        authors: "Zhang, Yingtao and Cerretti, Diego and Zhao, Jialin and Wu, Wenjing and Liao, Ziheng and Michieli, Umberto and Cannistraci, Carlo Vittorio",
        title: "Brain network science modelling of sparse neural networks enables Transformers and LLMs to perform as fully connected",
        venue: "arXiv preprint",
        year: 2025,
        url: "https://arxiv.org/abs/2501.19107",
    },
    ..CHT
};

pub(crate) const CHT_ENTRY: Entry = Entry {
    name: CHT.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w|, and chains",
        grows: "best path of length three",
        born: "zero",
        amount: "a constant fraction",
    },
    summary: "smallest |w| go, then who is stranded; growth closes paths of length three, without a gradient",
    citation: CHT.citation,
    settings: &[settings::fraction("0.3"), settings::over("\"pair\"")],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CHT, settings)?)),
};

pub(crate) const CHTS_ENTRY: Entry = Entry {
    name: CHTS.name,
    family: Family::Connections,
    axes: Axes {
        goes: "relative importance, and chains",
        grows: "drawn by paths of length three",
        born: "zero",
        amount: "a constant fraction",
    },
    summary: "cht with relative importance for what goes, and growth drawn by the score",
    citation: CHTS.citation,
    settings: &[settings::fraction("0.3"), settings::over("\"pair\"")],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CHTS, settings)?)),
};
