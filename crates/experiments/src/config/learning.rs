//! How weights learn, from `[optim]` and `[train]`.

use super::{
    document::Document,
    error::{ConfigError, nearest},
    raw::{Experiment, Optim, Rate},
};
use crate::{Registry, task::Kind};
use livenet_core::{Optimizer, Pass, StreamKey};
use livenet_train::{Loss, RateSchedule, session::Learning};

/// The learning of a run.
pub(super) fn build(
    document: &Document,
    experiment: &Experiment,
    kind: Kind,
    registry: &Registry,
    (seed, steps): (u64, u64),
) -> Result<Learning, ConfigError> {
    let (optimizer, rate) = build_optimizer(document, &experiment.optim)?;
    let loss = match (&experiment.train.loss, kind) {
        (Some(name), _) => registry.loss(name).ok_or_else(|| {
            let names = registry.loss_names();
            let help = nearest(name, names.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
            document.fault("train.loss", format!("no loss is called `{name}`; known are {}", names.join(", ")), help)
        })?,
        (None, Kind::Classes) => Loss::CrossEntropy,
        (None, Kind::Bits) => Loss::BinaryCrossEntropy,
        (None, Kind::Values) => Loss::MeanSquared,
    };
    let (passes, dropout) = (passes(experiment, seed), experiment.train.dropout);
    Ok(Learning { loss, optimizer, rate, passes, dropout, end: Some(steps) })
}

fn passes(experiment: &Experiment, seed: u64) -> Vec<Pass> {
    let passes = experiment.train.passes;
    let mut all = Vec::new();
    all.extend(passes.decay.map(|by| Pass::Decay { by }));
    all.extend(passes.clip_norm.map(|norm| Pass::ClipNorm { norm }));
    all.extend(passes.clip_value.map(|value| Pass::ClipValue { value }));
    all.extend(passes.noise.map(|scale| Pass::Noise { scale, key: StreamKey::new(seed, "noise") }));
    all
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
    let found: &[(&str, Option<f32>)] = &[
        ("beta", rate.beta),
        ("alpha", rate.alpha),
        ("beta1", rate.beta1),
        ("beta2", rate.beta2),
        ("epsilon", rate.epsilon),
        ("decay", rate.decay),
    ];
    if let Some((key, _)) = found.iter().find(|(key, value)| value.is_some() && !takes.contains(key)) {
        let help =
            if takes.is_empty() { "it has none but `rate`".to_owned() } else { format!("it has {}", takes.join(", ")) };
        return Err(document.fault(&format!("optim.{name}.{key}"), format!("`{name}` has no such constant"), help));
    }
    if !(rate.rate.is_finite() && rate.rate >= 0.0) {
        return Err(document.fault(
            &format!("optim.{name}.rate"),
            format!("found {}", rate.rate),
            "give a finite rate of at least 0".to_owned(),
        ));
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
