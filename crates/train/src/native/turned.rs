//! Weights by speaker: while the samples of a stream are mostly zeros, the weights of those who hear nothing but inputs
//! lie speaker by speaker, so that a zero costs nothing.
//!
//! Either these weights count or those of the parameters do: [`Turned::leads`] says which. The results are the same bits,
//! so when they are turned is a matter of speed alone; who reads or writes weights turns them back first
//! ([`Native::turn_back`]), but for a commit that moves no row, which costs what it touches.

#[cfg(test)]
mod tests;

use super::executor::Native;
use super::finite::all_finite;
use super::parameters::WEIGHTS;
use super::plan::Plan;
use livenet_core::kernel::voices::{self, Panels, Voices};
use livenet_core::{Commit, Network};
use std::ops::Range;

/// Samples of mostly zeros after which turning pays, and twice as many are remembered. Chosen, not measured.
const ENOUGH: u32 = 16;

/// A group each of whose neurons hears the same inputs, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Audience {
    /// Who listens.
    pub(super) rows: Range<usize>,
    /// The first whom they hear.
    pub(super) first: usize,
    /// Their connections.
    pub(super) edges: Range<usize>,
}

impl Audience {
    fn panels(&self) -> Panels {
        let listeners = self.rows.len();
        Panels { listeners, speakers: self.edges.len() / listeners.max(1) }
    }
}

#[derive(Clone, Debug, Default)]
struct Block {
    panels: Vec<f32>,
    voices: Voices,
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Turned {
    /// Whether these weights count, and not those of the parameters.
    pub(super) leads: bool,
    /// How much of late was zero: rises with every sample that is mostly so, and falls with every other.
    quiet: u32,
    /// As the plan's audiences.
    blocks: Vec<Block>,
}

impl Turned {
    /// Before a sample is heard: decides how the weights are to lie, and turns them if need be. Weights that are not finite
    /// stay where they are, to be found where they always are.
    pub(super) fn listen(&mut self, plan: &Plan, weights: &mut [f32], inputs: &[f32]) {
        let quiet = voices::mostly_zero(inputs);
        self.quiet = if quiet { (self.quiet + 1).min(2 * ENOUGH) } else { self.quiet.saturating_sub(1) };
        if self.leads && self.quiet == 0 {
            self.back(plan, weights);
        }
        if !self.leads && self.quiet >= ENOUGH && !plan.audiences.is_empty() && plan.silent.is_empty() {
            if plan.audiences.iter().all(|audience| all_finite(&weights[audience.edges.clone()])) {
                self.blocks.resize_with(plan.audiences.len(), Block::default);
                for (block, audience) in self.blocks.iter_mut().zip(&plan.audiences) {
                    audience.panels().turn(&weights[audience.edges.clone()], &mut block.panels);
                }
                self.leads = true;
            } else {
                self.quiet = 0;
            }
        }
        if self.leads {
            for (block, audience) in self.blocks.iter_mut().zip(&plan.audiences) {
                block.voices.listen(&inputs[audience.first..][..audience.panels().speakers]);
            }
        }
    }

    /// Brings the weights back to the parameters, if these lead.
    pub(super) fn back(&mut self, plan: &Plan, weights: &mut [f32]) {
        self.show(plan, weights);
        self.leads = false;
        self.quiet = 0;
    }

    /// The parameters show these weights, which go on leading.
    pub(super) fn show(&self, plan: &Plan, weights: &mut [f32]) {
        if self.leads {
            for (block, audience) in self.blocks.iter().zip(&plan.audiences) {
                audience.panels().turn_back(&block.panels, &mut weights[audience.edges.clone()]);
            }
        }
    }

    fn find(&self, plan: &Plan, rows: &Range<usize>) -> Option<usize> {
        if self.leads { plan.audiences.iter().position(|audience| audience.rows == *rows) } else { None }
    }

    /// Writes the potentials of a group, if its weights lie here.
    pub(super) fn hear(&self, plan: &Plan, rows: &Range<usize>, bias: &[f32], potentials: &mut [f32]) -> bool {
        let Some(at) = self.find(plan, rows) else { return false };
        let (block, of) = (&self.blocks[at], plan.audiences[at].panels());
        voices::hear(of, &block.voices, &block.panels, &bias[rows.clone()], potentials);
        true
    }

    /// One step down the gradient of a group, if its weights lie here; says whether all are finite. At a rate of 0 nothing
    /// is to be done, since nobody blames an input.
    pub(super) fn learn(&mut self, plan: &Plan, rows: &Range<usize>, blame: &[f32], rate: f32) -> Option<bool> {
        let at = self.find(plan, rows)?;
        let (Block { panels, voices }, of) = (&mut self.blocks[at], plan.audiences[at].panels());
        Some(rate == 0.0 || voices::learn(of, voices, &blame[rows.clone()], rate, panels))
    }

    /// The block in which a connection's weight lies, and where.
    fn place(&mut self, plan: &Plan, row: u32) -> Option<&mut f32> {
        let row = row as usize;
        let at = plan.audiences.iter().position(|audience| audience.edges.contains(&row))?;
        let (audience, of) = (&plan.audiences[at], plan.audiences[at].panels());
        let within = row - audience.edges.start;
        Some(&mut self.blocks[at].panels[of.place(within / of.speakers, within % of.speakers)])
    }

    /// Before a commit that moves no row: brings to the parameters what it reads.
    pub(super) fn precede(&mut self, plan: &Plan, commit: &Commit, weights: &mut [f32]) {
        if self.leads {
            let read = commit.weights.iter().flat_map(|(_, expr)| &expr.terms);
            for &(row, _) in read.chain(commit.params.iter().flat_map(|(_, expr)| &expr.folds)) {
                if let Some(place) = self.place(plan, row) {
                    weights[row as usize] = *place;
                }
            }
        }
    }

    /// After it: takes over what it wrote.
    pub(super) fn follow(&mut self, plan: &Plan, commit: &Commit, weights: &mut [f32]) {
        if !self.leads {
            return;
        }
        let mut finite = true;
        let born = if let livenet_core::Moves::Touched { born, .. } = &commit.synapses { born.as_slice() } else { &[] };
        for &row in commit.weights.iter().map(|(row, _)| row).chain(born) {
            let weight = weights[row as usize];
            if let Some(place) = self.place(plan, row) {
                *place = weight;
                finite &= weight.is_finite();
            }
        }
        if !finite || !plan.silent.is_empty() {
            self.back(plan, weights);
        }
    }
}

impl Native {
    /// Brings all weights to the parameters.
    pub(super) fn turn_back(&mut self) {
        let Self { plan, record, parameters, .. } = self;
        record.turned.back(plan, &mut parameters[WEIGHTS]);
    }
}

/// The audiences among these groups: of whom every connection is known to be one of a run.
pub(super) fn audiences(plan: &Plan, network: &Network) -> Vec<Audience> {
    let (offsets, inputs) = (network.offsets(), network.inputs().end as usize);
    let mut buffer = Vec::new();
    let audience = |group: &super::plan::Group| {
        let rows = group.rows.clone();
        let edges = |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
        let mut heard = |row: usize| {
            let sources = plan.sources.of(network, row, &mut buffer);
            (sources.first().copied(), sources.len())
        };
        let first = rows.clone().next()?;
        let (speaker, count) = heard(first);
        let speaker = speaker?;
        let alike = rows.clone().all(|row| plan.runs[row] && heard(row) == (Some(speaker), count));
        let edges = edges(first).start..edges(rows.end - 1).end;
        let speaker = usize::try_from(speaker).ok()?;
        (alike && speaker + count <= inputs).then_some(Audience { rows, first: speaker, edges })
    };
    plan.groups.iter().filter_map(audience).collect()
}
