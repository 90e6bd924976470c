//! A device that shows nothing: opaque storage, no arithmetic, deterministic answers.
//!
//! Strategies and sessions run on it, which keeps the door to real devices open: whoever assumes that
//! weights are host slices does not get far here. Outputs and signals are draws named by what they are
//! of (signal, neuron, connection, number of updates), finite, and the same in every run. [`Calls`] says
//! what was asked for, so that "computed only when needed" is a test.

use crate::{
    Candidate, Commit, Dropout, Epoch, ExecError, Executor, ExecutorSettings, Exported, Follower, Network, NeuronId,
    Neurons, Row, Samples, Signal, Signals, Store as _, StreamKey, UpdateRule, Window, by_groups,
};
use std::sync::{Arc, Mutex, PoisonError};

/// Memory of the device: values come in by uploads, commits and updates, and leave by a download.
#[derive(Clone, Debug)]
struct Buffer(Vec<f32>);

impl Buffer {
    fn follow(&mut self, commit: &Commit) {
        commit.carry_weights(&mut self.0);
    }
    fn nudge(&mut self, at: usize, by: f32) {
        self.0[at] += by;
    }
    fn download(&self) -> Vec<f32> {
        self.0.clone()
    }
}

/// What was asked of a [`MockDevice`], its clones included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Windows run.
    pub forward: u64,
    /// Sweeps.
    pub backward: u64,
    /// Updates.
    pub update: u64,
    /// Predictions.
    pub predict: u64,
    /// Commits followed.
    pub follow: u64,
    /// Downloads of everything.
    pub export: u64,
    /// Uploads of everything.
    pub import: u64,
    /// Signals computed, in the order of asking.
    pub signals: Vec<Signal>,
    /// Running signals that were asked for without being observed; their values were zeros.
    pub unobserved: Vec<Signal>,
    /// What is observed now.
    pub observed: Vec<Signal>,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct MockDevice {
    key: StreamKey,
    epoch: Epoch,
    weights: Buffer,
    /// A value per neuron that follows.
    bias: Vec<f32>,
    updates: u64,
    operations: u64,
    lanes: usize,
    recorded: usize,
    memory: Option<usize>,
    calls: Arc<Mutex<Calls>>,
}

impl MockDevice {
    /// A device with this network on it, weights 0. Equal seeds answer alike.
    pub fn new(network: &Network, settings: ExecutorSettings, seed: u64) -> Self {
        Self {
            key: StreamKey::new(seed, "mock device"),
            epoch: network.epoch(),
            weights: Buffer(vec![0.0; network.synapse_count()]),
            bias: network.neuron_rows().map(|row| network.spec(row).bias).collect(),
            updates: 0,
            operations: 0,
            lanes: 1,
            recorded: 0,
            memory: settings.memory,
            calls: Arc::default(),
        }
    }

    /// What has been asked so far, of this device and its clones.
    pub fn calls(&self) -> Calls {
        self.log(|calls| calls.clone())
    }

    /// A view of the calls that outlives the device's move into a box.
    pub fn calls_handle(&self) -> Arc<Mutex<Calls>> {
        Arc::clone(&self.calls)
    }

    fn log<T>(&self, note: impl FnOnce(&mut Calls) -> T) -> T {
        // Counters stay right even if a test panicked while it held them.
        note(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[track_caller]
    fn check(&self, network: &Network) {
        assert_eq!(self.epoch, network.epoch(), "this executor did not follow every commit");
    }

    fn named(&self, what: &str) -> StreamKey {
        let purpose = what.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(257).wrapping_add(u64::from(byte)));
        self.key.at(purpose).at(self.updates)
    }

    fn outputs(&self, network: &Network, window: Window<'_>, what: &str) -> Vec<f32> {
        let key = self.named(what);
        let cells = (0..window.cycles * window.lanes).flat_map(|cell| network.outputs().map(move |row| (cell, row)));
        cells.map(|(cell, row)| signed(key, network.id(Row::new(row)).number(), cell as u64)).collect()
    }

    fn candidates(&self, network: &Network, top: u32) -> Vec<Candidate> {
        let key = self.named("absent");
        let mut all = Vec::new();
        for post in network.neuron_rows() {
            let connected = &network.pres()[network.incoming(post)];
            let delays = network.group(network.spec(post).group).reach.max_delay;
            network.reach_of(post, &mut |range| {
                for pre in range.filter(|pre| connected.binary_search(pre).is_err()) {
                    let gradient = |delay| {
                        signed(key.at(u64::from(delay)), network.id(post).number(), network.id(Row::new(pre)).number())
                    };
                    all.extend((0..=delays).map(|delay| Candidate {
                        post: post.get(),
                        pre,
                        delay,
                        gradient: gradient(delay),
                    }));
                }
            });
        }
        let place = |c: &Candidate| (c.post, c.pre, c.delay);
        all.sort_by(|a, b| b.gradient.abs().total_cmp(&a.gradient.abs()).then(place(a).cmp(&place(b))));
        all.truncate(top as usize);
        all
    }

    /// Four cycles of up to eight lanes, whatever was run.
    fn samples(&self, network: &Network, signal: Signal, lanes: usize) -> Samples {
        let name = match signal {
            Signal::Blames { .. } => "blames",
            Signal::Bends { .. } => "bends",
            _ => "said",
        };
        let (key, lanes) = (self.named(name), lanes.min(8));
        let rows = (0..4).flat_map(|cycle| network.neuron_rows().map(move |row| (cycle, row)));
        let values = rows.flat_map(|(cycle, row)| {
            let number = network.id(row).number();
            (0..lanes as u64).map(move |lane| signed(key.at(cycle), number, lane))
        });
        Samples::new(lanes, network.neuron_count(), values.collect())
    }

    /// Signals that can be negative are drawn in ±1, the others in [0, 1); drives follow from weights and what is drawn.
    fn values(&self, network: &Network, signal: Signal) -> Vec<f32> {
        let key = self.named(&format!("{signal:?}"));
        let draw = |a: u64, b: u64| match signal {
            Signal::OutputMean | Signal::Splitting | Signal::Gradient | Signal::Residual => signed(key, a, b),
            _ => key.uniform(a, b) as f32,
        };
        let number = |row| network.id(row).number();
        match signal {
            Signal::Weight => self.weights.download(),
            Signal::Gradient | Signal::UpdateSize => {
                network.synapses().map(|(_, at)| draw(at.post.number(), at.pre.number())).collect()
            }
            Signal::Residual => {
                let pairs = network.outputs().flat_map(|output| network.neuron_rows().map(move |row| (output, row)));
                pairs.map(|(output, row)| draw(number(Row::new(output)), number(row))).collect()
            }
            Signal::Drive => {
                let (weights, said) = (self.weights.download(), self.values(network, Signal::OutputMagnitude));
                let speaks = |&synapse: &usize| !network.marks()[synapse].is_silent();
                let size = |synapse: usize| weights[synapse].abs() * said[network.pres()[synapse] as usize];
                network.neuron_rows().map(|row| network.incoming(row).filter(speaks).map(size).sum()).collect()
            }
            _ => network.neuron_rows().map(|row| draw(number(row), 0)).collect(),
        }
    }
}

fn signed(key: StreamKey, a: u64, b: u64) -> f32 {
    (2.0 * key.uniform(a, b) - 1.0) as f32
}

impl Follower for MockDevice {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.epoch, commit.before, "this executor missed a commit");
        self.epoch = after.epoch();
        self.weights.follow(commit);
        self.bias.gather(&commit.neurons, 0.0);
        for newborn in &commit.newborns {
            self.bias[newborn.row as usize] = after.spec(Row::new(newborn.row)).bias;
        }
        self.recorded = 0;
        self.log(|calls| calls.follow += 1);
    }
}

impl Executor for MockDevice {
    fn name(&self) -> &'static str {
        "mock"
    }

    fn supports(&self, _network: &Network) -> Result<(), ExecError> {
        Ok(())
    }

    fn reset(&mut self) {
        self.recorded = 0;
    }

    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        _dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        self.check(network);
        window.check(network)?;
        self.log(|calls| calls.forward += 1);
        let kept = if self.lanes == window.lanes && self.memory.is_some() { self.recorded } else { 0 };
        self.lanes = window.lanes;
        self.recorded = (kept + window.cycles).min(self.memory.unwrap_or(0).max(window.cycles));
        self.operations += (network.active_count() * window.lanes * window.cycles) as u64;
        Ok(self.outputs(network, window, "outputs"))
    }

    fn backward(&mut self, network: &Network, _d_outputs: &[f32]) -> Result<(), ExecError> {
        self.check(network);
        self.log(|calls| calls.backward += 1);
        self.operations += ((network.active_count() + network.synapse_count()) * self.lanes * self.recorded) as u64;
        Ok(())
    }

    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        self.check(network);
        self.log(|calls| calls.update += 1);
        self.updates += 1;
        let key = self.named("update");
        for (row, at) in network.synapses() {
            self.weights.nudge(row.index(), rule.rate * signed(key, at.post.number(), at.pre.number()));
        }
        Ok(())
    }

    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        self.check(network);
        window.check(network)?;
        self.log(|calls| calls.predict += 1);
        Ok(self.outputs(network, window, "predictions"))
    }

    fn observe(&mut self, network: &Network, signals: &[Signal]) {
        self.check(network);
        self.log(|calls| calls.observed = signals.to_vec());
    }

    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        self.check(network);
        let mut signals = Signals::default();
        for &signal in wanted {
            let seen = self.log(|calls| {
                calls.signals.push(signal);
                let seen = !signal.is_running() || calls.observed.contains(&signal);
                calls.unobserved.extend((!seen).then_some(signal));
                seen
            });
            match signal {
                Signal::Outputs { lanes } | Signal::Blames { lanes } | Signal::Bends { lanes } => {
                    signals.put_samples(signal, self.samples(network, signal, lanes as usize));
                }
                Signal::AbsentGradient { top } => signals.put_candidates(signal, self.candidates(network, top)),
                Signal::AbsentGradientByGroups { top } => {
                    let all = self.candidates(network, u32::MAX);
                    signals.put_candidates(signal, by_groups(network, all, top as usize));
                }
                _ if seen => signals.put(signal, self.values(network, signal)),
                _ => signals.put(signal, vec![0.0; network.neuron_count()]),
            }
        }
        signals
    }

    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>> {
        self.check(network);
        let id: NeuronId = network.id(neuron);
        let key = self.named("recall").at(ago as u64);
        (ago < self.recorded).then(|| (0..self.lanes).map(|lane| signed(key, id.number(), lane as u64)).collect())
    }

    fn operations(&self) -> u64 {
        self.operations
    }

    fn export(&self, network: &Network) -> Exported {
        self.check(network);
        self.log(|calls| calls.export += 1);
        let (neurons, synapses, updates) = (network.neuron_count(), network.synapse_count(), self.updates as u32);
        Exported {
            weights: self.weights.download(),
            bias: self.bias.clone(),
            decay: vec![0.0; neurons],
            gain: vec![1.0; neurons],
            steps: [synapses, neurons, neurons, neurons].map(|count| vec![updates; count]),
            lanes: self.lanes,
            operations: self.operations,
            ..Exported::default()
        }
    }

    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        let shape = |what, found, expected| {
            if found == expected { Ok(()) } else { Err(ExecError::Shape { what, found, expected }) }
        };
        shape("imported column of weights", from.weights.len(), network.synapse_count())?;
        shape("imported column of biases", from.bias.len(), network.neuron_count())?;
        self.log(|calls| calls.import += 1);
        self.epoch = network.epoch();
        (self.weights, self.bias) = (Buffer(from.weights.clone()), from.bias.clone());
        self.updates = from.steps.iter().flatten().copied().max().map_or(0, u64::from);
        (self.lanes, self.operations, self.recorded) = (from.lanes, from.operations, 0);
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Executor> {
        Box::new(self.clone())
    }
}
