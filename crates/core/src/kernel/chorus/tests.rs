//! Sixteen networks at once against each of them by itself, bit by bit, on every target.

use super::super::reference::Dice;
use super::super::solo::{self, Solo};
use super::*;

const INPUTS: usize = 40;
const NEURONS: i32 = 200;

/// Listeners of runs of inputs, of neurons and of the past, and of some here and there; some of nobody.
fn wires() -> (Vec<u32>, Vec<i32>) {
    let (mut offsets, mut sources) = (vec![0; INPUTS + 1], Vec::new());
    for row in INPUTS as i32..NEURONS {
        sources.extend(match row % 6 {
            0 => (0..row).collect::<Vec<_>>(),
            1 => (-NEURONS..-NEURONS + 10 + row / 2).collect(),
            2 => (0..INPUTS as i32 - row % 5).collect(),
            3 => (0..row).step_by(7).map(|pre| if pre % 2 == 0 { pre } else { pre - NEURONS }).collect(),
            4 => (INPUTS as i32 - 3..row).rev().step_by(3).collect(),
            _ => Vec::new(),
        });
        offsets.push(sources.len() as u32);
    }
    (offsets, sources)
}

/// A number that is often a zero of either sign.
fn value(dice: &mut Dice, zeros: bool) -> f32 {
    let drawn = dice.value();
    match (drawn * 1000.0).abs() as u32 % 5 {
        0 if zeros => 0.0,
        1 if zeros => -0.0,
        _ => drawn,
    }
}

struct Case {
    offsets: Vec<u32>,
    sources: Vec<i32>,
    runs: Vec<bool>,
    weights: Vec<Lanes>,
    outputs: Vec<Lanes>,
    bias: Vec<Lanes>,
    blame: Vec<Lanes>,
    lambda: Vec<Lanes>,
    rates: Lanes,
}

impl Case {
    fn new(rate: f32) -> Self {
        let (offsets, sources) = wires();
        let wires = Gather::new(&offsets, &sources);
        let runs: Vec<bool> = (0..wires.rows()).map(|row| Solo::is_run(&sources[wires.row(row)])).collect();
        assert!(runs.iter().filter(|run| **run).count() > 50);
        let mut dice = Dice(11);
        let rows = |count: usize, dice: &mut Dice, zeros: &dyn Fn(usize, usize) -> bool| -> Vec<Lanes> {
            let row = |at| Lanes(std::array::from_fn(|lane| value(dice, zeros(at, lane))));
            (0..count).map(row).collect()
        };
        let neurons = NEURONS as usize;
        Self {
            weights: rows(sources.len(), &mut dice, &|_, _| true),
            // Some networks hear zeros among their inputs, some among the past, some nowhere.
            outputs: rows(2 * neurons, &mut dice, &|at, lane| match lane % 4 {
                0 => true,
                1 => at < neurons,
                2 => at >= neurons + INPUTS,
                _ => false,
            }),
            bias: rows(neurons, &mut dice, &|_, _| true),
            // Some listeners are blamed in all networks, some in none.
            blame: (0..neurons)
                .map(|row| match row / 6 % 4 {
                    0 => Lanes::all(if row % 2 == 0 { 0.0 } else { -0.0 }),
                    1 => rows(1, &mut dice, &|_, _| false)[0],
                    _ => rows(1, &mut dice, &|_, _| true)[0],
                })
                .collect(),
            lambda: rows(neurons, &mut dice, &|_, _| true),
            rates: Lanes(std::array::from_fn(|lane| rate * (1.0 + lane as f32))),
            offsets,
            sources,
            runs,
        }
    }

    fn chorus(&self) -> Chorus<'_> {
        let wires = Gather::new(&self.offsets, &self.sources);
        Chorus { wires, runs: &self.runs, inputs: INPUTS, outputs: &self.outputs, base: NEURONS as usize }
    }
}

fn lane(rows: &[Lanes], lane: usize) -> Vec<f32> {
    rows.iter().map(|row| row[lane]).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn every_lane_has_the_bits_of_its_network_alone() {
    for (target, rate) in Target::available().flat_map(|target| [(target, 0.125), (target, 0.0)]) {
        let case = Case::new(rate);
        let (chorus, listeners) = (case.chorus(), INPUTS..NEURONS as usize);
        let mut potentials = vec![Lanes::ZERO; listeners.len()];
        hear_on(target, chorus, &case.weights, &case.bias, listeners.clone(), &mut potentials);
        let (mut weights, mut lambda) = (case.weights.clone(), case.lambda.clone());
        let changed = Changed { weights: &mut weights, lambda: &mut lambda };
        let check = learn_on(target, chorus, &case.blame, listeners.clone(), &case.rates, changed);
        assert_eq!(check, Lanes::ZERO);
        let mut gradients = vec![Lanes::ZERO; case.sources.len()];
        products(chorus, &case.blame, 0..NEURONS as usize, &mut gradients);
        for network in 0..LANES {
            let outputs = lane(&case.outputs, network);
            let alone =
                Solo { wires: chorus.wires, runs: &case.runs, inputs: INPUTS, outputs: &outputs, base: chorus.base };
            let (mut w, bias, blame) =
                (lane(&case.weights, network), lane(&case.bias, network), lane(&case.blame, network));
            let mut heard = vec![0.0; listeners.len()];
            solo::hear(alone, &w, &bias, listeners.clone(), &mut heard);
            assert_eq!(bits(&heard), bits(&lane(&potentials, network)), "{target:?}: potentials of {network}");
            let mut made = vec![0.0; w.len()];
            solo::products(alone, &blame, 0..NEURONS as usize, &mut made);
            assert_eq!(bits(&made), bits(&lane(&gradients, network)), "{target:?}: gradients of {network}");
            let mut said = lane(&case.lambda, network);
            let changed = solo::Changed { weights: &mut w, lambda: &mut said, scratch: &mut [] };
            assert!(solo::learn(alone, &blame, listeners.clone(), case.rates[network], changed));
            assert_eq!(bits(&w), bits(&lane(&weights, network)), "{target:?}: weights of {network} at rate {rate}");
            let (said, heard) = (&said[INPUTS..], &lane(&lambda, network)[INPUTS..]);
            assert_eq!(bits(said), bits(heard), "{target:?}: lambda of {network} at rate {rate}");
        }
    }
}

#[test]
fn a_weight_that_is_not_finite_is_told_in_its_lane() {
    let case = Case::new(0.1);
    let (mut weights, mut lambda) = (case.weights.clone(), case.lambda.clone());
    let row = (INPUTS..NEURONS as usize).find(|&row| case.blame[row][3] != 0.0 && case.runs[row]).unwrap();
    weights[case.offsets[row] as usize][3] = f32::INFINITY;
    let changed = Changed { weights: &mut weights, lambda: &mut lambda };
    let check = learn(case.chorus(), &case.blame, INPUTS..NEURONS as usize, &case.rates, changed);
    let told: Vec<usize> = (0..LANES).filter(|&lane| check[lane] != 0.0).collect();
    assert_eq!(told, [3]);
}
