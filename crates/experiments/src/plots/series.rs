//! Lines over the steps of a run, in one or more panels with the same steps: energy, and whatever else is measured.

use super::curve::{self, Course, Curve};
use super::drawing::Drawing;
use super::number;
use super::panel::{self, EndLabel, FOOT, Frame, LEFT, Labels, Panel, TOP};
use super::plot::Plot;
use super::rug::{self, EventMark};
use super::scale::{Scale, Unit, extent};
use super::theme::{WIDTH, dashed, line_ink};

/// Panels of lines that share their steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The title.
    pub title: String,
    /// What its steps are; empty for steps of training.
    pub across: String,
    /// From above to below.
    pub panels: Vec<SeriesPanel>,
    /// Structural events, as a rug below; may be empty.
    pub marks: Vec<EventMark>,
}

/// One panel of a [`Series`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesPanel {
    /// The label of the axis, with its unit.
    pub label: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// The lines.
    pub curves: Vec<Curve>,
}

impl Series {
    /// The energy of a run: what is stored above, what comes in and what is spent below.
    pub fn energy(store: Curve, income: Curve, costs: Vec<Curve>) -> Self {
        let flows = std::iter::once(income).chain(costs).collect();
        Self {
            title: "Energy stored, earned and spent over training steps".to_owned(),
            across: String::new(),
            panels: vec![
                SeriesPanel { label: "store (energy)".to_owned(), unit: Unit::Plain, curves: vec![store] },
                SeriesPanel { label: "flow (energy per step)".to_owned(), unit: Unit::Plain, curves: flows },
            ],
            marks: Vec::new(),
        }
    }
}

impl Plot for Series {
    fn draw(&self) -> Drawing {
        let high = if self.panels.len() > 1 { 180.0 } else { 300.0 };
        let panels: Vec<Stacked<'_>> = self
            .panels
            .iter()
            .map(|panel| Stacked {
                label: panel.label.clone(),
                unit: panel.unit,
                curves: panel.curves.iter().collect(),
            })
            .collect();
        let across = if self.across.is_empty() { STEPS } else { &self.across };
        stacked(&self.title, across, &panels, &self.marks, high)
    }
}

/// A panel of curves that somebody else owns.
pub(super) struct Stacked<'a> {
    pub(super) label: String,
    pub(super) unit: Unit,
    pub(super) curves: Vec<&'a Curve>,
}

/// The label of an axis of steps.
pub(super) const STEPS: &str = "training step";

const GAP: f64 = 24.0;
const RUG_GAP: f64 = 12.0;

/// Draws panels above each other over one axis of steps, `across`, each `high` points, with a rug below.
pub(super) fn stacked(title: &str, across: &str, panels: &[Stacked<'_>], marks: &[EventMark], high: f64) -> Drawing {
    let rug_height = rug::height(marks);
    let rug_space = if rug_height > 0.0 { rug_height + RUG_GAP } else { 0.0 };
    let count = panels.len().max(1) as f64;
    let height = TOP + count * high + (count - 1.0) * GAP + rug_space + FOOT;
    let mut drawing = Drawing::new(WIDTH, height, title);
    panel::title(&mut drawing, title);

    let lines: Vec<Vec<Line>> =
        panels.iter().map(|panel| panel.curves.iter().map(|c| Line::new(c, panel.unit)).collect()).collect();
    let rug_names = rug::names(marks);
    let texts = lines.iter().flatten().map(|line| &line.text);
    let right = WIDTH - panel::end_room(texts.chain(&rug_names).map(String::as_str), 190.0);
    let steps =
        lines.iter().flatten().flat_map(|line| &line.points).map(|p| p.0).chain(marks.iter().map(|m| m.step as f64));
    let x = extent(steps).map(|(low, high)| Scale::between(low, high, Unit::Count));

    let mut top = TOP;
    for (index, (panel, lines)) in panels.iter().zip(&lines).enumerate() {
        let frame = Frame { left: LEFT, top, right, bottom: top + high };
        let last = index + 1 == panels.len();
        let x_labels = if last && rug_space == 0.0 { Labels::Full(across) } else { Labels::Shared };
        draw_panel(&mut drawing, frame, x, (panel, lines), x_labels);
        top += high + GAP;
    }
    let bottom = top - GAP;
    if panels.is_empty() {
        let frame = Frame { left: LEFT, top: TOP, right, bottom: TOP + high };
        panel::empty(&mut drawing, frame, Labels::Full(across), "");
    }
    if let Some(steps) = x.filter(|_| rug_space > 0.0) {
        let frame = Frame { left: LEFT, top: bottom + RUG_GAP, right, bottom: bottom + rug_space };
        rug::draw(&mut drawing, &frame, &steps, marks);
        panel::x_axis(&mut drawing, &frame, &steps, Labels::Full(across));
    }
    drawing
}

/// A curve ready to be drawn, with the text at its end.
struct Line {
    points: Vec<(f64, f64)>,
    end: Option<(f64, f64)>,
    text: String,
}

impl Line {
    fn new(curve: &Curve, unit: Unit) -> Self {
        let points = curve::clean(&curve.points);
        let end = curve::last(&points);
        let value = end.map_or_else(String::new, |(_, value)| match unit {
            Unit::Share => number::percent(value),
            Unit::Plain | Unit::Count => number::short(value),
        });
        let text = if value.is_empty() { value } else { format!("{} {value}", curve.name).trim_start().to_owned() };
        Self { points, end, text }
    }
}

fn draw_panel(
    drawing: &mut Drawing,
    frame: Frame,
    x: Option<Scale>,
    (stacked, lines): (&Stacked<'_>, &[Line]),
    x_labels: Labels<'_>,
) {
    let y = Scale::over_decades(lines.iter().flat_map(|line| &line.points).map(|p| p.1), stacked.unit);
    let (Some(x), Some(y)) = (x, y) else {
        panel::empty(drawing, frame, x_labels, &stacked.label);
        return;
    };
    let panel = Panel { frame, x, y };
    let label = if y.is_logarithmic() { format!("{}, log scale", stacked.label) } else { stacked.label.clone() };
    panel.axes(drawing, x_labels, &label);
    let mut ends = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let ink = line_ink(index);
        curve::draw(drawing, &panel, &line.points, Course::Straight, curve::pen(ink, dashed(index)));
        if let Some((step, value)) = line.end {
            let (level, text) = (panel.place(step, value).1, line.text.clone());
            ends.push(EndLabel { level, text, ink });
        }
    }
    panel::end_labels(drawing, &frame, ends);
}
