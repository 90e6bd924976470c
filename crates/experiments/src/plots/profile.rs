//! Performance profiles: for each setting the share of runs beyond every threshold, with its band.

use super::curve::{self, Course};
use super::drawing::{Anchor, Drawing};
use super::legend::{self, Entry};
use super::panel::{self, FOOT, Frame, LEFT, Labels, Panel};
use super::plot::Plot;
use super::scale::{Scale, Unit, extent, usable};
use super::theme::{WIDTH, dashed, line_ink};

/// Profiles of several settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    /// What is measured, with its unit.
    pub label: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// Under what the share is: `share of runs above`.
    pub share_label: String,
    /// In the order of inks.
    pub settings: Vec<ProfileCurve>,
    /// At the foot.
    pub note: String,
}

/// The profile of one setting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileCurve {
    /// The setting.
    pub name: String,
    /// Threshold and share.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper end at each point; empty where there is no interval.
    pub band: Vec<(f64, f64)>,
}

const HIGH: f64 = 300.0;

impl Plot for Profiles {
    fn draw(&self) -> Drawing {
        let title = "Performance profile";
        let entries: Vec<Entry> =
            self.settings.iter().enumerate().map(|(at, curve)| legend::line_entry(at, &curve.name)).collect();
        let top = 44.0 + legend::height(&entries, WIDTH - 40.0) + 20.0;
        let mut drawing = Drawing::new(WIDTH, top + HIGH + FOOT + 22.0, title);
        panel::title(&mut drawing, title);
        legend::draw(&mut drawing, &entries, (20.0, 44.0), WIDTH - 40.0);
        let frame = Frame { left: LEFT, top, right: WIDTH - 30.0, bottom: top + HIGH };
        let x = extent(self.settings.iter().flat_map(|curve| curve.points.iter().map(|point| point.0)));
        let Some((low, high)) = x else {
            panel::empty(&mut drawing, frame, Labels::Full(&self.label), &self.share_label);
            return drawing;
        };
        let panel = Panel { frame, x: Scale::between(low, high, self.unit), y: Scale::between(0.0, 1.0, Unit::Share) };
        panel.axes(&mut drawing, Labels::Full(&self.label), &self.share_label);
        for (index, curve) in self.settings.iter().enumerate() {
            let band = || curve.points.iter().zip(&curve.band);
            let lower = band().map(|((x, _), (low, _))| panel.place(*x, *low));
            let upper = band().rev().map(|((x, _), (_, high))| panel.place(*x, *high));
            drawing.area(lower.chain(upper).collect(), line_ink(index).faded(0.14));
        }
        for (index, curve) in self.settings.iter().enumerate() {
            let points: Vec<(f64, f64)> =
                curve.points.iter().copied().filter(|(x, y)| usable(*x) && usable(*y)).collect();
            curve::draw(&mut drawing, &panel, &points, Course::Straight, curve::pen(line_ink(index), dashed(index)));
        }
        panel::note(&mut drawing, (WIDTH - 30.0, frame.bottom + FOOT + 4.0), Anchor::End, &self.note);
        drawing
    }
}
