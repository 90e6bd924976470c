//! Predictions: a sequence from zero state, some lanes and some cycles at a time, beside everything that is kept.

use super::activity::Activity;
use super::executor::{Native, counted, too_long, work};
use super::forward::{Feed, Forward, read_outputs};
use super::shape::Shape;
use super::update::not_finite;
use livenet_core::kernel::LANES;
use livenet_core::{ExecError, Network, Window};

/// Blocks that a thread has at a time: enough to share the reading of indices, few enough for the cache.
const BLOCKS: usize = 4;
/// Cycles between two moves of what is carried.
const CYCLES: usize = 8;

impl Native {
    pub(super) fn sequence(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        let count = network.outputs().len();
        let outputs_at = network.outputs().start as usize..network.outputs().end as usize;
        let mut outputs = vec![0.0; window.cycles * window.lanes * count];
        // Nobody goes back over a prediction.
        let shape = Shape { lean: true, ..self.plan.shape(network.neuron_count()) };
        let together = (self.pool.count() * BLOCKS * LANES).min(window.lanes);
        self.prepare();
        if self.trial.shape != shape {
            self.trial = Activity::new(shape, together);
        }
        if self.trial.shape.is_too_long(CYCLES) {
            return Err(too_long(network, CYCLES));
        }
        // The first in the order of firing, whichever lanes it arose in.
        let mut wrong: Option<(usize, u32, ExecError)> = None;
        for lane in (0..window.lanes).step_by(together) {
            let lanes = together.min(window.lanes - lane);
            self.trial.reset();
            for cycle in (0..window.cycles).step_by(CYCLES) {
                let cycles = CYCLES.min(window.cycles - cycle);
                self.trial.open(lanes, cycles, 0);
                let feed = Feed { values: window.values, of_lanes: window.lanes, lane, cycle };
                let work = work(network, self.trial.blocks() * LANES * cycles);
                let (pool, trial, plan, parameters, decays) =
                    (&self.pool, &mut self.trial, &self.plan, &self.parameters, &self.decays);
                let weights = counted(plan, parameters, &self.counted);
                let forward =
                    |threads| Forward { network, plan, weights, parameters, decays, feed, dropout: None, threads };
                if !pool.run(work, |threads| forward(threads).run(trial, cycles)) {
                    let (what, at, neuron, value) =
                        forward(1).locate(trial, cycles).expect("padding repeats true lanes");
                    let row = network.row(neuron).map_or(0, livenet_core::Row::get);
                    if wrong.as_ref().is_none_or(|(first, first_row, _)| (cycle + at, row) < (*first, *first_row)) {
                        wrong = Some((cycle + at, row, not_finite(what, neuron, cycle + at, value)));
                    }
                    break;
                }
                let to = &mut outputs[cycle * window.lanes * count..];
                let recorded = self.trial.end - cycles..self.trial.end;
                read_outputs(&self.trial, outputs_at.clone(), recorded, to, (lane, window.lanes));
            }
        }
        wrong.map_or(Ok(outputs), |(_, _, error)| Err(error))
    }
}
