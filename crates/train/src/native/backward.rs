//! One sweep back over the memory, cycle after cycle, and the gradients that follow from its blame.

use super::activity::{Activity, Layouts};
use super::finite::rows_finite;
use super::forward::share;
use super::parameters::{Columns, GAIN, WEIGHTS};
use super::plan::{Group, Plan};
use super::shares::{Piece, Scratch};
use super::threads::WORTH_A_SPLIT;
use livenet_core::kernel::{self, LANES, Lanes, Layout, Store};
use livenet_core::{Network, NeuronId, Norm, Role, Row, UnitKind, room};
use std::ops::Range;

/// About the multiply-adds that a unit's derivative costs.
const WORK_OF_A_UNIT: usize = 4;

/// What a sweep back reads.
pub(super) struct Backward<'a> {
    pub(super) network: &'a Network,
    pub(super) plan: &'a Plan,
    /// Weights as they count: 0 where silent.
    pub(super) weights: &'a [f32],
    pub(super) parameters: &'a Columns<f32>,
    pub(super) decays: &'a [f32],
    pub(super) threads: usize,
}

fn fit(rows: &mut Vec<Lanes>, len: usize) {
    rows.resize(len, Lanes::ZERO);
}

impl Backward<'_> {
    /// Sweeps back over all that is remembered, and writes the gradients. `d_outputs` is
    /// `[cycle][lane][output]` of the last window. Says whether all blame is finite; if it is not, the gradients
    /// mean nothing.
    pub(super) fn run(
        &self,
        activity: &mut Activity,
        scratch: &mut Scratch,
        d_outputs: &[f32],
        gradients: &mut Columns<f32>,
    ) -> bool {
        activity.allot_blame();
        let (layouts, blocks, remembered) = (activity.layouts, activity.blocks(), activity.start..activity.end);
        let any_dropped = activity.dropped[remembered.clone()].contains(&true);
        fit(&mut scratch.lambda, layouts.one.len(blocks));
        fit(&mut scratch.by_state, if self.plan.leaky { layouts.one.len(blocks) } else { 0 });
        fit(&mut scratch.undropped, if any_dropped { layouts.one.len(blocks) } else { 0 });
        scratch.by_state.fill(Lanes::ZERO);
        let connections = self.plan.transpose.wires().connections();
        // Until the sweep is done, the place of the gradients holds the weights in its order: four bytes a connection.
        // Asked for before, they wait where gradients in this order will be.
        let (ahead, alike) = (std::mem::take(&mut scratch.ahead), gradients[WEIGHTS].len() == connections);
        if ahead && alike {
            std::mem::swap(&mut gradients[WEIGHTS], &mut scratch.gradients);
        }
        let arranged = &mut gradients[WEIGHTS][..connections];
        if !ahead {
            self.plan.transpose.arrange(self.weights, &mut scratch.places, arranged);
        } else if !alike {
            arranged.copy_from_slice(&scratch.gradients);
        }
        if let Some(kept) = &mut scratch.arranged {
            kept.clear();
            kept.extend_from_slice(arranged);
        }
        self.take(activity, d_outputs, &mut scratch.given);

        let sweep = Sweep {
            of: self,
            blocks,
            layouts,
            remembered,
            window: activity.window,
            outputs: &activity.outputs,
            potentials: &activity.potentials,
            states: &activity.states,
            normals: &activity.normals,
            scales: &activity.scales,
            factors: &activity.factors,
            dropped: &activity.dropped,
            given: &scratch.given,
            arranged,
            blank: activity.blank && activity.start == 0,
        };
        let mut piece = Piece {
            first: 0,
            blocks,
            blame: &mut activity.blame,
            blame_z: &mut activity.blame_z,
            blame_v: &mut activity.blame_v,
            differences: &mut activity.differences,
            lambda: &mut scratch.lambda,
            by_state: &mut scratch.by_state,
            undropped: &mut scratch.undropped,
        };
        room::fit(&mut scratch.gradients, connections);
        let finite = if self.is_apart(sweep.remembered.len(), blocks) {
            let carried = if sweep.blank { 0 } else { self.plan.deepest };
            let (start, cycles) = (sweep.remembered.start, sweep.remembered.len() + carried);
            sweep.silence(&mut piece);
            let finite = sweep.halves(piece, share(blocks, self.threads));
            let outputs = layouts.outputs.view_before(&activity.outputs, start, carried);
            let blame = layouts.blame.view_before(&activity.blame, start, carried);
            let (wires, rows) = (self.plan.transpose.wires(), 0..layouts.blame.neurons());
            kernel::gradient(wires, (outputs, blame, cycles), rows, &mut scratch.gradients);
            finite
        } else {
            sweep.run(piece, &mut scratch.gradients)
        };
        activity.swept = activity.recorded();
        if finite {
            let ([weights, own @ ..], activity) = (gradients, &*activity);
            let mut of_weights = || self.of_weights(activity, scratch, weights);
            let mut of_own = || self.gradients(activity, own);
            if self.threads > 1 {
                rayon::join(of_weights, of_own);
            } else {
                of_weights();
                of_own();
            }
        }
        finite
    }

    /// Brings what the loss says into lanes; 0 in padding.
    fn take(&self, activity: &Activity, d_outputs: &[f32], given: &mut Vec<Lanes>) {
        let (lanes, count, window) = (activity.lanes, self.network.outputs().len(), activity.window);
        fit(given, activity.blocks() * window * count);
        for (at, rows) in given.chunks_exact_mut(count.max(1)).enumerate() {
            let (block, cycle) = (at / window, at % window);
            for lane in 0..LANES {
                let sample = block * LANES + lane;
                for (output, row) in rows.iter_mut().enumerate() {
                    row[lane] = if sample < lanes { d_outputs[(cycle * lanes + sample) * count + output] } else { 0.0 };
                }
            }
        }
    }

    /// The first blame that is not finite, in the order of the sweep: (cycle of the window, neuron, value).
    pub(super) fn locate(&self, activity: &Activity) -> Option<(usize, NeuronId, f32)> {
        let layout = activity.layouts.blame;
        for cycle in (activity.start..activity.end).rev() {
            for group in self.plan.groups.iter().rev().filter(|group| group.role != Role::Input) {
                for row in group.rows.clone() {
                    for block in 0..activity.blocks() {
                        let values = &activity.blame[layout.row(block, cycle, row)];
                        if let Some(&value) = values.iter().find(|value| !value.is_finite()) {
                            let number = (cycle + activity.window).saturating_sub(activity.end);
                            return Some((number, self.network.id(Row::new(row as u32)), value));
                        }
                    }
                }
            }
        }
        None
    }
}

/// A sweep over the memory of all blocks.
struct Sweep<'a> {
    of: &'a Backward<'a>,
    layouts: Layouts,
    /// All of them.
    blocks: usize,
    remembered: Range<usize>,
    window: usize,
    outputs: &'a [Lanes],
    potentials: &'a [Lanes],
    states: &'a [Lanes],
    normals: &'a [Lanes],
    scales: &'a [Lanes],
    factors: &'a [Lanes],
    dropped: &'a [bool],
    given: &'a [Lanes],
    arranged: &'a [f32],
    /// Whether all that is carried is zero.
    blank: bool,
}

/// The rows of a cycle of one block.
fn of_cycle(rows: &[Lanes], layout: Layout, block: usize, cycle: usize) -> &[Lanes] {
    let at = layout.row(block, cycle, 0);
    &rows[at..at + layout.neurons()]
}

fn of_cycle_mut(rows: &mut [Lanes], layout: Layout, block: usize, cycle: usize) -> &mut [Lanes] {
    let at = layout.row(block, cycle, 0);
    &mut rows[at..at + layout.neurons()]
}

/// `out *= by`, element by element.
fn multiply(out: &mut [f32], by: &[f32]) {
    for (out, by) in out.iter_mut().zip(by) {
        *out *= by;
    }
}

impl Sweep<'_> {
    /// Nobody is blamed for what is carried, nobody hears beyond the end of the window.
    fn silence(&self, piece: &mut Piece<'_>) {
        let (blame, plan) = (self.layouts.blame, self.of.plan);
        let (reach, first) = (plan.deepest * blame.neurons(), blame.base(self.remembered.start));
        let end = blame.base(self.remembered.end);
        let silent = [first - reach..first, end..end + reach];
        for block in piece.blame.chunks_exact_mut(blame.stride().max(1)) {
            for slots in &silent {
                block[slots.clone()].fill(Lanes::ZERO);
            }
        }
    }

    /// All cycles of the blocks, without gradients. Threads own blocks, so that they do not meet before the end; of fewer
    /// blocks than threads they split the rows. Says whether all blame is finite.
    fn halves(&self, piece: Piece<'_>, share: usize) -> bool {
        if piece.blocks > share {
            let half = (piece.blocks / 2).next_multiple_of(share).min(piece.blocks - 1);
            let (one, two) = piece.split(&self.layouts, half);
            let (one, two) = rayon::join(|| self.halves(one, share), || self.halves(two, share));
            return one && two;
        }
        let (mut piece, plan) = (piece, self.of.plan);
        let mut finite = true;
        for cycle in self.remembered.clone().rev() {
            let heard = plan.groups.iter().rev().filter(|group| group.role != Role::Input && !group.rows.is_empty());
            for group in heard {
                let from = self.layouts.blame.view(piece.blame, cycle);
                let into = self.layouts.one.view_mut(piece.lambda, 0);
                let forward = if self.blocks < self.of.threads { kernel::forward_parallel } else { kernel::forward };
                forward(plan.transpose.wires(), self.arranged, from, group.rows.clone(), None, into);
                finite &= self.through_blocks(&mut piece, group, cycle);
            }
        }
        finite
    }

    /// All cycles with their gradients. Threads split the rows inside the kernel and the blocks outside of it, between
    /// them they meet. Says whether all blame is finite.
    fn run(&self, mut piece: Piece<'_>, gradients: &mut [f32]) -> bool {
        let (blame, plan) = (self.layouts.blame, self.of.plan);
        self.silence(&mut piece);
        let mut finite = true;
        for cycle in self.remembered.clone().rev() {
            let store = if cycle + 1 == self.remembered.end { Store::Set } else { Store::Add };
            for group in plan.groups.iter().rev().filter(|group| !group.rows.is_empty()) {
                if group.role == Role::Input {
                    self.hear(&piece, (cycle, 0), group.rows.clone(), None, (store, &mut *gradients));
                    continue;
                }
                for block in 0..piece.blocks {
                    of_cycle_mut(piece.lambda, self.layouts.one, block, 0)[group.rows.clone()].fill(Lanes::ZERO);
                }
                let lambda = std::mem::take(&mut piece.lambda);
                let into = self.layouts.one.view_mut(lambda, 0);
                self.hear(&piece, (cycle, 0), group.rows.clone(), Some(into), (store, &mut *gradients));
                piece.lambda = lambda;
                finite &= self.through_all(piece.all(), group, cycle);
            }
        }
        for ago in 1..=if self.blank { 0 } else { plan.deepest } {
            self.hear(&piece, (self.remembered.start, ago), 0..blame.neurons(), None, (Store::Add, &mut *gradients));
        }
        finite
    }

    /// What the loss says of the outputs of `rows`, some cycles before another, and of their connections.
    fn hear(
        &self,
        piece: &Piece<'_>,
        (cycle, ago): (usize, usize),
        rows: Range<usize>,
        lambda: Option<kernel::ViewMut<'_>>,
        (store, gradients): (Store, &mut [f32]),
    ) {
        let Layouts { outputs, blame, .. } = self.layouts;
        let wires = self.of.plan.transpose.wires();
        let heard = kernel::Heard {
            wires,
            weights: self.arranged,
            outputs: outputs.view_before(self.outputs, cycle, ago),
            blame: blame.view_before(piece.blame, cycle, ago),
        };
        let gradients = &mut gradients[wires.edges(&rows)];
        kernel::backward(heard, rows, lambda, store, gradients);
    }

    fn through_all(&self, mut piece: Piece<'_>, group: &Group, cycle: usize) -> bool {
        let work = WORK_OF_A_UNIT * group.rows.len() * LANES * piece.blocks;
        if piece.blocks > 1 && self.of.threads > 1 && work > WORTH_A_SPLIT {
            let half = piece.blocks / 2;
            let (one, two) = piece.split(&self.layouts, half);
            let (one, two) =
                rayon::join(|| self.through_all(one, group, cycle), || self.through_all(two, group, cycle));
            return one && two;
        }
        self.through_blocks(&mut piece, group, cycle)
    }

    /// From what listeners say to raw potentials, block after block.
    fn through_blocks(&self, piece: &mut Piece<'_>, group: &Group, cycle: usize) -> bool {
        let Layouts { blame, one, .. } = self.layouts;
        let from = blame.view(piece.blame, cycle);
        self.of.plan.dense.backward(&group.rows, self.of.weights, from, one.view_mut(piece.lambda, 0));
        let mut finite = true;
        for block in 0..piece.blocks {
            self.add_given(piece, group, block, cycle);
            finite &= self.through(piece, group, block, cycle);
        }
        finite
    }

    /// Adds to dL / d output what the loss says of it.
    fn add_given(&self, piece: &mut Piece<'_>, group: &Group, block: usize, cycle: usize) {
        let window = self.remembered.end - self.window..self.remembered.end;
        if group.role == Role::Output && window.contains(&cycle) {
            let lambda = &mut of_cycle_mut(piece.lambda, self.layouts.one, block, 0)[group.rows.clone()];
            let at = ((piece.first + block) * self.window + cycle - window.start) * lambda.len();
            let given = &self.given[at..at + lambda.len()];
            let lambda = Lanes::flat_mut(lambda).iter_mut();
            lambda.zip(Lanes::flat(given)).for_each(|(lambda, given)| *lambda += given);
        }
    }

    /// From outputs through units and normalisation to raw potentials. Says whether all is finite.
    fn through(&self, piece: &mut Piece<'_>, group: &Group, block: usize, cycle: usize) -> bool {
        let Layouts { outputs, states, blame, plain, groups, one, lean, .. } = self.layouts;
        let here = piece.first + block;
        let out = of_cycle_mut(piece.blame, blame, block, cycle);
        let lambda = of_cycle(piece.lambda, one, block, 0);
        let fired = of_cycle(self.outputs, outputs, here, cycle);
        // In lean activity every derivative is told by the outputs.
        let z = if lean { fired } else { of_cycle(self.potentials, plain, here, cycle) };
        for run in &group.runs {
            let (rows, unit) = (run.rows.clone(), run.unit);
            let argument = match unit.kind {
                UnitKind::Rate => &z[rows.clone()],
                UnitKind::Leaky => &of_cycle(self.states, states, here, cycle)[rows.clone()],
            };
            let (argument, to) = (Lanes::flat(argument), Lanes::flat_mut(&mut out[rows.clone()]));
            let y = &fired[rows.clone()];
            if self.dropped[cycle] && group.role == Role::Hidden {
                // What was heard is 0 where it was dropped: the output before that is made again.
                let y = Lanes::flat_mut(&mut of_cycle_mut(piece.undropped, one, block, 0)[rows.clone()]);
                unit.activation.apply_f32(argument, y);
                unit.activation.derivative_f32(argument, y, to);
                multiply(to, Lanes::flat(&of_cycle(self.factors, plain, here, cycle)[rows.clone()]));
            } else {
                unit.activation.derivative_f32(argument, Lanes::flat(y), to);
            }
            multiply(to, Lanes::flat(&lambda[rows.clone()]));
            if unit.kind == UnitKind::Leaky {
                let before = &states_before(self.states, states, here, cycle)[rows.clone()];
                let differences = &mut of_cycle_mut(piece.differences, plain, block, cycle)[rows.clone()];
                for ((difference, before), z) in differences.iter_mut().zip(before).zip(&z[rows.clone()]) {
                    *difference = Lanes(std::array::from_fn(|lane| before[lane] - z[lane]));
                }
                let by_v = &mut of_cycle_mut(piece.blame_v, plain, block, cycle)[rows.clone()];
                let by_state = &mut of_cycle_mut(piece.by_state, one, block, 0)[rows.clone()];
                for ((by_v, out), by_state) in by_v.iter_mut().zip(&out[rows.clone()]).zip(by_state.iter()) {
                    *by_v = Lanes(std::array::from_fn(|lane| out[lane] + by_state[lane]));
                }
                by_state.fill(Lanes::ZERO);
                kernel::leak_backward(&self.of.decays[rows.clone()], by_v, by_state, &mut out[rows]);
            }
        }
        let out = &mut out[group.rows.clone()];
        if group.norm != Norm::None {
            of_cycle_mut(piece.blame_z, plain, block, cycle)[group.rows.clone()].copy_from_slice(out);
            let normal = &of_cycle(self.normals, plain, here, cycle)[group.rows.clone()];
            let scale = &self.scales[groups.row(here, cycle, group.order)];
            group.norm.backward(normal, scale, &self.of.parameters[GAIN][group.rows.clone()], out);
        }
        rows_finite(out)
    }
}

/// The states of the cycle before.
fn states_before(rows: &[Lanes], layout: Layout, block: usize, cycle: usize) -> &[Lanes] {
    let now = layout.row(block, cycle, 0);
    &rows[now - layout.neurons()..now]
}
