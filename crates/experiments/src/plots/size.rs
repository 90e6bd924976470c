//! Size over time: neurons and active connections over steps, beside the count of the dense network.

use super::curve::{self, Course};
use super::drawing::{Anchor, Drawing, Pen, Type};
use super::number;
use super::panel::{self, EndLabel, FOOT, Frame, LEFT, Labels, Panel, TOP};
use super::plot::Plot;
use super::scale::{Scale, Unit, extent};
use super::theme::{AXIS, BLUE, GREEN, HAIR, LINE, PAPER, REFERENCE, TICK_SIZE, WIDTH};

/// How large a network was at each step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SizeOverTime {
    /// Step and living neurons.
    pub neurons: Vec<(u64, u64)>,
    /// Step and active connections.
    pub connections: Vec<(u64, u64)>,
    /// Connections of the dense network of the same layers; `None` where there is no such network.
    pub dense_connections: Option<u64>,
}

const HIGH: f64 = 170.0;
const GAP: f64 = 30.0;
/// Room above a broken axis for the reference that is out of scale.
const BREAK: f64 = 34.0;
/// Beyond this multiple of the most connections the dense count would flatten the curve: the axis is broken instead.
const IN_SCALE: f64 = 2.5;

impl Plot for SizeOverTime {
    fn draw(&self) -> Drawing {
        let title = "Neurons and active connections over training steps";
        let mut drawing = Drawing::new(WIDTH, TOP + 2.0 * HIGH + GAP + BREAK + FOOT, title);
        panel::title(&mut drawing, title);
        let neurons = as_values(&self.neurons);
        let connections = as_values(&self.connections);
        let steps = extent(neurons.iter().chain(&connections).map(|p| p.0));
        let x = steps.map(|(low, high)| Scale::between(low, high, Unit::Count));
        let neuron_text = last_text(&neurons, "neurons");
        let connection_text = last_text(&connections, "connections");
        let share_text = self.share_text(&connections);
        let texts = [neuron_text.as_str(), connection_text.as_str(), share_text.as_str()];
        let right = WIDTH - panel::end_room(texts.into_iter(), 190.0);

        let upper = Frame { left: LEFT, top: TOP, right, bottom: TOP + HIGH };
        match (x, Scale::over(neurons.iter().map(|p| p.1), Unit::Count)) {
            (Some(x), Some(y)) => {
                let panel = Panel { frame: upper, x, y };
                panel.axes(&mut drawing, Labels::Shared, "neurons");
                line(&mut drawing, &panel, &neurons, BLUE, neuron_text);
            }
            _ => panel::empty(&mut drawing, upper, Labels::Shared, "neurons"),
        }

        let top = upper.bottom + GAP + BREAK;
        let lower = Frame { left: LEFT, top, right, bottom: top + HIGH };
        let label = Labels::Full("training step");
        let Some((x, most)) = x.zip(extent(connections.iter().map(|p| p.1)).map(|range| range.1)) else {
            panel::empty(&mut drawing, lower, label, "connections");
            return drawing;
        };
        let dense = self.dense_connections.map(|count| count as f64);
        let in_scale = dense.filter(|d| *d <= most * IN_SCALE);
        let Some(y) = Scale::over(connections.iter().map(|p| p.1).chain(in_scale), Unit::Count) else {
            return drawing;
        };
        let panel = Panel { frame: lower, x, y };
        panel.axes(&mut drawing, label, "connections");
        line(&mut drawing, &panel, &connections, GREEN, connection_text);
        if let Some((_, last)) = connections.last().filter(|_| dense.is_some()) {
            let level = panel.place(0.0, *last).1 + 17.0;
            let level = if level > lower.bottom - 8.0 { level - 34.0 } else { level };
            let style = Type::new(TICK_SIZE, GREEN, Anchor::Start);
            drawing.text((right + 10.0, level), share_text, style);
        }
        if let Some(dense) = dense {
            reference(&mut drawing, &panel, dense, in_scale.is_some());
        }
        drawing
    }
}

impl SizeOverTime {
    fn share_text(&self, connections: &[(f64, f64)]) -> String {
        match (self.dense_connections, connections.last()) {
            (Some(dense), Some((_, last))) if dense > 0 => {
                format!("({} of dense)", number::percent(last / dense as f64))
            }
            _ => String::new(),
        }
    }
}

fn as_values(points: &[(u64, u64)]) -> Vec<(f64, f64)> {
    curve::clean(&points.iter().map(|(step, count)| (*step, *count as f64)).collect::<Vec<_>>())
}

fn last_text(points: &[(f64, f64)], name: &str) -> String {
    points.last().map_or_else(String::new, |(_, last)| format!("{} {name}", number::grouped(*last as u64)))
}

fn line(drawing: &mut Drawing, panel: &Panel, points: &[(f64, f64)], ink: super::theme::Ink, text: String) {
    curve::draw(drawing, panel, points, Course::Stairs, Pen::new(ink, LINE));
    if let Some((step, last)) = points.last() {
        let level = panel.place(*step, *last).1;
        panel::end_labels(drawing, &panel.frame, vec![EndLabel { level, text, ink }]);
    }
}

/// The dashed line of the dense count: at its place, or above the panel over a break of the axis.
fn reference(drawing: &mut Drawing, panel: &Panel, dense: f64, in_scale: bool) {
    let frame = &panel.frame;
    let level = if in_scale { panel.place(panel.x.low(), dense).1 } else { frame.top - BREAK + 12.0 };
    drawing.line(vec![(frame.left, level), (frame.right, level)], Pen::dashed(REFERENCE, LINE));
    let text = format!("dense {}", number::grouped(dense as u64));
    drawing.text((frame.left + 8.0, level - 11.0), text, Type::new(TICK_SIZE, REFERENCE, Anchor::Start));
    if in_scale {
        return;
    }
    let pen = Pen::new(AXIS, HAIR);
    let middle = frame.top - 9.0;
    drawing.line(vec![(frame.left, frame.top), (frame.left, level - 6.0)], pen);
    drawing.rectangle((frame.left - 2.0, middle - 2.0), (frame.left + 2.0, middle + 2.0), PAPER);
    for shift in [-2.5, 2.5] {
        let level = middle + shift;
        drawing.line(vec![(frame.left - 6.0, level + 3.0), (frame.left + 6.0, level - 3.0)], pen);
    }
}
