//! Gradients that follow from the blame of a sweep.

use super::activity::{Activity, Layouts};
use super::backward::{Backward, Scratch};
use super::parameters::{BIAS, Columns, DECAY, GAIN};
use livenet_core::kernel::{self, Store};
use livenet_core::{Norm, Role, UnitKind};

impl Backward<'_> {
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

    /// Gradients of what is the neurons' own, from blame.
    pub(super) fn gradients(&self, activity: &Activity, gradients: &mut Columns<f32>) {
        let (Layouts { blame, plain, .. }, cycles) = (activity.layouts, activity.swept);
        let blamed = blame.view(&activity.blame, activity.start);
        for group in self.plan.groups.iter().filter(|group| group.role != Role::Input && !group.rows.is_empty()) {
            let rows = group.rows.clone();
            if group.norm == Norm::None {
                kernel::sums(blamed, cycles, rows.clone(), Store::Set, &mut gradients[BIAS][rows]);
            } else {
                let by_z = plain.view(&activity.blame_z, activity.start);
                kernel::sums(by_z, cycles, rows.clone(), Store::Set, &mut gradients[BIAS][rows.clone()]);
                let normals = plain.view(&activity.normals, activity.start);
                kernel::dots(by_z, normals, cycles, rows.clone(), Store::Set, &mut gradients[GAIN][rows]);
            }
            for run in group.runs.iter().filter(|run| run.unit.kind == UnitKind::Leaky) {
                let by_v = plain.view(&activity.blame_v, activity.start);
                let differences = plain.view(&activity.differences, activity.start);
                let out = &mut gradients[DECAY][run.rows.clone()];
                kernel::dots(by_v, differences, cycles, run.rows.clone(), Store::Set, out);
                for (out, &decay) in out.iter_mut().zip(&self.decays[run.rows.clone()]) {
                    *out *= decay * (1.0 - decay);
                }
            }
        }
    }
}
