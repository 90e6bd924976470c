//! A cradle: a hidden fire group in which a neuron could be born, whom it would hear there, and who would hear it.
//!
//! A newborn has no row yet, so its reach is that of its group, where it would stand. All its connections are without delay;
//! those from its own group and from later ones lag as the schedule says.

use livenet_core::{GroupId, Network, NeuronSpec, Neurons, Role, Row};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Cradle<'n> {
    network: &'n Network,
    /// What would be born.
    pub(crate) spec: NeuronSpec,
}

impl<'n> Cradle<'n> {
    /// The cradle of a group, in the middle of its members; of an empty group, in the middle of those whom its members may
    /// hear.
    pub(crate) fn of(network: &'n Network, group: GroupId) -> Self {
        let mut spec = NeuronSpec::of(group, network.group(group).unit);
        let around: Vec<Row<Neurons>> = if network.members(group).is_empty() {
            let heard = &network.group(group).reach.groups;
            network.neuron_rows().filter(|&row| heard.contains(&network.spec(row).group)).collect()
        } else {
            network.members(group).map(Row::new).collect()
        };
        if !around.is_empty() {
            spec.position = middle(network, &around);
        }
        Self { network, spec }
    }

    /// The cradle of a group between two neurons.
    pub(crate) fn between(network: &'n Network, group: GroupId, pair: [Row<Neurons>; 2]) -> Self {
        let mut spec = NeuronSpec::of(group, network.group(group).unit);
        spec.position = middle(network, &pair);
        Self { network, spec }
    }

    /// The cradle beside a neuron: in its place, and with its list.
    pub(crate) fn beside(network: &'n Network, row: Row<Neurons>) -> Self {
        let model = network.spec(row);
        let (position, listens_to) = (model.position, model.listens_to.clone());
        Self {
            network,
            spec: NeuronSpec { position, listens_to, ..NeuronSpec::of(model.group, network.group(model.group).unit) },
        }
    }

    /// The cradle of what is already decided.
    pub(crate) fn for_spec(network: &'n Network, spec: NeuronSpec) -> Self {
        Self { network, spec }
    }

    /// All of a network, in the order of firing.
    pub(crate) fn all(network: &'n Network) -> impl Iterator<Item = Self> + 'n {
        hidden_groups(network).map(|id| Self::of(network, id))
    }

    /// The group.
    pub(crate) fn group(&self) -> GroupId {
        self.spec.group
    }

    /// Whether nobody is there yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.network.members(self.group()).is_empty()
    }

    /// Whether a newborn may hear this neuron.
    pub(crate) fn hears(&self, pre: Row<Neurons>) -> bool {
        if let Some(list) = &self.spec.listens_to {
            return list.contains(&self.network.id(pre));
        }
        let (reach, spec) = (&self.network.group(self.group()).reach, self.network.spec(pre));
        reach.groups.contains(&spec.group) && reach.within.is_none_or(|radius| self.is_near(spec, radius))
    }

    /// Whether this neuron may hear a newborn. Who has a list of its own does not know it, and who is frozen would never
    /// learn to listen.
    pub(crate) fn is_heard_by(&self, post: Row<Neurons>) -> bool {
        let spec = self.network.spec(post);
        let group = self.network.group(spec.group);
        group.role != Role::Input
            && spec.listens_to.is_none()
            && !self.network.is_frozen(post)
            && group.reach.groups.contains(&self.group())
            && group.reach.within.is_none_or(|radius| self.is_near(spec, radius))
    }

    /// Whom a newborn may hear, ascending.
    pub(crate) fn heard(&self) -> Vec<Row<Neurons>> {
        self.network.neuron_rows().filter(|&row| self.hears(row)).collect()
    }

    /// Who may hear a newborn, ascending.
    pub(crate) fn listeners(&self) -> Vec<Row<Neurons>> {
        self.network.neuron_rows().filter(|&row| self.is_heard_by(row)).collect()
    }

    /// Cycles between the firing of a neuron and its being heard by a newborn.
    pub(crate) fn lag_from(&self, pre: Row<Neurons>) -> usize {
        self.network.schedule().lag(self.network.spec(pre).group, self.group(), 0) as usize
    }

    /// Cycles between the firing of a newborn and its being heard by a neuron.
    pub(crate) fn lag_to(&self, post: Row<Neurons>) -> usize {
        self.network.schedule().lag(self.group(), self.network.spec(post).group, 0) as usize
    }

    fn is_near(&self, other: &NeuronSpec, radius: f32) -> bool {
        let [dx, dy] = [0, 1].map(|axis| self.spec.position[axis] - other.position[axis]);
        dx * dx + dy * dy <= radius * radius
    }
}

fn middle(network: &Network, rows: &[Row<Neurons>]) -> [f32; 2] {
    [0, 1].map(|axis| {
        let sum: f64 = rows.iter().map(|&row| f64::from(network.spec(row).position[axis])).sum();
        (sum / rows.len() as f64) as f32
    })
}

/// The hidden groups.
pub(crate) fn hidden_groups(network: &Network) -> impl Iterator<Item = GroupId> + '_ {
    network.group_ids().filter(|&id| network.group(id).role == Role::Hidden)
}
