//! What a connection matters to its listener.

use super::{network, run};
use crate::bench::recurrent;
use livenet_core::{
    Activation, Birth, Draft, GroupId, Move, NeuronId, Norm, Row, Samples, Signal, Signals, Synapse, Unit, UnitKind,
};
use livenet_growth::utility::traces;

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
