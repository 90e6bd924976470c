//! Sizes of weights, summed up where the connections of a row lie one after the other.
//!
//! ```text
//! for row in rows: for e in offsets[row]..offsets[row + 1]:
//!     sum[row] += |weights[e]|                        // sizes
//!     sum[row] += |weights[e]| * of[ends[e]]          // heard_sizes
//! ```
//!
//! In 64 bits. Departures. *Eight chains*: one chain of additions waits four cycles for each, and eight are one register of AVX-512,
//! whose indexed load brings the factors (784-1000-1000-10 at 10 %: 0.25 ns a connection, one by one 0.5 to 1). What is left of a row
//! ends in a chain of its own (in eight once more, some of them 0, all was a fifth slower: what was just written is read at
//! once). Threads own rows: the same bits for any number of them.

use super::dispatch::{Kernel, Target, Wide};

/// Numbers that are summed side by side.
const ABREAST: usize = 8;

#[derive(Clone, Copy)]
struct Sizes<'a> {
    /// One more than there are rows.
    offsets: &'a [u32],
    weights: &'a [f32],
    of: Option<(&'a [u32], &'a [f64])>,
}

struct Part<'a, 'b> {
    sizes: Sizes<'a>,
    out: &'b mut [f64],
}

impl Sizes<'_> {
    fn halves(self, target: Target, out: &mut [f64]) {
        let rows = out.len();
        let edges = (self.offsets[rows] - self.offsets[0]) as usize;
        if edges < super::WORTH_A_THREAD / 4 || rows < 2 || super::threads() == 1 {
            return target.run(Part { sizes: self, out });
        }
        let (one, two) = out.split_at_mut(rows / 2);
        let (below, above) = (&self.offsets[..=rows / 2], &self.offsets[rows / 2..]);
        rayon::join(
            || Self { offsets: below, ..self }.halves(target, one),
            || Self { offsets: above, ..self }.halves(target, two),
        );
    }
}

/// The sum of eight by a fixed tree.
#[inline(always)]
fn tree(sums: [f64; ABREAST]) -> f64 {
    let four: [f64; 4] = std::array::from_fn(|i| sums[i] + sums[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

impl Kernel for Part<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Sizes { offsets, weights, of } = self.sizes;
        for (bounds, out) in offsets.windows(2).zip(self.out) {
            let row = bounds[0] as usize..bounds[1] as usize;
            let (eights, rest) = weights[row.clone()].as_chunks::<ABREAST>();
            let (mut sums, mut last) = ([0.0; ABREAST], 0.0);
            if let Some((ends, of)) = of {
                let (at, more) = ends[row].as_chunks::<ABREAST>();
                for (eight, at) in eights.iter().zip(at) {
                    sums = W::add_heard_sizes(sums, eight, of, at);
                }
                for (&weight, &at) in rest.iter().zip(more) {
                    last += f64::from(weight.abs()) * of[at as usize];
                }
            } else {
                for eight in eights {
                    sums = W::add_sizes(sums, eight);
                }
                for weight in rest {
                    last += f64::from(weight.abs());
                }
            }
            *out = tree(sums) + last;
        }
    }
}

/// The sum of |weight| of each row. Split among threads where that pays.
///
/// # Panics
/// If there is not a sum for each row.
#[track_caller]
pub fn sizes(offsets: &[u32], weights: &[f32], out: &mut [f64]) {
    assert_eq!(offsets.len(), out.len() + 1, "a sum per row");
    Sizes { offsets, weights, of: None }.halves(Target::best(), out);
}

/// The sum of |weight| times what belongs to the other end of the connection. Split among threads where that pays.
///
/// # Panics
/// If there is not a sum for each row or not an end for each weight, or if nothing belongs to one of them.
#[track_caller]
pub fn heard_sizes(offsets: &[u32], weights: &[f32], (ends, of): (&[u32], &[f64]), out: &mut [f64]) {
    assert_eq!(offsets.len(), out.len() + 1, "a sum per row");
    assert_eq!(ends.len(), weights.len(), "an end per weight");
    Sizes { offsets, weights, of: Some((ends, of)) }.halves(Target::best(), out);
}

struct Add<'a> {
    weights: &'a [f32],
    to: &'a mut [f64],
}

impl Kernel for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        for (to, weight) in self.to.iter_mut().zip(self.weights) {
            *to += f64::from(weight.abs());
        }
    }
}

/// Adds each |weight| to a sum of its own.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn add_sizes(weights: &[f32], to: &mut [f64]) {
    assert_eq!(weights.len(), to.len(), "a sum per weight");
    Target::best().run(Add { weights, to });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_one_by_one_and_the_same_on_every_target() {
        let offsets = [0, 0, 3, 30, 38, 38, 77];
        let weights: Vec<f32> = (0..77).map(|at| (at as f32 * 0.37).sin()).collect();
        let ends: Vec<u32> = (0..77).map(|at| at * 7 % 20).collect();
        let of: Vec<f64> = (0..20).map(|at| f64::from(at as f32 * 0.3)).collect();
        for of in [None, Some((&*ends, &*of))] {
            let run = |target: Target| {
                let mut out = [7.0; 6];
                target.run(Part { sizes: Sizes { offsets: &offsets, weights: &weights, of }, out: &mut out });
                out
            };
            let found = run(Target::best());
            assert!(Target::available().all(|target| run(target) == found));
            for (found, row) in found.iter().zip(offsets.windows(2)) {
                let factor = |e: usize| of.map_or(1.0, |(ends, of)| of[ends[e] as usize]);
                let known: f64 =
                    (row[0] as usize..row[1] as usize).map(|e| f64::from(weights[e].abs()) * factor(e)).sum();
                assert!((found - known).abs() <= 1e-14 * known, "{found} is not {known}");
            }
        }
        let mut sums = [1.0; 2];
        add_sizes(&[-2.0, 3.0], &mut sums);
        assert_eq!(sums, [3.0, 4.0]);
    }

    #[test]
    #[should_panic(expected = "out of bounds")]
    fn nobody_is_heard_beyond_the_last() {
        heard_sizes(&[0, 8], &[1.0; 8], (&[0, 1, 2, 3, 4, 5, 6, u32::MAX], &[1.0; 7]), &mut [0.0]);
    }
}
