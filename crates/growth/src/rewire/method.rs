//! A rewiring method as data: one choice per axis.
//!
//! Every axis speaks of a neuron with any connections in and out. Where a paper speaks of a layer, a method speaks of
//! a [`Balance`]: of what the members of one fire group hear from another, which in a layered network is the layer.

use super::Amount;
use crate::Citation;

/// What goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drop {
    /// The smallest |w|.
    SmallestWeight,
    /// The smallest positive and the largest negative weights, the same share of each.
    SmallestPerSign,
    /// The smallest |w · dL/dw|: what the loss would change by, to first order (Lee et al. 2019).
    SmallestSensitivity,
    /// The smallest sum of -w · dL/dw over the askings so far: the weights that move towards zero, large as they may
    /// be (Sanh et al. 2020).
    SmallestMovement,
    /// The smallest |w| / Σ |w| over what the listener hears + |w| / Σ |w| over who hears the same neuron: who is the last to
    /// be heard here, or to hear, stays.
    LeastImportant,
    /// The smallest |w| · mean |output| of the heard: what tells its listener least.
    LeastContribution,
    /// The oldest. Those there at the start are equally old.
    Oldest,
    /// All whose θ is below `l1`, the farthest first: θ is the weight times its sign at birth, so that whoever crossed zero
    /// goes, and whoever an l1 term of that size would take across. A weight of exactly zero has no sign yet, and stays.
    SignCrossing {
        /// What the l1 term takes off θ from one asking to the next, 0 or more.
        l1: f32,
    },
    /// All but those that are drawn to stay, without replacement and in proportion to |w| to a power. At power 1 the search is wide;
    /// the larger, the more it is as [`Drop::SmallestWeight`].
    DrawnWeight {
        /// The power at the beginning of the run.
        from: f32,
        /// The power at three quarters of the run, and after; in between it rises evenly. In a run without end it stays `from`.
        to: f32,
    },
    /// Any.
    Random,
    /// Nothing.
    Nothing,
}

/// Where it grows: what a pair that is not connected scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grow {
    /// Anywhere in reach that is not kept.
    Random,
    /// |gradient| among the pairs in reach that are not kept. One that was about to go stands for choice with its own
    /// gradient, and if chosen simply stays, with its weight.
    Gradient,
    /// |momentum|: a running mean of the gradient over the askings so far, kept for the pairs in reach that are not
    /// connected as well. One that was about to go stands for choice with its own, and if chosen is a newborn.
    Momentum {
        /// Weight of the past per asking.
        beta: f32,
    },
    /// |gradient| among a random part of the absent pairs, the only ones whose gradient is made: see `rewire::sample`.
    SampledGradient {
        /// How many are drawn, as a multiple of the connections there.
        subset: f32,
        /// How they are drawn.
        guide: Guide,
    },
    /// Paths of length three, CH3-L3: see `rewire::paths`.
    Paths,
    /// The same node by node, CH2-L3n: see `rewire::paths`.
    Neighbours,
    /// A Gaussian of the distance between the two, exp(-d² / width²).
    Near {
        /// The distance at which it has fallen to 1/e.
        width: f32,
    },
    /// |correlation| of what the two say, the heard one as much earlier as it would be heard: see `rewire::coactivity`.
    CoActivity {
        /// Lanes of the last window that are looked at.
        lanes: u32,
    },
    /// What the heard neuron has to do with what is still wrong: see `rewire::residual`.
    Residual,
    /// Nowhere.
    Nowhere,
}

/// How candidates are drawn before their gradient is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guide {
    /// All alike.
    Uniform,
    /// In proportion to Σ |output| of the heard times Σ |blame| of the listener, which bounds the gradient.
    Bound,
    /// In proportion to the size of an estimate of the gradient, by random signs: see `rewire::sample`.
    Estimate,
}

/// Which of the places that score are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Those that score most.
    Best,
    /// Drawn without replacement in proportion to the score.
    Drawn,
}

/// How a connection is born.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NewWeight {
    /// With weight 0: the function does not change.
    Zero,
    /// Normal with this standard deviation.
    Normal(f32),
    /// Uniform in ± this: a random sign, where it is next to nothing.
    Uniform(f32),
    /// Normal with variance gain² · 2 / fan-in, the fan-in being what there will really be.
    FanIn(f32),
    /// This times the direction of its score: minus the gradient, so that it is what a step of this rate from zero would
    /// have given; for a correlation, plus.
    Step(f32),
}

/// Over what the counts of connections stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// Between each two groups: a "layer" of the papers.
    GroupPair,
    /// Over what each group hears, from whomever.
    Group,
    /// Over what each neuron hears: its fan-in stays.
    Listener,
    /// Over the whole network.
    Whole,
}

/// How the number that comes is spread over what balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// As many come as went.
    AsGone,
    /// What went everywhere is spread in proportion to the mean |momentum| of what stays (needs [`Grow::Momentum`]).
    Momentum,
}

/// How many connections each neuron hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fan {
    /// As it comes.
    Free,
    /// As many as every other one that hears at all and belongs to the same [`Balance`]: see `rewire::fan`.
    Constant {
        /// A hidden neuron with less than this part of its fan-in salient hears nothing any more; 0 for no such rule.
        salient: f32,
    },
}

/// What happens to those who lost their last path in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranded {
    /// They keep what they have.
    Kept,
    /// What they hear, and who hears them, goes as well, until nobody is left stranded: see `rewire::chain`.
    Freed,
}

/// Thinning: a pool comes down to a density before anything in it is rewired, and nothing comes for what went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thinning {
    /// What goes.
    pub drop: Drop,
    /// To which density: [`Amount::Density`], [`Amount::Ramp`] or [`Amount::Sigmoid`].
    pub to: Amount,
}

/// What happens to the optimizer's step when the method is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It is done as always.
    BesideUpdate,
    /// It is left out.
    InsteadOfUpdate,
    /// It is left out at the first asking, and there is no other.
    OnceInsteadOfUpdate,
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
    /// Which of the places that score.
    pub pick: Pick,
    /// How much.
    pub amount: Amount,
    /// How it is born.
    pub birth: NewWeight,
    /// Over what the counts balance.
    pub balance: Balance,
    /// How what comes is spread over that.
    pub spread: Spread,
    /// How many connections each neuron hears.
    pub fan: Fan,
    /// What goes beforehand, for good.
    pub thinning: Option<Thinning>,
    /// A pool in which more than this part of what went is what came is settled, and is left alone from then on; from 1 on, none is.
    pub settled: f32,
    /// What happens to those who lost their last path.
    pub stranded: Stranded,
    /// What happens to the optimizer's step.
    pub asking: Asking,
    /// Where it comes from.
    pub citation: Citation,
}

impl Method {
    /// One choice per axis that nearly every method makes, to be overridden: nothing goes, nothing grows.
    pub const BASE: Self = Self {
        name: "rewire",
        drop: Drop::Nothing,
        grow: Grow::Nowhere,
        pick: Pick::Best,
        amount: Amount::Fraction(0.3),
        birth: NewWeight::Zero,
        balance: Balance::GroupPair,
        spread: Spread::AsGone,
        fan: Fan::Free,
        thinning: None,
        settled: 1.0,
        stranded: Stranded::Kept,
        asking: Asking::BesideUpdate,
        citation: Citation::OWN,
    };
}
