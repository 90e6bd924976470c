//! Running means that forget.
//!
//! ```text
//! old = f * old + (1 - f) * new          // blend, in f64
//! sum[lane] += part of value[lane]       // add_lanes; then one sum of all lanes, by a fixed tree
//! ```

use super::Lanes;
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

/// What of a value is added.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// Itself.
    Value,
    /// |value|.
    Magnitude,
    /// value².
    Square,
    /// |value - m|, with m by row.
    Deviation(&'a [f32]),
}

struct Add<'a, const N: usize> {
    rows: [&'a [Lanes]; N],
    part: Part<'a>,
    to: &'a mut [Lanes],
}

#[inline(always)]
fn each<W: Wide, const N: usize>(rows: [&[Lanes]; N], to: &mut [Lanes], of: impl Fn(W, usize) -> W) {
    let rows = rows.map(|rows| &rows[..to.len()]);
    for (at, to) in to.iter_mut().enumerate() {
        let mut sum = W::load(to);
        for rows in rows {
            sum = sum.plus(of(W::load(&rows[at]), at));
        }
        sum.store(to);
    }
}

/// |value|: all but the sign.
#[inline(always)]
fn magnitude<W: Wide>(value: W) -> W {
    let mut lanes = Lanes::ZERO;
    value.store(&mut lanes);
    for lane in &mut lanes.0 {
        *lane = f32::from_bits(lane.to_bits() & 0x7fff_ffff);
    }
    W::load(&lanes)
}

impl<const N: usize> Kernel for Add<'_, N> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { rows, part, to } = self;
        match part {
            Part::Value => each::<W, N>(rows, to, |value, _| value),
            Part::Magnitude => each::<W, N>(rows, to, |value, _| magnitude(value)),
            Part::Square => each::<W, N>(rows, to, |value, _| value.times(value)),
            Part::Deviation(means) => {
                let means = &means[..to.len()];
                each::<W, N>(rows, to, |value, at| magnitude(value.plus(W::splat(-means[at]))));
            }
        }
    }
}

/// Adds a part of each value, lane by lane: `N` lists of rows one after the other, so that a sum is read and written once
/// for all of them.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn add_lanes<const N: usize>(rows: [&[Lanes]; N], part: Part<'_>, to: &mut [Lanes]) {
    let means = if let Part::Deviation(means) = part { means.len() } else { to.len() };
    assert!(
        rows.iter().all(|rows| rows.len() == to.len()) && means == to.len(),
        "a sum, and a mean, for each of {} rows",
        to.len()
    );
    Target::best().run(Add { rows, part, to });
}

struct Fold<'a> {
    rows: &'a [Lanes],
    by: f64,
    to: &'a mut [f32],
}

impl Kernel for Fold<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let mean = |sum: f32| (f64::from(sum) / self.by) as f32;
        // Eight share their shuffles and a division, which takes as long as one by itself.
        let (eights, rest) = self.rows.as_chunks::<8>();
        let (means, last) = self.to.split_at_mut(8 * eights.len());
        for (rows, to) in eights.iter().zip(means.as_chunks_mut::<8>().0) {
            *to = W::eights(&std::array::from_fn(|row| W::load(&rows[row]).halve())).map(mean);
        }
        for (row, to) in rest.iter().zip(last) {
            *to = mean(W::load(row).tree());
        }
    }
}

/// The sum of the lanes of each row, by a fixed tree, divided by `by`.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn fold_lanes(rows: &[Lanes], by: f64, to: &mut [f32]) {
    assert_eq!(rows.len(), to.len(), "a sum per row");
    Target::best().run(Fold { rows, by, to });
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
        let before: Vec<f32> = (0..77).map(|at| 0.01 + at as f32 * 0.01).collect();
        let run = |target: Target| {
            let mut old = before.clone();
            target.run(Blend { forget: 0.99, old: &mut old, new: &values });
            old
        };
        let old = run(Target::best());
        assert!(Target::available().all(|target| run(target) == old));
        for at in 0..77 {
            let known = (0.99 * f64::from(before[at]) + (1.0 - 0.99) * f64::from(values[at])) as f32;
            assert_eq!(old[at], known);
        }
    }

    #[test]
    fn parts_of_rows_are_summed_on_every_target() {
        let value = |row: usize, lane: usize| (row * 16 + lane) as f32 * 0.1 - 7.0;
        let rows: Vec<Lanes> = (0..19).map(|row| Lanes(std::array::from_fn(|lane| value(row, lane)))).collect();
        let means: Vec<f32> = (0..19).map(|row| row as f32).collect();
        let of = |part: Part<'_>, value: f32, row: usize| match part {
            Part::Value => value,
            Part::Magnitude => value.abs(),
            Part::Square => value * value,
            Part::Deviation(means) => (value - means[row]).abs(),
        };
        for part in [Part::Value, Part::Magnitude, Part::Square, Part::Deviation(&means)] {
            let (mut together, mut apart) = (vec![Lanes::ZERO; 19], vec![Lanes::ZERO; 19]);
            add_lanes([&rows; 4], part, &mut together);
            (0..4).for_each(|_| add_lanes([&rows], part, &mut apart));
            assert_eq!(together, apart, "{part:?}");
            let run = |target: Target| {
                let (mut to, mut means) = (vec![Lanes::all(0.5); 19], vec![0.0; 19]);
                target.run(Add { rows: [&rows], part, to: &mut to });
                target.run(Fold { rows: &to, by: 16.0, to: &mut means });
                means
            };
            let found = run(Target::best());
            assert!(Target::available().all(|target| run(target) == found), "{part:?}");
            for (row, found) in found.iter().enumerate() {
                let known = (0..16).map(|lane| f64::from(0.5 + of(part, value(row, lane), row))).sum::<f64>() / 16.0;
                assert!(
                    (f64::from(*found) - known).abs() < 1e-5 * known.abs().max(1.0),
                    "{part:?}: {found} is not {known}"
                );
            }
        }
    }
}
