//! Vacancies: synaptic elements that are not connected, and connections that no element holds.

use livenet_core::{Network, Role, Row};

/// The side of a connection that an element is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Axonal: boutons of the heard.
    Pre,
    /// Dendritic: spines of the listener.
    Post,
}

/// How many elements a neuron has to spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// None at all, and none is missing: it takes no part on this side.
    Closed,
    /// One at a time, and another one as soon as that is taken.
    Always,
    /// ⌊z⌋ less the connected; negative when connections must go.
    Count(i64),
}

impl Spare {
    /// How much it weighs in a draw.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Closed => 0.0,
            Self::Always => 1.0,
            Self::Count(count) => count.max(0) as f64,
        }
    }

    /// How many connections must go.
    pub(super) fn overdue(self) -> usize {
        if let Self::Count(count) = self { usize::try_from(count.saturating_neg()).unwrap_or(0) } else { 0 }
    }

    fn shift(&mut self, by: i64) {
        if let Self::Count(count) = self {
            *count += by;
        }
    }
}

/// The vacancies of every neuron on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Vacancies {
    pub(super) pre: Vec<Spare>,
    pub(super) post: Vec<Spare>,
}

impl Vacancies {
    /// On a side.
    pub(super) fn of(&self, side: Side, row: u32) -> Spare {
        let of = match side {
            Side::Pre => &self.pre,
            Side::Post => &self.post,
        };
        of.get(row as usize).copied().unwrap_or(Spare::Closed)
    }

    /// A connection went: both halves are vacant.
    pub(super) fn part(&mut self, (post, pre): (u32, u32)) {
        self.post[post as usize].shift(1);
        self.pre[pre as usize].shift(1);
    }

    /// A connection came: both halves are taken.
    pub(super) fn join(&mut self, (post, pre): (u32, u32)) {
        self.post[post as usize].shift(-1);
        self.pre[pre as usize].shift(-1);
    }
}

/// Whether two neurons may be paired as far as their roles go: one of them must be short of elements, so no input with an output.
pub(super) fn may_pair(network: &Network, post: u32, pre: u32) -> bool {
    post != pre && !(network.role(Row::new(post)) == Role::Output && network.role(Row::new(pre)) == Role::Input)
}
