//! An experiment file as it is written: serde structs, unknown keys refused.
//!
//! Nothing here is trusted; [`checked`](super::checked) applies every cross-field rule. Choices are
//! externally tagged (`[optim.adam]`), which keeps line and column in errors.

pub use super::start::{InitName, RunWiring, WeightsName, WiringName};
pub use super::training::{InheritName, Keep, Optim, Passes, Rate, Train};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A whole experiment.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Name of the experiment, and of its folder of runs.
    pub name: String,
    /// One sentence for the report.
    #[serde(default)]
    pub summary: String,
    /// One run per seed and arm.
    #[serde(default = "one_seed")]
    pub seeds: Vec<u64>,
    /// `native`, or `burn` and its devices; see `livenet list executors`.
    #[serde(default = "native")]
    pub executor: String,
    /// What is learned: exactly one table, as `[task.digits]`; see `livenet list tasks`.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, serde_json::Value>>")]
    pub task: BTreeMap<String, toml::Table>,
    /// The network before anything is learned.
    pub network: NetworkTable,
    /// How weights learn.
    pub train: Train,
    /// How the learning rate and moments are used: exactly one table, as `[optim.adam]`.
    pub optim: Optim,
    /// Strategies, asked in this order.
    #[serde(default)]
    pub grow: Vec<Grow>,
    /// Energy accounts, on which strategies may draw.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub energy: Option<toml::Table>,
    /// What all strategies together may spend: caps on the network, and the edits after one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub budget: Option<livenet_growth::Budget>,
    /// Strategies, plasticity, energy and budget under one name, put before what the file itself says of them: see
    /// `livenet list lifecycles`; or a file of one's own, `"my-life.toml"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// Variants that are compared; without any there is one, the file itself.
    #[serde(default)]
    pub arm: Vec<Arm>,
    /// What the experiment claims, checked by `livenet run --check`.
    #[serde(default)]
    pub claim: Vec<Claim>,
}

fn one_seed() -> Vec<u64> {
    vec![1]
}
fn native() -> String {
    "native".into()
}

/// `[network]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkTable {
    /// `grouped` (the default), `synchronous` or `inputs_first`.
    #[serde(default)]
    pub schedule: ScheduleName,
    /// Hidden fire groups, in their order of firing between inputs and outputs.
    #[serde(default)]
    pub group: Vec<Group>,
    /// The output group.
    #[serde(default)]
    pub output: Output,
    /// The connections at the start: exactly one of `none`, `dense`, `uniform`, `count`, `erdos_renyi`, `fan_in`,
    /// `receptive_field`, `small_world`, `run`, the last being the wiring at the end of another run:
    /// `{ run = "runs/NAME/HASH-s{seed}" }`.
    #[serde(default)]
    pub wiring: WiringName,
    /// The first weights of that wiring: `"he"` (the default), `"glorot"`, `"glorot_uniform"`,
    /// `"kaiming_uniform"`, `{ normal = 0.1 }`, `{ uniform = 1.0 }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<InitName>,
    /// The seed of that wiring alone, so that the runs of all seeds begin with one structure and weights of their own;
    /// `run --pack` then takes them as lanes. Left out: the seed of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wiring_seed: Option<u64>,
}

/// Schedules by name.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleName {
    /// Group after group.
    #[default]
    Grouped,
    /// Every hop costs a cycle.
    Synchronous,
    /// Inputs at once, all else a cycle later.
    InputsFirst,
}

/// `[[network.group]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Neurons at the start; where the wiring is that of a run, as many as it had instead.
    pub neurons: u32,
    /// An activation, or `leaky-` and an activation: `relu`, `leaky-tanh`.
    #[serde(default = "relu")]
    pub unit: String,
    /// `none`, `layer` or `rms`.
    #[serde(default)]
    pub norm: NormName,
    /// Whom its members may listen to.
    pub reach: ReachTable,
    /// Bias at birth.
    #[serde(default)]
    pub bias: f32,
    /// Decay of leaky units at birth, in (0, 1).
    #[serde(default = "nine_tenths")]
    pub decay: f32,
}

fn relu() -> String {
    "relu".into()
}
fn nine_tenths() -> f32 {
    0.9
}

/// Normalisations by name.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NormName {
    /// None.
    #[default]
    None,
    /// Layer norm.
    Layer,
    /// Root mean square.
    Rms,
}

/// `[network.output]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// As for a group.
    #[serde(default = "linear")]
    pub unit: String,
    /// As for a group.
    #[serde(default)]
    pub norm: NormName,
    /// Whom the outputs may listen to; by default the group before them.
    #[serde(default)]
    pub reach: Option<ReachTable>,
}

impl Default for Output {
    fn default() -> Self {
        Self { unit: linear(), norm: NormName::None, reach: None }
    }
}

fn linear() -> String {
    "linear".into()
}

/// `reach = { groups = ["input"], max_delay = 0 }`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachTable {
    /// Names of groups; `input` and `output` are those of the task.
    pub groups: Vec<String>,
    /// Only neurons within this distance.
    #[serde(default)]
    pub within: Option<f32>,
    /// Largest delay of a connection, in cycles.
    #[serde(default)]
    pub max_delay: u16,
    /// Whether a neuron may listen to itself.
    #[serde(default = "yes")]
    pub itself: bool,
}

fn yes() -> bool {
    true
}

/// `[[grow]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grow {
    /// A method by name; see `livenet list strategies`.
    pub strategy: String,
    /// When it is asked: `every = { steps = 100 }`, `once = { at = 0 }`, ...
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<livenet_growth::When>,
    /// What it may spend.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub budget: Option<livenet_growth::Budget>,
    /// Its own settings.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub settings: toml::Table,
}

/// `[[arm]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name in plots.
    pub name: String,
    /// Dotted keys and their values in this arm: `{ "network.wiring" = "dense", "grow" = [] }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub set: toml::Table,
}

/// `[[claim]]`: a bound on a median over seeds.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Which arm; the only one if there is none.
    #[serde(default)]
    pub arm: Option<String>,
    /// A name of the report: `metrics.test_accuracy`, `connections`.
    pub metric: String,
    /// The median must be at least this.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// The median must be at most this.
    #[serde(default)]
    pub at_most: Option<f64>,
}
