//! A rug: one strip of ticks for each kind of structural event, under the panels that share its steps.

use super::drawing::{Anchor, Drawing, Pen, Type};
use super::number;
use super::panel::Frame;
use super::scale::Scale;
use super::theme::{BLACK, BLUE, GREEN, HAIR, Ink, MESH, NOTE_SIZE, PURPLE, VERMILION};

/// What happened to the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A neuron divided.
    Division,
    /// A neuron was born otherwise.
    Birth,
    /// A neuron died.
    Death,
    /// A connection grew.
    Grown,
    /// A connection was pruned.
    Pruned,
}

impl EventKind {
    /// Every kind, in the order of the strips.
    pub const ALL: [Self; 5] = [Self::Division, Self::Birth, Self::Death, Self::Grown, Self::Pruned];

    /// The name in plots.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Division => "divisions",
            Self::Birth => "births",
            Self::Death => "deaths",
            Self::Grown => "connections grown",
            Self::Pruned => "connections pruned",
        }
    }

    pub(super) const fn ink(self) -> Ink {
        match self {
            Self::Division => PURPLE,
            Self::Birth => GREEN,
            Self::Death => BLACK,
            Self::Grown => BLUE,
            Self::Pruned => VERMILION,
        }
    }
}

/// Events of one kind at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventMark {
    /// The step before which the structure changed.
    pub step: u64,
    /// What happened.
    pub kind: EventKind,
    /// How often at this step.
    pub count: u64,
}

/// Height of one strip.
const STRIP: f64 = 15.0;

/// The kinds that occur, with their totals.
fn totals(marks: &[EventMark]) -> Vec<(EventKind, u64)> {
    EventKind::ALL
        .into_iter()
        .map(|kind| (kind, marks.iter().filter(|m| m.kind == kind).map(|m| m.count).fold(0, u64::saturating_add)))
        .filter(|(_, total)| *total > 0)
        .collect()
}

/// The height of the rug of these marks.
pub(super) fn height(marks: &[EventMark]) -> f64 {
    totals(marks).len() as f64 * STRIP
}

/// The texts to the right of the strips.
pub(super) fn names(marks: &[EventMark]) -> Vec<String> {
    totals(marks).into_iter().map(|(kind, total)| format!("{} {}", kind.name(), number::compact(total))).collect()
}

/// Draws the strips from the top of `frame` on. A tick is as high as the logarithm of the count at its place, so that a
/// single event is seen beside a thousand.
pub(super) fn draw(drawing: &mut Drawing, frame: &Frame, steps: &Scale, marks: &[EventMark]) {
    for (row, ((kind, _), name)) in totals(marks).into_iter().zip(names(marks)).enumerate() {
        let foot = frame.top + (row + 1) as f64 * STRIP - 2.0;
        drawing.line(vec![(frame.left, foot), (frame.right, foot)], Pen::new(MESH, HAIR));
        let columns = (frame.width() / 1.5).max(1.0) as usize;
        let mut counts = vec![0_u64; columns + 1];
        for mark in marks.iter().filter(|m| m.kind == kind) {
            let share = steps.share(mark.step as f64);
            if (0.0..=1.0).contains(&share) {
                let column = (share * columns as f64).round() as usize;
                counts[column] = counts[column].saturating_add(mark.count);
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        for (column, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let share = (1.0 + *count as f64).ln() / (1.0 + most as f64).ln();
            let x = frame.left + column as f64 / columns as f64 * frame.width();
            let high = (STRIP - 4.0) * (0.45 + 0.55 * share);
            drawing.line(vec![(x, foot), (x, foot - high)], Pen::new(kind.ink(), 1.25));
        }
        drawing.text((frame.right + 10.0, foot - 4.5), name, Type::new(NOTE_SIZE, kind.ink().legible(), Anchor::Start));
    }
}
