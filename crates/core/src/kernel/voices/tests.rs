//! By speaker is by listener, to the bit, on every target and for any number of threads.

use super::super::Gather;
use super::super::reference::Dice;
use super::super::solo::{self, Changed, Solo};
use super::*;

/// Weights by listener, what was said, blame: with zeros of both signs in all three, and products too small for a float.
struct Case {
    of: Panels,
    weights: Vec<f32>,
    outputs: Vec<f32>,
    bias: Vec<f32>,
    blame: Vec<f32>,
}

const RATE: f32 = 0.125;

impl Case {
    /// One in `silence` says something.
    fn new(listeners: usize, speakers: usize, silence: usize) -> Self {
        let mut dice = Dice((listeners * speakers + silence) as u64);
        let mut values = |count: usize, one_in: usize| -> Vec<f32> {
            let value = |at: usize, value: f32| match at % 11 {
                3 => -0.0,
                5 => value * 1e-30,
                _ => value,
            };
            let zero = |at: usize| if at.is_multiple_of(2) { 0.0 } else { -0.0 };
            (0..count)
                .map(|at| if (at * 7 + at / 13) % one_in == 0 { value(at, dice.value()) } else { zero(at) })
                .collect()
        };
        let (weights, outputs) = (values(listeners * speakers, 1), values(speakers, silence));
        let (bias, blame) = (values(listeners, 2), values(listeners, 2));
        Self { of: Panels { listeners, speakers }, weights, outputs, bias, blame }
    }

    /// Potentials, and weights after a step.
    fn by_listener(&self) -> [Vec<f32>; 2] {
        let Panels { listeners, speakers } = self.of;
        let mut offsets = vec![0; speakers];
        offsets.extend((0..=listeners).map(|row| (row * speakers) as u32));
        let sources: Vec<i32> = (0..listeners).flat_map(|_| 0..speakers as i32).collect();
        let runs = vec![true; speakers + listeners];
        let widen = |values: &[f32]| [vec![0.0; speakers], values.to_vec()].concat();
        let outputs = [self.outputs.as_slice(), &vec![0.0; listeners]].concat();
        let solo =
            Solo { wires: Gather::new(&offsets, &sources), runs: &runs, inputs: speakers, outputs: &outputs, base: 0 };
        let (rows, mut potentials) = (speakers..speakers + listeners, vec![0.0; listeners]);
        solo::hear(solo, &self.weights, &widen(&self.bias), rows.clone(), &mut potentials);
        let (mut weights, mut lambda) = (self.weights.clone(), vec![0.0; speakers + listeners]);
        let mut scratch = vec![0.0; solo::scratch(weights.len(), lambda.len())];
        let changed = Changed { weights: &mut weights, lambda: &mut lambda, scratch: &mut scratch };
        assert!(solo::learn(solo, &widen(&self.blame), rows, RATE, changed));
        [potentials, weights]
    }

    fn by_speaker(&self, target: Target) -> [Vec<f32>; 2] {
        let of = self.of;
        let (mut voices, mut panels) = (Voices::default(), vec![f32::NAN]);
        // What was said before leaves no trace.
        voices.listen(&vec![1.0; of.speakers + 3]);
        voices.listen(&self.outputs);
        of.turn(&self.weights, &mut panels);
        let (mut potentials, mut weights) = (vec![f32::NAN; of.listeners], vec![f32::NAN; self.weights.len()]);
        let (bias, blame) = (&self.bias, &self.blame);
        let hear = Hear { of, voices: &voices, panels: &panels, bias, potentials: &mut potentials };
        hear_halves(target, hear);
        let learn = Learn { of, voices: &voices, blame, rate: RATE, panels: &mut panels };
        assert_eq!(learn_halves(target, learn), 0.0);
        of.turn_back(&panels, &mut weights);
        [potentials, weights]
    }
}

fn bits(all: &[Vec<f32>; 2]) -> [Vec<u32>; 2] {
    all.each_ref().map(|values| values.iter().map(|value| value.to_bits()).collect())
}

#[test]
fn it_is_what_is_heard_by_listener() {
    for (listeners, speakers) in [(1, 16), (15, 40), (16, 64), (63, 100), (64, 17), (70, 129), (100, 784), (130, 200)] {
        for silence in [1, 5, 1_000_000] {
            let case = Case::new(listeners, speakers, silence);
            let expected = case.by_listener();
            for target in Target::available() {
                let found = case.by_speaker(target);
                assert_eq!(bits(&found), bits(&expected), "{target:?} {listeners} {speakers} {silence}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let case = Case::new(500, 200, 2);
    let expected = bits(&case.by_speaker(Target::Portable));
    assert_eq!(bits(&case.by_listener()), expected);
    for target in Target::available() {
        for threads in 1..=3 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(bits(&pool.install(|| case.by_speaker(target))), expected, "{target:?} {threads}");
        }
    }
}

#[test]
fn nothing_said_is_the_bias_and_moves_nothing() {
    let mut case = Case::new(70, 129, 5);
    case.outputs.iter_mut().for_each(|output| *output = -0.0);
    let [potentials, weights] = case.by_speaker(Target::best());
    assert!(
        potentials.iter().zip(&case.bias).all(|(found, bias)| found == bias && found.to_bits() != (-0.0_f32).to_bits())
    );
    assert!(weights.iter().zip(&case.weights).all(|(found, weight)| found.to_bits() == weight.to_bits()));
}

#[test]
fn a_weight_that_is_not_finite_is_told_where_it_moves() {
    let case = Case::new(70, 129, 5);
    let (mut voices, mut panels) = (Voices::default(), Vec::new());
    voices.listen(&case.outputs);
    case.of.turn(&case.weights, &mut panels);
    let at = case.of.place(69, voices.by[0] as usize);
    assert!(learn(case.of, &voices, &case.blame, RATE, &mut panels));
    for bad in [f32::NAN, f32::INFINITY, f32::MAX] {
        let mut panels = panels.clone();
        panels[at] = bad;
        let rate = if bad == f32::MAX { -f32::MAX } else { RATE };
        let mut blame = case.blame.clone();
        blame[69] = 1e9 * voices.said[0].signum();
        assert!(!learn(case.of, &voices, &blame, rate, &mut panels), "{bad}");
    }
}

/// What is kept is what is not zero, of either sign, on every target; what is not a number is kept.
#[test]
fn zeros_of_either_sign_say_nothing() {
    let outputs: Vec<f32> = (0..53)
        .map(|at| match at % 5 {
            0 => 0.0,
            1 => -0.0,
            _ if at == 17 => f32::NAN,
            _ => at as f32 - 20.0,
        })
        .collect();
    let kept = || outputs.iter().zip(0..).filter(|(output, _)| **output != 0.0);
    for target in Target::available() {
        let mut voices = Voices { by: vec![7; 53 + LANES], said: vec![7.0; 53 + LANES], ..Voices::default() };
        target.run(Listen { voices: &mut voices, outputs: &outputs });
        assert!(voices.by[..voices.count].iter().copied().eq(kept().map(|(_, at)| at)), "{target:?}");
        let said = voices.said[..voices.count].iter().map(|said| said.to_bits());
        assert!(said.eq(kept().map(|(output, _)| output.to_bits())), "{target:?}");
        assert_eq!(voices.chained, kept().filter(|(_, at)| *at < 48).count());
        assert_eq!(target.run(Zeros(&outputs)), (53 - kept().count()) as f32);
    }
}
