//! Names, origins and dates.

use super::{commit, network, propose};
use crate::{Births, Draft, NeuronId, Origin, Synapse};

#[test]
fn numbers_are_never_used_twice() {
    let (mut net, mut weights) = network("0 | 1 | 2");
    commit(&mut net, &mut weights, "add 1; add 1; remove 3");
    commit(&mut net, &mut weights, "remove 4");
    let mut draft = Draft::new(&net, 0);
    assert_eq!(draft.name(), NeuronId::new(5));
    // A name that was taken out and not used is gone with the commit, not with the draft.
    assert_eq!(Draft::new(&net, 0).name(), NeuronId::new(5));
}

#[test]
fn a_register_comes_to_its_end() {
    let (mut net, mut weights) = network("0 | 1 | 2");
    commit(&mut net, &mut weights, "divide 1 0.5");
    let mut full = net.with_births(Births::starting_at(u64::MAX - 1));
    let mut draft = Draft::new(&full, 0);
    propose(&mut draft, "add 1").unwrap();
    let why = propose(&mut draft, "add 1").unwrap_err();
    assert_eq!(why.to_string(), "no birth number is left; a network counts its births up to 2^64 - 2");
    full.commit(draft.finish()).unwrap();
    assert_eq!(full.births().peek(), u64::MAX);
}

#[test]
fn a_shared_register_goes_on() {
    let (net, _) = network("0 | 1 | 2");
    let other = crate::Network::new(net.groups().to_vec(), net.schedule()).unwrap().with_births(net.births().clone());
    assert_eq!(Draft::new(&other, 0).name(), NeuronId::new(3));
    assert_eq!(Births::starting_at(3), *other.births());
}

#[test]
fn origins_and_dates_tell_the_lineage() {
    let (mut net, mut weights) = network("0 | 1 2 | 3 : 0>1 1; 1>3 1");
    let mut draft = Draft::new(&net, 12_000);
    propose(&mut draft, "divide 1 0.5; insert 0>1; renew 2; add 1").unwrap();
    net.commit(draft.finish()).unwrap().carry_weights(&mut weights);
    let of = |number| {
        let row = net.row(NeuronId::new(number)).unwrap();
        (net.origin(row), net.born(row))
    };
    let [zero, one, two] = [0, 1, 2].map(NeuronId::new);
    assert_eq!(of(1), (Origin::Seed, 0));
    assert_eq!(of(4), (Origin::DivisionOf(one), 12_000));
    assert_eq!(of(5), (Origin::OnConnection(Synapse::new(one, zero)), 12_000));
    assert_eq!(of(6), (Origin::RenewalOf(two), 12_000));
    assert_eq!(of(7), (Origin::Fresh, 12_000));
}

#[test]
fn a_broken_structure_is_noticed() {
    type Break = fn(&mut crate::Network);
    let whole = network("0 1 | 2<0 3 | 4 : 0>2 1; 1>3 1; 2>3 1; 3>4 1").0;
    whole.outgoing();
    whole.check().unwrap();
    let broken: [(&str, Break); 8] = [
        ("out of order", |net| net.pre.swap(1, 2)),
        ("hears row", |net| net.pre[3] = 9),
        ("delays or marks", |net| net.delay = crate::Rare::new(net.delay.len() - 1)),
        ("its name leads to", |net| _ = net.rows.insert(NeuronId::new(3), 0)),
        ("the index of neurons with lists", |net| net.listers.clear()),
        ("never born", |net| net.births = Births::starting_at(4)),
        ("the input n1 listens", |net| net.offsets[2] = 1),
        ("the transpose", |net| _ = net.outgoing.get_mut().unwrap().post.pop()),
    ];
    for (words, breaks) in broken {
        let mut net = whole.clone();
        breaks(&mut net);
        let said = net.check().expect_err(words).to_string();
        assert!(said.contains(words), "{words}: {said}");
    }
}
