//! A group, as what its members say, and what newborns of it could hear.

use super::basis::{Basis, dot, least_squares, mixed, norm, scale, subtract};
use crate::{View, cradle::Cradle};
use livenet_core::{Neurons, Row, Signal, Stream};

/// A group with its samples. A column is a lane of a remembered cycle.
pub(super) struct Cohort<'v> {
    /// Where newborns would stand.
    pub(super) cradle: Cradle<'v>,
    /// Whom they would hear.
    pub(super) heard: Vec<Row<Neurons>>,
    /// Who would hear them.
    pub(super) listeners: Vec<Row<Neurons>>,
    /// What each member says, `[member][column]`.
    pub(super) said: Vec<Vec<f64>>,
    /// What a newborn would hear of each, `[heard][column]`.
    inputs: Vec<Vec<f64>>,
    /// What each member's dendrites weigh, `[member][heard]`.
    pub(super) rows: Vec<Vec<f64>>,
    /// The mean norm of what members' dendrites weigh, 0 where there are none.
    length: f64,
}

/// A newborn as its dendrites weigh.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) weights: Vec<f64>,
    /// The norm of what nobody says yet in what it would say.
    pub(super) score: f64,
    /// What it would say.
    says: Vec<f64>,
}

impl<'v> Cohort<'v> {
    /// A group whose members are all there; `None` where it has none, or a newborn would hear nobody or be heard by nobody.
    pub(super) fn of(view: &View<'v>, cradle: Cradle<'v>) -> Option<Self> {
        let (network, outputs) = (view.network, view.signals.outputs()?);
        let members: Vec<Row<Neurons>> = network.members(cradle.group()).map(Row::new).collect();
        let known = |row: Row<Neurons>| cradle.lag_from(row) < outputs.cycles();
        let heard: Vec<_> = network.neuron_rows().filter(|&row| cradle.hears(row) && known(row)).collect();
        let listeners: Vec<_> = network.neuron_rows().filter(|&row| cradle.is_heard_by(row)).collect();
        if members.is_empty() || heard.is_empty() || listeners.is_empty() || outputs.lanes() == 0 {
            return None;
        }
        let column = |row: Row<Neurons>, lag: usize| -> Vec<f64> {
            let cycles = (0..outputs.cycles()).rev().flat_map(|ago| {
                let known = outputs.back(ago + lag, row);
                (0..outputs.lanes()).map(move |lane| known.map_or(0.0, |values| f64::from(values[lane])))
            });
            cycles.map(|value| if value.is_finite() { value } else { 0.0 }).collect()
        };
        let weights = view.signals.values(Signal::Weight);
        let row_of = |&member: &Row<Neurons>| -> Vec<f64> {
            let mut row = vec![0.0; heard.len()];
            for synapse in network.incoming(member).filter(|&synapse| !network.marks()[synapse].is_silent()) {
                let at = heard.binary_search(&Row::new(network.pres()[synapse]));
                let weight = weights.get(synapse).copied().filter(|weight| weight.is_finite());
                if let (Ok(at), Some(weight)) = (at, weight) {
                    row[at] = f64::from(weight);
                }
            }
            row
        };
        let rows: Vec<Vec<f64>> = members.iter().map(row_of).collect();
        let length = rows.iter().map(|row| norm(row)).sum::<f64>() / rows.len() as f64;
        let said = members.iter().map(|&row| column(row, 0)).collect();
        let inputs = heard.iter().map(|&row| column(row, cradle.lag_from(row))).collect();
        Some(Self { cradle, heard, listeners, said, inputs, rows, length })
    }

    /// The elementary edits of a birth.
    pub(super) fn edits(&self) -> u64 {
        (1 + self.heard.len() + self.listeners.len()) as u64
    }

    /// Weights uniform in ± √(6 / (members + whom they hear)) (Glorot and Bengio 2010).
    fn glorot(&self, stream: &mut Stream) -> Vec<f64> {
        let most = libm::sqrt(6.0 / (self.heard.len() + self.rows.len()) as f64);
        self.heard.iter().map(|_| most * (2.0 * stream.uniform() - 1.0)).collect()
    }

    /// The same weights with the mean norm of the members', or as long as drawn ones where there is nothing to compare.
    fn of_mean_length(&self, mut weights: Vec<f64>, drawn: f64) -> Vec<f64> {
        let (own, length) = (norm(&weights), if self.length > 0.0 { self.length } else { drawn });
        if own > 0.0 {
            scale(&mut weights, length / own);
        }
        weights
    }

    fn candidate(&self, weights: Vec<f64>, basis: &Basis) -> Candidate {
        let activation = self.cradle.spec.unit.activation;
        // Weights as they will be born.
        let weights: Vec<f64> = weights.into_iter().map(|weight| f64::from(weight as f32)).collect();
        let potentials = mixed(&self.inputs, &weights);
        let says: Vec<f64> = potentials.into_iter().map(|z| finite(activation.value(z))).collect();
        let score = norm(&basis.residual(&says));
        Candidate { weights, score, says }
    }

    /// The best of `pool` random ones, then the best beside that one, and so on: the one of which the largest part is new.
    pub(super) fn select(&self, count: usize, pool: usize, stream: &mut Stream) -> Vec<(Candidate, Option<f32>)> {
        let basis = Basis::of(&self.said);
        let mut candidates: Vec<(Candidate, Vec<f64>)> = (0..pool)
            .map(|_| {
                let drawn = self.glorot(stream);
                let length = norm(&drawn);
                let candidate = self.candidate(self.of_mean_length(drawn, length), &basis);
                let rest = basis.residual(&candidate.says);
                (candidate, rest)
            })
            .collect();
        let mut chosen: Vec<(Candidate, Option<f32>)> = Vec::new();
        while chosen.len() < count && !candidates.is_empty() {
            for (candidate, rest) in &mut candidates {
                candidate.score = norm(rest);
            }
            let mut order: Vec<usize> = (0..candidates.len()).collect();
            order.sort_by(|&a, &b| candidates[b].0.score.total_cmp(&candidates[a].0.score).then(a.cmp(&b)));
            let next = order.get(1).map(|&at| candidates[at].0.score as f32);
            let (best, mut direction) = candidates.remove(order[0]);
            if best.score > 0.0 {
                scale(&mut direction, 1.0 / best.score);
                for (_, rest) in &mut candidates {
                    subtract(rest, &direction);
                }
            }
            chosen.push((best, next));
        }
        chosen
    }

    /// Newborns whose potentials are orthogonal to those of all members and to one another: w = (Xᵀ)⁺ r, where X is what they
    /// hear and r random in the complement of the potentials. Biases are no signal, so the constant is put beside
    /// them.
    pub(super) fn beyond(&self, count: usize, stream: &mut Stream) -> Vec<(Candidate, Option<f32>)> {
        let mut said = Basis::of(&self.said);
        let columns = self.inputs.first().map_or(0, Vec::len);
        let mut potentials = Basis::default();
        potentials.add(&mixed(&self.inputs, &least_squares(&self.inputs, &vec![1.0; columns])));
        for row in &self.rows {
            potentials.add(&mixed(&self.inputs, row));
        }
        let mut newborns = Vec::new();
        for _ in 0..count {
            let random: Vec<f64> = (0..columns).map(|_| stream.normal()).collect();
            let drawn = self.glorot(stream);
            let target = potentials.residual(&random);
            let found = least_squares(&self.inputs, &target);
            // Where members leave nothing over, any will do.
            let left = norm(&mixed(&self.inputs, &found)) > 1e-6 * norm(&target) && norm(&found).is_finite();
            let length = norm(&drawn);
            let weights = self.of_mean_length(if left { found } else { drawn }, length);
            potentials.add(&mixed(&self.inputs, &weights));
            newborns.push(self.take_in(weights, &mut said));
        }
        newborns
    }

    /// Newborns whose weights are orthogonal to those of all members and to one another, as long as they were drawn.
    pub(super) fn orthogonal(&self, count: usize, stream: &mut Stream) -> Vec<(Candidate, Option<f32>)> {
        let (mut said, mut rows) = (Basis::of(&self.said), Basis::of(&self.rows));
        let mut newborns = Vec::new();
        for _ in 0..count {
            let drawn = self.glorot(stream);
            let (length, mut weights) = (norm(&drawn), rows.residual(&drawn));
            let left = norm(&weights);
            if left > 1e-6 * length {
                scale(&mut weights, length / left);
            } else {
                weights = drawn;
            }
            rows.add(&weights);
            newborns.push(self.take_in(weights, &mut said));
        }
        newborns
    }

    fn take_in(&self, weights: Vec<f64>, said: &mut Basis) -> (Candidate, Option<f32>) {
        let candidate = self.candidate(weights, said);
        said.add(&candidate.says);
        (candidate, None)
    }
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// Whether a candidate would say anything at all, and weighs what can be told.
pub(super) fn fits(candidate: &Candidate) -> bool {
    candidate.score.is_finite()
        && candidate.weights.iter().all(|weight| weight.is_finite())
        && dot(&candidate.weights, &candidate.weights) > 0.0
}
