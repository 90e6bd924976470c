//! How an economy of neurons is run.

use super::{Costs, Supply, Unit};
use crate::{
    Setting,
    settings::{SettingError, Settings},
};

/// How an economy of neurons is run. Energies are in steps of upkeep of one neuron: see [`Unit`].
#[derive(Clone, Debug, PartialEq)]
pub struct Economy {
    /// What comes in per step, S₀.
    pub supply: f64,
    /// How the supply S of a step follows from it.
    pub source: Supply,
    /// The part that is handed out by utility, φ.
    pub competition: f64,
    /// The part of the supply that growth leaves free, ε. With `competition` at or below it nobody starves.
    pub reserve: f64,
    /// The most a store holds.
    pub capacity: f64,
    /// What a neuron must have saved to divide.
    pub threshold: f64,
    /// What a newborn that is no daughter begins with.
    pub endowment: f64,
    /// Steps of upkeep, times 0.55, that a division costs (`BioNumbers` 106070: building a cell costs 0.55 of what
    /// maintaining it for a generation does).
    pub generation: f64,
    /// Steps after birth or division before a neuron may divide or starve.
    pub maturity: u64,
    /// Steps with nothing in store until a neuron is starved.
    pub grace: u64,
    /// The part of the neurons that may divide in one asking (at least one may).
    pub quota: f64,
    /// What it costs to be a neuron.
    pub costs: Costs,
    /// In what energy is counted.
    pub unit: Unit,
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "supply",
        default: "64",
        about: "energy per step, in upkeeps of one neuron (see `unit`): how many it feeds",
    },
    Setting {
        name: "supply_kind",
        default: "\"fixed\"",
        about: "`fixed`; `scheduled` by a list; `earned` by accuracy, or 1/(1+loss); `surprised` by a loss above what it was",
    },
    Setting {
        name: "schedule",
        default: "[]",
        about: "`scheduled`: [[step, supply], ...], each from its step on; before the first it is `supply`",
    },
    Setting {
        name: "kappa",
        default: "1",
        about: "`earned`, `surprised`: part of `supply` that comes in addition at most, 0 or more",
    },
    Setting {
        name: "memory",
        default: "1000",
        about: "`surprised`: steps over which it knows what the loss was, 1 or more",
    },
    Setting {
        name: "unit",
        default: "\"mean\"",
        about: "one neuron is the `mean` one there is, or the `reference` one below",
    },
    Setting { name: "competition", default: "0.2", about: "part of the supply handed out by utility" },
    Setting { name: "reserve", default: "0.1", about: "part of the supply that growth leaves free" },
    Setting { name: "capacity", default: "100", about: "most that a neuron stores" },
    Setting { name: "threshold", default: "0.6 capacity", about: "store at which a neuron may divide" },
    Setting { name: "endowment", default: "0.3 capacity", about: "store of a newborn that is no daughter" },
    Setting {
        name: "generation",
        default: "0.8 capacity",
        about: "steps of upkeep, times 0.55, that a division costs",
    },
    Setting { name: "maturity", default: "100", about: "steps after birth or division before it may divide or starve" },
    Setting { name: "grace", default: "200", about: "steps with an empty store until it is starved" },
    Setting { name: "quota", default: "0.1", about: "part of the neurons that may divide in one asking" },
    Setting { name: "fan_in", default: "16", about: "fan-in of the reference neuron" },
    Setting { name: "activity", default: "0.5", about: "mean |output| of the reference neuron" },
    Setting { name: "drive", default: "1", about: "sum of mean |w x| of the reference neuron" },
    Setting {
        name: "plasticity",
        default: "0",
        about: "cost per sum of |change of weight| of a step; 0.05 over what that is in a reference neuron makes it a twentieth of its upkeep",
    },
];

impl Economy {
    pub(super) fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let supply = settings.real("supply", 64.0, 1e-9..=1e12)?;
        let source = Supply::build(settings)?;
        let capacity = settings.real("capacity", 100.0, 1e-9..=1e12)?;
        Ok(Self {
            supply,
            source,
            competition: settings.real("competition", 0.2, 0.0..=1.0)?,
            reserve: settings.real("reserve", 0.1, 0.0..=1.0)?,
            capacity,
            threshold: settings.real("threshold", 0.6 * capacity, 0.0..=capacity)?,
            endowment: settings.real("endowment", 0.3 * capacity, 0.0..=capacity)?,
            generation: settings.real("generation", 0.8 * capacity, 0.0..=1e12)?,
            maturity: settings.integer("maturity", 100, 0..=i64::MAX)?.unsigned_abs(),
            grace: settings.integer("grace", 200, 0..=i64::MAX)?.unsigned_abs(),
            quota: settings.real("quota", 0.1, 0.0..=1.0)?,
            costs: Costs::build(settings)?,
            unit: settings.choice("unit", &[("mean", Unit::Mean), ("reference", Unit::Reference)])?,
        })
    }
}
