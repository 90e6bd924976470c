//! A legend: samples with their names in a row, wrapped where the row is full.

use super::drawing::{Anchor, Drawing, Pen, Place, Type};
use super::letters;
use super::theme::{Ink, LINE, TEXT, TICK_SIZE, dashed, line_ink};

/// How a sample looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    Line,
    DashedLine,
    Patch,
    Outline,
    Cross,
    Disc,
}

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) sample: Sample,
    pub(super) ink: Ink,
    pub(super) name: String,
}

impl Entry {
    pub(super) fn new(sample: Sample, ink: Ink, name: impl Into<String>) -> Self {
        Self { sample, ink, name: name.into() }
    }
}

/// The entry of the line at its place in the list.
pub(super) fn line_entry(index: usize, name: &str) -> Entry {
    let sample = if dashed(index) { Sample::DashedLine } else { Sample::Line };
    Entry::new(sample, line_ink(index), name)
}

const ROW: f64 = 20.0;
const SAMPLE: f64 = 22.0;
const GAP: f64 = 20.0;

/// How high a legend is when its rows are `width` wide.
pub(super) fn height(entries: &[Entry], width: f64) -> f64 {
    places(entries, width).last().map_or(0.0, |(_, row)| row + ROW)
}

/// Draws a legend from its upper left corner on, in rows `width` wide.
pub(super) fn draw(drawing: &mut Drawing, entries: &[Entry], corner: Place, width: f64) {
    for (entry, (x, y)) in entries.iter().zip(places(entries, width)) {
        let (left, level) = (corner.0 + x, corner.1 + y + ROW / 2.0);
        let right = left + SAMPLE;
        match entry.sample {
            Sample::Line => drawing.line(vec![(left, level), (right, level)], Pen::new(entry.ink, LINE)),
            Sample::DashedLine => {
                let pen = Pen { dash: Some((5.0, 3.5)), ..Pen::new(entry.ink, LINE) };
                drawing.line(vec![(left, level), (right, level)], pen);
            }
            Sample::Patch => drawing.rectangle((left + 6.0, level - 6.0), (left + 18.0, level + 6.0), entry.ink),
            Sample::Outline => {
                let (a, b) = ((left + 6.0, level - 6.0), (left + 18.0, level + 6.0));
                drawing.line(vec![a, (b.0, a.1), b, (a.0, b.1), a], Pen::new(entry.ink, LINE * 0.9));
            }
            Sample::Disc => drawing.disc((left + 12.0, level), 5.0, entry.ink),
            Sample::Cross => {
                for side in [-1.0, 1.0] {
                    let (a, b) = ((left + 8.5, level - side * 3.5), (left + 15.5, level + side * 3.5));
                    drawing.line(vec![a, b], Pen::new(entry.ink, 1.4));
                }
            }
        }
        let name = letters::fitted(&entry.name, TICK_SIZE, width - SAMPLE - 6.0);
        drawing.text((right + 6.0, level), name, Type::new(TICK_SIZE, TEXT, Anchor::Start));
    }
}

fn places(entries: &[Entry], width: f64) -> Vec<Place> {
    let (mut x, mut y) = (0.0, 0.0);
    entries
        .iter()
        .map(|entry| {
            let long = SAMPLE + 6.0 + letters::width(&entry.name, TICK_SIZE);
            if x > 0.0 && x + long > width {
                (x, y) = (0.0, y + ROW);
            }
            let place = (x, y);
            x += long + GAP;
            place
        })
        .collect()
}
