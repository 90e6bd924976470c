//! Where a neuron stands in its cycle.

use livenet_core::{Commit, Network, Origin};
use serde::{Deserialize, Serialize};

/// A phase of the cycle. Mitosis itself is the commit, and takes no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// At rest: old enough, but nothing asks for it to divide, or it is not one that could.
    G0,
    /// It grows and saves, until it passes the restriction point.
    #[default]
    G1,
    /// It makes its copy, and cannot be stopped but by damage.
    S,
    /// The copy is made; what is found good divides at once, what is not goes back to [`Phase::G1`]. A division that a
    /// budget cut waits here.
    G2,
}

/// The cycle of one neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) phase: Phase,
    /// The step at which it entered [`Phase::S`].
    pub(super) committed: u64,
    /// The step of its birth, or of its last division.
    pub(super) born: u64,
    /// Divisions of its line up to now: a daughter has as many behind her as her mother.
    pub(super) divisions: u32,
}

/// The cycles of all neurons, by row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cells {
    pub(super) of: Vec<Cell>,
    /// How many went back from [`Phase::G2`] without dividing.
    pub(super) aborted: u64,
}

impl Cell {
    fn newborn(step: u64) -> Self {
        Self { born: step, ..Self::default() }
    }

    /// Steps since birth or division.
    pub(super) fn age(&self, step: u64) -> u64 {
        step.saturating_sub(self.born)
    }

    /// Whether it is past the restriction point.
    pub(super) fn is_committed(&self) -> bool {
        matches!(self.phase, Phase::S | Phase::G2)
    }
}

impl Cells {
    /// Takes in a network that is seen for the first time.
    pub(super) fn see(&mut self, network: &Network) {
        if self.of.len() != network.neuron_count() {
            self.of = network.neuron_rows().map(|row| Cell::newborn(network.born(row))).collect();
        }
    }

    /// Moves with a commit, whoever proposed it: who divided begins anew, and so does the daughter.
    pub(super) fn follow(&mut self, after: &Network, commit: &Commit) {
        if self.of.is_empty() {
            return;
        }
        commit.neurons.carry(&mut self.of, Cell::newborn(commit.step));
        // By name is by birth: a mother that is herself newborn has her cycle before her daughter.
        let mut newborns: Vec<_> = commit.newborns.iter().collect();
        newborns.sort_by_key(|newborn| newborn.id);
        for newborn in newborns {
            let Origin::DivisionOf(mother) = newborn.origin else { continue };
            let Some(mother) = after.row(mother) else { continue };
            let divisions = self.of[mother.index()].divisions.saturating_add(1);
            let anew = Cell { divisions, ..Cell::newborn(commit.step) };
            self.of[mother.index()] = anew;
            self.of[newborn.row as usize] = anew;
        }
    }
}
