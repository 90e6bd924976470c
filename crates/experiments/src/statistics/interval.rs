//! Intervals, and the right to have one.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// Fewer seeds than this make no interval: two say nothing about how far a third would fall.
pub const LEAST_SEEDS: usize = 3;

/// A level that is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the level is {found}; expected a share of 1 from 0.5 to 0.9999, such as 0.95")]
pub struct BadLevel {
    /// What was given.
    pub found: f64,
}

/// How much of the chance an interval covers, such as 0.95.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level(f64);

impl Level {
    /// 95 %.
    pub const USUAL: Self = Self(0.95);

    /// A share of 1.
    ///
    /// # Errors
    /// [`BadLevel`] outside 0.5 to 0.9999.
    pub fn new(share: f64) -> Result<Self, BadLevel> {
        if (0.5..=0.9999).contains(&share) { Ok(Self(share)) } else { Err(BadLevel { found: share }) }
    }

    /// As a share of 1.
    pub fn share(self) -> f64 {
        self.0
    }

    /// What lies outside, on both sides together.
    pub fn error(self) -> f64 {
        1.0 - self.0
    }

    /// The level whose interval decides two one-sided tests at this one's error: 90 % for 95 %.
    #[must_use]
    pub fn of_two_one_sided(self) -> Self {
        Self(1.0 - 2.0 * self.error())
    }
}

/// Proof that there are at least [`LEAST_SEEDS`] seeds; intervals are made with it and with nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Enough(());

impl Enough {
    /// The proof.
    ///
    /// # Errors
    /// [`NoInterval::TooFewSeeds`].
    pub fn of(seeds: usize) -> Result<Self, NoInterval> {
        if seeds >= LEAST_SEEDS { Ok(Self(())) } else { Err(NoInterval::TooFewSeeds { seeds }) }
    }
}

/// Why there is no interval, with the number that decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInterval {
    /// Too few runs of some task.
    #[error("{}", too_few(*.seeds))]
    TooFewSeeds {
        /// Runs of the task that has fewest.
        seeds: usize,
    },
}

fn too_few(seeds: usize) -> String {
    let word = if seeds == 1 { "seed" } else { "seeds" };
    format!("{seeds} {word}; an interval needs {LEAST_SEEDS}")
}

/// From low to high, both within.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    pub(super) fn new(low: f64, high: f64, _: Enough) -> Self {
        Self { low, high }
    }

    /// Its lower end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// Its upper end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// Whether a number lies in it.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// An interval, or why there is none.
pub type Bounds = Result<Interval, NoInterval>;

/// A number with its interval.
///
/// As JSON `{"value": 0.9, "low": 0.8, "high": 0.95}`, or `{"value": 0.9, "no_interval": "2 seeds; an interval needs 3"}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Where it might lie.
    pub bounds: Bounds,
}

impl Serialize for Estimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("value", &self.value)?;
        match &self.bounds {
            Ok(interval) => {
                map.serialize_entry("low", &interval.low)?;
                map.serialize_entry("high", &interval.high)?;
            }
            Err(reason) => map.serialize_entry("no_interval", &reason.to_string())?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seeds_make_no_interval() {
        assert_eq!(Enough::of(2).unwrap_err(), NoInterval::TooFewSeeds { seeds: 2 });
        assert_eq!(Enough::of(1).unwrap_err().to_string(), "1 seed; an interval needs 3");
        let estimate = Estimate { value: 0.5, bounds: Err(NoInterval::TooFewSeeds { seeds: 2 }) };
        let json = serde_json::to_string(&estimate).unwrap();
        assert_eq!(json, r#"{"value":0.5,"no_interval":"2 seeds; an interval needs 3"}"#);
    }

    #[test]
    fn levels_are_shares() {
        assert_eq!(Level::new(0.95).unwrap(), Level::USUAL);
        assert!((Level::USUAL.of_two_one_sided().share() - 0.9).abs() < 1e-12);
        for found in [0.0, 0.3, 1.0, 95.0, f64::NAN] {
            assert!(Level::new(found).unwrap_err().to_string().contains("such as 0.95"));
        }
    }
}
