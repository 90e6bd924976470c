//! The sign-flip test of paired differences: a p-value without any assumption about how runs are spread.

use super::{Enough, NoInterval, Paired};
use livenet_core::StreamKey;
use serde::Serialize;

/// Up to this many pairs every arrangement of signs is looked at.
const EXACT: usize = 16;
/// Arrangements drawn beyond that.
const DRAWN: u64 = 100_000;

/// Which arrangements of signs were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Flips {
    /// All of them.
    Exact {
        /// How many.
        arrangements: u64,
    },
    /// Some, from a seeded stream; the arrangement found is counted in (Phipson and Smyth 2010).
    Drawn {
        /// How many.
        arrangements: u64,
    },
}

/// Fisher's permutation test for pairs (1935): were there no difference, each pair could as well differ the other way
/// round. `p` is the share of arrangements of signs whose mean difference is at least as far from zero as the one found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SignFlipTest {
    /// Two-sided.
    pub p: f64,
    /// The least that `p` can be with so many pairs: 0.0625 for five, whatever they are.
    pub least: f64,
    /// What was looked at.
    pub flips: Flips,
}

impl SignFlipTest {
    /// Of the mean over tasks of the mean difference.
    ///
    /// # Errors
    /// As for an interval: with two pairs no outcome could be told from chance.
    pub fn of(paired: &Paired, seed: u64) -> Result<Self, NoInterval> {
        let scores = paired.differences();
        Enough::of(scores.seeds())?;
        let tasks = scores.tasks().len() as f64;
        let weighed: Vec<f64> = scores
            .tasks()
            .iter()
            .flat_map(|runs| runs.iter().map(move |difference| difference / (tasks * runs.len() as f64)))
            .collect();
        let found = weighed.iter().sum::<f64>().abs();
        // Sums that differ by rounding alone are the same.
        let bar = found - 1e-12 * weighed.iter().map(|part| part.abs()).sum::<f64>();
        let reaches = |sign: &dyn Fn(usize) -> bool| {
            let flipped = weighed.iter().enumerate().map(|(at, part)| if sign(at) { -part } else { *part });
            u64::from(flipped.sum::<f64>().abs() >= bar)
        };
        if weighed.len() <= EXACT {
            let arrangements = 1_u64 << weighed.len();
            let count: u64 = (0..arrangements).map(|signs| reaches(&|at| (signs >> at) & 1 == 1)).sum();
            let share = |count: u64| count as f64 / arrangements as f64;
            return Ok(Self { p: share(count), least: share(2), flips: Flips::Exact { arrangements } });
        }
        let key = StreamKey::new(seed, "statistics: sign flips");
        let count: u64 = (0..DRAWN).map(|draw| reaches(&|at| key.draw(draw, at as u64) >> 63 == 1)).sum();
        let share = |count: u64| (count + 1) as f64 / (DRAWN + 1) as f64;
        Ok(Self { p: share(count), least: share(0), flips: Flips::Drawn { arrangements: DRAWN } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(differences: &[f64]) -> SignFlipTest {
        SignFlipTest::of(&Paired::new(vec![differences.to_vec()]).unwrap(), 0).unwrap()
    }

    #[test]
    fn by_hand() {
        // Of the eight arrangements of 1, 2, 3 the sums 6 and −6 reach 6.
        assert_eq!(test(&[1.0, 2.0, 3.0]).p, 0.25);
        // 4 or more: 6, 4 (−1 2 3), and their mirrors.
        assert_eq!(test(&[-1.0, 2.0, 3.0]).p, 0.5);
        assert_eq!(test(&[0.0, 0.0, 0.0]).p, 1.0);
        let five = test(&[0.3, 0.1, 0.2, 0.1, 0.4]);
        assert_eq!((five.p, five.least, five.flips), (0.0625, 0.0625, Flips::Exact { arrangements: 32 }));
    }

    #[test]
    fn ties_by_rounding_count() {
        // 0.1 + 0.2 is not 0.3 in binary: in every arrangement that sums to the same, it is.
        assert_eq!(test(&[0.1, 0.2, -0.3]).p, 1.0);
    }

    #[test]
    fn drawn_arrangements_are_near_the_exact_ones_and_repeat() {
        // Of seventeen equal pairs only the two extreme arrangements of 2^17 reach the sum.
        let many = test(&[1.0; 17]);
        assert!(many.p < 2e-4 && many.p >= many.least, "{many:?}");
        // Sixteen and seventeen pairs around zero, all but the same.
        let mut pairs: Vec<f64> = (0..16).map(|i| f64::from(i) - 6.0).collect();
        let exact = test(&pairs);
        pairs.push(0.0);
        let drawn = test(&pairs);
        assert!((exact.p - drawn.p).abs() < 0.01, "{exact:?} {drawn:?}");
        assert_eq!(test(&pairs), drawn);
    }
}
