//! `deep_r`: deep rewiring.

use crate::rewire::{Amount, Balance, Drop, Grow, Method, NewWeight, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Deep rewiring. Asked after every step (`every = { steps = 1 }`): each connection has the sign s it was born
/// with and w = s θ; whoever's θ is below zero goes dormant, and as many pairs, drawn uniformly among all that are not
/// connected, come with a weight next to nothing (1e-12) and a random sign. So a newborn outlives its first step only where the
/// gradient agrees with its sign. Biases are left alone. The number of connections stays exactly what it was over the whole network, as
/// in the paper's algorithm; its code keeps it per layer (`over = "pair"`), or over the whole with layers drawn by the size that they
/// had at the start.
///
/// In the paper θ takes a gradient step with an l1 term and noise: θ -= η dE/dθ + η α - sqrt(2 η T) ν. The two act on
/// every step and belong to the update:
///
/// - The noise is `train.passes.noise`: its deviation is sqrt(2 η T), in the authors' code η · 1e-5.
/// - The l1 term decides who crosses, and without it the method fails: a newborn whose gradient is zero (it hears a pixel that is
///   always dark, or nobody hears its listener) never crosses, while all others that are drawn wrongly go again, so
///   that by and by the connections gather where they learn nothing. Here whoever's θ is below `l1` = η α goes, which is
///   who would have crossed at this step. What the term takes from the weights that stay needs a pass of the update: w -= η α
///   sign(w), by the sign before the step, between the step and the noise, of weights and not of biases. (As a soft threshold,
///   which stops at zero, nobody would cross.) Under such a pass `l1` may be 0. The default is the authors' η α with
///   η = 0.5 and α = 1e-5.
///
/// A dormant pair has no memory of its sign, which is the authors' sparse version; their dense one fixes the sign of
/// every pair.
///
/// What goes has just crossed zero, so outputs move by no more than one step's worth of each: O(ε), ε being the
/// step.
pub const DEEP_R: Method = Method {
    name: "deep_r",
    drop: Drop::SignCrossing { l1: 5e-6 },
    grow: Grow::Random,
    amount: Amount::AsFallen,
    birth: NewWeight::Uniform(1e-12),
    balance: Balance::Whole,
    citation: Citation {
        key: "bellec2018deep",
        authors: "Bellec, Guillaume and Kappel, David and Maass, Wolfgang and Legenstein, Robert",
        title: "Deep Rewiring: Training very sparse deep networks",
        venue: "International Conference on Learning Representations",
        year: 2018,
        url: "https://arxiv.org/abs/1711.05136",
    },
    ..Method::BASE
};

pub(crate) const ENTRY: Entry = Entry {
    name: DEEP_R.name,
    family: Family::Connections,
    axes: Axes {
        goes: "who crosses its sign",
        grows: "random in reach",
        born: "next to nothing",
        amount: "as many as fell",
    },
    summary: "who crosses zero goes, as many come anywhere, next to nothing; asked after every step",
    citation: DEEP_R.citation,
    settings: &[
        settings::over("\"whole\""),
        settings::l1("5e-6"),
        Setting { name: "scale", default: "1e-12", about: "half width of new weights, 0 or more" },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(Rewire::build(DEEP_R, settings)?)),
};
