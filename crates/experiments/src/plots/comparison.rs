//! Arms side by side: the mean curve of each over its seeds with their range, and every seed's result as a dot.

use super::band::{self, BandPoint, Cover, band};
use super::curve::{self, Course};
use super::drawing::{Anchor, Drawing, Pen, Type};
use super::histogram::quantile;
use super::legend::{self, Entry};
use super::letters;
use super::number;
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel};
use super::plot::Plot;
use super::scale::{Scale, Unit, extent, usable};
use super::theme::{HAIR, LINE, MESH, NOTE_SIZE, PAPER, QUIET, TEXT, TICK_SIZE, WIDTH, dashed, line_ink};

/// The arms of an experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArmComparison {
    /// What is measured along the way, such as `validation accuracy`; empty for that.
    pub curve_label: String,
    /// What is measured at the end, such as `test accuracy`; empty for that.
    pub final_label: String,
    /// Whether the numbers are shares of 1, shown in percent.
    pub unit: Unit,
    /// In the order of the rows.
    pub arms: Vec<Arm>,
}

/// One arm, over its seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arm {
    /// The name.
    pub name: String,
    /// For each seed, step and value. A seed that ends early keeps its last value.
    pub curves: Vec<Vec<(u64, f64)>>,
    /// For each seed, the value at the end.
    pub finals: Vec<f64>,
}

const HIGH: f64 = 250.0;
const ROW: f64 = 34.0;

impl Plot for ArmComparison {
    fn draw(&self) -> Drawing {
        let along = if self.curve_label.is_empty() { "validation accuracy" } else { &self.curve_label };
        let finally = if self.final_label.is_empty() { "test accuracy" } else { &self.final_label };
        let seeds = self.arms.iter().map(|arm| arm.curves.len().max(arm.finals.len())).max().unwrap_or(0);
        let title = format!("{} and {finally} by arm", number::capital(along));
        let entries: Vec<Entry> =
            self.arms.iter().enumerate().map(|(index, arm)| legend::line_entry(index, &arm.name)).collect();
        let top = 44.0 + legend::height(&entries, WIDTH - 40.0) + 20.0;
        let rows = ROW * self.arms.len().max(2) as f64;
        let lower = top + HIGH + FOOT + 46.0;
        let mut drawing = Drawing::new(WIDTH, lower + rows + FOOT + 22.0, &title);
        panel::title(&mut drawing, &title);
        legend::draw(&mut drawing, &entries, (20.0, 44.0), WIDTH - 40.0);
        let upper = Frame { left: LEFT, top, right: WIDTH - 30.0, bottom: top + HIGH };
        self.draw_curves(&mut drawing, upper, &self.with_unit(along));
        let names = self.arms.iter().map(|arm| letters::width(&arm.name, TICK_SIZE)).fold(40.0, f64::max).min(250.0);
        let frame = Frame { left: names + 40.0, top: lower, right: WIDTH - 90.0, bottom: lower + rows };
        self.draw_finals(&mut drawing, &frame, names, &self.with_unit(finally));
        let note = format!("line: mean of the seeds; band: their range; dot: one seed; bar: median ({seeds} seeds)");
        panel::note(&mut drawing, (WIDTH - 30.0, frame.bottom + FOOT + 4.0), Anchor::End, &note);
        drawing
    }
}

impl ArmComparison {
    fn with_unit(&self, label: &str) -> String {
        if self.unit == Unit::Share { format!("{label} (%)") } else { label.to_owned() }
    }

    fn draw_curves(&self, drawing: &mut Drawing, frame: Frame, label: &str) {
        let of_arm = |arm: &Arm| band(&arm.curves, Course::Straight, Cover::Range);
        let bands: Vec<Vec<BandPoint>> = self.arms.iter().map(of_arm).collect();
        let points = || bands.iter().flatten();
        let x = extent(points().map(|p| p.step)).map(|(low, high)| Scale::between(low, high, Unit::Count));
        let y = Scale::over(points().flat_map(|p| [p.low, p.high]), self.unit);
        let (Some(x), Some(y)) = (x, y) else {
            panel::empty(drawing, frame, Labels::Full("training step"), label);
            return;
        };
        let panel = Panel { frame, x, y };
        panel.axes(drawing, Labels::Full("training step"), label);
        for (index, band) in bands.iter().enumerate() {
            band::fill(drawing, &panel, band, line_ink(index));
        }
        for (index, band) in bands.iter().enumerate() {
            let mean: Vec<(f64, f64)> = band.iter().map(|p| (p.step, p.middle)).collect();
            curve::draw(drawing, &panel, &mean, Course::Straight, curve::pen(line_ink(index), dashed(index)));
        }
    }

    fn draw_finals(&self, drawing: &mut Drawing, frame: &Frame, names: f64, label: &str) {
        let all = || self.arms.iter().flat_map(|arm| arm.finals.iter().copied());
        let Some(x) = Scale::over(all(), self.unit) else {
            panel::nothing(drawing, frame);
            return;
        };
        let place = |value: f64| frame.left + x.share(value) * frame.width();
        for (value, _) in x.ticks((frame.width() / 95.0).round() as usize) {
            drawing.line(vec![(place(value), frame.top), (place(value), frame.bottom)], Pen::new(MESH, HAIR));
        }
        panel::x_axis(drawing, frame, &x, Labels::Full(label));
        drawing.text((frame.right + 14.0, frame.top - 12.0), "median", Type::new(NOTE_SIZE, QUIET, Anchor::Start));
        for (index, arm) in self.arms.iter().enumerate() {
            let level = frame.top + ROW * (index as f64 + 0.5);
            let ink = line_ink(index);
            let name = letters::fitted(&arm.name, TICK_SIZE, names);
            drawing.text((frame.left - 14.0, level), name, Type::new(TICK_SIZE, TEXT, Anchor::End));
            let mut finals: Vec<f64> = arm.finals.iter().copied().filter(|v| usable(*v)).collect();
            finals.sort_by(f64::total_cmp);
            let Some(median) = quantile(&finals, 0.5) else {
                continue;
            };
            let (low, high) = (place(finals[0]), place(finals[finals.len() - 1]));
            drawing.line(vec![(low, level), (high, level)], Pen::new(ink.tinted(0.35), LINE));
            let mut crowd = 0;
            for (seed, value) in finals.iter().enumerate() {
                let near = seed > 0 && place(*value) - place(finals[seed - 1]) < 8.0;
                crowd = if near { crowd + 1 } else { 0 };
                let y = level + [0.0, -6.0, 6.0][crowd % 3];
                drawing.disc((place(*value), y), 5.0, PAPER);
                drawing.disc((place(*value), y), 4.0, ink.tinted(0.7));
            }
            drawing
                .line(vec![(place(median), level - 13.0), (place(median), level + 13.0)], Pen::new(ink.legible(), 2.5));
            let text = if self.unit == Unit::Share { number::percent(median) } else { number::short(median) };
            drawing.text((frame.right + 14.0, level), text, Type::new(TICK_SIZE, TEXT, Anchor::Start));
        }
    }
}
