//! Notation, snapshots and digests say what they should.

use super::{commit, network, propose};
use crate::{Digest, Draft, Move, Network, NeuronId, Origin, Row, Snapshot, notation, notation::NotationError};
use insta::assert_snapshot;

fn round(text: &str) -> String {
    let (net, weights) = network(text);
    notation::write(&net, &weights)
}

#[test]
fn notation_comes_back() {
    assert_snapshot!(
        round("0 1|2 3:tanh=0.5<0,3!|4:3>4 .25;0>2 0.5; 1>2 -1 ~2; 2>4 1 silent; 3>3 .5 frozen silent"),
        @"0 1 | 2 3:tanh=0.5<0,3! | 4 : 0>2 0.5; 1>2 -1 ~2; 3>3 0.5 silent frozen; 2>4 1 silent; 3>4 0.25"
    );
    assert_snapshot!(round("0 | 7:leaky-sigmoid 5:leaky_relu |"), @"0 | 5:leaky_relu 7:leaky-sigmoid | ");
    assert_snapshot!(round(" | "), @" | ");
    // -0 is another bias than 0.
    assert_snapshot!(round("0 | 1=-.0 | "), @"0 | 1=-0 | ");
}

#[test]
fn notation_says_where_it_is_wrong() {
    let error = |text: &str| notation::parse(text).unwrap_err().to_string();
    assert_snapshot!(error("0 | 1 : 0>1"), @r#"at character 11: found "", expected a weight"#);
    assert_snapshot!(error("0 | x"), @r#"at character 4: found "x", expected the birth number of a neuron"#);
    assert_snapshot!(error("0 | 1 : 0-1 2"), @r#"at character 9: found "-1", expected `>`"#);
    assert_snapshot!(
        error("0 | 1:tan"),
        @r#"at character 6: found "tan", expected one of linear, relu, leaky_relu, tanh, sigmoid, silu, gelu, softplus, square, with `leaky-` before it for a low-pass unit"#
    );
    assert_snapshot!(
        error("0 | 1 : 0>1 1 loud"),
        @r#"at character 14: found "loud", expected `~delay`, `silent`, `frozen`, or `;` before the next connection"#
    );
    assert_snapshot!(error("0 | 1 : 0>1 1 ~70000"), @r#"at character 15: found "70000", expected a delay in cycles, at most 65535"#);
    assert_snapshot!(error("0 | 1 : 1>0 1"), @"at character 8: n1>n0 with delay 0 is out of reach: n0 may not listen to n1");
    assert_snapshot!(error("0 | 0"), @"at character 4: n0 was born before; take a new name from the draft's register");
    assert_snapshot!(error("0"), @"the fire groups before the colon: exactly one group must have the role Output; found 0");
    assert!(matches!(notation::parse("0 | 18446744073709551615"), Err(NotationError::Unexpected { position: 4, .. })));
}

#[test]
fn moves_say_where_they_are_wrong() {
    let (net, _) = network("0 | 1 | 2 : 0>1 1");
    let error = |text: &str| notation::parse_moves(text, &mut Draft::new(&net, 0)).unwrap_err().to_string();
    assert_snapshot!(
        error("grow 0>2 : 1; shrink 1"),
        @r#"at character 14: found "shrink", expected a move: connect, disconnect, grow, prune, listen, rewire, add, remove, bear, renew, divide, insert, merge, retune, mark, scale, reweigh, rebias or perturb"#
    );
    assert_snapshot!(error("mark 0>1 loud"), @r#"at character 9: found "loud", expected silent, active, frozen or free"#);
    assert_snapshot!(error("divide 1"), @r#"at character 8: found "", expected the daughter's share of the axon"#);
}

#[test]
fn equal_structure_has_equal_text_and_digest_whatever_the_rows() {
    let mut renewed = network("0 1 | 2 3 | 4 : 0>2 1; 3>4 4; 2>4 9");
    commit(&mut renewed.0, &mut renewed.1, "renew 2 1");
    // The same by another history: the newborn comes last, not in its predecessor's place.
    let mut added = network("0 1 | 3 | 4 : 3>4 4");
    let mut draft = Draft::new(&added.0, 7);
    let (neuron, spec) = (draft.name(), added.0.spec(Row::new(2)).clone());
    draft.propose(Move::Add { neuron, spec, origin: Origin::RenewalOf(NeuronId::new(2)) }).unwrap();
    propose(&mut draft, "connect 5>4 0; connect 0>5 1").unwrap();
    added.0.commit(draft.finish()).unwrap().carry_weights(&mut added.1);

    let names = |net: &Network| net.neuron_rows().map(|row| net.id(row).number()).collect::<Vec<_>>();
    assert_eq!((names(&renewed.0), names(&added.0)), (vec![0, 1, 5, 3, 4], vec![0, 1, 3, 5, 4]));
    assert_eq!(notation::write(&renewed.0, &renewed.1), notation::write(&added.0, &added.1));
    assert_eq!(renewed.0.digest(), added.0.digest());
    assert_ne!(Snapshot::of(&renewed.0), Snapshot::of(&added.0));
}

#[test]
fn every_part_of_the_structure_is_in_the_digest() {
    let digest = |text: &str| network(text).0.digest();
    let plain = digest("0 | 1 | 2 : 0>1 1; 1>2 1");
    assert_eq!(plain, digest("0 | 1 | 2 : 1>2 3; 0>1 5"), "weights are left out");
    for other in [
        "0 | 1 | 2 : 0>1 1",
        "0 | 1 | 2 : 0>1 1; 0>2 1",
        "0 | 1 | 2 : 0>1 1; 1>2 1 ~1",
        "0 | 1 | 2 : 0>1 1; 1>2 1 silent",
        "0 | 1:tanh | 2 : 0>1 1; 1>2 1",
        "0 | 1! | 2 : 0>1 1; 1>2 1",
        "0 | 1<0 | 2 : 0>1 1; 1>2 1",
        "0 | 1=1 | 2 : 0>1 1; 1>2 1",
        "0 | 1 3 | 2 : 0>1 1; 1>2 1",
        "0 | 1 | | 2 : 0>1 1; 1>2 1",
    ] {
        assert_ne!(plain, digest(other), "{other}");
    }
    let shown = plain.to_string();
    assert_eq!((shown.len(), shown.parse()), (64, Ok(plain)));
    assert!("xyz".parse::<Digest>().is_err() && "é".repeat(32).parse::<Digest>().is_err());
}

#[test]
fn a_snapshot_restores_the_very_network() {
    let (mut net, mut weights) = network("0 1 | 2 3:tanh<1,3 | 4 : 0>2 1; 1>3 2 ~3; 3>4 4 silent frozen; 3>3 1; 4>4 1");
    commit(&mut net, &mut weights, "divide 3 0.5; add 1; connect 6>4 1");
    commit(&mut net, &mut weights, "renew 3 1; rewire 0>2 1>2 1");
    let snapshot = Snapshot::of(&net);
    let bytes = postcard::to_stdvec(&snapshot).unwrap();
    let read: Snapshot = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read, snapshot);
    let again = read.restore().unwrap();
    assert_eq!(Snapshot::of(&again), snapshot);
    assert_eq!(again.digest(), net.digest());
    assert_eq!(again.rows, net.rows);
    // Cut or changed anywhere, it is an error or another network, never a panic.
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] = wrong[at].wrapping_add(1);
        if let Ok(read) = postcard::from_bytes::<Snapshot>(&wrong) {
            let _ = read.restore();
        }
        if let Ok(read) = postcard::from_bytes::<Snapshot>(&bytes[..at]) {
            let _ = read.restore();
        }
    }
}
