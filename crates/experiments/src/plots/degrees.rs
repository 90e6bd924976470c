//! Degrees: how many connections arrive at a neuron and how many leave it, at the start and at the end of a run.

use super::drawing::Drawing;
use super::histogram::{self, Bins, quantile};
use super::legend::{self, Entry, Sample};
use super::number;
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel, TOP};
use super::plot::Plot;
use super::scale::{Scale, Unit};
use super::theme::{BLUE, TEXT, WIDTH};

/// The degrees of all neurons, one number each, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DegreeDistributions {
    /// Connections that arrive, at the start.
    pub incoming_at_start: Vec<u32>,
    /// Connections that arrive, at the end.
    pub incoming_at_end: Vec<u32>,
    /// Connections that leave, at the start.
    pub outgoing_at_start: Vec<u32>,
    /// Connections that leave, at the end.
    pub outgoing_at_end: Vec<u32>,
}

const HIGH: f64 = 250.0;
const MOST_BINS: u32 = 36;

impl Plot for DegreeDistributions {
    fn draw(&self) -> Drawing {
        let title = "Connections per neuron at the start and at the end";
        let top = TOP + 46.0;
        let mut drawing = Drawing::new(WIDTH, top + HIGH + FOOT, title);
        panel::title(&mut drawing, title);
        let entries = [
            Entry::new(Sample::Outline, TEXT.tinted(0.75), "start"),
            Entry::new(Sample::Patch, BLUE.tinted(0.75), "end"),
        ];
        legend::draw(&mut drawing, &entries, (14.0, 44.0), WIDTH - 40.0);
        let wide = (WIDTH - 2.0 * LEFT - 28.0) / 2.0;
        let left = Frame { left: LEFT, top, right: LEFT + wide, bottom: top + HIGH };
        let right = Frame { left: WIDTH - 28.0 - wide, top, right: WIDTH - 28.0, bottom: top + HIGH };
        side(&mut drawing, left, "incoming", &self.incoming_at_start, &self.incoming_at_end);
        side(&mut drawing, right, "outgoing", &self.outgoing_at_start, &self.outgoing_at_end);
        drawing
    }
}

fn side(drawing: &mut Drawing, frame: Frame, name: &str, start: &[u32], end: &[u32]) {
    let label = format!("{name} connections");
    let Some(most) = start.iter().chain(end).copied().max() else {
        panel::empty(drawing, frame, Labels::Full(&label), "neurons");
        return;
    };
    let bins = Bins::whole(most, MOST_BINS);
    let before = bins.fill(start.iter().map(|d| f64::from(*d))).0;
    let after = bins.fill(end.iter().map(|d| f64::from(*d))).0;
    let highest = before.iter().chain(&after).chain(&[0]).map(|count| *count as f64);
    let y = Scale::over(highest, Unit::Count).unwrap_or(Scale::between(0.0, 1.0, Unit::Count));
    let panel =
        Panel { frame, x: Scale::between(bins.low - 0.025 * (bins.high() - bins.low), bins.high(), Unit::Count), y };
    panel.axes(drawing, Labels::Full(&label), "neurons");
    histogram::bars(drawing, &panel, &bins, &after, |_| BLUE.tinted(0.75));
    histogram::outline(drawing, &panel, &bins, &before, TEXT.tinted(0.75));
    panel::subtitle(drawing, &frame, &medians(start, end));
}

/// `median 4 → 31`.
fn medians(start: &[u32], end: &[u32]) -> String {
    let median = |degrees: &[u32]| {
        let mut sorted: Vec<f64> = degrees.iter().map(|d| f64::from(*d)).collect();
        sorted.sort_by(f64::total_cmp);
        quantile(&sorted, 0.5).map(number::short)
    };
    match (median(start), median(end)) {
        (Some(start), Some(end)) => format!("median {start} → {end}"),
        (None, Some(only)) | (Some(only), None) => format!("median {only}"),
        (None, None) => String::new(),
    }
}
