//! A rewiring method as data.

use super::Amount;
use crate::Citation;

/// What goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    /// The smallest |w|.
    SmallestWeight,
    /// The smallest positive and the largest negative weights, the same share of each.
    SmallestPerSign,
    /// Any.
    Random,
    /// Nothing.
    Nothing,
}

/// Where it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grow {
    /// Anywhere in reach that is not kept.
    Random,
    /// At the largest |gradient| among the pairs in reach that are not kept. One that was about to go
    /// stands for choice with its own gradient, and if chosen simply stays, with its weight.
    LargestGradient,
    /// Nowhere.
    Nowhere,
}

/// How a connection is born.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NewWeight {
    /// With weight 0: the function does not change.
    Zero,
    /// Normal with this standard deviation.
    Normal(f32),
}

/// Over what the counts of connections stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// Between each two groups: a "layer" of the papers.
    GroupPair,
    /// Over the whole network.
    Whole,
}

/// What happens to the optimizer's step when the method is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It is done as always.
    BesideUpdate,
    /// It is left out.
    InsteadOfUpdate,
}

/// A rewiring method: a constant of the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Method {
    /// Its name in the registry and in reasons.
    pub name: &'static str,
    /// What goes.
    pub drop: Drop,
    /// Where it grows.
    pub grow: Grow,
    /// How much.
    pub amount: Amount,
    /// How it is born.
    pub birth: NewWeight,
    /// Over what the counts balance.
    pub balance: Balance,
    /// What happens to the optimizer's step.
    pub asking: Asking,
    /// Where it comes from.
    pub citation: Citation,
}

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
    balance: Balance::GroupPair,
    asking: Asking::BesideUpdate,
    citation: Citation {
        key: "mocanu2018set",
        authors: "Mocanu, Decebal Constantin and Mocanu, Elena and Stone, Peter and Nguyen, Phuong H. and Gibescu, Madeleine and Liotta, Antonio",
        title: "Scalable training of artificial neural networks with adaptive sparse connectivity inspired by network science",
        venue: "Nature Communications",
        year: 2018,
        url: "https://doi.org/10.1038/s41467-018-04316-3",
    },
};

/// Rigging the lottery. Each asking (the paper: every 100 steps), between each two groups, the k smallest |w| go and
/// the k pairs of largest |gradient| among those not kept grow at 0, k being n · α/2 · (1 + cos(π t / T)) with α = 0.3
/// and T three quarters of the run. As in the authors' code, the asking takes the place of an optimizer step,
/// a connection that would go and come again keeps its weight, and moments of newborns are 0.
pub const RIGL: Method = Method {
    name: "rigl",
    drop: Drop::SmallestWeight,
    grow: Grow::LargestGradient,
    amount: Amount::Cosine { alpha: 0.3, until: 0.75 },
    birth: NewWeight::Zero,
    balance: Balance::GroupPair,
    asking: Asking::InsteadOfUpdate,
    citation: Citation {
        key: "evci2020rigl",
        authors: "Evci, Utku and Gale, Trevor and Menick, Jacob and Castro, Pablo Samuel and Elsen, Erich",
        title: "Rigging the Lottery: Making All Tickets Winners",
        venue: "International Conference on Machine Learning",
        year: 2020,
        url: "https://arxiv.org/abs/1911.11134",
    },
};
