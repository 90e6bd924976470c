//! `deep_r`: deep rewiring.

use crate::rewire::{Amount, Balance, Drop, Grow, Method, NewWeight, Rewire, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

/// Deep rewiring. Asked after every step (`every = { steps = 1 }`): each connection has the sign it was born
/// with; whoever's weight crossed zero goes dormant, and as many pairs, drawn uniformly among all that are not
/// connected, come with a weight next to nothing (1e-12) and a random sign. The number of connections stays exactly what it
/// was over the whole network, as in the paper; its code keeps it per layer (`over = "pair"`).
///
/// In the paper w = s θ with a fixed sign s per connection, and θ takes a gradient step with noise: θ -= η dE/dθ + η α - sqrt(2 η T) ν.
/// The noise is the experiment's, `train.passes.noise`: its deviation is sqrt(2 η T), in the authors' code η · 1e-5. The l1
/// term α (1e-5 in the code) has no pass of its own here. A dormant pair has no memory of its sign, which is
/// the authors' sparse version; their dense one fixes the sign of every pair.
///
/// What goes has just crossed zero, so outputs move by no more than one step's worth of each: O(ε), ε being the
/// step.
pub const DEEP_R: Method = Method {
    name: "deep_r",
    drop: Drop::SignCrossing,
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
        Setting { name: "scale", default: "1e-12", about: "half width of new weights, 0 or more" },
    ],
    contract: Contract::Near,
    build: |settings| Ok(Box::new(Rewire::build(DEEP_R, settings)?)),
};
