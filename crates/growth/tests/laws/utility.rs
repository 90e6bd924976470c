//! The economy of utility: traces are what leaving out would change, the flow loses nothing, and the poor go.

use crate::bench::{group, layers, recurrent};
use crate::rules::wired;
use livenet_core::testing::Naive;
use livenet_core::{
    Activation, Birth, Commit, Draft, Executor as _, ExecutorSettings, Finished, FireGroup, Follower as _, GroupId,
    Mark, Move, Network, NeuronId, NeuronSpec, Norm, Origin, Reach, Role, Row, Samples, Schedule, Scope, Signal,
    Signals, StreamKey, Synapse, Unit, UnitKind, Window,
};
use livenet_growth::{
    Budget, Strategy as _, Utilities, UtilityEconomy, View, Wiring,
    utility::{Age, Balance, Upkeep, traces},
};
use proptest::prelude::*;

/// Inputs, hidden neurons of this unit and linear outputs; everybody may listen to everybody with delays.
fn network(unit: Unit, norm: Norm, sizes: [u32; 3], density: f64) -> Network {
    let all = || Reach::groups([0, 1].map(GroupId::new)).with_max_delay(1);
    let hidden = FireGroup { name: "hidden".into(), role: Role::Hidden, unit, norm, reach: all() };
    let groups = vec![group(Role::Input, Reach::nobody()), hidden, group(Role::Output, all())];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (at, size) in sizes.into_iter().enumerate() {
        let group = GroupId::new(at as u16);
        for _ in 0..size {
            let (neuron, spec) = (draft.name(), NeuronSpec::of(group, network.group(group).unit));
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
        }
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    let mut draft = Draft::new(&network, 0);
    Wiring::Uniform { density }.propose(&mut draft, StreamKey::new(5, "wiring")).unwrap();
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

/// The network with random weights and biases, run for a window; the signals of it.
fn run(network: &Network, cycles: usize) -> (Naive, Signals) {
    let mut naive = Naive::new(network, ExecutorSettings::default());
    let key = StreamKey::new(2, "values");
    let parameters = naive.parameters_mut();
    parameters.weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = 0.6 * key.at(0).normal(row as u64, 0));
    parameters.bias.iter_mut().enumerate().for_each(|(row, bias)| *bias = 0.5 * key.at(1).normal(row as u64, 0));
    let signals = again(network, &mut naive, cycles);
    (naive, signals)
}

fn again(network: &Network, naive: &mut Naive, cycles: usize) -> Signals {
    const LANES: usize = 12;
    let key = StreamKey::new(3, "window");
    let count = cycles * LANES * network.inputs().len();
    let values: Vec<f32> = (0..count).map(|at| key.normal(at as u64, 0) as f32).collect();
    naive.forward(network, Window { cycles, lanes: LANES, values: &values }, None).unwrap();
    naive.signals(network, &[Signal::Weight, Signal::Outputs { lanes: 99 }, Signal::OutputMean])
}

#[test]
fn a_trace_is_what_leaving_a_connection_out_would_change() {
    for activation in Activation::BUILT_IN {
        // Squares of squares would grow without end.
        let density = if activation == Activation::Square { 0.15 } else { 0.6 };
        let network = network(Unit::rate(activation), Norm::None, [3, 5, 2], density);
        let (naive, signals) = run(&network, 6);
        let (parameters, outputs) = (naive.parameters(), signals.outputs().unwrap());
        let found = traces(&network, &signals);
        for post in network.neuron_rows() {
            let function = network.spec(post).unit.activation;
            for synapse in network.incoming(post) {
                let lag = |synapse: usize| network.lag(post, Row::new(synapse as u32)) as usize;
                let deepest = network.incoming(post).map(lag).max().unwrap();
                let heard = |synapse: usize, ago: usize, lane: usize| {
                    let pre = Row::new(network.pres()[synapse]);
                    parameters.weights[synapse] * f64::from(outputs.back(ago + lag(synapse), pre).unwrap()[lane])
                };
                let (mut sum, mut count) = (0.0, 0.0);
                for ago in 0..outputs.cycles() - deepest {
                    for lane in 0..outputs.lanes() {
                        let all: f64 = network.incoming(post).map(|other| heard(other, ago, lane)).sum();
                        let at = all + parameters.bias[post.index()];
                        sum += (function.value(at) - function.value(at - heard(synapse, ago, lane))).abs();
                        count += 1.0;
                    }
                }
                // A connection that is shorter than the longest has a few cycles more, in which what was said is turned back.
                if lag(synapse) == deepest {
                    let expected: f64 = sum / count;
                    let found = found[synapse].unwrap();
                    assert!(
                        (found - expected).abs() < 1e-5 * expected.max(1.0),
                        "{activation:?}: {found}, not {expected}"
                    );
                } else {
                    assert!(found[synapse].is_some());
                }
            }
        }
    }
}

#[test]
fn what_was_said_is_turned_back_where_not_all_was_remembered() {
    // 1 hears the input at once and two cycles later; only one cycle is remembered.
    let mut network = recurrent([1, 1, 1], 3);
    let [input, hidden, output] = [0, 1, 2].map(NeuronId::new);
    let connect = |post, pre, delay| Move::Connect { at: Synapse::new(post, pre), birth: Birth::Value(1.0), delay };
    let mut draft = Draft::new(&network, 0);
    for what in [connect(hidden, input, 0), connect(hidden, hidden, 2), connect(output, hidden, 0)] {
        draft.propose(what).unwrap();
    }
    let finished = draft.finish();
    network.commit(finished).unwrap();
    let mut signals = Signals::default();
    signals.put(Signal::Weight, vec![2.0, 1.0, 3.0]);
    // [neuron][lane]: in the second lane the rectifier is silent.
    signals.put_samples(Signal::Outputs { lanes: 2 }, Samples::new(2, 3, vec![1.0, 1.0, 5.0, 0.0, 15.0, 0.0]));
    // 5 - 3, and nothing that could be told; what is longer than memory has no trace.
    assert_eq!(traces(&network, &signals), [Some(1.0), None, Some(7.5)]);
    assert_eq!(traces(&network, &Signals::default()), [None; 3]);
}

#[test]
fn in_groups_that_normalise_and_units_that_remember_proportions_are_of_first_order() {
    let leaky = Unit { kind: UnitKind::Leaky, activation: Activation::Tanh };
    for (unit, norm) in [(Unit::rate(Activation::Tanh), Norm::Layer), (leaky, Norm::None)] {
        let network = network(unit, norm, [3, 4, 1], 0.7);
        let (naive, signals) = run(&network, 4);
        let (outputs, found) = (signals.outputs().unwrap(), traces(&network, &signals));
        for post in network.members(GroupId::new(1)).map(Row::new) {
            for synapse in network.incoming(post) {
                let (pre, lag) =
                    (Row::new(network.pres()[synapse]), network.lag(post, Row::new(synapse as u32)) as usize);
                let pairs = (0..outputs.cycles() - lag)
                    .flat_map(|ago| outputs.back(ago, post).unwrap().iter().zip(outputs.back(ago + lag, pre).unwrap()));
                let terms: Vec<f64> = pairs
                    .map(|(said, heard)| {
                        let slope = 1.0 - f64::from(*said).powi(2);
                        slope * (naive.parameters().weights[synapse] * f64::from(*heard)).abs()
                    })
                    .collect();
                let expected = terms.iter().sum::<f64>() / terms.len() as f64;
                assert!((found[synapse].unwrap() - expected).abs() < 1e-5, "{norm:?}: {:?} {expected}", found[synapse]);
            }
        }
    }
}

#[test]
fn the_flow_by_hand() {
    // Inputs 0 and 1, hidden 2 and 3, output 4.
    let network = wired(&[2, 2, 1], &[(2, 0), (2, 1), (3, 0), (3, 1), (4, 2), (4, 3)]);
    let flow = Utilities::of(&network, &[1.0, 3.0, 2.0, 0.0, 1.0, 3.0], 0.01, 100);
    let near = |found: &[f64], expected: &[f64]| {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}, not {expected:?}");
    };
    near(&flow.neurons, &[0.05 + 0.73, 0.17, 0.24, 0.74, 1.0]);
    near(&flow.connections, &[0.06, 0.18, 0.74, 0.0, 0.25, 0.75]);
    // Two hops, and one that finds that nothing changes.
    assert_eq!((flow.hops, flow.change), (2, 0.0));
    let Balance { outputs, kept, inputs, stranded, returned } = flow.balance(&network);
    near(&[outputs, kept, inputs, stranded, returned], &[1.0, 0.05, 0.95, 0.0, 0.0]);
    // An upkeep that takes all, and a neuron that hears nothing that matters.
    let dear = Utilities::of(&network, &[1.0, 3.0, 0.0, 0.0, 1.0, 3.0], 0.3, 100);
    near(&dear.neurons, &[0.0, 0.0, 0.0, 0.45, 1.0]);
    let balance = dear.balance(&network);
    near(&[balance.kept, balance.stranded, balance.inputs], &[0.25 + 0.3, 0.45, 0.0]);
}

#[test]
fn on_a_linear_network_the_flow_is_that_of_what_is_carried() {
    // f(a) - f(a - w x) = w x, whatever the biases: shares by mean |w x|.
    let network = network(Unit::rate(Activation::Linear), Norm::None, [3, 4, 1], 0.0);
    let mut dense = network.clone();
    let mut draft = Draft::new(&network, 0);
    let rows = |range: std::ops::Range<u32>| range.map(|row| network.id(Row::new(row))).collect::<Vec<_>>();
    for (posts, pres) in [(rows(3..7), rows(0..3)), (rows(7..8), rows(3..7))] {
        for post in posts {
            draft.propose(Move::ConnectAll { post, pres: pres.clone(), birth: Birth::Value(1.0) }).unwrap();
        }
    }
    let finished = draft.finish();
    dense.commit(finished).unwrap();
    let (naive, signals) = run(&dense, 3);
    let found: Vec<f64> = traces(&dense, &signals).into_iter().map(Option::unwrap).collect();
    let flow = Utilities::of(&dense, &found, 1e-3, 100);
    let size = |row: u32| {
        let outputs = signals.outputs().unwrap();
        let all: Vec<f64> =
            (0..3).flat_map(|ago| outputs.back(ago, Row::new(row)).unwrap()).map(|&x| f64::from(x).abs()).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let weights = &naive.parameters().weights;
    let carried = |synapse: usize| weights[synapse].abs() * size(dense.pres()[synapse]);
    let shares = |row: u32| {
        let all: Vec<f64> = dense.incoming(Row::new(row)).map(carried).collect();
        let sum: f64 = all.iter().sum();
        all.into_iter().map(move |carried| carried / sum).collect::<Vec<f64>>()
    };
    let hidden: Vec<f64> = shares(7).iter().map(|share| share - 1e-3).collect();
    for (at, expected) in hidden.iter().enumerate() {
        assert!((flow.neurons[3 + at] - expected).abs() < 1e-5);
        for (share, synapse) in shares(3 + at as u32).iter().zip(dense.incoming(Row::new(3 + at as u32))) {
            assert!((flow.connections[synapse] - share * expected).abs() < 1e-5);
        }
    }
}

#[test]
fn what_goes_round_counts_each_time() {
    let loops = |shares: &[f64], hops| {
        // 1 hears the input and itself, the output hears 1.
        let mut network = recurrent([1, 1, 1], 0);
        let mut draft = Draft::new(&network, 0);
        for (post, pre) in [(1, 0), (1, 1), (2, 1)] {
            let at = Synapse::new(NeuronId::new(post), NeuronId::new(pre));
            draft.propose(Move::Connect { at, birth: Birth::Value(1.0), delay: 0 }).unwrap();
        }
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let flow = Utilities::of(&network, shares, 0.0, hops);
        (flow.balance(&network).inputs, flow)
    };
    // u = 1 + u / 2.
    let (arrived, flow) = loops(&[1.0, 1.0, 1.0], 1000);
    assert!((flow.neurons[1] - 2.0).abs() < 1e-12 && (arrived - 1.0).abs() < 1e-12);
    // Nothing leaves: one more with each hop, and it stops.
    let (_, flow) = loops(&[0.0, 1.0, 1.0], 20);
    assert_eq!((flow.hops, flow.neurons[1], flow.change), (20, 20.0, 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(seed: u64, density in 0.1..1.0f64, keep in 0.0..0.2f64, deep: bool, i in 1..5u32, h in 0..7u32, o in 1..4u32) {
        let mut network = if deep { layers(&[i, h, h, o]) } else { recurrent([i, h, o], 0) };
        let mut draft = Draft::new(&network, 0);
        Wiring::Uniform { density }.propose(&mut draft, StreamKey::new(seed, "wiring")).unwrap();
        let finished = draft.finish();
        network.commit(finished).unwrap();
        let key = StreamKey::new(seed, "traces");
        // A fifth matters not at all.
        let traces: Vec<f64> = (0..network.synapse_count() as u64).map(|at| (key.uniform(at, 0) - 0.2).max(0.0)).collect();
        let flow = Utilities::of(&network, &traces, keep, 10_000);
        prop_assert!(!deep || flow.change == 0.0);
        // An output that is heard is worth no more.
        prop_assert!(network.outputs().all(|row| flow.neurons[row as usize] == 1.0));
        if flow.change < 1e-12 {
            let Balance { outputs, kept, inputs, stranded, returned } = flow.balance(&network);
            let went = kept + inputs + stranded + returned;
            prop_assert!((outputs - went).abs() < 1e-8, "{outputs} and {went}");
        }
    }
}

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
