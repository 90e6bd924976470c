//! Journals: bytes as they are, or payloads in frames and a chain of digests that fit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use livenet_core::{
    Journal,
    testing::{RecordKind, frame},
};

fuzz_target!(|data: &[u8]| {
    let (choice, rest) = livenet_fuzz::choice(data);
    let bytes = if choice & 1 == 0 {
        rest.to_vec()
    } else {
        let kind = |number: u8| match number % 3 {
            0 => RecordKind::Entry,
            1 => RecordKind::Keyframe,
            _ => RecordKind::Seal,
        };
        frame(livenet_fuzz::records(rest).into_iter().map(|(number, payload)| (kind(number), payload)))
    };
    livenet_fuzz::bounded(data.len(), || {
        let Ok((journal, left_out)) = Journal::read_whole(bytes.clone()) else { return };
        assert!(journal.bytes() == &bytes[..bytes.len() - left_out]);
        if journal.verify().is_ok() {
            journal.replay(journal.len()).expect("what was verified is replayed");
        }
    });
});
