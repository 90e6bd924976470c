//! What is kept per neuron: calcium, axonal and dendritic elements, and how many of them were connected when last seen.
//!
//! Elements are real numbers; whole ones can be connected. Who is first seen has as many as connections, and a few more to begin
//! with. A newborn's connections bring their elements, on both sides; what the dead leave is vacant at its partners. A daughter
//! has her mother's calcium and half of what her mother had vacant; the other half stays. What others connect or cut between
//! neurons that were there is judged at the next asking like everything else.

use super::{
    Calcium, Curve, Relaxation,
    vacancy::{Spare, Vacancies},
};
use crate::View;
use livenet_core::{Commit, Network, Origin, Role, Row};
use serde::{Deserialize, Serialize};

/// How elements grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Growth {
    pub(super) calcium: Calcium,
    pub(super) tau: f64,
    pub(super) target: f64,
    pub(super) rate: f64,
    pub(super) axonal: Curve,
    pub(super) dendritic: Curve,
    pub(super) decay: f64,
}

/// By row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Elements {
    /// The step of the last asking.
    last: u64,
    /// `None` until the neuron was first listened to: a trace begins with what it first hears.
    pub(super) calcium: Vec<Option<f64>>,
    pub(super) axonal: Vec<f64>,
    pub(super) dendritic: Vec<f64>,
    /// Listeners, when last seen.
    heard: Vec<u32>,
    /// Whom it hears, when last seen.
    hears: Vec<u32>,
}

/// (listeners, whom it hears) per neuron.
fn degrees(network: &Network) -> (Vec<u32>, Vec<u32>) {
    let hears: Vec<u32> = network.neuron_rows().map(|row| network.incoming(row).len() as u32).collect();
    let mut heard = vec![0; network.neuron_count()];
    network.pres().iter().for_each(|&pre| heard[pre as usize] += 1);
    (heard, hears)
}

/// Vacant elements go a little at a time.
fn decayed(elements: f64, connected: u32, decay: f64) -> f64 {
    let vacant = elements.floor() - f64::from(connected);
    if vacant > 0.0 { elements - decay * vacant } else { elements }
}

impl Elements {
    /// Takes in what an asking shows: vacant elements decay as the last asking left them, then all grow over the steps since.
    /// Who is seen for the first time only opens.
    pub(super) fn advance(&mut self, view: &View<'_>, growth: &Growth, initial: f64) {
        let network = view.network;
        let first = self.calcium.len() != network.neuron_count();
        let (heard, hears) = degrees(network);
        if first {
            self.calcium = vec![None; network.neuron_count()];
            let open = |connected: &Vec<u32>| connected.iter().map(|&count| f64::from(count) + initial).collect();
            (self.axonal, self.dendritic) = (open(&heard), open(&hears));
        }
        let steps = if first { 0.0 } else { view.step.saturating_sub(self.last) as f64 };
        for row in network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden) {
            let at = row.index();
            if !first {
                self.axonal[at] = decayed(self.axonal[at], heard[at], growth.decay);
                self.dendritic[at] = decayed(self.dendritic[at], hears[at], growth.decay);
            }
            let Some(drive) = growth.calcium.drive(view.signals, row) else { continue };
            let calcium = Relaxation { from: self.calcium[at].unwrap_or(drive), drive, tau: growth.tau };
            let grow = |elements: &mut f64, curve: Curve| {
                let grown = elements.max(0.0) + growth.rate * curve.grown(growth.target, calcium, steps);
                *elements = if grown.is_finite() { grown.max(0.0) } else { elements.max(0.0) };
            };
            grow(&mut self.axonal[at], growth.axonal);
            grow(&mut self.dendritic[at], growth.dendritic);
            self.calcium[at] = Some(calcium.at(steps));
        }
        (self.last, self.heard, self.hears) = (view.step, heard, hears);
    }

    /// The vacancies as last seen, with what inputs and outputs offer.
    pub(super) fn vacancies(&self, network: &Network, inputs: Spare, outputs: Spare) -> Vacancies {
        let count = |elements: f64, connected: u32| Spare::Count(elements.floor() as i64 - i64::from(connected));
        let of = |row: Row<livenet_core::Neurons>| {
            let at = row.index();
            match network.role(row) {
                Role::Input => (inputs, Spare::Closed),
                Role::Output => (Spare::Closed, outputs),
                Role::Hidden => (count(self.axonal[at], self.heard[at]), count(self.dendritic[at], self.hears[at])),
            }
        };
        let (pre, post) = network.neuron_rows().map(of).unzip();
        Vacancies { pre, post }
    }

    /// The largest part of an element that is too many or too few.
    pub(super) fn most_due(&self, network: &Network) -> f64 {
        let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).map(Row::index);
        let due = |elements: f64, connected: u32| (elements - f64::from(connected)).abs();
        hidden
            .map(|at| due(self.axonal[at], self.heard[at]).max(due(self.dendritic[at], self.hears[at])))
            .fold(0.0, f64::max)
    }

    /// Moves with a commit.
    pub(super) fn follow(&mut self, after: &Network, commit: &Commit, initial: f64) {
        if self.calcium.is_empty() {
            return;
        }
        commit.neurons.carry(&mut self.calcium, None);
        for column in [&mut self.axonal, &mut self.dendritic] {
            commit.neurons.carry(column, 0.0);
        }
        for column in [&mut self.heard, &mut self.hears] {
            commit.neurons.carry(column, 0);
        }
        if self.calcium.len() != after.neuron_count() || commit.newborns.is_empty() {
            return;
        }
        let (heard, hears) = degrees(after);
        // What came with newborns brought its elements, on the other side too.
        let mut newborn = vec![false; after.neuron_count()];
        commit.newborns.iter().for_each(|born| newborn[born.row as usize] = true);
        let (mut axonal, mut dendritic) = (vec![0u32; newborn.len()], vec![0u32; newborn.len()]);
        for post in after.neuron_rows() {
            for pre in after.incoming(post).map(|synapse| after.pres()[synapse] as usize) {
                dendritic[post.index()] += u32::from(newborn[pre]);
                axonal[pre] += u32::from(newborn[post.index()]);
            }
        }
        let bring = |elements: &mut [f64], seen: &mut [u32], now: &[u32], brought: &[u32]| {
            for at in (0..newborn.len()).filter(|&at| !newborn[at]) {
                // Not where one went for it: an end that was there holds the newcomer.
                let more = now[at].saturating_sub(seen[at]).min(brought[at]);
                elements[at] += f64::from(more);
                seen[at] += more;
            }
        };
        bring(&mut self.axonal, &mut self.heard, &heard, &axonal);
        bring(&mut self.dendritic, &mut self.hears, &hears, &dendritic);
        // By name is by birth: a mother that is herself newborn comes before her daughter.
        let mut newborns = commit.newborns.clone();
        newborns.sort_by_key(|born| born.id);
        for born in newborns {
            let at = born.row as usize;
            (self.heard[at], self.hears[at]) = (heard[at], hears[at]);
            let mother = match born.origin {
                Origin::DivisionOf(mother) | Origin::CopyOf(mother) => after.row(mother).map(Row::index),
                _ => None,
            };
            self.calcium[at] = mother.and_then(|mother| self.calcium[mother]);
            let share = |elements: &mut [f64], connected: &[u32]| {
                let half = mother.map(|mother| (elements[mother] - f64::from(connected[mother])) / 2.0);
                if let (Some(mother), Some(half)) = (mother, half) {
                    elements[mother] -= half;
                }
                elements[at] = (f64::from(connected[at]) + half.unwrap_or(initial)).max(0.0);
            };
            share(&mut self.axonal, &self.heard);
            share(&mut self.dendritic, &self.hears);
        }
    }
}
