//! What comes and goes in bulk is what would have come and gone by name.

use super::network;
use crate::{Birth, Draft, EditError, Finished, Journal, Law, Move, Network, Snapshot, StreamKey, Synapse};
use proptest::{collection::vec, prelude::*};

const SEED: &str = "0 1 2 | 3 4 5 6 | 7 8 : 0>3 1; 1>3 1; 2>4 1 ~1; 3>5 1; 4>6 1; 6>3 1; 3>7 1; 5>8 1; 6>8 1";

fn pairs(net: &Network) -> Vec<Synapse> {
    let names: Vec<_> = net.neuron_rows().map(|row| net.id(row)).collect();
    names.iter().flat_map(|&post| names.iter().map(move |&pre| Synapse::new(post, pre))).collect()
}

/// A batch, mostly of what can come or go.
fn batch(draft: &Draft<'_>, (grows, rule, dice): &(bool, u8, Vec<u16>)) -> Move {
    let all = pairs(draft.network());
    let fits = |at: &Synapse| {
        let [post, pre] = [at.post, at.pre].map(|id| draft.network().row(id).expect("all of them are there"));
        let connected = draft.connected(*at);
        if *grows { !connected && draft.network().may_listen(post, pre, 0) } else { connected }
    };
    let fitting: Vec<Synapse> = all.iter().copied().filter(fits).collect();
    let mut at: Vec<Synapse> = Vec::new();
    for &die in dice {
        let from = if die % 32 == 0 || fitting.is_empty() { &all } else { &fitting };
        let pair = from[usize::from(die / 32) % from.len()];
        // Now and then one comes twice.
        if die % 64 == 1 || !at.contains(&pair) {
            at.push(pair);
        }
    }
    if !grows {
        return if let ([at], 0) = (at.as_slice(), rule % 2) {
            Move::Disconnect { at: *at }
        } else {
            Move::Prune { at }
        };
    }
    let birth = match rule % 4 {
        0 => Birth::Value(0.0),
        1 => Birth::Value(f32::from(*rule)),
        2 => Birth::Random { key: StreamKey::new(u64::from(*rule), "bulk"), law: Law::Normal, scale: 0.5 },
        _ => Birth::Value(if *rule > 250 { f32::NAN } else { 1.0 }),
    };
    let delay = |place: usize| u16::from(*rule > 128 && place.is_multiple_of(3));
    Move::Grow { at: at.into_iter().enumerate().map(|(place, at)| (at, delay(place))).collect(), birth }
}

fn committed(net: &Network, finished: Finished) -> (crate::Commit, Snapshot, Vec<u8>) {
    let (mut net, mut journal) = (net.clone(), Journal::new(net, 0));
    journal.append(&net, &finished);
    let commit = net.commit(finished).expect("the draft is fresh");
    (commit, Snapshot::of(&net), journal.bytes().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn bulk_is_what_names_give(batches in vec((any::<bool>(), any::<u8>(), vec(any::<u16>(), 1..7)), 1..9)) {
        let (net, _) = network(SEED);
        // One keeps by row what it can, the other everything by name.
        let (mut by_row, mut by_name) = (Draft::new(&net, 3), Draft::new(&net, 3));
        for dice in &batches {
            let what = batch(&by_row, dice);
            let said: [Result<(), EditError>; 2] = [by_row.propose(what.clone()), by_name.propose(what)];
            by_name.spell_out();
            // What is not a number is not equal to itself.
            prop_assert_eq!(format!("{:?}", said[0]), format!("{:?}", said[1]));
            for at in pairs(&net) {
                prop_assert_eq!(by_row.connected(at), by_name.connected(at), "{}", at);
            }
        }
        let (one, two) = (committed(&net, by_row.finish()), committed(&net, by_name.finish()));
        prop_assert_eq!(one, two);
    }
}
