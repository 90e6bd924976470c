//! Who cannot pay goes.

use super::{again, run};
use crate::rules::wired;
use livenet_core::{
    Birth, Commit, Draft, Executor as _, Finished, Follower as _, Mark, Move, Network, NeuronId, Samples, Scope,
    Signal, Signals, StreamKey, Synapse,
};
use livenet_growth::utility::{Age, Upkeep};
use livenet_growth::{Budget, Strategy as _, UtilityEconomy, View};

fn ask_within(
    network: &Network,
    method: &mut UtilityEconomy,
    (step, signals): (u64, &Signals),
    budget: Budget,
) -> Finished {
    let mut draft = Draft::new(network, step);
    let key = StreamKey::new(1, "asking").at(step);
    method.propose(&View { network, signals, step, end: None, budget, ledger: None, key }, &mut draft);
    draft.finish()
}

fn ask(network: &Network, method: &mut UtilityEconomy, at: (u64, &Signals)) -> Finished {
    ask_within(network, method, at, Budget::unlimited())
}

/// (connections that are pruned, neurons that die), by number, ascending.
fn goes(finished: &Finished) -> (Vec<(u64, u64)>, Vec<u64>) {
    let (mut pruned, mut dead) = (Vec::new(), Vec::new());
    for proposal in finished.proposals() {
        match &proposal.what {
            Move::Prune { at } => pruned.extend(at.iter().map(|at| (at.post.number(), at.pre.number()))),
            Move::Remove { neuron, .. } => dead.push(neuron.number()),
            other => panic!("{other:?}"),
        }
    }
    pruned.sort_unstable();
    (pruned, dead)
}

fn commit(network: &mut Network, method: &mut UtilityEconomy, finished: Finished) -> Commit {
    let commit = network.commit(finished).unwrap();
    method.follow(network, &commit);
    commit
}

/// At once, whatever the age.
fn strict() -> Upkeep {
    Upkeep { chance: 1.0, maturity: 0, ..Upkeep::default() }
}

#[test]
fn a_dead_branch_goes_and_a_used_one_stays() {
    // Inputs 0 to 2, hidden 3 to 6, outputs 7; 5 is heard with weight 0, and what 6 hears of 2 weighs nothing.
    let mut pairs: Vec<(u64, u64)> = (3..7).flat_map(|post| (0..3).map(move |pre| (post, pre))).collect();
    pairs.extend((3..7).map(|pre| (7, pre)));
    let mut network = wired(&[3, 4, 1], &pairs);
    let (mut naive, _) = run(&network, 3);
    let row = |network: &Network, post, pre| {
        network.synapse_row(Synapse::new(NeuronId::new(post), NeuronId::new(pre))).unwrap().index()
    };
    for (post, pre) in [(7, 5), (6, 2)] {
        naive.parameters_mut().weights[row(&network, post, pre)] = 0.0;
    }
    naive.observe(&network, &[Signal::OutputMean]);
    let signals = again(&network, &mut naive, 3);
    let mut method = UtilityEconomy::new(strict());
    let before = naive.predict_f64(&network, (1, 1), &[0.3, -0.4, 0.9]).unwrap();
    let finished = ask(&network, &mut method, (1, &signals));
    // What 5 hears is worth nothing either, and 5 is left alone.
    let dead = vec![(5, 0), (5, 1), (5, 2), (6, 2), (7, 5)];
    assert_eq!(goes(&finished), (dead, vec![5]));
    let commit = commit(&mut network, &mut method, finished);
    naive.follow(&network, &commit);
    let after = naive.predict_f64(&network, (1, 1), &[0.3, -0.4, 0.9]).unwrap();
    assert!((before[0] - after[0]).abs() < 1e-12);
    // And that is all.
    let signals = again(&network, &mut naive, 3);
    assert!(ask(&network, &mut method, (2, &signals)).is_empty());
}

#[test]
fn who_hears_nobody_dies_and_its_mean_stays() {
    // 3 says the same for ever: the bias of 4 takes it.
    let network = wired(&[1, 3, 1], &[(1, 0), (2, 0), (4, 1), (4, 3)]);
    let (mut naive, _) = run(&network, 3);
    naive.parameters_mut().bias[3] = 0.7;
    naive.parameters_mut().weights.fill(1.0);
    naive.observe(&network, &[Signal::OutputMean]);
    let signals = again(&network, &mut naive, 3);
    let finished = ask(&network, &mut UtilityEconomy::new(strict()), (1, &signals));
    // Nobody hears 2.
    assert_eq!(goes(&finished).1, [2, 3]);
    let before = naive.predict_f64(&network, (1, 1), &[0.4]).unwrap();
    let mut after = network.clone();
    let commit = after.commit(finished).unwrap();
    naive.follow(&after, &commit);
    assert!((naive.predict_f64(&after, (1, 1), &[0.4]).unwrap()[0] - before[0]).abs() < 1e-6);
    let immortal = Upkeep { death: false, ..strict() };
    assert!(goes(&ask(&network, &mut UtilityEconomy::new(immortal), (1, &signals))).1.is_empty());
}

#[test]
fn a_chain_of_the_lonely_dies_together_but_not_the_last() {
    // 1 -> 2 -> 3 through three groups, and nobody hears 3.
    let network = wired(&[1, 1, 1, 2, 1], &[(1, 0), (2, 1), (3, 2), (5, 4)]);
    let finished = ask(&network, &mut UtilityEconomy::new(strict()), (1, &Signals::default()));
    // 4 hears nobody. One hidden neuron must stay.
    let (pruned, dead) = goes(&finished);
    assert!(pruned.is_empty() && dead == [3, 4, 2], "{dead:?}");
}

/// Two hidden groups side by side: many connections of weight 0, a lane and a cycle of ones.
fn silent_branches(count: u64) -> (Network, Signals) {
    let pairs: Vec<(u64, u64)> = (0..count).map(|pre| (count, pre)).chain([(count + 1, count)]).collect();
    let network = wired(&[count as u32, 1, 1], &pairs);
    let mut signals = Signals::default();
    let mut weights = vec![0.0; count as usize + 1];
    (weights[0], weights[count as usize]) = (1.0, 1.0);
    signals.put(Signal::Weight, weights);
    signals
        .put_samples(Signal::Outputs { lanes: 1 }, Samples::new(1, count as usize + 2, vec![1.0; count as usize + 2]));
    (network, signals)
}

#[test]
fn the_probability_is_per_step() {
    let (network, signals) = silent_branches(2000);
    let mut method = UtilityEconomy::new(Upkeep { maturity: 0, ..Upkeep::default() });
    // Of one step, a thousandth.
    assert!(goes(&ask(&network, &mut method, (1, &signals))).0.len() < 12);
    // 1 - 0.999^500 = 0.394 of 1999.
    let gone = goes(&ask(&network, &mut method, (501, &signals))).0;
    assert!((700..880).contains(&gone.len()), "{}", gone.len());
    assert!(!gone.contains(&(2000, 0)) && !gone.contains(&(2001, 2000)));
}

#[test]
fn the_young_are_not_judged_unless_by_their_ends() {
    let (mut network, signals) = silent_branches(6);
    let rule = Upkeep { chance: 1.0, maturity: 25, ..Upkeep::default() };
    let mut method = UtilityEconomy::new(rule);
    assert!(ask(&network, &mut method, (100, &signals)).is_empty());
    let at = Synapse::new(NeuronId::new(6), NeuronId::new(3));
    let mut draft = Draft::new(&network, 100);
    draft.propose(Move::Disconnect { at }).unwrap();
    let finished = draft.finish();
    commit(&mut network, &mut method, finished);
    let mut draft = Draft::new(&network, 101);
    draft.propose(Move::Connect { at, birth: Birth::Value(0.0), delay: 0 }).unwrap();
    let finished = draft.finish();
    commit(&mut network, &mut method, finished);
    let mut by_ends = method.clone();
    by_ends.rule.age = Age::Ends;
    let all = [(6, 1), (6, 2), (6, 3), (6, 4), (6, 5)];
    assert_eq!(goes(&ask(&network, &mut method.clone(), (102, &signals))).0, [(6, 1), (6, 2), (6, 4), (6, 5)]);
    assert_eq!(goes(&ask(&network, &mut by_ends, (102, &signals))).0, all);
    // What it remembers of ages is saved.
    let mut resumed = UtilityEconomy::new(rule);
    resumed.load(&method.save()).unwrap();
    assert_eq!(goes(&ask(&network, &mut resumed, (201, &signals))).0.len(), 4);
    assert_eq!(goes(&ask(&network, &mut method, (202, &signals))).0, all);
}

#[test]
fn traces_are_low_passed_between_askings() {
    let network = wired(&[2, 1, 1], &[(2, 0), (2, 1), (3, 2)]);
    let signals = |said: [f32; 4]| {
        let mut signals = Signals::default();
        signals.put(Signal::Weight, vec![1.0; 3]);
        signals.put_samples(Signal::Outputs { lanes: 1 }, Samples::new(1, 4, said.to_vec()));
        signals
    };
    let mut method = UtilityEconomy::new(Upkeep { tau: 50.0, keep: 0.0, ..Upkeep::default() });
    ask(&network, &mut method, (1000, &signals([3.0, 1.0, 4.0, 4.0])));
    assert!((method.utilities(&network).connections[0] - 0.75).abs() < 1e-12);
    ask(&network, &mut method, (1100, &signals([1.0, 3.0, 4.0, 4.0])));
    let past = (-2f64).exp();
    let expected = (3.0 * past + (1.0 - past)) / 4.0;
    assert!((method.utilities(&network).connections[0] - expected).abs() < 1e-12);
}

#[test]
fn what_is_put_aside_stays_and_edits_are_kept() {
    let (mut network, signals) = silent_branches(6);
    let mut method = UtilityEconomy::new(strict());
    let at = |pre| Scope::Synapse(Synapse::new(NeuronId::new(6), NeuronId::new(pre)));
    let mut draft = Draft::new(&network, 0);
    for (at, mark) in [(at(1), Mark::Frozen), (at(2), Mark::Silent)] {
        draft.propose(Move::Mark { at, mark }).unwrap();
    }
    let finished = draft.finish();
    commit(&mut network, &mut method, finished);
    assert_eq!(goes(&ask(&network, &mut method.clone(), (1, &signals))).0, [(6, 3), (6, 4), (6, 5)]);
    let budget = Budget { edits: Some(2), ..Budget::unlimited() };
    assert_eq!(goes(&ask_within(&network, &mut method, (1, &signals), budget)).0.len(), 2);
}
