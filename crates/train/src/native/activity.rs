//! Activity: what every neuron did in the cycles that are remembered, and the state before them.
//!
//! One buffer per quantity, each `[block][cycle][neuron][16 lanes]`. Recorded cycles are numbered from 0, behind
//! `depth` carried ones; those from `start` to `end` are the memory, the last `depth` before `end` the state.
//! A window opens by moving what is kept to the front, so nothing moves between windows, and a commit or a
//! reset costs no copy. Padding lanes repeat the last true lane, so they are finite when it is; their blame is 0.

use super::shape::Shape;
use livenet_core::Commit;
use livenet_core::Moves;
use livenet_core::kernel::{LANES, Lanes, Layout};
use livenet_core::room;

/// The layouts of the buffers, for some number of cycles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layouts {
    /// Outputs: carried cycles, then recorded ones.
    pub(super) outputs: Layout,
    /// States: one carried cycle, then recorded ones.
    pub(super) states: Layout,
    /// Blame: recorded cycles, then silent ones.
    pub(super) blame: Layout,
    /// Potentials: recorded cycles, or a single one.
    pub(super) potentials: Layout,
    /// Everything else that a neuron has per cycle.
    pub(super) plain: Layout,
    /// Factors of normalised groups.
    pub(super) groups: Layout,
    /// A single cycle.
    pub(super) one: Layout,
    /// As in [`Shape`].
    pub(super) lean: bool,
}

impl Layouts {
    pub(super) fn new(shape: Shape, room: usize) -> Self {
        Self {
            outputs: Layout::history(shape.neurons, shape.depth, room),
            states: Layout::history(shape.neurons, 1, room),
            blame: Layout::blame(shape.neurons, shape.depth, room),
            potentials: Layout::plain(shape.neurons, if shape.lean { 1 } else { room }),
            plain: Layout::plain(shape.neurons, room),
            groups: Layout::plain(shape.groups, room),
            one: Layout::plain(shape.neurons, 1),
            lean: shape.lean,
        }
    }
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub(super) shape: Shape,
    pub(super) lanes: usize,
    /// Cycles that the buffers can record.
    pub(super) room: usize,
    /// The first remembered cycle.
    pub(super) start: usize,
    /// One past the last recorded cycle.
    pub(super) end: usize,
    /// Cycles of the last window, the last of those remembered.
    pub(super) window: usize,
    /// Remembered cycles that the last sweep went back over; 0 if there is no blame.
    pub(super) swept: usize,
    /// Whether all that is carried is zero.
    pub(super) blank: bool,
    pub(super) layouts: Layouts,
    pub(super) outputs: Vec<Lanes>,
    /// z: after normalisation, gain and bias.
    pub(super) potentials: Vec<Lanes>,
    /// v of leaky units; empty if there are none.
    pub(super) states: Vec<Lanes>,
    /// Normal values, before the gain; empty if no group normalises. `scales` likewise, by group.
    pub(super) normals: Vec<Lanes>,
    pub(super) scales: Vec<Lanes>,
    /// What the dropout leaves of the blame; empty until there is any.
    pub(super) factors: Vec<Lanes>,
    /// Which recorded cycles had dropout.
    pub(super) dropped: Vec<bool>,
    /// dL / d raw potential.
    pub(super) blame: Vec<Lanes>,
    /// dL / d z and dL / d v where they differ from it; empty where none does.
    pub(super) blame_z: Vec<Lanes>,
    pub(super) blame_v: Vec<Lanes>,
    /// v before less z, of leaky units.
    pub(super) differences: Vec<Lanes>,
}

fn fit(rows: &mut Vec<Lanes>, len: usize) {
    rows.clear();
    room::fit(rows, len);
}

impl Activity {
    pub(super) fn new(shape: Shape, lanes: usize) -> Self {
        Self::with_room(shape, lanes, 0)
    }

    /// All zero, with place for so many cycles.
    pub(super) fn with_room(shape: Shape, lanes: usize, room: usize) -> Self {
        let mut new = Self {
            shape,
            lanes,
            room,
            start: 0,
            end: 0,
            window: 0,
            swept: 0,
            blank: true,
            layouts: Layouts::new(shape, 0),
            outputs: Vec::new(),
            potentials: Vec::new(),
            states: Vec::new(),
            normals: Vec::new(),
            scales: Vec::new(),
            factors: Vec::new(),
            dropped: Vec::new(),
            blame: Vec::new(),
            blame_z: Vec::new(),
            blame_v: Vec::new(),
            differences: Vec::new(),
        };
        new.allot();
        new
    }

    pub(super) fn blocks(&self) -> usize {
        Lanes::blocks(self.lanes)
    }

    /// True lanes of a block.
    pub(super) fn lanes_of(&self, block: usize) -> usize {
        (self.lanes - block * LANES).min(LANES)
    }

    /// Remembered cycles.
    pub(super) fn recorded(&self) -> usize {
        self.end - self.start
    }

    /// Makes all buffers anew for the present shape, lanes and room, zero.
    fn allot(&mut self) {
        self.layouts = Layouts::new(self.shape, self.room);
        let (layouts, blocks) = (self.layouts, self.blocks());
        let some = |wanted: bool, layout: Layout| if wanted { layout.len(blocks) } else { 0 };
        let Shape { leaky, normalises, .. } = self.shape;
        fit(&mut self.outputs, layouts.outputs.len(blocks));
        fit(&mut self.potentials, layouts.potentials.len(blocks));
        fit(&mut self.states, some(leaky, layouts.states));
        fit(&mut self.normals, some(normalises, layouts.plain));
        fit(&mut self.scales, some(normalises, layouts.groups));
        // What sweeps write is allotted when the first one comes.
        for rows in [&mut self.factors, &mut self.blame, &mut self.blame_z, &mut self.blame_v, &mut self.differences] {
            rows.clear();
        }
        self.dropped.clear();
        self.dropped.resize(self.room, false);
        (self.start, self.end, self.window, self.swept, self.blank) = (0, 0, 0, 0, true);
    }

    /// All zero, nothing remembered.
    pub(super) fn reset(&mut self) {
        if !self.blank {
            let carried = self.shape.depth * self.shape.neurons;
            for block in self.outputs.chunks_exact_mut(self.layouts.outputs.stride().max(1)) {
                block[..carried].fill(Lanes::ZERO);
            }
            for block in self.states.chunks_exact_mut(self.layouts.states.stride().max(1)) {
                block[..self.shape.neurons].fill(Lanes::ZERO);
            }
            self.blank = true;
        }
        (self.start, self.end, self.window, self.swept) = (0, 0, 0, 0);
    }

    /// Forgets all but the state.
    pub(super) fn forget(&mut self) {
        (self.start, self.window, self.swept) = (self.end, 0, 0);
    }

    /// Makes place for a window of `cycles` in a memory of `memory` cycles; the new ones are recorded from `end`
    /// on. Another number of lanes starts from zero.
    pub(super) fn open(&mut self, lanes: usize, cycles: usize, memory: usize) {
        let room = memory.max(cycles);
        if lanes != self.lanes {
            (self.lanes, self.room) = (lanes, self.room.max(room));
            self.allot();
        }
        let kept = self.recorded().min(room - cycles);
        if self.room < room {
            self.enlarge(room, kept);
        } else if self.end > kept {
            self.shift(kept);
        }
        self.swept = 0;
        self.window = self.window.min(kept);
    }

    /// The rows of a block from `cycles` carried before the kept ones on.
    pub(super) fn kept(&self, layout: Layout, kept: usize) -> std::ops::Range<usize> {
        let from = (self.end - kept) * layout.neurons();
        let carried = layout.base(0);
        from..from + carried + kept * layout.neurons()
    }

    /// Moves the last `kept` cycles, with the carried ones before them, to the front.
    fn shift(&mut self, kept: usize) {
        let Layouts { outputs, states, plain, groups, .. } = self.layouts;
        let of_potentials = if self.shape.lean { 0..0 } else { self.kept(plain, kept) };
        let ranges = [outputs, states, plain, groups].map(|layout| self.kept(layout, kept));
        let [of_outputs, of_states, of_plain, of_groups] = ranges;
        let buffers = [
            (&mut self.outputs, outputs, of_outputs),
            (&mut self.states, states, of_states),
            (&mut self.potentials, self.layouts.potentials, of_potentials),
            (&mut self.normals, plain, of_plain.clone()),
            (&mut self.factors, plain, of_plain),
            (&mut self.scales, groups, of_groups),
        ];
        for (rows, layout, range) in buffers {
            for block in rows.chunks_exact_mut(layout.stride().max(1)) {
                block.copy_within(range.clone(), 0);
            }
        }
        self.dropped.copy_within(self.end - kept..self.end, 0);
        (self.start, self.end, self.blank) = (0, kept, false);
    }

    /// The same into larger buffers.
    fn enlarge(&mut self, room: usize, kept: usize) {
        let mut next = Self::with_room(self.shape, self.lanes, room);
        if !self.factors.is_empty() {
            next.allot_factors();
        }
        let pairs = [
            (&self.outputs, &mut next.outputs, self.layouts.outputs, next.layouts.outputs),
            (&self.states, &mut next.states, self.layouts.states, next.layouts.states),
            (&self.normals, &mut next.normals, self.layouts.plain, next.layouts.plain),
            (&self.factors, &mut next.factors, self.layouts.plain, next.layouts.plain),
            (&self.scales, &mut next.scales, self.layouts.groups, next.layouts.groups),
        ];
        let potentials = (&self.potentials, &mut next.potentials, self.layouts.plain, next.layouts.plain);
        let potentials = Some(potentials).filter(|_| !self.shape.lean);
        for (from, to, old, new) in pairs.into_iter().chain(potentials) {
            let range = self.kept(old, kept);
            if old.stride() == 0 {
                continue;
            }
            for (from, to) in from.chunks_exact(old.stride()).zip(to.chunks_exact_mut(new.stride())) {
                to[..range.len()].copy_from_slice(&from[range.clone()]);
            }
        }
        next.dropped[..kept].copy_from_slice(&self.dropped[self.end - kept..self.end]);
        (next.end, next.window, next.blank) = (kept, self.window, self.blank && self.end == 0);
        *self = next;
    }

    /// Makes place for factors of the dropout, 1 in what was recorded without.
    pub(super) fn allot_factors(&mut self) {
        if self.factors.is_empty() {
            self.factors.resize(self.layouts.plain.len(self.blocks()), Lanes::all(1.0));
        }
    }

    /// Makes place for what a sweep back writes.
    pub(super) fn allot_blame(&mut self) {
        let (blocks, layouts) = (self.blocks(), self.layouts);
        let place = |rows: &mut Vec<Lanes>, wanted: bool, layout: Layout| {
            if wanted && rows.is_empty() {
                rows.resize(layout.len(blocks), Lanes::ZERO);
            }
        };
        place(&mut self.blame, true, layouts.blame);
        place(&mut self.blame_z, self.shape.normalises, layouts.plain);
        place(&mut self.blame_v, self.shape.leaky, layouts.plain);
        place(&mut self.differences, self.shape.leaky, layouts.plain);
    }

    /// The output row of a neuron, so many cycles before the next one (1: the last).
    pub(super) fn past(&self, block: usize, ago: usize, neuron: usize) -> &Lanes {
        // Counted from the first carried cycle.
        let slot = self.shape.depth + self.end - ago;
        &self.outputs[block * self.layouts.outputs.stride() + slot * self.shape.neurons + neuron]
    }

    /// The present state of a neuron's unit.
    pub(super) fn state(&self, block: usize, neuron: usize) -> &Lanes {
        &self.states[block * self.layouts.states.stride() + self.end * self.shape.neurons + neuron]
    }

    /// Sets the state from one before it: nothing is remembered afterwards. `output(block, ago, neuron)` and
    /// `state(block, neuron)` give the rows.
    pub(super) fn fill(
        &mut self,
        output: impl Fn(usize, usize, usize) -> Lanes,
        state: impl Fn(usize, usize) -> Lanes,
    ) {
        let Shape { neurons, depth, leaky, .. } = self.shape;
        for block in 0..self.blocks() {
            let stride = self.layouts.outputs.stride();
            let rows = &mut self.outputs[block * stride..block * stride + depth * neurons];
            for (slot, rows) in rows.chunks_exact_mut(neurons.max(1)).enumerate() {
                for (neuron, row) in rows.iter_mut().enumerate() {
                    *row = output(block, depth - slot, neuron);
                }
            }
            if leaky {
                let stride = self.layouts.states.stride();
                for (neuron, row) in self.states[block * stride..block * stride + neurons].iter_mut().enumerate() {
                    *row = state(block, neuron);
                }
            }
        }
        self.blank = false;
    }

    /// Takes the state along with a commit; nothing is remembered afterwards. Daughters start with a copy of
    /// their mothers' state, other newborns with zeros; units that keep none have 0.
    pub(super) fn follow(&mut self, shape: Shape, commit: &Commit, is_leaky: impl Fn(usize) -> bool) {
        let Moves::Remap(from) = &commit.neurons else {
            self.forget();
            if shape != self.shape {
                // The first unit that keeps a state came, or the last one went.
                self.retake(shape, Some, is_leaky);
            }
            for newborn in &commit.newborns {
                self.silence(newborn.row as usize);
            }
            return;
        };
        let mut origin: Vec<Option<usize>> = from.rows().map(|old| old.map(|old| old as usize)).collect();
        for newborn in &commit.newborns {
            origin[newborn.row as usize] = newborn.state_of.map(|mother| mother as usize);
        }
        self.retake(shape, |neuron| origin[neuron], is_leaky);
    }

    /// The same state in another shape, each neuron from where `origin` says.
    fn retake(&mut self, shape: Shape, origin: impl Fn(usize) -> Option<usize>, is_leaky: impl Fn(usize) -> bool) {
        if self.blank && self.end == 0 {
            self.shape = shape;
            return self.allot();
        }
        let (old, blocks) = (self.shape, 0..self.blocks());
        let Shape { neurons, depth, leaky, .. } = old;
        let mut outputs = Vec::with_capacity(depth * neurons * blocks.len());
        let mut states = Vec::with_capacity(if leaky { neurons * blocks.len() } else { 0 });
        for block in blocks {
            let at = block * self.layouts.outputs.stride() + self.end * neurons;
            outputs.extend_from_slice(&self.outputs[at..at + depth * neurons]);
            if leaky {
                let at = block * self.layouts.states.stride() + self.end * neurons;
                states.extend_from_slice(&self.states[at..at + neurons]);
            }
        }
        self.shape = shape;
        self.allot();
        self.fill(
            |block, ago, neuron| {
                origin(neuron).map_or(Lanes::ZERO, |before| outputs[(block * depth + depth - ago) * neurons + before])
            },
            |block, neuron| match origin(neuron).filter(|_| leaky && is_leaky(neuron)) {
                Some(before) => states[block * neurons + before],
                None => Lanes::ZERO,
            },
        );
    }

    /// Zeroes all states of a neuron whose unit keeps none any more.
    pub(super) fn calm(&mut self, neuron: usize) {
        for rows in self.states.chunks_exact_mut(self.shape.neurons.max(1)) {
            rows[neuron] = Lanes::ZERO;
        }
    }

    /// Zeroes the state of a neuron, past outputs included.
    fn silence(&mut self, neuron: usize) {
        let (states, outputs) = (self.layouts.states.stride(), self.layouts.outputs.stride());
        for block in self.states.chunks_exact_mut(states.max(1)) {
            block[self.end * self.shape.neurons + neuron] = Lanes::ZERO;
        }
        for block in self.outputs.chunks_exact_mut(outputs.max(1)) {
            for slot in self.end..self.end + self.shape.depth {
                block[slot * self.shape.neurons + neuron] = Lanes::ZERO;
            }
        }
    }
}
