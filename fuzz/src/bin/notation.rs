//! The one-line notation: a network that is read is written, and read again as the same; moves are committed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_core::{Draft, Snapshot, notation};

fuzz_target!(|text: &str| {
    livenet_fuzz::bounded(text.len(), || {
        let (structure, moves) = text.split_once('\n').unwrap_or((text, ""));
        let Ok((mut network, weights)) = notation::parse(structure) else { return };
        let written = notation::write(&network, &weights);
        let (again, same) = notation::parse(&written).expect("what was written is read");
        assert_eq!((again.digest(), same.len()), (network.digest(), weights.len()), "{written}");
        let mut draft = Draft::new(&network, 0);
        let Ok(moves) = notation::parse_moves(moves, &mut draft) else { return };
        let mut all = true;
        for one in moves {
            all &= draft.propose(one).is_ok();
        }
        let finished = draft.finish();
        if all {
            network.commit(finished).expect("what was proposed is committed");
            Snapshot::of(&network).restore().expect("what was committed is whole");
        }
    });
});
