//! How learning goes, as it stands in a file: `[train]` and `[optim]`.

use livenet_train::Shape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Whether who falls silent is blamed as if it had spoken, as in the published code of SET.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dropout_blames_silent: bool,
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
    /// Adds this times the bias to its gradient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decay_bias: Option<f32>,
    /// Biases stay what they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold_bias: bool,
    /// Shrinks the norm of what each hidden neuron hears by the rate times this at each update, to zero at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_lasso: Option<f32>,
    /// The group lasso holds only for neurons that were born on the way, for so many updates of their lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_lasso_newborns: Option<u64>,
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
