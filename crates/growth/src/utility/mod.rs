//! Utility as an economy: outputs are worth something, and what they are worth flows back to who makes them what they are.
//!
//! **Biology.** A neuron lives on what its targets give it: trophic factors are taken up at its synapses and carried back to
//! the soma, and axons that bring too little are withdrawn and neurons that get too little die (Oppenheim 1991, Annual Review of
//! Neuroscience 14:453; Purves 1988, *Body and Brain*). Here the surplus of a connection is what its presynaptic neuron is paid,
//! and what it keeps is its own upkeep.
//!
//! - [`traces`] measures how much each connection matters to its listener;
//! - [`Utilities`] is the flow, for whoever asks how useful a neuron or a connection is;
//! - [`UtilityEconomy`] prunes what cannot pay its upkeep.

mod bias;
mod entry;
mod flow;
mod inverse;
mod lonely;
mod method;
mod trace;

pub(crate) use entry::ENTRY;
pub use flow::{Balance, Utilities};
pub use method::{Age, Upkeep, UtilityEconomy};
pub use trace::traces;
