//! One line of text for a network, and one for a list of moves: for tests, examples and messages.
//!
//! A network is its fire groups, first the inputs, last the outputs, and then its connections:
//!
//! ```text
//! 0 1 | 2 3:tanh | 4 : 0>2 0.5; 1>2 -1 ~2; 2>4 1 silent; 3>3 .5 frozen
//! ```
//!
//! | part | means |
//! |---|---|
//! | `3` | the neuron with birth number 3, linear |
//! | `3:tanh` `3:leaky-tanh` | with this unit |
//! | `3=0.5` | born with this bias |
//! | `3<0,1` | with a list of its own: it may listen to 0 and 1 |
//! | `3!` | frozen |
//! | `0>2 0.5` | 2 listens to 0 with this weight |
//! | `~2` | two cycles later than the schedule says |
//! | `silent` `frozen` | the marks of the connection |
//!
//! What follows a number in a neuron comes in this order and without spaces. In a network made from
//! notation everybody may listen to everybody, with any delay. [`write()`] goes by name, never by row,
//! so equal structures give equal text; decays, positions, reaches, norms, origins and dates are left
//! out. Moves are described at [`parse_moves`].

mod moves;
mod network;
mod scan;

pub use moves::parse_moves;
pub use network::{parse, write};
pub use scan::NotationError;
