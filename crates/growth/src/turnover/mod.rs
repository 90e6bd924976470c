//! Turnover: neurons are renewed in place, the worn out first.
//!
//! A renewal (`Move::Renew`) draws what a neuron hears anew, sets what it tells others to 0, begins its moments and step counts at
//! nothing, and moves no row; so it can happen at every step. One engine; [`methods`] are constants: who is
//! worn ([`Worn`]) × how many ([`Pace`]) × how the newcomer is born ([`Bounds`]) × what stays of the old one ([`Legacy`]).
//!
//! [`SelfNormalised`] resets have another shape: a neuron is worn by its own past.
//!
//! Where a paper speaks of a layer, this speaks of a fire group: ranks, shares and what is owed are per group. Inputs, outputs and
//! frozen neurons are never renewed, nor who hears or is heard through a frozen connection: what it knows was put aside.

mod engine;
pub mod methods;
pub(crate) mod self_normalised;

pub use engine::{Bounds, Legacy, Pace, Renewal, Turnover, Worn};
pub use methods::{AGE_CLOCK, CONTINUAL_BACKPROP, REDO};
pub use self_normalised::SelfNormalised;
