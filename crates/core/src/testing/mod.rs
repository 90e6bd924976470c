//! What executors are measured by: the definition of the arithmetic, a device that shows nothing, and
//! the suite that both and every other executor pass.
//!
//! - [`Naive`] *defines* what a window, a sweep and an update compute, in f64.
//! - [`MockDevice`] computes nothing and shows nothing; strategies and sessions run on it.
//! - [`suite`] runs any executor beside it over random networks and random commits.
//!
//! [`frame`] makes journals of any content, for those who try readers.

pub mod mock;
pub mod naive;
pub mod suite;

pub use crate::journal::frame::{RecordKind, frame, unframe};
pub use mock::{Calls, MockDevice};
pub use naive::{Naive, Parameters};

use crate::{Commit, Draft, EditError, Follower, Move, Network};

/// Applies moves as one commit and lets a follower follow: how tests and examples build a network
/// together with its executor, from the empty one.
///
/// # Errors
/// [`EditError`] of the first move that is refused; nothing has changed then.
pub fn apply(
    network: &mut Network,
    follower: &mut (impl Follower + ?Sized),
    moves: impl IntoIterator<Item = Move>,
) -> Result<Commit, EditError> {
    let mut draft = Draft::new(network, 0);
    for what in moves {
        draft.propose(what)?;
    }
    let finished = draft.finish();
    let commit = network.commit(finished)?;
    follower.follow(network, &commit);
    Ok(commit)
}

#[cfg(test)]
mod tests;
