//! Who is in which phase, for how long, and who begins anew.

use super::{Dish, copied, cycle};
use crate::bench::{Bench, layers};
use livenet_core::{Move, NeuronId, Row, Signal};
use livenet_growth::{Budget, CellCycle, Cycle, Demand, Phase, Strategy as _, Verdict, Why, Wiring};

#[test]
fn a_neuron_goes_through_its_phases_and_each_first_growth_is_longer_than_the_last() {
    let mut dish = Dish::new(cycle(Demand::Always));
    assert_eq!(dish.cycle.phase_of(Row::new(2)), None, "nothing was seen yet");
    let asked = dish.ask(99);
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::BelowThreshold { best: 99.0, threshold: 100.0 })));
    assert_eq!(dish.phase(3), Phase::G1);
    assert!(dish.ask(100).now.is_empty() && dish.phase(3) == Phase::S, "old enough, it begins its copy");
    assert!(dish.ask(119).now.is_empty() && dish.phase(3) == Phase::S, "which takes twenty steps");
    assert_eq!(dish.live(120), [2, 3, 4, 5]);
    assert!((2..6).chain(8..12).all(|number| dish.phase(number) == Phase::G1), "mothers and daughters begin anew");
    // 1.5 times as long.
    dish.ask(120 + 149);
    assert_eq!((dish.phase(3), dish.phase(9)), (Phase::G1, Phase::G1));
    dish.ask(120 + 150);
    assert_eq!((dish.phase(3), dish.phase(9)), (Phase::S, Phase::S));
    assert_eq!(dish.cycle.growth_steps(2), 225.0);
}

#[test]
fn all_phases_fit_in_one_asking_where_they_take_no_time() {
    let mut dish = Dish::new(Cycle { maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(dish.live(1).len(), 4);
}

#[test]
fn who_is_not_asked_rests_until_it_is_and_who_began_goes_on() {
    let mut dish = Dish::new(cycle(Demand::Blame));
    dish.hears(Signal::Blame, [0.1, 0.4, 0.2, 0.3]);
    dish.ask(100);
    // The mean of the group is a quarter.
    assert_eq!([2, 3, 4, 5].map(|number| dish.phase(number)), [Phase::G0, Phase::S, Phase::G0, Phase::S]);
    dish.hears(Signal::Blame, [0.4, 0.1, 0.2, 0.1]);
    let asked = dish.ask(120);
    let moves: Vec<Move> = asked.now.into_iter().map(|each| each.what).collect();
    assert_eq!(crate::division::mothers(&moves), [3, 5], "past the restriction point nobody is asked again");
    assert_eq!([2, 4].map(|number| dish.phase(number)), [Phase::S, Phase::G0]);

    let mut dish = Dish::new(cycle(Demand::Splitting));
    dish.hears(Signal::Splitting, [0.1, -0.4, 0.0, -0.3]);
    dish.ask(100);
    assert_eq!([2, 3, 4, 5].map(|number| dish.phase(number)), [Phase::G0, Phase::S, Phase::G0, Phase::S]);
    dish.hears(Signal::Splitting, [0.1, 0.4, 0.0, f32::NAN]);
    let mut fresh = Dish { cycle: CellCycle::new(cycle(Demand::Splitting)), ..dish };
    let asked = fresh.ask(100);
    assert!(matches!(asked.verdict, Verdict::Nothing(Why::BelowThreshold { threshold: 0.0, .. })));
}

#[test]
fn the_quota_bounds_how_many_begin_at_a_time() {
    let mut network = Bench::new(layers(&[1, 20, 1]), Wiring::Dense, 1);
    let mut method = CellCycle::new(Cycle { quota: 0.1, maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(network.ask(&mut method, Budget::unlimited()).proposals.len(), 2);
    let mut least = CellCycle::new(Cycle { quota: 0.0, maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(network.ask(&mut least, Budget::unlimited()).proposals.len(), 1, "one may always");
}

#[test]
fn what_a_budget_cut_is_proposed_again() {
    let mut dish = Dish::new(Cycle { maturity: 0, synthesis: 0, ..cycle(Demand::Always) });
    assert_eq!(dish.ask(5).now.len(), 4);
    assert_eq!(dish.phase(2), Phase::G2, "no commit, no division");
    assert_eq!(dish.live(6), [2, 3, 4, 5]);
}

#[test]
fn whoever_divides_begins_anew_whoever_proposed_it() {
    let mut dish = copied();
    let daughter = dish.network.births().clone().next();
    dish.commit(110, [Move::Divide { mother: NeuronId::new(3), daughter, share: 0.5 }]);
    assert_eq!([3, daughter.number(), 2].map(|number| dish.phase(number)), [Phase::G1, Phase::G1, Phase::S]);
    assert_eq!(dish.live(120), [2, 4, 5]);
}

#[test]
fn growth_slows_down_with_the_age_of_the_lines() {
    let mut dish = Dish::new(Cycle { maturity: 10, synthesis: 0, lengthening: 2.0, ..cycle(Demand::Always) });
    let divided: Vec<u64> = (1..=160).filter(|&step| !dish.live(step).is_empty()).collect();
    // Every line at once: 10, then 20, 40 and 80 later.
    assert_eq!(divided, [10, 30, 70, 150]);
    assert_eq!(dish.network.neuron_count(), 4 + 4 * 16);
}

#[test]
fn a_cycle_saved_in_the_middle_of_its_copies_goes_on() {
    let mut dish = copied();
    let mut resumed = CellCycle::new(cycle(Demand::Always));
    resumed.load(&dish.cycle.save()).unwrap();
    assert_eq!(resumed, dish.cycle);
    dish.cycle = resumed;
    assert_eq!(dish.live(120).len(), 4);
}
