//! Histograms: counting values in bins, and drawing the counts as bars or as an outline.

use super::drawing::{Drawing, Pen, Place};
use super::panel::Panel;
use super::scale::usable;
use super::theme::{Ink, LINE};

/// Bins of equal width, side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bins {
    pub(super) low: f64,
    pub(super) width: f64,
    pub(super) count: usize,
}

impl Bins {
    /// Bins of whole numbers from zero to `most`, at most `limit` of them, each centred on its numbers.
    pub(super) fn whole(most: u32, limit: u32) -> Self {
        let width = (most / limit.max(1)) + 1;
        let count = most / width + 1;
        Self { low: -0.5, width: f64::from(width), count: count as usize }
    }

    /// An even number of bins about zero, so that no bin mixes signs.
    pub(super) fn about_zero(reach: f64, count: usize) -> Self {
        let reach = if reach > 0.0 && usable(reach) { reach } else { 1.0 };
        let half = (count / 2).max(1);
        Self { low: -reach, width: reach / half as f64, count: half * 2 }
    }

    pub(super) fn high(&self) -> f64 {
        self.low + self.width * self.count as f64
    }

    /// How many values fall into each bin, and how many into none.
    pub(super) fn fill(&self, values: impl Iterator<Item = f64>) -> (Vec<u64>, u64) {
        let (mut counts, mut outside) = (vec![0_u64; self.count], 0);
        for value in values.filter(|v| usable(*v)) {
            let place = (value - self.low) / self.width;
            // The upper edge belongs to the last bin.
            let index = if value == self.high() { self.count - 1 } else { place.floor() as usize };
            match counts.get_mut(index).filter(|_| place >= 0.0) {
                Some(count) => *count += 1,
                None => outside += 1,
            }
        }
        (counts, outside)
    }

    fn edge(&self, index: usize) -> f64 {
        self.low + self.width * index as f64
    }
}

/// Filled bars, without gaps where they are narrow.
pub(super) fn bars(drawing: &mut Drawing, panel: &Panel, bins: &Bins, counts: &[u64], ink: impl Fn(f64) -> Ink) {
    let floor = panel.frame.bottom - 0.5;
    for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (bins.edge(index), bins.edge(index + 1));
        let (left, top) = panel.place(from, *count as f64);
        let right = panel.place(to, 0.0).0;
        let gap = if right - left > 5.0 { 1.0 } else { 0.0 };
        // A single value beside thousands must still be seen.
        let top = top.min(floor - 1.5);
        drawing.rectangle((left + gap / 2.0, top), (right - gap / 2.0, floor), ink(f64::midpoint(from, to)));
    }
}

/// The outline of the counts, as one line.
pub(super) fn outline(drawing: &mut Drawing, panel: &Panel, bins: &Bins, counts: &[u64], ink: Ink) {
    if counts.iter().all(|count| *count == 0) {
        return;
    }
    let first = counts.iter().position(|count| *count > 0).unwrap_or(0);
    let last = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let mut line: Vec<Place> = vec![panel.place(bins.edge(first), 0.0)];
    for (index, count) in counts.iter().enumerate().take(last + 1).skip(first) {
        line.push(panel.place(bins.edge(index), *count as f64));
        line.push(panel.place(bins.edge(index + 1), *count as f64));
    }
    line.push(panel.place(bins.edge(last + 1), 0.0));
    drawing.line(line, Pen::new(ink, LINE));
}

/// The value below which `share` of the sorted values lie.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_bins_hold_every_number_once() {
        for most in [0, 1, 5, 39, 40, 41, 1000, u32::MAX / 2] {
            let bins = Bins::whole(most, 40);
            assert!(bins.count <= 40, "{most}");
            let (counts, outside) = bins.fill([0.0, f64::from(most)].into_iter());
            assert_eq!((counts.iter().sum::<u64>(), outside), (2, 0), "{most}");
        }
    }

    #[test]
    fn bins_about_zero_do_not_mix_signs() {
        let bins = Bins::about_zero(1.0, 4);
        let (counts, outside) = bins.fill([-1.0, -0.01, 0.01, 1.0, 1.5, f64::NAN].into_iter());
        assert_eq!((counts, outside), (vec![1, 1, 1, 1], 1));
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.9), Some(3.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
    }
}
