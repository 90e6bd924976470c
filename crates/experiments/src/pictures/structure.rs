//! The structure at one moment, and its plots: wiring, degrees, weights.

use crate::{
    Failure,
    plots::{DegreeDistributions, PixelShape, WeightDistribution, Wire, Wiring, WiringGroup, WiringState},
};
use livenet_core::{Network, Role, Row};
use livenet_train::{
    Session,
    session::{SavedState, StateError},
};

/// A network with its weights.
pub(super) struct Moment {
    label: String,
    network: Network,
    weights: Vec<f32>,
}

impl Moment {
    pub(super) fn of_session(session: &Session) -> Self {
        let network = session.network().clone();
        let weights = session.executor().export(&network).weights;
        Self { label: format!("step {}", session.steps()), network, weights }
    }

    pub(super) fn of_state(state: &SavedState) -> Result<Self, Failure> {
        let network = state.network.clone().restore().map_err(|error| StateError::Structure(error.to_string()))?;
        Ok(Self { label: format!("step {}", state.step), network, weights: state.executor.weights.clone() })
    }

    /// Listener's row, heard row and weight of every active connection.
    fn active(&self) -> impl Iterator<Item = (u32, u32, f32)> {
        let network = &self.network;
        let of = move |post: u32| network.incoming(Row::new(post)).map(move |at| (post, at));
        let all = (0..network.neuron_count() as u32).flat_map(of);
        all.filter(|&(_, at)| !network.marks()[at].is_silent())
            .map(|(post, at)| (post, network.pres()[at], self.weights[at]))
    }

    /// The position of a neuron: its group, and where it stands in it.
    fn place(&self, row: u32) -> (usize, usize) {
        let group = self.network.spec(Row::new(row)).group;
        (group.index(), (row - self.network.members(group).start) as usize)
    }

    fn wiring(&self) -> WiringState {
        let groups = self.network.group_ids().map(|group| WiringGroup {
            name: self.network.group(group).name.clone(),
            neurons: self.network.members(group).len(),
        });
        let wires =
            self.active().map(|(post, pre, weight)| Wire { pre: self.place(pre), post: self.place(post), weight });
        WiringState { label: self.label.clone(), groups: groups.collect(), wires: wires.collect() }
    }

    /// Connections that arrive at each neuron but the inputs, and that leave each but the outputs.
    fn degrees(&self) -> (Vec<u32>, Vec<u32>) {
        let count = self.network.neuron_count();
        let (mut incoming, mut outgoing) = (vec![0; count], vec![0; count]);
        for (post, pre, _) in self.active() {
            incoming[post as usize] += 1;
            outgoing[pre as usize] += 1;
        }
        let without = |degrees: Vec<u32>, role: Role| {
            let counted = degrees.into_iter().enumerate();
            counted
                .filter(|(row, _)| self.network.role(Row::new(*row as u32)) != role)
                .map(|(_, degree)| degree)
                .collect()
        };
        (without(incoming, Role::Input), without(outgoing, Role::Output))
    }
}

pub(super) fn wiring(start: &Moment, end: &Moment, image: Option<(usize, usize)>) -> Wiring {
    let image = image.map(|(rows, columns)| PixelShape { group: 0, rows, columns });
    Wiring { before: start.wiring(), after: end.wiring(), image }
}

pub(super) fn degrees(start: &Moment, end: &Moment) -> DegreeDistributions {
    let (incoming_at_start, outgoing_at_start) = start.degrees();
    let (incoming_at_end, outgoing_at_end) = end.degrees();
    DegreeDistributions { incoming_at_start, incoming_at_end, outgoing_at_start, outgoing_at_end }
}

pub(super) fn weights(start: &Moment, end: &Moment) -> WeightDistribution {
    let of = |moment: &Moment| moment.active().map(|(_, _, weight)| weight).collect();
    WeightDistribution { end: of(end), start: of(start) }
}
