//! Gradients that follow from the blame of a sweep.

use super::activity::{Activity, Layouts};
use super::backward::Backward;
use super::parameters::{BIAS, DECAY, GAIN};
use super::shares::Scratch;
use livenet_core::kernel::{self, Store};
use livenet_core::{Norm, Role, UnitKind};

/// Rows of a cycle, of all blocks, up to which sweep and gradients go apart: the sweep then finds them in the first-level
/// cache or next to it. With 560 of them a step on two threads takes 2.7 ms apart and 3.2 together; with 4256, 24 and 19.5.
const APART: usize = 1 << 11;

impl Backward<'_> {
    /// Whether the gradients of the weights are summed after the sweep, over all its cycles at once. The shapes alone
    /// decide, since the order of sums depends on it.
    pub(super) fn is_apart(&self, cycles: usize, blocks: usize) -> bool {
        cycles > 1 && self.network.neuron_count() * blocks <= APART
    }

    /// Gradients of the weights, from the sweep and, in blocks, from blame.
    pub(super) fn of_weights(&self, activity: &Activity, scratch: &mut Scratch, gradients: &mut [f32]) {
        let (plan, network) = (self.plan, self.network);
        let by_listener = (plan.sparse(network), network.pres());
        plan.transpose.restore(by_listener, &scratch.gradients, &mut scratch.places, gradients);
        if !plan.dense.is_empty() {
            let Layouts { outputs, blame, .. } = activity.layouts;
            let outputs = outputs.view(&activity.outputs, activity.start);
            let blame = blame.view(&activity.blame, activity.start);
            plan.dense.gradient((outputs, blame, activity.swept), &mut scratch.packed, self.threads, gradients);
        }
    }

    /// Gradients of what is the neurons' own, from blame; the columns after those of the weights.
    pub(super) fn gradients(&self, activity: &Activity, gradients: &mut [Vec<f32>; 3]) {
        let (Layouts { blame, plain, .. }, cycles) = (activity.layouts, activity.swept);
        let blamed = blame.view(&activity.blame, activity.start);
        for group in self.plan.groups.iter().filter(|group| group.role != Role::Input && !group.rows.is_empty()) {
            let rows = group.rows.clone();
            if group.norm == Norm::None {
                kernel::sums(blamed, cycles, rows.clone(), Store::Set, &mut gradients[BIAS - 1][rows]);
            } else {
                let by_z = plain.view(&activity.blame_z, activity.start);
                kernel::sums(by_z, cycles, rows.clone(), Store::Set, &mut gradients[BIAS - 1][rows.clone()]);
                let normals = plain.view(&activity.normals, activity.start);
                kernel::dots(by_z, normals, cycles, rows.clone(), Store::Set, &mut gradients[GAIN - 1][rows]);
            }
            for run in group.runs.iter().filter(|run| run.unit.kind == UnitKind::Leaky) {
                let by_v = plain.view(&activity.blame_v, activity.start);
                let differences = plain.view(&activity.differences, activity.start);
                let out = &mut gradients[DECAY - 1][run.rows.clone()];
                kernel::dots(by_v, differences, cycles, run.rows.clone(), Store::Set, out);
                for (out, &decay) in out.iter_mut().zip(&self.decays[run.rows.clone()]) {
                    *out *= decay * (1.0 - decay);
                }
            }
        }
    }
}
