//! Lean activity: potentials of the cycle at hand only.
//!
//! Where the outputs tell every derivative, nobody comes back to a potential, so that a sweep forward writes half as much
//! and a window of ten thousand neurons keeps a third less. Whoever comes to need them has them made again from what was
//! heard ([`Forward::recall`](super::forward::Forward::recall)).

use super::activity::{Activity, Layouts};
use super::executor::Native;
use super::shape::Shape;
use livenet_core::Network;
use livenet_core::kernel::Lanes;

impl Layouts {
    /// Which of the cycles of the potentials is this one.
    pub(super) fn of_potentials(&self, cycle: usize) -> usize {
        if self.lean { 0 } else { cycle }
    }
}

impl Native {
    /// What the buffers of activity are to be like: lean unless somebody comes back to potentials of past cycles, which
    /// are those who remember more than a window, who look at curvature, and who drop outputs.
    pub(super) fn shape(&self, network: &Network) -> Shape {
        let lean = self.plan.told && self.settings.memory.is_none() && !self.long_way && !self.dropped;
        Shape { lean, ..self.plan.shape(network.neuron_count()) }
    }
}

impl Activity {
    /// Keeps potentials of all recorded cycles from now on, or of the one at hand alone. What there is of the last one
    /// stays, of those before nothing.
    pub(super) fn be_lean(&mut self, lean: bool) {
        if self.shape.lean == lean {
            return;
        }
        let (last, neurons) = (self.end.saturating_sub(1), self.shape.neurons);
        let (before, old) = (std::mem::take(&mut self.potentials), self.layouts);
        self.shape.lean = lean;
        self.layouts = Layouts::new(self.shape, self.room);
        let blocks = self.blocks();
        self.potentials.resize(self.layouts.potentials.len(blocks), Lanes::ZERO);
        if self.end > 0 {
            for block in 0..blocks {
                let from = old.potentials.row(block, old.of_potentials(last), 0);
                let to = self.layouts.potentials.row(block, self.layouts.of_potentials(last), 0);
                self.potentials[to..to + neurons].copy_from_slice(&before[from..from + neurons]);
            }
        }
    }
}
