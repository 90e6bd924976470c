//! Every refusal, and that it changes nothing.

use super::{check, network, propose};
use crate::{Birth, Draft, EditError, GroupId, Move, NeuronId, NeuronSpec, Origin, Snapshot, Synapse, notation};
use insta::assert_snapshot;

const SMALL: &str = "0 1 | 2 3 | 4 : 0>2 1; 2>3 4; 2>4 8; 3>4 16";

#[test]
fn the_unknown() {
    assert_snapshot!(check(SMALL, "remove 9"), @"refused: n9 is not alive in this network; it may have died, or never have been born");
    assert_snapshot!(check(SMALL, "connect 9>2 1"), @"refused: n9 is not alive in this network; it may have died, or never have been born");
    assert_snapshot!(check(SMALL, "remove 3; connect 3>4 1"), @"refused: n3 is not alive in this network; it may have died, or never have been born");
    assert_snapshot!(check(SMALL, "renew 2; divide 2 0.5"), @"refused: n2 is not alive in this network; it may have died, or never have been born");
    assert_snapshot!(check(SMALL, "add 1; renew 5"), @"refused: n5 is not alive in this network; it may have died, or never have been born");
    assert_snapshot!(check(SMALL, "disconnect 0>3"), @"refused: n0>n3 is not connected");
    assert_snapshot!(check(SMALL, "prune 0>2 0>2"), @"refused: n0>n2 is not connected");
    assert_snapshot!(check(SMALL, "scale 0>3 1"), @"refused: n0>n3 is not connected");
    assert_snapshot!(check(SMALL, "connect 1>3 0>3*1"), @"refused: n0>n3 is not connected");
    assert_snapshot!(check(SMALL, "rewire 0>3 1>3 1"), @"refused: n0>n3 is not connected");
    assert_snapshot!(check(SMALL, "add 9"), @"refused: fire group GroupId(9) does not exist; the network has 3");
}

#[test]
fn the_taken() {
    assert_snapshot!(check(SMALL, "connect 0>2 1"), @"refused: n0>n2 is connected already; there is at most one connection per pair");
    assert_snapshot!(check(SMALL, "grow 0>3 0>3 : 1"), @"refused: n0>n3 is connected already; there is at most one connection per pair");
    assert_snapshot!(check(SMALL, "rewire 0>2 0>2 1"), @"refused: n0>n2 is connected already; there is at most one connection per pair");
    let (net, _) = network(SMALL);
    let mut draft = Draft::new(&net, 0);
    let spec = NeuronSpec { bias: 0.5, ..net.spec(crate::Row::new(2)).clone() };
    let mut add =
        |number| draft.propose(Move::Add { neuron: NeuronId::new(number), spec: spec.clone(), origin: Origin::Fresh });
    assert_eq!(add(3), Err(EditError::NameTaken { neuron: NeuronId::new(3) }));
    assert_eq!(add(17), Ok(()));
    assert_eq!(add(17), Err(EditError::NameTaken { neuron: NeuronId::new(17) }));
    // Born and dead within the draft is dead for ever.
    draft.propose(Move::Remove { neuron: NeuronId::new(17), mean: 0.0 }).unwrap();
    let again = Move::Add { neuron: NeuronId::new(17), spec, origin: Origin::Fresh };
    assert_eq!(draft.propose(again), Err(EditError::NameTaken { neuron: NeuronId::new(17) }));
    assert_eq!(draft.name(), NeuronId::new(18));
}

#[test]
fn the_protected() {
    for edits in ["divide 0 0.5", "remove 4", "renew 1", "merge 2 4 1"] {
        let said = check(SMALL, edits);
        assert!(said.contains("it belongs to the task and cannot"), "{edits}: {said}");
    }
    assert_snapshot!(
        check(SMALL, "insert 2>4 2"),
        @"refused: n5 is an Output neuron: it belongs to the task and cannot divide, merge, be renewed, die or be born on a connection"
    );
}

#[test]
fn what_is_out_of_reach() {
    assert_snapshot!(check(SMALL, "connect 2>0 1"), @"refused: n2>n0 with delay 0 is out of reach: n0 may not listen to n2");
    let listed = "0 1 | 2 3<0 | 4 : 0>3 1";
    assert_snapshot!(check(listed, "connect 1>3 1"), @"refused: n1>n3 with delay 0 is out of reach: n3 may not listen to n1");
    assert_snapshot!(check(listed, "insert 0>3 1<1"), @"refused: n0>n5 with delay 0 is out of reach: n5 may not listen to n0");
    assert_snapshot!(
        check("0 | 1 2 | 3<1 : 1>3 1", "merge 2 1 1"),
        @"refused: n1 cannot be merged into n2: a listener of the one that goes may not listen to the one that stays"
    );
}

#[test]
fn the_impossible() {
    assert_snapshot!(check(SMALL, "divide 2 1"), @"refused: n2 cannot give 1 of its axon; a share lies strictly between 0 and 1");
    assert_snapshot!(check(SMALL, "merge 2 2 1"), @"refused: n2 cannot be merged into n2: they are the same neuron");
    assert_snapshot!(
        check("0 | 1 | 2 | 3", "merge 1 2 1"),
        @"refused: n2 cannot be merged into n1: they fire in different groups, so what they say is heard at different times"
    );
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>3 1; 2>3 1 ~1", "merge 1 2 1"),
        @"refused: n2 cannot be merged into n1: a listener hears them with different delays"
    );
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>3 1 silent; 2>3 1", "merge 1 2 1"),
        @"refused: n2 cannot be merged into n1: a listener hears one of them over a silent connection"
    );
    assert_snapshot!(
        check(SMALL, "mark 2 silent"),
        @"refused: n2 cannot be marked Silent: neurons are frozen or free, connections also active or silent"
    );
    assert_snapshot!(check(SMALL, "reweigh 0>2 2>3*1"), @"refused: a shared weight cannot be added at n0>n2; add a value or a draw");
    let (net, _) = network(SMALL);
    let spec = NeuronSpec { group: GroupId::new(2), ..net.spec(crate::Row::new(2)).clone() };
    let why = Draft::new(&net, 0).propose(Move::Retune { neuron: NeuronId::new(2), spec }).unwrap_err();
    assert_snapshot!(why, @"n2 fires in group GroupId(1) for life; to have it in GroupId(2), let a new neuron be born there");
}

#[test]
fn what_is_not_finite() {
    let (net, _) = network(SMALL);
    let mut draft = Draft::new(&net, 0);
    let spec = net.spec(crate::Row::new(2)).clone();
    let (at, two, new) = (Synapse::new(NeuronId::new(3), NeuronId::new(0)), NeuronId::new(2), draft.name());
    let there = Synapse::new(NeuronId::new(3), NeuronId::new(2));
    let key = crate::StreamKey::new(0, "test");
    let add = |spec| Move::Add { neuron: new, spec, origin: Origin::Fresh };
    for what in [
        Move::Connect { at, birth: Birth::Value(f32::NAN), delay: 0 },
        Move::Connect { at, birth: Birth::Random { key, law: crate::Law::Normal, scale: f32::INFINITY }, delay: 0 },
        Move::Connect { at, birth: Birth::Share { of: there, by: f32::NAN }, delay: 0 },
        Move::Scale { at: there, by: f32::NAN },
        Move::Reweigh { at: there, plus: Birth::Value(f32::INFINITY) },
        Move::Perturb { neuron: two, by: Birth::Value(f32::NAN) },
        Move::Rebias { neuron: two, plus: f32::NAN },
        Move::Remove { neuron: two, mean: f32::NAN },
        Move::Renew { old: two, new, birth: Birth::Value(0.0), mean: f32::NAN },
        Move::Renew { old: two, new, birth: Birth::Value(f32::NAN), mean: 0.0 },
        Move::Merge { kept: two, gone: NeuronId::new(3), by: f32::NAN },
        add(NeuronSpec { bias: f32::NAN, ..spec.clone() }),
        add(NeuronSpec { decay: 1.0, ..spec.clone() }),
        add(NeuronSpec { position: [0.0, f32::NAN], ..spec.clone() }),
    ] {
        let words = format!("{what:?}");
        assert!(matches!(draft.propose(what), Err(EditError::NotFinite { .. })), "{words}");
    }
    assert!(draft.is_empty());
}

#[test]
fn a_refused_move_leaves_the_draft_as_it_was() {
    let (mut net, mut weights) = network("0 1 | 2 3 | 4 : 0>2 1; 2>3 4; 2>4 8; 3>4 16; 3>3 1");
    let mut draft = Draft::new(&net, 0);
    propose(&mut draft, "divide 3 0.5; connect 1>2 0.5").unwrap();
    for refused in [
        "remove 9",
        "connect 0>2 1",
        "grow 1>3 0>2 : 1",
        "prune 2>3 1>4",
        "rewire 2>3 0>2 1",
        "renew 4",
        "divide 2 7",
        "merge 2 4 1",
        "listen 3 1 2 : 1",
        "insert 0>2 0",
    ] {
        assert!(propose(&mut draft, refused).is_err(), "{refused}");
    }
    let commit = net.commit(draft.finish()).unwrap();
    commit.carry_weights(&mut weights);
    assert_snapshot!(
        notation::write(&net, &weights),
        @"0 1 | 2 3 5 | 4 : 0>2 1; 1>2 0.5; 2>3 4; 3>3 0.5; 5>3 0.5; 2>4 8; 3>4 8; 5>4 8; 2>5 4; 3>5 0.5; 5>5 0.5"
    );
}

#[test]
fn a_stale_draft_is_refused_and_nothing_changes() {
    let (mut net, mut weights) = network(SMALL);
    let mut draft = Draft::new(&net, 0);
    propose(&mut draft, "remove 2").unwrap();
    let stale = draft.finish();
    super::commit(&mut net, &mut weights, "scale 0>2 2");
    let was = Snapshot::of(&net);
    assert!(matches!(net.commit(stale), Err(EditError::Stale { .. })));
    assert_eq!(Snapshot::of(&net), was);
}

#[test]
fn a_draft_cut_by_a_budget_drops_what_depended_on_the_cut() {
    let (mut net, mut weights) = network(SMALL);
    let mut draft = Draft::new(&net, 0);
    propose(&mut draft, "add 1; connect 0>5 1; connect 1>3 1; divide 3 0.5").unwrap();
    let (draft, dropped) = draft.retain(|at, _| at != 0);
    assert_eq!((draft.proposals().len(), dropped.len()), (2, 2));
    net.commit(draft.finish()).unwrap().carry_weights(&mut weights);
    assert_snapshot!(
        notation::write(&net, &weights),
        @"0 1 | 2 3 6 | 4 : 0>2 1; 1>3 1; 2>3 4; 2>4 8; 3>4 8; 6>4 8; 1>6 1; 2>6 4"
    );
}
