//! Signals of the last sweep: gradients at absent connections, residuals, splitting scores.
//!
//! Outer products are made on the device, one matrix per pair of groups and lag; the best of them are
//! chosen on the host, as are the eigenvalues.

use super::{activation::to_host, history::History, plan::Plan, sweep::Blame};
use burn::tensor::{Tensor, backend::Backend};
use livenet_core::{Activation, Candidate, Network, Neurons, Row, Samples, UnitKind};
use std::{
    cmp::Ordering,
    collections::{BTreeMap, btree_map::Entry},
};

/// The last sweep, to be reduced.
pub(super) struct Sweep<'a, I: Backend> {
    pub plan: &'a Plan,
    pub history: &'a History<I>,
    /// Per recorded cycle and group.
    pub blame: &'a [Vec<Option<Blame<I>>>],
    pub device: &'a I::Device,
}

impl<I: Backend> Sweep<'_, I> {
    /// The gradient that connections between two groups with this lag would have, `[listener][heard]`.
    fn between(&self, post: usize, pre: usize, lag: usize) -> Option<Tensor<I, 2>> {
        let pairs = self.blame.iter().enumerate().filter_map(|(t, blame)| {
            let heard = self.history.heard(t, lag, pre)?.clone();
            Some((blame[post].as_ref()?.raw.clone(), heard))
        });
        let (blame, heard): (Vec<_>, Vec<_>) = pairs.unzip();
        (!blame.is_empty()).then(|| Tensor::cat(blame, 0).transpose().matmul(Tensor::cat(heard, 0)))
    }

    fn section_of(&self, network: &Network, row: u32) -> (usize, usize) {
        let section = network.spec(Row::new(row)).group.index();
        (section, row as usize - self.plan.sections[section].members.start)
    }

    /// The `top` best of the absent connections within reach, and how many there are.
    pub(super) fn absent(&self, network: &Network, top: usize) -> (Vec<Candidate>, usize) {
        let mut matrices: BTreeMap<(usize, usize, usize), Option<Vec<f32>>> = BTreeMap::new();
        let mut candidates = Vec::new();
        for post in network.neuron_rows() {
            let connected = &network.pres()[network.incoming(post)];
            let (section, member) = self.section_of(network, post.get());
            let group = network.spec(post).group;
            network.reach_of(post, &mut |range| {
                for pre in range.filter(|pre| connected.binary_search(pre).is_err()) {
                    let (heard, at) = self.section_of(network, pre);
                    for delay in 0..=network.group(group).reach.max_delay {
                        let lag = network.schedule().lag(network.spec(Row::new(pre)).group, group, delay) as usize;
                        let matrix = match matrices.entry((section, heard, lag)) {
                            Entry::Occupied(entry) => entry.into_mut(),
                            Entry::Vacant(entry) => entry.insert(self.between(section, heard, lag).map(to_host)),
                        };
                        let width = self.plan.sections[heard].len();
                        let gradient = matrix.as_ref().map_or(0.0, |matrix| matrix[member * width + at]);
                        candidates.push(Candidate { post: post.get(), pre, delay, gradient });
                    }
                }
            });
        }
        let count = candidates.len();
        if top < count && top > 0 {
            candidates.select_nth_unstable_by(top - 1, by_size);
        }
        candidates.truncate(top);
        candidates.sort_unstable_by(by_size);
        (candidates, count)
    }

    /// `[output][neuron]`: the gradient of a connection from each neuron straight to each output.
    pub(super) fn residual(&self, network: &Network) -> Vec<f32> {
        let outputs = self.plan.output_count();
        if outputs == 0 {
            return Vec::new();
        }
        let to = livenet_core::GroupId::new(self.plan.output as u16);
        let parts = network.group_ids().filter(|&id| self.plan.sections[id.index()].len() > 0).map(|id| {
            let lag = network.schedule().lag(id, to, 0) as usize;
            let matrix = self.between(self.plan.output, id.index(), lag);
            matrix.unwrap_or_else(|| Tensor::zeros([outputs, self.plan.sections[id.index()].len()], self.device))
        });
        to_host(Tensor::cat(parts.collect(), 1))
    }

    /// dL / d raw potential in every recorded cycle.
    pub(super) fn blames(&self, network: &Network, lanes: usize) -> Samples {
        let of = |t: usize, section: usize| self.blame[t][section].as_ref().map(|blame| to_host(blame.raw.clone()));
        self.samples(network, lanes, 0, of)
    }

    /// dL / d output times the curvature, in every cycle of the window.
    pub(super) fn bends(&self, network: &Network, lanes: usize) -> Samples {
        let first = self.blame.len() - self.history.window.min(self.blame.len());
        let of = |t: usize, section: usize| {
            self.bend(network, section, t).map(|bend| bend.into_iter().map(|bend| bend as f32).collect())
        };
        self.samples(network, lanes, first, of)
    }

    /// By cycle, neuron and lane, from `[lane][member]` of each recorded cycle from `first` on.
    fn samples(
        &self,
        network: &Network,
        lanes: usize,
        first: usize,
        of: impl Fn(usize, usize) -> Option<Vec<f32>>,
    ) -> Samples {
        let lanes = self.history.lanes.min(lanes);
        let mut values = Vec::new();
        for t in first..self.blame.len() {
            for (at, section) in self.plan.sections.iter().enumerate() {
                let found = of(t, at);
                let value =
                    |member: usize, lane: usize| found.as_ref().map_or(0.0, |row| row[lane * section.len() + member]);
                for member in 0..section.len() {
                    values.extend((0..lanes).map(|lane| value(member, lane)));
                }
            }
        }
        Samples::new(lanes, network.neuron_count(), values)
    }

    /// Per neuron: the smallest eigenvalue of `sum dL/d output f''(v) x xᵀ` over the lanes and cycles of the
    /// last window, x being what it hears over active connections (Liu et al. 2019).
    pub(super) fn splitting(&self, network: &Network) -> Vec<f32> {
        let first = self.blame.len() - self.history.window.min(self.blame.len());
        let mut heard: BTreeMap<(usize, usize, usize), Option<Vec<f32>>> = BTreeMap::new();
        let mut scores = vec![0.0; self.plan.neurons];
        for (at, section) in self.plan.sections.iter().enumerate() {
            let bends: Vec<_> = (first..self.blame.len()).map(|t| (t, self.bend(network, at, t))).collect();
            for (member, row) in section.members.clone().enumerate() {
                let post = Row::<Neurons>::new(row as u32);
                let active: Vec<usize> =
                    network.incoming(post).filter(|&synapse| !network.marks()[synapse].is_silent()).collect();
                let mut matrix = vec![vec![0.0; active.len()]; active.len()];
                for (t, bend) in &bends {
                    let Some(bend) = bend else { continue };
                    let mut columns: Vec<Vec<f64>> = vec![vec![0.0; active.len()]; self.history.lanes];
                    for (place, &synapse) in active.iter().enumerate() {
                        let (pre, source) = self.section_of(network, network.pres()[synapse]);
                        let lag = network.lag(post, Row::new(synapse as u32)) as usize;
                        let width = self.plan.sections[pre].len();
                        let said = heard
                            .entry((*t, lag, pre))
                            .or_insert_with(|| self.history.heard(*t, lag, pre).cloned().map(to_host));
                        for (lane, column) in columns.iter_mut().enumerate() {
                            column[place] = said.as_ref().map_or(0.0, |said| f64::from(said[lane * width + source]));
                        }
                    }
                    for (lane, x) in columns.iter().enumerate() {
                        let by = bend[lane * section.len() + member];
                        for (line, a) in matrix.iter_mut().zip(x) {
                            line.iter_mut().zip(x).for_each(|(entry, b)| *entry += by * a * b);
                        }
                    }
                }
                scores[row] = smallest_eigenvalue(matrix) as f32;
            }
        }
        scores
    }

    /// dL / d output times the curvature of the activation, `[lane][member]`, in one recorded cycle.
    fn bend(&self, network: &Network, section: usize, t: usize) -> Option<Vec<f64>> {
        let blame = self.blame[t][section].as_ref()?;
        let fired = self.history.recorded().nth(t)?[section].as_ref()?;
        let inside = fired.inside.as_ref()?;
        let blame = match &inside.mask {
            Some(mask) => blame.output.clone() * mask.clone(),
            None => blame.output.clone(),
        };
        let (blame, potentials, states) =
            (to_host(blame), to_host(inside.potential.clone()), fired.state.clone().map(to_host));
        let members = self.plan.sections[section].members.clone();
        let units: Vec<_> = members.map(|row| network.spec(Row::new(row as u32)).unit).collect();
        let bend = blame.iter().enumerate().map(|(at, &blame)| {
            let unit = units[at % units.len()];
            let argument = match (unit.kind, &states) {
                (UnitKind::Leaky, Some(states)) => states[at],
                _ => potentials[at],
            };
            f64::from(blame) * curvature(unit.activation, f64::from(argument))
        });
        Some(bend.collect())
    }
}

/// Descending |gradient|, ties by (post, pre, delay).
fn by_size(a: &Candidate, b: &Candidate) -> Ordering {
    b.gradient.abs().total_cmp(&a.gradient.abs()).then((a.post, a.pre, a.delay).cmp(&(b.post, b.pre, b.delay)))
}

/// f''. `ReLU` counts as softplus with β = 3, leaky `ReLU` as that times the change of its slope.
fn curvature(activation: Activation, z: f64) -> f64 {
    let smooth = |z: f64| 3.0 * Activation::Sigmoid.derivative(3.0 * z);
    match activation {
        Activation::Relu => smooth(z),
        Activation::LeakyRelu => smooth(z) * (activation.derivative(1.0) - activation.derivative(-1.0)),
        other => (other.derivative(z + 1e-5) - other.derivative(z - 1e-5)) / 2e-5,
    }
}

/// Of a symmetric matrix, by Jacobi's rotations; 0 for the empty one.
fn smallest_eigenvalue(mut a: Vec<Vec<f64>>) -> f64 {
    const SWEEPS: usize = 60;
    let n = a.len();
    let size: f64 = a.iter().flatten().map(|value| value * value).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|p| (0..p).map(move |q| (p, q))).map(|(p, q)| a[p][q] * a[p][q]).sum();
        if off <= 1e-24 * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let angle = 0.5 * (2.0 * a[p][q]).atan2(a[q][q] - a[p][p]);
                let (s, c) = angle.sin_cos();
                for row in &mut a {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (upper, lower) = a.split_at_mut(q);
                for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
        }
    }
    (0..n).map(|i| a[i][i]).reduce(f64::min).unwrap_or(0.0)
}
