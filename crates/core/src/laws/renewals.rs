//! Renewal: a newborn takes a place, and nothing else moves.

use super::{check, commit, network, propose};
use crate::{Draft, Moves, NeuronId, Origin, Row, notation};
use insta::assert_snapshot;

const RING: &str = "0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 3>2 64; 2>3 4; 2>2 32; 2>4 8; 3>4 16";

#[test]
fn a_newborn_hears_anew_and_says_nothing_yet() {
    assert_snapshot!(check(RING, "renew 2 0.5"), @"0 1 | 3 5 | 4 : 5>3 0; 3>4 16; 5>4 0; 0>5 0.5; 1>5 0.5; 3>5 0.5; 5>5 0");
}

#[test]
fn renewal_keeps_the_epoch_and_touches_the_degree() {
    let (mut net, mut weights) = network(RING);
    let (epoch, revision, rows) = (net.epoch(), net.revision(), (net.offsets().to_vec(), net.pres().to_vec()));
    let done = commit(&mut net, &mut weights, "renew 2 0.5 0.25");
    assert_eq!((net.epoch(), net.revision()), (epoch, revision + 1));
    assert_eq!((net.offsets().to_vec(), net.pres().to_vec()), rows);
    assert!(!done.is_structural());
    // Its four dendrites, the one to itself among them, and its other two axons; rows in order.
    let mut touched = vec![0, 1, 2, 3, 4, 5];
    assert_eq!(done.weights.iter().map(|entry| entry.0).collect::<Vec<_>>(), touched);
    assert_eq!(done.synapses, Moves::Touched { freed: touched.clone(), born: touched.clone() });
    touched.retain(|&row| row == 2);
    assert_eq!(done.neurons, Moves::Touched { freed: vec![2], born: vec![2] });
    // The bias of the newborn starts again; its listeners get its mean.
    let params: Vec<_> = done.params.iter().map(|(row, expr)| (*row, expr.of, expr.folds.clone())).collect();
    assert_eq!(params, [(2, None, vec![]), (3, Some(3), vec![(4, 0.25)]), (4, Some(4), vec![(5, 0.25)])]);
    assert_eq!((done.gone.as_slice(), done.census.renewed), (&[NeuronId::new(2)][..], 1));
    let row = net.row(NeuronId::new(5)).unwrap();
    assert_eq!((row, net.origin(row), net.born(row)), (Row::new(2), Origin::RenewalOf(NeuronId::new(2)), 7));
    assert_eq!(net.row(NeuronId::new(2)), None);
}

#[test]
fn a_newborn_in_a_frozen_place_is_free_and_so_is_its_daughter() {
    assert_snapshot!(check("0 | 1! | 2 : 0>1 1; 1>2 2", "renew 1 0.5"), @"0 | 3 | 2 : 3>2 0; 0>3 0.5");
    assert_snapshot!(check("0 | 1! | 2 : 0>1 1; 1>2 2", "renew 1 0.5; divide 3 0.5"), @"0 | 3 4 | 2 : 3>2 0; 4>2 0; 0>3 0.5; 0>4 0.5");
    assert_snapshot!(check("0 | 1! | 2 : 0>1 1; 1>2 2", "renew 1 0.5; mark 3 frozen"), @"0 | 3! | 2 : 3>2 0; 0>3 0.5");
}

#[test]
fn the_daughter_of_a_newborn_has_no_past() {
    let (mut net, mut weights) = network("0 | 1 | 2 : 0>1 1; 1>2 2");
    let done = commit(&mut net, &mut weights, "renew 1 0.5; divide 3 0.5");
    assert_eq!(done.newborns.iter().map(|newborn| newborn.state_of).collect::<Vec<_>>(), [None, None]);
    assert!(done.params.iter().all(|(_, expr)| expr.of.is_none()));
    assert_eq!(done.neurons, Moves::Remap([Some(0), None, None, Some(2)].into_iter().collect()));
}

#[test]
fn renewal_and_structure_in_one_draft() {
    assert_snapshot!(check(RING, "disconnect 0>2; renew 2 0.5"), @"0 1 | 3 5 | 4 : 5>3 0; 3>4 16; 5>4 0; 1>5 0.5; 3>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "renew 2 0.5; disconnect 0>5"), @"0 1 | 3 5 | 4 : 5>3 0; 3>4 16; 5>4 0; 1>5 0.5; 3>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "renew 2 0.5; connect 4>5 1"), @"0 1 | 3 5 | 4 : 5>3 0; 3>4 16; 5>4 0; 0>5 0.5; 1>5 0.5; 3>5 0.5; 4>5 1; 5>5 0");
    assert_snapshot!(check(RING, "connect 4>2 1; renew 2 0.5"), @"0 1 | 3 5 | 4 : 5>3 0; 3>4 16; 5>4 0; 0>5 0.5; 1>5 0.5; 3>5 0.5; 4>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "renew 2 0.5; remove 3"), @"0 1 | 5 | 4 : 5>4 0; 0>5 0.5; 1>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "remove 3; renew 2 0.5"), @"0 1 | 5 | 4 : 5>4 0; 0>5 0.5; 1>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "renew 2 0.5; remove 5"), @"0 1 | 3 | 4 : 3>4 16");
    assert_snapshot!(check(RING, "renew 2 0.5; renew 5 2"), @"0 1 | 3 6 | 4 : 6>3 0; 3>4 16; 6>4 0; 0>6 2; 1>6 2; 3>6 2; 6>6 0");
    assert_snapshot!(check(RING, "renew 2 0.5; renew 3 2"), @"0 1 | 5 6 | 4 : 5>4 0; 6>4 0; 0>5 0.5; 1>5 0.5; 5>5 0; 6>5 0; 5>6 2");
    assert_snapshot!(check(RING, "retune 2:tanh; renew 2 0.5"), @"0 1 | 3 5:tanh | 4 : 5>3 0; 3>4 16; 5>4 0; 0>5 0.5; 1>5 0.5; 3>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "merge 2 3 1; renew 2 0.5"), @"0 1 | 5 | 4 : 5>4 0; 0>5 0.5; 1>5 0.5; 5>5 0");
    assert_snapshot!(check(RING, "renew 2 0.5; merge 5 3 1"), @"0 1 | 5 | 4 : 5>4 16; 0>5 0.5; 1>5 0.5; 5>5 0.5");
}

#[test]
fn renewed_rows_are_newborn_to_every_column_even_when_rows_move() {
    let (mut net, mut weights) = network(RING);
    let done = commit(&mut net, &mut weights, "renew 2 0.5; merge 5 3 1");
    // Rows now: 0>5, 1>5, 5>5, 5>4; the merged ones keep the newborn's places.
    assert_eq!(done.synapses, Moves::Remap([None; 4].into_iter().collect()));
    let mut ages = vec![9; 7];
    crate::Store::gather(&mut ages, &done.synapses, 0);
    assert_eq!(ages, [0; 4]);
    assert_eq!((done.census.connected, done.census.disconnected), (0, 3));
}

#[test]
fn many_renewals_in_one_draft_are_the_same_as_one_by_one() {
    let (mut at_once, mut weights) = network(RING);
    commit(&mut at_once, &mut weights, "renew 2 0.5; renew 3 2; renew 5 4");
    let (mut one_by_one, mut others) = network(RING);
    for edits in ["renew 2 0.5", "renew 3 2", "renew 5 4"] {
        let mut draft = Draft::new(&one_by_one, 7);
        propose(&mut draft, edits).unwrap();
        one_by_one.commit(draft.finish()).unwrap().carry_weights(&mut others);
    }
    assert_eq!(notation::write(&at_once, &weights), notation::write(&one_by_one, &others));
}
