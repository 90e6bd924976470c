//! One update: passes over the gradient, the optimizer element by element, passes over the weights.

use super::{Naive, Parameters};
use crate::{ExecError, Network, Neurons, Optimizer, Pass, Row, UpdateRule};

impl Naive {
    pub(super) fn step(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        let mut gradients = self.gradients.clone();
        for pass in &rule.passes {
            prepare(&mut gradients, &self.parameters, pass);
        }
        if self.moments.len() != rule.optimizer.slots() {
            self.moments = vec![Parameters::zeros(network); rule.optimizer.slots()];
        }
        self.optimizer = Some(rule.optimizer);
        let before = self.parameters.clone();
        let frozen = Self::frozen(network);
        for (kind, gradient) in gradients.columns().into_iter().enumerate() {
            for at in (0..gradient.len()).filter(|&at| !frozen[usize::from(kind > 0)][at]) {
                self.steps[kind][at] += 1;
                let slots = self.moments.len();
                let (first, second) = self.moments.split_at_mut(slots.min(1));
                let mut none = [0.0; 2];
                let [none_first, none_second] = &mut none;
                element(
                    rule,
                    kind == 0,
                    self.steps[kind][at],
                    gradient[at],
                    Element {
                        value: &mut self.parameters.columns_mut()[kind][at],
                        first: first.first_mut().map_or(none_first, |moment| &mut moment.columns_mut()[kind][at]),
                        second: second.first_mut().map_or(none_second, |moment| &mut moment.columns_mut()[kind][at]),
                    },
                );
            }
        }
        for pass in &rule.passes {
            if let Pass::Pace { of } = pass {
                for &(row, by) in of {
                    self.pace(network, &before, Row::new(row), by.map(f64::from));
                }
            }
        }
        for pass in &rule.passes {
            if let Pass::GroupLasso { by, of } = pass {
                let by = f64::from(*by) * f64::from(rule.rate);
                for &row in of {
                    let heard = || network.incoming(Row::new(row)).filter(|&synapse| !frozen[0][synapse]);
                    let norm = libm::sqrt(heard().map(|synapse| self.parameters.weights[synapse].powi(2)).sum());
                    heard().for_each(|synapse| self.parameters.weights[synapse] *= Pass::shrunk(norm, by));
                }
            }
        }
        for pass in &rule.passes {
            if let Pass::Noise { scale, key } = pass {
                for (row, name) in network.synapses().filter(|(row, _)| !frozen[0][row.index()]) {
                    let draw = key.at(rule.step).normal(name.post.number(), name.pre.number());
                    self.parameters.weights[row.index()] += f64::from(*scale) * draw;
                }
            }
        }
        self.update_size =
            self.parameters.weights.iter().zip(before.weights).map(|(now, before)| (now - before).abs()).collect();
        self.check_parameters(network)
    }

    /// What a neuron's parameters have moved counts so many times.
    fn pace(&mut self, network: &Network, before: &Parameters, row: Row<Neurons>, by: [f64; 2]) {
        for (kind, (values, before)) in self.parameters.columns_mut().into_iter().zip(before.columns()).enumerate() {
            let own = if kind == 0 { network.incoming(row) } else { row.index()..row.index() + 1 };
            for at in own {
                let moved = values[at] - before[at];
                values[at] = before[at] + by[usize::from(moved * before[at] >= 0.0)] * moved;
            }
        }
    }

    /// Who does not learn, per connection and per neuron.
    fn frozen(network: &Network) -> [Vec<bool>; 2] {
        let neurons: Vec<bool> = network.neuron_rows().map(|row| network.is_frozen(row)).collect();
        let synapses = network.marks().iter().enumerate();
        [
            synapses
                .map(|(at, marks)| marks.is_frozen() || neurons[network.post_of(Row::new(at as u32)).index()])
                .collect(),
            neurons,
        ]
    }

    fn check_parameters(&self, network: &Network) -> Result<(), ExecError> {
        for row in network.neuron_rows() {
            let own =
                [("bias", &self.parameters.bias), ("decay", &self.parameters.decay), ("gain", &self.parameters.gain)];
            let weights = network.incoming(row).map(|synapse| ("weight", self.parameters.weights[synapse]));
            let mut all = weights.chain(own.map(|(what, values)| (what, values[row.index()])));
            if let Some((what, value)) = all.find(|(_, value)| !(*value as f32).is_finite()) {
                return Err(ExecError::NonFinite { what, neuron: network.id(row), cycle: 0, value: value as f32 });
            }
        }
        Ok(())
    }
}

/// What a pass does to the gradients.
fn prepare(gradients: &mut Parameters, parameters: &Parameters, pass: &Pass) {
    match *pass {
        Pass::Decay { by } => {
            gradients.weights.iter_mut().zip(&parameters.weights).for_each(|(g, w)| *g += f64::from(by) * w);
        }
        Pass::ClipNorm { norm } => {
            let found = libm::sqrt(gradients.columns().into_iter().flatten().map(|g| g * g).sum());
            if found > f64::from(norm) {
                gradients.columns_mut().into_iter().flatten().for_each(|g| *g *= f64::from(norm) / found);
            }
        }
        Pass::ClipValue { value } => {
            let most = f64::from(value);
            gradients.columns_mut().into_iter().flatten().for_each(|g| *g = g.clamp(-most, most));
        }
        Pass::Lasso { by } => {
            let sign = |w: f64| if w == 0.0 { 0.0 } else { w.signum() };
            gradients.weights.iter_mut().zip(&parameters.weights).for_each(|(g, &w)| *g += f64::from(by) * sign(w));
        }
        Pass::DecayBias { by } => {
            gradients.bias.iter_mut().zip(&parameters.bias).for_each(|(g, b)| *g += f64::from(by) * b);
        }
        Pass::HoldBias => gradients.bias.fill(0.0),
        Pass::Noise { .. } | Pass::Pace { .. } | Pass::GroupLasso { .. } => {}
    }
}

struct Element<'a> {
    value: &'a mut f64,
    first: &'a mut f64,
    second: &'a mut f64,
}

/// The optimizer on one element. `steps` counts this one.
fn element(rule: &UpdateRule, is_weight: bool, steps: u32, g: f64, Element { value, first, second }: Element<'_>) {
    let rate = f64::from(rule.rate);
    match rule.optimizer {
        Optimizer::Sgd => *value -= rate * g,
        Optimizer::Momentum { beta } => {
            *first = f64::from(beta) * *first + g;
            *value -= rate * *first;
        }
        Optimizer::Nesterov { beta } => {
            *first = f64::from(beta) * *first + g;
            *value -= rate * (g + f64::from(beta) * *first);
        }
        Optimizer::RmsProp { alpha, epsilon } => {
            *first = f64::from(alpha) * *first + (1.0 - f64::from(alpha)) * g * g;
            *value -= rate * g / (libm::sqrt(*first) + f64::from(epsilon));
        }
        Optimizer::Adam { beta1, beta2, epsilon } | Optimizer::AdamW { beta1, beta2, epsilon, .. } => {
            if let (Optimizer::AdamW { decay, .. }, true) = (rule.optimizer, is_weight) {
                *value -= rate * f64::from(decay) * *value;
            }
            let (beta1, beta2, steps) = (f64::from(beta1), f64::from(beta2), f64::from(steps));
            *first = beta1 * *first + (1.0 - beta1) * g;
            *second = beta2 * *second + (1.0 - beta2) * g * g;
            let mean = *first / (1.0 - libm::pow(beta1, steps));
            let square = *second / (1.0 - libm::pow(beta2, steps));
            *value -= rate * mean / (libm::sqrt(square) + f64::from(epsilon));
        }
    }
}
