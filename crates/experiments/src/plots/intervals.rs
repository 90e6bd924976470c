//! Intervals in rows: an estimate a setting, with its interval and every run behind it (a forest plot).

use super::drawing::{Anchor, Drawing, Pen, Type};
use super::letters;
use super::panel::{self, FOOT, Frame, Labels};
use super::plot::Plot;
use super::scale::{Scale, Unit, usable};
use super::theme::{HAIR, LINE, MESH, NOTE_SIZE, PAPER, QUIET, REFERENCE, TEXT, TICK_SIZE, VOID, WIDTH, line_ink};

/// Estimates of several settings on one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervals {
    /// The title.
    pub title: String,
    /// What is estimated, with its unit.
    pub label: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// Above the texts at the right.
    pub head: String,
    /// From above to below.
    pub rows: Vec<IntervalRow>,
    /// A value to hold the rows against, with its name: no difference, or the control.
    pub reference: Option<(f64, String)>,
    /// Up to this distance from the reference is equivalent.
    pub margin: Option<f64>,
    /// At the foot.
    pub note: String,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntervalRow {
    /// The setting.
    pub name: String,
    /// Its ink, by position.
    pub ink: usize,
    /// The estimate; a row without one says so by `text` alone.
    pub value: Option<f64>,
    /// Its interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// Every run.
    pub runs: Vec<f64>,
    /// The estimate in figures.
    pub text: String,
}

const ROW: f64 = 36.0;
/// Room for names at most.
const NAMES: f64 = 220.0;
/// Room for texts at most.
const TEXTS: f64 = 210.0;

impl Plot for Intervals {
    fn draw(&self) -> Drawing {
        let top = if self.head.is_empty() { 58.0 } else { 74.0 };
        let rows = ROW * self.rows.len().max(2) as f64;
        let mut drawing = Drawing::new(WIDTH, top + rows + FOOT + 26.0, &self.title);
        panel::title(&mut drawing, &self.title);
        let widest = |texts: &mut dyn Iterator<Item = &str>, most: f64| {
            texts.map(|text| letters::width(text, TICK_SIZE)).fold(30.0, f64::max).min(most)
        };
        let names = widest(&mut self.rows.iter().map(|row| row.name.as_str()), NAMES);
        let head_width = letters::width(&self.head, NOTE_SIZE).min(TEXTS);
        let texts = widest(&mut self.rows.iter().map(|row| row.text.as_str()), TEXTS).max(head_width);
        let frame = Frame { left: names + 38.0, top, right: WIDTH - texts - 36.0, bottom: top + rows };
        let margin = self.reference.as_ref().zip(self.margin).map(|((at, _), margin)| [at - margin, at + margin]);
        let all = self.rows.iter().flat_map(|row| {
            row.value
                .into_iter()
                .chain(row.interval.into_iter().flat_map(|(low, high)| [low, high]))
                .chain(row.runs.iter().copied())
        });
        let extra = self.reference.iter().map(|(at, _)| *at).chain(margin.into_iter().flatten());
        let Some(x) = scale(all.chain(extra), self.unit) else {
            panel::nothing(&mut drawing, &frame);
            return drawing;
        };
        let place = |value: f64| frame.left + x.share(value) * frame.width();
        if let Some([low, high]) = margin {
            drawing.rectangle((place(low), frame.top), (place(high), frame.bottom), VOID.faded(0.55));
        }
        for (value, _) in x.ticks((frame.width() / 95.0).round() as usize) {
            drawing.line(vec![(place(value), frame.top), (place(value), frame.bottom)], Pen::new(MESH, HAIR));
        }
        if let Some((at, name)) = &self.reference {
            drawing.line(vec![(place(*at), frame.top - 6.0), (place(*at), frame.bottom)], Pen::dashed(REFERENCE, LINE));
            let name = letters::fitted(name, NOTE_SIZE, frame.width());
            drawing.text((place(*at), frame.top - 14.0), name, Type::new(NOTE_SIZE, QUIET, Anchor::Middle));
        }
        panel::x_axis(&mut drawing, &frame, &x, Labels::Full(&self.label));
        let head = letters::fitted(&self.head, NOTE_SIZE, TEXTS);
        drawing.text((frame.right + 18.0, frame.top - 14.0), head, Type::new(NOTE_SIZE, QUIET, Anchor::Start));
        for (index, row) in self.rows.iter().enumerate() {
            row.draw(&mut drawing, &frame, frame.top + ROW * (index as f64 + 0.5), &place);
        }
        panel::note(&mut drawing, (WIDTH - 30.0, frame.bottom + FOOT + 8.0), Anchor::End, &self.note);
        drawing
    }
}

/// Over the values with a little room on both sides; zero only where it is among them, for distances are what is read.
fn scale(values: impl Iterator<Item = f64>, unit: Unit) -> Option<Scale> {
    let (low, high) = super::scale::extent(values)?;
    let room = (high - low) * 0.05;
    Some(Scale::between(low - room, high + room, unit))
}

impl IntervalRow {
    fn draw(&self, drawing: &mut Drawing, frame: &Frame, level: f64, place: &impl Fn(f64) -> f64) {
        let ink = line_ink(self.ink);
        let name = letters::fitted(&self.name, TICK_SIZE, NAMES);
        drawing.text((frame.left - 14.0, level), name, Type::new(TICK_SIZE, TEXT, Anchor::End));
        let text = letters::fitted(&self.text, TICK_SIZE, TEXTS);
        drawing.text((frame.right + 18.0, level), text, Type::new(TICK_SIZE, TEXT, Anchor::Start));
        for value in self.runs.iter().filter(|value| usable(**value)) {
            drawing.disc((place(*value), level + 9.0), 3.0, ink.faded(0.4));
        }
        if let Some((low, high)) = self.interval {
            drawing.line(vec![(place(low), level - 3.0), (place(high), level - 3.0)], Pen::new(ink, 2.6));
            for end in [low, high] {
                drawing.line(vec![(place(end), level - 8.0), (place(end), level + 2.0)], Pen::new(ink, 1.6));
            }
        }
        if let Some(value) = self.value {
            drawing.disc((place(value), level - 3.0), 6.2, PAPER);
            drawing.disc((place(value), level - 3.0), 5.0, ink);
        }
    }
}
