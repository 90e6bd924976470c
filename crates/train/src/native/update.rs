//! One update: passes over the gradient, the optimizer's step, passes over the weights.

use super::carry;
use super::finite::all_finite;
use super::pace::Paced;
use super::parameters::{BIAS, Columns, NAMES, WEIGHTS, columns};
use super::plan::Plan;
use super::steps::Steps;
use livenet_core::kernel::{self, Corrections, Decay, Elements, Moments, Step};
use livenet_core::{Commit, ExecError, Inherit, Network, NeuronId, Optimizer, Pass, Row, UpdateRule};

/// What an optimizer remembers, with buffers of its own.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    /// Whose moments they are, and its bias corrections.
    optimizer: Option<(Optimizer, Corrections)>,
    pub(super) moments: Vec<Columns<f32>>,
    pub(super) steps: Steps,
    /// Steps that everybody took and `steps` does not count yet.
    pub(super) ahead: u32,
    /// Who began in between, commit by commit, and how many they are: kept as they come, for most are never looked at.
    late: Vec<Late>,
    late_rows: usize,
    /// Gradients after the passes, where passes change them.
    adjusted: Columns<f32>,
}

/// Connections and neurons that began at a commit.
#[derive(Clone, Debug)]
struct Late {
    rows: [Vec<u32>; 2],
    /// How many steps had been put off by then.
    ahead: u32,
}

/// What an update reads besides the gradients.
pub(super) struct Update<'a> {
    pub(super) network: &'a Network,
    pub(super) plan: &'a Plan,
    pub(super) rule: &'a UpdateRule,
}

impl Memory {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            optimizer: None,
            moments: Vec::new(),
            steps: Steps::new(network),
            ahead: 0,
            late: Vec::new(),
            late_rows: 0,
            adjusted: Columns::default(),
        }
    }

    pub(super) fn of(optimizer: Option<Optimizer>, moments: &[Columns<f32>], steps: &Columns<u32>) -> Self {
        let optimizer = optimizer.map(|optimizer| (optimizer, Corrections::new(optimizer)));
        let steps = Steps::of(steps, optimizer.as_ref().map(|(_, corrections)| corrections));
        let (late, adjusted) = (Vec::new(), Columns::default());
        Self { optimizer, moments: moments.to_vec(), steps, ahead: 0, late, late_rows: 0, adjusted }
    }

    /// Whose moments they are.
    pub(super) fn optimizer(&self) -> Option<Optimizer> {
        self.optimizer.as_ref().map(|(optimizer, _)| *optimizer)
    }

    /// The bias corrections of that optimizer.
    pub(super) fn corrections(&self) -> Option<&Corrections> {
        self.optimizer.as_ref().map(|(_, corrections)| corrections)
    }

    /// Before a commit: counts, unless it moves no row and begins few anew. Says whether the counts are still to follow.
    pub(super) fn precede(&mut self, commit: &Commit, inherit: Inherit) -> bool {
        let begun = if self.ahead > 0 && !commit.is_structural() { carry::begun(commit, inherit) } else { None };
        let Some(rows) = begun.filter(|_| self.late_rows < self.steps.len() / 4) else {
            self.count();
            return true;
        };
        self.late_rows += rows[0].len() + 3 * rows[1].len();
        self.late.push(Late { rows, ahead: self.ahead });
        false
    }

    /// Counts the steps that were put off.
    pub(super) fn count(&mut self) {
        let ahead = std::mem::take(&mut self.ahead);
        if ahead > 0 {
            self.steps.add(ahead);
            let mut late = Vec::with_capacity(std::mem::take(&mut self.late_rows));
            for Late { rows: [synapses, neurons], ahead: before } in self.late.drain(..) {
                late.extend(synapses.into_iter().map(|row| (WEIGHTS, row, ahead - before)));
                late.extend(neurons.into_iter().flat_map(|row| [1, 2, 3].map(|kind| (kind, row, ahead - before))));
            }
            self.steps.set(late);
        }
    }

    /// One step. The gradients stay as the sweep left them.
    pub(super) fn step(&mut self, update: &Update<'_>, parameters: &mut Columns<f32>, gradients: &Columns<f32>) {
        self.count();
        let Update { network, plan, rule } = update;
        if self.moments.len() != rule.optimizer.slots() {
            self.moments = vec![columns(network, &0.0); rule.optimizer.slots()];
        }
        if self.optimizer.as_ref().is_none_or(|(optimizer, _)| *optimizer != rule.optimizer) {
            self.optimizer = Some((rule.optimizer, Corrections::new(rule.optimizer)));
        }
        let later = |pass: &Pass| matches!(pass, Pass::Noise { .. } | Pass::Pace { .. } | Pass::GroupLasso { .. });
        let adjusts = rule.passes.iter().any(|pass| !later(pass) && !matches!(pass, Pass::Decay { .. }));
        if adjusts {
            for (adjusted, gradient) in self.adjusted.iter_mut().zip(gradients) {
                adjusted.clone_from(gradient);
            }
            rule.passes.iter().for_each(|pass| prepare(&mut self.adjusted, parameters, pass));
        }
        let gradients = if adjusts { &self.adjusted } else { gradients };
        // Decay alone needs no pass of its own.
        let decay: f32 = rule.passes.iter().map(|pass| if let Pass::Decay { by } = pass { *by } else { 0.0 }).sum();
        let corrections = self.optimizer.as_ref().map(|(_, corrections)| corrections).expect("made above");
        self.steps.prepare(corrections);
        if plan.frozen.is_some() {
            // They are not counted on.
            self.steps.spell_out();
        }
        let paces = rule.passes.iter().filter_map(|pass| if let Pass::Pace { of } = pass { Some(&**of) } else { None });
        let paced: Vec<Paced<'_>> = paces.map(|of| Paced::before(network, of, parameters)).collect();
        for kind in 0..parameters.len() {
            let frozen =
                plan.frozen.as_ref().map(|frozen| if kind == WEIGHTS { &*frozen.synapses } else { &*frozen.neurons });
            let decay = if kind == WEIGHTS && !adjusts && decay != 0.0 { Decay::L2(decay) } else { Decay::None };
            let optimizer = if kind == WEIGHTS { rule.optimizer } else { rule.optimizer.without_decay() };
            let step = Step { optimizer, corrections, rate: rule.rate, decay };
            let elements = Elements { values: &mut parameters[kind], gradients: &gradients[kind], frozen };
            let (first, second) = match self.moments.as_mut_slice() {
                [first, second] => (&mut *first[kind], &mut *second[kind]),
                [first] => (&mut *first[kind], Default::default()),
                _ => Default::default(),
            };
            kernel::update(step, elements, Moments { first, second, counts: self.steps.of_kind(kind) });
        }
        self.steps.stepped();
        for paced in &paced {
            paced.after(network, parameters);
        }
        for pass in &rule.passes {
            if let Pass::GroupLasso { by, of } = pass {
                let by = f64::from(*by) * f64::from(rule.rate);
                for &row in of {
                    shrink(network, plan, &mut parameters[WEIGHTS], (row, by));
                }
            }
        }
        for pass in &rule.passes {
            if let Pass::Noise { scale, key } = pass {
                let (key, frozen) = (key.at(rule.step), plan.frozen.as_ref());
                for (row, name) in network.synapses() {
                    if frozen.is_none_or(|frozen| !frozen.synapses[row.index()]) {
                        let draw = key.normal(name.post.number(), name.pre.number());
                        parameters[WEIGHTS][row.index()] += (f64::from(*scale) * draw) as f32;
                    }
                }
            }
        }
    }
}

/// What a pass does to the gradients.
fn prepare(gradients: &mut Columns<f32>, parameters: &Columns<f32>, pass: &Pass) {
    match *pass {
        Pass::Decay { by } => gradients[WEIGHTS].iter_mut().zip(&parameters[WEIGHTS]).for_each(|(g, w)| *g += by * w),
        Pass::ClipNorm { norm } => {
            let found = gradients.iter().map(|column| squares(column)).sum::<f64>().sqrt();
            if found > f64::from(norm) {
                let by = (f64::from(norm) / found) as f32;
                gradients.iter_mut().flatten().for_each(|g| *g *= by);
            }
        }
        Pass::ClipValue { value } => gradients.iter_mut().flatten().for_each(|g| *g = g.clamp(-value, value)),
        Pass::Lasso { by } => gradients[WEIGHTS].iter_mut().zip(&parameters[WEIGHTS]).for_each(|(g, &w)| {
            *g += if w == 0.0 { 0.0 } else { by.copysign(w) };
        }),
        Pass::DecayBias { by } => gradients[BIAS].iter_mut().zip(&parameters[BIAS]).for_each(|(g, b)| *g += by * b),
        Pass::HoldBias => gradients[BIAS].fill(0.0),
        Pass::Noise { .. } | Pass::Pace { .. } | Pass::GroupLasso { .. } => {}
    }
}

/// The norm of what a neuron hears becomes smaller by so much.
fn shrink(network: &Network, plan: &Plan, weights: &mut [f32], (row, by): (u32, f64)) {
    let heard = network.incoming(Row::new(row));
    let weights = &mut weights[heard.clone()];
    let Some(frozen) = plan.frozen.as_ref().map(|frozen| &frozen.synapses[heard]) else {
        let left = Pass::shrunk(squares(weights).sqrt(), by) as f32;
        return weights.iter_mut().for_each(|weight| *weight *= left);
    };
    let free = |at: usize, weight: f32| if frozen[at] { 0.0 } else { f64::from(weight) };
    let norm = weights.iter().enumerate().map(|(at, &weight)| free(at, weight).powi(2)).sum::<f64>().sqrt();
    let left = Pass::shrunk(norm, by) as f32;
    weights.iter_mut().zip(frozen).filter(|(_, frozen)| !**frozen).for_each(|(weight, _)| *weight *= left);
}

/// The sum of squares, in eight chains.
fn squares(values: &[f32]) -> f64 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for values in eights {
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum += f64::from(value) * f64::from(value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>()
}

/// An error for the first parameter that is not finite, if there is one.
pub(super) fn check(network: &Network, parameters: &Columns<f32>) -> Result<(), ExecError> {
    if parameters.iter().all(|column| all_finite(column)) {
        return Ok(());
    }
    let [weights, own @ ..] = parameters;
    for row in network.neuron_rows() {
        let heard = network.incoming(row).map(|synapse| (NAMES[WEIGHTS], weights[synapse]));
        let mut all = heard.chain(NAMES[1..].iter().copied().zip(own.iter().map(|column| column[row.index()])));
        if let Some((what, value)) = all.find(|(_, value)| !value.is_finite()) {
            return Err(not_finite(what, network.id(row), 0, value));
        }
    }
    Ok(())
}

pub(super) fn not_finite(what: &'static str, neuron: NeuronId, cycle: usize, value: f32) -> ExecError {
    ExecError::NonFinite { what, neuron, cycle, value }
}
