//! Learning for living neural networks.
//!
//! Losses, learning-rate schedules, the executors that run a network (`native` on the CPU, `burn`
//! on any device that burn knows), and the [`session`] that ties training and growth together.
//! Optimizers are data ([`livenet_core::Optimizer`]); executors fuse them into their update.

#[cfg(feature = "burn")]
pub mod burn;
mod credit;
pub mod loss;
pub mod native;
mod schedule;
pub mod session;

pub use credit::{Backpropagation, Credit};
pub use loss::{Loss, LossError, Targets, UserLoss};
pub use native::{Native, Threads};
pub use schedule::{RateSchedule, Shape};
pub use session::Session;
