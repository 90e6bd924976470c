//! How weights learn, from `[optim]` and `[train]`.

use super::{
    document::Document,
    error::{ConfigError, nearest},
    growing::settings_of,
    raw::{Experiment, Optim, Rate},
};
use crate::{
    Registry,
    task::{self, Kind},
};
use livenet_core::{Optimizer, Pass, StreamKey};
use livenet_growth::Gain;
use livenet_train::{
    Loss, RateSchedule, Shape,
    session::{GroupLasso, Learning},
};

/// The learning of a run.
pub(super) fn build(
    document: &Document,
    experiment: &Experiment,
    shape: &task::Shape,
    registry: &Registry,
    (seed, steps): (u64, u64),
) -> Result<Learning, ConfigError> {
    let (optimizer, rate) = build_optimizer(document, &experiment.optim)?;
    let loss = match (&experiment.train.loss, shape.kind) {
        (Some(name), _) => registry.loss(name).ok_or_else(|| {
            let names = registry.loss_names();
            let help = nearest(name, names.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
            document.fault("train.loss", format!("no loss is called `{name}`; known are {}", names.join(", ")), help)
        })?,
        (None, Kind::Classes) => Loss::CrossEntropy,
        (None, Kind::Bits) => Loss::BinaryCrossEntropy,
        (None, Kind::Values) => Loss::MeanSquared,
    };
    if loss == Loss::CrossEntropy && shape.outputs < 2 {
        return Err(document.fault(
            "train.loss",
            "`cross_entropy` compares the outputs with each other, and this task has one",
            "give `binary_cross_entropy`, or leave `loss` out for the task's own".to_owned(),
        ));
    }
    if experiment.train.dropout_blames_silent && experiment.train.dropout == 0.0 {
        return Err(document.fault(
            "train.dropout_blames_silent",
            "nobody falls silent without `dropout`",
            "give `dropout` its share, or leave this out".to_owned(),
        ));
    }
    let (passes, dropout) = (passes(document, experiment, seed)?, experiment.train.dropout);
    let gain = match &experiment.train.gain {
        Some(table) => Some(build_gain(document, table)?),
        None => None,
    };
    Ok(Learning {
        loss,
        optimizer,
        rate,
        passes,
        group_lasso: experiment
            .train
            .passes
            .group_lasso
            .map(|by| GroupLasso { by, newborns: experiment.train.passes.group_lasso_newborns }),
        gain: gain.filter(|gain| !gain.is_plain()),
        dropout,
        dropout_blames_silent: experiment.train.dropout_blames_silent,
        end: Some(steps),
    })
}

fn build_gain(document: &Document, table: &toml::Table) -> Result<Gain, ConfigError> {
    let mut settings = settings_of(table).map_err(|message| document.fault("train.gain", message, None))?;
    let fault = |error: livenet_growth::SettingError| document.fault("train.gain", error.to_string(), None);
    let gain = Gain::build(&mut settings).map_err(fault)?;
    settings.finish().map_err(fault)?;
    Ok(gain)
}

/// Refuses a number outside what its key can mean.
fn within(document: &Document, key: &str, value: f32, range: Range) -> Result<(), ConfigError> {
    let (fits, words) = match range {
        Range::NotNegative => (value >= 0.0, "of at least 0"),
        Range::Positive => (value > 0.0, "above 0"),
        Range::Share => ((0.0..1.0).contains(&value), "of at least 0 and below 1"),
    };
    if fits && value.is_finite() {
        return Ok(());
    }
    Err(document.fault(key, format!("found {value}"), format!("give a finite number {words}")))
}

/// What a number may be.
#[derive(Clone, Copy)]
enum Range {
    NotNegative,
    Positive,
    /// At least 0 and below 1.
    Share,
}

fn passes(document: &Document, experiment: &Experiment, seed: u64) -> Result<Vec<Pass>, ConfigError> {
    let passes = experiment.train.passes;
    for (name, value, range) in [
        ("decay", passes.decay, Range::NotNegative),
        ("decay_bias", passes.decay_bias, Range::NotNegative),
        ("lasso", passes.lasso, Range::NotNegative),
        ("group_lasso", passes.group_lasso, Range::NotNegative),
        ("clip_norm", passes.clip_norm, Range::Positive),
        ("clip_value", passes.clip_value, Range::Positive),
        ("noise", passes.noise, Range::NotNegative),
    ] {
        if let Some(value) = value {
            within(document, &format!("train.passes.{name}"), value, range)?;
        }
    }
    if passes.group_lasso.is_none() && passes.group_lasso_newborns.is_some() {
        return Err(document.fault(
            "train.passes.group_lasso_newborns",
            "found newborns of a group lasso that is not there",
            "give `group_lasso` its coefficient, or leave this out".to_owned(),
        ));
    }
    let mut all = Vec::new();
    all.extend(passes.decay.map(|by| Pass::Decay { by }));
    all.extend(passes.decay_bias.map(|by| Pass::DecayBias { by }));
    all.extend(passes.lasso.map(|by| Pass::Lasso { by }));
    all.extend(passes.hold_bias.then_some(Pass::HoldBias));
    all.extend(passes.clip_norm.map(|norm| Pass::ClipNorm { norm }));
    all.extend(passes.clip_value.map(|value| Pass::ClipValue { value }));
    all.extend(passes.noise.map(|scale| Pass::Noise { scale, key: StreamKey::new(seed, "noise") }));
    Ok(all)
}

fn build_optimizer(document: &Document, optim: &Optim) -> Result<(Optimizer, RateSchedule), ConfigError> {
    let all = [
        ("sgd", &optim.sgd, &[][..]),
        ("momentum", &optim.momentum, &["beta"][..]),
        ("nesterov", &optim.nesterov, &["beta"][..]),
        ("rmsprop", &optim.rmsprop, &["alpha", "epsilon"][..]),
        ("adam", &optim.adam, &["beta1", "beta2", "epsilon"][..]),
        ("adamw", &optim.adamw, &["beta1", "beta2", "epsilon", "decay"][..]),
    ];
    let given: Vec<_> =
        all.iter().filter_map(|(name, rate, takes)| rate.as_ref().map(|rate| (*name, rate, *takes))).collect();
    let &[(name, rate, takes)] = given.as_slice() else {
        let message = format!("found {} optimizers, expected exactly one", given.len());
        return Err(document.fault(
            "optim",
            message,
            "write one table, such as [optim.adam] with rate = 1e-3".to_owned(),
        ));
    };
    let found: &[(&str, Option<f32>, Range)] = &[
        ("beta", rate.beta, Range::Share),
        ("alpha", rate.alpha, Range::Share),
        ("beta1", rate.beta1, Range::Share),
        ("beta2", rate.beta2, Range::Share),
        ("epsilon", rate.epsilon, Range::Positive),
        ("decay", rate.decay, Range::NotNegative),
    ];
    if let Some((key, ..)) = found.iter().find(|(key, value, _)| value.is_some() && !takes.contains(key)) {
        let help =
            if takes.is_empty() { "it has none but `rate`".to_owned() } else { format!("it has {}", takes.join(", ")) };
        return Err(document.fault(&format!("optim.{name}.{key}"), format!("`{name}` has no such constant"), help));
    }
    let shape = match rate.shape {
        Shape::Constant => None,
        Shape::Step { by, .. } => Some(("step.by", by)),
        Shape::Cosine { to } => Some(("cosine.to", to)),
        Shape::Linear { to } => Some(("linear.to", to)),
        Shape::Exponential { by } => Some(("exponential.by", by)),
    };
    within(document, &format!("optim.{name}.rate"), rate.rate, Range::NotNegative)?;
    if let Some((key, value)) = shape {
        within(document, &format!("optim.{name}.shape.{key}"), value, Range::NotNegative)?;
    }
    for &(key, value, range) in found {
        if let Some(value) = value {
            within(document, &format!("optim.{name}.{key}"), value, range)?;
        }
    }
    let Rate { beta, alpha, beta1, beta2, epsilon, decay, .. } = *rate;
    let (beta, beta1, beta2) = (beta.unwrap_or(0.9), beta1.unwrap_or(0.9), beta2.unwrap_or(0.999));
    let epsilon = epsilon.unwrap_or(1e-8);
    let optimizer = match name {
        "sgd" => Optimizer::Sgd,
        "momentum" => Optimizer::Momentum { beta },
        "nesterov" => Optimizer::Nesterov { beta },
        "rmsprop" => Optimizer::RmsProp { alpha: alpha.unwrap_or(0.99), epsilon },
        "adam" => Optimizer::Adam { beta1, beta2, epsilon },
        _ => Optimizer::AdamW { beta1, beta2, epsilon, decay: decay.unwrap_or(0.01) },
    };
    Ok((optimizer, RateSchedule { rate: rate.rate, warmup: rate.warmup, shape: rate.shape }))
}
