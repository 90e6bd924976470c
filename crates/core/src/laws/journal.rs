//! The journal comes back, is small, and notices what was done to it.

use super::{commit as quietly, network, propose};
use crate::{
    Activation, Birth, Draft, FireGroup, GroupId, Journal, JournalError, Law, Move, Network, NeuronId, NeuronSpec,
    Norm, Origin, Reach, Role, Row, Schedule, Snapshot, StreamKey, Synapse, Unit,
};

fn commit(net: &mut Network, journal: &mut Journal, step: u64, edits: &str) -> usize {
    let mut draft = Draft::new(net, step);
    propose(&mut draft, edits).unwrap();
    if step == 700 {
        // Of a refused move its name stays behind, and must come back.
        draft.name();
    }
    let finished = draft.finish();
    let written = journal.append(net, &finished);
    net.commit(finished).unwrap();
    journal.committed(net);
    written.len()
}

const SMALL: &str = "0 1 | 2 3<0,2 | 4 : 0>2 1; 1>2 2; 2>3 4; 2>4 8 ~3 silent; 3>4 16; 4>4 1";

const HISTORY: [&str; 9] = [
    "divide 2 0.5; mark 5 frozen",
    "renew 3 normal 0.5 0.25",
    "grow 0>4 1>4~2 : uniform 0.5; prune 2>6 0>2",
    "add 1:tanh; grow 1>7 7>7~1 7>4 : 0.5; prune 7>4",
    "rewire 1>2 0>2 7>7*0.5",
    "renew 7 normal 0.5; renew 8 uniform 0.5; perturb 9 normal 0.1",
    "insert 2>4; merge 2 5 0.5; retune 2:tanh<0,1",
    "remove 9 0.5; scale 0>2 2; rebias 4 1",
    "connect 4>10 0.5 ~7",
];

fn written(every: u32) -> (Network, Journal, Vec<Snapshot>) {
    let (mut net, _) = network(SMALL);
    let mut journal = Journal::new(&net, every);
    let mut past = vec![Snapshot::of(&net)];
    for (step, edits) in HISTORY.iter().enumerate() {
        commit(&mut net, &mut journal, 100 * step as u64, edits);
        past.push(Snapshot::of(&net));
    }
    (net, journal, past)
}

#[test]
fn every_moment_comes_back_rows_and_all() {
    for every in [0, 1, 4] {
        let (net, mut journal, past) = written(every);
        assert_eq!(journal.len(), HISTORY.len());
        for (entries, past) in past.iter().enumerate() {
            let back = journal.replay(entries).unwrap();
            assert_eq!(&Snapshot::of(&back), past, "after {entries}");
            assert_eq!(
                &Snapshot::of(&journal.replay_to_step(100 * entries as u64).unwrap()),
                &past_at(&journal, entries + 1)
            );
        }
        assert!(matches!(journal.replay(10), Err(JournalError::NoSuchEntry { asked: 10, entries: 9 })));
        journal.seal(&net);
        assert_eq!(journal.verify().unwrap().digest(), net.digest());
    }
}

fn past_at(journal: &Journal, entries: usize) -> Snapshot {
    Snapshot::of(&journal.replay(entries.min(journal.len())).unwrap())
}

#[test]
fn a_journal_read_back_goes_on_byte_for_byte() {
    let (_, whole, _) = written(4);
    let (mut net, _) = network(SMALL);
    let mut journal = Journal::new(&net, 4);
    for (step, edits) in HISTORY.iter().enumerate() {
        journal = Journal::read(journal.bytes().to_vec()).unwrap();
        net = journal.replay(journal.len()).unwrap();
        commit(&mut net, &mut journal, 100 * step as u64, edits);
    }
    assert_eq!(journal, whole);
}

#[test]
fn walking_tells_every_commit() {
    let (net, journal, past) = written(4);
    let mut told = Vec::new();
    let last = journal
        .walk(&mut |entry, commit, after| {
            assert_eq!(Snapshot::of(after), past[entry + 1]);
            told.push((commit.step, commit.census.renewed));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(Snapshot::of(&last), Snapshot::of(&net));
    assert_eq!(told[1], (100, 1));
    assert_eq!(told.len(), HISTORY.len());
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    let (_, journal, _) = written(4);
    for at in 0..journal.bytes().len() {
        for flip in [1, 0x80] {
            let mut bytes = journal.bytes().to_vec();
            bytes[at] ^= flip;
            let read = Journal::read(bytes);
            // A changed interval of keyframes begins another chain.
            assert!(read.is_err(), "byte {at} of {}", journal.bytes().len());
        }
    }
}

#[test]
fn a_torn_write_is_told_from_a_corruption_and_cut_off() {
    let (net, journal, _) = written(0);
    let (_, shorter) = {
        let (mut net, _) = network(SMALL);
        let mut journal = Journal::new(&net, 0);
        for (step, edits) in HISTORY[..8].iter().enumerate() {
            commit(&mut net, &mut journal, 100 * step as u64, edits);
        }
        (net, journal)
    };
    let bytes = journal.bytes();
    let whole = shorter.bytes().len();
    for cut in whole + 1..bytes.len() {
        let torn = Journal::read(bytes[..cut].to_vec());
        assert!(matches!(torn, Err(JournalError::Torn { entry: 8, offset, .. }) if offset == whole), "{cut}: {torn:?}");
        let (read, left_out) = Journal::read_whole(bytes[..cut].to_vec()).unwrap();
        assert_eq!((&read, left_out), (&shorter, cut - whole));
    }
    // The rest of a file filled with zeros is no torn write, and is said so.
    let mut zeros = bytes[..whole + 3].to_vec();
    zeros.resize(bytes.len(), 0);
    assert!(matches!(Journal::read(zeros), Err(JournalError::Corrupt { entry: 8, .. })));
    assert_eq!(Journal::read_whole(bytes.to_vec()).unwrap().1, 0);
    for cut in 0..40 {
        assert!(Journal::read_whole(bytes[..cut].to_vec()).is_err());
    }
    assert_eq!(journal.verify().unwrap().digest(), net.digest());
}

#[test]
fn what_is_no_journal_is_said_so() {
    let said = Journal::read(b"PNG and so on and so on".to_vec()).unwrap_err().to_string();
    insta::assert_snapshot!(said, @r#"this is no journal: it begins with "PNG and so on and ", expected "livenet journal 1\n""#);
}

#[test]
fn a_run_that_left_its_journal_is_found_out() {
    let (mut net, _) = network(SMALL);
    let mut journal = Journal::new(&net, 2);
    commit(&mut net, &mut journal, 0, "divide 2 0.5");
    let mut weights = vec![0.0; net.synapse_count()];
    quietly(&mut net, &mut weights, "divide 2 0.5");
    let mut sealed = journal.clone();
    sealed.seal(&net);
    assert!(matches!(sealed.verify(), Err(JournalError::Structure { entry: 1, .. })));
    // What does not fit the network it is written for cannot be repeated.
    commit(&mut net, &mut journal, 1, "disconnect 6>4");
    assert!(journal.replay(1).is_ok());
    assert!(matches!(journal.verify(), Err(JournalError::Refused { entry: 1, .. })));
}

#[test]
fn a_draft_that_will_be_refused_is_not_written() {
    let (mut net, mut weights) = network(SMALL);
    let mut journal = Journal::new(&net, 1);
    let mut draft = Draft::new(&net, 0);
    propose(&mut draft, "divide 2 0.5").unwrap();
    let stale = draft.finish();
    quietly(&mut net, &mut weights, "scale 0>2 2");
    let before = journal.clone();
    assert!(journal.append(&net, &stale).is_empty());
    assert_eq!(journal, before);
}

/// As many neurons, each hearing `degree` others.
fn wide(neurons: u64, degree: usize) -> Network {
    let unit = Unit::rate(Activation::Tanh);
    let reach = Reach::groups((0..3).map(GroupId::new)).with_max_delay(9);
    let group =
        |name: &str, role| FireGroup { name: name.to_owned(), role, unit, norm: Norm::None, reach: reach.clone() };
    let groups = vec![group("input", Role::Input), group("hidden", Role::Hidden), group("output", Role::Output)];
    let mut net = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&net, 0);
    for number in 0..neurons {
        let group = GroupId::new(u16::from(number > 0) + u16::from(number + 1 == neurons));
        let (neuron, spec) = (draft.name(), NeuronSpec::of(group, unit));
        draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
    }
    net.commit(draft.finish()).unwrap();
    let mut stream = StreamKey::new(1, "wide").stream();
    let mut draft = Draft::new(&net, 0);
    let mut at = Vec::new();
    for post in 1..neurons {
        let post = NeuronId::new(post);
        at.extend(stream.sample(neurons, degree).into_iter().map(|pre| (Synapse::new(post, NeuronId::new(pre)), 0)));
    }
    draft.propose(Move::Grow { at, birth: Birth::Value(0.5) }).unwrap();
    net.commit(draft.finish()).unwrap();
    net
}

#[test]
fn a_rewired_connection_costs_at_most_four_bytes() {
    let mut net = wide(2048, 489);
    assert!(net.synapse_count() > 1_000_000);
    let mut journal = Journal::new(&net, 0);
    let mut stream = StreamKey::new(2, "rewiring").stream();
    let at: Vec<Synapse> = stream
        .sample(net.synapse_count() as u64, 10_000)
        .into_iter()
        .map(|row| net.synapse(Row::new(row as u32)))
        .collect();
    let mut absent: Vec<(Synapse, u16)> = Vec::new();
    for pair in stream.sample(2047 * 2048, 30_000) {
        let at = Synapse::new(NeuronId::new(1 + pair / 2048), NeuronId::new(pair % 2048));
        if net.synapse_row(at).is_none() && absent.len() < 10_000 {
            absent.push((at, 0));
        }
    }
    // Chosen by score, so in no order.
    stream.shuffle(&mut absent);
    assert_eq!(absent.len(), 10_000);
    let mut draft = Draft::new(&net, 1000);
    draft.propose(Move::Prune { at }).unwrap();
    draft.propose(Move::Grow { at: absent, birth: Birth::Value(0.0) }).unwrap();
    let finished = draft.finish();
    let written = journal.append(&net, &finished).len();
    net.commit(finished).unwrap();
    assert!(written <= 4 * 10_000, "{written} bytes");
    assert_eq!(Snapshot::of(&journal.replay(1).unwrap()), Snapshot::of(&net));
}

#[test]
fn a_renewal_costs_at_most_24_bytes() {
    let mut net = wide(2048, 4);
    let mut journal = Journal::new(&net, 0);
    let key = StreamKey::new(3, "renewal");
    let mut renew = |net: &mut Network, step: u64, key: StreamKey, count: u64| {
        let mut draft = Draft::new(net, step);
        for at in 0..count {
            let (old, new) = (net.id(Row::new((1500 + 7 * step + at) as u32 % 2000 + 1)), draft.name());
            let scale = 1.0 / (step as f32 + 2.0);
            let mean = 0.1 + at as f32;
            draft
                .propose(Move::Renew { old, new, birth: Birth::Random { key, law: Law::Normal, scale }, mean })
                .unwrap();
        }
        let finished = draft.finish();
        let written = journal.append(net, &finished).len();
        net.commit(finished).unwrap();
        written
    };
    // The first entry names its stream in full.
    let first = renew(&mut net, 100_000, key, 1);
    assert!(first <= 34, "{first} bytes");
    for step in (100_001..100_300).step_by(33) {
        let written = renew(&mut net, step, key, 1);
        assert!(written <= 24, "{written} bytes");
        // With a stream of its own each time, batches stay within the bound.
        let written = renew(&mut net, step + 1, key.at(step), 20);
        assert!(written <= 20 * 24, "{written} bytes");
    }
    assert_eq!(Snapshot::of(&journal.verify().unwrap()), Snapshot::of(&net));
}
