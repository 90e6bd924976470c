//! `set`: sparse evolutionary training.

use crate::rewire::{Amount, Drop, Grow, Method, NewWeight, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Sparse evolutionary training. Each asking (the paper: after every epoch but the last), between each two groups,
/// the ζ = 0.3 smallest positive and the ζ largest negative weights go, and as many grow at random, with weights
/// N(0, 0.1²) as in the authors' code. Moments of survivors stay; newborns have none. A pair that just went may
/// be drawn again, and is then a newborn.
pub const SET: Method = Method {
    name: "set",
    drop: Drop::SmallestPerSign,
    grow: Grow::Random,
    amount: Amount::Fraction(0.3),
    birth: NewWeight::Normal(0.1),
    citation: Citation {
        key: "mocanu2018set",
        authors: "Mocanu, Decebal Constantin and Mocanu, Elena and Stone, Peter and Nguyen, Phuong H. and Gibescu, Madeleine and Liotta, Antonio",
        title: "Scalable training of artificial neural networks with adaptive sparse connectivity inspired by network science",
        venue: "Nature Communications",
        year: 2018,
        url: "https://doi.org/10.1038/s41467-018-04316-3",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: SET.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest weights of each sign",
        grows: "random in reach",
        born: "normal",
        amount: "a constant fraction",
    },
    summary: "smallest weights of each sign go, as many grow at random, per pair of groups",
    citation: SET.citation,
    settings: &[
        settings::fraction("0.3"),
        settings::over("\"pair\""),
        Setting { name: "scale", default: "0.1", about: "standard deviation of new weights, 0 or more" },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(SET, settings)?)),
};
