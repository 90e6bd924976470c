//! `rewire`: any combination of the axes.

use crate::rewire::{
    Amount, Drop, Fan, Grow, Guide, Method, NewWeight, OVERSHOOT, Pick, Rewire, Spread, Stranded, Thinning, settings,
};
use crate::{Axes, Citation, Contract, Entry, Family, Setting, SettingError, Settings};

const DROPS: &[(&str, Drop)] = &[
    ("weight", Drop::SmallestWeight),
    ("sign", Drop::SmallestPerSign),
    ("sensitivity", Drop::SmallestSensitivity),
    ("movement", Drop::SmallestMovement),
    ("importance", Drop::LeastImportant),
    ("contribution", Drop::LeastContribution),
    ("age", Drop::Oldest),
    ("crossing", Drop::SignCrossing { l1: 0.0 }),
    ("drawn", Drop::DrawnWeight { from: 1.0, to: 9.0 }),
    ("random", Drop::Random),
    ("nothing", Drop::Nothing),
];

const GROWS: &[(&str, Grow)] = &[
    ("random", Grow::Random),
    ("gradient", Grow::Gradient),
    ("momentum", Grow::Momentum { beta: 0.9 }),
    ("sample", Grow::SampledGradient { subset: 1.0, guide: Guide::Uniform }),
    ("paths", Grow::Paths),
    ("neighbours", Grow::Neighbours),
    ("near", Grow::Near { width: 1.0 }),
    ("coactivity", Grow::CoActivity { lanes: 64 }),
    ("residual", Grow::Residual),
    ("nowhere", Grow::Nowhere),
];

const AMOUNTS: &[(&str, Amount)] = &[
    ("fraction", Amount::Fraction(0.3)),
    ("cosine", Amount::Cosine { alpha: 0.3, until: 0.75 }),
    ("cubic", Amount::Cubic { alpha: 0.3, until: 0.75 }),
    ("rate", Amount::Rate(1e-3)),
    ("count", Amount::Count(100)),
    ("density", Amount::Density(0.1)),
    ("ramp", Amount::Ramp { start: 1.0, end: 0.1, from: 0.0, until: 0.75 }),
    ("sigmoid", Amount::Sigmoid { start: 1.0, end: 0.1, from: 0.0, until: 0.75, steepness: 6.0 }),
    ("overshoot", OVERSHOOT.amount),
    ("fallen", Amount::AsFallen),
];

const BIRTHS: &[(&str, NewWeight)] = &[
    ("zero", NewWeight::Zero),
    ("normal", NewWeight::Normal(0.1)),
    ("uniform", NewWeight::Uniform(0.1)),
    ("fan_in", NewWeight::FanIn(1.0)),
    ("step", NewWeight::Step(0.1)),
];

const fn thins(word: &'static str, drop: Drop) -> (&'static str, Option<Thinning>) {
    let to = Amount::Sigmoid { start: 1.0, end: 0.1, from: 0.0, until: 0.75, steepness: 6.0 };
    (word, Some(Thinning { drop, to }))
}

/// A method put together from words.
fn method(settings: &mut Settings) -> Result<Method, SettingError> {
    let constant = ("constant", Fan::Constant { salient: 0.0 });
    Ok(Method {
        drop: settings.choice("drop", DROPS)?,
        grow: settings.choice("grow", GROWS)?,
        pick: settings.choice("pick", &[("best", Pick::Best), ("drawn", Pick::Drawn)])?,
        amount: settings.choice("amount", AMOUNTS)?,
        birth: settings.choice("birth", BIRTHS)?,
        spread: settings.choice("spread", &[("gone", Spread::AsGone), ("momentum", Spread::Momentum)])?,
        fan: settings.choice("fan", &[("free", Fan::Free), constant])?,
        stranded: settings.choice("stranded", &[("kept", Stranded::Kept), ("freed", Stranded::Freed)])?,
        thinning: settings.choice(
            "thinning",
            &[("none", None), thins("weight", Drop::SmallestWeight), thins("importance", Drop::LeastImportant)],
        )?,
        settled: settings.real("settled", 1.0, 0.0..=1.0)? as f32,
        ..Method::BASE
    })
}

pub(crate) const ENTRY: Entry = Entry {
    name: Method::BASE.name,
    family: Family::Connections,
    axes: Axes { goes: "any rule", grows: "any place", born: "any birth", amount: "any amount" },
    summary: "any combination of what goes, where it grows, how much and how it is born",
    citation: Citation::OWN,
    settings: &[
        Setting {
            name: "drop",
            default: "\"weight\"",
            about: "what goes: `weight`, `sign`, `sensitivity`, `movement`, `importance`, `contribution`, `age`, `crossing` (with `l1`), `drawn` (with `power` and `power_end`), `random` or `nothing`",
        },
        Setting {
            name: "grow",
            default: "\"random\"",
            about: "where: `random`, `gradient`, `momentum`, `sample`, `paths`, `neighbours`, `near`, `coactivity`, `residual` or `nowhere`",
        },
        Setting {
            name: "pick",
            default: "\"best\"",
            about: "of the places that score: the `best`, or `drawn` by the score",
        },
        Setting {
            name: "amount",
            default: "\"fraction\"",
            about: "how much: `fraction`, `cosine`, `cubic`, `rate`, `count`, `density`, `ramp`, `sigmoid`, `overshoot` or `fallen`, each with its settings",
        },
        Setting {
            name: "birth",
            default: "\"zero\"",
            about: "how: `zero`, `normal`, `uniform`, `fan_in` or `step`, with `scale`",
        },
        Setting { name: "spread", default: "\"gone\"", about: "as many come as `gone` in each part, or by `momentum`" },
        Setting { name: "fan", default: "\"free\"", about: "fan-in: `free`, or `constant` with `salient`" },
        Setting { name: "stranded", default: "\"kept\"", about: "who lost the last path in or out: `kept` or `freed`" },
        Setting {
            name: "thinning",
            default: "\"none\"",
            about: "what goes beforehand for good: `none`, or by `weight` or `importance` along a `sigmoid`, with its settings",
        },
        settings::settled("1.0"),
        settings::fraction("0.3"),
        settings::over("\"pair\""),
    ],
    contract: Contract::None,
    build: |settings| {
        let method = method(settings)?;
        Ok(Box::new(Rewire::build(method, settings)?))
    },
};
