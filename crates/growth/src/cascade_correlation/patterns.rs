//! What a candidate hears, and what is still wrong, pattern by pattern.

use crate::{View, cradle::Cradle};
use livenet_core::{Neurons, Role, Row};

/// The patterns of a training phase. One pattern is a lane of a cycle in which the outputs are blamed.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    /// Whom a candidate hears.
    pub(super) heard: Vec<Row<Neurons>>,
    /// The outputs that would hear it.
    pub(super) outputs: Vec<Row<Neurons>>,
    /// What it hears, `[heard][pattern]`.
    pub(super) inputs: Vec<Vec<f64>>,
    /// The blame of each output, `[output][pattern]`.
    pub(super) errors: Vec<Vec<f64>>,
    /// The same less its mean over the patterns.
    pub(super) centred: Vec<Vec<f64>>,
}

impl Patterns {
    /// All that a candidate in this cradle hears, as the outputs are blamed for what it would tell them. What was before the
    /// first sample counts as silence, as at the start of a sequence. `None` where nobody would be heard, no output
    /// would hear, or nothing is known.
    pub(super) fn of(view: &View<'_>, cradle: &Cradle<'_>) -> Option<Self> {
        let (network, said, blames) = (view.network, view.signals.outputs()?, view.signals.blames()?);
        let lanes = said.lanes().min(blames.lanes());
        let outputs: Vec<_> = network.outputs().map(Row::new).filter(|&row| cradle.is_heard_by(row)).collect();
        // Outputs fire last and are no part of the cascade.
        let heard = network.neuron_rows().filter(|&row| network.role(row) != Role::Output && cradle.hears(row));
        let later = cradle.lag_to(*outputs.first()?);
        let known = |row| cradle.lag_from(row) + later < said.cycles();
        let heard: Vec<_> = heard.filter(|&row| known(row)).collect();
        let blamed = |ago: &usize| {
            let of = |row: &Row<Neurons>| blames.back(*ago, *row).is_some_and(|all| all.iter().any(|&e| e != 0.0));
            outputs.iter().any(of)
        };
        let cycles: Vec<usize> = (0..blames.cycles()).rev().filter(blamed).collect();
        if heard.is_empty() || cycles.is_empty() || lanes == 0 {
            return None;
        }
        let column = |samples: &livenet_core::Samples, row: Row<Neurons>, lag: usize| -> Vec<f64> {
            let values = cycles.iter().flat_map(|&ago| {
                let known = samples.back(ago + lag, row);
                (0..lanes).map(move |lane| known.map_or(0.0, |values| f64::from(values[lane])))
            });
            values.map(|value| if value.is_finite() { value } else { 0.0 }).collect()
        };
        let inputs = heard.iter().map(|&row| column(said, row, later + cradle.lag_from(row))).collect();
        let errors: Vec<Vec<f64>> = outputs.iter().map(|&row| column(blames, row, 0)).collect();
        let centred = errors.iter().map(|errors| centred(errors)).collect();
        Some(Self { heard, outputs, inputs, errors, centred })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.errors.first().map_or(0, Vec::len)
    }

    /// The elementary edits of a birth and its mark.
    pub(super) fn edits(&self) -> u64 {
        (2 + self.heard.len() + self.outputs.len()) as u64
    }

    /// Sum of the squares of the centred errors.
    pub(super) fn variance(&self) -> f64 {
        self.centred.iter().flatten().map(|error| error * error).sum()
    }
}

/// Values less their mean.
pub(super) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|value| value - mean).collect()
}
