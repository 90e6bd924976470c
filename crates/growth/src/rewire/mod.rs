//! Rewiring: connections go, connections come. One engine; a method is a constant.
//!
//! What goes ([`Drop`]) × where it grows ([`Grow`]) × how much ([`Amount`]) × how it is born
//! ([`NewWeight`]) × over what the counts balance ([`Balance`]). When it is asked, and what it may
//! spend, is the experiment's ([`When`](crate::When), [`Budget`](crate::Budget)). [`SET`] and
//! [`RIGL`] are the first two constants; [`Rewire`] runs any.

mod amount;
mod engine;
mod method;

pub use amount::Amount;
pub use engine::Rewire;
pub use method::{Asking, Balance, Drop, Grow, Method, NewWeight, RIGL, SET};
