//! Reach: whom a neuron may listen to.
//!
//! A compact rule per fire group, or a neuron's own list; never a table of pairs. Candidates come
//! out as ranges of rows, which is what the kernels that score absent connections want.

use crate::{FireGroup, GroupId, Network, NeuronId, NeuronSpec, Neurons, Role, Row};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// Whom the neurons of a fire group may listen to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// The groups whose members may be heard.
    pub groups: Vec<GroupId>,
    /// Only those within this Euclidean distance, if given.
    pub within: Option<f32>,
    /// Connections may carry delays `0..=max_delay`.
    pub max_delay: u16,
    /// Whether a neuron may listen to itself.
    pub itself: bool,
}

impl Reach {
    /// Nobody: no connection can grow here (those there stay).
    pub const fn nobody() -> Self {
        Self { groups: Vec::new(), within: None, max_delay: 0, itself: false }
    }

    /// The members of these groups, at any distance, without delay, themselves included.
    pub fn groups(groups: impl IntoIterator<Item = GroupId>) -> Self {
        Self { groups: groups.into_iter().collect(), within: None, max_delay: 0, itself: true }
    }

    /// The same with delays up to `max_delay` cycles.
    #[must_use]
    pub fn with_max_delay(mut self, max_delay: u16) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// The same within a distance.
    #[must_use]
    pub fn within(mut self, radius: f32) -> Self {
        self.within = Some(radius);
        self
    }

    /// The same without self-connections.
    #[must_use]
    pub fn without_itself(mut self) -> Self {
        self.itself = false;
        self
    }
}

/// The one test of reach: may `post` listen to `pre` with this delay? Inputs listen to nobody.
pub(crate) fn allows(
    group: &FireGroup,
    post: (NeuronId, &NeuronSpec),
    pre: (NeuronId, &NeuronSpec),
    delay: u16,
) -> bool {
    let reach = &group.reach;
    if group.role == Role::Input || delay > reach.max_delay {
        return false;
    }
    match &post.1.listens_to {
        Some(list) => list.contains(&pre.0),
        None => {
            reach.groups.contains(&pre.1.group)
                && (reach.itself || pre.0 != post.0)
                && reach.within.is_none_or(|radius| near(post.1, pre.1, radius))
        }
    }
}

fn near(a: &NeuronSpec, b: &NeuronSpec, radius: f32) -> bool {
    let (dx, dy) = (a.position[0] - b.position[0], a.position[1] - b.position[1]);
    dx * dx + dy * dy <= radius * radius
}

impl Network {
    /// Whether `post` may listen to `pre` with this delay. Inputs listen to nobody.
    pub fn may_listen(&self, post: Row<Neurons>, pre: Row<Neurons>, delay: u16) -> bool {
        let spec = self.spec(post);
        allows(self.group(spec.group), (self.id(post), spec), (self.id(pre), self.spec(pre)), delay)
    }

    /// Calls `visit` with the ranges of rows that `post` may listen to, in ascending order; neighbouring groups come apart, and a range may be empty.
    /// Pairs that are already connected are included: the caller knows its own exclusions.
    pub fn reach_of(&self, post: Row<Neurons>, visit: &mut dyn FnMut(Range<u32>)) {
        let spec = self.spec(post);
        let group = self.group(spec.group);
        if group.role == Role::Input {
            return;
        }
        if let Some(list) = &spec.listens_to {
            let mut rows: Vec<u32> = list.iter().filter_map(|&id| self.row(id)).map(Row::get).collect();
            rows.sort_unstable();
            rows.dedup();
            for row in rows {
                visit(row..row + 1);
            }
            return;
        }
        // Mostly they ascend as they were given: whoever looks at every listener should not have to copy.
        let mut heard = Cow::Borrowed(&group.reach.groups);
        if !heard.is_sorted_by(|one, next| one < next) {
            let heard = heard.to_mut();
            heard.sort_unstable();
            heard.dedup();
        }
        for &pre_group in heard.iter() {
            if pre_group.index() >= self.groups().len() {
                continue;
            }
            let range = self.members(pre_group);
            match group.reach.within {
                None if group.reach.itself || !range.contains(&post.get()) => visit(range),
                None => {
                    visit(range.start..post.get());
                    visit(post.get() + 1..range.end);
                }
                Some(radius) => {
                    for row in range {
                        let pre = Row::new(row);
                        if (group.reach.itself || pre != post) && near(spec, self.spec(pre), radius) {
                            visit(row..row + 1);
                        }
                    }
                }
            }
        }
    }

    /// The number of (listener, heard) pairs that the reach of every neuron allows, whatever the delay.
    pub fn reachable_pairs(&self) -> u64 {
        let mut pairs = 0;
        for post in 0..self.neuron_count() as u32 {
            self.reach_of(Row::new(post), &mut |range| pairs += u64::from(range.end.saturating_sub(range.start)));
        }
        pairs
    }
}
