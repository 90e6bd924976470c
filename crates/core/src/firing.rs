//! The order of firing: fire groups, schedules, and the one function that says how late a
//! connection is heard.
//!
//! One cycle goes through the fire groups in order. Each group is *primed* (every member reads the
//! outputs of its connections), then *fired*. So a connection from an earlier group carries this
//! cycle's value, one from the same group or a later one the previous cycle's. Nothing but
//! [`Schedule::lag`] knows this rule.

use crate::{Norm, Reach, Unit};
use serde::{Deserialize, Serialize};

/// The position of a fire group in the order of firing. Group 0 holds the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(u16);

impl GroupId {
    /// The group that fires as number `order`.
    pub const fn new(order: u16) -> Self {
        Self(order)
    }
    /// The position in the order of firing.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What the members of a fire group are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Clamped to the data: outputs are the sample's features, in row order. Hears nobody.
    Input,
    /// Free to be born, to divide and to die.
    Hidden,
    /// Read by the loss, in row order. Never removed.
    Output,
}

/// A fire group: an order of firing, never a limit on wiring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FireGroup {
    /// A name for people.
    pub name: String,
    /// What its members are for.
    pub role: Role,
    /// The unit that a neuron of this group gets unless its own specification says otherwise.
    pub unit: Unit,
    /// Normalisation of the members' potentials.
    pub norm: Norm,
    /// Whom its members may listen to, unless a member has a list of its own.
    pub reach: Reach,
}

/// Who hears whom in which cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Group after group within one cycle: earlier groups are heard at once, the rest a cycle later.
    #[default]
    Grouped,
    /// All at once: every hop costs a cycle, the inputs' too.
    Synchronous,
    /// The inputs are heard at once, everybody else a cycle later.
    InputsFirst,
}

impl Schedule {
    /// The cycles between the firing of a neuron in group `pre` and its being heard by one in group
    /// `post` over a connection with this `delay`. The only place that knows the rule.
    pub const fn lag(self, pre: GroupId, post: GroupId, delay: u16) -> u32 {
        let own = match self {
            Self::Grouped => (pre.0 >= post.0) as u32,
            Self::Synchronous => 1,
            Self::InputsFirst => (pre.0 != 0) as u32,
        };
        own + delay as u32
    }
}

/// What a neuron is, apart from its name, its weights and its connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeuronSpec {
    /// The fire group it belongs to. Fixed for life.
    pub group: GroupId,
    /// How it computes.
    pub unit: Unit,
    /// The bias it is born with.
    pub bias: f32,
    /// The decay that a leaky unit is born with, in (0, 1).
    pub decay: f32,
    /// Where it stands, for reach by distance and for pictures.
    pub position: [f32; 2],
    /// A list of its own of whom it may listen to; `None` follows the group's [`Reach`].
    pub listens_to: Option<std::sync::Arc<[crate::NeuronId]>>,
}

impl NeuronSpec {
    /// A neuron of `group` with the group's unit, no bias, decay 0.9, at the origin.
    pub fn of(group: GroupId, unit: Unit) -> Self {
        Self { group, unit, bias: 0.0, decay: 0.9, position: [0.0; 2], listens_to: None }
    }
}
