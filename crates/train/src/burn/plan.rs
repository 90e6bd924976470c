//! The plan: a network's rows sorted into what tensor operations want.
//!
//! A fire group's members are consecutive rows, so its activity is one tensor `[lane][member]`. The
//! connections into a group fall into blocks by (heard group, lag): each becomes one matrix, or, where
//! it is so sparse that a matrix would be mostly zeros, one gather and one segment sum. A plan holds host
//! numbers only; [`Plan::indices`] are uploaded once and passed beside it.

use livenet_core::{Network, Norm, Role, Row, Unit};
use std::{collections::BTreeMap, ops::Range};

/// When a block is a matrix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Density {
    /// With at most this many cells, always: the number of operations counts there, not their size.
    pub small: usize,
    /// With at most this many cells per connection: on burn's CPU device a message costs about as much as
    /// that many multiply-adds of a matrix product.
    pub cells: usize,
}

impl Default for Density {
    fn default() -> Self {
        Self { small: 1 << 14, cells: 64 }
    }
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// How many neurons.
    pub neurons: usize,
    /// How many connections, silent ones included.
    pub synapses: usize,
    /// How many connections contribute.
    pub active: usize,
    /// The section that is read by the loss.
    pub output: usize,
    /// One per fire group.
    pub sections: Vec<Section>,
    /// 1 at silent connections, 0 elsewhere; empty if there is none.
    pub silent: Vec<f32>,
    /// Who learns, per connection and per neuron; empty where all do.
    pub free: [Vec<bool>; 2],
    /// What goes to the device; blocks and shares name their entries.
    pub indices: Vec<Vec<i32>>,
}

/// A fire group.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its rows.
    pub members: Range<usize>,
    /// What it is for.
    pub role: Role,
    /// How its potentials are normalised.
    pub norm: Norm,
    /// Its members by unit.
    pub shares: Vec<Share>,
    /// Whether the members' outputs, share after share, must be put back into row order by the index
    /// entry named here.
    pub order: Option<usize>,
    /// The connections that its members listen through.
    pub blocks: Vec<Block>,
}

/// Members of a group that compute alike.
#[derive(Clone, Debug)]
pub(super) struct Share {
    /// How they compute.
    pub unit: Unit,
    /// Which they are, counted within the group.
    pub members: Vec<i32>,
    /// The index entry with the same, unless they are the whole group.
    pub at: Option<usize>,
}

/// The connections of one group to one heard group with one lag.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The heard section.
    pub pre: usize,
    /// Cycles between firing and being heard.
    pub lag: usize,
    /// The index entry with the connections' rows.
    pub rows: usize,
    /// How it is summed.
    pub form: Form,
}

/// How a block is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As a matrix `[listener][heard]`; the index entry says which cell each connection has.
    Matrix {
        /// `listener * heard members + heard`, both counted within their groups.
        cells: usize,
    },
    /// Connection by connection.
    Segments {
        /// The index entry with the heard members.
        pres: usize,
        /// The index entry with the listening members.
        posts: usize,
    },
}

/// Connections of one block on the way to an index entry.
#[derive(Default)]
struct Ends {
    rows: Vec<i32>,
    pres: Vec<i32>,
    posts: Vec<i32>,
}

impl Section {
    /// How many members.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }
    /// Whether some member keeps a state.
    pub(super) fn has_state(&self) -> bool {
        self.shares.iter().any(|share| share.unit.kind.states() > 0)
    }
}

impl Plan {
    /// The plan of a network as it is.
    pub(super) fn new(network: &Network, density: Density) -> Self {
        let mut indices = Vec::new();
        let mut sections: Vec<Section> = Vec::with_capacity(network.groups().len());
        for id in network.group_ids() {
            let group = network.group(id);
            let rows = network.members(id);
            let members = rows.start as usize..rows.end as usize;
            let shares = if group.role == Role::Input { Vec::new() } else { shares(network, &members) };
            let mut section =
                Section { members, role: group.role, norm: group.norm, shares, order: None, blocks: Vec::new() };
            if section.shares.len() > 1 {
                section.order = Some(indices.len());
                indices.push(back_to_rows(&section.shares, section.len()));
                for share in &mut section.shares {
                    share.at = Some(indices.len());
                    indices.push(share.members.clone());
                }
            }
            for ((pre, lag), ends) in ends(network, &section.members) {
                let heard = network.members(livenet_core::GroupId::new(pre as u16)).len();
                let rows = indices.len();
                let cells = section.len() * heard;
                let form = if cells <= density.small || cells <= density.cells * ends.rows.len() {
                    let cells =
                        ends.posts.iter().zip(&ends.pres).map(|(post, pre)| post * heard as i32 + pre).collect();
                    indices.extend([ends.rows, cells]);
                    Form::Matrix { cells: rows + 1 }
                } else {
                    indices.extend([ends.rows, ends.pres, ends.posts]);
                    Form::Segments { pres: rows + 1, posts: rows + 2 }
                };
                section.blocks.push(Block { pre, lag, rows, form });
            }
            sections.push(section);
        }
        let silent = if network.active_count() < network.synapse_count() {
            network.marks().iter().map(|marks| f32::from(u8::from(marks.is_silent()))).collect()
        } else {
            Vec::new()
        };
        Self {
            neurons: network.neuron_count(),
            synapses: network.synapse_count(),
            active: network.active_count(),
            output: sections
                .iter()
                .position(|section| section.role == Role::Output)
                .expect("a network has an output group"),
            sections,
            silent,
            free: free(network),
            indices,
        }
    }

    /// How many neurons are clamped to the data.
    pub(super) fn input_count(&self) -> usize {
        self.sections[0].len()
    }
    /// How many neurons the loss reads.
    pub(super) fn output_count(&self) -> usize {
        self.sections[self.output].len()
    }
}

/// Who learns: frozen connections do not, nor do the connections and the own parameters of frozen neurons.
fn free(network: &Network) -> [Vec<bool>; 2] {
    let neurons: Vec<bool> = network.neuron_rows().map(|row| !network.is_frozen(row)).collect();
    let of_post = network.neuron_rows().flat_map(|post| network.incoming(post).map(move |_| post.index()));
    let synapses: Vec<bool> =
        network.marks().iter().zip(of_post).map(|(marks, post)| neurons[post] && !marks.is_frozen()).collect();
    [synapses, neurons].map(|free| if free.iter().all(|&free| free) { Vec::new() } else { free })
}

/// The members of a group by unit, in the order of their first member.
fn shares(network: &Network, members: &Range<usize>) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for (at, row) in members.clone().enumerate() {
        let unit = network.spec(Row::new(row as u32)).unit;
        match shares.iter_mut().find(|share| share.unit == unit) {
            Some(share) => share.members.push(at as i32),
            None => shares.push(Share { unit, members: vec![at as i32], at: None }),
        }
    }
    shares
}

/// For each member, where its output stands when shares are laid end to end.
fn back_to_rows(shares: &[Share], count: usize) -> Vec<i32> {
    let mut order = vec![0; count];
    for (at, &member) in shares.iter().flat_map(|share| &share.members).enumerate() {
        order[member as usize] = at as i32;
    }
    order
}

/// The connections of a group's members by (heard group, lag), in row order within each.
fn ends(network: &Network, members: &Range<usize>) -> BTreeMap<(usize, usize), Ends> {
    let mut blocks: BTreeMap<(usize, usize), Ends> = BTreeMap::new();
    for post in members.clone() {
        let listener = Row::new(post as u32);
        for row in network.incoming(listener) {
            let pre = Row::new(network.pres()[row]);
            let group = network.spec(pre).group;
            let lag = network.lag(listener, Row::new(row as u32)) as usize;
            let ends = blocks.entry((group.index(), lag)).or_default();
            ends.rows.push(row as i32);
            ends.pres.push((pre.get() - network.members(group).start) as i32);
            ends.posts.push((post - members.start) as i32);
        }
    }
    blocks
}
