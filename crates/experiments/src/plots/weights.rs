//! Weights: their distribution at the end of a run, and at its start where it began with connections.

use super::drawing::{Anchor, Drawing, Pen};
use super::histogram::{self, Bins, quantile};
use super::legend::{self, Entry, Sample};
use super::number;
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel, TOP};
use super::plot::Plot;
use super::scale::{Scale, Unit, usable};
use super::theme::{BLUE, TEXT, VERMILION, WIDTH};

/// The weights of all active connections, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightDistribution {
    /// At the end of the run.
    pub end: Vec<f32>,
    /// At its start; may be empty.
    pub start: Vec<f32>,
}

const HIGH: f64 = 260.0;
const BINS: usize = 60;

impl Plot for WeightDistribution {
    fn draw(&self) -> Drawing {
        let title = "Weights of the active connections";
        let top = TOP + 30.0;
        let mut drawing = Drawing::new(WIDTH, top + HIGH + FOOT + 22.0, title);
        panel::title(&mut drawing, title);
        let frame = Frame { left: LEFT, top, right: WIDTH - 30.0, bottom: top + HIGH };
        let values = |weights: &[f32]| weights.iter().map(|w| f64::from(*w)).filter(|w| usable(*w)).collect::<Vec<_>>();
        let (start, end) = (values(&self.start), values(&self.end));
        let mut sizes: Vec<f64> = start.iter().chain(&end).map(|w| w.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let (Some(largest), Some(common)) = (sizes.last().copied(), quantile(&sizes, 0.999)) else {
            panel::empty(&mut drawing, frame, Labels::Full("weight"), "connections");
            return drawing;
        };
        // A few weights far outside would press all others into one bar: they are counted in a note.
        let reach = if largest > 1.6 * common && common > 0.0 { common * 1.1 } else { largest };
        let bins = Bins::about_zero(reach, BINS);
        let before = bins.fill(start.iter().copied()).0;
        let (after, outside) = bins.fill(end.iter().copied());
        let counts = before.iter().chain(&after).chain(&[0]).map(|count| *count as f64);
        let y = Scale::over(counts, Unit::Count).unwrap_or(Scale::between(0.0, 1.0, Unit::Count));
        let panel = Panel { frame, x: Scale::between(bins.low, bins.high(), Unit::Plain), y };
        panel.axes(&mut drawing, Labels::Full("weight"), "connections");
        let sign = |weight: f64| {
            if weight < 0.0 { VERMILION.tinted(0.8) } else { BLUE.tinted(0.8) }
        };
        histogram::bars(&mut drawing, &panel, &bins, &after, sign);
        histogram::outline(&mut drawing, &panel, &bins, &before, TEXT.tinted(0.75));
        let zero = panel.place(0.0, 0.0).0;
        drawing.line(
            vec![(zero, frame.top - 2.0), (zero, frame.bottom)],
            Pen { dash: Some((3.0, 3.0)), ..Pen::new(TEXT, 1.2) },
        );
        legend::draw(&mut drawing, &entries(&end, &start), (14.0, 44.0), WIDTH - 40.0);
        if outside > 0 {
            let text = format!(
                "{} beyond ±{}, up to ±{}",
                number::grouped(outside),
                number::short(reach),
                number::short(largest)
            );
            let at = (frame.right, frame.bottom + FOOT + 4.0);
            panel::note(&mut drawing, at, Anchor::End, &text);
        }
        drawing
    }
}

fn entries(end: &[f64], start: &[f64]) -> Vec<Entry> {
    let below = end.iter().filter(|w| **w < 0.0).count();
    let above = end.iter().filter(|w| **w > 0.0).count();
    let text = |name: &str, count: usize| format!("{name}: {}", number::grouped(count as u64));
    let mut entries = vec![
        Entry::new(Sample::Patch, VERMILION.tinted(0.8), text("negative", below)),
        Entry::new(Sample::Patch, BLUE.tinted(0.8), text("positive", above)),
    ];
    if below + above < end.len() {
        entries.push(Entry::new(Sample::Patch, BLUE.tinted(0.8), text("zero", end.len() - below - above)));
    }
    if !start.is_empty() {
        entries.push(Entry::new(Sample::Outline, TEXT.tinted(0.75), text("at the start", start.len())));
    }
    entries
}
