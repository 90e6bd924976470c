//! What an experiment may set of a rewiring method: what its axes have, and no more.

use super::{Amount, Balance, Curve, Drop, Fan, Grow, Guide, Method, Moment, NewWeight, Overshoot, Rewire, Stays};
use crate::settings::{Setting, SettingError, Settings};

impl Rewire {
    /// The method with what an experiment sets. The registry lists what there is.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(mut method: Method, settings: &mut Settings) -> Result<Self, SettingError> {
        method.amount = amount(method.amount, settings)?;
        method.birth = birth(method.birth, settings)?;
        let parts = [
            ("pair", Balance::GroupPair),
            ("group", Balance::Group),
            ("listener", Balance::Listener),
            ("whole", Balance::Whole),
        ];
        method.balance = settings.word("over", &parts, method.balance)?;
        if let Fan::Constant { salient } = &mut method.fan {
            *salient = part(settings, "salient", *salient)?;
        }
        if let Drop::SignCrossing { l1 } = &mut method.drop {
            *l1 = settings.real("l1", f64::from(*l1), 0.0..=1.0)? as f32;
        }
        if let Drop::DrawnWeight { from, to } = &mut method.drop {
            *from = settings.real("power", f64::from(*from), 0.0..=1e3)? as f32;
            *to = settings.real("power_end", f64::from(*to), 0.0..=1e3)? as f32;
        }
        if method.settled < 1.0 {
            method.settled = part(settings, "settled", method.settled)?;
        }
        if let Some(thinning) = &mut method.thinning {
            thinning.to = amount(thinning.to, settings)?;
        }
        let mut rewire = Self::new(method);
        let looks = match &mut rewire.method.grow {
            Grow::Momentum { beta } => {
                *beta = settings.real("momentum", f64::from(*beta), 0.0..=0.9999)? as f32;
                Looks::Candidates
            }
            Grow::SampledGradient { subset, guide } => {
                *subset = settings.real("subset", f64::from(*subset), 0.0..=1e6)? as f32;
                *guide = settings.word(
                    "guide",
                    &[("uniform", Guide::Uniform), ("bound", Guide::Bound), ("estimate", Guide::Estimate)],
                    *guide,
                )?;
                Looks::Candidates
            }
            Grow::Near { width } => {
                *width = settings.real("width", f64::from(*width), 1e-6..=1e9)? as f32;
                Looks::Pairs
            }
            Grow::CoActivity { lanes } => {
                *lanes = settings.integer("lanes", i64::from(*lanes), 1..=1 << 20)? as u32;
                Looks::Candidates
            }
            Grow::Gradient | Grow::Residual => Looks::Candidates,
            _ if method.drop == Drop::SmallestSensitivity => Looks::Samples,
            Grow::Random | Grow::Paths | Grow::Neighbours | Grow::Nowhere => Looks::Nothing,
        };
        if matches!(looks, Looks::Candidates | Looks::Pairs) {
            let most = settings.integer("candidates", i64::from(rewire.candidates), 1..=i64::from(u32::MAX))?;
            rewire.candidates = most as u32;
        }
        if matches!(looks, Looks::Candidates | Looks::Samples) {
            rewire.samples = settings.integer("samples", 0, 0..=i64::from(u32::MAX))? as u32;
        }
        if matches!(method.grow, Grow::Momentum { .. }) || method.drop == Drop::SmallestMovement {
            rewire.every = settings.integer("every", 1, 1..=i64::from(u32::MAX))?.unsigned_abs();
        }
        Ok(rewire)
    }
}

/// What a method looks at beyond what is there.
enum Looks {
    Nothing,
    Pairs,
    Samples,
    Candidates,
}

fn part(settings: &mut Settings, name: &str, default: f32) -> Result<f32, SettingError> {
    Ok(settings.real(name, f64::from(default), 0.0..=1.0)? as f32)
}

fn amount(amount: Amount, settings: &mut Settings) -> Result<Amount, SettingError> {
    Ok(match amount {
        Amount::Fraction(share) => Amount::Fraction(part(settings, "fraction", share)?),
        Amount::Cosine { alpha, until } => {
            Amount::Cosine { alpha: part(settings, "fraction", alpha)?, until: part(settings, "until", until)? }
        }
        Amount::Cubic { alpha, until } => {
            Amount::Cubic { alpha: part(settings, "fraction", alpha)?, until: part(settings, "until", until)? }
        }
        Amount::Rate(rate) => Amount::Rate(part(settings, "rate", rate)?),
        Amount::Count(count) => {
            Amount::Count(settings.integer("count", count as i64, 0..=i64::from(u32::MAX))?.unsigned_abs())
        }
        Amount::Density(density) => Amount::Density(part(settings, "density", density)?),
        Amount::Ramp { start, end, from, until } => Amount::Ramp {
            end: part(settings, "density", end)?,
            start: part(settings, "start", start)?,
            from: part(settings, "from", from)?,
            until: part(settings, "until", until)?,
        },
        Amount::Sigmoid { start, end, from, until, steepness } => Amount::Sigmoid {
            end: part(settings, "density", end)?,
            start: part(settings, "start", start)?,
            from: part(settings, "from", from)?,
            until: part(settings, "thinned", until)?,
            steepness: settings.real("steepness", f64::from(steepness), 0.0..=1e3)? as f32,
        },
        Amount::Overshoot(default) => Amount::Overshoot(overshoot(default, settings)?),
        Amount::AsFallen => Amount::AsFallen,
    })
}

fn overshoot(default: Overshoot, settings: &mut Settings) -> Result<Overshoot, SettingError> {
    let density = if let Stays::Density(density) = default.stays { density } else { 0.1 };
    let density = Stays::Density(part(settings, "density", density)?);
    let count = settings.integer("count", 0, 0..=i64::from(u32::MAX))? as u32;
    let mut moment = |default: Moment, at, step| {
        let at = if let Moment::Part(default) = default { Moment::Part(part(settings, at, default)?) } else { default };
        let step = settings.integer(step, 0, 0..=i64::from(u32::MAX))? as u32;
        Ok(if step == 0 { at } else { Moment::Step(step) })
    };
    Ok(Overshoot {
        stays: if count == 0 { density } else { Stays::Count(count) },
        peak_at: moment(default.peak_at, "peak_at", "peak_step")?,
        settled_at: moment(default.settled_at, "settled_at", "settled_step")?,
        peak: settings.real("peak", f64::from(default.peak), 1.0..=1e3)? as f32,
        curve: settings.choice("curve", &[("cosine", Curve::Cosine), ("linear", Curve::Linear)])?,
    })
}

fn birth(birth: NewWeight, settings: &mut Settings) -> Result<NewWeight, SettingError> {
    let mut scale = |scale: f32| Ok(settings.real("scale", f64::from(scale), 0.0..=f64::from(f32::MAX))? as f32);
    Ok(match birth {
        NewWeight::Zero => NewWeight::Zero,
        NewWeight::Normal(deviation) => NewWeight::Normal(scale(deviation)?),
        NewWeight::Uniform(width) => NewWeight::Uniform(scale(width)?),
        NewWeight::FanIn(gain) => NewWeight::FanIn(scale(gain)?),
        NewWeight::Step(rate) => NewWeight::Step(scale(rate)?),
    })
}

pub(super) const fn fraction(default: &'static str) -> Setting {
    Setting {
        name: "fraction",
        default,
        about: "part of the connections rewired in one asking, at the beginning; in [0, 1]",
    }
}

pub(super) const fn settled(default: &'static str) -> Setting {
    Setting {
        name: "settled",
        default,
        about: "a part where more than this share of what went came again is left alone from then on; 1 for none; in [0, 1]",
    }
}

pub(super) const UNTIL: Setting =
    Setting { name: "until", default: "0.75", about: "part of the run after which nothing is rewired; in [0, 1]" };

pub(super) const fn over(default: &'static str) -> Setting {
    Setting {
        name: "over",
        default,
        about: "over what counts are kept: `pair` of groups, `group` that listens, single `listener`, or `whole` network",
    }
}

pub(super) const fn l1(default: &'static str) -> Setting {
    Setting {
        name: "l1",
        default,
        about: "what the l1 term takes off |w| in one step, learning rate times coefficient; whoever has less left goes; in [0, 1]",
    }
}

pub(super) const fn density(default: &'static str) -> Setting {
    Setting { name: "density", default, about: "part of the pairs in reach that is connected in the end; in [0, 1]" }
}

pub(super) const CANDIDATES: Setting = Setting {
    name: "candidates",
    default: "1000000",
    about: "most absent pairs looked at at a time, 1 or more; fewer than could come bends the method",
};

pub(super) const SAMPLES: Setting = Setting {
    name: "samples",
    default: "0",
    about: "training samples behind the gradient; 0 takes the last window, as the paper does",
};

pub(super) const LANES: Setting =
    Setting { name: "lanes", default: "64", about: "lanes of the window whose outputs are compared; in [1, 1048576]" };

pub(super) const EVERY: Setting = Setting {
    name: "every",
    default: "1",
    about: "rewires at every so many askings, 1 or more, and only watches at the others",
};
