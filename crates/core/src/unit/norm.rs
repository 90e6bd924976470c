//! Normalisation of a fire group's potentials, over its neurons, each lane for itself.
//!
//! With `a_i = sum w x` the raw potentials of the group (no bias), the group's neurons reach
//! `z_i = n_i + bias_i`, where `n_i` is one of
//!
//! ```text
//! None    a_i
//! Layer   (a_i - mean a) / sqrt(var a + 1e-5) * gain_i     (arXiv 1607.06450; population variance)
//! Rms     a_i / sqrt(mean a^2 + 1e-5) * gain_i             (arXiv 1910.07467)
//! ```
//!
//! A lane never sees another, so a sweep over blocks needs no barrier. Sums run over neurons in row order.

use crate::kernel::dispatch::{Kernel, Target, Wide};
use crate::kernel::{LANES, Lanes};
use serde::{Deserialize, Serialize};

/// How a fire group normalises its potentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// Not at all.
    #[default]
    None,
    /// To mean 0 and variance 1.
    Layer,
    /// To mean square 1.
    Rms,
}

impl Norm {
    /// Added to the variance, or the mean square, under the root.
    pub const EPSILON: f64 = 1e-5;

    /// Turns the raw potentials of a group, in one block and cycle, into normal ones (before the gain), in
    /// place, and returns the factor by which each lane was scaled; 1 for [`Norm::None`].
    pub fn forward(self, rows: &mut [Lanes]) -> Lanes {
        self.forward_on(Target::best(), rows)
    }

    pub(crate) fn forward_on(self, target: Target, rows: &mut [Lanes]) -> Lanes {
        target.run(Forward { norm: self, rows })
    }

    /// The derivative by raw potentials, written over the one by `z`. `normal` and `scale` are what
    /// [`forward`](Self::forward) left; `gain` is by row (all 1 where there is none).
    ///
    /// # Panics
    /// If the lengths disagree.
    #[track_caller]
    pub fn backward(self, normal: &[Lanes], scale: &Lanes, gain: &[f32], blame: &mut [Lanes]) {
        self.backward_on(Target::best(), normal, scale, gain, blame);
    }

    #[track_caller]
    pub(crate) fn backward_on(
        self,
        target: Target,
        normal: &[Lanes],
        scale: &Lanes,
        gain: &[f32],
        blame: &mut [Lanes],
    ) {
        assert!(normal.len() == blame.len() && gain.len() == blame.len(), "a normal value and a gain per row");
        target.run(Backward { norm: self, normal, scale: *scale, gain, blame });
    }
}

/// `sum += value`, lane by lane.
#[inline(always)]
fn add(sum: &mut [f32; LANES], value: [f32; LANES]) {
    for lane in 0..LANES {
        sum[lane] += value[lane];
    }
}

struct Forward<'a> {
    norm: Norm,
    rows: &'a mut [Lanes],
}

impl Kernel for Forward<'_> {
    type Output = Lanes;
    #[inline(always)]
    fn run<W: Wide>(self) -> Lanes {
        if self.norm == Norm::None || self.rows.is_empty() {
            return Lanes::all(1.0);
        }
        let share = 1.0 / self.rows.len() as f32;
        if self.norm == Norm::Layer {
            let mut mean = [0.0; LANES];
            for row in self.rows.iter() {
                add(&mut mean, row.0);
            }
            for lane in &mut mean {
                *lane *= share;
            }
            for row in self.rows.iter_mut() {
                for lane in 0..LANES {
                    row[lane] -= mean[lane];
                }
            }
        }
        // The variance from the differences, not from the mean square, which cancels.
        let mut scale = [0.0; LANES];
        for row in self.rows.iter() {
            for lane in 0..LANES {
                scale[lane] = row[lane].mul_add(row[lane], scale[lane]);
            }
        }
        for lane in &mut scale {
            *lane = 1.0 / (lane.mul_add(share, Norm::EPSILON as f32)).sqrt();
        }
        for row in self.rows.iter_mut() {
            for lane in 0..LANES {
                row[lane] *= scale[lane];
            }
        }
        Lanes(scale)
    }
}

struct Backward<'a> {
    norm: Norm,
    normal: &'a [Lanes],
    scale: Lanes,
    gain: &'a [f32],
    blame: &'a mut [Lanes],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        if self.norm == Norm::None || self.blame.is_empty() {
            return;
        }
        let share = 1.0 / self.blame.len() as f32;
        let (mut mean, mut along) = ([0.0; LANES], [0.0; LANES]);
        for ((blame, normal), &gain) in self.blame.iter_mut().zip(self.normal).zip(self.gain) {
            for lane in 0..LANES {
                let part = blame[lane] * gain;
                blame[lane] = part;
                mean[lane] += part;
                along[lane] = part.mul_add(normal[lane], along[lane]);
            }
        }
        let layer = if self.norm == Norm::Layer { share } else { 0.0 };
        for lane in 0..LANES {
            mean[lane] *= layer;
            along[lane] *= share;
        }
        for (blame, normal) in self.blame.iter_mut().zip(self.normal) {
            for lane in 0..LANES {
                blame[lane] = self.scale[lane] * (-normal[lane]).mul_add(along[lane], blame[lane] - mean[lane]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORMS: [Norm; 3] = [Norm::None, Norm::Layer, Norm::Rms];

    fn rows(n: usize, salt: u32) -> Vec<Lanes> {
        let value =
            |i: u32| ((i.wrapping_mul(2_654_435_761) ^ salt).wrapping_mul(0x9e37_79b9) >> 8) as f32 / 8_388_608.0 - 1.0;
        (0..n).map(|i| Lanes(std::array::from_fn(|lane| value((i * LANES + lane) as u32)))).collect()
    }

    /// `sum_i c_i z_i` of one lane in f64.
    fn loss(norm: Norm, a: &[f64], gain: &[f32], c: &[f64]) -> f64 {
        let n = a.len() as f64;
        let mean = if norm == Norm::Layer { a.iter().sum::<f64>() / n } else { 0.0 };
        let square = a.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / n;
        let scale = if norm == Norm::None { 1.0 } else { 1.0 / (square + Norm::EPSILON).sqrt() };
        a.iter().zip(gain).zip(c).map(|((a, &gain), c)| (a - mean) * scale * f64::from(gain) * c).sum()
    }

    #[test]
    fn forward_and_backward_agree_with_f64_differences() {
        for (norm, n) in NORMS.into_iter().flat_map(|norm| [1, 2, 7, 33].map(|n| (norm, n))) {
            let (raw, blame) = (rows(n, 1), rows(n, 2));
            let gain: Vec<f32> =
                (0..n).map(|i| if norm == Norm::None { 1.0 } else { 0.5 + i as f32 / n as f32 }).collect();
            let (mut normal, mut back) = (raw.clone(), blame.clone());
            let scale = norm.forward(&mut normal);
            norm.backward(&normal, &scale, &gain, &mut back);
            for lane in [0, 5, 15] {
                let a: Vec<f64> = raw.iter().map(|row| f64::from(row[lane])).collect();
                let c: Vec<f64> = blame.iter().map(|row| f64::from(row[lane])).collect();
                let z: f64 = (0..n).map(|i| f64::from(normal[i][lane]) * f64::from(gain[i]) * c[i]).sum();
                assert!((z - loss(norm, &a, &gain, &c)).abs() < 1e-5 * n as f64, "{norm:?} {n}");
                for i in 0..n {
                    let moved = |step: f64| {
                        let mut a = a.clone();
                        a[i] += step;
                        loss(norm, &a, &gain, &c)
                    };
                    let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                    let tolerance = 2e-5 * f64::from(scale[lane]).max(1.0);
                    assert!(
                        (difference - f64::from(back[i][lane])).abs() < tolerance,
                        "{norm:?} {n}: {difference} {}",
                        back[i][lane]
                    );
                }
            }
        }
    }

    #[test]
    fn every_target_gives_the_same_bits() {
        let gain = vec![0.7; 33];
        for norm in NORMS {
            let run = |target| {
                let (mut normal, mut blame) = (rows(33, 1), rows(33, 2));
                let scale = norm.forward_on(target, &mut normal);
                norm.backward_on(target, &normal, &scale, &gain, &mut blame);
                (normal, scale, blame)
            };
            assert!(Target::available().all(|target| run(target) == run(Target::Portable)), "{norm:?}");
        }
    }
}
