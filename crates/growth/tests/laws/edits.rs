//! What a budget of edits or connections leaves: it holds, and what balances goes on balancing under it.

use crate::bench::{Asked, Bench, layers, recurrent};
use crate::conformance::{benches, build};
use livenet_core::{Move, NeuronId, Scope};
use livenet_growth::{
    Budget, Daughters, Mitosis, Mother, Rewire, Strategy as Method, Wire, Wiring, registry,
    rewire::{CHT, CHTS, CORRELATION, DEEP_R, DISTANCE, GSE, RIGL, SET, SNFS},
};
use proptest::prelude::*;

fn edits_at_most(cap: u64) -> Budget {
    Budget { edits: Some(cap), ..Budget::unlimited() }
}

/// Elementary edits: connections that come or go in batches count each, a rewiring is one that goes and one that
/// comes.
fn edits(asked: &Asked) -> u64 {
    let of = |what: &Move| match what {
        Move::Grow { at, .. } => at.len() as u64,
        Move::Prune { at } => at.len() as u64,
        Move::ConnectAll { pres, .. } => pres.len() as u64,
        Move::Rewire { .. } => 2,
        _ => 1,
    };
    asked.proposals.iter().map(|proposal| of(&proposal.what)).sum()
}

/// Those that take part in a division that is left.
fn parting(asked: &Asked) -> Vec<NeuronId> {
    let pair =
        |what: &Move| if let Move::Divide { mother, daughter, .. } = *what { vec![mother, daughter] } else { vec![] };
    asked.proposals.iter().flat_map(|proposal| pair(&proposal.what)).collect()
}

fn perturbed(asked: &Asked) -> Vec<NeuronId> {
    let neuron = |what: &Move| match *what {
        Move::Perturb { neuron, .. } | Move::Mark { at: Scope::Neuron(neuron), .. } => Some(neuron),
        Move::Reweigh { at, .. } => Some(at.post),
        // What a newborn's own bias says is taken back at its listeners.
        Move::Rebias { .. } => None,
        _ => panic!("{what:?}"),
    };
    asked.later.iter().filter_map(|proposal| neuron(&proposal.what)).collect()
}

#[test]
fn a_division_that_is_cut_leaves_its_mother_as_she_was() {
    let mut mitosis = Mitosis { mother: Mother::Utility, daughters: Daughters::Noise(0.1), count: 4 };
    let mut bench = Bench::new(layers(&[2, 6, 2]), Wiring::Dense, 1);
    for (budget, left) in [
        (Budget::unlimited(), 4),
        (edits_at_most(3), 3),
        (Budget { neurons: Some(12), ..Budget::unlimited() }, 2),
        (Budget { connections: Some(28), ..Budget::unlimited() }, 1),
    ] {
        let asked = bench.propose(&mut mitosis, budget);
        assert_eq!((asked.proposals.len(), asked.cuts.len()), (left, 4 - left), "{budget:?}");
        assert_eq!(perturbed(&asked), parting(&asked), "{budget:?}");
    }
}

/// Rewires twenty times; returns whether the count ever fell and whether anything was cut, and how much was edited.
fn rewire(bench: &mut Bench, method: &mut dyn Method, cap: u64) -> (bool, bool, u64) {
    let (mut fell, mut cut, mut edited) = (false, false, 0);
    for _ in 0..20 {
        bench.train(3);
        let before = bench.network.synapse_count();
        let asked = bench.ask(method, edits_at_most(cap));
        fell |= bench.network.synapse_count() < before;
        cut |= !asked.cuts.is_empty();
        edited += edits(&asked);
        assert!(edits(&asked) <= cap, "{} edits, {cap} are allowed", edits(&asked));
    }
    (fell, cut, edited)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_method_passes_the_edits_or_parts_what_never_divided(bench in benches(), cap in prop_oneof![1..4u64, 4..30u64]) {
        for entry in registry::ALL {
            // Each on the network as it was: many would grow it out of bounds.
            let (mut strategy, mut bench) = (build(entry), bench.clone());
            for _ in 0..4 {
                bench.train(7);
                let asked = bench.ask(&mut *strategy, edits_at_most(cap));
                prop_assert!(edits(&asked) <= cap, "{}: {} edits, {cap} are allowed", entry.name, edits(&asked));
                let pairs = parting(&asked);
                prop_assert!(perturbed(&asked).iter().all(|id| pairs.contains(id)), "{}", entry.name);
            }
        }
    }

    #[test]
    fn under_any_edits_as_many_come_as_go(mut bench in benches(), cap in 1..40u64) {
        for method in [RIGL, SET, SNFS, DEEP_R, GSE, CHT, CHTS, CORRELATION, DISTANCE] {
            let (fell, cut, _) = rewire(&mut bench, &mut Rewire::new(method), cap);
            prop_assert!(!fell && !cut, "{}: fell {fell}, cut {cut}", method.name);
        }
    }

    #[test]
    fn who_knows_its_edits_is_never_cut(bench in benches(), cap in 1..40u64) {
        // Division and removal propose what they would, and leave the choice to the budget.
        for entry in registry::ALL.iter().filter(|entry| !["mitosis", "apoptosis"].contains(&entry.name)) {
            // Each on the network as it was: many would grow it out of bounds.
            let (mut strategy, mut bench) = (build(entry), bench.clone());
            for _ in 0..4 {
                bench.train(7);
                let asked = bench.ask(&mut *strategy, edits_at_most(cap));
                prop_assert!(asked.cuts.is_empty(), "{}: {:?}", entry.name, asked.cuts);
            }
        }
    }

    #[test]
    fn what_wire_proposes_fits_the_edits(mut bench in benches(), cap in 1..40u64, connections in 1..60u64) {
        let mut wire = Wire { connections, dendrites: 2, axons: 2, ..Wire::default() };
        for _ in 0..12 {
            bench.train(3);
            let asked = bench.ask(&mut wire, edits_at_most(cap));
            prop_assert!(asked.cuts.is_empty(), "{:?}", asked.cuts);
        }
    }
}

#[test]
fn within_its_edits_rewiring_goes_on() {
    for method in [RIGL, SET] {
        let mut bench = Bench::new(layers(&[6, 10, 4]), Wiring::Count { connections: 50 }, 1);
        let (fell, cut, edited) = rewire(&mut bench, &mut Rewire::new(method), 12);
        assert!(!fell && !cut && edited >= 80, "{}: {edited} of 240 edits", method.name);
    }
}

#[test]
fn wire_takes_the_connections_of_a_budget_for_its_own_cap() {
    let wire = |connections| Wire { connections, dendrites: 0, axons: 3, ..Wire::default() };
    let tight = Budget { connections: Some(90), ..Budget::unlimited() };
    for network in [layers(&[8, 20, 4]), recurrent([3, 12, 2], 1)] {
        let mut bench = Bench::new(network, Wiring::None, 2);
        let mut twin = bench.clone();
        let (mut gone, mut come) = (0, 0);
        for round in 0..16 {
            bench.train(50);
            twin.train(50);
            let (asked, own) = (bench.ask(&mut wire(180), tight), twin.ask(&mut wire(90), Budget::unlimited()));
            assert_eq!((&asked.proposals, &asked.cuts), (&own.proposals, &vec![]), "round {round}");
            if round > 3 {
                let has = |wanted: fn(&Move) -> bool| asked.proposals.iter().any(|proposal| wanted(&proposal.what));
                gone += usize::from(has(|what| matches!(what, Move::Prune { .. })));
                come += usize::from(has(|what| matches!(what, Move::Grow { .. })));
            }
        }
        assert!(gone >= 4 && come >= 4, "in 12 rounds something goes in {gone} and comes in {come}");
    }
}
