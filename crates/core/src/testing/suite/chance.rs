//! Chance for the suite: a stream with a few more words.

use crate::{Stream, StreamKey};
use std::ops::RangeInclusive;

pub(super) struct Dice(Stream);

impl Dice {
    pub(super) fn new(case: u32) -> Self {
        Self(StreamKey::new(u64::from(case), "suite").stream())
    }
    pub(super) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.0.below((range.end() - range.start()) as u64 + 1) as usize
    }
    /// Mostly small numbers, at times up to the end of the range.
    pub(super) fn mostly_small(&mut self, range: RangeInclusive<usize>) -> usize {
        let (start, end) = (*range.start(), *range.end());
        if self.yes(0.25) { self.within(start..=end) } else { self.within(start..=end.min(start + 4)) }
    }
    pub(super) fn yes(&mut self, probability: f64) -> bool {
        self.0.uniform() < probability
    }
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.0.below(from.len() as u64) as usize]
    }
    pub(super) fn normal(&mut self) -> f32 {
        self.0.normal() as f32
    }
    pub(super) fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.uniform() as f32
    }
    pub(super) fn normals(&mut self, count: usize, scale: f32) -> Vec<f32> {
        (0..count).map(|_| self.normal() * scale).collect()
    }
    pub(super) fn key(&mut self) -> StreamKey {
        StreamKey::new(self.0.bits(), "suite")
    }
}
