//! How many seeds would tell two settings apart.

use super::paired::quantile;
use serde::Serialize;

/// The chance to find a difference that is there, for which [`seeds_to_tell`] counts seeds.
pub const POWER: f64 = 0.8;
/// The chance to find one that is not there, two-sided.
pub const SIGNIFICANCE: f64 = 0.05;

/// No answer is larger.
const MOST: u64 = 1_000_000;

/// How many seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seeds {
    /// So many, all told.
    Count(u64),
    /// More than a million: there is no difference to speak of.
    TooMany,
}

/// The least count of paired seeds with which the two-sided paired t test at 5 % finds a difference of this mean and
/// standard deviation four times in five: the power is that of the noncentral t distribution (see [`power_of`]).
///
/// Reckoned from a difference that was itself estimated from few seeds, it is a guess of the order, not a promise.
pub fn seeds_to_tell(difference: f64, deviation: f64) -> Seeds {
    let effect = (difference / deviation).abs();
    if deviation == 0.0 && difference != 0.0 {
        return Seeds::Count(super::LEAST_SEEDS as u64);
    }
    let tells = |seeds: u64| power_of(effect, seeds) >= POWER;
    // Also where the effect is no number: both are 0.
    if effect.is_nan() || !tells(MOST) {
        return Seeds::TooMany;
    }
    let (mut below, mut enough) = (1, MOST);
    while enough - below > 1 {
        let middle = u64::midpoint(below, enough);
        if tells(middle) {
            enough = middle;
        } else {
            below = middle;
        }
    }
    Seeds::Count(enough.max(super::LEAST_SEEDS as u64))
}

/// The power of the two-sided paired t test at 5 % with so many seeds, for a difference of `effect` standard deviations.
///
/// With ν = seeds − 1, δ = effect √seeds and c the critical value, P(|T| > c) for T noncentral t is the mean of
/// Φ(δ − c x) + Φ(−δ − c x) over x = √(χ²(ν) / ν), by Simpson's rule. One seed has no power.
pub fn power_of(effect: f64, seeds: u64) -> f64 {
    const PARTS: usize = 400;
    if seeds < 2 {
        return 0.0;
    }
    let freedom = (seeds - 1) as f64;
    let critical = quantile(1.0 - SIGNIFICANCE / 2.0, freedom);
    let shift = effect * (seeds as f64).sqrt();
    // x lies about 1 with a deviation of 1 / √(2ν); nine of them leave nothing worth counting.
    let reach = 9.0 / (2.0 * freedom).sqrt();
    let (low, high) = ((1.0 - reach).max(0.0), 1.0 + reach);
    let half = freedom / 2.0;
    let scale = std::f64::consts::LN_2 + half * half.ln() - libm::lgamma(half);
    let density = |x: f64| {
        let bulk = if freedom == 1.0 { 0.0 } else { (freedom - 1.0) * x.ln() };
        (scale + bulk - half * x * x).exp()
    };
    let rejects = |x: f64| normal(shift - critical * x) + normal(-shift - critical * x);
    let step = (high - low) / PARTS as f64;
    let sum: f64 = (0..=PARTS)
        .map(|at| {
            let x = low + at as f64 * step;
            let weight = if at == 0 || at == PARTS { 1.0 } else { 2.0 + 2.0 * (at % 2) as f64 };
            weight * density(x) * rejects(x)
        })
        .sum();
    (sum * step / 3.0).min(1.0)
}

/// The distribution function of the standard normal.
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_tables_of_power() {
        // Two-sided 5 %, power 80 %, paired: as in G*Power 3.1 and R's power.t.test(type = "paired").
        for (effect, seeds) in [(0.2, 199), (0.3, 90), (0.5, 34), (0.8, 15), (1.0, 10), (1.2, 8), (2.0, 5)] {
            assert_eq!(seeds_to_tell(effect, 1.0), Seeds::Count(seeds), "effect {effect}");
            assert_eq!(seeds_to_tell(-3.0 * effect, 3.0), Seeds::Count(seeds), "effect {effect}");
        }
    }

    #[test]
    fn no_effect_is_found_as_often_as_chance_has_it() {
        for seeds in [2, 3, 5, 30, 1000] {
            assert!((power_of(0.0, seeds) - SIGNIFICANCE).abs() < 1e-6, "{seeds}: {}", power_of(0.0, seeds));
        }
    }

    #[test]
    fn extremes_have_an_answer() {
        assert_eq!(seeds_to_tell(0.0, 1.0), Seeds::TooMany);
        assert_eq!(seeds_to_tell(0.0, 0.0), Seeds::TooMany);
        assert_eq!(seeds_to_tell(1e-9, 1.0), Seeds::TooMany);
        assert_eq!(seeds_to_tell(1.0, 0.0), Seeds::Count(3));
        assert_eq!(seeds_to_tell(1e9, 1.0), Seeds::Count(3));
        assert_eq!(power_of(5.0, 1), 0.0);
    }
}
