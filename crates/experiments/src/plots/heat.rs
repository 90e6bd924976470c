//! Maps of values: cells in a frame, and the bar that says which colour is which value.

use super::drawing::{Anchor, Drawing, Pen, Type};
use super::letters;
use super::panel::Frame;
use super::scale::Scale;
use super::theme::{AXIS, HAIR, LABEL_SIZE, QUIET, TEXT, TICK_SIZE, VOID, viridis};

/// Colours are rounded to this many, so that equal neighbours can be drawn as one.
const LEVELS: f64 = 32.0;

/// Draws `rows` times `columns` cells; `share` gives the value of a cell from 0 to 1, NaN where it has none.
pub(super) fn cells(
    drawing: &mut Drawing,
    frame: &Frame,
    (rows, columns): (usize, usize),
    share: impl Fn(usize, usize) -> f64,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    // The ground has the colour of the lowest value: where most are zero, few cells remain to be drawn.
    drawing.rectangle((frame.left, frame.top), (frame.right, frame.bottom), viridis(0.0));
    let level = |row, column| {
        let share: f64 = share(row, column);
        if share.is_nan() { None } else { Some((share.clamp(0.0, 1.0) * LEVELS).round() as u32) }
    };
    let (wide, high) = (frame.width() / columns as f64, frame.height() / rows as f64);
    for row in 0..rows {
        let top = frame.top + row as f64 * high;
        // Cells reach a little under the next ones: else hairs of the ground shine through where pixels are rounded.
        let bottom = if row + 1 == rows { frame.bottom } else { top + high + 0.25 };
        let mut column = 0;
        while column < columns {
            let value = level(row, column);
            let from = column;
            while column < columns && level(row, column) == value {
                column += 1;
            }
            if value == Some(0) {
                continue;
            }
            let ink = value.map_or(VOID, |level| viridis(f64::from(level) / LEVELS));
            let left = frame.left + from as f64 * wide;
            let right = if column == columns { frame.right } else { frame.left + column as f64 * wide + 0.25 };
            drawing.rectangle((left, top), (right, bottom), ink);
        }
    }
}

/// An upright bar from the lowest colour to the highest, with ticks at its right and its label beside them.
pub(super) fn bar(drawing: &mut Drawing, frame: &Frame, scale: &Scale, label: &str) {
    const PIECES: usize = 64;
    for piece in 0..PIECES {
        let bottom = frame.bottom - frame.height() * piece as f64 / PIECES as f64;
        let top = frame.bottom - frame.height() * (piece + 1) as f64 / PIECES as f64;
        let bottom = if piece == 0 { bottom } else { bottom + 0.5 };
        drawing.rectangle((frame.left, top), (frame.right, bottom), viridis((piece as f64 + 0.5) / PIECES as f64));
    }
    let mut widest: f64 = 0.0;
    for (value, number) in scale.ticks((frame.height() / 70.0).round() as usize) {
        let level = frame.bottom - scale.share(value) * frame.height();
        drawing.line(vec![(frame.right, level), (frame.right + 4.0, level)], Pen::new(AXIS, HAIR));
        widest = widest.max(letters::width(&number, TICK_SIZE));
        drawing.text((frame.right + 8.0, level), number, Type::new(TICK_SIZE, QUIET, Anchor::Start));
    }
    let text = letters::fitted(label, LABEL_SIZE, frame.height().max(120.0));
    let at = (frame.right + 8.0 + widest + 14.0, frame.center().1);
    drawing.text(at, text, Type::new(LABEL_SIZE, TEXT, Anchor::Middle).upward());
}
