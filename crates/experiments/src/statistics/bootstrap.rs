//! The stratified percentile bootstrap: runs drawn anew within each task.

use super::{Average, Bounds, Enough, Estimate, Interval, Level, Scores};
use livenet_core::{Stream, StreamKey};

/// How intervals are drawn (Efron 1979; stratified by task as in Agarwal et al. 2021).
///
/// Every interval begins the same named stream anew: the interval of a setting does not depend on which others are
/// compared, and a table can be made again byte for byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How often all runs are drawn anew.
    pub resamples: usize,
    /// How much the interval covers.
    pub level: Level,
    /// The seed of the draws.
    pub seed: u64,
}

impl Default for Bootstrap {
    /// As in *rliable*: 50 000 resamples, 95 %.
    fn default() -> Self {
        Self { resamples: 50_000, level: Level::USUAL, seed: 0 }
    }
}

impl Bootstrap {
    /// Several averages with their intervals, all from the same resamples.
    pub fn averages<const N: usize>(&self, scores: &Scores, averages: [Average; N]) -> [Estimate; N] {
        let mut scratch = Vec::new();
        let values = averages.map(|average| average.over(scores.tasks(), &mut scratch));
        let bounds = self.bounds(scores, |tasks| averages.map(|average| average.over(tasks, &mut scratch)));
        std::array::from_fn(|at| Estimate {
            value: values[at],
            bounds: bounds.as_ref().map(|bounds| bounds[at]).map_err(|reason| *reason),
        })
    }

    /// The intervals of what `measure` makes of each resample `[task][run]`.
    pub(super) fn bounds<const N: usize>(
        &self,
        scores: &Scores,
        mut measure: impl FnMut(&[Vec<f64>]) -> [f64; N],
    ) -> Result<[Interval; N], super::NoInterval> {
        let enough = Enough::of(scores.seeds())?;
        let mut draw = Resample::new(scores, self.stream(0));
        let mut found: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(self.resamples));
        for _ in 0..self.resamples.max(1) {
            for (all, value) in found.iter_mut().zip(measure(draw.next())) {
                all.push(value);
            }
        }
        Ok(found.map(|values| self.percentiles(values, enough)))
    }

    /// The interval between the outer percentiles of what resamples gave.
    pub(super) fn percentiles(&self, mut values: Vec<f64>, enough: Enough) -> Interval {
        values.sort_unstable_by(f64::total_cmp);
        let tail = self.level.error() / 2.0;
        Interval::new(percentile(&values, tail), percentile(&values, 1.0 - tail), enough)
    }

    /// The draws of the sample at this position among those compared.
    pub(super) fn stream(&self, sample: u64) -> Stream {
        StreamKey::new(self.seed, "statistics: bootstrap").at(sample).stream()
    }

    /// The interval of the mean over tasks of the mean over runs.
    pub(super) fn of_mean(&self, scores: &Scores) -> Bounds {
        let [estimate] = self.averages(scores, [Average::Mean]);
        estimate.bounds
    }
}

/// Runs drawn with replacement, as many in each task as it has.
pub(super) struct Resample<'a> {
    scores: &'a Scores,
    stream: Stream,
    drawn: Vec<Vec<f64>>,
}

impl<'a> Resample<'a> {
    pub(super) fn new(scores: &'a Scores, stream: Stream) -> Self {
        Self { scores, stream, drawn: scores.tasks().to_vec() }
    }

    pub(super) fn next(&mut self) -> &[Vec<f64>] {
        for (drawn, runs) in self.drawn.iter_mut().zip(self.scores.tasks()) {
            for score in drawn {
                *score = runs[self.stream.below(runs.len() as u64) as usize];
            }
        }
        &self.drawn
    }
}

/// The value at a share of sorted values, straight between its neighbours (as numpy's `percentile`).
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::NoInterval;

    #[test]
    fn an_interval_needs_three_seeds_of_every_task() {
        let scores = Scores::new(vec![vec![0.1, 0.2, 0.3, 0.4], vec![0.5, 0.6]]).unwrap();
        let estimate = Average::Mean.estimate(&scores, &Bootstrap::default());
        assert_eq!(estimate.bounds, Err(NoInterval::TooFewSeeds { seeds: 2 }));
    }

    #[test]
    fn equal_runs_have_an_interval_of_no_width() {
        let scores = Scores::of_one_task(vec![0.7; 4]).unwrap();
        let interval = Average::InterquartileMean.estimate(&scores, &Bootstrap::default()).bounds.unwrap();
        assert_eq!((interval.low(), interval.high()), (0.7, 0.7));
    }

    #[test]
    fn the_mean_of_three_is_held_to_the_exact_bootstrap() {
        // The 27 resamples of {0, 3, 9} are equally likely; of their means the 2.5th percentile is 0 and the 97.5th 9.
        let scores = Scores::of_one_task(vec![9.0, 0.0, 3.0]).unwrap();
        let interval = Average::Mean.estimate(&scores, &Bootstrap::default()).bounds.unwrap();
        assert_eq!((interval.low(), interval.high()), (0.0, 9.0));
        // At 80 % (a tail of 2.7 of 27): sorted means 0, 1 1 1, 2 2 2, ... 5 5 5, 6 or 7 ... 7, 9.
        let at_80 = Bootstrap { level: Level::new(0.8).unwrap(), ..Bootstrap::default() };
        let interval = Average::Mean.estimate(&scores, &at_80).bounds.unwrap();
        assert_eq!((interval.low(), interval.high()), (1.0, 7.0));
    }

    #[test]
    fn percentiles_lie_between_their_neighbours() {
        assert_eq!(percentile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(percentile(&[5.0], 0.975), 5.0);
        assert_eq!(percentile(&[0.0, 10.0], 0.025), 0.25);
    }
}
