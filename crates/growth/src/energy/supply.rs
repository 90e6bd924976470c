//! What comes in: the same all the time, by a list of drought and plenty, or by what the network achieves or misses.

use crate::settings::{SettingError, Settings, Value};
use serde::{Deserialize, Serialize};

/// How the supply S per step follows from the supply S₀ of the settings and what the ledger
/// [senses](super::Ledger::sense).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Supply {
    /// S = S₀.
    #[default]
    Fixed,
    /// From each of these steps on this supply, ascending; before the first of them S₀.
    Scheduled(Vec<(u64, f64)>),
    /// S = S₀ · (1 + κ · reward): what does well is fed. The reward is the accuracy where there is one, else 1 / (1 + loss).
    Earned {
        /// κ: the part of S₀ that a perfect network gets in addition.
        kappa: f64,
    },
    /// S = S₀ · (1 + κ · min(1, max(0, fast / slow − 1))) with running means of the loss: what is worse than it used to be is
    /// fed, as arousal by what is unexpected, and the supply falls back when the new is no longer new. Losses below 0 count
    /// as 0.
    Surprised {
        /// κ: the part of S₀ that comes in addition when the loss is twice what it used to be, or more.
        kappa: f64,
        /// Steps that the slow mean remembers; the fast one remembers a tenth of them.
        memory: f64,
    },
}

/// What it has seen: running means of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Senses {
    /// When it last saw a loss.
    last: Option<u64>,
    fast: Mean,
    slow: Mean,
}

/// A running mean that forgets by steps, corrected for its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn take(&mut self, value: f64, steps: f64, memory: f64) {
        let keep = libm::exp(-steps / memory);
        self.sum = keep * self.sum + (1.0 - keep) * value;
        self.weight = keep * self.weight + (1.0 - keep);
    }

    fn get(self) -> f64 {
        if self.weight > 0.0 { self.sum / self.weight } else { 0.0 }
    }
}

impl Supply {
    /// The supply after this was sensed. What is not finite teaches nothing.
    pub(super) fn sense(&self, senses: &mut Senses, base: f64, step: u64, loss: f64, accuracy: Option<f64>) -> f64 {
        match self {
            Self::Fixed => base,
            Self::Scheduled(list) => {
                list.iter().rev().find(|&&(from, _)| from <= step).map_or(base, |&(_, supply)| supply)
            }
            Self::Earned { kappa } => {
                let reward = match accuracy.filter(|accuracy| accuracy.is_finite()) {
                    Some(accuracy) => accuracy.clamp(0.0, 1.0),
                    None if loss.is_nan() => 0.0,
                    None => 1.0 / (1.0 + loss.max(0.0)),
                };
                base * (1.0 + kappa * reward)
            }
            Self::Surprised { kappa, memory } => {
                if loss.is_finite() {
                    let steps = senses.last.map_or(1, |last| step.saturating_sub(last)) as f64;
                    senses.last = Some(step);
                    senses.fast.take(loss.max(0.0), steps, memory / 10.0);
                    senses.slow.take(loss.max(0.0), steps, *memory);
                }
                let (fast, slow) = (senses.fast.get(), senses.slow.get());
                let surprise = if slow > 0.0 { (fast / slow - 1.0).clamp(0.0, 1.0) } else { 0.0 };
                base * (1.0 + kappa * surprise)
            }
        }
    }

    pub(super) fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let kinds = [("fixed", 0), ("scheduled", 1), ("earned", 2), ("surprised", 3)];
        Ok(match settings.choice("supply_kind", &kinds)? {
            0 => Self::Fixed,
            1 => Self::Scheduled(schedule(&settings.list("schedule")?)?),
            2 => Self::Earned { kappa: settings.real("kappa", 1.0, 0.0..=1e6)? },
            _ => Self::Surprised {
                kappa: settings.real("kappa", 1.0, 0.0..=1e6)?,
                memory: settings.real("memory", 1000.0, 1.0..=1e12)?,
            },
        })
    }
}

fn schedule(list: &[Value]) -> Result<Vec<(u64, f64)>, SettingError> {
    let fault = || SettingError::Type {
        name: "schedule".to_owned(),
        found: Value::List(list.to_vec()).to_string(),
        expected: "a list of [step, supply] with ascending steps from 0 and supplies in 1e-9 to 1e12",
    };
    let entry = |value: &Value| {
        let Value::List(pair) = value else { return None };
        let [Value::Integer(from), supply] = pair.as_slice() else { return None };
        let supply = match *supply {
            Value::Real(supply) => supply,
            Value::Integer(supply) => supply as f64,
            _ => return None,
        };
        Some((u64::try_from(*from).ok()?, supply)).filter(|(_, supply)| (1e-9..=1e12).contains(supply))
    };
    let read: Vec<(u64, f64)> = list.iter().map(entry).collect::<Option<_>>().ok_or_else(fault)?;
    let ascending = read.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if read.is_empty() || !ascending { Err(fault()) } else { Ok(read) }
}
