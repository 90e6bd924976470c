//! One window forward: cycle after cycle, group after group, in each lane block by itself.

use super::activity::{Activity, Layouts};
use super::finite::rows_finite;
use super::parameters::{BIAS, Columns, GAIN};
use super::plan::{Group, Plan};
use livenet_core::kernel::{self, LANES, Lanes};
use livenet_core::{Dropout, Network, NeuronId, Norm, Role, Row, UnitKind};
use std::ops::Range;

/// The samples of the lanes of an activity, and where in them to begin.
#[derive(Clone, Copy)]
pub(super) struct Feed<'a> {
    /// `[cycle][lane][input]`.
    pub(super) values: &'a [f32],
    /// Lanes of a cycle in it.
    pub(super) of_lanes: usize,
    /// The lane that is the first here.
    pub(super) lane: usize,
    /// The cycle that is the first here.
    pub(super) cycle: usize,
}

/// What a sweep forward reads.
pub(super) struct Forward<'a> {
    pub(super) network: &'a Network,
    pub(super) plan: &'a Plan,
    /// Weights as they count: 0 where silent.
    pub(super) weights: &'a [f32],
    pub(super) parameters: &'a Columns<f32>,
    /// The decay of each neuron, if any unit keeps a state.
    pub(super) decays: &'a [f32],
    pub(super) feed: Feed<'a>,
    pub(super) dropout: Option<Dropout>,
    pub(super) threads: usize,
}

/// The buffers of some blocks.
struct Piece<'a> {
    first: usize,
    blocks: usize,
    outputs: &'a mut [Lanes],
    potentials: &'a mut [Lanes],
    states: &'a mut [Lanes],
    normals: &'a mut [Lanes],
    scales: &'a mut [Lanes],
    factors: &'a mut [Lanes],
}

/// Splits a buffer of whole blocks; one that is not kept stays empty.
pub(super) fn cut<T>(rows: &mut [T], at: usize) -> (&mut [T], &mut [T]) {
    let at = at.min(rows.len());
    rows.split_at_mut(at)
}

impl<'a> Piece<'a> {
    fn all(activity: &'a mut Activity) -> Self {
        Self {
            first: 0,
            blocks: activity.blocks(),
            outputs: &mut activity.outputs,
            potentials: &mut activity.potentials,
            states: &mut activity.states,
            normals: &mut activity.normals,
            scales: &mut activity.scales,
            factors: &mut activity.factors,
        }
    }

    fn split(self, layouts: &Layouts, blocks: usize) -> (Self, Self) {
        let (outputs, more_outputs) = cut(self.outputs, layouts.outputs.len(blocks));
        let (potentials, more_potentials) = cut(self.potentials, layouts.potentials.len(blocks));
        let (states, more_states) = cut(self.states, layouts.states.len(blocks));
        let (normals, more_normals) = cut(self.normals, layouts.plain.len(blocks));
        let (scales, more_scales) = cut(self.scales, layouts.groups.len(blocks));
        let (factors, more_factors) = cut(self.factors, layouts.plain.len(blocks));
        let one = Self { first: self.first, blocks, outputs, potentials, states, normals, scales, factors };
        let two = Self {
            first: self.first + blocks,
            blocks: self.blocks - blocks,
            outputs: more_outputs,
            potentials: more_potentials,
            states: more_states,
            normals: more_normals,
            scales: more_scales,
            factors: more_factors,
        };
        (one, two)
    }
}

/// Blocks that a thread takes together: the kernels do two with one look at the indices.
pub(super) fn share(blocks: usize, threads: usize) -> usize {
    blocks.div_ceil(threads).clamp(1, 4)
}

impl Forward<'_> {
    /// Fires `cycles` cycles into the activity, which must be open for them, and counts them as recorded if all
    /// that arose is finite; says whether it is.
    pub(super) fn run(&self, activity: &mut Activity, cycles: usize) -> bool {
        let (lanes, end, layouts, blocks) = (activity.lanes, activity.end, activity.layouts, activity.blocks());
        if self.dropout.is_some() {
            activity.allot_factors();
        }
        let piece = Piece::all(activity);
        let sweep = Sweep { of: self, layouts, lanes, cycles: end..end + cycles, by_rows: blocks < self.threads };
        let finite = sweep.halves(piece, share(blocks, self.threads));
        if finite {
            activity.dropped[end..end + cycles].fill(self.dropout.is_some());
            activity.end += cycles;
            activity.window = cycles;
        }
        finite
    }

    /// Lets the activity keep potentials, and makes those of what it remembers again.
    pub(super) fn recall(&self, activity: &mut Activity) {
        activity.be_lean(false);
        // That of the last cycle was there.
        let (lanes, layouts, cycles) = (activity.lanes, activity.layouts, activity.start..activity.end.max(1) - 1);
        let sweep = Sweep { of: self, layouts, lanes, cycles: cycles.clone(), by_rows: false };
        let mut piece = Piece::all(activity);
        for cycle in cycles {
            for group in self.plan.groups.iter().filter(|group| group.role != Role::Input && !group.rows.is_empty()) {
                sweep.prime(&mut piece, group, cycle);
            }
        }
    }

    /// The first value that is not finite, in the order of firing, of a window that [`run`](Self::run) refused:
    /// (what, cycle of the window, neuron, value).
    pub(super) fn locate(
        &self,
        activity: &mut Activity,
        cycles: usize,
    ) -> Option<(&'static str, usize, NeuronId, f32)> {
        if activity.shape.lean {
            // Once more, so that there are potentials to look at.
            activity.be_lean(false);
            self.run(activity, cycles);
            let found = self.locate(activity, cycles);
            activity.be_lean(true);
            return found;
        }
        let Layouts { outputs, plain, .. } = activity.layouts;
        for cycle in 0..cycles {
            for group in &self.plan.groups {
                for row in group.rows.clone() {
                    let potentials = (group.role != Role::Input).then_some(("potential", &activity.potentials, plain));
                    for (what, rows, layout) in potentials.into_iter().chain([("output", &activity.outputs, outputs)]) {
                        for block in 0..activity.blocks() {
                            let values = &rows[layout.row(block, activity.end + cycle, row)];
                            if let Some(&value) =
                                values[..activity.lanes_of(block)].iter().find(|value| !value.is_finite())
                            {
                                return Some((what, cycle, self.network.id(Row::new(row as u32)), value));
                            }
                        }
                    }
                }
            }
        }
        None
    }
}

/// A sweep over some cycles of all blocks.
struct Sweep<'a> {
    of: &'a Forward<'a>,
    layouts: Layouts,
    lanes: usize,
    cycles: Range<usize>,
    /// Whether threads split the rows of a block, because there are fewer blocks than threads.
    by_rows: bool,
}

impl Sweep<'_> {
    fn halves(&self, piece: Piece<'_>, share: usize) -> bool {
        if self.by_rows || piece.blocks <= share {
            return self.blocks(piece);
        }
        let half = (piece.blocks / 2).next_multiple_of(share).min(piece.blocks - 1);
        let (one, two) = piece.split(&self.layouts, half);
        let (one, two) = rayon::join(|| self.halves(one, share), || self.halves(two, share));
        one && two
    }

    fn blocks(&self, mut piece: Piece<'_>) -> bool {
        let mut finite = true;
        for cycle in self.cycles.clone() {
            for group in self.of.plan.groups.iter().filter(|group| !group.rows.is_empty()) {
                finite &= match group.role {
                    Role::Input => self.clamp(&mut piece, group, cycle),
                    Role::Hidden | Role::Output => {
                        self.prime(&mut piece, group, cycle);
                        let mut all = true;
                        for block in 0..piece.blocks {
                            all &= self.fire(&mut piece, group, block, cycle);
                        }
                        all
                    }
                };
            }
        }
        finite
    }

    /// Inputs say what the sample says.
    fn clamp(&self, piece: &mut Piece<'_>, group: &Group, cycle: usize) -> bool {
        let (feed, count) = (&self.of.feed, group.rows.len());
        let first = (feed.cycle + cycle - self.cycles.start) * feed.of_lanes + feed.lane;
        let mut finite = true;
        for block in 0..piece.blocks {
            let at = self.layouts.outputs.row(block, cycle, group.rows.start);
            let rows = &mut piece.outputs[at..at + count];
            let samples = std::array::from_fn(|lane| {
                // Padding repeats the last true lane.
                let sample = first + ((piece.first + block) * LANES + lane).min(self.lanes - 1);
                &feed.values[sample * count..(sample + 1) * count]
            });
            kernel::interleave(samples, rows);
            finite &= rows_finite(rows);
        }
        finite
    }

    /// What a group hears, in all blocks: raw into normals where it normalises, else with the bias into potentials.
    fn prime(&self, piece: &mut Piece<'_>, group: &Group, cycle: usize) {
        let Forward { network, plan, weights, parameters, .. } = self.of;
        let Layouts { outputs, plain, potentials, .. } = self.layouts;
        let (bias, mut to) = match group.norm {
            Norm::None => {
                let to = potentials.view_mut(piece.potentials, self.layouts.of_potentials(cycle));
                (Some(parameters[BIAS].as_slice()), to)
            }
            Norm::Layer | Norm::Rms => (None, plain.view_mut(piece.normals, cycle)),
        };
        let from = outputs.view(piece.outputs, cycle);
        let forward = if self.by_rows { kernel::forward_parallel } else { kernel::forward };
        forward(plan.sparse(network), weights, from, group.rows.clone(), bias, to.lend());
        plan.dense.forward(&group.rows, weights, from, to);
    }

    /// From what a group heard to its outputs, in one block. Says whether all is finite.
    fn fire(&self, piece: &mut Piece<'_>, group: &Group, block: usize, cycle: usize) -> bool {
        let Layouts { outputs, states, plain, groups, .. } = self.layouts;
        let (rows, base) = (group.rows.clone(), plain.row(block, cycle, 0));
        let at = self.layouts.potentials.row(block, self.layouts.of_potentials(cycle), 0);
        let z = &mut piece.potentials[at..at + plain.neurons()];
        if group.norm != Norm::None {
            let normal = &mut piece.normals[base + rows.start..base + rows.end];
            piece.scales[groups.row(block, cycle, group.order)] = group.norm.forward(normal);
            let (gain, bias) = (&self.of.parameters[GAIN][rows.clone()], &self.of.parameters[BIAS][rows.clone()]);
            kernel::scale_shift(normal, gain, bias, &mut z[rows.clone()]);
        }
        let at = outputs.row(block, cycle, 0);
        let y = &mut piece.outputs[at..at + outputs.neurons()];
        for run in &group.runs {
            let to = Lanes::flat_mut(&mut y[run.rows.clone()]);
            match run.unit.kind {
                UnitKind::Rate => run.unit.activation.apply_f32(Lanes::flat(&z[run.rows.clone()]), to),
                UnitKind::Leaky => {
                    // The cycle before stands right in front of this one.
                    let now = states.row(block, cycle, 0);
                    let (before, now) = piece.states[now - states.neurons()..].split_at_mut(states.neurons());
                    let v = &mut now[run.rows.clone()];
                    kernel::leak(&self.of.decays[run.rows.clone()], &before[run.rows.clone()], &z[run.rows.clone()], v);
                    run.unit.activation.apply_f32(Lanes::flat(v), to);
                }
            }
        }
        if !piece.factors.is_empty() {
            let factors = &mut piece.factors[base + rows.start..base + rows.end];
            match self.of.dropout.filter(|_| group.role == Role::Hidden) {
                Some(dropout) => {
                    self.draw(dropout, group, (piece.first + block, cycle), factors);
                    for (y, factors) in y[rows.clone()].iter_mut().zip(factors) {
                        for (y, factor) in y.0.iter_mut().zip(&mut factors.0) {
                            *y *= *factor;
                            *factor = dropout.blamed(*factor);
                        }
                    }
                }
                None => factors.fill(Lanes::all(1.0)),
            }
        }
        rows_finite(&z[rows.clone()]) && rows_finite(&y[rows])
    }

    /// The factors of a group in one block and cycle.
    fn draw(&self, dropout: Dropout, group: &Group, (block, cycle): (usize, usize), factors: &mut [Lanes]) {
        let number = self.of.feed.cycle + cycle - self.cycles.start;
        for (row, factors) in group.rows.clone().zip(factors) {
            let id = self.of.network.id(Row::new(row as u32));
            for (lane, factor) in factors.iter_mut().enumerate() {
                let sample = self.of.feed.lane + (block * LANES + lane).min(self.lanes - 1);
                *factor = dropout.factor(id, number, sample);
            }
        }
    }
}

/// Copies the outputs of the recorded `cycles` to `[cycle][lane][output]`, where the activity's lanes begin at
/// lane `first` of `of_lanes`.
pub(super) fn read_outputs(
    activity: &Activity,
    rows: Range<usize>,
    cycles: Range<usize>,
    to: &mut [f32],
    (first, of_lanes): (usize, usize),
) {
    let count = rows.len();
    for (number, cycle) in cycles.enumerate() {
        for lane in 0..activity.lanes {
            let at = activity.layouts.outputs.row(lane / LANES, cycle, rows.start);
            let sample = number * of_lanes + first + lane;
            let to = &mut to[sample * count..(sample + 1) * count];
            for (to, row) in to.iter_mut().zip(&activity.outputs[at..at + count]) {
                *to = row[lane % LANES];
            }
        }
    }
}
