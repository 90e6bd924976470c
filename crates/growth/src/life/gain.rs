//! How much faster than others a neuron learns: the young more, the poor less.
//!
//! A factor on the rate of learning of a neuron i, `η_i` / η, for its dendrites and its bias:
//!
//! - *critical period*: `1 + g exp(-age / τ)`, so that a newborn learns 1 + g times as fast and becomes like the others with time.
//!   In granule cells that are born in the grown hippocampus long-term potentiation is easier between 1 and 1.5 months of their age than
//!   later (Ge et al. 2007); that it begins with birth is ours.
//! - *energy*: `exp(-k (1 - E / E_max))` for what becomes stronger and 1 for what becomes weaker: potentiation is what costs
//!   energy. The form and k = 5 are those of energy-dependent STDP (Jaras et al. 2023).
//!
//! Both are 1 by default. Age counts from birth, for neurons of the start from step 0.

use crate::{
    Setting,
    settings::{SettingError, Settings},
};

/// Where a change of a weight leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Away from zero.
    Increase,
    /// Towards zero.
    Decrease,
}

impl Change {
    /// What a step from this weight by this much is. From zero every step leads away.
    pub fn of(weight: f32, by: f32) -> Self {
        if weight * by < 0.0 { Self::Decrease } else { Self::Increase }
    }
}

/// The factor on a neuron's rate of learning. See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// g: by how many times more a newborn learns.
    pub critical: f32,
    /// τ: steps in which that falls to 1/e.
    pub tau: f32,
    /// k: how strongly an empty store dampens what becomes stronger.
    pub energy: f32,
}

impl Default for Gain {
    fn default() -> Self {
        Self { critical: 0.0, tau: 1000.0, energy: 0.0 }
    }
}

impl Gain {
    /// What can be set.
    pub const SETTINGS: &[Setting] = &[
        Setting {
            name: "critical",
            default: "0",
            about: "g: newborns learn 1 + g times as fast as the old, in [0, 1e3]",
        },
        Setting {
            name: "tau",
            default: "1000",
            about: "steps in which the lead of newborns falls to 1/e, in [1e-3, 1e12]",
        },
        Setting {
            name: "energy",
            default: "0",
            about: "how strongly an empty store dampens growing weights (5 in energy-dependent STDP), in [0, 1e3]",
        },
    ];

    /// The gain as an experiment sets it; see [`Gain::SETTINGS`].
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            critical: settings.real("critical", 0.0, 0.0..=1e3)? as f32,
            tau: settings.real("tau", 1000.0, 1e-3..=1e12)? as f32,
            energy: settings.real("energy", 0.0, 0.0..=1e3)? as f32,
        })
    }

    /// Whether it is 1 for everybody.
    pub fn is_plain(&self) -> bool {
        self.critical == 0.0 && self.energy == 0.0
    }

    /// 1 + g exp(-age / τ), with the age in steps.
    pub fn of_age(&self, age: u64) -> f64 {
        1.0 + f64::from(self.critical) * libm::exp(-(age as f64) / f64::from(self.tau))
    }

    /// exp(-k (1 - E / `E_max`)) with the filling E / `E_max` of the store, taken to [0, 1].
    pub fn of_store(&self, filling: f64) -> f64 {
        let filling = if filling.is_nan() { 0.0 } else { filling.clamp(0.0, 1.0) };
        libm::exp(-f64::from(self.energy) * (1.0 - filling))
    }

    /// `η_i` / η for a change of a neuron of this age whose store is filled so far; `None` where nobody keeps accounts.
    pub fn factor(&self, age: u64, filling: Option<f64>, change: Change) -> f64 {
        match (filling, change) {
            (Some(filling), Change::Increase) => self.of_age(age) * self.of_store(filling),
            _ => self.of_age(age),
        }
    }
}
