//! A sweep file as it is written: serde structs, unknown keys refused.
//!
//! Nothing here is trusted; [`Sweep`](super::Sweep) applies every rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A whole sweep.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SweepFile {
    /// Name of the sweep, and of its folder.
    pub name: String,
    /// One sentence for the report.
    #[serde(default)]
    pub summary: String,
    /// The experiment that is varied: the path of its file, seen from this one, or the experiment itself as a table.
    #[schemars(with = "serde_json::Value")]
    pub experiment: toml::Value,
    /// One trial per seed and setting; by default the seeds of the experiment.
    #[serde(default)]
    pub seeds: Option<Vec<u64>>,
    /// The one number that is compared, named before anything is run.
    pub metric: Metric,
    /// The label of the setting that all others are held against.
    #[serde(default)]
    pub control: Option<String>,
    /// Differences of the metric up to this count as none.
    #[serde(default)]
    pub margin: Option<f64>,
    /// What is compared, by name; by default the arms of the experiment.
    #[serde(default)]
    pub setting: Vec<SettingTable>,
    /// Keys that take several values in each setting.
    #[serde(default)]
    pub axis: Vec<AxisTable>,
    /// How values are taken from the axes; by default all of a grid, or 24 by lot where there is a `[tune]`.
    #[serde(default)]
    pub search: Option<Search>,
    /// Chooses the values of the axes for each setting on seeds of their own, and compares the choices.
    #[serde(default)]
    pub tune: Option<Tune>,
    /// Whether each trial draws its plots and page; of short trials that is most of their time. `livenet plot RUN` draws
    /// them later.
    #[serde(default = "yes")]
    pub plots: bool,
}

fn yes() -> bool {
    true
}

/// `[metric]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// A name of the report: `metrics.test_accuracy`, `connections`.
    pub name: String,
    /// Which way is better.
    pub better: Better,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// `[[setting]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingTable {
    /// Its name in tables and plots.
    pub name: String,
    /// The arm of the experiment that it begins with.
    #[serde(default)]
    pub arm: Option<String>,
    /// Dotted keys of the experiment and their values: `{ "network.wiring" = "dense", "grow" = [] }`.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub set: toml::Table,
}

/// `[[axis]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AxisTable {
    /// The dotted key of the experiment: `optim.adam.rate`.
    pub key: String,
    /// Its name in tables; by default the last part of the key.
    #[serde(default)]
    pub name: Option<String>,
    /// The values that it takes.
    #[serde(default)]
    #[schemars(with = "Option<Vec<serde_json::Value>>")]
    pub values: Option<Vec<toml::Value>>,
    /// Or what it is drawn from.
    #[serde(default)]
    pub range: Option<Range>,
}

/// `range = { from = 1e-4, to = 1e-1, scale = "log" }`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Least value.
    pub from: f64,
    /// Greatest value.
    pub to: f64,
    /// How draws are spread: evenly, or evenly in the logarithm.
    #[serde(default)]
    pub scale: Scale,
    /// What numbers are drawn.
    #[serde(default)]
    pub numbers: Numbers,
}

/// How draws are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// Evenly in the logarithm.
    Log,
}

/// What numbers are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Numbers {
    /// Any, to three significant digits.
    #[default]
    Real,
    /// Whole ones.
    Whole,
}

/// How values are taken from the axes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// Every combination.
    Grid,
    /// The first values of all axes together, then the second, and so on.
    List,
    /// By lot.
    Random(Random),
    /// Many for a short time, the better ones for longer (Jamieson and Talwalkar 2016).
    Halving(Halving),
    /// Where the better ones lay, by tree-structured Parzen estimators (Bergstra et al. 2011).
    Tpe(Tpe),
}

/// `[search.random]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Random {
    /// Points for each setting.
    #[serde(default = "twenty_four")]
    pub trials: u32,
    /// What the draws depend on.
    #[serde(default)]
    pub seed: u64,
}

/// `[search.halving]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Halving {
    /// Points for each setting in the first rung, drawn by lot.
    #[serde(default = "twenty_four")]
    pub trials: u32,
    /// Updates (`train.steps`) in each rung, rising. A rung trains anew, so that schedules fit its length.
    pub rungs: Vec<u64>,
    /// One in so many goes on to the next rung.
    #[serde(default = "three")]
    pub keep: u32,
    /// What the draws depend on.
    #[serde(default)]
    pub seed: u64,
}

/// `[search.tpe]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tpe {
    /// Points for each setting, all rungs together.
    #[serde(default = "twenty_four")]
    pub trials: u32,
    /// Points of the first rung, drawn by lot.
    #[serde(default = "eight")]
    pub first: u32,
    /// Points of each later rung, which run side by side and are chosen without knowing of each other's scores.
    #[serde(default = "four")]
    pub together: u32,
    /// The share of the tried points that counts as good.
    #[serde(default = "quarter")]
    pub good: f64,
    /// What the draws depend on.
    #[serde(default)]
    pub seed: u64,
}

/// `[tune]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tune {
    /// Seeds that choose, and are not reported.
    pub seeds: Vec<u64>,
    /// What the choice looks at.
    #[serde(default)]
    pub on: TuneOn,
}

/// What a choice looks at. A task over a stream, which would be tuned on its first tenth, joins here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TuneOn {
    /// The validation part.
    #[default]
    Validation,
}

fn twenty_four() -> u32 {
    24
}
fn three() -> u32 {
    3
}
fn four() -> u32 {
    4
}
fn eight() -> u32 {
    8
}
fn quarter() -> f64 {
    0.25
}
