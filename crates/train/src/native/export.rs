//! Everything that is kept, and back, bit for bit.

use super::activity::Activity;
use super::executor::{NAME, Native};
use super::parameters::{BIAS, DECAY, GAIN, WEIGHTS, refill};
use super::shape::Shape;
use super::short::Standing;
use super::solo::Record;
use super::update::Memory;
use livenet_core::kernel::{LANES, Lanes};
use livenet_core::{ExecError, Exported, Network, Row, UnitKind};

impl Native {
    pub(super) fn exported(&self, network: &Network) -> Exported {
        let (activity, neurons) = (&self.activity, network.neuron_count());
        let cells = || (0..neurons).flat_map(|neuron| (0..activity.lanes).map(move |lane| (neuron, lane)));
        let past =
            |ago: usize| cells().map(|(neuron, lane)| activity.past(lane / LANES, ago, neuron)[lane % LANES]).collect();
        let is_leaky = |neuron: usize| network.spec(Row::new(neuron as u32)).unit.kind == UnitKind::Leaky;
        let state = |(neuron, lane): (usize, usize)| {
            if is_leaky(neuron) { activity.state(lane / LANES, neuron)[lane % LANES] } else { 0.0 }
        };
        Exported {
            weights: self.parameters[WEIGHTS].clone(),
            bias: self.parameters[BIAS].clone(),
            decay: self.parameters[DECAY].clone(),
            gain: self.parameters[GAIN].clone(),
            moments: self.memory.moments.clone(),
            steps: self.memory.steps.counts(),
            optimizer: self.memory.optimizer(),
            update_sizes: self.update_sizes.clone(),
            lanes: activity.lanes,
            outputs: (1..=self.plan.depth).map(past).collect(),
            states: cells().map(state).collect(),
            statistics: self.statistics.export(),
            operations: self.operations,
            tape: self.settings.memory.map(|_| activity.tape()),
        }
    }

    pub(super) fn take_over(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        from.check(network)?;
        let neurons = network.neuron_count();
        let parameters = [&from.weights, &from.bias, &from.decay, &from.gain];
        self.record = Record::default();
        self.plan.rebuild(network);
        for (column, from) in self.parameters.iter_mut().zip(parameters) {
            column.clone_from(from);
        }
        self.memory = Memory::of(from.optimizer, &from.moments, &from.steps);
        refill(&mut self.gradients, network, &0.0);
        self.standing = Standing::Made;
        self.weights_change();
        self.update_sizes.clone_from(&from.update_sizes);
        self.statistics.import(&from.statistics, neurons);
        self.operations = from.operations;
        // Padding repeats the last true lane.
        let row = |values: &[f32], block: usize, neuron: usize| {
            Lanes(std::array::from_fn(|lane| values[neuron * from.lanes + (block * LANES + lane).min(from.lanes - 1)]))
        };
        self.activity = Activity::new(self.shape(network), from.lanes);
        self.activity.fill(
            |block, ago, neuron| row(&from.outputs[ago - 1], block, neuron),
            |block, neuron| row(&from.states, block, neuron),
        );
        self.trial = Activity::new(Shape { lean: true, ..self.plan.shape(neurons) }, 0);
        if let Some(tape) = from.tape.as_ref().filter(|tape| tape.executor == NAME) {
            self.activity.wind(tape)?;
        }
        Ok(())
    }
}
