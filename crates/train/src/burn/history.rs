//! What is remembered: the recorded cycles, and the state before them.
//!
//! One queue of cycles, oldest first. The last `tape` of them are the memory that a gradient reaches;
//! those before are state, of which only outputs and the states of units matter. What lies before the
//! oldest counts as zero.

use super::{
    activation::to_host,
    plan::Plan,
    window::{Cycle, Fired},
};
use burn::tensor::{Int, Tensor, TensorData, backend::Backend};
use livenet_core::{Commit, ExecutorSettings, Moves, Network, Row};
use std::{collections::VecDeque, ops::Range};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct History<I: Backend> {
    pub lanes: usize,
    pub cycles: VecDeque<Cycle<I>>,
    /// How many of the cycles are recorded.
    pub tape: usize,
    /// How many of those are the last window.
    pub window: usize,
}

/// Which value of a group.
#[derive(Clone, Copy, Debug)]
enum Pick {
    Output,
    State,
}

impl Pick {
    fn of<I: Backend>(self, fired: &Fired<I>) -> Option<&Tensor<I, 2>> {
        match self {
            Self::Output => Some(&fired.output),
            Self::State => fired.state.as_ref(),
        }
    }
}

/// A value of all neurons, `[lane][neuron]`, zero where there is none. `None` without neurons.
fn whole<I: Backend>(
    plan: &Plan,
    cycle: &Cycle<I>,
    lanes: usize,
    device: &I::Device,
    pick: Pick,
) -> Option<Tensor<I, 2>> {
    let parts: Vec<Tensor<I, 2>> = plan
        .sections
        .iter()
        .zip(cycle)
        .filter(|(section, _)| section.len() > 0)
        .map(|(section, fired)| {
            let value = fired.as_ref().and_then(|fired| pick.of(fired)).cloned();
            value.unwrap_or_else(|| Tensor::zeros([lanes, section.len()], device))
        })
        .collect();
    (!parts.is_empty()).then(|| Tensor::cat(parts, 1))
}

/// The outputs of all neurons, `[lane][neuron]`.
pub(super) fn outputs<I: Backend>(
    plan: &Plan,
    cycle: &Cycle<I>,
    lanes: usize,
    device: &I::Device,
) -> Option<Tensor<I, 2>> {
    whole(plan, cycle, lanes, device, Pick::Output)
}

/// A cycle of which only outputs and states are known. Each is made for the members of a group on its own:
/// a view into a tensor of all neurons would be multiplied in another order than what firing made.
fn cycle_of<I: Backend>(
    plan: &Plan,
    outputs: &impl Fn(Range<usize>) -> Tensor<I, 2>,
    states: Option<&impl Fn(Range<usize>) -> Tensor<I, 2>>,
) -> Cycle<I> {
    let fired = plan.sections.iter().map(|section| {
        let state = states.filter(|_| section.has_state()).map(|states| states(section.members.clone()));
        (section.len() > 0).then(|| Fired { output: outputs(section.members.clone()), state, inside: None })
    });
    fired.collect()
}

impl<I: Backend> History<I> {
    /// Nothing yet: all zero.
    pub(super) fn new(lanes: usize) -> Self {
        Self { lanes, cycles: VecDeque::new(), tape: 0, window: 0 }
    }

    /// Forgets all but the last `tape` recorded cycles; those become state, of which `state` cycles are kept.
    pub(super) fn keep(&mut self, tape: usize, state: usize) {
        let tape = self.tape.min(tape);
        let past = self.cycles.len() - tape;
        for cycle in self.cycles.range_mut(past - (self.tape - tape)..past) {
            cycle.iter_mut().flatten().for_each(|fired| fired.inside = None);
        }
        self.cycles.drain(..past.saturating_sub(state));
        (self.tape, self.window) = (tape, self.window.min(tape));
    }

    /// The recorded cycles.
    pub(super) fn recorded(&self) -> std::collections::vec_deque::Iter<'_, Cycle<I>> {
        self.cycles.range(self.cycles.len() - self.tape..)
    }

    /// What a group said `lag` cycles before recorded cycle `t`; `None` is zero.
    pub(super) fn heard(&self, t: usize, lag: usize, section: usize) -> Option<&Tensor<I, 2>> {
        let at = (self.cycles.len() - self.tape + t).checked_sub(lag)?;
        self.cycles[at][section].as_ref().map(|fired| &fired.output)
    }

    /// Takes the state along with a commit. The memory ends.
    pub(super) fn follow(
        &mut self,
        before: &Plan,
        after: &Plan,
        network: &Network,
        commit: &Commit,
        device: &I::Device,
    ) {
        self.keep(0, ExecutorSettings::state_cycles(network));
        if !commit.is_structural() && commit.newborns.is_empty() && commit.retuned.is_empty() {
            return;
        }
        let zero = before.neurons as i32;
        let mut from: Vec<i32> = match &commit.neurons {
            Moves::Remap(from) => from.rows().map(|old| old.map_or(zero, |old| old as i32)).collect(),
            Moves::Touched { .. } => (0..zero).collect(),
        };
        for newborn in &commit.newborns {
            from[newborn.row as usize] = newborn.state_of.map_or(zero, |mother| mother as i32);
        }
        let leaky = |(row, &old): (usize, &i32)| {
            let keeps = network.spec(Row::new(row as u32)).unit.kind.states() > 0;
            if keeps { old } else { zero }
        };
        let from_state: Vec<i32> = from.iter().enumerate().map(leaky).collect();
        let silence = Tensor::zeros([self.lanes, 1], device);
        let (last, lanes) = (self.cycles.len().saturating_sub(1), self.lanes);
        let moved = |cycle: &Cycle<I>, from: &[i32], pick: Pick| {
            let parts = whole(before, cycle, lanes, device, pick).into_iter().chain([silence.clone()]).collect();
            let (from, old) = (from.to_vec(), Tensor::cat(parts, 1));
            move |members: Range<usize>| {
                let rows = TensorData::new(from[members.clone()].to_vec(), [members.len()]);
                old.clone().select(1, Tensor::<I, 1, Int>::from_data(rows, &old.device()))
            }
        };
        for (at, cycle) in self.cycles.iter_mut().enumerate() {
            let states = (at == last).then(|| moved(cycle, &from_state, Pick::State));
            *cycle = cycle_of(after, &moved(cycle, &from, Pick::Output), states.as_ref());
        }
    }

    /// `[cycles ago - 1][neuron][lane]` of outputs for that many cycles, and `[neuron][lane]` of unit states.
    pub(super) fn export(&self, plan: &Plan, state_cycles: usize, device: &I::Device) -> (Vec<Vec<f32>>, Vec<f32>) {
        let rows = |cycle: Option<&Cycle<I>>, pick: Pick| {
            let value = cycle.and_then(|cycle| whole(plan, cycle, self.lanes, device, pick));
            value.map_or_else(|| vec![0.0; plan.neurons * self.lanes], |value| to_host(value.transpose()))
        };
        let ago = |ago: usize| self.cycles.len().checked_sub(ago).map(|at| &self.cycles[at]);
        ((1..=state_cycles).map(|cycles| rows(ago(cycles), Pick::Output)).collect(), rows(ago(1), Pick::State))
    }

    /// The same backwards.
    pub(super) fn import(plan: &Plan, lanes: usize, outputs: &[Vec<f32>], states: &[f32], device: &I::Device) -> Self {
        let of = |rows: &[f32]| {
            let (rows, device) = (rows.to_vec(), device.clone());
            move |members: Range<usize>| {
                let values = (0..lanes)
                    .flat_map(|lane| members.clone().map(move |row| (row, lane)))
                    .map(|(row, lane)| rows[row * lanes + lane]);
                Tensor::<I, 2>::from_data(
                    TensorData::new(values.collect::<Vec<f32>>(), [lanes, members.len()]),
                    &device,
                )
            }
        };
        let cycles = outputs
            .iter()
            .enumerate()
            .rev()
            .map(|(ago, rows)| cycle_of(plan, &of(rows), (ago == 0).then(|| of(states)).as_ref()));
        Self { lanes, cycles: cycles.collect(), tape: 0, window: 0 }
    }
}
