//! Windows forward and sweeps back.
//!
//! Forward runs on plain tensors and records. Backward runs the recorded cycles once more under autodiff,
//! the values pinned where parameters have changed since, and lets burn do the rest. So the memory may
//! reach further back than the window, a sweep can be repeated, and predictions cost no graph.

use super::{
    activation::to_host,
    executor::{BurnExecutor, Plain},
    finite,
    history::{self, History},
    plan::{Plan, Section},
    statistics::Wanted,
    window::{Cycle, Drive, Fired, Inside, Mask, Parameters, Probes, Wired},
};
use burn::tensor::{
    Int, Tensor, TensorData,
    backend::{AutodiffBackend, Backend},
};
use livenet_core::{Dropout, ExecError, ExecutorSettings, Network, Role, Row, Window};
use std::collections::VecDeque;

/// What a sweep found out about a group in one cycle, each `[lane][member]`.
#[derive(Clone, Debug)]
pub(super) struct Blame<I: Backend> {
    /// dL / d raw potential, the sum over connections before normalisation.
    pub raw: Tensor<I, 2>,
    /// dL / d output.
    pub output: Tensor<I, 2>,
}

impl<B: AutodiffBackend> BurnExecutor<B> {
    /// Runs a window after what the history holds and records it there.
    pub(super) fn run(
        &self,
        network: &Network,
        history: &mut History<Plain<B>>,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        let (inputs, outputs) = (self.plan.input_count(), self.plan.output_count());
        let wired = Wired::new(&self.plan, &self.indices, &self.parameters(), window.lanes);
        let mut read: Vec<Tensor<Plain<B>, 1>> = Vec::with_capacity(window.cycles + 1);
        let mut alarm: Option<Tensor<Plain<B>, 1>> = None;
        let each = window.lanes * inputs;
        for cycle in 0..window.cycles {
            let input = (inputs > 0).then(|| {
                let values = window.values[cycle * each..(cycle + 1) * each].to_vec();
                Tensor::from_data(TensorData::new(values, [window.lanes, inputs]), &self.device)
            });
            let masks = dropout.map_or_else(Vec::new, |dropout| self.masks(network, dropout, cycle, window.lanes));
            let now = wired.cycle(&history.cycles, &Drive::Fresh { input, masks: &masks }, None);
            for fired in now.iter().flatten() {
                let output = fired.output.clone();
                let found = finite::alarm(
                    fired.inside.as_ref().map_or(output.clone(), |inside| output + inside.potential.clone()),
                );
                alarm = Some(alarm.map_or(found.clone(), |alarm| alarm + found));
            }
            if let Some(fired) = &now[self.plan.output] {
                read.push(fired.output.clone().reshape([window.lanes * outputs]));
            }
            history.cycles.push_back(now);
            history.tape += 1;
        }
        history.window = window.cycles;
        // Outputs and alarm come back together: one wait for the device a window.
        let Some(alarm) = alarm else { return Ok(Vec::new()) };
        read.push(alarm);
        let mut values = to_host(Tensor::cat(read, 0));
        if values.pop().is_some_and(|alarm| alarm != 0.0) {
            for (number, cycle) in history.recorded().skip(history.tape - window.cycles).enumerate() {
                finite::check_cycle(network, &self.plan, cycle, number)?;
            }
        }
        Ok(values)
    }

    /// The dropout mask of each hidden group in one cycle.
    fn masks(&self, network: &Network, dropout: Dropout, cycle: usize, lanes: usize) -> Vec<Option<Mask<Plain<B>>>> {
        let mask = |section: &Section| {
            let names: Vec<_> = section.members.clone().map(|row| network.id(Row::new(row as u32))).collect();
            let factors = (0..lanes).flat_map(|lane| names.iter().map(move |&name| dropout.factor(name, cycle, lane)));
            let factors: Vec<f32> = factors.collect();
            let blamed: Vec<f32> = factors.iter().map(|&factor| dropout.blamed(factor)).collect();
            let tensor =
                |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [lanes, section.len()]), &self.device);
            Mask { blamed: (blamed != factors).then(|| tensor(blamed)), heard: tensor(factors) }
        };
        let sections = self.plan.sections.iter();
        sections.map(|section| (section.role == Role::Hidden && section.len() > 0).then(|| mask(section))).collect()
    }

    /// A window of training. After an error the state is as before.
    pub(super) fn record(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        let mut history =
            if self.history.lanes == window.lanes { self.history.clone() } else { History::new(window.lanes) };
        let outputs = self.run(network, &mut history, window, dropout)?;
        history.keep(self.settings.memory.unwrap_or(0).max(window.cycles), ExecutorSettings::state_cycles(network));
        self.history = history;
        self.blame.clear();
        self.changed = false;
        self.operations += (self.plan.active * window.lanes * window.cycles) as u64;
        if self.statistics.wants(Wanted::Outputs) {
            let cycles = self.history.recorded().skip(self.history.tape - window.cycles);
            let said: Vec<_> =
                cycles.filter_map(|cycle| history::outputs(&self.plan, cycle, window.lanes, &self.device)).collect();
            if !said.is_empty() {
                self.statistics.fired(&Tensor::cat(said, 0));
            }
        }
        Ok(outputs)
    }

    /// A sweep over all recorded cycles.
    pub(super) fn sweep_back(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        let (lanes, outputs) = (self.history.lanes, self.plan.output_count());
        let (tape, window) = (self.history.tape, self.history.window);
        let expected = window * lanes * outputs;
        if d_outputs.len() != expected {
            return Err(ExecError::Shape { what: "derivative by the outputs", found: d_outputs.len(), expected });
        }
        self.operations += ((self.plan.active + self.plan.synapses) * lanes * tape) as u64;
        let tracked = |column: Tensor<Plain<B>, 1>| Tensor::<B, 1>::from_inner(column).require_grad();
        let values = self.parameters();
        let parameters = [values.weights, values.bias, values.decay, values.gain].map(tracked);
        let [weights, bias, decay, gain] = parameters.clone();
        let indices: Vec<Tensor<B, 1, Int>> = self.indices.iter().cloned().map(Tensor::from_inner).collect();
        let wired = Wired::new(&self.plan, &indices, &Parameters { weights, bias, decay, gain }, lanes);

        let past = self.history.cycles.len() - tape;
        let mut cycles: VecDeque<Cycle<B>> = self.history.cycles.range(..past).map(lifted).collect();
        let mut probes = Vec::with_capacity(tape);
        let mut said: Vec<Tensor<B, 2>> = Vec::with_capacity(window);
        for (t, recorded) in self.history.recorded().enumerate() {
            let of_cycle = self.probes();
            let drive = Drive::Again { recorded: &lifted(recorded), pinned: self.changed || t + window < tape };
            let now = wired.cycle(&cycles, &drive, Some(&of_cycle));
            if t + window >= tape {
                said.extend(now[self.plan.output].as_ref().map(|fired| fired.output.clone()));
            }
            cycles.push_back(now);
            probes.push(of_cycle);
        }
        if said.is_empty() {
            self.gradients = self.gradients.each_ref().map(Tensor::zeros_like);
            self.blame = vec![self.plan.sections.iter().map(|_| None).collect(); tape];
            return Ok(());
        }
        let given = TensorData::new(d_outputs.to_vec(), [window * lanes, outputs]);
        let loss = (Tensor::cat(said, 0) * Tensor::from_data(given, &self.device)).sum();
        let mut gradients = loss.backward();
        self.gradients = parameters.map(|leaf| {
            let gradient = leaf.grad_remove(&mut gradients);
            gradient.unwrap_or_else(|| leaf.inner().zeros_like())
        });
        let mut blamed = |probes: Option<Probes<B>>| {
            let probes = probes?;
            // A state may carry blame to where the output has none, so each is asked for itself.
            let [raw, output] = [&probes.raw, &probes.output].map(|probe| probe.grad_remove(&mut gradients));
            let none = || probes.raw.clone().inner().zeros_like();
            (raw.is_some() || output.is_some())
                .then(|| Blame { raw: raw.unwrap_or_else(none), output: output.unwrap_or_else(none) })
        };
        self.blame = probes.into_iter().map(|of_cycle| of_cycle.into_iter().map(&mut blamed).collect()).collect();
        self.check_blame(network)?;
        self.count_blame();
        Ok(())
    }

    /// Zeros to add wherever a derivative is wanted.
    fn probes(&self) -> Vec<Option<Probes<B>>> {
        let lanes = self.history.lanes;
        let probe = |section: &Section| {
            let zero = || Tensor::<B, 2>::zeros([lanes, section.len()], &self.device).require_grad();
            Probes { raw: zero(), output: zero() }
        };
        let sections = self.plan.sections.iter();
        sections.map(|section| (section.role != Role::Input && section.len() > 0).then(|| probe(section))).collect()
    }

    /// Names the first blame that left the finite numbers, in the order of the sweep.
    fn check_blame(&self, network: &Network) -> Result<(), ExecError> {
        let alarms = self.blame.iter().flatten().flatten().map(|blame| finite::alarm(blame.raw.clone()));
        if !finite::rang(alarms.reduce(|sum, alarm| sum + alarm)) {
            return Ok(());
        }
        for (t, blame) in self.blame.iter().enumerate().rev() {
            let cycle = (t + self.history.window).saturating_sub(self.history.tape);
            for (section, blame) in self.plan.sections.iter().zip(blame).rev() {
                if let Some(blame) = blame {
                    finite::check(network, section.members.clone(), vec![("gradient", blame.raw.clone())], cycle)?;
                }
            }
        }
        Ok(())
    }

    /// Running means of the blame in the last window.
    fn count_blame(&mut self) {
        if !self.statistics.wants(Wanted::Blame) || self.plan.neurons == 0 {
            return;
        }
        let first = self.history.tape - self.history.window;
        let cycles = self.blame[first..].iter().map(|blame| whole(&self.plan, blame, self.history.lanes, &self.device));
        self.statistics.blamed(&Tensor::cat(cycles.collect(), 0));
    }
}

/// The blame of all neurons in one cycle, `[lane][neuron]`.
fn whole<I: Backend>(plan: &Plan, blame: &[Option<Blame<I>>], lanes: usize, device: &I::Device) -> Tensor<I, 2> {
    let sections = plan.sections.iter().zip(blame).filter(|(section, _)| section.len() > 0);
    let parts = sections.map(|(section, blame)| match blame {
        Some(blame) => blame.raw.clone(),
        None => Tensor::zeros([lanes, section.len()], device),
    });
    Tensor::cat(parts.collect(), 1)
}

/// A recorded cycle as constants of the autodiff backend.
fn lifted<B: AutodiffBackend>(cycle: &Cycle<Plain<B>>) -> Cycle<B> {
    let lift = |value: &Tensor<Plain<B>, 2>| Tensor::<B, 2>::from_inner(value.clone());
    let fired = |fired: &Fired<Plain<B>>| Fired {
        output: lift(&fired.output),
        state: fired.state.as_ref().map(lift),
        inside: fired.inside.as_ref().map(|inside| Inside {
            raw: lift(&inside.raw),
            potential: lift(&inside.potential),
            mask: inside.mask.as_ref().map(lift),
        }),
    };
    cycle.iter().map(|entry| entry.as_ref().map(fired)).collect()
}
