//! Activity raster: the values of neurons, one row each, over samples or cycles.

use super::drawing::{Anchor, Drawing, Type};
use super::heat;
use super::histogram::quantile;
use super::letters;
use super::number;
use super::panel::{self, FOOT, Frame, Labels, TOP};
use super::plot::Plot;
use super::scale::{Scale, Unit, usable};
use super::theme::{NOTE_SIZE, QUIET, TEXT, TICK_SIZE, WIDTH};

/// Values `[neuron][column]` of neurons in groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityRaster {
    /// The groups in which neurons fire, in order; their neurons follow each other in `values`.
    pub groups: Vec<RasterGroup>,
    /// How many samples or cycles each row has.
    pub columns: usize,
    /// Row after row; missing values at its end count as NaN, and NaN is drawn grey.
    pub values: Vec<f32>,
    /// What a column is: `cycle` or `sample`; empty for `sample`.
    pub column_label: String,
    /// What a value is; empty for `activation`.
    pub value_label: String,
}

/// Neurons that fire together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RasterGroup {
    /// The name beside the rows.
    pub name: String,
    /// How many rows.
    pub neurons: usize,
}

const HIGH: f64 = 380.0;
const LEFT: f64 = 112.0;
const RIGHT: f64 = 100.0;
const SEPARATOR: f64 = 5.0;
/// A group is never lower than this.
const LOWEST: f64 = 16.0;
/// More rows or columns than this are averaged together.
const MOST_ROWS: usize = 256;
const MOST_COLUMNS: usize = 128;

impl Plot for ActivityRaster {
    fn draw(&self) -> Drawing {
        let value_label = if self.value_label.is_empty() { "activation" } else { &self.value_label };
        let column_label = if self.column_label.is_empty() { "sample" } else { &self.column_label };
        let title = format!("{} of every neuron by {column_label}", number::capital(value_label));
        let mut drawing = Drawing::new(WIDTH, TOP + HIGH + FOOT + 22.0, &title);
        panel::title(&mut drawing, &title);
        let frame = Frame { left: LEFT, top: TOP, right: WIDTH - RIGHT, bottom: TOP + HIGH };
        let neurons = self.groups.iter().map(|g| g.neurons).fold(0, usize::saturating_add);
        let per_row = neurons.div_ceil(MOST_ROWS).max(1);
        let per_column = self.columns.div_ceil(MOST_COLUMNS).max(1);
        let columns = self.columns.div_ceil(per_column);
        let blocks = self.blocks(per_row, per_column);
        if blocks.iter().flatten().all(|value| !usable(*value)) {
            panel::nothing(&mut drawing, &frame);
            return drawing;
        }
        let mut notes = averaging(per_row, per_column, column_label);
        let mut ranges = Vec::new();
        for ((group, cells), (top, bottom)) in self.groups.iter().zip(&blocks).zip(spans(&self.groups, &frame)) {
            if group.neurons > 0 {
                let block = Frame { top, bottom, ..frame };
                // Each group by itself: outputs before the softmax would drown everybody else.
                let range = range(cells);
                let share = |row: usize, column: usize| range.share(cells[row * columns + column]);
                heat::cells(&mut drawing, &block, (cells.len() / columns, columns), share);
                group_name(&mut drawing, group, &block);
                ranges.push(format!("{} {} to {}", group.name, number::short(range.low), number::short(range.high)));
            }
        }
        notes.extend((!ranges.is_empty()).then(|| format!("dark to bright: {}", ranges.join(", "))));
        let steps = Scale::between(0.0, (columns * per_column) as f64, Unit::Count);
        panel::x_axis(&mut drawing, &frame, &steps, Labels::Full(column_label));
        let bar = Frame { left: frame.right + 14.0, right: frame.right + 28.0, ..frame };
        let bar_label = format!("{value_label}, part of the group's range");
        heat::bar(&mut drawing, &bar, &Scale::between(0.0, 1.0, Unit::Plain), &bar_label);
        panel::note(&mut drawing, (frame.right, frame.bottom + FOOT + 6.0), Anchor::End, &notes.join("; "));
        drawing
    }
}

impl ActivityRaster {
    /// The cells of each group, row after row, averaged.
    fn blocks(&self, per_row: usize, per_column: usize) -> Vec<Vec<f64>> {
        let mut first = 0_usize;
        self.groups
            .iter()
            .map(|group| {
                let end = first.saturating_add(group.neurons);
                let rows = (first..end).step_by(per_row).map(|row| (row, row.saturating_add(per_row).min(end)));
                let columns = || (0..self.columns).step_by(per_column).map(|c| (c, (c + per_column).min(self.columns)));
                let cells = rows.flat_map(|row| columns().map(move |column| self.mean(row, column))).collect();
                first = end;
                cells
            })
            .collect()
    }

    /// The mean of the usable values in a block; NaN where there are none.
    fn mean(&self, neurons: (usize, usize), columns: (usize, usize)) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for neuron in neurons.0..neurons.1.min(self.values.len().div_ceil(self.columns)) {
            for column in columns.0..columns.1 {
                let value = self.values.get(neuron * self.columns + column).map_or(f64::NAN, |v| f64::from(*v));
                if usable(value) {
                    sum += value;
                    count += 1.0;
                }
            }
        }
        sum / count
    }
}

/// What the colours of a group span.
#[derive(Clone, Copy)]
struct Span {
    low: f64,
    high: f64,
}

impl Span {
    /// How bright a value is; NaN stays NaN.
    fn share(self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// All but the utmost half percent on either side, and zero.
fn range(cells: &[f64]) -> Span {
    let mut values: Vec<f64> = cells.iter().copied().filter(|value| usable(*value)).collect();
    values.sort_by(f64::total_cmp);
    let at = |part| quantile(&values, part).unwrap_or(0.0);
    let (low, high) = (at(0.005).min(0.0), at(0.995).max(0.0));
    Span { low, high: if high > low { high } else { low + 1.0 } }
}

fn averaging(per_row: usize, per_column: usize, column_label: &str) -> Vec<String> {
    match (per_row > 1, per_column > 1) {
        (true, true) => vec![format!("each cell is the mean of {per_row} neurons and {per_column} {column_label}s")],
        (true, false) => vec![format!("each row is the mean of {per_row} neurons")],
        (false, true) => vec![format!("each column is the mean of {per_column} {column_label}s")],
        (false, false) => Vec::new(),
    }
}

/// The upper and lower edge of each group: by its neurons, but none too low to be seen.
fn spans(groups: &[RasterGroup], frame: &Frame) -> Vec<(f64, f64)> {
    let shown = groups.iter().filter(|g| g.neurons > 0).count().max(1) as f64;
    let room = (frame.height() - SEPARATOR * (shown - 1.0)).max(shown);
    let least = LOWEST.min(room / shown);
    let neurons: f64 = groups.iter().map(|g| g.neurons as f64).sum();
    let mut heights: Vec<f64> = groups
        .iter()
        .map(|g| if g.neurons == 0 { 0.0 } else { (g.neurons as f64 / neurons * room).max(least) })
        .collect();
    let excess = heights.iter().sum::<f64>() - room;
    let spare: f64 = heights.iter().map(|h| (h - least).max(0.0)).sum();
    if excess > 0.0 && spare > 0.0 {
        for height in heights.iter_mut().filter(|h| **h > least) {
            *height -= (*height - least) * excess / spare;
        }
    }
    let mut top = frame.top;
    heights
        .into_iter()
        .map(|height| {
            let span = (top, top + height);
            top += if height > 0.0 { height + SEPARATOR } else { 0.0 };
            span
        })
        .collect()
}

fn group_name(drawing: &mut Drawing, group: &RasterGroup, block: &Frame) {
    let middle = block.center().1;
    let right = block.left - 10.0;
    let count = number::grouped(group.neurons as u64);
    let name = letters::fitted(&group.name, TICK_SIZE, LEFT - 24.0);
    if block.height() < 34.0 {
        let one = letters::fitted(&format!("{} {count}", group.name), TICK_SIZE, LEFT - 20.0);
        drawing.text((right, middle), one, Type::new(TICK_SIZE, TEXT, Anchor::End));
    } else {
        drawing.text((right, middle - 8.0), name, Type::new(TICK_SIZE, TEXT, Anchor::End));
        drawing.text((right, middle + 9.0), count, Type::new(NOTE_SIZE, QUIET, Anchor::End));
    }
}
