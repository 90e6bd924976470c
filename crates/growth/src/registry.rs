//! Every method by name: what it does, where it comes from, what can be set, how it is built.
//!
//! [`ALL`] is a plain alphabetical slice; lists, citations, tables and completions come from it. A
//! user's own methods stand beside it in a [`Registry`].

use crate::{
    Citation, Mitosis, Setting, SettingError, Settings, Still, Strategy, Wire, apoptosis, cascade_correlation, den,
    gng, homeostasis, life, merge, mitosis, nearest::nearest, neat, nest, net2wider, north, random_twin, retraction,
    rewire::methods, splitting, turnover, utility, widen, wire,
};

/// What a method promises about the function of the network at the moment of the change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contract {
    /// Outputs stay what they were, up to rounding (not in groups that normalise).
    Exact,
    /// Outputs move by as little as what went had left, which the method's documentation names: O(ε).
    Near,
    /// Nothing.
    None,
}

/// What a method works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Connections come and go.
    Connections,
    /// Neurons come and go.
    Neurons,
    /// Neurons are renewed in place.
    Turnover,
    /// Nothing: what others are held against.
    Control,
}

impl Family {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 4] = [Self::Connections, Self::Neurons, Self::Turnover, Self::Control];

    /// The heading over its methods.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Connections => "connections come and go",
            Self::Neurons => "neurons come and go",
            Self::Turnover => "neurons are renewed in place",
            Self::Control => "controls",
        }
    }
}

/// Where a method stands on each axis, in a few words. When it is asked is an axis of the experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Axes {
    /// What goes.
    pub goes: &'static str,
    /// Where it grows.
    pub grows: &'static str,
    /// How what grows is born.
    pub born: &'static str,
    /// How much of it.
    pub amount: &'static str,
}

/// A method in the registry.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name in configs.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// What it works on.
    pub family: Family,
    /// Where it stands on each axis.
    pub axes: Axes,
    /// Where it comes from.
    pub citation: Citation,
    /// What can be set.
    pub settings: &'static [Setting],
    /// What it promises.
    pub contract: Contract,
    /// Makes one. Takes its settings out; whoever calls it refuses the rest with
    /// [`Settings::finish`].
    pub build: fn(&mut Settings) -> Result<Box<dyn Strategy>, SettingError>,
}

impl Entry {
    /// Makes one, refusing settings that it does not have.
    ///
    /// # Errors
    /// [`SettingError`] names the setting.
    pub fn strategy(&self, mut settings: Settings) -> Result<Box<dyn Strategy>, SettingError> {
        let strategy = (self.build)(&mut settings)?;
        settings.finish()?;
        Ok(strategy)
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The built-in methods, alphabetically.
pub const ALL: &[Entry] = &[
    turnover::methods::AGE_CLOCK_ENTRY,
    apoptosis::ENTRY,
    cascade_correlation::ENTRY,
    life::ENTRY,
    methods::cht::CHT_ENTRY,
    methods::cht::CHTS_ENTRY,
    methods::cht::CHTSS_ENTRY,
    turnover::methods::CONTINUAL_BACKPROP_ENTRY,
    methods::correlation::ENTRY,
    methods::csti::ENTRY,
    methods::deep_r::ENTRY,
    den::ENTRY,
    methods::distance::ENTRY,
    splitting::firefly::ENTRY,
    widen::FISHER_ENTRY,
    methods::gmp::ENTRY,
    gng::ENTRY,
    widen::GRADMAX_ENTRY,
    methods::gse::ENTRY,
    methods::hebbian::ENTRY,
    merge::ENTRY,
    Entry {
        name: "mitosis",
        family: Family::Neurons,
        axes: Axes {
            goes: "nobody",
            grows: "by utility, blame, splitting, age or lot",
            born: "shares of the mother, nudged apart",
            amount: "a count, or energy",
        },
        summary: "neurons divide without changing the function, at the cost of energy where accounts are kept",
        citation: mitosis::CITATION,
        settings: &[
            Setting {
                name: "who",
                default: "\"utility\"",
                about: "`utility`, `gradient`, `splitting`, `age` or `random`",
            },
            Setting {
                name: "daughters",
                default: "\"noise\"",
                about: "`noise`, `symmetric`, `share`, or `asymmetric` with the mother frozen: how daughters come to differ",
            },
            Setting {
                name: "noise",
                default: "0.05",
                about: "standard deviation of the opposite nudges to their dendrites",
            },
            Setting { name: "share", default: "0.3", about: "the daughter's part of the axon" },
            Setting { name: "count", default: "4", about: "most divisions in one asking; a ledger may allow fewer" },
        ],
        contract: Contract::Exact,
        build: |settings| Ok(Box::new(Mitosis::build(settings)?)),
    },
    methods::movement::ENTRY,
    neat::ENTRY,
    nest::ENTRY,
    net2wider::ENTRY,
    methods::neuroplastic::ENTRY,
    north::ENTRY,
    methods::overshoot::ENTRY,
    random_twin::ENTRY,
    turnover::methods::REDO_ENTRY,
    retraction::ENTRY,
    methods::any::ENTRY,
    methods::rigl::ENTRY,
    widen::SENN_ENTRY,
    methods::set::ENTRY,
    methods::snfs::ENTRY,
    methods::snip::ENTRY,
    turnover::self_normalised::ENTRY,
    methods::soft_deep_r::ENTRY,
    splitting::steepest::ENTRY,
    methods::srigl::ENTRY,
    Entry {
        name: "still",
        family: Family::Control,
        axes: Axes { goes: "nobody", grows: "nowhere", born: "-", amount: "nothing" },
        summary: "changes nothing: the control",
        citation: Citation::OWN,
        settings: &[],
        contract: Contract::Exact,
        build: |_| Ok(Box::new(Still)),
    },
    homeostasis::ENTRY,
    widen::TINY_ENTRY,
    methods::top_kast::ENTRY,
    utility::ENTRY,
    Entry {
        name: "wire",
        family: Family::Connections,
        axes: Axes {
            goes: "smallest |w|, and idle neurons",
            grows: "residual error, then |gradient|",
            born: "by residual, axon zero",
            amount: "a cap of connections",
        },
        summary: "connection training: from no connections to a useful wiring at a bounded count",
        citation: wire::CITATION,
        settings: Wire::SETTINGS,
        contract: Contract::None,
        build: |settings| Ok(Box::new(Wire::build(settings)?)),
    },
];

/// There is no method of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no strategy `{name}`{}; there are {}", .meant.as_ref().map_or_else(String::new, |meant| format!(" (did you mean `{meant}`?)")), .known.join(", "))]
pub struct UnknownStrategy {
    /// The name.
    pub name: String,
    /// The nearest name.
    pub meant: Option<String>,
    /// All names.
    pub known: Vec<String>,
}

/// The built-in methods and a user's own.
///
/// ```
/// use livenet_growth::Registry;
///
/// let registry = Registry::standard();
/// assert_eq!(registry.find("rigl").unwrap().name, "rigl");
/// let error = registry.find("rigel").unwrap_err();
/// assert!(error.to_string().starts_with("there is no strategy `rigel` (did you mean `rigl`?)"));
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    entries: Vec<Entry>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::standard()
    }
}

impl Registry {
    /// The built-in methods.
    pub fn standard() -> Self {
        Self { entries: ALL.to_vec() }
    }

    /// The same with a user's own; one of the same name as a built-in one takes its place.
    #[must_use]
    pub fn with(mut self, own: &[Entry]) -> Self {
        for entry in own {
            self.entries.retain(|known| known.name != entry.name);
            self.entries.push(*entry);
        }
        self.entries.sort_by_key(|entry| entry.name);
        self
    }

    /// All methods, alphabetically.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A method by name.
    ///
    /// # Errors
    /// [`UnknownStrategy`] suggests the nearest name.
    pub fn find(&self, name: &str) -> Result<&Entry, UnknownStrategy> {
        self.entries.iter().find(|entry| entry.name == name).ok_or_else(|| UnknownStrategy {
            name: name.to_owned(),
            meant: nearest(name, self.entries.iter().map(|entry| entry.name)).map(str::to_owned),
            known: self.entries.iter().map(|entry| entry.name.to_owned()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn all_is_alphabetical_and_complete() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        for entry in ALL {
            assert!(
                !entry.summary.is_empty() && !entry.citation.title.is_empty() && !entry.citation.authors.is_empty()
            );
            assert!(entry.strategy(Settings::none()).is_ok(), "{} does not build from its defaults", entry.name);
        }
    }

    #[test]
    fn every_listed_setting_is_known_and_no_other() {
        for entry in ALL {
            let mut known = Settings::none();
            (entry.build)(&mut known).unwrap();
            let error =
                entry.strategy(Settings::none().with("no_such_setting", Value::Integer(1))).err().unwrap().to_string();
            assert!(error.contains("no_such_setting"), "{error}");
            for asked in known.asked() {
                assert!(entry.settings.iter().any(|setting| setting.name == asked), "{}: {asked}", entry.name);
            }
            for setting in entry.settings {
                let wrong = entry.strategy(Settings::none().with(setting.name, Value::List(Vec::new())));
                let refused = wrong.err().unwrap().to_string();
                // Some settings belong to a choice that is not the default.
                assert!(refused.contains(setting.name), "{}: {refused}", entry.name);
            }
        }
    }

    #[test]
    fn every_setting_accepts_its_default_and_refuses_what_is_no_number() {
        for entry in ALL {
            let mut known = Settings::none();
            (entry.build)(&mut known).unwrap();
            for setting in entry.settings.iter().filter(|setting| known.asked().any(|asked| asked == setting.name)) {
                let number = setting.default.parse::<f64>();
                let whole = setting.default.parse().map(Value::Integer);
                let text = || Value::Text(setting.default.trim_matches('"').to_owned());
                let flag = setting.default.parse().map(Value::Flag);
                let value = whole.ok().or(flag.ok()).or(number.clone().ok().map(Value::Real)).unwrap_or_else(text);
                let value = if setting.default == "{}" { Value::Table([].into()) } else { value };
                let of = |value| entry.strategy(Settings::none().with(setting.name, value)).map(|_| ());
                assert_eq!(of(value), Ok(()), "{}: {}", entry.name, setting.name);
                if number.is_ok() {
                    let refused = of(Value::Real(f64::NAN));
                    assert!(refused.is_err(), "{}: {} takes anything", entry.name, setting.name);
                }
            }
        }
    }

    #[test]
    fn own_methods_stand_beside_the_others() {
        let still = *Registry::standard().find("still").unwrap();
        let registry =
            Registry::standard().with(&[Entry { name: "rest", ..still }, Entry { summary: "mine", ..still }]);
        assert!(registry.entries().windows(2).all(|pair| pair[0].name < pair[1].name));
        assert_eq!(registry.entries().len(), ALL.len() + 1);
        assert_eq!(registry.find("rest").unwrap().summary, still.summary);
        assert_eq!(registry.find("still").unwrap().summary, "mine");
    }
}
