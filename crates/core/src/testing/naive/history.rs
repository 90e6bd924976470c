//! What is remembered: the recorded cycles, and the state before them.

use super::forward::is_leaky;
use crate::{ExecutorSettings, Moves, Network};
use std::collections::VecDeque;

/// A value per neuron and lane, `[neuron][lane]`.
pub(super) type Rows = Vec<Vec<f64>>;

/// One recorded cycle.
#[derive(Clone, Debug)]
pub(super) struct Cycle {
    /// Normalised potential, before gain and bias.
    pub normal: Rows,
    /// The factor of the normalisation, `[group][lane]`.
    pub scale: Rows,
    /// Potential after gain and bias, z.
    pub potential: Rows,
    /// The v of leaky units, else 0.
    pub state: Rows,
    /// What the dropout leaves of the blame.
    pub factor: Rows,
    /// What listeners hear.
    pub output: Rows,
}

/// The memory and the state before it.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub lanes: usize,
    /// Outputs before the recorded cycles, oldest first; always as many as the state holds.
    pub past: VecDeque<Rows>,
    /// Unit states before the recorded cycles.
    pub before: Rows,
    /// The recorded cycles, oldest first.
    pub tape: Vec<Cycle>,
    /// How many of them are the last window.
    pub window: usize,
}

impl History {
    pub(super) fn new(network: &Network, lanes: usize) -> Self {
        let zeros = vec![vec![0.0; lanes]; network.neuron_count()];
        let past = vec![zeros.clone(); ExecutorSettings::state_cycles(network)].into();
        Self { lanes, past, before: zeros, tape: Vec::new(), window: 0 }
    }

    pub(super) fn reset(&mut self) {
        self.keep(0);
        for row in self.past.iter_mut().flatten().chain(&mut self.before) {
            row.fill(0.0);
        }
    }

    /// Opens a new cycle.
    pub(super) fn open(&mut self, network: &Network) -> &mut Cycle {
        let blank = |value: f64, count: usize| vec![vec![value; self.lanes]; count];
        let n = network.neuron_count();
        self.tape.push(Cycle {
            normal: blank(0.0, n),
            scale: blank(1.0, network.groups().len()),
            potential: blank(0.0, n),
            state: blank(0.0, n),
            factor: blank(1.0, n),
            output: blank(0.0, n),
        });
        self.tape.last_mut().expect("it was just pushed")
    }

    /// The outputs `lag` cycles before recorded cycle `t`.
    pub(super) fn output(&self, t: usize, lag: u32) -> &Rows {
        let lag = lag as usize;
        if lag <= t { &self.tape[t - lag].output } else { &self.past[self.past.len() + t - lag] }
    }

    /// The unit states before recorded cycle `t`.
    pub(super) fn state(&self, t: usize) -> &Rows {
        if t == 0 { &self.before } else { &self.tape[t - 1].state }
    }

    /// Forgets all but the last `cycles` recorded ones: they become state.
    pub(super) fn keep(&mut self, cycles: usize) {
        for cycle in self.tape.drain(..self.tape.len().saturating_sub(cycles)) {
            self.past.push_back(cycle.output);
            self.past.pop_front();
            self.before = cycle.state;
        }
        self.window = self.window.min(cycles);
    }

    /// Takes the state along with a commit. The memory ends.
    pub(super) fn follow(&mut self, after: &Network, commit: &crate::Commit) {
        self.keep(0);
        let silence = vec![0.0; self.lanes];
        for rows in self.past.iter_mut().chain([&mut self.before]) {
            let old = rows.clone();
            if let Moves::Remap(from) = &commit.neurons {
                let row = |before: Option<u32>| before.map_or_else(|| silence.clone(), |row| old[row as usize].clone());
                *rows = from.rows().map(row).collect();
            }
            for newborn in &commit.newborns {
                rows[newborn.row as usize] =
                    newborn.state_of.map_or_else(|| silence.clone(), |mother| old[mother as usize].clone());
            }
        }
        for row in after.neuron_rows().filter(|&row| !is_leaky(after, row)) {
            self.before[row.index()].fill(0.0);
        }
    }
}
