//! Targets: what should have come out.

use super::LossError;

/// What should have come out, a row per (cycle, lane).
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// A class per row. Losses other than cross-entropy read it as one-hot values, or as the value itself
    /// where there is one output.
    Labels(&'a [u32]),
    /// `[row][output]`. Cross-entropy reads them as probabilities of the classes.
    Values(&'a [f32]),
}

/// Rows of outputs with what should have come out, checked against each other.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) outputs: &'a [f32],
    pub(super) targets: Targets<'a>,
    pub(super) counts: Option<&'a [f32]>,
    /// How many outputs a row has.
    pub(super) width: usize,
    /// How many rows there are.
    pub(super) len: usize,
}

impl<'a> Rows<'a> {
    /// So many rows of outputs; everything else is checked against them.
    pub(super) fn new(
        len: usize,
        outputs: &'a [f32],
        targets: Targets<'a>,
        counts: Option<&'a [f32]>,
    ) -> Result<Self, LossError> {
        let width = outputs.len().checked_div(len).unwrap_or(0);
        let shape = |what, found, expected| {
            if found == expected { Ok(()) } else { Err(LossError::Shape { what, found, expected }) }
        };
        shape("outputs", outputs.len(), len * width)?;
        match targets {
            Targets::Labels(labels) => shape("labels", labels.len(), len)?,
            Targets::Values(values) => shape("targets", values.len(), outputs.len())?,
        }
        if let Some(counts) = counts {
            shape("counts of rows", counts.len(), len)?;
            if let Some((row, &value)) =
                counts.iter().enumerate().find(|(_, value)| !(value.is_finite() && **value >= 0.0))
            {
                return Err(LossError::Count { row, value });
            }
        }
        let rows = Self { outputs, targets, counts, width, len };
        for row in (0..len).filter(|&row| rows.count(row) > 0.0) {
            match targets {
                Targets::Labels(labels) if labels[row] as usize >= if width == 1 { 2 } else { width } => {
                    return Err(LossError::Label { row, label: labels[row], outputs: width });
                }
                Targets::Labels(_) => {}
                Targets::Values(values) => {
                    let values = &values[row * width..(row + 1) * width];
                    if let Some(output) = values.iter().position(|value| !value.is_finite()) {
                        return Err(LossError::NotFinite { row, output, value: values[output] });
                    }
                }
            }
        }
        Ok(rows)
    }

    pub(super) fn count(&self, row: usize) -> f32 {
        self.counts.map_or(1.0, |counts| counts[row])
    }

    /// The sum of all counts.
    pub(super) fn total(&self) -> f64 {
        self.counts.map_or(self.len as f64, |counts| counts.iter().map(|&count| f64::from(count)).sum())
    }

    pub(super) fn output(&self, row: usize) -> &'a [f32] {
        &self.outputs[row * self.width..(row + 1) * self.width]
    }

    /// The target of one output of a row as a value.
    pub(super) fn target(&self, row: usize, output: usize) -> f32 {
        match self.targets {
            Targets::Labels(labels) if self.width == 1 => labels[row] as f32,
            Targets::Labels(labels) => f32::from(u8::from(labels[row] as usize == output)),
            Targets::Values(values) => values[row * self.width + output],
        }
    }
}
