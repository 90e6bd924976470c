//! Moves that promise to leave the function as it was, do.

use super::{commit, network};
use crate::{Network, Row};
use proptest::prelude::*;

/// Outputs over some cycles of a random input, in f64, from the definition: prime a group, fire it.
fn outputs(net: &Network, weights: &[f64], biases: &[f64], cycles: usize) -> Vec<f64> {
    let mut past: Vec<Vec<f64>> = Vec::new();
    let mut said = Vec::new();
    for cycle in 0..cycles {
        past.push(vec![0.0; net.neuron_count()]);
        for group in net.group_ids() {
            let fire = |row: u32| {
                let post = Row::new(row);
                if net.inputs().contains(&row) {
                    return ((cycle + 1) as f64 * (f64::from(row) + 0.7)).sin();
                }
                let heard = net.incoming(post).filter(|&synapse| !net.marks()[synapse].is_silent()).map(|synapse| {
                    let lag = net.lag(post, Row::new(synapse as u32)) as usize;
                    let then = cycle.checked_sub(lag).map_or(0.0, |then| past[then][net.pres()[synapse] as usize]);
                    weights[synapse] * then
                });
                net.spec(post).unit.activation.value(biases[row as usize] + heard.sum::<f64>())
            };
            let fired: Vec<f64> = net.members(group).map(fire).collect();
            for (row, value) in net.members(group).zip(fired) {
                past[cycle][row as usize] = value;
            }
        }
        said.extend(net.outputs().map(|row| past[cycle][row as usize]));
    }
    said
}

/// The largest change of any output when the moves are committed.
fn change(before: &str, edits: &str) -> f64 {
    let (mut net, short) = network(before);
    let mut weights: Vec<f64> = short.iter().map(|&weight| f64::from(weight)).collect();
    let mut biases: Vec<f64> = net.neuron_rows().map(|row| f64::from(net.spec(row).bias)).collect();
    let was = outputs(&net, &weights, &biases, 9);
    let done = commit(&mut net, &mut short.clone(), edits);
    let touched: Vec<f64> = done.weights.iter().map(|(_, expr)| expr.evaluate_f64(&weights)).collect();
    let bias = |(row, expr): &(u32, crate::ParamExpr)| {
        expr.of.map_or(f64::from(net.spec(Row::new(*row)).bias), |of| biases[of as usize])
            + expr.bias_change_f64(&weights)
    };
    let params: Vec<f64> = done.params.iter().map(bias).collect();
    crate::Store::gather(&mut weights, &done.synapses, 0.0);
    crate::Store::gather(&mut biases, &done.neurons, f64::NAN);
    done.weights.iter().zip(touched).for_each(|((row, _), value)| weights[*row as usize] = value);
    done.params.iter().zip(params).for_each(|((row, _), value)| biases[*row as usize] = value);
    let now = outputs(&net, &weights, &biases, 9);
    was.iter().zip(&now).map(|(was, now)| (was - now).abs()).fold(0.0, f64::max)
}

const TANGLED: &str = "0 1 | 2:tanh=0.5 3:tanh 4:sigmoid | 5:tanh | 6 : 0>2 1; 1>3 -0.5; 2>2 0.75 ~1; 2>3 0.5; 3>2 -1; \
                       4>4 1; 2>4 1.5; 5>2 0.5 ~2; 3>5 1; 2>5 -1; 4>6 1; 5>6 0.5; 2>6 1 silent; 3>6 0.25; 6>3 0.5";

#[test]
fn division_changes_nothing_whatever_the_wiring() {
    for edits in [
        "divide 2 0.5",
        "divide 2 0.3; divide 2 0.6",
        "divide 2 0.3; divide 7 0.6",
        "divide 2 0.5; divide 3 0.25; divide 5 0.9",
        "divide 4 0.1; divide 7 0.7",
    ] {
        assert!(change(TANGLED, edits) < 1e-12, "{edits}: {}", change(TANGLED, edits));
    }
    assert!(change(TANGLED, "scale 3>6 1.5") > 1e-3, "the measure sees a change");
}

#[test]
fn births_without_a_voice_change_nothing() {
    assert_eq!(change(TANGLED, "connect 0>6 0; connect 5>4 0 ~1; add 1:tanh=1; connect 2>7 1; connect 7>7 1"), 0.0);
}

#[test]
fn a_merge_of_twins_changes_nothing() {
    let twins = "0 | 1:tanh 2:tanh | 3:tanh | 4 : 0>1 1; 0>2 1; 3>1 0.5; 3>2 0.5; 1>3 1; 2>3 0.5; 2>4 0.25";
    assert!(change(twins, "merge 1 2 1") < 1e-12);
}

#[test]
fn the_fold_of_a_constant_neuron_changes_nothing() {
    let constant = "0 | 1=0.75 | 2:tanh | 3 : 0>2 1; 1>2 0.5; 1>3 -2; 2>3 1";
    assert!(change(constant, "remove 1 0.75") < 1e-12);
    assert!(change(constant, "renew 1 0.5 0.75") < 1e-12);
}

#[test]
fn insertion_is_exact_for_a_linear_unit_whose_hops_lag_alike() {
    let chain = "0 1 | 2 | 3:tanh | 4 : 0>3 1; 1>3 0.5; 3>4 2; 0>2 1; 2>4 0.5";
    assert_eq!(change(chain, "insert 0>3 1"), 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_division_of_any_network_changes_nothing(
        wires in proptest::collection::btree_map((0..6u8, 2..7u8), (-8..8i8, 0..3u8), 0..24),
        who in proptest::collection::vec((2..6u8, 1..16u8), 1..4),
    ) {
        let wires: Vec<String> = wires
            .iter()
            .map(|((pre, post), (weight, delay))| format!("{pre}>{post} {} ~{delay}", f32::from(*weight) / 8.0))
            .collect();
        let net = format!("0 1 | 2:tanh 3:tanh 4:tanh | 5:tanh | 6 : {}", wires.join("; "));
        let edits: Vec<String> = who.iter().map(|(who, share)| format!("divide {who} {}", f32::from(*share) / 16.0)).collect();
        prop_assert!(change(&net, &edits.join("; ")) < 1e-12);
    }
}
