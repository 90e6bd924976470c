//! Moves for later go with the neuron that they were noted for.

use super::network;
use crate::{Birth, Draft, Move, NeuronId, Proposal, Reason};
use proptest::{collection::vec, prelude::*};

const TWO: &str = "0 | 1 2 | 3 : 0>1 1; 0>2 1; 1>3 1; 2>3 1";

fn perturb(neuron: NeuronId) -> Move {
    Move::Perturb { neuron, by: Birth::Value(0.5) }
}

fn perturbed<'a>(later: impl IntoIterator<Item = &'a Proposal>) -> Vec<NeuronId> {
    let neuron = |what: &Move| if let Move::Perturb { neuron, .. } = what { *neuron } else { panic!("{what:?}") };
    later.into_iter().map(|proposal| neuron(&proposal.what)).collect()
}

/// Divides, and notes that mother and daughter part later.
fn divide(draft: &mut Draft<'_>, mother: NeuronId) -> NeuronId {
    let daughter = draft.name();
    draft.propose(Move::Divide { mother, daughter, share: 0.5 }).unwrap();
    for neuron in [mother, daughter] {
        draft.propose_later(perturb(neuron), daughter, Reason::default());
    }
    daughter
}

#[test]
fn a_division_that_is_dropped_leaves_its_mother_alone() {
    let (net, _) = network(TWO);
    let [one, two] = [1, 2].map(NeuronId::new);
    let mut draft = Draft::new(&net, 0);
    divide(&mut draft, one);
    let kept = divide(&mut draft, two);
    let (draft, dropped) = draft.retain(|at, _| at == 1);
    assert_eq!((dropped.len(), perturbed(draft.later())), (1, vec![two, kept]));
    assert_eq!(perturbed(&draft.finish().take_later()), [two, kept]);
}

#[test]
fn what_is_noted_for_somebody_alive_stays_whatever_is_dropped() {
    let (net, _) = network(TWO);
    let [one, two] = [1, 2].map(NeuronId::new);
    let mut draft = Draft::new(&net, 0);
    divide(&mut draft, one);
    draft.propose_later(perturb(two), two, Reason::default());
    draft.propose(Move::Remove { neuron: two, mean: 0.0 }).unwrap();
    let (draft, _) = draft.retain(|_, proposal| matches!(proposal.what, Move::Remove { .. }));
    assert_eq!(perturbed(draft.later()), [], "both are gone");
    let (draft, _) = draft.retain(|_, _| false);
    assert!(draft.is_empty());

    let mut draft = Draft::new(&net, 0);
    divide(&mut draft, one);
    draft.propose_later(perturb(two), two, Reason::default());
    let (draft, _) = draft.retain(|_, _| false);
    assert_eq!(perturbed(draft.later()), [two], "nothing that was dropped was hers");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn later_moves_are_those_of_the_divisions_that_are_left(who in vec((any::<u16>(), any::<bool>()), 0..8)) {
        let (mut net, _) = network(TWO);
        let mut draft = Draft::new(&net, 0);
        // Daughters divide as well: their divisions need their mothers'.
        let mut names = [1, 2].map(NeuronId::new).to_vec();
        let mut alive = names.clone();
        let mut expected = Vec::new();
        for &(die, keep) in &who {
            let mother = names[usize::from(die) % names.len()];
            let daughter = divide(&mut draft, mother);
            names.push(daughter);
            if keep && alive.contains(&mother) {
                alive.push(daughter);
                expected.extend([mother, daughter]);
            }
        }
        let (draft, dropped) = draft.retain(|at, _| who[at].1);
        prop_assert_eq!(dropped.len(), who.len() + 2 - alive.len());
        prop_assert_eq!(perturbed(draft.later()), expected.clone());

        // And all of them are accepted then.
        let mut finished = draft.finish();
        let later = finished.take_later();
        net.commit(finished).unwrap();
        let mut second = Draft::new(&net, 0);
        for proposal in later {
            second.propose(proposal.what).unwrap();
        }
        prop_assert_eq!(second.proposals().len(), expected.len());
    }
}
