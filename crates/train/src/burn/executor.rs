//! The executor: a network's parameters, state and memory as tensors on one burn device.

use super::{
    columns::{self, Columns, Gather, Learned, born_with, column, rows},
    finite,
    history::History,
    plan::{Density, Plan},
    signal::Sweep,
    statistics::Statistics,
    sweep::Blame,
    update,
    window::{Parameters, upload},
};
use burn::tensor::{Bool, Int, Tensor, TensorData, backend::AutodiffBackend};
use livenet_core::{
    Commit, Dropout, Epoch, ExecError, Executor, ExecutorSettings, Exported, Follower, Network, Neurons, Optimizer,
    Pass, Row, Signal, Signals, UpdateRule, Window, by_groups, recalled,
};
use std::sync::Arc;

/// The plain backend under an autodiff one.
pub(super) type Plain<B> = <B as AutodiffBackend>::InnerBackend;

/// Runs networks on a burn device. See the [module](super).
#[derive(Clone, Debug)]
pub struct BurnExecutor<B: AutodiffBackend> {
    name: &'static str,
    pub(super) device: B::Device,
    pub(super) settings: ExecutorSettings,
    epoch: Epoch,
    density: Density,
    pub(super) plan: Arc<Plan>,
    pub(super) indices: Vec<Tensor<Plain<B>, 1, Int>>,
    columns: Columns<Plain<B>>,
    pub(super) gradients: [Tensor<Plain<B>, 1>; 4],
    /// Whose moments they are.
    optimizer: Option<Optimizer>,
    pub(super) history: History<Plain<B>>,
    /// Per recorded cycle and group, after a sweep.
    pub(super) blame: Vec<Vec<Option<Blame<Plain<B>>>>>,
    /// Whether parameters have changed since the last window.
    pub(super) changed: bool,
    update_size: Tensor<Plain<B>, 1>,
    pub(super) statistics: Statistics<Plain<B>>,
    pub(super) operations: u64,
}

impl<B: AutodiffBackend> BurnExecutor<B> {
    /// An executor over this network: weights 0, the neurons' own parameters as specified. `name` is
    /// what configs call it.
    pub fn new(name: &'static str, device: B::Device, network: &Network, settings: ExecutorSettings) -> Self {
        Self::with_density(name, device, network, settings, Density::default())
    }

    /// The same with another choice of when a block is a matrix.
    pub(super) fn with_density(
        name: &'static str,
        device: B::Device,
        network: &Network,
        settings: ExecutorSettings,
        density: Density,
    ) -> Self {
        let plan = Arc::new(Plan::new(network, density));
        let born: Vec<[f32; 3]> = network.neuron_rows().map(|row| born_with(network.spec(row))).collect();
        let own = |kind: usize| Learned::new(born.iter().map(|born| born[kind]).collect(), &device);
        let columns = [Learned::new(vec![0.0; plan.synapses], &device), own(0), own(1), own(2)];
        Self {
            name,
            settings,
            epoch: network.epoch(),
            indices: upload::<Plain<B>>(&plan, &device),
            density,
            plan,
            gradients: zeros_like(&columns),
            optimizer: None,
            history: History::new(1),
            blame: Vec::new(),
            changed: false,
            update_size: columns[0].value.zeros_like(),
            columns,
            statistics: Statistics::none(),
            operations: 0,
            device,
        }
    }

    #[track_caller]
    fn check_epoch(&self, network: &Network) {
        assert_eq!(self.epoch, network.epoch(), "this executor did not follow every commit");
    }

    pub(super) fn parameters(&self) -> Parameters<Plain<B>> {
        let [weights, bias, decay, gain] = self.columns.each_ref().map(|column| column.value.clone());
        Parameters { weights, bias, decay, gain }
    }

    /// How many values each column has.
    fn counts(&self) -> [usize; 4] {
        let neurons = self.plan.neurons;
        [self.plan.synapses, neurons, neurons, neurons]
    }

    /// Per connection and per neuron, `None` where all learn.
    fn free(&self) -> [Option<Tensor<Plain<B>, 1, Bool>>; 2] {
        self.plan.free.each_ref().map(|free| {
            let data = TensorData::new(free.clone(), [free.len()]);
            (!free.is_empty()).then(|| Tensor::from_data(data, &self.device))
        })
    }

    /// Draws named by (connection, step), on those that are free.
    fn noise(
        &self,
        network: &Network,
        rule: &UpdateRule,
        free: Option<&Tensor<Plain<B>, 1, Bool>>,
    ) -> Option<Tensor<Plain<B>, 1>> {
        let draws = rule.passes.iter().filter_map(|pass| match pass {
            Pass::Noise { scale, key } => {
                let key = key.at(rule.step);
                let draw = |name: livenet_core::Synapse| {
                    (f64::from(*scale) * key.normal(name.post.number(), name.pre.number())) as f32
                };
                let draws = column::<Plain<B>>(network.synapses().map(|(_, name)| draw(name)).collect(), &self.device);
                Some(match free {
                    Some(free) => draws.mask_fill(free.clone().bool_not(), 0.0),
                    None => draws,
                })
            }
            _ => None,
        });
        draws.reduce(|sum, draws| sum + draws)
    }

    /// Names the first parameter that left the finite numbers.
    fn check_parameters(&self, network: &Network) -> Result<(), ExecError> {
        let alarms = self.columns.iter().map(|column| finite::alarm(column.value.clone()));
        if !finite::rang(alarms.reduce(|sum, alarm| sum + alarm)) {
            return Ok(());
        }
        let counts = self.counts();
        let [weights, bias, decay, gain] = std::array::from_fn(|kind| rows(&self.columns[kind].value, counts[kind]));
        for row in network.neuron_rows() {
            let own = [("bias", &bias), ("decay", &decay), ("gain", &gain)];
            let weights = network.incoming(row).map(|synapse| ("weight", weights[synapse]));
            let mut all = weights.chain(own.map(|(what, values)| (what, values[row.index()])));
            if let Some((what, value)) = all.find(|(_, value)| !value.is_finite()) {
                return Err(ExecError::NonFinite { what, neuron: network.id(row), cycle: 0, value });
            }
        }
        Ok(())
    }

    fn sweep(&self) -> Sweep<'_, Plain<B>> {
        Sweep { plan: &self.plan, history: &self.history, blame: &self.blame, device: &self.device }
    }
}

fn zeros_like<I: burn::tensor::backend::Backend>(columns: &Columns<I>) -> [Tensor<I, 1>; 4] {
    columns.each_ref().map(|column| column.value.zeros_like())
}

/// How each moment grows with its gradient: the mean square with the square.
fn powers(optimizer: Option<Optimizer>, slots: usize) -> Vec<i32> {
    match optimizer {
        Some(Optimizer::RmsProp { .. }) => vec![2],
        _ => (1..=slots as i32).collect(),
    }
}

impl<B: AutodiffBackend> Follower for BurnExecutor<B> {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.epoch, commit.before, "this executor missed a commit");
        self.epoch = after.epoch();
        let before = Arc::clone(&self.plan);
        // A commit of values and renewals, as at every step of continual backpropagation, needs no new plan.
        if commit.is_structural() || !commit.marked.is_empty() || !commit.retuned.is_empty() {
            self.plan = Arc::new(Plan::new(after, self.density));
            self.indices = upload::<Plain<B>>(&self.plan, &self.device);
        }
        let gather = Gather::new(&commit.neurons, &[], before.neurons, self.plan.neurons, &self.device);
        self.statistics.follow(&gather);
        self.history.follow(&before, &self.plan, after, commit, &self.device);
        let powers = powers(self.optimizer, self.columns[0].moments.len());
        columns::follow(&mut self.columns, after, commit, &powers, self.settings.inherit);
        self.gradients = zeros_like(&self.columns);
        self.update_size = self.columns[0].value.zeros_like();
        self.blame.clear();
    }
}

impl<B: AutodiffBackend> Executor for BurnExecutor<B> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn supports(&self, _network: &Network) -> Result<(), ExecError> {
        Ok(())
    }

    fn reset(&mut self) {
        self.history = History::new(self.history.lanes);
        self.blame.clear();
    }

    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        window.check(network)?;
        self.check_epoch(network);
        self.record(network, window, dropout)
    }

    fn backward(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        self.check_epoch(network);
        self.sweep_back(network, d_outputs)
    }

    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        self.check_epoch(network);
        let mut gradients = self.gradients.clone();
        update::prepare(&mut gradients, &self.columns, &rule.passes);
        let free = self.free();
        let before = self.columns[0].value.clone();
        for (kind, (column, gradient)) in self.columns.iter_mut().zip(gradients).enumerate() {
            column.with_moments(rule.optimizer.slots());
            let old = column.value.clone();
            update::step(column, gradient, rule, kind == 0, free[usize::from(kind > 0)].as_ref());
            for paces in update::paces(network, rule, kind == 0) {
                let [towards, away] = paces.map(|by| columns::column::<Plain<B>>(by, &self.device));
                let moved = column.value.clone() - old.clone();
                let by = towards.mask_where((moved.clone() * old.clone()).greater_equal_elem(0.0), away);
                column.value = old.clone() + moved * by;
            }
        }
        self.optimizer = Some(rule.optimizer);
        if rule.passes.iter().any(|pass| matches!(pass, Pass::GroupLasso { .. })) {
            // One number is wanted of many rows: they are read back, as at every asking.
            let weights = rows(&self.columns[0].value, self.plan.synapses);
            let left = update::shrunk(network, rule, &weights, &self.plan.free[0]);
            self.columns[0].value = self.columns[0].value.clone() * columns::column::<Plain<B>>(left, &self.device);
        }
        if let Some(noise) = self.noise(network, rule, free[0].as_ref()) {
            self.columns[0].value = self.columns[0].value.clone() + noise;
        }
        self.update_size = (self.columns[0].value.clone() - before).abs();
        self.changed = true;
        self.check_parameters(network)
    }

    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        window.check(network)?;
        self.check_epoch(network);
        self.run(network, &mut History::new(window.lanes), window, None)
    }

    fn observe(&mut self, network: &Network, signals: &[Signal]) {
        self.check_epoch(network);
        self.statistics.observe(signals, network.neuron_count(), &self.device);
    }

    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        self.check_epoch(network);
        let mut signals = Signals::default();
        let scored = (self.history.lanes * self.blame.len()) as u64;
        for &signal in wanted {
            let weights = || rows(&self.columns[0].value, self.plan.synapses);
            let values = match signal {
                Signal::Outputs { lanes } => {
                    signals.put_samples(signal, recalled(&*self, network, lanes));
                    continue;
                }
                Signal::Blames { lanes } => {
                    signals.put_samples(signal, self.sweep().blames(network, lanes as usize));
                    continue;
                }
                Signal::Bends { lanes } => {
                    signals.put_samples(signal, self.sweep().bends(network, lanes as usize));
                    continue;
                }
                Signal::AbsentGradient { top } => {
                    let (candidates, count) = self.sweep().absent(network, top as usize);
                    self.operations += count as u64 * scored;
                    signals.put_candidates(signal, candidates);
                    continue;
                }
                Signal::AbsentGradientByGroups { top } => {
                    let (candidates, count) = self.sweep().absent(network, usize::MAX);
                    self.operations += count as u64 * scored;
                    signals.put_candidates(signal, by_groups(network, candidates, top as usize));
                    continue;
                }
                Signal::Weight => weights(),
                Signal::Gradient => rows(&self.gradients[0], self.plan.synapses),
                Signal::UpdateSize => rows(&self.update_size, self.plan.synapses),
                Signal::Splitting => self.sweep().splitting(network),
                Signal::Residual => {
                    let values = self.sweep().residual(network);
                    self.operations += values.len() as u64 * scored;
                    values
                }
                Signal::Drive => self.statistics.drive(network, &weights()),
                running => self.statistics.read(network, running, weights),
            };
            signals.put(signal, values);
        }
        signals
    }

    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>> {
        self.check_epoch(network);
        let cycle = self.history.recorded().rev().nth(ago)?;
        let section = network.spec(neuron).group.index();
        let member = neuron.index() - self.plan.sections[section].members.start;
        let output = cycle[section].as_ref()?.output.clone();
        Some(super::activation::to_host(output.slice_dim(1, member..member + 1)))
    }

    fn operations(&self) -> u64 {
        self.operations
    }

    fn export(&self, network: &Network) -> Exported {
        self.check_epoch(network);
        let counts = self.counts();
        let all = |columns: [&Tensor<Plain<B>, 1>; 4]| -> [Vec<f32>; 4] {
            std::array::from_fn(|kind| rows(columns[kind], counts[kind]))
        };
        let columns = self.columns.each_ref();
        let [weights, bias, decay, gain] = all(columns.map(|column| &column.value));
        let slots = self.columns[0].moments.len();
        let (outputs, states) = self.history.export(&self.plan, ExecutorSettings::state_cycles(network), &self.device);
        Exported {
            weights,
            bias,
            decay,
            gain,
            moments: (0..slots).map(|slot| all(columns.map(|column| &column.moments[slot]))).collect(),
            steps: all(columns.map(|column| &column.steps))
                .map(|steps| steps.into_iter().map(|count| count as u32).collect()),
            optimizer: self.optimizer,
            update_sizes: rows(&self.update_size, self.plan.synapses),
            lanes: self.history.lanes,
            outputs,
            states,
            statistics: self.statistics.export(self.plan.neurons),
            operations: self.operations,
            tape: self.settings.memory.map(|_| self.history.tape(self.name)),
        }
    }

    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        from.check(network)?;
        self.plan = Arc::new(Plan::new(network, self.density));
        self.indices = upload::<Plain<B>>(&self.plan, &self.device);
        self.epoch = network.epoch();
        let values = [&from.weights, &from.bias, &from.decay, &from.gain];
        let device = &self.device;
        self.columns = std::array::from_fn(|kind| Learned {
            value: column(values[kind].clone(), device),
            moments: from.moments.iter().map(|moment| column(moment[kind].clone(), device)).collect(),
            steps: column(from.steps[kind].iter().map(|&count| count as f32).collect(), device),
        });
        self.gradients = zeros_like(&self.columns);
        self.optimizer = from.optimizer;
        self.update_size = if from.update_sizes.is_empty() {
            self.columns[0].value.zeros_like()
        } else {
            column(from.update_sizes.clone(), device)
        };
        self.history = History::import(&self.plan, from.lanes, &from.outputs, &from.states, device);
        if let Some(tape) = from.tape.as_ref().filter(|tape| tape.executor == self.name) {
            self.history.wind(&self.plan, tape, device)?;
        }
        self.blame.clear();
        self.statistics = Statistics::import(&from.statistics, self.plan.neurons, device);
        self.operations = from.operations;
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Executor> {
        Box::new(self.clone())
    }
}
