//! Learning-rate schedules as data: a rate for every update, by its number alone.

use serde::{Deserialize, Serialize};

/// How the learning rate moves over training.
///
/// Update numbers start at 0. A schedule that ends somewhere ([`Shape::Cosine`], [`Shape::Linear`]) needs to
/// know the number of updates; without it, it stays at its starting rate once the warm-up is over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateSchedule {
    /// The rate before the shape has its say.
    pub rate: f32,
    /// Updates over which the rate rises linearly from `rate / warmup`; 0 starts at full rate.
    #[serde(default)]
    pub warmup: u64,
    /// What happens to it afterwards.
    #[serde(default)]
    pub shape: Shape,
}

/// The course of a rate after its warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// It stays.
    #[default]
    Constant,
    /// Multiplied by `by` after every `every` updates.
    Step {
        /// Updates between two drops; 0 never drops.
        every: u64,
        /// The factor.
        by: f32,
    },
    /// Half a cosine down to `to` times the rate at the end (Loshchilov and Hutter 2017, without restarts).
    Cosine {
        /// The part of the rate that is left.
        #[serde(default)]
        to: f32,
    },
    /// A straight line down to `to` times the rate at the end.
    Linear {
        /// The part of the rate that is left.
        #[serde(default)]
        to: f32,
    },
    /// Multiplied by `by` at every update.
    Exponential {
        /// The factor.
        by: f32,
    },
}

impl RateSchedule {
    /// The same rate for ever.
    pub const fn constant(rate: f32) -> Self {
        Self { rate, warmup: 0, shape: Shape::Constant }
    }

    /// This rate along a shape.
    pub const fn along(rate: f32, shape: Shape) -> Self {
        Self { rate, warmup: 0, shape }
    }

    /// The same with a linear warm-up over so many updates.
    #[must_use]
    pub const fn with_warmup(self, warmup: u64) -> Self {
        Self { warmup, ..self }
    }

    /// The rate of update number `step`, of `end` updates if it is known how many there will be.
    pub fn rate_at(&self, step: u64, end: Option<u64>) -> f32 {
        if step < self.warmup {
            return (f64::from(self.rate) * (step + 1) as f64 / self.warmup as f64) as f32;
        }
        let since = step - self.warmup;
        // The part of the way that is done: 0 at the first update after the warm-up, 1 at the last of all.
        let way = end.map_or(0.0, |end| {
            let last = end.saturating_sub(self.warmup).saturating_sub(1);
            if last == 0 { 0.0 } else { (since as f64 / last as f64).min(1.0) }
        });
        let factor = match self.shape {
            Shape::Constant | Shape::Step { every: 0, .. } => 1.0,
            Shape::Step { every, by } => power(by, since / every),
            Shape::Cosine { to } => {
                let to = f64::from(to);
                to + (1.0 - to) * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * way))
            }
            Shape::Linear { to } => 1.0 + (f64::from(to) - 1.0) * way,
            Shape::Exponential { by } => power(by, since),
        };
        (f64::from(self.rate) * factor) as f32
    }
}

fn power(by: f32, times: u64) -> f64 {
    libm::pow(f64::from(by), times as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_by_hand() {
        let rates =
            |schedule: RateSchedule, end| -> Vec<f32> { (0..5).map(|step| schedule.rate_at(step, end)).collect() };
        let along = |shape| RateSchedule::along(2.0, shape);
        assert_eq!(rates(RateSchedule::constant(2.0), None), [2.0; 5]);
        assert_eq!(rates(along(Shape::Step { every: 2, by: 0.5 }), None), [2.0, 2.0, 1.0, 1.0, 0.5]);
        assert_eq!(rates(along(Shape::Step { every: 0, by: 0.5 }), None), [2.0; 5]);
        assert_eq!(rates(along(Shape::Linear { to: 0.0 }), Some(5)), [2.0, 1.5, 1.0, 0.5, 0.0]);
        assert_eq!(rates(along(Shape::Exponential { by: 0.5 }), None), [2.0, 1.0, 0.5, 0.25, 0.125]);
        let cosine = rates(along(Shape::Cosine { to: 0.5 }), Some(5));
        assert!((cosine[2] - 1.5).abs() < 1e-6 && cosine[0] == 2.0 && (cosine[4] - 1.0).abs() < 1e-6, "{cosine:?}");
    }

    #[test]
    fn a_warm_up_rises_and_then_the_shape_begins() {
        let schedule = RateSchedule::along(1.0, Shape::Linear { to: 0.0 }).with_warmup(4);
        let rates: Vec<f32> = (0..9).map(|step| schedule.rate_at(step, Some(9))).collect();
        assert_eq!(rates, [0.25, 0.5, 0.75, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]);
    }

    #[test]
    fn without_an_end_or_beyond_it_rates_stay() {
        let schedule = RateSchedule::along(1.0, Shape::Cosine { to: 0.1 });
        assert_eq!(schedule.rate_at(1_000_000, None), 1.0);
        assert!((schedule.rate_at(1_000_000, Some(10)) - 0.1).abs() < 1e-7);
        assert_eq!(schedule.rate_at(0, Some(0)), 1.0);
    }
}
