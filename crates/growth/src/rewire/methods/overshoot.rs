//! `overshoot`: more connections than will stay, and then the ones of least use go.

use crate::rewire::{Amount, Curve, Drop, Grow, Method, Moment, Overshoot, Rewire, Stays, settings};
use crate::{Axes, Citation, Contract, Entry, Family, Setting, SettingError, Settings};

/// Wiring that overshoots. In human frontal cortex synapses multiply in the first year or two to about one and a half times
/// as many as adults have, go again until sixteen, and then stay for half a century (Huttenlocher 1979). So here the number of connections
/// between each two groups grows from what there was at the first asking to `peak` times what will stay, and comes down to it: `rewire/overshoot.rs`
/// has the curve. While it grows, pairs in reach are connected at 0, at random or where the |gradient| is largest; while it shrinks,
/// the connections go that tell their listeners least, by
///
/// ```text
/// |w| · mean |output| of the heard
/// ```
///
/// A large weight from a neuron that is hardly ever heard goes before a small one from a neuron that always speaks; |w| by itself would
/// not tell them apart. From `settled_at` on the number is held: what others take away grows again.
///
/// It needs a network that learns between the askings, and one budget for the peak. In a run without end the moments are steps,
/// `peak_step` and `settled_step`; without them it goes to what stays at once.
pub const OVERSHOOT: Method = Method {
    name: "overshoot",
    drop: Drop::LeastContribution,
    grow: Grow::Random,
    amount: Amount::Overshoot(Overshoot {
        peak: 1.6,
        stays: Stays::Density(0.1),
        peak_at: Moment::Part(0.25),
        settled_at: Moment::Part(0.7),
        curve: Curve::Cosine,
    }),
    citation: Citation {
        key: "huttenlocher1979synaptic",
        authors: "Huttenlocher, Peter R.",
        title: "Synaptic density in human frontal cortex: developmental changes and effects of aging",
        venue: "Brain Research",
        year: 1979,
        url: "https://doi.org/10.1016/0006-8993(79)90349-4",
    },
    ..Method::BASE
};

fn build(settings: &mut Settings) -> Result<Rewire, SettingError> {
    let grow = settings.choice("where", &[("random", Grow::Random), ("gradient", Grow::Gradient)])?;
    Rewire::build(Method { grow, ..OVERSHOOT }, settings)
}

pub(crate) const ENTRY: Entry = Entry {
    name: OVERSHOOT.name,
    family: Family::Connections,
    axes: Axes {
        goes: "smallest |w| · mean |output|",
        grows: "random, or largest |gradient|",
        born: "zero",
        amount: "up to a peak, down to a density",
    },
    summary: "connections multiply beyond what will stay, then those go that tell least",
    citation: OVERSHOOT.citation,
    settings: &[
        Setting {
            name: "where",
            default: "\"random\"",
            about: "where they grow: `random`, or the largest |`gradient`| (with `candidates` and `samples`)",
        },
        settings::density("0.1"),
        Setting {
            name: "count",
            default: "0",
            about: "how many connections stay in the end, instead of a density; 0 for `density`",
        },
        Setting {
            name: "peak",
            default: "1.6",
            about: "how many there are at the peak, as a multiple of what stays; in [1, 1000]",
        },
        Setting { name: "peak_at", default: "0.25", about: "part of the run at which the peak is reached; in [0, 1]" },
        Setting {
            name: "settled_at",
            default: "0.7",
            about: "part of the run from which on there is what stays; in [0, 1]",
        },
        Setting { name: "peak_step", default: "0", about: "step of the peak, for runs without end; 0 for `peak_at`" },
        Setting {
            name: "settled_step",
            default: "0",
            about: "step from which on there is what stays, for runs without end; 0 for `settled_at`",
        },
        Setting { name: "curve", default: "\"cosine\"", about: "the way up and down: `cosine` or `linear`" },
        settings::over("\"pair\""),
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(build(settings)?)),
};
