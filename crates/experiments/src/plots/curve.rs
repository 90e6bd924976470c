//! A curve over the steps of a run, and drawing it without drowning in points.

use super::drawing::{Drawing, Pen, Place};
use super::panel::Panel;
use super::scale::usable;
use super::theme::{Ink, LINE};

/// A named line over steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// The name in the plot.
    pub name: String,
    /// Step and value; values that are not finite are left out.
    pub points: Vec<(u64, f64)>,
}

impl Curve {
    /// A named curve.
    pub fn new(name: impl Into<String>, points: Vec<(u64, f64)>) -> Self {
        Self { name: name.into(), points }
    }
}

/// The points that can be drawn, in order of step.
pub(super) fn clean(points: &[(u64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(u64, f64)> = points.iter().copied().filter(|(_, value)| usable(*value)).collect();
    kept.sort_by_key(|(step, _)| *step);
    kept.into_iter().map(|(step, value)| (step as f64, value)).collect()
}

/// How a curve is drawn between its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Straight from point to point; many points are averaged, with their range in pale behind.
    Straight,
    /// Level until the next point, as counts are.
    Stairs,
}

/// Draws cleaned points; a single one as a disc.
pub(super) fn draw(drawing: &mut Drawing, panel: &Panel, points: &[(f64, f64)], course: Course, pen: Pen) {
    if let [(x, y)] = points {
        drawing.disc(panel.place(*x, *y), 3.5, pen.ink);
        return;
    }
    match course {
        Course::Stairs => drawing.line(stairs(panel, points), pen),
        Course::Straight => match averaged(points) {
            None => drawing.line(places(panel, points), pen),
            Some(bundles) => {
                let upper: Vec<(f64, f64)> = bundles.iter().map(|b| (b.step, b.high)).collect();
                let lower: Vec<(f64, f64)> = bundles.iter().map(|b| (b.step, b.low)).collect();
                let mean: Vec<(f64, f64)> = bundles.iter().map(|b| (b.step, b.mean)).collect();
                let mut band = places(panel, &upper);
                band.extend(places(panel, &lower).into_iter().rev());
                drawing.area(band, pen.ink.faded(0.2));
                drawing.line(places(panel, &mean), pen);
            }
        },
    }
}

/// The point at which the drawn line ends: the last, or the mean of the last where many are averaged.
pub(super) fn last(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (step, value) = *points.last()?;
    Some((step, averaged(points).and_then(|bundles| bundles.last().map(|b| b.mean)).unwrap_or(value)))
}

/// Many points of a curve, in one.
struct Bundle {
    step: f64,
    mean: f64,
    low: f64,
    high: f64,
}

/// More points than this are averaged, to half as many bundles.
const MOST: usize = 400;

/// Points in bundles of equal span of steps, where there are too many to draw each.
fn averaged(points: &[(f64, f64)]) -> Option<Vec<Bundle>> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    if points.len() <= MOST || last <= first {
        return None;
    }
    let bundles = (MOST / 2) as f64;
    // The last point belongs to the last bundle: alone it would end the line with its noise.
    let column = |point: &(f64, f64)| ((point.0 - first) / (last - first) * bundles).floor().min(bundles - 1.0);
    let bundle = |points: &[(f64, f64)]| {
        let count = points.len() as f64;
        let values = || points.iter().map(|p| p.1);
        Bundle {
            step: points.iter().map(|p| p.0).sum::<f64>() / count,
            mean: values().sum::<f64>() / count,
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    Some(points.chunk_by(|a, b| column(a) == column(b)).map(bundle).collect())
}

/// A pen for the line at its place in the list.
pub(super) fn pen(ink: Ink, dashed: bool) -> Pen {
    if dashed { Pen::dashed(ink, LINE) } else { Pen::new(ink, LINE) }
}

fn places(panel: &Panel, points: &[(f64, f64)]) -> Vec<Place> {
    points.iter().map(|(x, y)| panel.place(*x, *y)).filter(|p| p.0.is_finite() && p.1.is_finite()).collect()
}

/// Cuts points into those that fall on the same column of the panel.
fn bundles<'a>(panel: &Panel, points: &'a [(f64, f64)], columns: usize) -> Vec<&'a [(f64, f64)]> {
    let column = |point: &(f64, f64)| (panel.x.share(point.0) * columns as f64).floor();
    points.chunk_by(|a, b| column(a) == column(b)).collect()
}

/// Corners of a line that stays level until the next point. Where many points share a column of the panel, the
/// first, lowest, highest and last of them stand for all.
fn stairs(panel: &Panel, points: &[(f64, f64)]) -> Vec<Place> {
    let mut corners: Vec<Place> = Vec::new();
    let mut step_to = |point: (f64, f64)| {
        let place = panel.place(point.0, point.1);
        if let Some(last) = corners.last().copied() {
            corners.push((place.0, last.1));
        }
        corners.push(place);
    };
    for bundle in bundles(panel, points, panel.frame.width() as usize) {
        if bundle.len() < 5 {
            for point in bundle {
                step_to(*point);
            }
            continue;
        }
        let lowest = bundle.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |(i, _)| i);
        let highest = bundle.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |(i, _)| i);
        let mut kept = [0, lowest, highest, bundle.len() - 1];
        kept.sort_unstable();
        for index in kept {
            step_to(bundle[index]);
        }
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_sorts_and_leaves_out_what_cannot_be_placed() {
        let points = [(3, 1.0), (1, f64::NAN), (2, f64::INFINITY), (0, 2.0)];
        assert_eq!(clean(&points), [(0.0, 2.0), (3.0, 1.0)]);
    }

    #[test]
    fn many_points_are_averaged_and_the_last_is_not_alone() {
        let few: Vec<(f64, f64)> = (0..400).map(|i| (f64::from(i), 1.0)).collect();
        assert!(averaged(&few).is_none());
        let many: Vec<(f64, f64)> = (0..=4000).map(|i| (f64::from(i), if i == 4000 { 22.0 } else { 1.0 })).collect();
        let bundles = averaged(&many).expect("many");
        assert_eq!(bundles.len(), 200);
        assert_eq!(last(&many), Some((4000.0, 2.0)));
        assert_eq!(bundles[199].high, 22.0);
    }
}
