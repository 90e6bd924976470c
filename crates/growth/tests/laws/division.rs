//! Who divides, who dies, and what it leaves.

use crate::bench::{Bench, layers};
use livenet_core::{Birth, Draft, Move, Network, NeuronId, Signal, Signals, StreamKey};
use livenet_growth::{
    Apoptosis, Budget, Cause, Daughters, Ledger, Mitosis, Mother, Settings, Strategy, Value, Verdict, View, Why, Wiring,
};

pub(crate) fn network() -> Network {
    Bench::new(layers(&[2, 4, 2]), Wiring::Dense, 1).network
}

/// Asks with these values of a signal for the four hidden neurons.
pub(crate) fn ask(
    network: &Network,
    strategy: &mut dyn Strategy,
    signal: Signal,
    hidden: [f32; 4],
    ledger: Option<&Ledger>,
) -> (Verdict, Vec<Move>, Vec<Move>) {
    let mut signals = Signals::default();
    signals.put(signal, [&[9.0, 9.0][..], &hidden, &[9.0, 9.0]].concat());
    signals.put(Signal::OutputMean, vec![0.25; 8]);
    let mut draft = Draft::new(network, 500);
    let view = View {
        network,
        signals: &signals,
        step: 500,
        end: None,
        budget: Budget::unlimited(),
        ledger,
        key: StreamKey::new(1, "asking"),
    };
    let verdict = strategy.propose(&view, &mut draft);
    let moves = |proposals: &[livenet_core::Proposal]| proposals.iter().map(|proposal| proposal.what.clone()).collect();
    (verdict, moves(draft.proposals()), moves(&draft.later().cloned().collect::<Vec<_>>()))
}

pub(crate) fn mothers(moves: &[Move]) -> Vec<u64> {
    moves
        .iter()
        .map(|what| if let Move::Divide { mother, .. } = what { mother.number() } else { panic!("{what:?}") })
        .collect()
}

#[test]
fn the_best_divide_first() {
    let network = network();
    let with = |mother, count| Mitosis { mother, daughters: Daughters::Symmetric, count };
    for (mother, signal) in [(Mother::Utility, Signal::Utility), (Mother::Gradient, Signal::Blame)] {
        let (_, moves, later) = ask(&network, &mut with(mother, 2), signal, [0.1, 0.4, 0.2, 0.3], None);
        assert_eq!((mothers(&moves), later.len()), (vec![3, 5], 0));
    }
    let (_, moves, _) = ask(&network, &mut with(Mother::Splitting, 9), Signal::Splitting, [0.1, -0.4, 0.2, -0.9], None);
    assert_eq!(mothers(&moves), [5, 3]);
    let (verdict, ..) = ask(&network, &mut with(Mother::Splitting, 9), Signal::Splitting, [0.1, 0.4, 0.2, 0.9], None);
    assert!(matches!(verdict, Verdict::Nothing(Why::BelowThreshold { best, .. }) if best == -0.1));
}

#[test]
fn daughters_part_in_opposite_directions_later() {
    let mut mitosis = Mitosis { mother: Mother::Utility, daughters: Daughters::Noise(0.1), count: 1 };
    let (_, moves, later) = ask(&network(), &mut mitosis, Signal::Utility, [0.0, 1.0, 0.0, 0.0], None);
    let Move::Divide { mother, daughter, share } = moves[0] else { panic!("{moves:?}") };
    assert_eq!(share, 0.5);
    let nudges: Vec<(NeuronId, Birth)> = later
        .iter()
        .map(|what| if let Move::Perturb { neuron, by } = what { (*neuron, *by) } else { panic!("{what:?}") })
        .collect();
    let (Birth::Random { key: k1, scale: s1, .. }, Birth::Random { key: k2, scale: s2, .. }) =
        (nudges[0].1, nudges[1].1)
    else {
        panic!()
    };
    assert_eq!((nudges[0].0, nudges[1].0, k1, s1), (mother, daughter, k2, -s2));
}

#[test]
fn an_unequal_share_goes_into_the_division() {
    let mut mitosis = Mitosis { mother: Mother::Age, daughters: Daughters::Share(0.3), count: 1 };
    let (_, moves, later) = ask(&network(), &mut mitosis, Signal::Utility, [0.0; 4], None);
    assert!(matches!(moves[0], Move::Divide { share, .. } if share == 0.3) && later.is_empty());
}

#[test]
fn who_is_not_wired_does_not_divide() {
    let network = Bench::new(layers(&[2, 4, 2]), Wiring::None, 1).network;
    let (verdict, ..) = ask(&network, &mut Mitosis::default(), Signal::Utility, [1.0; 4], None);
    assert!(matches!(verdict, Verdict::Nothing(Why::NoCandidates)));
}

#[test]
fn without_energy_nobody_divides_and_the_reason_says_how_much_was_missing() {
    let network = network();
    let settings = || Settings::none().with("maturity", Value::Integer(0)).with("quota", Value::Real(0.5));
    let mut ledger = Ledger::build(&mut settings().with("supply", Value::Real(50.0))).unwrap();
    ledger.advance(&network, &Signals::default(), 0);
    let (verdict, ..) = ask(&network, &mut Mitosis::default(), Signal::Utility, [1.0; 4], Some(&ledger));
    assert!(matches!(verdict, Verdict::Nothing(Why::NoEnergy { have: 30.0, need: 60.0 })), "{verdict:?}");

    ledger.advance(&network, &Signals::default(), 1000);
    let (_, moves, _) = ask(&network, &mut Mitosis::default(), Signal::Utility, [0.1, 0.4, 0.2, 0.3], Some(&ledger));
    assert_eq!(mothers(&moves), [3, 5], "the quota is half of four");

    // Enough in store, but too young.
    let mut young = Ledger::build(&mut Settings::none().with("supply", Value::Real(50.0))).unwrap();
    young.advance(&network, &Signals::default(), 60);
    let (verdict, ..) = ask(&network, &mut Mitosis::default(), Signal::Utility, [1.0; 4], Some(&young));
    let expected = Why::BelowThreshold { best: 60.0, threshold: 100.0 };
    assert!(matches!(&verdict, Verdict::Nothing(why) if *why == expected), "{verdict:?}");

    // Four fill nine tenths of five but for less than one more.
    let mut poor =
        Ledger::build(&mut settings().with("supply", Value::Real(5.0)).with("threshold", Value::Real(0.0))).unwrap();
    poor.advance(&network, &Signals::default(), 1);
    let (verdict, ..) = ask(&network, &mut Mitosis::default(), Signal::Utility, [1.0; 4], Some(&poor));
    assert!(matches!(verdict, Verdict::Nothing(Why::Full { count: 4, cap: 4 })), "{verdict:?}");
}

#[test]
fn the_least_useful_die_and_leave_their_mean() {
    let network = network();
    let mut apoptosis = Apoptosis { cause: Cause::Utility, fraction: 0.5, threshold: 1.0, maturity: 100 };
    let (_, moves, _) = ask(&network, &mut apoptosis, Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    let remove = |number| Move::Remove { neuron: NeuronId::new(number), mean: 0.25 };
    assert_eq!(moves, [remove(2), remove(4)]);

    let (verdict, ..) = ask(&network, &mut apoptosis, Signal::Utility, [1.0; 4], None);
    assert!(
        matches!(verdict, Verdict::Nothing(Why::BelowThreshold { .. })),
        "equals are not below their mean: {verdict:?}"
    );
    apoptosis.maturity = 501;
    let (verdict, ..) = ask(&network, &mut apoptosis, Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    assert!(matches!(verdict, Verdict::Nothing(Why::NoCandidates)));
}

#[test]
fn the_starved_die_but_for_the_last() {
    let network = network();
    let settings = Settings::none()
        .with("maturity", Value::Integer(0))
        .with("grace", Value::Integer(10))
        .with("supply", Value::Real(1e-3));
    let mut ledger = Ledger::build(&mut settings.with("endowment", Value::Real(1.0))).unwrap();
    let mut apoptosis = Apoptosis { cause: Cause::Starvation, fraction: 1.0, ..Apoptosis::default() };
    ledger.advance(&network, &Signals::default(), 1);
    let (verdict, ..) = ask(&network, &mut apoptosis, Signal::Utility, [1.0; 4], Some(&ledger));
    assert!(matches!(verdict, Verdict::Nothing(Why::NoCandidates)));
    for _ in 0..3 {
        ledger.advance(&network, &Signals::default(), 20);
    }
    let (_, moves, _) = ask(&network, &mut apoptosis, Signal::Utility, [1.0; 4], Some(&ledger));
    assert_eq!(moves.len(), 3);
    // With a smaller part in one asking, the least useful go first.
    apoptosis.fraction = 0.5;
    let (_, moves, _) = ask(&network, &mut apoptosis, Signal::Utility, [0.4, 0.1, 0.3, 0.2], Some(&ledger));
    assert_eq!(moves, [3, 5].map(|number| Move::Remove { neuron: NeuronId::new(number), mean: 0.25 }));
}
