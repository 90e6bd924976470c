//! The life of a neuron in stages: how it comes to divide, how newborns prove themselves, how eager it learns.
//!
//! [`CellCycle`] is division as a cycle of phases with checkpoints; [`Newborns`] is the selection of the young;
//! [`Gain`] says by which factor the young and the well fed learn faster. What is older stands beside: division in
//! one step is [`Mitosis`](crate::Mitosis), death is [`Apoptosis`](crate::Apoptosis).

mod cell_cycle;
mod checkpoint;
mod gain;
mod newborns;
mod phase;

pub(crate) use cell_cycle::ENTRY;
pub use cell_cycle::{CellCycle, Cycle};
pub use checkpoint::{Aborted, Damage, Demand};
pub use gain::{Change, Gain};
pub use newborns::Newborns;
pub use phase::Phase;
