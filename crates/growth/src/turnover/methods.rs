//! The methods of turnover: each a constant, its entry in the registry, and what to know of it.

use super::{Bounds, Legacy, Pace, Renewal, Turnover, Worn};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

const RATE: Setting =
    Setting { name: "rate", default: "1e-4", about: "rho: part of the mature renewed per step, in [0, 1]" };
const ROUNDING: Setting = Setting {
    name: "rounding",
    default: "\"accumulate\"",
    about: "parts of a neuron: `accumulate` until there is one, or `draw` it with that probability",
};
const MATURITY: Setting =
    Setting { name: "maturity", default: "100", about: "steps after birth in which nobody is renewed, 0 or more" };

const fn birth(default: &'static str) -> Setting {
    Setting { name: "birth", default, about: "uniform weights within the bounds of `kaiming` or `xavier`" }
}

const fn fold(default: &'static str) -> Setting {
    Setting {
        name: "fold",
        default,
        about: "whether the mean output of the old one goes to the biases of who listened",
    }
}

/// Continual backprop. Asked after every step (`every = { steps = 1 }`): of the neurons of a group that are older than
/// the maturity m = 100, the ρ = 1e-4 of smallest utility per step are renewed, uniform within Kaiming's bounds.
///
/// Utilities are means with 0.99 of the past, corrected for their start; moments and step counts of what is renewed begin
/// at nothing, each weight counting its own. `utility = "adaptable"` divides by what a neuron hears (used for
/// slowly changing regression and permuted MNIST). The sums over |w| are the paper's; the code has means, which
/// in a layered dense network rank alike. That the mean is taken off the output is the code's (`zero_contribution`), as it should be where the mean stays behind in biases; equation 1 of
/// the paper has mean |output|, which is `utility = "magnitude"`.
///
/// As in the paper the mean output of the old one goes to the biases of who listened. In the official code that never
/// happens (the mean is zeroed first); `fold = false` is that, and measured no difference. Its optimizer `AdamGnT` drops
/// the bias correction by mistake, which is not reproduced. Its published regression runs with `maturity = 10` and
/// `rounding = "draw"`, whatever its files say.
pub const CONTINUAL_BACKPROP: Renewal = Renewal {
    name: "continual_backprop",
    worn: Worn::LeastUseful,
    pace: Pace::Rate(1e-4),
    bounds: Bounds::Kaiming,
    legacy: Legacy::Mean,
    maturity: 100,
};

/// `ReDo`. At each asking (the paper: every 1000 steps) all neurons whose mean |output| is at most τ = 0.1 times the
/// mean of their group are renewed, uniform within Xavier's bounds, and nothing stays of them: they said next to nothing.
///
/// The mean is the running one; the paper takes a batch, and finds its size not to matter. Of the two normalisations in
/// use τ belongs to this one, by the mean and not the sum. Random outgoing weights, an option of the code that the paper finds worse,
/// are left out.
pub const REDO: Renewal = Renewal {
    name: "redo",
    worn: Worn::Dormant { threshold: 0.1 },
    pace: Pace::All,
    bounds: Bounds::Xavier,
    legacy: Legacy::Nothing,
    maturity: 0,
};

/// A blind clock: whoever is oldest is renewed, whatever it does. The control beside every method that claims to know who is
/// worn.
pub const AGE_CLOCK: Renewal = Renewal { name: "age_clock", worn: Worn::Oldest, ..CONTINUAL_BACKPROP };

pub(crate) const CONTINUAL_BACKPROP_ENTRY: Entry = Entry {
    name: CONTINUAL_BACKPROP.name,
    family: Family::Turnover,
    axes: Axes {
        goes: "least utility among the mature",
        grows: "in their places",
        born: "random, outgoing zero",
        amount: "a rate per step",
    },
    summary: "the least useful mature neurons are renewed in place, a few per thousand steps",
    citation: crate::apoptosis::CITATION,
    settings: &[
        RATE,
        ROUNDING,
        MATURITY,
        Setting {
            name: "utility",
            default: "\"contribution\"",
            about: "mean |output - its mean| times who listens: `contribution`; divided by what is heard: `adaptable`; mean |output| times who listens: `magnitude`",
        },
        birth("\"kaiming\""),
        fold("true"),
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Turnover::build(CONTINUAL_BACKPROP, settings)?)),
};

pub(crate) const REDO_ENTRY: Entry = Entry {
    name: REDO.name,
    family: Family::Turnover,
    axes: Axes {
        goes: "dormant",
        grows: "in their places",
        born: "random, outgoing zero",
        amount: "all below a threshold",
    },
    summary: "dormant neurons are renewed in place",
    citation: Citation {
        key: "sokar2023dormant",
        authors: "Sokar, Ghada and Agarwal, Rishabh and Castro, Pablo Samuel and Evci, Utku",
        title: "The Dormant Neuron Phenomenon in Deep Reinforcement Learning",
        venue: "International Conference on Machine Learning",
        year: 2023,
        url: "https://arxiv.org/abs/2302.12902",
    },
    settings: &[
        Setting {
            name: "threshold",
            default: "0.1",
            about: "tau: largest mean |output| of the dormant, over their group's; in [0, 1e6]",
        },
        Setting { default: "0", ..MATURITY },
        birth("\"xavier\""),
        fold("false"),
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Turnover::build(REDO, settings)?)),
};

pub(crate) const AGE_CLOCK_ENTRY: Entry = Entry {
    name: AGE_CLOCK.name,
    family: Family::Turnover,
    axes: Axes { goes: "oldest", grows: "in their places", born: "random, outgoing zero", amount: "a rate per step" },
    summary: "the oldest neurons are renewed in place, whatever they do: the control of turnover",
    citation: Citation::OWN,
    settings: &[RATE, ROUNDING, MATURITY, birth("\"kaiming\""), fold("true")],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Turnover::build(AGE_CLOCK, settings)?)),
};
