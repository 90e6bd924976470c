//! The state of leaky units.
//!
//! ```text
//! v[t] = d * v[t-1] + (1 - d) * z[t]                            // leak
//! blame_z[t] = (1 - d) * blame_v[t]; blame_v[t-1] += d * blame_v[t]   // leak_backward
//! ```
//!
//! The derivative by `d` is `blame_v[t] * (v[t-1] - z[t])`, and by `rho` that times `d (1 - d)`.

use super::dispatch::{Kernel, Target, Wide};
use super::{LANES, Lanes};

struct Leak<'a> {
    decay: &'a [f32],
    before: &'a [Lanes],
    potentials: &'a [Lanes],
    now: &'a mut [Lanes],
}

impl Kernel for Leak<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        for (((now, before), z), &d) in self.now.iter_mut().zip(self.before).zip(self.potentials).zip(self.decay) {
            for lane in 0..LANES {
                now[lane] = d.mul_add(before[lane], (1.0 - d) * z[lane]);
            }
        }
    }
}

/// The states of the rows of a group in one block and cycle, from those of the cycle before; `decay` by row,
/// in (0, 1).
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn leak(decay: &[f32], before: &[Lanes], potentials: &[Lanes], now: &mut [Lanes]) {
    let n = decay.len();
    assert!(before.len() == n && potentials.len() == n && now.len() == n, "a state and a potential per row");
    Target::best().run(Leak { decay, before, potentials, now });
}

struct LeakBackward<'a> {
    decay: &'a [f32],
    blame: &'a [Lanes],
    before: &'a mut [Lanes],
    potentials: &'a mut [Lanes],
}

impl Kernel for LeakBackward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        for (((before, z), blame), &d) in self.before.iter_mut().zip(self.potentials).zip(self.blame).zip(self.decay) {
            for lane in 0..LANES {
                before[lane] = d.mul_add(blame[lane], before[lane]);
                z[lane] = (1.0 - d) * blame[lane];
            }
        }
    }
}

/// From the derivative by the states of one cycle, adds to the one by the states before and writes the one by
/// the potentials.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn leak_backward(decay: &[f32], blame: &[Lanes], before: &mut [Lanes], potentials: &mut [Lanes]) {
    let n = decay.len();
    assert!(before.len() == n && potentials.len() == n && blame.len() == n, "a state and a potential per row");
    Target::best().run(LeakBackward { decay, blame, before, potentials });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_and_its_reverse_by_hand() {
        let (before, z) = ([Lanes::all(2.0)], [Lanes::all(-4.0)]);
        let mut now = [Lanes::ZERO];
        leak(&[0.75], &before, &z, &mut now);
        assert_eq!(now, [Lanes::all(0.5)]);
        let (mut blame_before, mut blame_z) = ([Lanes::all(1.0)], [Lanes::ZERO]);
        leak_backward(&[0.75], &[Lanes::all(8.0)], &mut blame_before, &mut blame_z);
        assert_eq!((blame_before, blame_z), ([Lanes::all(7.0)], [Lanes::all(2.0)]));
    }
}
