//! Averages over runs and tasks.

use super::{Estimate, Scores};

/// One number for many runs. Definitions are those of *rliable* (Agarwal et al. 2021, "Deep Reinforcement Learning at the
/// Edge of the Statistical Precipice"), but for [`Average::Median`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// Mean over tasks of the mean over runs: every task weighs the same.
    Mean,
    /// Median of all runs.
    Median,
    /// Median over tasks of the mean over runs: *rliable*'s median. With one task it is the mean.
    TaskMedian,
    /// Interquartile mean: the mean of all runs without the `floor(n/4)` least and as many greatest.
    InterquartileMean,
}

impl Average {
    /// Its value.
    pub fn of(self, scores: &Scores) -> f64 {
        self.over(scores.tasks(), &mut Vec::new())
    }

    /// Its value with an interval of the bootstrap.
    pub fn estimate(self, scores: &Scores, bootstrap: &super::Bootstrap) -> Estimate {
        let [estimate] = bootstrap.averages(scores, [self]);
        estimate
    }

    /// Over tasks in any order of runs; `scratch` is written over.
    pub(super) fn over(self, tasks: &[Vec<f64>], scratch: &mut Vec<f64>) -> f64 {
        scratch.clear();
        match self {
            Self::Mean => tasks.iter().map(|runs| mean(runs)).sum::<f64>() / tasks.len() as f64,
            Self::TaskMedian => {
                scratch.extend(tasks.iter().map(|runs| mean(runs)));
                scratch.sort_unstable_by(f64::total_cmp);
                middle(scratch)
            }
            Self::Median => {
                scratch.extend(tasks.iter().flatten());
                scratch.sort_unstable_by(f64::total_cmp);
                middle(scratch)
            }
            Self::InterquartileMean => {
                scratch.extend(tasks.iter().flatten());
                scratch.sort_unstable_by(f64::total_cmp);
                let cut = scratch.len() / 4;
                mean(&scratch[cut..scratch.len() - cut])
            }
        }
    }
}

/// The mean; NaN of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The middle of sorted values, between two for an even count; NaN of nothing.
fn middle(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(average: Average, tasks: &[&[f64]]) -> f64 {
        average.of(&Scores::new(tasks.iter().map(|runs| runs.to_vec()).collect()).unwrap())
    }

    #[test]
    fn averages_by_hand() {
        let one: &[&[f64]] = &[&[9.0, 1.0, 3.0, 2.0, 100.0]];
        assert_eq!(of(Average::Mean, one), 23.0);
        assert_eq!(of(Average::Median, one), 3.0);
        assert_eq!(of(Average::TaskMedian, one), 23.0);
        // Of five, one falls off each end: (2 + 3 + 9) / 3.
        assert_eq!(of(Average::InterquartileMean, one), 14.0 / 3.0);
        assert_eq!(of(Average::Median, &[&[4.0, 1.0, 2.0, 3.0]]), 2.5);
        assert_eq!(of(Average::InterquartileMean, &[&[4.0, 1.0, 2.0]]), 7.0 / 3.0);
    }

    #[test]
    fn tasks_weigh_the_same_in_the_mean_and_runs_in_the_interquartile_mean() {
        let tasks: &[&[f64]] = &[&[0.0, 0.0, 0.0, 0.0], &[8.0], &[1.0, 3.0]];
        assert_eq!(of(Average::Mean, tasks), 10.0 / 3.0);
        assert_eq!(of(Average::TaskMedian, tasks), 2.0);
        // Of seven, one falls off each end: (0 + 0 + 0 + 1 + 3) / 5.
        assert_eq!(of(Average::InterquartileMean, tasks), 0.8);
    }
}
