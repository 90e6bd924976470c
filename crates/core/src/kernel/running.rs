//! Running means that forget.
//!
//! ```text
//! old = f * old + (1 - f) * new          // blend, in f64
//! deviation = |value - sum / weight|
//! ```

use super::dispatch::{Kernel, Target, Wide};

struct Blend<'a> {
    forget: f64,
    old: &'a mut [f32],
    new: &'a [f32],
}

impl Kernel for Blend<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (keep, add) = (self.forget, 1.0 - self.forget);
        for (old, &new) in self.old.iter_mut().zip(self.new) {
            *old = (keep * f64::from(*old) + add * f64::from(new)) as f32;
        }
    }
}

/// Moves each running mean towards the new value, keeping the share `forget` of the old.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn blend(forget: f64, old: &mut [f32], new: &[f32]) {
    assert_eq!(old.len(), new.len(), "a new value per mean");
    Target::best().run(Blend { forget, old, new });
}

struct BlendOne<'a> {
    forget: f64,
    old: &'a mut [f32],
    new: f32,
}

impl Kernel for BlendOne<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (keep, add) = (self.forget, (1.0 - self.forget) * f64::from(self.new));
        for old in self.old {
            *old = (keep * f64::from(*old) + add) as f32;
        }
    }
}

/// [`blend`] with one new value for all.
pub fn blend_one(forget: f64, old: &mut [f32], new: f32) {
    Target::best().run(BlendOne { forget, old, new });
}

struct Deviations<'a> {
    values: &'a [f32],
    sums: &'a [f32],
    weights: &'a [f32],
    to: &'a mut [f32],
}

impl Kernel for Deviations<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let of = self.values.iter().zip(self.sums).zip(self.weights);
        for (to, ((value, sum), weight)) in self.to.iter_mut().zip(of) {
            *to = (value - sum / weight).abs();
        }
    }
}

/// How far each value is from its running mean, `sums / weights`.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn deviations(values: &[f32], sums: &[f32], weights: &[f32], to: &mut [f32]) {
    let n = values.len();
    assert!(sums.len() == n && weights.len() == n && to.len() == n, "a mean per value");
    Target::best().run(Deviations { values, sums, weights, to });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_gives_the_same_bits() {
        let mut one = [0.3, 0.5];
        blend_one(0.99, &mut one, 2.0);
        assert_eq!(one, [0.3f32, 0.5].map(|old| (0.99 * f64::from(old) + (1.0 - 0.99) * 2.0) as f32));
        let values: Vec<f32> = (0..77).map(|at| (at as f32 * 0.37).sin()).collect();
        let weights: Vec<f32> = (0..77).map(|at| 0.01 + at as f32 * 0.01).collect();
        let run = |target: Target| {
            let (mut old, mut to) = (weights.clone(), vec![0.0; 77]);
            target.run(Blend { forget: 0.99, old: &mut old, new: &values });
            target.run(Deviations { values: &values, sums: &old, weights: &weights, to: &mut to });
            (old, to)
        };
        let (old, to) = run(Target::best());
        for target in Target::available() {
            assert_eq!(run(target), (old.clone(), to.clone()), "{}", target.name());
        }
        for at in 0..77 {
            let known = (0.99 * f64::from(weights[at]) + (1.0 - 0.99) * f64::from(values[at])) as f32;
            assert_eq!((old[at], to[at]), (known, (values[at] - known / weights[at]).abs()));
        }
    }
}
