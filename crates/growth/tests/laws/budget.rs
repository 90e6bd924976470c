//! Whole moves are cut, the least wanted first, and the budget says so.

use crate::bench::{layers, recurrent};
use livenet_core::{Birth, Draft, Move, Network, NeuronSpec, Origin, Reason, Row, Synapse};
use livenet_growth::{Budget, Limit, portions};

fn synapse(network: &Network, post: u32, pre: u32) -> Synapse {
    Synapse::new(network.id(Row::new(post)), network.id(Row::new(pre)))
}

fn grow(network: &Network, posts: std::ops::Range<u32>, pre: u32) -> Move {
    Move::Grow { at: posts.map(|post| (synapse(network, post, pre), 0)).collect(), birth: Birth::Value(0.0) }
}

#[test]
fn the_lowest_priority_goes_first_and_among_equals_the_latest() {
    let network = layers(&[4, 5, 1]);
    let mut draft = Draft::new(&network, 0);
    for (pre, priority) in [(0, 1.0), (1, 3.0), (2, 1.0), (3, 2.0)] {
        draft.propose_because(grow(&network, 4..9, pre), priority, Reason::default()).unwrap();
    }
    let (draft, cuts) = Budget { connections: Some(14), ..Budget::unlimited() }.apply(draft);
    assert_eq!(draft.proposals().iter().map(|proposal| proposal.priority).collect::<Vec<_>>(), [3.0, 2.0]);
    assert_eq!(cuts.iter().map(|cut| cut.limit).collect::<Vec<_>>(), [Limit::Connections { wanted: 20, cap: 14 }; 2]);
    assert_eq!(cuts[0].to_string(), "grow 5 (priority 1): 20 connections wanted, at most 14 allowed");
}

#[test]
fn among_equals_the_latest_goes() {
    let network = layers(&[4, 5, 1]);
    let mut draft = Draft::new(&network, 0);
    for pre in 0..3 {
        draft.propose(grow(&network, 4..5 + pre, pre)).unwrap();
    }
    let (draft, cuts) = Budget { edits: Some(4), ..Budget::unlimited() }.apply(draft);
    assert_eq!(draft.proposals().len(), 2);
    assert_eq!((cuts.len(), cuts[0].edits, cuts[0].limit), (1, 3, Limit::Edits { wanted: 6, cap: 4 }));
}

#[test]
fn what_takes_away_is_never_cut_for_a_cap() {
    let mut network = layers(&[2, 3, 1]);
    let mut draft = Draft::new(&network, 0);
    draft.propose(grow(&network, 2..5, 0)).unwrap();
    let grown = draft.finish();
    network.commit(grown).unwrap();
    let mut draft = Draft::new(&network, 1);
    draft.propose_because(Move::Prune { at: vec![synapse(&network, 2, 0)] }, -9.0, Reason::default()).unwrap();
    draft.propose(grow(&network, 2..5, 1)).unwrap();
    let (draft, cuts) = Budget { connections: Some(1), ..Budget::unlimited() }.apply(draft);
    assert_eq!((draft.proposals().len(), cuts.len()), (1, 1));
    assert!(matches!(draft.proposals()[0].what, Move::Prune { .. }));
}

#[test]
fn a_move_goes_with_the_one_that_it_needs() {
    let network = recurrent([1, 2, 1], 0);
    let mut draft = Draft::new(&network, 0);
    let newborn = draft.name();
    let spec = NeuronSpec::of(network.spec(Row::new(1)).group, network.spec(Row::new(1)).unit);
    draft.propose(Move::Add { neuron: newborn, spec, origin: Origin::Fresh }).unwrap();
    let at = Synapse::new(newborn, network.id(Row::new(0)));
    draft.propose_because(Move::Connect { at, birth: Birth::Value(1.0), delay: 0 }, 5.0, Reason::default()).unwrap();
    let (draft, cuts) = Budget { neurons: Some(4), ..Budget::unlimited() }.apply(draft);
    assert!(draft.is_empty());
    assert_eq!(
        cuts.iter().map(|cut| cut.limit).collect::<Vec<_>>(),
        [Limit::Neurons { wanted: 5, cap: 4 }, Limit::Dependent]
    );
}

#[test]
fn newborns_are_left_alone_for_a_while() {
    let mut network = layers(&[2, 2, 1]);
    let mut draft = Draft::new(&network, 10);
    let (mother, daughter) = (network.id(Row::new(2)), draft.name());
    draft.propose(Move::Divide { mother, daughter, share: 0.5 }).unwrap();
    let divided = draft.finish();
    network.commit(divided).unwrap();
    let budget = Budget { cooldown: 50, ..Budget::unlimited() };
    let removal = |step| {
        let mut draft = Draft::new(&network, step);
        draft.propose(Move::Remove { neuron: daughter, mean: 0.0 }).unwrap();
        draft.propose(Move::Remove { neuron: mother, mean: 0.0 }).unwrap();
        let (draft, cuts) = budget.apply(draft);
        (draft.proposals().len(), cuts)
    };
    let (left, cuts) = removal(30);
    // The mother is there from the start.
    assert_eq!((left, cuts.len(), cuts[0].limit), (1, 1, Limit::Cooldown { age: 20, cooldown: 50 }));
    assert_eq!(removal(60).0, 2);
}

#[test]
fn batches_split_evenly_and_in_order() {
    let split = portions((0..10).collect::<Vec<u32>>(), 4);
    assert_eq!(split.iter().map(|(_, items)| items.len()).collect::<Vec<_>>(), [3, 3, 2, 2]);
    assert!(split.windows(2).all(|pair| pair[0].0 > pair[1].0));
    assert_eq!(split.into_iter().flat_map(|(_, items)| items).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    assert!(portions(Vec::<u32>::new(), 4).is_empty());
}

#[test]
fn a_budget_of_nothing_is_refused() {
    let error = Budget { connections: Some(0), ..Budget::unlimited() }.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the budget allows 0 connections; leave `connections` out for no cap, or use the strategy `still`"
    );
    assert!(Budget::unlimited().check().is_ok());
}
