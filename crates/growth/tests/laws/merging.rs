//! Merging: who takes over, how much, and what goes to the biases.

use crate::bench::{Bench, layers};
use livenet_core::{Draft, Move, Samples, Signal, Signals, StreamKey};
use livenet_growth::{Budget, Merging, Strategy as _, View, Wiring};

/// Two inputs, hidden 2, 3 and 4, one output; connections 2<0, 2<1, 3<0, 3<1, 4<0, 4<1, 5<2, 5<3, 5<4.
fn ask(hidden: [[f32; 3]; 3], weights: [f32; 3], merging: &mut Merging, budget: Budget) -> Vec<Move> {
    let network = Bench::new(layers(&[2, 3, 1]), Wiring::Dense, 1).network;
    let mut signals = Signals::default();
    let said = [&[0.0; 6], hidden.concat().as_slice(), &[0.0; 3]].concat();
    signals.put_samples(Signal::Outputs { lanes: u32::MAX }, Samples::new(3, 6, said));
    signals.put(Signal::Weight, [&[1.0; 6], weights.as_slice()].concat());
    let mut draft = Draft::new(&network, 500);
    let key = StreamKey::new(1, "asking");
    merging.propose(
        &View { network: &network, signals: &signals, step: 500, end: None, budget, ledger: None, key },
        &mut draft,
    );
    draft.proposals().iter().map(|proposal| proposal.what.clone()).collect()
}

/// 3 says 1 + 2 times what 2 says, 4 something of its own.
const SAID: [[f32; 3]; 3] = [[0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [1.0, 0.0, 1.0]];

#[test]
fn the_one_that_tells_more_takes_over_by_least_squares() {
    let mut merging = Merging { fraction: 1.0, ..Merging::default() };
    let moves = ask(SAID, [1.0, 1.0, 1.0], &mut merging, Budget::unlimited());
    // 2 goes: it says half of what 3 says, less a half.
    assert!(
        matches!(moves[0], Move::Merge { kept, gone, by } if (kept.number(), gone.number()) == (3, 2) && (by - 0.5).abs() < 1e-6),
        "{moves:?}"
    );
    assert!(
        matches!(moves[1], Move::Rebias { neuron, plus } if neuron.number() == 5 && (plus + 0.5).abs() < 1e-6),
        "{moves:?}"
    );
    assert_eq!(moves.len(), 2);
    // Where 2 is heard three times as loud, 3 goes: it says twice as much and 1.
    let moves = ask(SAID, [3.0, 1.0, 1.0], &mut merging, Budget::unlimited());
    assert!(
        matches!(moves[0], Move::Merge { kept, gone, by } if (kept.number(), gone.number()) == (2, 3) && (by - 2.0).abs() < 1e-6),
        "{moves:?}"
    );
    assert!(matches!(moves[1], Move::Rebias { plus, .. } if (plus - 1.0).abs() < 1e-6), "{moves:?}");
}

#[test]
fn who_says_something_of_its_own_stays() {
    let mut merging = Merging { fraction: 1.0, correlation: 0.999, ..Merging::default() };
    let own = [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [3.0, 3.0, 3.0]];
    assert!(ask(own, [1.0; 3], &mut merging, Budget::unlimited()).is_empty());
    // What cannot be had whole is not begun.
    let one = Budget { edits: Some(1), ..Budget::unlimited() };
    assert!(ask(SAID, [1.0; 3], &mut merging, one).is_empty());
}
