//! Successive halving (Jamieson and Talwalkar 2016): many points for a short time, the better ones for longer.
//!
//! A rung trains its points anew with its own number of updates: a schedule of the rate then ends where the training
//! does, and each trial is an ordinary run. That costs at most 1 / (keep - 1) more than going on would.

use super::{Point, Scored, by_lot, ranked};
use crate::sweep::{axis::Axis, raw::Halving};

/// The points of the next rung: the better of the last one, trained for longer.
pub(super) fn next(halving: &Halving, axes: &[Axis], rungs: &[Vec<Scored>]) -> Option<Vec<Point>> {
    let steps = Some(*halving.rungs.get(rungs.len())?);
    let points = match rungs.last() {
        None => by_lot(axes, halving.seed, halving.trials),
        Some(last) => {
            let kept = last.len().div_ceil(halving.keep as usize).max(1);
            let mut best: Vec<usize> = ranked(last).into_iter().take(kept).collect();
            best.sort_unstable();
            best.into_iter().map(|at| last[at].point.clone()).collect()
        }
    };
    Some(points.into_iter().map(|point| Point { steps, ..point }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_third_goes_on_and_a_failed_point_is_worst() {
        let halving = Halving { trials: 6, rungs: vec![10, 30], keep: 3, seed: 1 };
        let axis = crate::sweep::axis::tests::rate();
        let first = next(&halving, std::slice::from_ref(&axis), &[]).unwrap();
        assert_eq!((first.len(), first[0].steps), (6, Some(10)));
        let scores = [Some(0.1), None, Some(0.5), Some(0.5), Some(-3.0), Some(0.2)];
        let scored: Vec<Scored> =
            first.iter().zip(scores).map(|(point, score)| Scored { point: point.clone(), score }).collect();
        let second = next(&halving, std::slice::from_ref(&axis), std::slice::from_ref(&scored)).unwrap();
        let expected = [2, 3].map(|at: usize| Point { steps: Some(30), ..first[at].clone() });
        assert_eq!(second, expected);
        let over = vec![scored, second.into_iter().map(|point| Scored { point, score: None }).collect()];
        assert_eq!(next(&halving, &[axis], &over), None);
    }
}
