//! `random_twin`: the control beside every method, the same changes at the same time, by lot.
//!
//! A method that changes a network does two things: it changes so much of it at such a moment, and it chooses what. The twin asks
//! the method, counts what it proposes, and proposes as much of the same kind with everything that was chosen drawn at
//! random. If the method is no better than its twin, its choice is worth nothing, only its schedule is. Frankle et al. (2021) put it
//! to methods that prune at birth: shuffled within each layer, what they prune is as good as what they chose.
//!
//! | proposed | by lot |
//! |---|---|
//! | connections that go | as many that are neither frozen nor belong to who is |
//! | connections that come | as many absent pairs in reach, with the births and the delays that were proposed |
//! | a connection that moves | any goes, any comes |
//! | a neuron that divides, dies, is renewed, or merges with another | any that could, of its group |
//! | a newborn with its ends | as many ends in reach, the same sizes of weights in any order and of any sign |
//! | a neuron on a connection | on any |
//! | a mark | on any that has the marks of the one it was for |
//! | something added to a weight or a bias | follows the neuron in whose place another was drawn; of others it is left out |
//!
//! What was proposed *for* one neuron goes with whoever was drawn in its place, within one asking: who divides is who is nudged. A weight that
//! was chosen for a place, as a step along its gradient is, keeps its size: places are drawn for a given list of births, so that
//! the weights come out in any order. What a connection is drawn from is what lies between the same two groups (`among`), so that a
//! layer keeps its count, and where there is no more room in it, anywhere. What finds no room at all is left out.
//!
//! The twin has no state but that of the method, which sees the network as it is and follows every commit: what happens next
//! is decided on what the lot brought about. Newborns bear the names that the method gave them. A method that keeps a list of what it
//! did itself (as `top_kast` does of what it silenced) finds that others did something else.

mod lots;
mod method;
mod redraw;
mod stand_in;

pub use lots::Among;
pub(crate) use method::ENTRY;
pub use method::RandomTwin;
