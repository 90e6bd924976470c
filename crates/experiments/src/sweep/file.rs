//! A checked sweep file: every rule applied, the experiment in it, ready to be planned.

use super::{
    axis::{Axis, label},
    raw::{Metric, Random, Search, SettingTable, SweepFile, Tune},
};
use crate::config::{
    ConfigError, Document, Place, nearest,
    source::{Source, key_of, override_with, touches, typed},
};
use std::path::Path;

/// Numbers of a report that a sweep can compare.
const NUMBERS: [&str; 9] = [
    "metrics.test_accuracy",
    "metrics.test_loss",
    "metrics.validation_accuracy",
    "metrics.validation_loss",
    "metrics.best_step",
    "connections",
    "neurons",
    "operations",
    "steps",
];

/// Names of `OUT/NAME/` that trials and tables need, and of the axis that named settings make.
pub(super) const SETTING: &str = "setting";

/// One of the things that are compared.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Its name; empty where the sweep has axes alone.
    pub(super) name: String,
    /// The arm of the experiment that it begins with; empty for none.
    pub(super) arm: String,
    /// The keys that it sets, and where that is written.
    pub(super) keys: Vec<(String, Option<toml::Value>, Place)>,
}

/// A sweep: an experiment, what is varied in it, and what is compared.
pub struct Sweep {
    source: Source,
    overrides: Vec<String>,
    file: SweepFile,
    /// The file with its overrides, and the experiment itself where its path stood.
    table: toml::Table,
    base: Document,
    settings: Vec<Setting>,
    axes: Vec<Axis>,
    seeds: Vec<u64>,
    search: Search,
}

impl Sweep {
    /// Reads a file and the experiment that it names. Overrides are `key=value`; those of the experiment begin with
    /// `experiment.`.
    ///
    /// # Errors
    /// [`ConfigError`] names the place, what was found, what was expected and the mend.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let source = Source::read(path, "give the path of a sweep file, such as experiments/sweeps/digits.toml")?;
        let mut raw: SweepFile = source.parse()?;
        let mut table: toml::Table = source.parse()?;
        let (inner, outer): (Vec<&String>, Vec<&String>) =
            overrides.iter().partition(|text| key_of(text).starts_with("experiment."));
        let inner: Vec<String> = inner.iter().map(|text| text["experiment.".len()..].to_owned()).collect();
        let outer: Vec<String> = outer.into_iter().cloned().collect();
        override_with(&mut table, &outer)?;
        let fault = |key: &str, message: String, help| fault(&source, &outer, key, message, help);
        if !outer.is_empty() {
            raw = typed(&table, |key, message, help| {
                let experiment = ["task", "network", "train", "optim", "grow", "energy", "executor"];
                let first = |text: &String| key_of(text).split('.').next().unwrap_or_default().to_owned();
                let meant = outer.iter().find(|text| experiment.contains(&first(text).as_str()));
                fault(key, message, meant.map(|text| format!("write --set experiment.{text}")).or(help))
            })?;
        }
        let base = match &raw.experiment {
            toml::Value::String(name) => Document::read(&source.folder().join(name), &inner)?,
            toml::Value::Table(table) => Document::of_table(source.within("experiment"), table.clone(), &inner)?,
            other => {
                let message = format!("found {}, expected a path or a table", other.type_str());
                let help = "give the path of an experiment file, or write the experiment as [experiment]".to_owned();
                return Err(fault("experiment", message, Some(help)));
            }
        };
        table.insert("experiment".into(), toml::Value::Table(base.table().clone()));
        let (experiment, _) = base.arm("")?;
        let axes: Vec<Axis> = raw.axis.iter().map(Axis::of).collect();
        let seeds = raw.seeds.clone().unwrap_or(experiment.seeds);
        let by_lot = Search::Random(Random { trials: 24, seed: 0 });
        let default = if raw.tune.is_some() { by_lot } else { Search::Grid };
        let search = raw.search.clone().unwrap_or(default);
        let settings = settings(&source, &base, &raw.setting)?;
        let sweep = Self { source, overrides: outer, file: raw, table, base, settings, axes, seeds, search };
        sweep.check()?;
        Ok(sweep)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let name = &self.file.name;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            let help = "use letters, digits, `-`, `_` and `.`";
            return Err(self.fault("name", format!("`{name}` cannot name a folder"), help));
        }
        let metric = &self.file.metric.name;
        if !NUMBERS.contains(&metric.as_str()) {
            let help = nearest(metric, NUMBERS)
                .map_or_else(|| format!("it has {}", NUMBERS.join(", ")), |meant| format!("did you mean `{meant}`?"));
            return Err(self.fault("metric.name", format!("no number of the report is called `{metric}`"), help));
        }
        if let Some(margin) = self.file.margin.filter(|margin| !(margin.is_finite() && *margin > 0.0)) {
            return Err(self.fault("margin", format!("found {margin}"), "give a finite number above 0"));
        }
        self.check_seeds("seeds", &self.seeds)?;
        for (at, setting) in self.settings.iter().enumerate() {
            if self.settings[..at].iter().any(|other| other.name == setting.name) {
                let message = format!("two settings are called `{}`", setting.name);
                return Err(self.fault(&format!("setting.{at}.name"), message, "give each a name of its own"));
            }
            if !self.file.setting.is_empty() && setting.name.is_empty() {
                return Err(self.fault(&format!("setting.{at}.name"), "found no name", "give it one"));
            }
        }
        for (at, axis) in self.axes.iter().enumerate() {
            axis.check(&self.search).map_err(|(rest, message, help)| {
                let key = format!("axis.{at}.{rest}");
                self.fault(&key, message, help)
            })?;
            if axis.name == SETTING || self.axes[..at].iter().any(|other| other.name == axis.name) {
                let message = format!("`{}` is the name of another axis", axis.name);
                return Err(self.fault(&format!("axis.{at}"), message, "give it a `name` of its own"));
            }
        }
        self.check_search()?;
        if let Some(tune) = &self.file.tune {
            self.check_seeds("tune.seeds", &tune.seeds)?;
            if let Some(both) = tune.seeds.iter().find(|seed| self.seeds.contains(seed)) {
                let message = format!("seed {both} is reported as well");
                return Err(self.fault("tune.seeds", message, "tune on seeds that are not among `seeds`"));
            }
        }
        self.check_control()
    }

    fn check_seeds(&self, key: &str, seeds: &[u64]) -> Result<(), ConfigError> {
        if seeds.is_empty() {
            return Err(self.fault(key, "found none", "give at least one"));
        }
        match (1..seeds.len()).find(|&at| seeds[..at].contains(&seeds[at])) {
            Some(at) => Err(self.fault(key, format!("{} stands there twice", seeds[at]), "list each seed once")),
            None => Ok(()),
        }
    }

    fn check_search(&self) -> Result<(), ConfigError> {
        let adaptive = !matches!(self.search, Search::Grid | Search::List);
        if self.axes.is_empty() && (adaptive || self.file.tune.is_some()) {
            let key = if self.file.tune.is_some() { "tune" } else { "search" };
            return Err(self.fault(key, "there is no axis to search", "add an [[axis]], or leave this out"));
        }
        let positive = |key: &str, number: u32, least: u32| {
            let message = format!("found {number}");
            if number < least { Err(self.fault(key, message, format!("give at least {least}"))) } else { Ok(()) }
        };
        match &self.search {
            Search::Grid => Ok(()),
            Search::List => {
                let count = |axis: &Axis| axis.values.as_ref().map_or(0, Vec::len);
                let first = self.axes.first().map_or(0, count);
                match self.axes.iter().position(|axis| count(axis) != first) {
                    Some(at) => {
                        let message =
                            format!("found {} values where the first axis has {first}", count(&self.axes[at]));
                        Err(self.fault(&format!("axis.{at}.values"), message, "give as many, or search a grid"))
                    }
                    None => Ok(()),
                }
            }
            Search::Random(random) => positive("search.random.trials", random.trials, 1),
            Search::Halving(halving) => {
                positive("search.halving.trials", halving.trials, 1)?;
                positive("search.halving.keep", halving.keep, 2)?;
                let rising = halving.rungs.windows(2).all(|pair| pair[0] < pair[1]);
                if halving.rungs.first().is_none_or(|&steps| steps == 0) || !rising {
                    let message = format!("found {:?}", halving.rungs);
                    let help = "give the updates of each rung, rising, such as [100, 300, 900]";
                    return Err(self.fault("search.halving.rungs", message, help));
                }
                Ok(())
            }
            Search::Tpe(tpe) => {
                positive("search.tpe.trials", tpe.trials, 1)?;
                // An estimate needs a better and a worse one.
                positive("search.tpe.first", tpe.first, 2)?;
                positive("search.tpe.together", tpe.together, 1)?;
                if !(tpe.good > 0.0 && tpe.good < 1.0) {
                    let message = format!("found {}", tpe.good);
                    return Err(self.fault("search.tpe.good", message, "give a share between 0 and 1, such as 0.25"));
                }
                Ok(())
            }
        }
    }

    fn check_control(&self) -> Result<(), ConfigError> {
        let Some(control) = &self.file.control else { return Ok(()) };
        let labels: Vec<String> = if self.file.tune.is_some() || self.axes.is_empty() {
            self.settings.iter().map(|setting| label(&setting.name, &[], &[])).collect()
        } else {
            let points = super::search::fixed(&self.search, &self.axes);
            let of = |setting: &Setting| {
                points.iter().map(|point| label(&setting.name, &self.axes, &point.values)).collect::<Vec<_>>()
            };
            self.settings.iter().flat_map(of).collect()
        };
        if labels.contains(control) {
            return Ok(());
        }
        let help = nearest(control, labels.iter().map(String::as_str)).map_or_else(
            || match labels.as_slice() {
                [] => "the search draws its settings; leave `control` out, or search a grid".to_owned(),
                some => format!("the settings are {}", some.join("; ")),
            },
            |meant| format!("did you mean `{meant}`?"),
        );
        Err(self.fault("control", format!("no setting is called `{control}`"), help))
    }

    /// A fault at a dotted key of the file.
    pub(super) fn fault(&self, key: &str, message: impl Into<String>, help: impl Into<String>) -> ConfigError {
        fault(&self.source, &self.overrides, key, message.into(), Some(help.into()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.file.name
    }
    /// What is compared.
    pub fn metric(&self) -> &Metric {
        &self.file.metric
    }
    /// The label of the setting that others are held against.
    pub fn control(&self) -> Option<&str> {
        self.file.control.as_deref()
    }
    /// Differences up to this count as none.
    pub fn margin(&self) -> Option<f64> {
        self.file.margin
    }
    /// Whether each trial draws its plots.
    pub fn plots(&self) -> bool {
        self.file.plots
    }
    /// The seeds that are reported.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }
    /// How values are taken from the axes.
    pub fn search(&self) -> &Search {
        &self.search
    }
    /// The choice of values, if one is to be made.
    pub fn tune(&self) -> Option<&Tune> {
        self.file.tune.as_ref()
    }
    /// The names of what varies: the named settings, if there are any, then each axis.
    pub fn axis_names(&self) -> Vec<String> {
        let named = self.settings.iter().any(|setting| !setting.name.is_empty()).then(|| SETTING.to_owned());
        named.into_iter().chain(self.axes.iter().map(|axis| axis.name.clone())).collect()
    }
    pub(super) fn axes(&self) -> &[Axis] {
        &self.axes
    }
    pub(super) fn settings(&self) -> &[Setting] {
        &self.settings
    }
    /// Where the keys of an axis are written.
    pub(super) fn place_of_axis(&self, at: usize) -> Place {
        self.source.place_of(&["axis", &at.to_string(), "key"])
    }
    /// Where the search is written.
    pub(super) fn place_of_search(&self) -> Place {
        self.source.place_of(&["search"])
    }
    /// The experiment that is varied.
    pub(super) fn base(&self) -> &Document {
        &self.base
    }
    /// The file as it was resolved: with its overrides, and the experiment where its path stood.
    pub(super) fn table(&self) -> &toml::Table {
        &self.table
    }
}

/// The named settings; the arms of the experiment where there are none; one without a name where there are no arms.
fn settings(source: &Source, base: &Document, tables: &[SettingTable]) -> Result<Vec<Setting>, ConfigError> {
    let arms = base.arms()?;
    if tables.is_empty() {
        let of = |name: String| Setting { arm: name.clone(), name, keys: Vec::new() };
        return Ok(arms.into_iter().map(of).collect());
    }
    let mut settings = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let number = at.to_string();
        if let Some(arm) = table.arm.as_ref().filter(|arm| !arms.contains(arm)) {
            let known: Vec<&str> = arms.iter().map(String::as_str).filter(|arm| !arm.is_empty()).collect();
            let help = nearest(arm, known.iter().copied()).map_or_else(
                || {
                    if known.is_empty() {
                        "it has no arms".to_owned()
                    } else {
                        format!("its arms are {}", known.join(", "))
                    }
                },
                |meant| format!("did you mean `{meant}`?"),
            );
            let message = format!("no arm of the experiment is called `{arm}`");
            return Err(ConfigError {
                place: source.place_of(&["setting", &number, "arm"]),
                key: Some(format!("setting.{at}.arm")),
                message,
                help: Some(help),
            });
        }
        let keys = table
            .set
            .iter()
            .map(|(key, value)| (key.clone(), Some(value.clone()), source.place_of(&["setting", &number, "set", key])));
        let arm = table.arm.clone().unwrap_or_default();
        settings.push(Setting { name: table.name.clone(), arm, keys: keys.collect() });
    }
    Ok(settings)
}

fn fault(source: &Source, overrides: &[String], key: &str, message: String, help: Option<String>) -> ConfigError {
    let place = match overrides.iter().rfind(|text| touches(key, key_of(text))) {
        Some(text) => Place::Override(format!("--set {text}")),
        None => source.place_of(&key.split('.').collect::<Vec<_>>()),
    };
    ConfigError { place, key: Some(key.to_owned()), message, help }
}
