//! More connections than will stay, then down to those that do: the curve of [`Amount::Overshoot`](super::Amount::Overshoot).
//!
//! With n0 connections at the first asking, n to stay, t1 the moment of the peak and t2 the moment from which on it is over,
//!
//! ```text
//! N(t) = n0 + (peak · n - n0) · c(t / t1)                         t <= t1
//! N(t) = n + (peak · n - n) · (1 - c((t - t1) / (t2 - t1)))       t1 < t < t2
//! N(t) = n                                                        t >= t2
//! ```
//!
//! where c(p) is p, or (1 - cos π p) / 2, which is slow at the beginning, at the peak and at the end. What begins above its peak falls from the
//! start.

use std::f64::consts::PI;

/// A wiring that overshoots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overshoot {
    /// How many there are at the peak, as a multiple of what stays: 1 or more.
    pub peak: f32,
    /// What stays.
    pub stays: Stays,
    /// When the peak is reached.
    pub peak_at: Moment,
    /// From when on what stays is all there is.
    pub settled_at: Moment,
    /// The way there and back.
    pub curve: Curve,
}

/// How many connections stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stays {
    /// This share of the pairs in reach.
    Density(f32),
    /// This many, spread in proportion to the pairs in reach.
    Count(u32),
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// At this part of it. In a run without end it is past.
    Part(f32),
    /// At this step.
    Step(u32),
}

/// How a number goes from one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Along half a cosine.
    Cosine,
    /// Evenly.
    Linear,
}

impl Moment {
    fn step(self, end: Option<u64>) -> Option<f64> {
        match self {
            Self::Part(part) => end.map(|end| end as f64 * f64::from(part)),
            Self::Step(step) => Some(f64::from(step)),
        }
    }
}

impl Curve {
    fn at(self, part: f64) -> f64 {
        match self {
            Self::Cosine => f64::midpoint(1.0, -libm::cos(PI * part)),
            Self::Linear => part,
        }
    }
}

impl Overshoot {
    /// How many there are to be at a step, of `start` at the first asking. `pairs` are those in reach, here and in the whole network.
    pub fn wanted(&self, start: u64, pairs: (u64, u64), (step, end): (u64, Option<u64>)) -> f64 {
        let (here, all) = (pairs.0 as f64, pairs.1.max(1) as f64);
        let stays = match self.stays {
            Stays::Density(density) => here * f64::from(density),
            Stays::Count(count) => here * (f64::from(count) / all).min(1.0),
        };
        let (Some(peak_at), Some(settled_at)) = (self.peak_at.step(end), self.settled_at.step(end)) else {
            return stays;
        };
        let (peak, start, step) = ((f64::from(self.peak) * stays).min(here), start as f64, step as f64);
        if step >= settled_at {
            stays
        } else if step <= peak_at {
            start + (peak - start) * self.curve.at(step / peak_at.max(1.0))
        } else {
            stays + (peak - stays) * (1.0 - self.curve.at((step - peak_at) / (settled_at - peak_at)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERSHOOT: Overshoot = Overshoot {
        peak: 1.6,
        stays: Stays::Density(0.25),
        peak_at: Moment::Part(0.25),
        settled_at: Moment::Part(0.75),
        curve: Curve::Cosine,
    };

    fn at(overshoot: Overshoot, step: u64, end: Option<u64>) -> f64 {
        overshoot.wanted(40, (400, 1000), (step, end))
    }

    #[test]
    fn from_the_start_over_the_peak_to_what_stays() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
        // 100 stay, 160 are the peak, 40 the start.
        for (step, expected) in [(0, 40.0), (125, 100.0), (250, 160.0), (500, 130.0), (750, 100.0), (999, 100.0)] {
            near(at(OVERSHOOT, step, Some(1000)), expected);
            near(at(Overshoot { curve: Curve::Linear, ..OVERSHOOT }, step, Some(1000)), expected);
        }
        // A sixth of half a turn: (1 - cos(π/5)) / 2.
        near(at(OVERSHOOT, 50, Some(1000)), 40.0 + 120.0 * 0.095_491_5);
        near(at(Overshoot { curve: Curve::Linear, ..OVERSHOOT }, 50, Some(1000)), 64.0);
    }

    #[test]
    fn steps_need_no_end_and_parts_do() {
        assert_eq!(at(OVERSHOOT, 3, None), 100.0);
        let steps = Overshoot { peak_at: Moment::Step(10), settled_at: Moment::Step(30), ..OVERSHOOT };
        let found = [0, 10, 30, 500].map(|step| at(steps, step, None).round());
        assert_eq!(found, [40.0, 160.0, 100.0, 100.0]);
    }

    #[test]
    fn a_count_is_spread_by_pairs_and_there_is_no_more_than_all() {
        let overshoot = Overshoot { stays: Stays::Count(500), ..OVERSHOOT };
        assert_eq!(at(overshoot, 999, Some(1000)).round(), 200.0);
        assert_eq!(at(Overshoot { peak: 9.0, ..overshoot }, 250, Some(1000)).round(), 400.0);
        assert_eq!(at(Overshoot { stays: Stays::Count(9999), ..OVERSHOOT }, 999, Some(1000)), 400.0);
    }

    #[test]
    fn a_peak_after_its_end_is_no_peak() {
        let odd = Overshoot { peak_at: Moment::Part(0.9), settled_at: Moment::Part(0.5), ..OVERSHOOT };
        assert_eq!(at(odd, 500, Some(1000)), 100.0);
        assert!(at(odd, 499, Some(1000)).is_finite());
        let nothing = Overshoot { peak_at: Moment::Part(0.0), settled_at: Moment::Part(0.0), ..OVERSHOOT };
        assert_eq!(at(nothing, 0, Some(0)), 100.0);
    }
}
