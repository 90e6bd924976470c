//! Several seeds of one thing as a line with a band.

use super::curve::{Course, clean};
use super::drawing::Drawing;
use super::histogram::quantile;
use super::panel::Panel;
use super::theme::Ink;

/// Points at which seeds are put together, at most.
const POINTS: usize = 240;
/// How much a band lets through.
const OPACITY: f64 = 0.18;

/// What of the seeds is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// Their mean, from the least to the greatest.
    Range,
    /// Their median, from quartile to quartile.
    Quartiles,
}

/// The seeds at one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct BandPoint {
    pub(super) step: f64,
    pub(super) middle: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The seeds at common steps, from the first step that all of them have; one that ends early keeps its last value.
pub(super) fn band(curves: &[Vec<(u64, f64)>], course: Course, cover: Cover) -> Vec<BandPoint> {
    let curves: Vec<Vec<(f64, f64)>> = curves.iter().map(|c| clean(c)).filter(|c| !c.is_empty()).collect();
    let begin = curves.iter().map(|c| c[0].0).fold(f64::NEG_INFINITY, f64::max);
    let mut steps: Vec<f64> = curves.iter().flatten().map(|p| p.0).filter(|step| *step >= begin).collect();
    steps.sort_by(f64::total_cmp);
    steps.dedup();
    if steps.len() > POINTS {
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        steps = (0..POINTS).map(|i| first + (last - first) * i as f64 / (POINTS - 1) as f64).collect();
    }
    let point = |step: f64| {
        let mut values: Vec<f64> = curves.iter().map(|c| at(c, step, course)).collect();
        values.sort_by(f64::total_cmp);
        let share = |share| quantile(&values, share).unwrap_or(f64::NAN);
        let (middle, low, high) = match cover {
            Cover::Range => (values.iter().sum::<f64>() / values.len() as f64, share(0.0), share(1.0)),
            Cover::Quartiles => (share(0.5), share(0.25), share(0.75)),
        };
        BandPoint { step, middle, low, high }
    };
    steps.into_iter().map(point).collect()
}

/// Fills a band; its line is drawn after all bands.
pub(super) fn fill(drawing: &mut Drawing, panel: &Panel, band: &[BandPoint], ink: Ink) {
    let lower = band.iter().map(|p| panel.place(p.step, p.low));
    let upper = band.iter().rev().map(|p| panel.place(p.step, p.high));
    drawing.area(lower.chain(upper).collect(), ink.faded(OPACITY));
}

/// The value of a curve at a step: between its points on the straight line or level, after its last point that one.
fn at(curve: &[(f64, f64)], step: f64, course: Course) -> f64 {
    let after = curve.partition_point(|p| p.0 < step);
    match (after.checked_sub(1).map(|i| curve[i]), curve.get(after)) {
        (_, Some(next)) if next.0 == step => next.1,
        (Some(a), Some(b)) => match course {
            Course::Straight => a.1 + (b.1 - a.1) * (step - a.0) / (b.0 - a.0),
            Course::Stairs => a.1,
        },
        (Some(only), None) => only.1,
        (None, next) => next.map_or(f64::NAN, |p| p.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_meet_at_common_steps() {
        let curves = [vec![(0, 0.0), (10, 1.0)], vec![(5, 0.5), (20, 0.9)]];
        let range = band(&curves, Course::Straight, Cover::Range);
        let steps: Vec<f64> = range.iter().map(|s| s.step).collect();
        assert_eq!(steps, [5.0, 10.0, 20.0]);
        assert_eq!((range[0].low, range[0].high), (0.5, 0.5));
        // The first seed ended at step 10 and keeps its value.
        assert_eq!((range[2].low, range[2].high, range[2].middle), (0.9, 1.0, 0.95));
        // Level, the first seed is still at 0 in step 5.
        assert_eq!(band(&curves, Course::Stairs, Cover::Range)[0].low, 0.0);
    }

    #[test]
    fn quartiles_leave_out_the_extremes() {
        let curves: Vec<Vec<(u64, f64)>> =
            [0.0, 1.0, 2.0, 3.0, 100.0].map(|value| vec![(0, value), (1, value)]).to_vec();
        let band = band(&curves, Course::Straight, Cover::Quartiles);
        assert_eq!((band[0].low, band[0].middle, band[0].high), (1.0, 2.0, 3.0));
    }
}
