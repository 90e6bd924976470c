//! The short way, as the executor takes it: one sample in one cycle, see `solo.rs`.

use super::executor::{Native, counted};
use super::forward::{Feed, Forward};
use super::parameters::{BIAS, WEIGHTS};
use super::solo::Reads;
use super::update::not_finite;
use livenet_core::{ExecError, Network, Optimizer, UpdateRule};

/// Whether the gradients are what they are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// They are.
    Made,
    /// They are from before a commit, and count as 0.
    Stale,
    /// They are still to be made from the record.
    Due,
    /// Likewise, but their step is taken already.
    Taken,
}

impl Native {
    /// Fires one cycle of one sample; says whether it could.
    pub(super) fn fire_solo(&mut self, network: &Network, values: &[f32]) -> bool {
        if self.long_way || !(Reads { network, plan: &self.plan }).suits() {
            return false;
        }
        match self.standing {
            // Their step is taken; nobody asked for them.
            Standing::Taken => self.standing = Standing::Stale,
            Standing::Due => self.make_gradients(network),
            Standing::Made | Standing::Stale => {}
        }
        self.plan.sources.spell_out(network);
        let Self { pool, plan, parameters, activity, record, .. } = self;
        let reads = Reads { network, plan };
        record.lead(activity);
        record.turned.listen(plan, &mut parameters[WEIGHTS], values);
        let parameters = (counted(plan, parameters, &self.counted), &*parameters[BIAS]);
        // What is not finite is found, and told, by the long way.
        pool.run(reads.work(), |_| record.fire(reads, parameters, values))
    }

    /// The outputs of that cycle.
    pub(super) fn fired_solo(&mut self, network: &Network) -> Vec<f32> {
        self.operations += self.active(network) as u64;
        let outputs = self.record.outputs(network.outputs().start as usize..network.outputs().end as usize).to_vec();
        self.statistics.fired_once(self.record.now());
        outputs
    }

    /// Blame for that cycle; with a rate, the step as well.
    pub(super) fn sweep_solo(&mut self, network: &Network, d_outputs: &[f32], rate: f32) -> Result<(), ExecError> {
        let expected = network.outputs().len();
        if d_outputs.len() != expected {
            return Err(ExecError::Shape { what: "derivative by the outputs", found: d_outputs.len(), expected });
        }
        self.prepare();
        let stepped = rate != 0.0;
        self.standing = if stepped { Standing::Taken } else { Standing::Due };
        self.scratch.ahead &= !stepped;
        let active = self.active(network);
        let Self { pool, plan, parameters, record, .. } = self;
        let [weights, bias, ..] = parameters;
        let weights = if plan.silent.is_empty() { weights } else { &mut self.counted };
        let reads = Reads { network, plan };
        let swept = pool.run(2 * reads.work(), |_| record.sweep(reads, d_outputs, rate, (weights, bias)));
        swept.map_err(|(what, neuron, value)| not_finite(what, neuron, 0, value))?;
        self.operations += 2 * active as u64;
        self.memory.ahead += u32::from(stepped);
        self.statistics.blamed_once(&self.record.blame);
        Ok(())
    }

    /// Whether blame and update can go in one.
    pub(super) fn steps_at_once(&self, rule: &UpdateRule) -> bool {
        let plain = rule.optimizer == Optimizer::Sgd && rule.passes.is_empty() && rule.rate != 0.0;
        let all_learn = self.plan.frozen.is_none() && self.plan.silent.is_empty();
        let known = self.memory.optimizer() == Some(rule.optimizer);
        plain && all_learn && known && !self.keep_sizes && self.record.leads && self.record.recorded
    }

    /// From now on keeps the weights of a sweep, all of them in the order of the transpose, or no longer.
    pub(super) fn take_long_way(&mut self, network: &Network, long: bool) {
        if long != self.long_way {
            self.settle();
            self.turn_back();
            self.prepare();
            if self.activity.shape.lean {
                let Self { plan, parameters, decays, activity, .. } = self;
                let weights = counted(plan, parameters, &self.counted);
                let feed = Feed { values: &[], of_lanes: activity.lanes, lane: 0, cycle: 0 };
                Forward { network, plan, weights, parameters, decays, feed, dropout: None, threads: 1 }
                    .recall(activity);
            }
            (self.long_way, self.plan.dense.off) = (long, long);
            self.plan.rebuild(network);
            self.scratch.ahead = false;
            self.activity.be_lean(self.shape(network).lean);
            let Self { plan, parameters, scratch, .. } = self;
            scratch.arranged = long.then(|| {
                let mut arranged = vec![0.0; plan.transpose.wires().connections()];
                let weights = counted(plan, parameters, &self.counted);
                plan.transpose.arrange(weights, &mut scratch.places, &mut arranged);
                arranged
            });
        }
    }

    /// Makes the gradients, if that was put off.
    pub(super) fn make_gradients(&mut self, network: &Network) {
        match std::mem::replace(&mut self.standing, Standing::Made) {
            Standing::Made => {}
            Standing::Stale => {
                for column in &mut self.gradients {
                    column.fill(0.0);
                }
            }
            Standing::Due | Standing::Taken => {
                self.record.gradients(Reads { network, plan: &self.plan }, &mut self.gradients);
            }
        }
    }

    /// Brings the activity up to date.
    pub(super) fn settle(&mut self) {
        if self.record.leads {
            let Self { scratch, activity, record, .. } = self;
            record.settle(activity, &mut scratch.given);
        }
    }
}
