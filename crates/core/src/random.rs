//! Random numbers as named counter streams.
//!
//! Every draw is a pure function of (seed, purpose, counters): a new consumer shifts no other, a
//! resumed run needs no generator state, and threads may draw in any order. Two forms:
//! [`StreamKey::draw`] for one number addressed by two counters (the birth of a weight), and
//! [`Stream`] for a sequence (a shuffle, a sample).
//!
//! The mixing function and the derived laws are written out here, and frozen by a test, so that
//! results outlive any library's change of algorithm.

use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// The name of a stream: a seed mixed with a purpose and counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamKey(u64);

const fn mix(mut z: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const fn join(a: u64, b: u64) -> u64 {
    mix(a.rotate_left(24) ^ mix(b.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

impl StreamKey {
    /// The stream of `purpose` under `seed`.
    pub const fn new(seed: u64, purpose: &str) -> Self {
        let bytes = purpose.as_bytes();
        let mut state = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut at = 0;
        while at < bytes.len() {
            state = join(state, bytes[at] as u64 + 1);
            at += 1;
        }
        Self(state)
    }

    /// The sub-stream number `counter`: a step, an epoch, an event.
    #[must_use]
    pub const fn at(self, counter: u64) -> Self {
        Self(join(self.0, counter))
    }

    /// The bare number, for writers of files.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The key with this number, for readers of files.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// 64 random bits addressed by two counters.
    pub const fn draw(self, a: u64, b: u64) -> u64 {
        join(join(self.0, a), b)
    }

    /// A uniform number in `[0, 1)` addressed by two counters.
    pub fn uniform(self, a: u64, b: u64) -> f64 {
        unit(self.draw(a, b))
    }

    /// A standard normal number addressed by two counters (Box-Muller).
    pub fn normal(self, a: u64, b: u64) -> f64 {
        let first = self.draw(a, b);
        normal_from(first, mix(first ^ 0xd1b5_4a32_d192_ed03))
    }

    /// A sequence of draws from this stream.
    pub fn stream(self) -> Stream {
        Stream(rand_chacha::ChaCha8Rng::seed_from_u64(self.0))
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

fn normal_from(a: u64, b: u64) -> f64 {
    let radius = (-2.0 * libm::log(1.0 - unit(a))).sqrt();
    radius * libm::cos(std::f64::consts::TAU * unit(b))
}

/// A sequence of random numbers. Its laws are ours, so their values do not change under us.
#[derive(Clone, Debug)]
pub struct Stream(rand_chacha::ChaCha8Rng);

impl Stream {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let first = self.bits();
        normal_from(first, self.bits())
    }

    /// Uniform in `0..bound`. Zero when `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Widening multiplication (Lemire 2019) without the rejection step: the bias is below 2^-32
        // for every bound that occurs here, and each draw takes exactly one word.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            items.swap(last, other);
        }
    }

    /// `count` distinct numbers of `0..bound` in ascending order (Floyd 1987); all of them when
    /// `count >= bound`.
    pub fn sample(&mut self, bound: u64, count: usize) -> Vec<u64> {
        if count as u64 >= bound {
            return (0..bound).collect();
        }
        let mut chosen = std::collections::BTreeSet::new();
        for top in bound - count as u64..bound {
            let pick = self.below(top + 1);
            if !chosen.insert(pick) {
                chosen.insert(top);
            }
        }
        chosen.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_frozen() {
        let key = StreamKey::new(7, "test");
        let mut stream = key.stream();
        let got = (key.draw(1, 2), key.at(3).draw(0, 0), stream.bits(), stream.below(1000));
        assert_eq!(got, (12_618_218_817_936_002_336, 1_100_575_297_109_868_462, 8_783_788_623_267_120_734, 51));
    }

    #[test]
    fn laws_have_their_moments() {
        let key = StreamKey::new(1, "moments");
        let n = 40_000u64;
        let (mut mean, mut square, mut flat) = (0.0, 0.0, 0.0);
        for i in 0..n {
            let x = key.normal(i / 100, i % 100);
            mean += x / n as f64;
            square += x * x / n as f64;
            flat += key.uniform(i, 5) / n as f64;
        }
        assert!(
            mean.abs() < 0.02 && (square - 1.0).abs() < 0.03 && (flat - 0.5).abs() < 0.01,
            "{mean} {square} {flat}"
        );
    }

    #[test]
    fn samples_are_distinct_and_sorted() {
        let mut stream = StreamKey::new(3, "sample").stream();
        let picked = stream.sample(50, 20);
        assert_eq!(picked.len(), 20);
        assert!(picked.windows(2).all(|w| w[0] < w[1]) && picked[19] < 50);
        assert_eq!(stream.sample(3, 9), [0, 1, 2]);
    }
}
