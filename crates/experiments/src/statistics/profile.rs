//! Performance profiles: what share of runs does better than each threshold.

use super::{Better, Bootstrap, Bounds, Enough, Scores, bootstrap::Resample};

/// The share of runs beyond one threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfilePoint {
    /// The threshold.
    pub threshold: f64,
    /// Share of all runs of all tasks that are better than it, strictly.
    pub share: f64,
    /// Its interval, for this threshold alone.
    pub bounds: Bounds,
}

/// A tail distribution of scores with a pointwise band (Dolan and Moré 2002; Agarwal et al. 2021).
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// In the order of the thresholds given.
    pub points: Vec<ProfilePoint>,
}

impl Profile {
    /// The profile of some scores at some thresholds.
    pub fn of(scores: &Scores, thresholds: &[f64], better: Better, bootstrap: &Bootstrap) -> Self {
        let shares = |tasks: &[Vec<f64>], pooled: &mut Vec<f64>| -> Vec<f64> {
            pooled.clear();
            pooled.extend(tasks.iter().flatten());
            pooled.sort_unstable_by(f64::total_cmp);
            thresholds.iter().map(|&threshold| share(pooled, threshold, better)).collect()
        };
        let mut pooled = Vec::new();
        let values = shares(scores.tasks(), &mut pooled);
        let bands: Vec<Bounds> = match Enough::of(scores.seeds()) {
            Err(reason) => vec![Err(reason); thresholds.len()],
            Ok(enough) => {
                let mut draw = Resample::new(scores, bootstrap.stream(0));
                let mut found = vec![Vec::with_capacity(bootstrap.resamples); thresholds.len()];
                for _ in 0..bootstrap.resamples.max(1) {
                    let drawn = shares(draw.next(), &mut pooled);
                    found.iter_mut().zip(drawn).for_each(|(all, value): (&mut Vec<f64>, f64)| all.push(value));
                }
                found.into_iter().map(|values| Ok(bootstrap.percentiles(values, enough))).collect()
            }
        };
        let point = |((&threshold, share), bounds): ((&f64, f64), Bounds)| ProfilePoint { threshold, share, bounds };
        Self { points: thresholds.iter().zip(values).zip(bands).map(point).collect() }
    }
}

fn share(sorted: &[f64], threshold: f64, better: Better) -> f64 {
    let count = match better {
        Better::Higher => sorted.len() - sorted.partition_point(|&score| score <= threshold),
        Better::Lower => sorted.partition_point(|&score| score < threshold),
    };
    count as f64 / sorted.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_not_better_than_itself() {
        let scores = Scores::new(vec![vec![1.0, 2.0], vec![2.0, 3.0]]).unwrap();
        let shares = |better| -> Vec<f64> {
            let profile = Profile::of(&scores, &[0.0, 1.0, 2.0, 3.0], better, &Bootstrap::default());
            assert!(profile.points.iter().all(|point| point.bounds.is_err()), "two seeds");
            profile.points.iter().map(|point| point.share).collect()
        };
        assert_eq!(shares(Better::Higher), [1.0, 0.75, 0.25, 0.0]);
        assert_eq!(shares(Better::Lower), [0.0, 0.0, 0.25, 0.75]);
    }
}
