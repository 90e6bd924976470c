//! The laws of structure, each as a test that reads like the law.

mod births;
mod bulk;
mod function;
mod journal;
mod later;
mod lists;
mod machine;
mod model;
mod moves;
mod reach;
mod refusals;
mod renewals;
mod text;

use crate::{Commit, Draft, EditError, Network, Snapshot, notation};

/// A network of notation with its weights.
pub(crate) fn network(text: &str) -> (Network, Vec<f32>) {
    notation::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Proposes the moves of a line of notation, each read when its turn comes.
pub(crate) fn propose(draft: &mut Draft<'_>, edits: &str) -> Result<(), EditError> {
    for edit in edits.split(';') {
        let moves = notation::parse_moves(edit, draft).unwrap_or_else(|error| panic!("{edit}: {error}"));
        moves.into_iter().try_for_each(|what| draft.propose(what))?;
    }
    Ok(())
}

/// Commits a line of moves at step 7 and takes the weights along.
pub(crate) fn commit(network: &mut Network, weights: &mut Vec<f32>, edits: &str) -> Commit {
    let mut draft = Draft::new(network, 7);
    propose(&mut draft, edits).unwrap_or_else(|error| panic!("{edits}: {error}"));
    let commit = network.commit(draft.finish()).expect("the draft is fresh");
    commit.carry_weights(weights);
    commit
}

/// The network after the moves, or why they are refused; in that case nothing has changed.
pub(crate) fn check(before: &str, edits: &str) -> String {
    let (mut net, mut weights) = network(before);
    let mut draft = Draft::new(&net, 7);
    let refused = propose(&mut draft, edits);
    if let Err(error) = refused {
        assert_eq!(notation::write(&net, &weights), before, "a refusal changes nothing");
        return format!("refused: {error}");
    }
    let was = Snapshot::of(&net);
    let finished = draft.finish();
    let commit = net.commit(finished.clone()).expect("the draft is fresh");
    commit.carry_weights(&mut weights);
    // The draft is stale from now on, and refusing it leaves everything as it is.
    let now = Snapshot::of(&net);
    assert_ne!(was, now);
    assert!(matches!(net.commit(finished), Err(EditError::Stale { .. })));
    assert_eq!(Snapshot::of(&net), now);
    notation::write(&net, &weights)
}
