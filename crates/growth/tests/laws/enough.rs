//! The candidates that are enough: who says how many will come is shown the best of each two groups, and chooses as if it had
//! been shown all.

use crate::bench::{Bench, layers};
use livenet_core::Signal;
use livenet_growth::rewire::{Amount, Drop, Method, RIGL, Rewire};
use livenet_growth::{Budget, Moment, Strategy as _, Wiring};

#[test]
fn the_best_of_each_two_groups_lead_to_the_same_choice_as_all() {
    let methods = [
        RIGL,
        Method { amount: Amount::Fraction(1.0), ..RIGL },
        Method { amount: Amount::Fraction(0.0), ..RIGL },
        Method { drop: Drop::SmallestPerSign, ..RIGL },
        Method { drop: Drop::Random, amount: Amount::Fraction(0.5), ..RIGL },
    ];
    for (seed, method) in (1..).zip(methods.iter().cycle().take(20)) {
        let mut bench = Bench::new(layers(&[20, 30, 12, 5]), Wiring::Uniform { density: 0.3 }, seed);
        bench.train(seed);
        let (mut all, mut enough) = (Rewire::new(*method), Rewire::new(*method));
        let moment = Moment { network: &bench.network, step: bench.step, end: bench.end, key: bench.key };
        assert!(enough.stirs(&moment));
        let some = |signal: &Signal| matches!(signal, Signal::AbsentGradientByGroups { .. });
        assert!(enough.needs().iter().any(some) && !all.needs().iter().any(some), "{method:?}");
        let [all, enough] = [&mut all, &mut enough].map(|rewire| bench.propose(rewire, Budget::unlimited()));
        assert_eq!(enough.proposals, all.proposals, "{method:?}");
    }
}

#[test]
fn what_was_enough_is_forgotten_when_the_network_changes() {
    let mut bench = Bench::new(layers(&[20, 30, 5]), Wiring::Uniform { density: 0.3 }, 1);
    bench.train(1);
    let mut rewire = Rewire::new(RIGL);
    let moment = Moment { network: &bench.network, step: bench.step, end: bench.end, key: bench.key };
    rewire.stirs(&moment);
    bench.ask(&mut rewire, Budget::unlimited());
    assert!(rewire.needs().iter().any(|signal| matches!(signal, Signal::AbsentGradient { .. })));
}
