//! Widening by what samples say: neurons are born where the gradient has no way to go.

mod eigen;
pub mod evidence;
mod gradmax;
pub mod growth;
pub mod matrix;
mod singular;
pub mod site;

pub use evidence::{Evidence, Residual};
pub use gradmax::GradMax;
pub use growth::{Bias, Direction, Metric, Rules, Silent, Values, svd_growth};
pub use site::{Newborn, Site};

pub(crate) use gradmax::ENTRY as GRADMAX_ENTRY;
