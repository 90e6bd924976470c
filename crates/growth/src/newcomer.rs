//! Where a newborn may stand before it has a row: what it is, whom it may hear, who may hear it.

use livenet_core::{GroupId, Network, NeuronSpec, Neurons, Role, Row};

/// A neuron that is not born yet, with all that its reach allows without delay.
pub(crate) struct Newcomer {
    pub(crate) spec: NeuronSpec,
    /// Whom it may hear, ascending.
    pub(crate) hears: Vec<Row<Neurons>>,
    /// Who may hear it and is not frozen, ascending. Who has a list of its own is not among them: a newborn is on none.
    pub(crate) heard_by: Vec<Row<Neurons>>,
}

impl Newcomer {
    /// A member of a group; where one of its members is given, it stands in the same place and has the same list.
    pub(crate) fn of(network: &Network, group: GroupId, beside: Option<Row<Neurons>>) -> Self {
        let mut spec = NeuronSpec::of(group, network.group(group).unit);
        if let Some(row) = beside {
            let model = network.spec(row);
            (spec.position, spec.listens_to) = (model.position, model.listens_to.clone());
        }
        let allows = |listener: &NeuronSpec, heard: &NeuronSpec| {
            let reach = &network.group(listener.group).reach;
            let [dx, dy] = [0, 1].map(|at| listener.position[at] - heard.position[at]);
            reach.groups.contains(&heard.group)
                && reach.within.is_none_or(|radius| dx * dx + dy * dy <= radius * radius)
        };
        let hears = match &spec.listens_to {
            Some(list) => {
                let mut rows: Vec<Row<Neurons>> = list.iter().filter_map(|&id| network.row(id)).collect();
                rows.sort_unstable();
                rows.dedup();
                rows
            }
            None => network.neuron_rows().filter(|&row| allows(&spec, network.spec(row))).collect(),
        };
        let listens = |row: &Row<Neurons>| {
            let listener = network.spec(*row);
            network.role(*row) != Role::Input
                && !network.is_frozen(*row)
                && listener.listens_to.is_none()
                && allows(listener, &spec)
        };
        let heard_by = network.neuron_rows().filter(listens).collect();
        Self { spec, hears, heard_by }
    }
}

/// The hidden groups.
pub(crate) fn hidden_groups(network: &Network) -> impl Iterator<Item = GroupId> + '_ {
    network.group_ids().filter(|&id| network.group(id).role == Role::Hidden)
}
