//! What a setting reaches against what it costs: a panel a cost, with the settings that no other beats in both.

use super::drawing::{Anchor, Drawing, Pen};
use super::legend::{self, Entry, Sample};
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel};
use super::plot::Plot;
use super::scale::{Scale, Unit, usable};
use super::theme::{PAPER, REFERENCE, WIDTH, line_ink};
use crate::statistics::Better;

/// Settings by cost and measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pareto {
    /// What is reached, with its unit.
    pub label: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// Whether a higher or a lower measure is better; costs are better lower.
    pub better: Better,
    /// Names of the settings; each has the ink of its position.
    pub settings: Vec<String>,
    /// Side by side.
    pub panels: Vec<ParetoPanel>,
    /// At the foot.
    pub note: String,
}

/// One cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParetoPanel {
    /// What it is.
    pub label: String,
    /// A point for each setting, where it has both numbers.
    pub points: Vec<Option<ParetoPoint>>,
}

/// One setting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ParetoPoint {
    /// What it costs, the median over runs.
    pub cost: f64,
    /// From the least to the greatest of the runs.
    pub costs: (f64, f64),
    /// What it reaches.
    pub value: f64,
    /// The interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

const HIGH: f64 = 270.0;
const GAP: f64 = 44.0;

impl Plot for Pareto {
    fn draw(&self) -> Drawing {
        let title = "What is reached against what it costs";
        let mut entries: Vec<Entry> =
            self.settings.iter().enumerate().map(|(at, name)| Entry::new(Sample::Disc, line_ink(at), name)).collect();
        entries.push(Entry::new(Sample::DashedLine, REFERENCE, "no other is better in both"));
        let top = 44.0 + legend::height(&entries, WIDTH - 40.0) + 20.0;
        let mut drawing = Drawing::new(WIDTH, top + HIGH + FOOT + 22.0, title);
        panel::title(&mut drawing, title);
        legend::draw(&mut drawing, &entries, (20.0, 44.0), WIDTH - 40.0);
        let count = self.panels.len().max(1) as f64;
        let wide = (WIDTH - 30.0 - LEFT - GAP * (count - 1.0)) / count;
        let values = self.points().flat_map(|point| {
            let (low, high) = point.interval.unwrap_or((point.value, point.value));
            [point.value, low, high]
        });
        let y = Scale::over(values, self.unit);
        if self.panels.is_empty() {
            let frame = Frame { left: LEFT, top, right: WIDTH - 30.0, bottom: top + HIGH };
            panel::empty(&mut drawing, frame, Labels::Full(""), &self.label);
        }
        for (index, cost) in self.panels.iter().enumerate() {
            let left = LEFT + index as f64 * (wide + GAP);
            let frame = Frame { left, top, right: left + wide, bottom: top + HIGH };
            // The first panel's label is all panels'.
            let label = if index == 0 { self.label.as_str() } else { "" };
            self.draw_panel(&mut drawing, frame, (cost, y), label);
        }
        panel::note(&mut drawing, (WIDTH - 30.0, top + HIGH + FOOT + 8.0), Anchor::End, &self.note);
        drawing
    }
}

impl Pareto {
    fn points(&self) -> impl Iterator<Item = &ParetoPoint> {
        self.panels.iter().flat_map(|panel| panel.points.iter().flatten())
    }

    fn draw_panel(&self, drawing: &mut Drawing, frame: Frame, (cost, y): (&ParetoPanel, Option<Scale>), label: &str) {
        let costs = || cost.points.iter().flatten().flat_map(|point| [point.cost, point.costs.0, point.costs.1]);
        let (Some(x), Some(y)) = (Scale::over_decades(costs(), Unit::Count), y) else {
            panel::empty(drawing, frame, Labels::Full(&cost.label), label);
            return;
        };
        let panel = Panel { frame, x, y };
        panel.axes(drawing, Labels::Full(&cost.label), label);
        let front = self.front(cost);
        let corners = front.windows(2).flat_map(|pair| {
            let (a, b) = (panel.place(pair[0].cost, pair[0].value), panel.place(pair[1].cost, pair[1].value));
            [a, (b.0, a.1), b]
        });
        drawing.line(corners.collect(), Pen { dash: Some((5.0, 3.5)), ..Pen::new(REFERENCE, 1.4) });
        for (at, point) in cost.points.iter().enumerate() {
            let Some(point) = point else { continue };
            let ink = line_ink(at);
            let place = |cost, value| panel.place(cost, value);
            let pen = Pen::new(ink, 1.6);
            drawing.line(vec![place(point.costs.0, point.value), place(point.costs.1, point.value)], pen);
            if let Some((low, high)) = point.interval {
                drawing.line(vec![place(point.cost, low), place(point.cost, high)], pen);
            }
            drawing.disc(place(point.cost, point.value), 6.2, PAPER);
            drawing.disc(place(point.cost, point.value), 5.0, ink);
        }
    }

    /// The settings that no other beats in both, by cost.
    fn front<'a>(&self, cost: &'a ParetoPanel) -> Vec<&'a ParetoPoint> {
        let usable_points = cost.points.iter().flatten().filter(|point| usable(point.cost) && usable(point.value));
        let mut points: Vec<&ParetoPoint> = usable_points.collect();
        let gain = |point: &ParetoPoint| if self.better == Better::Higher { point.value } else { -point.value };
        points.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(gain(b).total_cmp(&gain(a))));
        let mut best = f64::NEG_INFINITY;
        points.retain(|point| {
            let better = gain(point) > best;
            best = best.max(gain(point));
            better
        });
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_holds_whom_no_other_beats() {
        let point = |cost, value| Some(ParetoPoint { cost, costs: (cost, cost), value, interval: None });
        let panel = ParetoPanel {
            label: "cost".into(),
            points: vec![point(3.0, 0.9), point(1.0, 0.5), point(2.0, 0.4), None, point(3.0, 0.8), point(9.0, 0.95)],
        };
        let costs = |better| -> Vec<f64> {
            Pareto { better, ..Pareto::default() }.front(&panel).iter().map(|point| point.cost).collect()
        };
        assert_eq!(costs(Better::Higher), [1.0, 3.0, 9.0]);
        assert_eq!(costs(Better::Lower), [1.0, 2.0]);
    }
}
