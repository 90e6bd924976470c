//! A drawing: the shapes of one plot in points, in the order in which they are painted.
//!
//! Invariant: every coordinate is finite; a shape with one that is not is left out when it is added. A drawing knows no
//! backend, so one value gives the SVG and the PNG.

use super::theme::{Ink, PAPER};

/// A place in points, from the upper left corner.
pub(super) type Place = (f64, f64);

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) ink: Ink,
    /// Points.
    pub(super) width: f64,
    /// Length of a dash and of the gap after it; `None` for a whole line.
    pub(super) dash: Option<(f64, f64)>,
}

impl Pen {
    pub(super) const fn new(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: None }
    }

    pub(super) const fn dashed(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Some((7.0, 4.5)) }
    }
}

/// Where a text stands about its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set. Its place is the middle of the height of its capitals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) ink: Ink,
    pub(super) anchor: Anchor,
    pub(super) weight: Weight,
    pub(super) turn: Turn,
}

/// Regular or bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Level, or turned to be read from below to above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Level,
    Upward,
}

impl Type {
    pub(super) const fn new(size: f64, ink: Ink, anchor: Anchor) -> Self {
        Self { size, ink, anchor, weight: Weight::Regular, turn: Turn::Level }
    }

    pub(super) const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    pub(super) const fn upward(self) -> Self {
        Self { turn: Turn::Upward, ..self }
    }
}

/// One shape.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Line { points: Vec<Place>, pen: Pen },
    Area { points: Vec<Place>, ink: Ink },
    Rectangle { from: Place, to: Place, ink: Ink },
    Disc { center: Place, radius: f64, ink: Ink },
    Text { at: Place, text: String, style: Type },
}

/// The shapes of one plot, ready for any backend of `plotters`.
#[derive(Clone, Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    description: String,
    shapes: Vec<Shape>,
}

impl Drawing {
    pub(super) fn new(width: f64, height: f64, description: &str) -> Self {
        let mut drawing = Self { width, height, description: printable(description), shapes: Vec::new() };
        drawing.rectangle((0.0, 0.0), (width, height), PAPER);
        drawing
    }

    /// Width in points.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in points.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// One sentence for who cannot see the picture.
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(super) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    pub(super) fn line(&mut self, points: Vec<Place>, pen: Pen) {
        if points.len() < 2 || !points.iter().all(finite) {
            return;
        }
        match pen.dash {
            None => self.shapes.push(Shape::Line { points, pen }),
            Some(pattern) => {
                let whole = Pen { dash: None, ..pen };
                for dash in dashes(&points, pattern) {
                    self.shapes.push(Shape::Line { points: dash, pen: whole });
                }
            }
        }
    }

    pub(super) fn area(&mut self, points: Vec<Place>, ink: Ink) {
        if points.len() > 2 && points.iter().all(finite) {
            self.shapes.push(Shape::Area { points, ink });
        }
    }

    pub(super) fn rectangle(&mut self, from: Place, to: Place, ink: Ink) {
        if finite(&from) && finite(&to) {
            let low = (from.0.min(to.0), from.1.min(to.1));
            let high = (from.0.max(to.0), from.1.max(to.1));
            self.shapes.push(Shape::Rectangle { from: low, to: high, ink });
        }
    }

    pub(super) fn disc(&mut self, center: Place, radius: f64, ink: Ink) {
        if finite(&center) && radius.is_finite() {
            self.shapes.push(Shape::Disc { center, radius, ink });
        }
    }

    pub(super) fn text(&mut self, at: Place, text: impl Into<String>, style: Type) {
        let text = printable(&text.into());
        if finite(&at) && !text.is_empty() {
            self.shapes.push(Shape::Text { at, text, style });
        }
    }
}

fn finite(place: &Place) -> bool {
    place.0.is_finite() && place.1.is_finite()
}

/// One line of text, without the control characters that XML forbids.
fn printable(text: &str) -> String {
    let plain = |letter: char| match letter {
        '\n' | '\t' | '\r' => ' ',
        letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(plain).collect()
}

/// Cuts a line into dashes, going on with the pattern round each corner.
fn dashes(points: &[Place], (dash, gap): (f64, f64)) -> Vec<Vec<Place>> {
    let mut cut = Vec::new();
    let mut current = vec![points[0]];
    let (mut left, mut inked) = (dash, true);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let share = left / length;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            length -= left;
            if inked {
                current.push(from);
                cut.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            inked = !inked;
            left = if inked { dash } else { gap };
        }
        left -= length;
        if inked {
            current.push(to);
        }
    }
    if inked && current.len() > 1 {
        cut.push(current);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::theme::{BLUE, TEXT};

    #[test]
    fn dashes_go_on_round_corners() {
        let cut = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 5.0)], (4.0, 2.0));
        assert_eq!(cut, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(5.0, 1.0), (5.0, 5.0)]]);
    }

    #[test]
    fn what_cannot_be_placed_is_left_out() {
        let mut drawing = Drawing::new(10.0, 10.0, "a\u{0}b\nc");
        drawing.line(vec![(0.0, 0.0), (f64::NAN, 1.0)], Pen::new(BLUE, 1.0));
        drawing.disc((f64::INFINITY, 0.0), 1.0, BLUE);
        drawing.text((0.0, f64::NAN), "text", Type::new(12.0, TEXT, Anchor::Start));
        assert_eq!(drawing.shapes().len(), 1);
        assert_eq!(drawing.description(), "a\u{fffd}b c");
    }
}
