//! Homeostatic structural plasticity: neurons grow and retract synaptic elements until they are as active as they want to be.
//!
//! **Biology.** Dendritic spines and axonal boutons are made and lost in the adult cortex, and how many of them there are follows
//! activity: after a retinal lesion the silenced neurons of the visual cortex gain spines until they speak again (Butz and van Ooyen
//! 2013, on Keck et al. 2008). What a neuron senses of its activity is the calcium in its soma.
//!
//! - [`Calcium`] is the trace of a neuron's activity, [`Curve`] how many elements it gains or loses per step because of it;
//! - `elements` keeps both per neuron, and what is connected of them;
//! - `deletion` and `pairing` say which connections go and which come;
//! - [`SynapticElements`] is the method.

mod calcium;
mod curve;
mod deletion;
mod elements;
mod entry;
mod method;
mod pairing;
mod vacancy;

pub use calcium::{Calcium, Relaxation};
pub use curve::Curve;
pub(crate) use entry::ENTRY;
pub use method::{Homeostasis, NewWeight, SynapticElements};
