//! Who is worn is renewed, as often as is due, and nobody else.

use crate::bench::{Bench, layers};
use crate::division::{ask, network};
use livenet_core::{Birth, Draft, Law, Mark, Move, Network, NeuronId, Row, Scope, Signal, Signals, StreamKey};
use livenet_growth::turnover::{
    AGE_CLOCK, Bounds, CONTINUAL_BACKPROP, Legacy, Pace, REDO, Renewal, SelfNormalised, Worn,
};
use livenet_growth::{Apoptosis, Budget, Cause, Strategy as _, Turnover, Verdict, View, Why, Wiring};

fn renewed(moves: &[Move]) -> Vec<u64> {
    moves
        .iter()
        .map(|what| if let Move::Renew { old, .. } = what { old.number() } else { panic!("{what:?}") })
        .collect()
}

/// Half of the four hidden neurons, 2 to 5, at step 500.
const HALF: Renewal = Renewal { pace: Pace::Rate(0.5 / 500.0), ..CONTINUAL_BACKPROP };

#[test]
fn the_least_useful_are_renewed_and_their_mean_stays() {
    let (_, moves, _) = ask(&network(), &mut Turnover::new(HALF), Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    assert_eq!(renewed(&moves), [2, 4]);
    let Move::Renew { birth, mean, .. } = moves[0] else { panic!() };
    // A rectifier that hears two: √2 · sqrt(3 / 2).
    assert!(matches!(birth, Birth::Random { law: Law::Uniform, scale, .. } if (scale - 3.0f32.sqrt()).abs() < 1e-6));
    assert_eq!(mean, 0.25);
    let silent = Renewal { legacy: Legacy::Nothing, bounds: Bounds::Xavier, ..HALF };
    let (_, moves, _) = ask(&network(), &mut Turnover::new(silent), Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    // Two heard, two listeners: sqrt(6 / 4).
    assert!(
        matches!(moves[0], Move::Renew { mean: 0.0, birth: Birth::Random { scale, .. }, .. } if (scale - 1.5f32.sqrt()).abs() < 1e-6)
    );
}

#[test]
fn adaptable_utility_divides_by_what_is_heard() {
    let network = network();
    let mut signals = Signals::default();
    signals.put(Signal::Utility, vec![9.0, 9.0, 0.1, 0.4, 0.2, 0.3, 9.0, 9.0]);
    // Dendrites of 2, 3, 4 and 5: sums 1, 10, 4, 1. So 0.1, 0.04, 0.05, 0.3.
    let mut weights = vec![0.5, -0.5, 5.0, 5.0, -2.0, 2.0, 0.5, 0.5];
    weights.resize(network.synapse_count(), 1.0);
    signals.put(Signal::Weight, weights);
    let mut turnover = Turnover::new(Renewal { worn: Worn::LeastAdaptable, ..HALF });
    let mut draft = Draft::new(&network, 500);
    let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking"));
    let view = View { network: &network, signals: &signals, step: 500, end: None, budget, ledger: None, key };
    turnover.propose(&view, &mut draft);
    let moves: Vec<Move> = draft.proposals().iter().map(|proposal| proposal.what.clone()).collect();
    assert_eq!(renewed(&moves), [3, 4]);
}

#[test]
fn equation_one_counts_what_is_always_said_and_who_listens() {
    let network = network();
    let mut signals = Signals::default();
    signals.put(Signal::OutputMagnitude, vec![9.0, 9.0, 0.1, 0.4, 0.2, 0.3, 9.0, 9.0]);
    // Two listeners each: 2, 3, 4 and 5 are heard with sums 2, 0.1, 0.9 and 3, so 0.2, 0.04, 0.18 and 0.9.
    let mut weights = vec![1.0; network.synapse_count()];
    for (pre, by) in [(2, -1.0), (3, 0.05), (4, 0.45), (5, -1.5)] {
        for (_, synapse) in network.listeners(network.row(NeuronId::new(pre)).unwrap()) {
            weights[synapse.index()] = by;
        }
    }
    signals.put(Signal::Weight, weights);
    let mut turnover = Turnover::new(Renewal { worn: Worn::LeastHeard, ..HALF });
    assert_eq!(turnover.needs(), [Signal::OutputMagnitude, Signal::Weight, Signal::OutputMean]);
    let mut draft = Draft::new(&network, 500);
    let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking"));
    let view = View { network: &network, signals: &signals, step: 500, end: None, budget, ledger: None, key };
    turnover.propose(&view, &mut draft);
    let moves: Vec<Move> = draft.proposals().iter().map(|proposal| proposal.what.clone()).collect();
    assert_eq!(renewed(&moves), [3, 4]);
}

#[test]
fn all_that_are_dormant_are_renewed() {
    let mut redo = Turnover::new(REDO);
    let (_, moves, _) = ask(&network(), &mut redo, Signal::Dormancy, [0.05, 2.0, 0.1, 1.5], None);
    assert_eq!(renewed(&moves), [2, 4]);
    let (verdict, ..) = ask(&network(), &mut redo, Signal::Dormancy, [0.5, 2.0, 0.7, 1.5], None);
    assert!(matches!(verdict, Verdict::Nothing(Why::BelowThreshold { best: 0.5, threshold: 0.1 })), "{verdict:?}");
    let mut dies = Apoptosis { cause: Cause::Dormancy, fraction: 1.0, threshold: 0.1, maturity: 0 };
    let (_, moves, _) = ask(&network(), &mut dies, Signal::Dormancy, [0.05, 2.0, 0.1, 1.5], None);
    assert!(moves.iter().all(|what| matches!(what, Move::Remove { mean: 0.25, .. })) && moves.len() == 2, "{moves:?}");
}

#[test]
fn a_rate_is_kept_over_many_steps_however_it_is_rounded() {
    for pace in [Pace::Rate(0.01), Pace::Drawn(0.01)] {
        let mut bench = Bench::new(layers(&[2, 8, 5, 1]), Wiring::Dense, 1);
        let mut turnover = Turnover::new(Renewal { pace, maturity: 0, ..CONTINUAL_BACKPROP });
        let count: usize = (0..1000)
            .map(|_| {
                bench.train(1);
                bench.ask(&mut turnover, Budget::unlimited()).proposals.len()
            })
            .sum();
        // 13 neurons, 0.01 of them at each of 1000 steps; newborns are too young for a step.
        assert!((115..=145).contains(&count), "{count} by {pace:?}");
    }
}

#[test]
fn nobody_young_is_renewed_and_the_clock_goes_round() {
    let mut bench = Bench::new(layers(&[2, 6, 1]), Wiring::Dense, 3);
    let mut clock = Turnover::new(Renewal { pace: Pace::Rate(0.01), maturity: 50, ..AGE_CLOCK });
    for _ in 0..600 {
        bench.train(1);
        for proposal in bench.ask(&mut clock, Budget::unlimited()).proposals {
            let Move::Renew { old, .. } = proposal.what else { panic!() };
            assert!(proposal.reason.considered > 0 && old.number() < 100);
        }
    }
    // 36 were due. At 0.06 a step nobody waits longer than a hundred steps and the maturity.
    let network = &bench.network;
    let oldest = (2..8).map(|row| 600 - network.born(Row::new(row))).max().unwrap();
    assert!((50..=160).contains(&oldest), "{oldest}");
}

#[test]
fn a_silence_is_judged_by_the_past_of_who_is_silent() {
    let network = network();
    // Neuron 2 speaks in every window, 3 in every fifth; 4 and 5 always. From window 400 on 2 and 3 are silent.
    let says = |window: u64| {
        let spoken = [window < 400, window < 400 && window.is_multiple_of(5), true, true];
        let mut said = vec![0.0; 8];
        spoken.iter().enumerate().filter(|(_, speaks)| **speaks).for_each(|(at, _)| said[2 + at] = 1.0);
        said
    };
    let mut resets = SelfNormalised::new(0.01, 0.0);
    let ask = |resets: &mut SelfNormalised, window: u64| -> Vec<u64> {
        let mut signals = Signals::default();
        signals.put_samples(Signal::Outputs { lanes: u32::MAX }, livenet_core::Samples::new(1, 8, says(window)));
        let mut draft = Draft::new(&network, window);
        let (budget, key) = (Budget::unlimited(), StreamKey::new(1, "asking"));
        resets.propose(
            &View { network: &network, signals: &signals, step: window, end: None, budget, ledger: None, key },
            &mut draft,
        );
        renewed(&draft.proposals().iter().map(|proposal| proposal.what.clone()).collect::<Vec<_>>())
    };
    for window in 0..400 {
        assert!(ask(&mut resets, window).is_empty(), "{window}");
    }
    // All 400 times of 2 are 1, so the second silent window is one in 401; of 3 no time was above 5.
    assert!(ask(&mut resets, 400).is_empty());
    let before = resets.save();
    assert_eq!(ask(&mut resets, 401), [2]);
    let mut resumed = SelfNormalised::new(0.01, 0.0);
    resumed.load(&resets.save()).unwrap();
    assert_eq!(ask(&mut resumed, 402), [2]);
    // 3 has 80 times: one in 81 is not yet that rare.
    assert!((403..420).all(|window| ask(&mut resumed, window) == [2]));
    let mut laxer = SelfNormalised::new(0.02, 0.0);
    laxer.load(&before).unwrap();
    assert_eq!(ask(&mut laxer, 401), [2, 3]);
}

#[test]
fn what_was_put_aside_is_not_renewed() {
    let mut network = network();
    let frozen = |network: &mut Network, at: Scope| {
        let mut draft = Draft::new(network, 0);
        draft.propose(Move::Mark { at, mark: Mark::Frozen }).unwrap();
        let finished = draft.finish();
        network.commit(finished).unwrap();
    };
    frozen(&mut network, Scope::Neuron(NeuronId::new(2)));
    let axon = network.synapses().map(|(_, at)| at).find(|at| at.pre == NeuronId::new(4)).unwrap();
    frozen(&mut network, Scope::Synapse(axon));
    let all = Renewal { worn: Worn::Dormant { threshold: 9.0 }, ..REDO };
    let (_, moves, _) = ask(&network, &mut Turnover::new(all), Signal::Dormancy, [0.0; 4], None);
    let mut who = renewed(&moves);
    who.sort_unstable();
    assert_eq!(who, [3, 5]);
}
