//! `movement`: movement pruning.

use super::{
    GMP,
    gmp::{FROM, START, TO},
};
use crate::rewire::{Drop, Method, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family};

/// Movement pruning. Each connection adds up -w · dL/dw: positive where training moves the weight away from zero, negative
/// where it moves it towards zero, whatever its size. Between each two groups those with the smallest sum go, along the cubic ramp of
/// [gradual pruning](GMP).
///
/// The paper learns a score S with the straight-through gradient dL/dS = dL/dw' · w, which adds up the same but for the rate.
/// It adds up over askings: ask every step and prune at every so many (`every`) for the paper's. There the
/// masked weights keep their scores and may return; here what went is gone. The soft variant with a threshold
/// on S is left out.
pub const MOVEMENT: Method = Method {
    name: "movement",
    drop: Drop::SmallestMovement,
    citation: Citation {
        key: "sanh2020movement",
        authors: "Sanh, Victor and Wolf, Thomas and Rush, Alexander M.",
        title: "Movement Pruning: Adaptive Sparsity by Fine-Tuning",
        venue: "Advances in Neural Information Processing Systems",
        year: 2020,
        url: "https://arxiv.org/abs/2005.07683",
    },
    ..GMP
};

pub(crate) const ENTRY: Entry = Entry {
    name: MOVEMENT.name,
    family: Family::Connections,
    axes: Axes { goes: "least movement", grows: "nowhere", born: "-", amount: "a cubic ramp to a density" },
    summary: "connections that training moves towards zero go, along a cubic ramp to a density",
    citation: MOVEMENT.citation,
    settings: &[settings::density("0.1"), START, FROM, TO, settings::over("\"pair\""), settings::EVERY],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Rewire::build(MOVEMENT, settings)?)),
};
