//! The methods: each a constant, its entry in the registry, and what to know of it.

pub(crate) mod any;
pub(crate) mod cht;
pub(crate) mod correlation;
pub(crate) mod deep_r;
pub(crate) mod distance;
pub(crate) mod gmp;
pub(crate) mod gse;
pub(crate) mod hebbian;
pub(crate) mod movement;
pub(crate) mod overshoot;
pub(crate) mod rigl;
pub(crate) mod set;
pub(crate) mod snfs;
pub(crate) mod snip;
pub(crate) mod soft_deep_r;
pub(crate) mod srigl;
pub(crate) mod top_kast;

pub use cht::{CHT, CHTS, CHTSS};
pub use correlation::CORRELATION;
pub use deep_r::DEEP_R;
pub use distance::DISTANCE;
pub use gmp::GMP;
pub use gse::GSE;
pub use hebbian::HEBBIAN;
pub use movement::MOVEMENT;
pub use overshoot::OVERSHOOT;
pub use rigl::RIGL;
pub use set::SET;
pub use snfs::SNFS;
pub use snip::SNIP;
pub use soft_deep_r::SoftDeepR;
pub use srigl::SRIGL;
pub use top_kast::TopKast;
