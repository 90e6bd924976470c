//! The structure: who is there, in which order they fire, who listens to whom.
//!
//! Reading is free, writing happens in [`Network::commit`] and nowhere else. Weights live with the
//! executors; a network is names, rows, specifications and marks.

use crate::{
    Births, Epoch, FireGroup, GroupId, NeuronId, NeuronSpec, Neurons, Origin, Rare, Role, Row, Schedule, Synapse,
    Synapses, name::ByName,
};
use std::{ops::Range, sync::OnceLock};

/// Marks on a connection, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Marks(pub(crate) u8);

impl Marks {
    pub(crate) const SILENT: u8 = 1;
    pub(crate) const FROZEN: u8 = 2;

    /// Keeps its weight, contributes nothing.
    pub const fn is_silent(self) -> bool {
        self.0 & Self::SILENT != 0
    }
    /// Does not learn.
    pub const fn is_frozen(self) -> bool {
        self.0 & Self::FROZEN != 0
    }
}

/// A neuron as the network keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Neuron {
    pub id: NeuronId,
    pub spec: NeuronSpec,
    pub origin: Origin,
    pub born: u64,
    pub frozen: bool,
}

/// The transpose: for each heard neuron, its listeners in row order.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    pub(crate) offsets: Vec<u32>,
    pub(crate) post: Vec<u32>,
    pub(crate) synapse: Vec<u32>,
}

impl Outgoing {
    /// First entry of each heard neuron, and one past the last: `[neuron + 1]`.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }
    /// The listener's row per entry.
    pub fn posts(&self) -> &[u32] {
        &self.post
    }
    /// The connection's row per entry.
    pub fn synapses(&self) -> &[u32] {
        &self.synapse
    }
}

/// The structure of a living network. See the [module](self).
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) epoch: Epoch,
    pub(crate) revision: u64,
    pub(crate) schedule: Schedule,
    pub(crate) groups: Vec<FireGroup>,
    pub(crate) births: Births,
    pub(crate) neurons: Vec<Neuron>,
    pub(crate) group_start: Vec<u32>,
    pub(crate) rows: ByName<u32>,
    /// The rows of neurons with a list of their own, ascending.
    pub(crate) listers: Vec<u32>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) pre: Vec<u32>,
    pub(crate) delay: Rare<u16>,
    pub(crate) marks: Rare<Marks>,
    pub(crate) outgoing: OnceLock<Outgoing>,
}

/// Why a network cannot begin like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// There must be an input group, and it fires first.
    #[error("the first fire group must have the role `input`; found {found:?}")]
    FirstIsNotInput {
        /// The role found, if any group was given.
        found: Option<Role>,
    },
    /// Only one group may be clamped to the data, and one read by the loss.
    #[error("exactly one group must have the role {role:?}; found {found}")]
    RoleCount {
        /// Which role.
        role: Role,
        /// How many groups have it.
        found: usize,
    },
    /// Group numbers are 16 bits wide.
    #[error("{found} fire groups; at most 65535 are possible")]
    TooManyGroups {
        /// How many were given.
        found: usize,
    },
}

impl Network {
    /// An empty network with these fire groups, in their order of firing. The first is the input
    /// group, and exactly one is the output group.
    ///
    /// # Errors
    /// [`NetworkError`] when the roles do not fit.
    pub fn new(groups: Vec<FireGroup>, schedule: Schedule) -> Result<Self, NetworkError> {
        if groups.len() > usize::from(u16::MAX) {
            return Err(NetworkError::TooManyGroups { found: groups.len() });
        }
        let first = groups.first().map(|group| group.role);
        if first != Some(Role::Input) {
            return Err(NetworkError::FirstIsNotInput { found: first });
        }
        for role in [Role::Input, Role::Output] {
            let found = groups.iter().filter(|group| group.role == role).count();
            if found != 1 {
                return Err(NetworkError::RoleCount { role, found });
            }
        }
        Ok(Self {
            epoch: Epoch::default(),
            revision: 0,
            schedule,
            group_start: vec![0; groups.len() + 1],
            groups,
            births: Births::default(),
            neurons: Vec::new(),
            rows: ByName::default(),
            listers: Vec::new(),
            offsets: vec![0],
            pre: Vec::new(),
            delay: Rare::default(),
            marks: Rare::default(),
            outgoing: OnceLock::new(),
        })
    }

    /// The same network drawing its births from a register shared with others. Names that are taken here are
    /// taken there from now on.
    #[must_use]
    pub fn with_births(mut self, births: Births) -> Self {
        self.births = births;
        if let Some(last) = self.neurons.iter().map(|neuron| neuron.id).max() {
            self.births.reserve(last);
        }
        self
    }

    /// The current epoch: rows are valid until it changes.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
    /// The number of commits so far, of both kinds.
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// Who hears whom when.
    pub fn schedule(&self) -> Schedule {
        self.schedule
    }
    /// The register of births.
    pub fn births(&self) -> &Births {
        &self.births
    }
    /// The fire groups in their order.
    pub fn groups(&self) -> &[FireGroup] {
        &self.groups
    }
    /// One fire group.
    #[track_caller]
    pub fn group(&self, id: GroupId) -> &FireGroup {
        &self.groups[id.index()]
    }
    /// The names of all groups, in order.
    pub fn group_ids(&self) -> impl Iterator<Item = GroupId> + use<> {
        (0..self.groups.len() as u16).map(GroupId::new)
    }
    /// The rows of a group's members.
    #[track_caller]
    pub fn members(&self, group: GroupId) -> Range<u32> {
        self.group_start[group.index()]..self.group_start[group.index() + 1]
    }
    /// The rows of the input neurons; position in the range = feature.
    pub fn inputs(&self) -> Range<u32> {
        self.members(GroupId::new(0))
    }
    /// The rows of the output neurons; position in the range = output.
    pub fn outputs(&self) -> Range<u32> {
        let at = self.groups.iter().position(|group| group.role == Role::Output).expect("checked in `new`");
        self.members(GroupId::new(at as u16))
    }
    /// How many neurons there are.
    pub fn neuron_count(&self) -> usize {
        self.neurons.len()
    }
    /// How many connections there are, silent ones included.
    pub fn synapse_count(&self) -> usize {
        self.pre.len()
    }
    /// How many connections contribute.
    pub fn active_count(&self) -> usize {
        let silent =
            if self.marks.is_plain() { 0 } else { self.marks.iter().filter(|marks| marks.is_silent()).count() };
        self.synapse_count() - silent
    }
    /// All pairs of consecutive groups: what a dense network of this size would have.
    pub fn dense_count(&self) -> u64 {
        self.group_start.windows(3).map(|w| u64::from(w[1] - w[0]) * u64::from(w[2] - w[1])).sum()
    }

    /// The row of a name, if it is alive.
    pub fn row(&self, id: NeuronId) -> Option<Row<Neurons>> {
        self.rows.get(&id).map(|&row| Row::new(row))
    }
    /// The name at a row.
    #[track_caller]
    pub fn id(&self, row: Row<Neurons>) -> NeuronId {
        self.neurons[row.index()].id
    }
    /// What the neuron at a row is.
    #[track_caller]
    pub fn spec(&self, row: Row<Neurons>) -> &NeuronSpec {
        &self.neurons[row.index()].spec
    }
    /// The role of the neuron at a row.
    #[track_caller]
    pub fn role(&self, row: Row<Neurons>) -> Role {
        self.group(self.spec(row).group).role
    }
    /// Where the neuron at a row comes from.
    #[track_caller]
    pub fn origin(&self, row: Row<Neurons>) -> Origin {
        self.neurons[row.index()].origin
    }
    /// The step at which the neuron at a row was born.
    #[track_caller]
    pub fn born(&self, row: Row<Neurons>) -> u64 {
        self.neurons[row.index()].born
    }
    /// Whether the neuron's parameters and incoming weights are exempt from learning.
    #[track_caller]
    pub fn is_frozen(&self, row: Row<Neurons>) -> bool {
        self.neurons[row.index()].frozen
    }
    /// All rows of neurons.
    pub fn neuron_rows(&self) -> impl Iterator<Item = Row<Neurons>> + use<> {
        (0..self.neurons.len() as u32).map(Row::new)
    }

    /// CSR offsets: the connections of neuron row `i` are rows `offsets[i]..offsets[i + 1]`.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }
    /// The heard neuron's row per connection.
    pub fn pres(&self) -> &[u32] {
        &self.pre
    }
    /// The delay per connection.
    pub fn delays(&self) -> &Rare<u16> {
        &self.delay
    }
    /// The marks per connection.
    pub fn marks(&self) -> &Rare<Marks> {
        &self.marks
    }
    /// The rows of the connections through which a neuron listens.
    #[track_caller]
    pub fn incoming(&self, post: Row<Neurons>) -> Range<usize> {
        self.offsets[post.index()] as usize..self.offsets[post.index() + 1] as usize
    }
    /// The transpose, made on first use after a structural commit.
    pub fn outgoing(&self) -> &Outgoing {
        self.outgoing.get_or_init(|| {
            let n = self.neurons.len();
            let mut offsets = vec![0u32; n + 1];
            for &pre in &self.pre {
                offsets[pre as usize + 1] += 1;
            }
            for i in 0..n {
                offsets[i + 1] += offsets[i];
            }
            let mut next = offsets.clone();
            let (mut post, mut synapse) = (vec![0; self.pre.len()], vec![0; self.pre.len()]);
            for listener in 0..n {
                for row in self.offsets[listener]..self.offsets[listener + 1] {
                    let slot = &mut next[self.pre[row as usize] as usize];
                    post[*slot as usize] = listener as u32;
                    synapse[*slot as usize] = row;
                    *slot += 1;
                }
            }
            Outgoing { offsets, post, synapse }
        })
    }
    /// The entries of [`Network::outgoing`] that belong to a heard neuron, as (listener's row,
    /// connection's row).
    pub fn listeners(&self, pre: Row<Neurons>) -> impl Iterator<Item = (Row<Neurons>, Row<Synapses>)> + '_ {
        let out = self.outgoing();
        let range = out.offsets[pre.index()] as usize..out.offsets[pre.index() + 1] as usize;
        range.map(move |at| (Row::new(out.post[at]), Row::new(out.synapse[at])))
    }

    /// The row of a connection, if it is there.
    pub fn synapse_row(&self, at: Synapse) -> Option<Row<Synapses>> {
        let (post, pre) = (self.row(at.post)?, self.row(at.pre)?);
        let range = self.incoming(post);
        let found = self.pre[range.clone()].binary_search(&pre.get()).ok()?;
        Some(Row::new((range.start + found) as u32))
    }
    /// The listener of a connection.
    #[track_caller]
    pub fn post_of(&self, row: Row<Synapses>) -> Row<Neurons> {
        assert!(row.index() < self.pre.len(), "{row:?} of {} connections", self.pre.len());
        Row::new(self.offsets.partition_point(|&start| start <= row.get()) as u32 - 1)
    }
    /// The name of a connection.
    #[track_caller]
    pub fn synapse(&self, row: Row<Synapses>) -> Synapse {
        Synapse::new(self.id(self.post_of(row)), self.id(Row::new(self.pre[row.index()])))
    }
    /// Every connection in row order, with its name.
    pub fn synapses(&self) -> impl Iterator<Item = (Row<Synapses>, Synapse)> + '_ {
        self.neuron_rows().flat_map(move |post| {
            self.incoming(post)
                .map(move |row| (Row::new(row as u32), Synapse::new(self.id(post), self.id(Row::new(self.pre[row])))))
        })
    }
    /// Cycles between firing and being heard, per connection: schedule and delay together.
    pub fn lag(&self, post: Row<Neurons>, synapse: Row<Synapses>) -> u32 {
        let pre = Row::new(self.pre[synapse.index()]);
        self.schedule.lag(self.spec(pre).group, self.spec(post).group, self.delay[synapse.index()])
    }
    /// The largest lag of any connection: how many past cycles the state must hold.
    pub fn depth(&self) -> u32 {
        self.neuron_rows()
            .flat_map(|post| self.incoming(post).map(move |row| self.lag(post, Row::new(row as u32))))
            .max()
            .unwrap_or(0)
    }
}
