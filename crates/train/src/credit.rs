//! Credit: how blame reaches the weights.

use livenet_core::{Commit, ExecError, Executor, Follower, Network, UpdateRule};
use std::any::Any;

/// How blame is assigned. Truncated backpropagation is the first; forward-mode and local rules
/// follow the same hooks, and every commit.
pub trait Credit: Follower + Any + Send {
    /// Turns dL/d output (`[cycle][lane][output]`) into gradients in the executor.
    ///
    /// # Errors
    /// What the executor reports.
    fn assign(&mut self, executor: &mut dyn Executor, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError>;
    /// [`assign`](Self::assign) and the update, when nobody looks between the two.
    ///
    /// # Errors
    /// What the executor reports.
    fn learn(
        &mut self,
        executor: &mut dyn Executor,
        network: &Network,
        d_outputs: &[f32],
        rule: &UpdateRule,
    ) -> Result<(), ExecError> {
        self.assign(executor, network, d_outputs)?;
        executor.update(network, rule)
    }
    /// A copy with its state, for trials.
    fn boxed_clone(&self) -> Box<dyn Credit>;
}

/// Exact truncated backpropagation through time over the executor's memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backpropagation;

impl Follower for Backpropagation {
    fn follow(&mut self, _: &Network, _: &Commit) {}
}

impl Credit for Backpropagation {
    fn assign(&mut self, executor: &mut dyn Executor, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        executor.backward(network, d_outputs)
    }
    fn learn(
        &mut self,
        executor: &mut dyn Executor,
        network: &Network,
        d_outputs: &[f32],
        rule: &UpdateRule,
    ) -> Result<(), ExecError> {
        executor.learn(network, d_outputs, rule)
    }
    fn boxed_clone(&self) -> Box<dyn Credit> {
        Box::new(*self)
    }
}
