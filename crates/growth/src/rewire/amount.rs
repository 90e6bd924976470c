//! How much is rewired in one asking.

use super::Overshoot;
use std::f64::consts::PI;

/// How many connections change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// This share of those there.
    Fraction(f32),
    /// `alpha / 2 · (1 + cos(π t / T))` of those there, T being the share `until` of the run; nothing
    /// afterwards. In a run without end it stays `alpha`.
    Cosine {
        /// The share at the beginning.
        alpha: f32,
        /// The part of the run after which nothing changes, in (0, 1].
        until: f32,
    },
    /// `alpha · (1 - t / T)³` of those there, with T as for [`Amount::Cosine`].
    Cubic {
        /// The share at the beginning.
        alpha: f32,
        /// The part of the run after which nothing changes, in (0, 1].
        until: f32,
    },
    /// This share of those there *per step*: what is due adds up from asking to asking, and the whole connections
    /// in it change.
    Rate(f32),
    /// This many.
    Count(u64),
    /// As many go or come as lead to this share of the pairs in reach.
    Density(f32),
    /// The same with a share that falls from `start` to `end`: `end + (start - end) · (1 - p)³` (Zhu and Gupta 2017), p
    /// going from 0 at the part `from` of the run to 1 at the part `until`. In a run without end it is `end`
    /// at once.
    Ramp {
        /// The share of the pairs in reach at the beginning.
        start: f32,
        /// The share at the end.
        end: f32,
        /// The part of the run at which it begins to fall.
        from: f32,
        /// The part of the run from which on it stays.
        until: f32,
    },
    /// The same along a logistic curve from `start` to `end` (Zhang et al. 2025), slow at both ends: `start + (end - start) · S(p)`, with
    /// S the logistic function of `steepness · (2 p - 1)`, stretched so that S(0) is 0 and S(1) is 1.
    Sigmoid {
        /// The share of the pairs in reach at the beginning.
        start: f32,
        /// The share at the end.
        end: f32,
        /// The part of the run at which it begins to fall.
        from: f32,
        /// The part of the run from which on it stays.
        until: f32,
        /// How sharp the bend is: 6 in the authors' code.
        steepness: f32,
    },
    /// The same up to a peak and down to what stays.
    Overshoot(Overshoot),
    /// As many come as fall by the rule of what goes, where that rule names them itself.
    AsFallen,
}

/// What an amount is a part of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of {
    /// Connections that may go.
    pub(super) present: usize,
    /// All of the network.
    pub(super) all: usize,
    /// Pairs in reach.
    pub(super) pairs: u64,
    /// All of the network.
    pub(super) all_pairs: u64,
    /// Connections that there were at the first asking.
    pub(super) start: u64,
    /// Steps since the last asking.
    pub(super) steps: u64,
}

/// `t` as a part of the time from the part `from` of the run to the part `until`, in [0, 1].
fn progress(step: u64, end: u64, from: f32, until: f32) -> f64 {
    let (begin, finish) = (end as f64 * f64::from(from), end as f64 * f64::from(until));
    ((step as f64 - begin) / (finish - begin).max(1.0)).clamp(0.0, 1.0)
}

/// The logistic function on [0, 1], from 0 to 1; a straight line where it does not bend.
fn bend(part: f64, steepness: f64) -> f64 {
    let logistic = |x: f64| 1.0 / (1.0 + libm::exp(-steepness * (2.0 * x - 1.0)));
    let (first, last) = (logistic(0.0), logistic(1.0));
    if last > first { (logistic(part) - first) / (last - first) } else { part }
}

impl Amount {
    /// The share that changes at `step`, where this is a share.
    pub fn fraction(&self, step: u64, end: Option<u64>) -> Option<f32> {
        let along = |alpha: f32, until: f32, curve: &dyn Fn(f64) -> f64| match end {
            None => alpha,
            // The last moment of a curve is nothing, whatever rounding says.
            Some(end) => match progress(step, end, 0.0, until) {
                1.0.. => 0.0,
                part => (f64::from(alpha) * curve(part)) as f32,
            },
        };
        match *self {
            Self::Fraction(share) => Some(share),
            Self::Cosine { alpha, until } => {
                Some(along(alpha, until, &|part| f64::midpoint(1.0, libm::cos(PI * part))))
            }
            Self::Cubic { alpha, until } => Some(along(alpha, until, &|part| libm::pow(1.0 - part, 3.0))),
            Self::Rate(_)
            | Self::Count(_)
            | Self::Density(_)
            | Self::Ramp { .. }
            | Self::Sigmoid { .. }
            | Self::Overshoot(_)
            | Self::AsFallen => None,
        }
    }

    /// Whether what goes is replaced, rather than a size aimed at.
    pub(super) const fn replaces(&self) -> bool {
        !matches!(self, Self::Density(_) | Self::Ramp { .. } | Self::Sigmoid { .. } | Self::Overshoot(_))
    }

    /// The density aimed at, where there is one.
    fn density(&self, step: u64, end: Option<u64>) -> Option<f64> {
        match *self {
            Self::Density(density) => Some(f64::from(density)),
            Self::Ramp { start, end: last, from, until } => {
                let left = end.map_or(0.0, |end| 1.0 - progress(step, end, from, until));
                Some(f64::from(last) + (f64::from(start) - f64::from(last)) * libm::pow(left, 3.0))
            }
            Self::Sigmoid { start, end: last, from, until, steepness } => {
                let done = end.map_or(1.0, |end| progress(step, end, from, until));
                Some(f64::from(start) + (f64::from(last) - f64::from(start)) * bend(done, f64::from(steepness)))
            }
            _ => None,
        }
    }

    /// How many more there are than a density that is aimed at.
    pub(super) fn surplus(&self, of: Of, step: u64, end: Option<u64>) -> usize {
        let wanted = self.density(step, end).map_or(f64::INFINITY, |density| (of.pairs as f64 * density).round());
        of.present.saturating_sub(wanted as usize)
    }

    /// How many go and how many come. `owed` keeps the part of a connection that a rate has not paid.
    pub(super) fn due(&self, of: Of, step: u64, end: Option<u64>, owed: &mut f64) -> (usize, usize) {
        let both = |count: usize| (count, count);
        match *self {
            Self::Fraction(_) | Self::Cosine { .. } | Self::Cubic { .. } => {
                // Truncated, as in the papers' code; the small addition keeps 0.3 · 10 at 3.
                both((of.present as f64 * f64::from(self.fraction(step, end).unwrap_or(0.0)) + 1e-4) as usize)
            }
            Self::Rate(rate) => {
                *owed += f64::from(rate) * of.present as f64 * of.steps as f64;
                let whole = owed.floor().min(of.present as f64);
                *owed -= whole;
                both(whole as usize)
            }
            Self::Count(count) => both(((count as usize).saturating_mul(of.present) / of.all.max(1)).min(of.present)),
            Self::Density(_) | Self::Ramp { .. } | Self::Sigmoid { .. } => {
                let wanted = (of.pairs as f64 * self.density(step, end).unwrap_or(0.0)).round() as usize;
                (of.present.saturating_sub(wanted), wanted.saturating_sub(of.present))
            }
            Self::Overshoot(overshoot) => {
                let wanted = overshoot.wanted(of.start, (of.pairs, of.all_pairs), (step, end)).round() as usize;
                (of.present.saturating_sub(wanted), wanted.saturating_sub(of.present))
            }
            Self::AsFallen => both(of.present),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Of = Of { present: 10, all: 20, pairs: 40, all_pairs: 80, start: 10, steps: 1 };

    fn due(amount: Amount, present: usize) -> (usize, usize) {
        amount.due(Of { present, ..OF }, 0, None, &mut 0.0)
    }

    #[test]
    fn the_cosine_goes_from_alpha_to_nothing() {
        let amount = Amount::Cosine { alpha: 0.3, until: 0.75 };
        let at = |step| amount.fraction(step, Some(1000)).unwrap();
        assert!((at(0) - 0.3).abs() < 1e-6 && (at(375) - 0.15).abs() < 1e-6);
        assert_eq!((at(750), at(999)), (0.0, 0.0));
        assert_eq!(amount.fraction(10_000, None), Some(0.3));
    }

    #[test]
    fn the_cubic_has_an_eighth_left_half_way() {
        let amount = Amount::Cubic { alpha: 0.4, until: 0.5 };
        assert_eq!(amount.fraction(250, Some(1000)), Some(0.05));
        assert_eq!(amount.fraction(500, Some(1000)), Some(0.0));
    }

    #[test]
    fn shares_are_truncated_and_densities_go_one_way() {
        assert_eq!(due(Amount::Fraction(0.3), 10), (3, 3));
        assert_eq!(due(Amount::Fraction(0.3), 9), (2, 2));
        assert_eq!(due(Amount::Count(10), 5), (2, 2));
        assert_eq!(due(Amount::Density(0.5), 5), (0, 15));
        assert_eq!(due(Amount::Density(0.1), 5), (1, 0));
    }

    #[test]
    fn the_ramp_is_that_of_zhu_and_gupta() {
        let amount = Amount::Ramp { start: 1.0, end: 0.1, from: 0.2, until: 0.6 };
        let at = |step| amount.density(step, Some(1000)).unwrap();
        // Sparsity 0.9 · (1 - (1 - p)³): at p = 1/2, 0.9 · 7/8.
        assert!((at(400) - (1.0 - 0.9 * 0.875)).abs() < 1e-6, "{}", at(400));
        assert!((at(200) - 1.0).abs() < 1e-6 && (at(600) - 0.1).abs() < 1e-6 && (at(900) - 0.1).abs() < 1e-6);
        assert_eq!(amount.due(OF, 600, Some(1000), &mut 0.0), (6, 0));
        assert_eq!(due(amount, 10), (6, 0));
    }

    #[test]
    fn the_sigmoid_is_slow_at_both_ends_and_half_way_in_the_middle() {
        let amount = Amount::Sigmoid { start: 0.5, end: 0.1, from: 0.0, until: 0.8, steepness: 6.0 };
        let at = |step| amount.density(step, Some(1000)).unwrap();
        assert!((at(0) - 0.5).abs() < 1e-7 && (at(800) - 0.1).abs() < 1e-7 && (at(999) - 0.1).abs() < 1e-7);
        assert!((at(400) - 0.3).abs() < 1e-7, "{}", at(400));
        // The authors': (x - 1/2) / (a1 - a0) + 1/2, with x and a the logistic function at -3, -6 and 6.
        let (x, a0, a1) = (0.047_425_873_177_566_78, 0.002_472_623_156_634_774, 0.997_527_376_843_365_2);
        let shaped: f64 = (x - 0.5) / (a1 - a0) + 0.5;
        assert!((at(200) - (0.5 - 0.4 * shaped)).abs() < 1e-7, "{}", at(200));
        assert!((bend(0.3, 0.0) - 0.3).abs() < 1e-12);
        assert_eq!(amount.surplus(OF, 800, Some(1000)), 6);
        assert_eq!(amount.surplus(OF, 0, Some(1000)), 0);
    }

    #[test]
    fn a_rate_adds_up_over_steps() {
        let mut owed = 0.0;
        let dues: Vec<usize> =
            (0..8).map(|_| Amount::Rate(0.025).due(Of { steps: 1, ..OF }, 0, None, &mut owed).0).collect();
        assert_eq!(dues, [0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!(Amount::Rate(0.025).due(Of { steps: 100, ..OF }, 0, None, &mut owed).0, 10);
    }
}
