//! The short way for one sample in one cycle, which streams take: a value per neuron instead of 16 lanes, and with plain
//! gradient descent blame and update in one look at the weights.
//!
//! Either this record holds the present state and the last cycle, or [`Activity`](super::activity::Activity) does:
//! [`Record::leads`] says which. Who wants more than this record can give settles it first
//! ([`Native::settle`](super::executor::Native)).

use super::activity::Activity;
use super::finite::all_finite;
use super::parameters::{BIAS, Columns, WEIGHTS};
use super::plan::Plan;
use super::shape::Shape;
use super::turned::Turned;
use livenet_core::kernel::Lanes;
use livenet_core::kernel::solo::{self, Changed, Solo};
use livenet_core::{Commit, Network, NeuronId, Role, Row, UnitKind};
use std::ops::Range;

/// See the [module](self).
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what is known of the state, each by itself")]
pub(super) struct Record {
    /// Whether this is the present state.
    pub(super) leads: bool,
    /// Whether there is a last cycle.
    pub(super) recorded: bool,
    /// Whether it was swept.
    pub(super) swept: bool,
    /// Whether all that is carried is zero.
    pub(super) blank: bool,
    shape: Shape,
    /// Carried cycles, then the last one: `[cycle][neuron]`.
    pub(super) outputs: Vec<f32>,
    pub(super) potentials: Vec<f32>,
    pub(super) blame: Vec<f32>,
    lambda: Vec<f32>,
    /// Lambdas of pieces.
    scratch: Vec<f32>,
    /// What the loss said, by output.
    pub(super) given: Vec<f32>,
    /// Weights by speaker.
    pub(super) turned: Turned,
}

/// What a pass over one cycle reads.
#[derive(Clone, Copy)]
pub(super) struct Reads<'a> {
    pub(super) network: &'a Network,
    pub(super) plan: &'a Plan,
}

impl<'a> Reads<'a> {
    /// Whether every unit is one that this way knows.
    pub(super) fn suits(&self) -> bool {
        let rate = |group: &super::plan::Group| group.runs.iter().all(|run| run.unit.kind == UnitKind::Rate);
        !self.plan.normalises && self.plan.groups.iter().all(rate)
    }

    /// Multiply-adds of a pass that other threads are to share: none where no group is worth it, for one that looks for
    /// work beside such a step slows it down where they share a core.
    pub(super) fn work(&self) -> usize {
        let wires = self.plan.wires(self.network);
        let shared = self.plan.groups.iter().any(|group| solo::is_shared(wires.edges(&group.rows).len()));
        if shared { super::executor::work(self.network, 1) } else { 0 }
    }

    fn solo<'b>(&self, outputs: &'b [f32], base: usize) -> Solo<'b>
    where
        'a: 'b,
    {
        let inputs = self.network.inputs().end as usize;
        Solo { wires: self.plan.wires(self.network), runs: &self.plan.runs, inputs, outputs, base }
    }
}

impl Record {
    /// Every neuron's output in the last cycle.
    pub(super) fn now(&self) -> &[f32] {
        &self.outputs[self.base()..]
    }

    fn base(&self) -> usize {
        self.shape.depth * self.shape.neurons
    }

    /// Becomes the present state, taken from the activity.
    pub(super) fn lead(&mut self, activity: &Activity) {
        if self.leads {
            return;
        }
        self.shape = activity.shape;
        let (neurons, base) = (self.shape.neurons, self.base());
        for (column, len) in [
            (&mut self.outputs, base + neurons),
            (&mut self.potentials, neurons),
            (&mut self.blame, neurons),
            (&mut self.lambda, neurons),
        ] {
            column.clear();
            column.resize(len, 0.0);
        }
        self.blank = activity.lanes != 1 || activity.blank && activity.end == 0;
        if !self.blank {
            for (slot, outputs) in self.outputs[..base].chunks_exact_mut(neurons.max(1)).enumerate() {
                for (neuron, output) in outputs.iter_mut().enumerate() {
                    *output = activity.past(0, self.shape.depth - slot, neuron)[0];
                }
            }
        }
        (self.leads, self.recorded, self.swept) = (true, false, false);
    }

    /// All zero, nothing recorded.
    pub(super) fn reset(&mut self) {
        if !self.blank {
            let base = self.base();
            self.outputs[..base].fill(0.0);
            self.blank = true;
        }
        (self.recorded, self.swept) = (false, false);
    }

    /// The last cycle becomes the first of those carried.
    fn pass(&mut self) {
        if std::mem::take(&mut self.recorded) {
            self.outputs.copy_within(self.shape.neurons.., 0);
            self.blank = false;
        }
        self.swept = false;
    }

    /// One cycle. Says whether all that arose is finite; if not, nothing was recorded.
    pub(super) fn fire(&mut self, reads: Reads<'_>, parameters: (&[f32], &[f32]), values: &[f32]) -> bool {
        let (weights, bias) = parameters;
        self.pass();
        let base = self.base();
        let mut finite = all_finite(values);
        for group in reads.plan.groups.iter().filter(|group| !group.rows.is_empty()) {
            let rows = group.rows.clone();
            if group.role == Role::Input {
                self.outputs[base + rows.start..base + rows.end].copy_from_slice(values);
                continue;
            }
            let potentials = &mut self.potentials[rows.clone()];
            if !self.turned.hear(reads.plan, &rows, bias, potentials) {
                solo::hear(reads.solo(&self.outputs, base), weights, bias, rows.clone(), potentials);
            }
            for run in &group.runs {
                let out = &mut self.outputs[base + run.rows.start..base + run.rows.end];
                run.unit.activation.apply_f32(&self.potentials[run.rows.clone()], out);
            }
            finite &= all_finite(&self.potentials[rows.clone()]);
            finite &= all_finite(&self.outputs[base + rows.start..base + rows.end]);
        }
        self.recorded = finite;
        finite
    }

    /// The sweep back over the last cycle: blame, and at a `rate` other than 0 also one step down the gradient, with the
    /// weights as they were for the blame. Says what is wrong: (quantity, neuron, value).
    pub(super) fn sweep(
        &mut self,
        reads: Reads<'_>,
        d_outputs: &[f32],
        rate: f32,
        (weights, bias): (&mut [f32], &mut [f32]),
    ) -> Result<(), (&'static str, NeuronId, f32)> {
        let Reads { network, plan } = reads;
        let base = self.base();
        let solo = reads.solo(&self.outputs, base);
        self.given.clear();
        self.given.extend_from_slice(d_outputs);
        self.lambda.fill(0.0);
        let outputs = network.outputs().start as usize..network.outputs().end as usize;
        self.lambda[outputs].copy_from_slice(d_outputs);
        let most = solo::scratch(solo.wires.edges(&(0..solo.wires.rows())).len(), self.shape.neurons);
        self.scratch.resize(most, 0.0);
        self.swept = true;
        let find = |what, rows: Range<usize>, values: &[f32]| {
            let worst = if all_finite(values) { None } else { values.iter().position(|value| !value.is_finite()) };
            worst.map_or(Ok(()), |at| Err((what, network.id(Row::new((rows.start + at) as u32)), values[at])))
        };
        for group in plan.groups.iter().rev().filter(|group| group.role != Role::Input && !group.rows.is_empty()) {
            for run in &group.runs {
                let (rows, out) = (run.rows.clone(), &mut self.blame[run.rows.clone()]);
                let outputs = &solo.outputs[base + rows.start..base + rows.end];
                run.unit.activation.derivative_f32(&self.potentials[rows.clone()], outputs, out);
                out.iter_mut().zip(&self.lambda[rows]).for_each(|(blame, lambda)| *blame *= lambda);
            }
            let rows = group.rows.clone();
            find("gradient", rows.clone(), &self.blame[rows.clone()])?;
            let edges = solo.wires.edges(&rows);
            let finite = self.turned.learn(plan, &rows, &self.blame, rate);
            if finite == Some(false) {
                self.turned.back(plan, weights);
            }
            let weights = &mut weights[edges.clone()];
            let finite = finite.unwrap_or_else(|| {
                let changed = Changed { weights: &mut *weights, lambda: &mut self.lambda, scratch: &mut self.scratch };
                solo::learn(solo, &self.blame, rows.clone(), rate, changed)
            });
            if !finite {
                for row in rows.clone() {
                    let own = solo.wires.edges(&(row..row + 1));
                    find("weight", row..row + 1, &weights[own.start - edges.start..own.end - edges.start])
                        .map_err(|(what, _, value)| (what, network.id(Row::new(row as u32)), value))?;
                }
            }
            if rate != 0.0 {
                let bias = &mut bias[rows.clone()];
                solo::descend(bias, rate, &self.blame[rows.clone()]);
                find("bias", rows, bias)?;
            }
        }
        Ok(())
    }

    /// The gradients of the last sweep.
    pub(super) fn gradients(&self, reads: Reads<'_>, gradients: &mut Columns<f32>) {
        for column in &mut *gradients {
            column.fill(0.0);
        }
        let solo = reads.solo(&self.outputs, self.base());
        let (rows, first) = (solo.wires.rows(), solo.inputs);
        solo::products(solo, &self.blame, 0..rows, &mut gradients[WEIGHTS]);
        gradients[BIAS][first..].copy_from_slice(&self.blame[first..]);
    }

    /// The output of the last cycle.
    pub(super) fn output(&self, neuron: usize) -> Option<f32> {
        self.recorded.then(|| self.outputs[self.base() + neuron])
    }

    /// The last outputs of some rows.
    pub(super) fn outputs(&self, rows: Range<usize>) -> &[f32] {
        let base = self.base();
        &self.outputs[base + rows.start..base + rows.end]
    }

    /// After a commit that moved no row: nothing is remembered, newborns start from zero.
    pub(super) fn follow(&mut self, commit: &Commit) {
        self.pass();
        let neurons = self.shape.neurons;
        for newborn in &commit.newborns {
            self.outputs.iter_mut().skip(newborn.row as usize).step_by(neurons).for_each(|output| *output = 0.0);
        }
    }

    /// Hands everything to the activity and what the loss said to `given`.
    pub(super) fn settle(&mut self, activity: &mut Activity, given: &mut Vec<Lanes>) {
        if !std::mem::take(&mut self.leads) {
            return;
        }
        if activity.lanes != 1 {
            *activity = Activity::new(self.shape, 1);
        }
        activity.reset();
        let (neurons, depth) = (self.shape.neurons, self.shape.depth);
        activity.open(1, 1, 1);
        if !self.blank {
            let carried = |_, ago: usize, neuron| Lanes::all(self.outputs[(depth - ago) * neurons + neuron]);
            activity.fill(carried, |_, _| Lanes::ZERO);
        }
        if !self.recorded {
            return;
        }
        let all = |values: &[f32], rows: &mut [Lanes], one: &dyn Fn(f32) -> Lanes| {
            rows.iter_mut().zip(values).for_each(|(row, &value)| *row = one(value));
        };
        let (outputs, plain) = (activity.layouts.outputs.base(0), activity.layouts.plain.base(0));
        let last = &self.outputs[self.base()..];
        all(last, &mut activity.outputs[outputs..outputs + neurons], &Lanes::all);
        all(&self.potentials, &mut activity.potentials[plain..plain + neurons], &Lanes::all);
        (activity.end, activity.window) = (1, 1);
        activity.dropped[0] = false;
        if self.swept {
            let first = |value| Lanes(std::array::from_fn(|lane| if lane == 0 { value } else { 0.0 }));
            activity.allot_blame();
            let at = activity.layouts.blame.base(0);
            activity.blame.fill(Lanes::ZERO);
            all(&self.blame, &mut activity.blame[at..at + neurons], &first);
            given.clear();
            given.extend(self.given.iter().copied().map(first));
            activity.swept = 1;
        }
    }
}
