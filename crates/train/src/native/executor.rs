//! The executor itself: what it keeps, and the [`Executor`] trait.

use super::Threads;
use super::activity::Activity;
use super::backward::Backward;
use super::forward::{Feed, Forward, read_outputs};
use super::parameters::{Columns, DECAY, WEIGHTS, born, columns, logistic};
use super::plan::Plan;
use super::shape::Shape;
use super::shares::Scratch;
use super::short::Standing;
use super::solo::Record;
use super::statistics::Statistics;
use super::threads::Pool;
use super::update::{Memory, Update, check, not_finite};
use livenet_core::kernel::LANES;
use livenet_core::{
    Dropout, ExecError, Executor, ExecutorSettings, Exported, Network, Neurons, Row, Signal, Signals, UpdateRule,
    Window,
};

/// What this executor is called.
pub(super) const NAME: &str = "native";

/// Runs a network on the CPU in f32. See the [module](super).
///
/// Semantics are those of [`livenet_core::testing::Naive`]. A clone shares the threads.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Native {
    pub(super) settings: ExecutorSettings,
    pub(super) pool: Pool,
    pub(super) plan: Plan,
    pub(super) parameters: Columns<f32>,
    pub(super) gradients: Columns<f32>,
    pub(super) standing: Standing,
    pub(super) memory: Memory,
    /// Weights as they count, where some are silent.
    pub(super) counted: Vec<f32>,
    pub(super) counted_stale: bool,
    /// The decay of each neuron, where any unit keeps a state.
    pub(super) decays: Vec<f32>,
    /// |change| of every weight in the last update, where somebody wants to know; empty after a commit.
    pub(super) update_sizes: Vec<f32>,
    pub(super) keep_sizes: bool,
    pub(super) activity: Activity,
    /// The activity of predictions.
    pub(super) trial: Activity,
    pub(super) scratch: Scratch,
    pub(super) statistics: Statistics,
    pub(super) operations: u64,
    pub(super) record: Record,
    /// Whether somebody wants what the short way cannot give.
    pub(super) long_way: bool,
    /// Whether there ever was dropout, whose sweep needs potentials.
    pub(super) dropped: bool,
}

/// Weights as they count: 0 where silent.
pub(super) fn counted<'a>(plan: &Plan, parameters: &'a Columns<f32>, counted: &'a [f32]) -> &'a [f32] {
    if plan.silent.is_empty() { &parameters[WEIGHTS] } else { counted }
}

/// Multiply-adds of a pass over all connections for so many lanes and cycles.
pub(super) fn work(network: &Network, samples: usize) -> usize {
    (network.synapse_count() + network.neuron_count()) * samples
}

pub(super) fn too_long(network: &Network, cycles: usize) -> ExecError {
    ExecError::Unsupported {
        executor: NAME,
        what: format!("a memory of {cycles} cycles of {} neurons", network.neuron_count()),
        mend: "lower the memory or the window".to_owned(),
    }
}

impl Native {
    /// An executor over this network: weights 0, the neurons' own parameters as specified.
    pub fn new(network: &Network, settings: ExecutorSettings, threads: Threads) -> Self {
        let plan = Plan::new(network);
        let shape = plan.shape(network.neuron_count());
        let mut new = Self {
            settings,
            pool: Pool::new(threads),
            plan,
            parameters: born(network),
            gradients: columns(network, &0.0),
            standing: Standing::Made,
            memory: Memory::new(network),
            counted: Vec::new(),
            counted_stale: true,
            decays: Vec::new(),
            update_sizes: Vec::new(),
            keep_sizes: false,
            activity: Activity::new(shape, 1),
            trial: Activity::new(Shape { lean: true, ..shape }, 0),
            scratch: Scratch::default(),
            statistics: Statistics::default(),
            operations: 0,
            record: Record::default(),
            long_way: false,
            dropped: false,
        };
        new.activity.be_lean(new.shape(network).lean);
        new
    }

    #[track_caller]
    fn check_epoch(&self, network: &Network) {
        assert_eq!(self.plan.epoch, network.epoch(), "this executor did not follow every commit");
    }

    /// Connections that contribute.
    pub(super) fn active(&self, network: &Network) -> usize {
        network.synapse_count() - self.plan.silent.len()
    }

    /// Brings what is derived from parameters up to date.
    pub(super) fn prepare(&mut self) {
        self.decays.clear();
        if self.plan.leaky {
            self.decays.extend(self.parameters[DECAY].iter().map(|&rho| logistic(rho)));
        }
        if std::mem::take(&mut self.counted_stale) && !self.plan.silent.is_empty() {
            self.counted.clone_from(&self.parameters[WEIGHTS]);
            for &row in &self.plan.silent {
                self.counted[row as usize] = 0.0;
            }
        }
    }
}

impl Executor for Native {
    fn name(&self) -> &'static str {
        NAME
    }

    fn supports(&self, network: &Network) -> Result<(), ExecError> {
        Plan::supports(network)?;
        let memory = self.settings.memory.unwrap_or(0);
        if self.plan.shape(network.neuron_count()).is_too_long(memory) {
            Err(too_long(network, memory))
        } else {
            Ok(())
        }
    }

    fn reset(&mut self) {
        if self.record.leads {
            self.record.reset();
        } else {
            self.activity.reset();
        }
    }

    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        self.check_epoch(network);
        window.check(network)?;
        let (lanes, cycles) = (window.lanes, window.cycles);
        let memory = self.settings.memory.unwrap_or(0).max(cycles);
        if self.activity.shape.is_too_long(memory) {
            return Err(too_long(network, memory));
        }
        self.prepare();
        if lanes == 1 && memory == 1 && dropout.is_none() && self.fire_solo(network, window.values) {
            return Ok(self.fired_solo(network));
        }
        self.settle();
        self.turn_back();
        if dropout.is_some() && !self.dropped {
            self.dropped = true;
            self.activity.be_lean(self.shape(network).lean);
        }
        self.activity.open(lanes, cycles, memory);
        let work = work(network, self.activity.blocks() * LANES * cycles);
        let Self { pool, plan, parameters, decays, activity, .. } = self;
        let weights = counted(plan, parameters, &self.counted);
        let feed = Feed { values: window.values, of_lanes: lanes, lane: 0, cycle: 0 };
        let forward = |threads| Forward { network, plan, weights, parameters, decays, feed, dropout, threads };
        if !pool.run(work, |threads| forward(threads).run(activity, cycles)) {
            let (what, cycle, neuron, value) = forward(1).locate(activity, cycles).expect("padding repeats true lanes");
            return Err(not_finite(what, neuron, cycle, value));
        }
        self.operations += (self.active(network) * lanes * cycles) as u64;
        if !self.statistics.is_empty() {
            let (statistics, activity) = (&mut self.statistics, &self.activity);
            self.pool.run(work, |_| statistics.fired(activity));
        }
        let rows = network.outputs().start as usize..network.outputs().end as usize;
        let mut outputs = vec![0.0; cycles * lanes * rows.len()];
        read_outputs(&self.activity, rows, self.activity.end - cycles..self.activity.end, &mut outputs, (0, lanes));
        Ok(outputs)
    }

    fn backward(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        self.check_epoch(network);
        if self.record.leads && self.record.recorded {
            return self.sweep_solo(network, d_outputs, 0.0);
        }
        self.settle();
        self.turn_back();
        let (lanes, recorded) = (self.activity.lanes, self.activity.recorded());
        let expected = self.activity.window * lanes * network.outputs().len();
        if d_outputs.len() != expected {
            return Err(ExecError::Shape { what: "derivative by the outputs", found: d_outputs.len(), expected });
        }
        self.standing = Standing::Made;
        // The sweep writes weights all, a neuron's own where they matter.
        let set = if recorded == 0 { 0 } else { WEIGHTS + 1 };
        self.gradients[set..].iter_mut().for_each(|column| column.fill(0.0));
        if recorded == 0 {
            return Ok(());
        }
        self.prepare();
        let work = work(network, self.activity.blocks() * LANES * recorded);
        let Self { pool, plan, parameters, decays, activity, scratch, gradients, .. } = self;
        let weights = counted(plan, parameters, &self.counted);
        let finite = pool.run(work, |threads| {
            Backward { network, plan, weights, parameters, decays, threads }
                .run(activity, scratch, d_outputs, gradients)
        });
        if !finite {
            let sweep = Backward { network, plan, weights, parameters, decays, threads: 1 };
            let (cycle, neuron, value) = sweep.locate(activity).expect("blame of padding is 0");
            (activity.swept, self.standing) = (0, Standing::Stale);
            return Err(not_finite("gradient", neuron, cycle, value));
        }
        self.operations += ((self.active(network) + network.synapse_count()) * lanes * recorded) as u64;
        if !self.statistics.is_empty() {
            let (statistics, activity) = (&mut self.statistics, &self.activity);
            self.pool.run(work, |_| statistics.blamed(activity));
        }
        Ok(())
    }

    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        self.check_epoch(network);
        self.make_gradients(network);
        self.turn_back();
        if self.keep_sizes {
            self.update_sizes.clone_from(&self.parameters[WEIGHTS]);
        }
        self.weights_change();
        let Self { pool, plan, memory, parameters, gradients, update_sizes, .. } = self;
        // About ten operations an element.
        let checked = pool.run(10 * network.synapse_count(), |_| {
            memory.step(&Update { network, plan, rule }, parameters, gradients);
            check(network, parameters)
        });
        for (size, weight) in update_sizes.iter_mut().zip(&parameters[WEIGHTS]) {
            *size = (weight - *size).abs();
        }
        checked
    }

    fn learn(&mut self, network: &Network, d_outputs: &[f32], rule: &UpdateRule) -> Result<(), ExecError> {
        self.check_epoch(network);
        if self.steps_at_once(rule) {
            return self.sweep_solo(network, d_outputs, rule.rate);
        }
        self.backward(network, d_outputs)?;
        self.update(network, rule)
    }

    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        self.check_epoch(network);
        window.check(network)?;
        self.turn_back();
        self.sequence(network, window)
    }

    fn observe(&mut self, network: &Network, signals: &[Signal]) {
        self.check_epoch(network);
        self.statistics.observe(signals, network.neuron_count());
        self.keep_sizes = signals.contains(&Signal::UpdateSize);
        self.take_long_way(network, signals.iter().any(|signal| signal.needs_curvature()));
    }

    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        self.check_epoch(network);
        self.compute(network, wanted)
    }

    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>> {
        self.check_epoch(network);
        if self.record.leads {
            return self.record.output(neuron.index()).filter(|_| ago == 0).map(|output| vec![output]);
        }
        let activity = &self.activity;
        (ago < activity.recorded()).then(|| {
            (0..activity.lanes).map(|lane| activity.past(lane / LANES, ago + 1, neuron.index())[lane % LANES]).collect()
        })
    }

    fn operations(&self) -> u64 {
        self.operations
    }

    fn export(&self, network: &Network) -> Exported {
        self.check_epoch(network);
        if self.record.leads || self.record.turned.leads || self.memory.ahead > 0 {
            let mut settled = self.clone();
            settled.settle();
            settled.turn_back();
            settled.memory.count();
            return settled.exported(network);
        }
        self.exported(network)
    }

    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        self.take_over(network, from)
    }

    fn boxed_clone(&self) -> Box<dyn Executor> {
        Box::new(self.clone())
    }
}
