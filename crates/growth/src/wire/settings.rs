//! What an experiment sets of `wire`.

use crate::{
    Setting, View,
    rewire::Amount,
    settings::{SettingError, Settings},
};

/// Connection training. See the [module](super). Keeps no state between askings.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// Most connections; 0 takes `density` instead.
    pub connections: u64,
    /// Most connections as a part of the pairs within reach.
    pub density: f32,
    /// The part of the connections that goes in one asking, at the beginning.
    pub fraction: f32,
    /// The part of the run after which the wiring stands.
    pub until: f32,
    /// Dendrites of a recruit; 0 divides the cap evenly among the hidden neurons, in 8..=64.
    pub dendrites: u32,
    /// Outputs that a recruit speaks to.
    pub axons: u32,
    /// The part of what is spare that recruits get before growth by gradient.
    pub recruiting: f32,
    /// The part of the recruits that hears one speaker with weight 1, where connections lag.
    pub relays: f32,
    /// Training samples on which the signals are computed; 0 takes the last window.
    pub samples: u32,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            connections: 0,
            density: 0.25,
            fraction: 0.3,
            until: 0.75,
            dendrites: 0,
            axons: 3,
            recruiting: 0.5,
            relays: 0.5,
            samples: 512,
        }
    }
}

impl Wire {
    /// The settings of [`Wire::build`].
    pub const SETTINGS: &[Setting] = &[
        Setting { name: "connections", default: "0", about: "most connections; 0 takes `density` instead" },
        Setting { name: "density", default: "0.25", about: "most connections as a part of the pairs within reach" },
        Setting {
            name: "fraction",
            default: "0.3",
            about: "part of the connections that goes in one asking, at the beginning",
        },
        Setting { name: "until", default: "0.75", about: "part of the run after which the wiring stands" },
        Setting {
            name: "dendrites",
            default: "0",
            about: "dendrites of a recruit; 0 divides the cap among the hidden neurons",
        },
        Setting { name: "axons", default: "3", about: "outputs that a recruit speaks to" },
        Setting {
            name: "recruiting",
            default: "0.5",
            about: "part of what is spare that recruits get before growth by gradient",
        },
        Setting {
            name: "relays",
            default: "0.5",
            about: "part of the recruits that pass on what they hear, where connections lag",
        },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples behind the signals; 0 takes the last window",
        },
    ];

    /// Connection training as an experiment sets it; see [`Wire::SETTINGS`].
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        let most = i64::from(u32::MAX);
        let part = |settings: &mut Settings, name: &str, default: f32| -> Result<f32, SettingError> {
            Ok(settings.real(name, f64::from(default), 0.0..=1.0)? as f32)
        };
        Ok(Self {
            connections: settings.integer("connections", 0, 0..=most)?.unsigned_abs(),
            density: part(settings, "density", default.density)?,
            fraction: part(settings, "fraction", default.fraction)?,
            until: part(settings, "until", default.until)?,
            dendrites: settings.integer("dendrites", 0, 0..=most)? as u32,
            axons: settings.integer("axons", i64::from(default.axons), 1..=most)? as u32,
            recruiting: part(settings, "recruiting", default.recruiting)?,
            relays: part(settings, "relays", default.relays)?,
            samples: settings.integer("samples", i64::from(default.samples), 0..=most)? as u32,
        })
    }

    /// The most connections that it makes: its own cap or the budget's. Never more than there are pairs within reach:
    /// where a small reach is used up, the wiring is full and dropping must begin.
    pub(super) fn cap(&self, view: &View<'_>) -> u64 {
        let pairs = view.network.reachable_pairs();
        let own = if self.connections > 0 {
            self.connections.min(pairs)
        } else {
            (pairs as f64 * f64::from(self.density)).round() as u64
        };
        own.min(view.budget.connections.unwrap_or(u64::MAX))
    }

    /// How many absent pairs it wants to see: as many as it could ever make at once, or with a `density`, whose count
    /// depends on the network, 65 536; recruits get what growth leaves.
    pub(super) fn candidates(&self) -> u32 {
        if self.connections > 0 { self.connections.clamp(1024, u64::from(u32::MAX)) as u32 } else { 1 << 16 }
    }

    pub(super) fn share_to_drop(&self, step: u64, end: Option<u64>) -> f32 {
        Amount::Cosine { alpha: self.fraction, until: self.until }.fraction(step, end).unwrap_or(0.0)
    }

    /// How many dendrites a recruit gets.
    pub(super) fn dendrites_of(&self, cap: u64, hidden: usize) -> usize {
        if self.dendrites > 0 {
            return self.dendrites as usize;
        }
        // Four fifths of an even share, so that every neuron can have some and growth finds room.
        let even = (cap as f32 * 0.8 / hidden.max(1) as f32) as usize;
        even.saturating_sub(self.axons as usize).clamp(8, 64)
    }
}
