//! Two settings with the same seeds: the differences of their runs.

use super::{Bootstrap, Bounds, Enough, Interval, Level, Scores, ScoresError, average::mean};
use statrs::distribution::{ContinuousCDF as _, StudentsT};
use std::collections::BTreeMap;

/// The differences `a − b` of all seeds that both have, and how many seeds only one of them has.
pub fn pair(a: &BTreeMap<u64, f64>, b: &BTreeMap<u64, f64>) -> (Vec<f64>, usize) {
    let differences: Vec<f64> = a.iter().filter_map(|(seed, a)| Some(a - b.get(seed)?)).collect();
    let alone = a.len() + b.len() - 2 * differences.len();
    (differences, alone)
}

/// Differences of two settings, by task; each from two runs with one seed.
///
/// What two settings share with a seed (data order, first weights) cancels in the difference, which is why its interval is
/// narrower than that of two independent means where the seed matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Paired {
    differences: Scores,
}

impl Paired {
    /// Differences `[task][seed]`.
    ///
    /// # Errors
    /// As [`Scores::new`].
    pub fn new(differences: Vec<Vec<f64>>) -> Result<Self, ScoresError> {
        Ok(Self { differences: Scores::new(differences)? })
    }

    /// The differences.
    pub fn differences(&self) -> &Scores {
        &self.differences
    }

    /// Pairs over all tasks.
    pub fn pairs(&self) -> usize {
        self.differences.runs()
    }

    /// The mean over tasks of the mean difference.
    pub fn mean(&self) -> f64 {
        super::Average::Mean.of(&self.differences)
    }

    /// The interval of the mean difference by drawing pairs anew within each task.
    ///
    /// # Errors
    /// [`super::NoInterval`] for fewer than three pairs of a task.
    pub fn by_bootstrap(&self, bootstrap: &Bootstrap) -> Bounds {
        bootstrap.of_mean(&self.differences)
    }

    /// The interval of the mean difference by Student's t. With several tasks their variances are put together as by Welch
    /// and Satterthwaite, each task with its own.
    ///
    /// # Errors
    /// [`super::NoInterval`] for fewer than three pairs of a task.
    pub fn by_t(&self, level: Level) -> Bounds {
        let enough = Enough::of(self.differences.seeds())?;
        let Spread { error, freedom } = self.spread();
        let (mean, half) = (self.mean(), error * quantile(1.0 - level.error() / 2.0, freedom));
        Ok(Interval::new(mean - half, mean + half, enough))
    }

    /// The two-sided p-value of Student's t for no difference, on the grounds of [`Paired::by_t`].
    ///
    /// # Errors
    /// As for an interval.
    pub fn p_by_t(&self) -> Result<f64, super::NoInterval> {
        Enough::of(self.differences.seeds())?;
        let Spread { error, freedom } = self.spread();
        let mean = self.mean();
        if error == 0.0 {
            // All pairs differ by the same: the limit of ever smaller spreads.
            return Ok(if mean == 0.0 { 1.0 } else { 0.0 });
        }
        Ok(2.0 * students(freedom).map_or(f64::NAN, |t| t.sf((mean / error).abs())))
    }

    /// The standard deviation of the differences within tasks, pooled; what [`super::seeds_to_tell`] wants.
    ///
    /// # Errors
    /// As for an interval: from two pairs a spread is a guess.
    pub fn deviation(&self) -> Result<f64, super::NoInterval> {
        Enough::of(self.differences.seeds())?;
        let tasks = self.differences.tasks();
        let squares: f64 = tasks.iter().map(|runs| variance(runs) * (runs.len() - 1) as f64).sum();
        Ok((squares / (self.pairs() - tasks.len()) as f64).sqrt())
    }

    /// Standard error of the mean, and its degrees of freedom.
    fn spread(&self) -> Spread {
        let tasks = self.differences.tasks();
        let parts: Vec<(f64, f64)> =
            tasks.iter().map(|runs| (variance(runs) / runs.len() as f64, (runs.len() - 1) as f64)).collect();
        let total: f64 = parts.iter().map(|(part, _)| part).sum();
        let weighed: f64 = parts.iter().map(|(part, freedom)| part * part / freedom).sum();
        let all: f64 = parts.iter().map(|(_, freedom)| freedom).sum();
        let freedom = if weighed > 0.0 { total * total / weighed } else { all };
        Spread { error: total.sqrt() / tasks.len() as f64, freedom }
    }
}

struct Spread {
    error: f64,
    freedom: f64,
}

/// The unbiased variance; exactly nothing where all values are the same.
fn variance(values: &[f64]) -> f64 {
    if values.windows(2).all(|pair| pair[0] == pair[1]) {
        return 0.0;
    }
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

fn students(freedom: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, freedom).ok()
}

/// The quantile of Student's t; NaN without any freedom, which no caller has.
pub(super) fn quantile(share: f64, freedom: f64) -> f64 {
    students(freedom).map_or(f64::NAN, |t| t.inverse_cdf(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, expected) in
            [(1.0, 12.706_20), (2.0, 4.302_65), (4.0, 2.776_45), (9.0, 2.262_16), (30.0, 2.042_27)]
        {
            close(quantile(0.975, freedom), expected);
        }
    }

    #[test]
    fn the_t_interval_by_hand() {
        // Differences 1, 2, 3, 4, 5: mean 3, variance 2.5, standard error sqrt(0.5), t(0.975, 4) = 2.776445.
        let paired = Paired::new(vec![vec![5.0, 1.0, 4.0, 2.0, 3.0]]).unwrap();
        let interval = paired.by_t(Level::USUAL).unwrap();
        close(interval.low(), 3.0 - 2.776_445 * 0.5_f64.sqrt());
        close(interval.high(), 3.0 + 2.776_445 * 0.5_f64.sqrt());
        close(paired.deviation().unwrap(), 2.5_f64.sqrt());
        // t = 4.24264 with 4 degrees of freedom.
        close(paired.p_by_t().unwrap(), 0.013_235_6);
    }

    #[test]
    fn tasks_with_a_spread_of_their_own_are_put_together_by_welch_and_satterthwaite() {
        // Variances of the means 1/3 and 100/3, two degrees of freedom each: the wider task all but decides.
        let paired = Paired::new(vec![vec![-1.0, 0.0, 1.0], vec![0.0, 10.0, 20.0]]).unwrap();
        let (total, freedom) = (101.0 / 3.0, (101.0_f64 / 3.0).powi(2) / f64::midpoint(1.0 / 9.0, 10_000.0 / 9.0));
        let half = quantile(0.975, freedom) * f64::sqrt(total) / 2.0;
        let interval = paired.by_t(Level::USUAL).unwrap();
        close(paired.mean(), 5.0);
        close(interval.high(), 5.0 + half);
        close(paired.deviation().unwrap(), f64::sqrt((2.0 + 200.0) / 4.0));
    }

    #[test]
    fn seeds_that_one_side_lacks_are_counted() {
        let a = BTreeMap::from([(1, 0.9), (2, 0.8), (5, 0.7)]);
        let b = BTreeMap::from([(2, 0.5), (3, 0.1), (5, 0.7)]);
        let (differences, alone) = pair(&a, &b);
        assert_eq!((differences.len(), alone), (2, 2));
        close(differences[0], 0.3);
        assert_eq!(differences[1], 0.0);
    }

    #[test]
    fn two_pairs_make_no_interval_and_no_spread() {
        let paired = Paired::new(vec![vec![1.0, 2.0]]).unwrap();
        assert!(paired.by_t(Level::USUAL).is_err() && paired.by_bootstrap(&Bootstrap::default()).is_err());
        assert!(paired.deviation().is_err() && paired.p_by_t().is_err());
        assert_eq!(paired.mean(), 1.5);
    }

    #[test]
    fn pairs_that_all_differ_by_the_same_have_no_width() {
        for (difference, p) in [(0.1, 0.0), (0.0, 1.0)] {
            let paired = Paired::new(vec![vec![difference; 3]]).unwrap();
            let interval = paired.by_t(Level::USUAL).unwrap();
            assert_eq!(interval.low(), interval.high());
            assert_eq!(paired.p_by_t().unwrap(), p);
        }
    }
}
