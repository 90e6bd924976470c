//! An experiment file as it is written: serde structs, unknown keys refused.
//!
//! Nothing here is trusted; [`checked`](super::checked) applies every cross-field rule. Choices are
//! externally tagged (`[optim.adam]`), which keeps line and column in errors.

pub use super::start::{InitName, RunWiring, WeightsName, WiringName};
use livenet_train::Shape;
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

/// `[train]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Updates; or give `epochs`.
    #[serde(default)]
    pub steps: Option<u64>,
    /// Passes over the training part; or give `steps`.
    #[serde(default)]
    pub epochs: Option<u64>,
    /// Samples per update.
    #[serde(default = "thirty_two")]
    pub batch: u32,
    /// Cycles that the gradient reaches back (the memory); by default the window of the task.
    #[serde(default)]
    pub memory: Option<u32>,
    /// Share of hidden outputs that fall silent in training.
    #[serde(default)]
    pub dropout: f32,
    /// Loss, if not the task's own: `mean_squared`, `cross_entropy`, `binary_cross_entropy`, `huber`.
    #[serde(default)]
    pub loss: Option<String>,
    /// Moments of newborns: `from_origin` or `nothing`.
    #[serde(default)]
    pub inherit: InheritName,
    /// Weight decay (L2), lasso (L1), biases that stay, norm and value clipping, and weight noise, by name.
    #[serde(default)]
    pub passes: Passes,
    /// How much faster than others some neurons learn: `critical` and `tau` for the young, `energy` for the well fed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub gain: Option<toml::Table>,
    /// Updates between two looks at the validation part; by default once per epoch, or every 100.
    #[serde(default)]
    pub evaluate_every: Option<u64>,
    /// Updates between two checkpoints.
    #[serde(default = "five_hundred")]
    pub checkpoint_every: u64,
    /// Which state is tested: the `last`, or the `best` on the validation part.
    #[serde(default)]
    pub keep: Keep,
    /// Ends after this many looks at the validation part without a better loss.
    #[serde(default)]
    pub patience: Option<u32>,
}

fn thirty_two() -> u32 {
    32
}
fn five_hundred() -> u64 {
    500
}

/// Moments of newborns.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InheritName {
    /// Zero.
    Nothing,
    /// Their origin's share.
    #[default]
    FromOrigin,
}

/// Which state is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The last.
    #[default]
    Last,
    /// The one with the best validation accuracy (loss, where there is none).
    Best,
}

/// `[train.passes]`
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passes {
    /// Adds this times the weight to its gradient.
    #[serde(default)]
    pub decay: Option<f32>,
    /// Adds this times the sign of the weight to its gradient (L1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasso: Option<f32>,
    /// Biases stay what they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold_bias: bool,
    /// Scales the gradient down to this norm.
    #[serde(default)]
    pub clip_norm: Option<f32>,
    /// Clamps each gradient to ± this.
    #[serde(default)]
    pub clip_value: Option<f32>,
    /// Adds normal noise of this standard deviation to every weight after each update.
    #[serde(default)]
    pub noise: Option<f32>,
}

/// `[optim]`
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Optim {
    /// `[optim.sgd]`
    #[serde(default)]
    pub sgd: Option<Rate>,
    /// `[optim.momentum]`
    #[serde(default)]
    pub momentum: Option<Rate>,
    /// `[optim.nesterov]`
    #[serde(default)]
    pub nesterov: Option<Rate>,
    /// `[optim.rmsprop]`
    #[serde(default)]
    pub rmsprop: Option<Rate>,
    /// `[optim.adam]`
    #[serde(default)]
    pub adam: Option<Rate>,
    /// `[optim.adamw]`
    #[serde(default)]
    pub adamw: Option<Rate>,
}

/// The settings of an optimizer; those that it does not have are refused.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Learning rate.
    pub rate: f32,
    /// Updates over which the rate rises from nothing.
    #[serde(default)]
    pub warmup: u64,
    /// Its course afterwards: `"constant"`, `{ cosine = { to = 0.0 } }`, `{ linear = .. }`,
    /// `{ step = { every = 1000, by = 0.5 } }`, `{ exponential = { by = 0.999 } }`.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub shape: Shape,
    /// Momentum and Nesterov.
    #[serde(default)]
    pub beta: Option<f32>,
    /// RMSProp.
    #[serde(default)]
    pub alpha: Option<f32>,
    /// Adam and AdamW.
    #[serde(default)]
    pub beta1: Option<f32>,
    /// Adam and AdamW.
    #[serde(default)]
    pub beta2: Option<f32>,
    /// RMSProp, Adam and AdamW.
    #[serde(default)]
    pub epsilon: Option<f32>,
    /// AdamW.
    #[serde(default)]
    pub decay: Option<f32>,
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
