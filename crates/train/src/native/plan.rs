//! The plan: what kernels need of the structure, made anew by structural commits only.
//!
//! Invariant: it belongs to one epoch; renewals and changes of values, marks or units mend it in place.

use super::dense::Dense;
use super::shape::Shape;
use super::sources::Sources;
use super::turned::{Audience, audiences};
use livenet_core::kernel::{Gather, Layout, Transpose, solo::Solo};
use livenet_core::{
    Commit, Epoch, ExecError, GroupId, Mark, Marks, Move, Network, Norm, Role, Row, Scope, Unit, UnitKind,
};
use std::ops::Range;

/// Neighbours in a fire group with the same unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) rows: Range<usize>,
    pub(super) unit: Unit,
}

/// A fire group as sweeps see it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// Its place in the order of firing.
    pub(super) order: usize,
    pub(super) rows: Range<usize>,
    pub(super) role: Role,
    pub(super) norm: Norm,
    pub(super) runs: Vec<Run>,
}

impl Group {
    fn new(network: &Network, id: GroupId) -> Self {
        let (group, members) = (network.group(id), network.members(id));
        let mut runs: Vec<Run> = Vec::new();
        for row in members.clone() {
            let (unit, at) = (network.spec(Row::new(row)).unit, row as usize);
            match runs.last_mut() {
                Some(run) if run.unit == unit => run.rows.end = at + 1,
                _ => runs.push(Run { rows: at..at + 1, unit }),
            }
        }
        Self {
            order: id.index(),
            rows: members.start as usize..members.end as usize,
            role: group.role,
            norm: group.norm,
            runs,
        }
    }
}

/// Who does not learn.
#[derive(Clone, Debug)]
pub(super) struct Frozen {
    pub(super) synapses: Vec<bool>,
    pub(super) neurons: Vec<bool>,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) epoch: Epoch,
    pub(super) groups: Vec<Group>,
    pub(super) sources: Sources,
    pub(super) transpose: Transpose,
    /// Rows of silent connections, ascending.
    pub(super) silent: Vec<u32>,
    /// `None` when everybody learns.
    pub(super) frozen: Option<Frozen>,
    pub(super) leaky: bool,
    /// Whether outputs alone tell all derivatives.
    pub(super) told: bool,
    pub(super) normalises: bool,
    /// Past cycles that the state holds.
    pub(super) depth: usize,
    pub(super) dense: Dense,
    /// Rows whose sources are consecutive.
    pub(super) runs: Vec<bool>,
    /// Groups whose weights may lie by speaker.
    pub(super) audiences: Vec<Audience>,
    /// The largest lag of any connection.
    pub(super) deepest: usize,
}

impl Plan {
    pub(super) fn new(network: &Network) -> Self {
        let mut plan = Self {
            epoch: network.epoch(),
            groups: Vec::new(),
            sources: Sources::default(),
            transpose: Transpose::default(),
            silent: Vec::new(),
            frozen: None,
            leaky: false,
            told: false,
            normalises: false,
            depth: 0,
            dense: Dense::default(),
            runs: Vec::new(),
            audiences: Vec::new(),
            deepest: 0,
        };
        plan.rebuild(network);
        plan
    }

    /// Anew from the network.
    pub(super) fn rebuild(&mut self, network: &Network) {
        self.sources.rebuild(network);
        self.settle(network);
    }

    /// After a structural commit.
    pub(super) fn follow(&mut self, network: &Network, commit: &Commit) {
        self.sources.follow(network, commit);
        self.settle(network);
    }

    /// All but where connections read.
    fn settle(&mut self, network: &Network) {
        self.epoch = network.epoch();
        self.depth = livenet_core::ExecutorSettings::state_cycles(network);
        self.groups.clear();
        self.groups.extend(network.group_ids().map(|id| Group::new(network, id)));
        self.normalises = self.groups.iter().any(|group| group.norm != Norm::None);
        self.find_units();
        let layout = Layout::plain(network.neuron_count(), 1);
        self.runs.clear();
        let mut buffer = Vec::new();
        let run = |row| Solo::is_run(self.sources.of(network, row, &mut buffer));
        self.runs.extend((0..network.neuron_count()).map(run));
        self.audiences = audiences(self, network);
        self.deepest = self.sources.deepest(network);
        self.dense.find(&self.groups, network, &self.sources);
        let wires = self.dense.rest(network, &self.sources);
        self.transpose.rebuild(wires, network.pres(), layout);
        self.silent.clear();
        if !network.marks().is_plain() {
            self.silent.extend((0..).zip(network.marks()).filter(|(_, marks)| marks.is_silent()).map(|(row, _)| row));
        }
        self.find_frozen(network);
    }

    fn find_units(&mut self) {
        let units = || self.groups.iter().flat_map(|group| &group.runs).map(|run| run.unit);
        self.leaky = units().any(|unit| unit.kind == UnitKind::Leaky);
        self.told = !self.leaky && !self.normalises && units().all(|unit| unit.activation.is_told_by_output());
    }

    fn find_frozen(&mut self, network: &Network) {
        let any = !network.marks().is_plain() && network.marks().iter().any(|marks| marks.is_frozen())
            || network.neuron_rows().any(|row| network.is_frozen(row));
        self.frozen = any.then(|| {
            let neurons: Vec<bool> = network.neuron_rows().map(|row| network.is_frozen(row)).collect();
            let mut synapses: Vec<bool> = network.marks().iter().map(|marks| marks.is_frozen()).collect();
            for row in network.neuron_rows().filter(|row| neurons[row.index()]) {
                synapses[network.incoming(row)].fill(true);
            }
            Frozen { synapses, neurons }
        });
    }

    /// After a commit that moved no row: mends what it touched. The retuned neurons are told to `retuned`.
    pub(super) fn touch(&mut self, network: &Network, commit: &Commit, mut retuned: impl FnMut(usize)) {
        if !(network.marks().is_plain() && self.silent.is_empty() && self.frozen.is_none()) {
            for (row, _) in &commit.weights {
                self.mend_synapse(network, *row);
            }
        }
        for newborn in &commit.newborns {
            self.mend_neuron(network, newborn.row);
        }
        for proposal in &commit.proposals {
            match &proposal.what {
                Move::Mark { at: Scope::Synapse(at), .. } => {
                    if let Some(row) = network.synapse_row(*at) {
                        self.mend_synapse(network, row.get());
                    }
                }
                Move::Mark { at: Scope::Neuron(id), mark: Mark::Frozen | Mark::Free } => {
                    if let Some(row) = network.row(*id) {
                        self.mend_neuron(network, row.get());
                    }
                }
                Move::Retune { neuron, .. } => {
                    if let Some(row) = network.row(*neuron) {
                        let id = network.spec(row).group;
                        self.groups[id.index()] = Group::new(network, id);
                        self.find_units();
                        retuned(row.index());
                    }
                }
                _ => {}
            }
        }
    }

    fn mend_synapse(&mut self, network: &Network, row: u32) {
        let marks = network.marks()[row as usize];
        if marks == Marks::default() && self.silent.is_empty() && self.frozen.is_none() {
            return;
        }
        match (self.silent.binary_search(&row), marks.is_silent()) {
            (Err(at), true) => self.silent.insert(at, row),
            (Ok(at), false) => {
                self.silent.remove(at);
            }
            _ => {}
        }
        let frozen = marks.is_frozen() || network.is_frozen(network.post_of(Row::new(row)));
        match &mut self.frozen {
            Some(all) => all.synapses[row as usize] = frozen,
            None if frozen => self.find_frozen(network),
            None => {}
        }
    }

    fn mend_neuron(&mut self, network: &Network, row: u32) {
        let row = Row::new(row);
        match &mut self.frozen {
            Some(all) => all.neurons[row.index()] = network.is_frozen(row),
            None if network.is_frozen(row) => return self.find_frozen(network),
            None => return,
        }
        for synapse in network.incoming(row) {
            self.mend_synapse(network, synapse as u32);
        }
    }

    /// All connections by listener.
    pub(super) fn wires<'a>(&'a self, network: &'a Network) -> Gather<'a> {
        self.sources.wires(network)
    }

    /// Those that are in no dense block.
    pub(super) fn sparse<'a>(&'a self, network: &'a Network) -> Gather<'a> {
        self.dense.rest(network, &self.sources)
    }

    /// What a buffer of activity needs to know.
    pub(super) fn shape(&self, neurons: usize) -> Shape {
        Shape {
            neurons,
            groups: self.groups.len(),
            depth: self.depth,
            leaky: self.leaky,
            normalises: self.normalises,
            lean: false,
        }
    }

    /// Whether offsets of rows fit their types.
    pub(super) fn supports(network: &Network) -> Result<(), ExecError> {
        let depth = livenet_core::ExecutorSettings::state_cycles(network);
        let rows = depth.saturating_mul(network.neuron_count());
        if u16::try_from(depth).is_ok() && i32::try_from(rows).is_ok() {
            return Ok(());
        }
        Err(ExecError::Unsupported {
            executor: "native",
            what: match network.neuron_count() {
                0 => format!("delays of {} cycles", depth - 1),
                neurons => format!("delays of {} cycles among {neurons} neurons", depth - 1),
            },
            mend: "lower the largest delay in reach".to_owned(),
        })
    }
}
