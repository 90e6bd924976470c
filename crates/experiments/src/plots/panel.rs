//! A panel: a rectangle of a drawing with two scales, its axes and the labels at the ends of its lines.

use super::drawing::{Anchor, Drawing, Pen, Place, Type};
use super::letters;
use super::scale::{Scale, Unit};
use super::theme::{AXIS, HAIR, Ink, LABEL_SIZE, MESH, NOTE_SIZE, QUIET, TEXT, TICK_SIZE, TITLE_SIZE};

/// Where the panels of a plot begin: room for the label and the ticks of the y axis.
pub(super) const LEFT: f64 = 86.0;
/// Where a title stands.
pub(super) const TITLE_PLACE: Place = (20.0, 25.0);
/// Below the title.
pub(super) const TOP: f64 = 58.0;
/// Ticks and label of an x axis need this below the panel.
pub(super) const FOOT: f64 = 54.0;

/// A rectangle of the drawing, in points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn center(&self) -> Place {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }
}

/// Whether an axis is written out or only its line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Labels<'a> {
    /// Ticks with numbers and the label.
    Full(&'a str),
    /// Ticks without numbers: the panel below has them.
    Shared,
}

/// A frame with scales.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    pub(super) frame: Frame,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Panel {
    /// The place of a point; not finite where it cannot be placed.
    pub(super) fn place(&self, x: f64, y: f64) -> Place {
        let frame = &self.frame;
        (frame.left + self.x.share(x) * frame.width(), frame.bottom - self.y.share(y) * frame.height())
    }

    /// Mesh, axes, ticks and labels; drawn before the data.
    pub(super) fn axes(&self, drawing: &mut Drawing, x: Labels<'_>, y: &str) {
        let frame = &self.frame;
        let ticks = self.y.ticks((frame.height() / 42.0).round() as usize);
        for (value, label) in ticks {
            let level = self.place(self.x.low(), value).1;
            if (frame.bottom - level).abs() > 1.0 {
                drawing.line(vec![(frame.left, level), (frame.right, level)], Pen::new(MESH, HAIR));
            }
            drawing.text((frame.left - 9.0, level), label, Type::new(TICK_SIZE, QUIET, Anchor::End));
        }
        self.y_label(drawing, y);
        x_axis(drawing, frame, &self.x, x);
        let pen = Pen::new(AXIS, HAIR);
        drawing.line(vec![(frame.left, frame.top - 4.0), (frame.left, frame.bottom)], pen);
    }

    fn y_label(&self, drawing: &mut Drawing, label: &str) {
        let middle = self.frame.center().1;
        let room = self.frame.height() + 40.0;
        let text = letters::fitted(label, LABEL_SIZE, room);
        let at = (self.frame.left - LEFT + 22.0, middle);
        drawing.text(at, text, Type::new(LABEL_SIZE, TEXT, Anchor::Middle).upward());
    }
}

/// The line, ticks, numbers and label of an x axis under a frame.
pub(super) fn x_axis(drawing: &mut Drawing, frame: &Frame, scale: &Scale, labels: Labels<'_>) {
    let pen = Pen::new(AXIS, HAIR);
    drawing.line(vec![(frame.left, frame.bottom), (frame.right, frame.bottom)], pen);
    for (value, number) in scale.ticks((frame.width() / 95.0).round() as usize) {
        let x = frame.left + scale.share(value) * frame.width();
        drawing.line(vec![(x, frame.bottom), (x, frame.bottom + 5.0)], pen);
        if let Labels::Full(_) = labels {
            drawing.text((x, frame.bottom + 16.0), number, Type::new(TICK_SIZE, QUIET, Anchor::Middle));
        }
    }
    if let Labels::Full(label) = labels {
        let at = (frame.center().0, frame.bottom + 38.0);
        drawing.text(at, label, Type::new(LABEL_SIZE, TEXT, Anchor::Middle));
    }
}

/// The title of a plot, cut to its width.
pub(super) fn title(drawing: &mut Drawing, text: &str) {
    // Bold letters are about an eighth wider than those measured.
    let room = (drawing.width() - 2.0 * TITLE_PLACE.0) / 1.12;
    drawing.text(
        TITLE_PLACE,
        letters::fitted(text, TITLE_SIZE, room),
        Type::new(TITLE_SIZE, TEXT, Anchor::Start).bold(),
    );
}

/// The title of one panel, above it.
pub(super) fn subtitle(drawing: &mut Drawing, frame: &Frame, text: &str) {
    let text = letters::fitted(text, LABEL_SIZE, frame.width());
    drawing.text((frame.left, frame.top - 16.0), text, Type::new(LABEL_SIZE, TEXT, Anchor::Start));
}

/// A remark at the foot of a plot.
pub(super) fn note(drawing: &mut Drawing, at: Place, anchor: Anchor, text: &str) {
    drawing.text(at, text, Type::new(NOTE_SIZE, QUIET, anchor));
}

/// A frame with axes and no data.
pub(super) fn empty(drawing: &mut Drawing, frame: Frame, x: Labels<'_>, y: &str) {
    let panel = Panel { frame, x: Scale::between(0.0, 1.0, Unit::Plain), y: Scale::between(0.0, 1.0, Unit::Plain) };
    panel.y_label(drawing, y);
    let pen = Pen::new(AXIS, HAIR);
    drawing.line(vec![(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], pen);
    if let Labels::Full(label) = x {
        drawing.text((frame.center().0, frame.bottom + 38.0), label, Type::new(LABEL_SIZE, TEXT, Anchor::Middle));
    }
    nothing(drawing, &frame);
}

/// Says that there is nothing to show.
pub(super) fn nothing(drawing: &mut Drawing, frame: &Frame) {
    drawing.text(frame.center(), "no data", Type::new(LABEL_SIZE, QUIET, Anchor::Middle));
}

/// A label at the right end of a line.
#[derive(Clone, Debug)]
pub(super) struct EndLabel {
    pub(super) level: f64,
    pub(super) text: String,
    pub(super) ink: Ink,
}

/// The room to the right of a panel for its end labels, at most `most` points.
pub(super) fn end_room<'a>(texts: impl Iterator<Item = &'a str>, most: f64) -> f64 {
    texts.map(|text| letters::width(text, TICK_SIZE) + 28.0).fold(26.0, f64::max).min(most)
}

/// Labels beside the ends of lines, pushed apart where they would overlap.
pub(super) fn end_labels(drawing: &mut Drawing, frame: &Frame, mut labels: Vec<EndLabel>) {
    const APART: f64 = 17.0;
    labels.retain(|label| label.level.is_finite());
    labels.sort_by(|a, b| a.level.total_cmp(&b.level));
    let mut levels: Vec<f64> = labels.iter().map(|label| label.level).collect();
    for _ in 0..40 {
        for index in 1..levels.len() {
            let lack = APART - (levels[index] - levels[index - 1]);
            if lack > 0.0 {
                levels[index - 1] -= lack / 2.0;
                levels[index] += lack / 2.0;
            }
        }
        for level in &mut levels {
            *level = level.clamp(frame.top, frame.bottom.max(frame.top));
        }
    }
    let room = drawing.width() - frame.right - 14.0;
    for (label, level) in labels.iter().zip(levels) {
        let text = letters::fitted(&label.text, TICK_SIZE, room);
        drawing.text((frame.right + 10.0, level), text, Type::new(TICK_SIZE, label.ink.legible(), Anchor::Start));
    }
}
