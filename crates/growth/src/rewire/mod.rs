//! Rewiring: connections go, connections come. One engine; a method is a constant.
//!
//! What goes ([`Drop`]) × where it grows ([`Grow`], [`Pick`]) × how much ([`Amount`]) × how it is born
//! ([`NewWeight`]) × over what the counts balance ([`Balance`], [`Spread`], [`Fan`]) × who is freed with them
//! ([`Stranded`]). When it is asked, and what it may spend, is the experiment's ([`When`](crate::When),
//! [`Budget`](crate::Budget)): "every step" is a [`When::Every`](crate::When::Every) of 1, with an amount that is a
//! [rate](Amount::Rate).
//!
//! [`Rewire`] runs any [`Method`]; [`methods`] are the constants, one file each.

mod amount;
mod chain;
mod coactivity;
mod drop;
mod engine;
mod fan;
mod grow;
mod memory;
mod method;
pub mod methods;
mod overshoot;
mod paths;
mod plan;
mod pool;
mod residual;
mod sample;
mod settings;

pub use amount::Amount;
pub(crate) use coactivity::Moments;
pub use engine::Rewire;
pub use method::{Asking, Balance, Drop, Fan, Grow, Guide, Method, NewWeight, Pick, Spread, Stranded, Thinning};
pub use methods::{
    CHT, CHTS, CHTSS, CORRELATION, DEEP_R, DISTANCE, GMP, GSE, HEBBIAN, MOVEMENT, OVERSHOOT, RIGL, SET, SNFS, SNIP,
    SRIGL,
};
pub use overshoot::{Curve, Moment, Overshoot, Stays};
