//! `cht`, `chts` and `chtss`: Cannistraci-Hebb training.

use crate::rewire::{Amount, Drop, Grow, Method, Pick, Rewire, Stranded, Thinning, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Cannistraci-Hebb training: where to grow follows from the wiring alone. Each asking (the paper: after every epoch),
/// between each two groups, the 0.3 smallest |w| go; then, in a chain, what is left of neurons that nobody hears, or that
/// hear nobody; and as many grow at 0 where [paths of length three](crate::rewire::Grow::Paths) are most. Where fewer pairs
/// are on such a path than are to grow, the rest grows anywhere. Between two groups where more than 0.9 of what went came
/// again, the wiring is settled, and stays (the early stop of the paper).
///
/// The score is CH3-L3 as the authors' `dst_scheduler.py` has it; their older `sparse.py` passes the number of another score under
/// that name. The wiring at the start is an axis of its own; the correlated one of the paper, which asks the data, is [`Csti`](crate::Csti).
pub const CHT: Method = Method {
    name: "cht",
    drop: Drop::SmallestWeight,
    grow: Grow::Paths,
    amount: Amount::Fraction(0.3),
    stranded: Stranded::Freed,
    settled: 0.9,
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

/// The soft rule: what stays is drawn in proportion to |w| to a power that rises from 1 to 9, so that early on the search is wide; and
/// what grows is drawn in proportion to the score, which is [node by node](crate::rewire::Grow::Neighbours), instead of taken from the best.
///
/// Score, draws and powers are those of the authors' code (`weight_magnitude_soft`, `CH2_L3n_soft`, `start_T` and `end_T`); there, in the part
/// for language models, the best scores grow after all: as in the paper, and in the part for other networks, they are drawn here. What
/// goes may also be chosen by relative importance: `rewire` with `drop = "importance"`.
pub const CHTS: Method = Method {
    name: "chts",
    drop: Drop::DrawnWeight { from: 1.0, to: 9.0 },
    grow: Grow::Neighbours,
    pick: Pick::Drawn,
    settled: 1.0,
    citation: Citation {
        key: "zhang2025brain",
        authors: "Zhang, Yingtao and Cerretti, Diego and Zhao, Jialin and Wu, Wenjing and Liao, Ziheng and Michieli, Umberto and Cannistraci, Carlo Vittorio",
        title: "Brain network science modelling of sparse neural networks enables Transformers and LLMs to perform as fully connected",
        venue: "Advances in Neural Information Processing Systems",
        year: 2025,
        url: "https://arxiv.org/abs/2501.19107",
    },
    ..CHT
};

/// The soft rule under a density that decays along a [logistic curve](crate::rewire::Amount::Sigmoid), from a half of the pairs to a tenth by
/// three quarters of the run: at each asking first the relatively least important go for good, |w| over the sums of its
/// listener and of its speaker, then a part of what is left is rewired as by [`CHTS`], 0.1 that falls along a cosine. For a network that
/// begins at the density `start`; one that begins sparser is not thinned until the curve comes down to it.
pub const CHTSS: Method = Method {
    name: "chtss",
    amount: Amount::Cosine { alpha: 0.1, until: 0.75 },
    thinning: Some(Thinning {
        drop: Drop::LeastImportant,
        to: Amount::Sigmoid { start: 0.5, end: 0.1, from: 0.0, until: 0.75, steepness: 6.0 },
    }),
    ..CHTS
};

const POWER: [Setting; 2] = [
    Setting {
        name: "power",
        default: "1.0",
        about: "power of |w| by which what stays is drawn, at first; in [0, 1000]",
    },
    Setting {
        name: "power_end",
        default: "9.0",
        about: "the same from three quarters of the run on; in between it rises evenly",
    },
];

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
    settings: &[settings::fraction("0.3"), settings::over("\"pair\""), settings::settled("0.9")],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CHT, settings)?)),
};

pub(crate) const CHTS_ENTRY: Entry = Entry {
    name: CHTS.name,
    family: Family::Connections,
    axes: Axes {
        goes: "drawn by small |w|, and chains",
        grows: "drawn by paths of length three",
        born: "zero",
        amount: "a constant fraction",
    },
    summary: "cht with draws: what stays by |w| to a power, what grows by the score",
    citation: CHTS.citation,
    settings: &[settings::fraction("0.3"), settings::over("\"pair\""), POWER[0], POWER[1]],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CHTS, settings)?)),
};

pub(crate) const CHTSS_ENTRY: Entry = Entry {
    name: CHTSS.name,
    family: Family::Connections,
    axes: Axes {
        goes: "relative importance, and chains",
        grows: "drawn by paths of length three",
        born: "zero",
        amount: "down to a density along a sigmoid",
    },
    summary: "chts while the density decays along a logistic curve, the least important first",
    citation: CHTSS.citation,
    settings: &[
        settings::fraction("0.1"),
        settings::UNTIL,
        settings::over("\"pair\""),
        settings::density("0.1"),
        Setting { default: "0.5", ..super::gmp::START },
        super::gmp::FROM,
        Setting { name: "thinned", ..super::gmp::TO },
        Setting {
            name: "steepness",
            default: "6.0",
            about: "how sharply the decay of the density bends, in [0, 1000]",
        },
        POWER[0],
        POWER[1],
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(CHTSS, settings)?)),
};
