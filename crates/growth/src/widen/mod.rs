//! Widening by what samples say: neurons are born where the gradient has no way to go.
//!
//! [`Site`] says where a neuron may be born, [`Evidence`] what samples say about the place, [`svd_growth`] the directions in
//! which it would help most; [`GradMax`] and [`Tiny`] make newborns of them, [`Senn`] of the best of many proposals.

pub mod evidence;
mod expansion;
mod gradmax;
pub mod growth;
mod planned;
mod senn;
pub mod site;
mod tiny;

pub use evidence::{Evidence, Residual};
pub use expansion::Expansion;
pub use gradmax::{GradMax, Speech};
pub use growth::{Bias, Direction, Metric, Rules, Silent, Values, svd_growth};
pub use senn::Senn;
pub use site::{Newborn, Site};
pub use tiny::{Amplitude, Tiny};

pub(crate) use gradmax::ENTRY as GRADMAX_ENTRY;
pub(crate) use senn::ENTRY as SENN_ENTRY;
pub(crate) use tiny::{ENTRY as TINY_ENTRY, FISHER_ENTRY};
