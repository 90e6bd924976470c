//! From values to places on an axis, linear or in logarithms, with ticks at round numbers.
//!
//! Invariant: a scale has a width, whatever the values; places of usable values are finite.

use super::number;

/// Values beyond this are as good as infinite and are left out of plots.
const LARGEST: f64 = 1e200;

/// Whether a value can be placed.
pub(super) fn usable(value: f64) -> bool {
    value.abs() < LARGEST
}

/// What the numbers on an axis mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// A quantity as it is.
    #[default]
    Plain,
    /// A share of 1, written in percent.
    Share,
    /// Whole numbers.
    Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Law {
    Linear,
    Logarithmic,
}

/// One axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    unit: Unit,
    law: Law,
}

impl Scale {
    /// From `low` to `high`, set apart where they are equal.
    pub(super) fn between(low: f64, high: f64, unit: Unit) -> Self {
        let (low, high) = if usable(low) && usable(high) { (low.min(high), low.max(high)) } else { (0.0, 1.0) };
        let size = low.abs().max(high.abs());
        let (low, high) = if high - low > size * 1e-9 {
            (low, high)
        } else {
            let half = if size == 0.0 { 0.5 } else { size * 0.1 };
            (low - half, high + half)
        };
        Self { low, high, unit, law: Law::Linear }
    }

    /// Over the usable values with a little room, or `None` where there are none. Zero is shown where it is near.
    pub(super) fn over(values: impl Iterator<Item = f64>, unit: Unit) -> Option<Self> {
        let (mut low, mut high) = extent(values)?;
        let room = (high - low) * 0.05;
        let most = high;
        high += room;
        low = if low >= 0.0 && low < 0.4 * most { 0.0 } else { low - room };
        match unit {
            Unit::Share => {
                (low, high) = (low.max(f64::min(low + room, 0.0)), high.min(most.max(1.0)));
            }
            // The same count all along: one above and one below, or more where that is nothing beside it.
            Unit::Count if room == 0.0 => {
                let apart = (most.abs() * 0.1).max(1.0);
                (low, high) = (if most > 0.0 { (most - apart).max(0.0) } else { most }, most + apart);
            }
            Unit::Count | Unit::Plain => {}
        }
        Some(Self::between(low, high, unit))
    }

    /// In logarithms where all values are positive and span more than two and a half decades, else as [`Scale::over`].
    pub(super) fn over_decades(values: impl Iterator<Item = f64> + Clone, unit: Unit) -> Option<Self> {
        let (low, high) = extent(values.clone())?;
        if low > 0.0 && high / low > 300.0 {
            let room = (high / low).powf(0.04);
            return Some(Self { low: low / room, high: high * room, unit, law: Law::Logarithmic });
        }
        Self::over(values, unit)
    }

    pub(super) fn is_logarithmic(&self) -> bool {
        self.law == Law::Logarithmic
    }

    pub(super) fn low(&self) -> f64 {
        self.low
    }

    /// The place of a value, 0 at the low end and 1 at the high end; NaN where it cannot be placed.
    pub(super) fn share(&self, value: f64) -> f64 {
        if !usable(value) {
            return f64::NAN;
        }
        match self.law {
            Law::Linear => (value - self.low) / (self.high - self.low),
            Law::Logarithmic if value > 0.0 => (value / self.low).ln() / (self.high / self.low).ln(),
            Law::Logarithmic => f64::NAN,
        }
    }

    /// About `wanted` ticks at round values, with their labels.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        match self.law {
            Law::Linear => self.round_ticks(wanted.max(1)),
            Law::Logarithmic => self.powers(wanted.max(2)),
        }
    }

    fn round_ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let factor = if self.unit == Unit::Share { 100.0 } else { 1.0 };
        let (low, high) = (self.low * factor, self.high * factor);
        let raw = (high - low) / wanted as f64;
        let magnitude = 10_f64.powf(raw.log10().floor());
        let step = match raw / magnitude {
            n if n < 1.5 => magnitude,
            n if n < 3.5 => 2.0 * magnitude,
            n if n < 7.5 => 5.0 * magnitude,
            _ => 10.0 * magnitude,
        };
        let step = if self.unit == Unit::Count { step.max(1.0) } else { step };
        let first = (low / step - 1e-9).ceil();
        let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 100.0) as usize;
        (0..=count)
            .map(|index| (first + index as f64) * step)
            .filter(|value| (low..=high).contains(value) || (value - low).abs().min((value - high).abs()) < step * 1e-6)
            .map(|value| (value / factor, number::tick(value, step)))
            .collect()
    }

    fn powers(&self, wanted: usize) -> Vec<(f64, String)> {
        let (first, last) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
        let stride = usize::max(1, ((last - first).max(0) as usize + 1).div_ceil(wanted + 1));
        (first..=last).step_by(stride).map(|power| 10_f64.powi(power)).map(|v| (v, number::power_tick(v))).collect()
    }
}

/// The smallest and largest usable value.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| usable(*v)).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((f64::min(low, v), f64::max(high, v))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, wanted: usize) -> Vec<String> {
        scale.ticks(wanted).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_fall_on_round_numbers() {
        assert_eq!(labels(Scale::between(0.0, 1.0, Unit::Plain), 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(Scale::between(0.83, 0.98, Unit::Share), 4), ["85", "90", "95"]);
        assert_eq!(labels(Scale::between(0.0, 2.0, Unit::Count), 10), ["0", "1", "2"]);
    }

    #[test]
    fn equal_and_extreme_values_still_make_a_scale() {
        for value in [0.0, 1.0, -7.5, 1e30, 1e-30, 1e199] {
            let scale = Scale::over([value, value].into_iter(), Unit::Plain).expect("usable");
            assert!(scale.high > scale.low, "{value}");
            assert!(scale.share(value).is_finite(), "{value}");
            assert!(scale.ticks(5).len() < 20, "{value}");
        }
        assert!(Scale::over([f64::NAN, f64::INFINITY].into_iter(), Unit::Plain).is_none());
        assert!(Scale::between(f64::NAN, f64::INFINITY, Unit::Plain).share(0.5).is_finite());
    }

    #[test]
    fn wide_positive_values_are_shown_in_logarithms() {
        let values = [1e-5, 1.0, 30.0];
        let scale = Scale::over_decades(values.iter().copied(), Unit::Plain).expect("usable");
        assert!(scale.is_logarithmic());
        assert_eq!(labels(scale, 8), ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1", "10"]);
        assert!(scale.share(0.0).is_nan());
    }
}
