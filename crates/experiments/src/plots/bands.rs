//! Settings over the steps of training: the median of the seeds of each, with the band between their quartiles.

use super::band::{self, BandPoint, Cover, band};
use super::curve::{self, Course};
use super::drawing::{Anchor, Drawing};
use super::legend::{self, Entry};
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel};
use super::plot::Plot;
use super::scale::{Scale, Unit, extent};
use super::theme::{WIDTH, dashed, line_ink};

/// Panels above each other that share their steps and their settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands {
    /// The title.
    pub title: String,
    /// Names of the settings; each has the ink of its position.
    pub settings: Vec<String>,
    /// From above to below.
    pub panels: Vec<BandPanel>,
    /// At the foot, after what the band is; may be empty.
    pub note: String,
}

/// One panel of [`Bands`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BandPanel {
    /// The label of the axis, with its unit.
    pub label: String,
    /// What its numbers mean; counts stay level between their points.
    pub unit: Unit,
    /// For each setting, for each seed, step and value.
    pub seeds: Vec<Vec<Vec<(u64, f64)>>>,
}

const HIGH: f64 = 220.0;
const GAP: f64 = 24.0;

impl Plot for Bands {
    fn draw(&self) -> Drawing {
        let entries: Vec<Entry> =
            self.settings.iter().enumerate().map(|(at, name)| legend::line_entry(at, name)).collect();
        let top = 44.0 + legend::height(&entries, WIDTH - 40.0) + 20.0;
        let count = self.panels.len().max(1) as f64;
        let height = top + count * HIGH + (count - 1.0) * GAP + FOOT + 22.0;
        let mut drawing = Drawing::new(WIDTH, height, &self.title);
        panel::title(&mut drawing, &self.title);
        legend::draw(&mut drawing, &entries, (20.0, 44.0), WIDTH - 40.0);
        let bands: Vec<Vec<Vec<BandPoint>>> = self.panels.iter().map(BandPanel::bands).collect();
        let steps = bands.iter().flatten().flatten().map(|point| point.step);
        let x = extent(steps).map(|(low, high)| Scale::between(low, high, Unit::Count));
        let mut frame = Frame { left: LEFT, top, right: WIDTH - 30.0, bottom: top + HIGH };
        if self.panels.is_empty() {
            panel::empty(&mut drawing, frame, Labels::Full("training step"), "");
        }
        for (index, (panel, bands)) in self.panels.iter().zip(&bands).enumerate() {
            let last = index + 1 == self.panels.len();
            panel.draw(
                &mut drawing,
                frame,
                (bands, x),
                if last { Labels::Full("training step") } else { Labels::Shared },
            );
            frame = Frame { top: frame.top + HIGH + GAP, bottom: frame.bottom + HIGH + GAP, ..frame };
        }
        let most = self.panels.iter().flat_map(|panel| panel.seeds.iter().map(Vec::len)).max().unwrap_or(0);
        let what = if most > 1 {
            format!("line: median; band: quartile to quartile, of up to {most} seeds")
        } else {
            String::new()
        };
        let note =
            [what.as_str(), &self.note].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        panel::note(&mut drawing, (WIDTH - 30.0, height - 14.0), Anchor::End, &note);
        drawing
    }
}

impl BandPanel {
    fn course(&self) -> Course {
        if self.unit == Unit::Count { Course::Stairs } else { Course::Straight }
    }

    fn bands(&self) -> Vec<Vec<BandPoint>> {
        self.seeds.iter().map(|seeds| band(seeds, self.course(), Cover::Quartiles)).collect()
    }

    fn draw(
        &self,
        drawing: &mut Drawing,
        frame: Frame,
        (bands, x): (&[Vec<BandPoint>], Option<Scale>),
        labels: Labels<'_>,
    ) {
        let values = bands.iter().flatten().flat_map(|point| [point.low, point.high]);
        let (Some(x), Some(y)) = (x, Scale::over_decades(values, self.unit)) else {
            panel::empty(drawing, frame, labels, &self.label);
            return;
        };
        let panel = Panel { frame, x, y };
        let label = if y.is_logarithmic() { format!("{}, log scale", self.label) } else { self.label.clone() };
        panel.axes(drawing, labels, &label);
        for (index, band) in bands.iter().enumerate() {
            band::fill(drawing, &panel, band, line_ink(index));
        }
        for (index, band) in bands.iter().enumerate() {
            let middle: Vec<(f64, f64)> = band.iter().map(|point| (point.step, point.middle)).collect();
            curve::draw(drawing, &panel, &middle, self.course(), curve::pen(line_ink(index), dashed(index)));
        }
    }
}
