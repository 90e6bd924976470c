//! `utility_economy` in the registry.

use super::{Upkeep, UtilityEconomy};
use crate::{Axes, Citation, Contract, Entry, Family, Setting};

pub(crate) const ENTRY: Entry = Entry {
    name: "utility_economy",
    family: Family::Connections,
    axes: Axes {
        goes: "who cannot pay its upkeep, and neurons left alone",
        grows: "nowhere",
        born: "-",
        amount: "a probability per step",
    },
    summary: "utility flows back from the outputs; connections that cannot keep their share go",
    citation: Citation {
        key: "javed2021realtime",
        authors: "Javed, Khurram",
        title: "Real-time Neural Networks (source code)",
        venue: "",
        year: 2021,
        url: "https://github.com/khurramjaved96/real-time-networks",
    },
    settings: &[
        Setting {
            name: "keep",
            default: "1e-5",
            about: "upkeep: the utility that a connection keeps, and must have; an output is worth 1; in [0, 1]",
        },
        Setting {
            name: "chance",
            default: "0.001",
            about: "probability per step that a connection with less goes, in [0, 1]",
        },
        Setting {
            name: "maturity",
            default: "500",
            about: "a connection is judged when it is older than four times so many steps, 0 or more",
        },
        Setting {
            name: "age",
            default: "\"connection\"",
            about: "whose age: that of the `connection`, or of the younger of its `ends`, as in the code",
        },
        Setting { name: "tau", default: "1000.0", about: "time constant of the traces in steps, in [0, 1e9]" },
        Setting {
            name: "hops",
            default: "100",
            about: "most hops that utility flows, which only loops can need; at least 1",
        },
        Setting {
            name: "death",
            default: "true",
            about: "whether hidden neurons that hear nobody or that nobody hears die",
        },
        Setting {
            name: "samples",
            default: "256",
            about: "training samples behind the traces; 0 takes the last window",
        },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(UtilityEconomy::new(Upkeep::build(settings)?))),
};
