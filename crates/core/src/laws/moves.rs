//! What every move does, in notation.

use super::{check, commit, network};
use crate::{Inherit, Moves};
use insta::assert_snapshot;

const SMALL: &str = "0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 2>3 4; 2>4 8; 3>4 16";

#[test]
fn connections_come_and_go() {
    assert_snapshot!(check(SMALL, "connect 0>3 0.5 ~1"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 0>3 0.5 ~1; 2>3 4; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "disconnect 1>2"), @"0 1 | 2 3 | 4 : 0>2 1; 2>3 4; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "grow 4>2 3>3~2 : 0.5"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 4>2 0.5; 2>3 4; 3>3 0.5 ~2; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "prune 3>4 0>2"), @"0 1 | 2 3 | 4 : 1>2 2; 2>3 4; 2>4 8");
    assert_snapshot!(check(SMALL, "listen 4 0 1 4 : 0.5"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 2>3 4; 0>4 0.5; 1>4 0.5; 2>4 8; 3>4 16; 4>4 0.5");
    assert_snapshot!(check(SMALL, "rewire 2>3 1>4 0.5 ~1"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 1>4 0.5 ~1; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "connect 0>3 2>4*0.25"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 0>3 2; 2>3 4; 2>4 8; 3>4 16");
}

#[test]
fn what_comes_and_goes_within_a_draft_leaves_no_trace() {
    assert_snapshot!(check(SMALL, "connect 0>3 0.5; disconnect 0>3"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 2>3 4; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "disconnect 2>3; connect 2>3 5"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 2>3 5; 2>4 8; 3>4 16");
    assert_snapshot!(check(SMALL, "add 1; connect 0>5 1; remove 5"), @"0 1 | 2 3 | 4 : 0>2 1; 1>2 2; 2>3 4; 2>4 8; 3>4 16");
}

#[test]
fn a_connection_made_anew_is_newborn() {
    let (mut net, mut weights) = network(SMALL);
    let done = commit(&mut net, &mut weights, "disconnect 2>3; connect 2>3 5");
    let Moves::Remap(from) = &done.synapses else { panic!("connections that come and go move rows") };
    assert!(from.rows().eq([Some(0), Some(1), None, Some(3), Some(4)]));
    assert_eq!((done.census.connected, done.census.disconnected), (1, 1));
}

#[test]
fn neurons_are_born_and_die() {
    assert_snapshot!(check(SMALL, "add 1:tanh=0.5; connect 3>5 1"), @"0 1 | 2 3 5:tanh=0.5 | 4 : 0>2 1; 1>2 2; 2>3 4; 2>4 8; 3>4 16; 3>5 1");
    assert_snapshot!(check(SMALL, "remove 2"), @"0 1 | 3 | 4 : 3>4 16");
    assert_snapshot!(check(SMALL, "add 0; connect 5>2 1"), @"0 1 5 | 2 3 | 4 : 0>2 1; 1>2 2; 5>2 1; 2>3 4; 2>4 8; 3>4 16");
}

#[test]
fn the_mean_of_the_dead_goes_into_biases() {
    let (mut net, mut weights) = network("0 | 1 2 | 3 : 0>1 1; 1>1 2; 1>2 4; 1>3 8 silent; 2>3 16");
    let before = weights.clone();
    let done = commit(&mut net, &mut weights, "scale 1>2 0.5; remove 1 0.25");
    let folds: Vec<_> = done.params.iter().map(|(row, expr)| (*row, expr.bias_change(&before))).collect();
    // Neuron 2 is at row 1 now and loses 0.25 of 2; the silent connection contributed nothing.
    assert_eq!(folds, [(1, 0.5)]);
}

#[test]
fn division_shares_the_axon() {
    assert_snapshot!(check(SMALL, "divide 2 0.25"), @"0 1 | 2 3 5 | 4 : 0>2 1; 1>2 2; 2>3 3; 5>3 1; 2>4 6; 3>4 16; 5>4 2; 0>5 1; 1>5 2");
}

#[test]
fn a_self_connection_becomes_all_four() {
    assert_snapshot!(
        check("0 | 1 | 2 : 0>1 1; 1>1 8 ~1; 1>2 4", "divide 1 0.25"),
        @"0 | 1 3 | 2 : 0>1 1; 1>1 6 ~1; 3>1 2 ~1; 1>2 3; 3>2 1; 0>3 1; 1>3 6 ~1; 3>3 2 ~1"
    );
}

#[test]
fn both_of_a_recurrent_pair_divide() {
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>2 4; 2>1 8", "divide 1 0.5; divide 2 0.25"),
        @"0 | 1 2 4 5 | 3 : 2>1 6; 5>1 2; 1>2 2; 4>2 2; 2>4 6; 5>4 2; 1>5 2; 4>5 2"
    );
}

#[test]
fn daughters_and_mothers_divide_again() {
    assert_snapshot!(
        check("0 | 1 | 2 : 0>1 1; 1>2 16", "divide 1 0.5; divide 3 0.25"),
        @"0 | 1 3 4 | 2 : 0>1 1; 1>2 8; 3>2 6; 4>2 2; 0>3 1; 0>4 1"
    );
    assert_snapshot!(
        check("0 | 1 | 2 : 0>1 1; 1>2 16; 1>1 4", "divide 1 0.5; divide 1 0.5"),
        @"0 | 1 3 4 | 2 : 0>1 1; 1>1 1; 3>1 2; 4>1 1; 1>2 4; 3>2 8; 4>2 4; 0>3 1; 1>3 1; 3>3 2; 4>3 1; 0>4 1; 1>4 1; 3>4 2; 4>4 1"
    );
}

#[test]
fn division_carries_marks_and_moments() {
    assert_snapshot!(
        check("0 | 1! | 2 : 0>1 1 frozen; 1>2 4 ~1 silent", "divide 1 0.5"),
        @"0 | 1! 3! | 2 : 0>1 1 frozen; 1>2 2 ~1 silent; 3>2 2 ~1 silent; 0>3 1 frozen"
    );
    let (mut net, mut weights) = network("0 | 1 | 2 : 0>1 1; 1>2 4");
    let done = commit(&mut net, &mut weights, "divide 1 0.25");
    let carried = |inherit| {
        let mut moments = vec![100.0, 200.0];
        done.carry_moments(&mut moments, 0.0, inherit, |moment, by| moment * by);
        moments
    };
    // Rows now: 0>1, 0>3, 1>2, 3>2. A dendrite's gradient goes through the axon's share; an axon's
    // does not change.
    assert_eq!(carried(Inherit::FromOrigin), [75.0, 25.0, 200.0, 200.0]);
    assert_eq!(carried(Inherit::Nothing), [75.0, 0.0, 200.0, 0.0]);
    assert_eq!(done.newborns[0].state_of, Some(1));
    assert_eq!(done.params.iter().map(|(row, expr)| (*row, expr.of)).collect::<Vec<_>>(), [(1, Some(1)), (2, Some(1))]);
}

#[test]
fn a_neuron_is_born_on_a_connection() {
    assert_snapshot!(check(SMALL, "insert 2>4 1:tanh"), @"0 1 | 2 3 5:tanh | 4 : 0>2 1; 1>2 2; 2>3 4; 3>4 16; 5>4 8; 2>5 1");
    assert_snapshot!(
        check("0 | 1 | 2 : 0>1 1; 1>1 4 ~2 frozen; 1>2 1", "insert 1>1"),
        @"0 | 1 3 | 2 : 0>1 1; 3>1 4 ~2 frozen; 1>2 1; 1>3 1"
    );
}

#[test]
fn the_one_who_stays_speaks_for_both() {
    assert_snapshot!(check("0 1 | 2 3 | 4 : 0>2 1; 1>3 1; 2>4 8; 3>4 16", "merge 2 3 0.5"), @"0 1 | 2 | 4 : 0>2 1; 2>4 16");
    assert_snapshot!(check(SMALL, "merge 3 2 2"), @"0 1 | 3 | 4 : 3>3 8; 3>4 32");
}

#[test]
fn self_connections_survive_a_merge() {
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>1 1; 2>1 2; 1>2 4; 2>2 8; 1>3 16; 2>3 32", "merge 1 2 0.5"),
        @"0 | 1 | 3 : 1>1 2; 1>3 32"
    );
}

#[test]
fn values_change_without_moving_a_row() {
    let (mut net, mut weights) = network(SMALL);
    let (epoch, revision) = (net.epoch(), net.revision());
    let edits = "scale 0>2 3; reweigh 1>2 0.5; rebias 3 0.25; mark 2>4 silent; mark 3 frozen; mark 3>4 frozen; perturb 4 1; retune 2:tanh";
    let done = commit(&mut net, &mut weights, edits);
    assert_eq!((net.epoch(), net.revision()), (epoch, revision + 1));
    assert!(!done.is_structural() && done.synapses == Moves::none() && done.neurons == Moves::none());
    assert_eq!((done.marked.as_slice(), done.retuned.as_slice()), (&[3, 4][..], &[2, 3][..]));
    assert_eq!(done.params.iter().map(|(row, expr)| (*row, expr.bias_change(&[]))).collect::<Vec<_>>(), [(3, 0.25)]);
    assert_snapshot!(
        crate::notation::write(&net, &weights),
        @"0 1 | 2:tanh 3! | 4 : 0>2 3; 1>2 2.5; 2>3 4; 2>4 9 silent; 3>4 17 frozen"
    );
    commit(&mut net, &mut weights, "mark 2>4 active; mark 3 free; mark 3>4 free");
    assert_snapshot!(
        crate::notation::write(&net, &weights),
        @"0 1 | 2:tanh 3 | 4 : 0>2 3; 1>2 2.5; 2>3 4; 2>4 9; 3>4 17"
    );
}

#[test]
fn mother_and_daughter_are_pushed_apart_by_one_draw() {
    let (mut net, mut weights) = network("0 1 | 2 | 3 : 0>2 1; 1>2 2; 2>3 4");
    commit(&mut net, &mut weights, "divide 2 0.5");
    commit(&mut net, &mut weights, "perturb 2 normal 0.1; perturb 4 normal -0.1");
    // Rows: 0>2, 1>2, 0>4, 1>4, 2>3, 4>3.
    assert!(
        (weights[0] + weights[2] - 2.0).abs() < 1e-6 && (weights[1] + weights[3] - 4.0).abs() < 1e-6,
        "{weights:?}"
    );
    assert!(weights[0] != 1.0 && weights[0] - 1.0 != weights[1] - 2.0, "{weights:?}");
}

#[test]
fn a_draw_is_named_by_its_connection_and_not_by_its_place() {
    let born = |edits: &str| {
        let (mut net, mut weights) = network("0 1 2 | 3 | 4");
        commit(&mut net, &mut weights, edits);
        let row = net.synapse_row(crate::Synapse::new(crate::NeuronId::new(3), crate::NeuronId::new(1))).unwrap();
        weights[row.index()]
    };
    assert_eq!(born("connect 1>3 normal 0.5"), born("listen 4 0 3 : 1; listen 3 0 1 2 : normal 0.5"));
    assert_ne!(born("connect 1>3 normal 0.5"), born("connect 1>3 uniform 0.5"));
}
