//! The probability of improvement.

use super::{Bootstrap, Enough, Estimate, Scores, bootstrap::Resample};

/// How likely a run of `x` is above a run of `y` on the same task, the mean over tasks: the Mann-Whitney statistic over
/// the count of pairs, ties half (Agarwal et al. 2021). Its interval draws the runs of both anew, each by itself.
///
/// # Panics
/// When the two have another count of tasks: they are paired by position.
#[track_caller]
pub fn improvement(x: &Scores, y: &Scores, bootstrap: &Bootstrap) -> Estimate {
    assert_eq!(x.tasks().len(), y.tasks().len(), "both are scored on the same tasks");
    let bounds = Enough::of(x.seeds().min(y.seeds())).map(|enough| {
        let mut of_x = Resample::new(x, bootstrap.stream(0));
        let mut of_y = Resample::new(y, bootstrap.stream(1));
        let values = (0..bootstrap.resamples.max(1)).map(|_| chance(of_x.next(), of_y.next())).collect();
        bootstrap.percentiles(values, enough)
    });
    Estimate { value: chance(x.tasks(), y.tasks()), bounds }
}

fn chance(x: &[Vec<f64>], y: &[Vec<f64>]) -> f64 {
    x.iter().zip(y).map(|(x, y)| of_task(x, y)).sum::<f64>() / x.len() as f64
}

fn of_task(x: &[f64], y: &[f64]) -> f64 {
    // In halves, so that the sum is exact.
    let above = |&x: &f64| y.iter().map(|&y| u64::from(x > y) + u64::from(x >= y)).sum::<u64>();
    x.iter().map(above).sum::<u64>() as f64 / (2 * x.len() * y.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(x: &[f64], y: &[f64]) -> f64 {
        let of = |runs: &[f64]| Scores::of_one_task(runs.to_vec()).unwrap();
        improvement(&of(x), &of(y), &Bootstrap { resamples: 50, ..Bootstrap::default() }).value
    }

    #[test]
    fn ties_count_half() {
        assert_eq!(value(&[1.0, 2.0], &[1.0, 2.0]), 0.5);
        // Of six pairs: 3 is above 1 and 2 and ties with 3, 2 is above 1 and ties with 2.
        assert_eq!(value(&[3.0, 2.0], &[1.0, 2.0, 3.0]), (1.0 + 1.0 + 0.5 + 1.0 + 0.5) / 6.0);
        assert_eq!(value(&[5.0], &[1.0]), 1.0);
    }

    #[test]
    fn the_mean_is_over_tasks() {
        let x = Scores::new(vec![vec![1.0; 3], vec![0.0; 5]]).unwrap();
        let y = Scores::new(vec![vec![0.0; 4], vec![1.0; 3]]).unwrap();
        let estimate = improvement(&x, &y, &Bootstrap { resamples: 50, ..Bootstrap::default() });
        assert_eq!(estimate.value, 0.5);
        assert_eq!(estimate.bounds.unwrap().low(), 0.5);
    }
}
