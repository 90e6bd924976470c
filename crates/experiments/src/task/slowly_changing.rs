//! Slowly-changing regression (Dohare et al. 2024): bits of which most stay for a long time, and a target that a small
//! learner cannot hold whole, so that it must go on learning for ever.
//!
//! Of 20 input bits 15 stay for a `period` of samples and 5 are drawn for each. The target is a random network of 100
//! threshold units with weights of ±1: a unit says 1 where w·x + b > 0.7 · 21 - (20 - Σ w + b) / 2, and the answer is the sum
//! of ±1 times each, plus or minus 1. After a period all slow bits are drawn anew (`change = "redraw"`, as in the
//! settings of the published code), or one of them flips (`change = "flip"`, as in the paper's text).
//!
//! What matters is the loss before each update, on samples that come once: `metrics.online_loss_last`. What validates are
//! samples of all periods alike, which no learner of this size can answer.

use super::{Kind, Setup, Shape, Task, TaskEntry, TaskError};
use livenet_core::StreamKey;
use livenet_growth::{Setting, Settings};
use livenet_train::session::{Answers, Batch, Continuity, Source};
use std::sync::{Arc, Mutex, PoisonError};

const SLOW: u32 = 15;
const FAST: u32 = 5;
const BITS: u32 = SLOW + FAST;
const UNITS: usize = 100;
/// What validates, and what tests.
const HELD_OUT: usize = 512;

/// How the slow bits change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Redraw,
    Flip,
}

/// The network that is to be learned.
#[derive(Clone, Debug)]
struct Target {
    /// By unit: which bits have weight +1, the threshold less the bias, the sign of its answer.
    units: Vec<(u32, f32, f32)>,
    bias: f32,
}

impl Target {
    fn draw(key: StreamKey) -> Self {
        let sign = |a: u64, b: u64| if key.draw(a, b) >> 63 == 1 { 1.0f32 } else { -1.0 };
        let units = (0..UNITS as u64).map(|unit| {
            let positive =
                (0..BITS).filter(|&bit| sign(unit, u64::from(bit)) > 0.0).fold(0, |bits, bit| bits | 1 << bit);
            let (bias, out) = (sign(unit, 100), sign(unit, 101));
            let sum = 2.0 * (positive as u32).count_ones() as f32 - BITS as f32;
            let shift = f32::midpoint(BITS as f32 - sum, bias);
            (positive as u32, 0.7 * (BITS + 1) as f32 - shift - bias, out)
        });
        Self { units: units.collect(), bias: sign(UNITS as u64, 0) }
    }

    fn answer(&self, bits: u32) -> f32 {
        let said = self.units.iter().filter(|(positive, threshold, _)| {
            let heard = (bits & positive).count_ones() as f32 - (bits & !positive).count_ones() as f32;
            heard > *threshold
        });
        said.map(|(_, _, out)| out).sum::<f32>() + self.bias
    }
}

/// The slow bits of a period, and the answers to all that the fast ones can be.
type Period = (u64, u32, Arc<[f32; 1 << FAST]>);

/// See the [module](self).
pub struct SlowlyChanging {
    shape: Shape,
    batch: usize,
    period: u64,
    change: Change,
    key: StreamKey,
    target: Target,
    /// The last one that was asked for: what it holds follows from its number alone.
    period_now: Mutex<Option<Period>>,
    validation: Batch,
    test: Batch,
}

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: "slowly-changing",
    summary: "a target too large for the learner, on bits of which most stay for a long time",
    settings: &[
        Setting { name: "period", default: "10000", about: "samples for which the slow bits stay, at least 1" },
        Setting {
            name: "change",
            default: "\"redraw\"",
            about: "after a period, `redraw` all slow bits, or `flip` one of them",
        },
    ],
    build: |settings, setup| Ok(Box::new(SlowlyChanging::build(settings, setup)?)),
};

impl SlowlyChanging {
    fn build(settings: &mut Settings, setup: &Setup) -> Result<Self, TaskError> {
        let period = settings.integer("period", 10_000, 1..=i64::MAX)?.unsigned_abs();
        let change = settings.choice("change", &[("redraw", Change::Redraw), ("flip", Change::Flip)])?;
        let key = StreamKey::new(setup.seed, "slowly changing");
        let shape = Shape {
            inputs: BITS as usize,
            outputs: 1,
            kind: Kind::Values,
            window: 1,
            epoch: None,
            image: None,
            data: format!("{UNITS} threshold units on {SLOW} slow and {FAST} fast bits"),
        };
        let target = Target::draw(key.at(0));
        let held_out = |part: u64| {
            let draws = (0..HELD_OUT as u64).map(|sample| key.at(part).draw(sample, 0) as u32 & ((1 << BITS) - 1));
            batch(draws.map(|bits| (bits, target.answer(bits))))
        };
        let (validation, test) = (held_out(3), held_out(4));
        let period_now = Mutex::new(None);
        Ok(Self { shape, batch: setup.batch, period, change, key, target, period_now, validation, test })
    }

    /// The slow bits of a period.
    fn slow(&self, period: u64) -> u32 {
        let key = self.key.at(1);
        let drawn = |number: u64| key.draw(number, 0) as u32 & ((1 << SLOW) - 1);
        match self.change {
            Change::Redraw => drawn(period),
            Change::Flip => {
                (1..=period).fold(drawn(0), |bits, number| bits ^ 1 << (key.draw(number, 1) % u64::from(SLOW)))
            }
        }
    }

    fn period(&self, number: u64) -> Period {
        let mut now = self.period_now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref().is_none_or(|(held, ..)| *held != number) {
            let slow = self.slow(number);
            let answers = Arc::new(std::array::from_fn(|fast| self.target.answer(slow | (fast as u32) << SLOW)));
            *now = Some((number, slow, answers));
        }
        now.clone().expect("it was made above")
    }
}

/// Samples side by side.
fn batch(samples: impl Iterator<Item = (u32, f32)>) -> Batch {
    let (mut inputs, mut answers) = (Vec::new(), Vec::new());
    for (bits, answer) in samples {
        inputs.extend((0..BITS).map(|bit| (bits >> bit & 1) as f32));
        answers.push(answer);
    }
    Batch {
        cycles: 1,
        lanes: answers.len(),
        inputs,
        answers: Answers::Values(answers),
        counts: None,
        continuity: Continuity::Fresh,
    }
}

impl Source for SlowlyChanging {
    fn batch(&self, step: u64) -> Batch {
        let first = step.saturating_mul(self.batch as u64);
        batch((first..first.saturating_add(self.batch as u64)).map(|sample| {
            let (_, slow, answers) = self.period(sample / self.period);
            let fast = self.key.at(2).draw(sample, 0) as u32 & ((1 << FAST) - 1);
            (slow | fast << SLOW, answers[fast as usize])
        }))
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        // Of the first period: a probe knows of no step, and the target is the same in all.
        let (_, slow, answers) = self.period(0);
        batch((0..u64::from(samples)).map(|sample| {
            let fast = key.draw(sample, 0) as u32 & ((1 << FAST) - 1);
            (slow | fast << SLOW, answers[fast as usize])
        }))
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

impl Task for SlowlyChanging {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        self.test.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_growth::Value;

    fn build(change: &str, batch: usize) -> SlowlyChanging {
        let mut settings =
            Settings::none().with("period", Value::Integer(10)).with("change", Value::Text(change.to_owned()));
        let setup = Setup { places: crate::data::Places::default(), folder: "".into(), seed: 3, batch };
        SlowlyChanging::build(&mut settings, &setup).unwrap()
    }

    fn values(batch: &Batch) -> &[f32] {
        let Answers::Values(values) = &batch.answers else { panic!("numbers") };
        values
    }

    #[test]
    fn slow_bits_stay_for_a_period_and_answers_are_the_targets() {
        let (redraw, flip) = (build("redraw", 1), build("flip", 1));
        for task in [&redraw, &flip] {
            let bits = |step: u64| {
                let input = task.batch(step).inputs;
                (0..BITS).fold(0u32, |bits, bit| bits | (input[bit as usize] as u32) << bit)
            };
            let slow = |step: u64| bits(step) & ((1 << SLOW) - 1);
            assert!((1..10).all(|step| slow(step) == slow(0)));
            assert!((0..60).any(|step| bits(step) >> SLOW != bits(0) >> SLOW));
            let changed: Vec<u32> =
                (1..6).map(|period| (slow(10 * period) ^ slow(10 * period - 1)).count_ones()).collect();
            assert_eq!(changed.iter().all(|&bits| bits == 1), task.change == Change::Flip, "{changed:?}");
            assert!((0..60).all(|step| values(&task.batch(step)) == [task.target.answer(bits(step))]));
        }
        // Steps may be asked for in any order, and in batches.
        let early = redraw.batch(3);
        redraw.batch(57);
        assert_eq!(redraw.batch(3), early);
        let pairs = build("redraw", 2);
        assert_eq!(values(&pairs.batch(7)), [values(&redraw.batch(14)), values(&redraw.batch(15))].concat());
    }

    #[test]
    fn a_unit_says_one_where_enough_of_its_bits_agree() {
        // By the definition with weights of ±1, unit by unit.
        let target = Target::draw(StreamKey::new(9, "target"));
        for bits in [0, 1, 0xfffff, 0b1010_1100_0111_0001_1011] {
            let mut answer = target.bias;
            for &(positive, threshold, out) in &target.units {
                let weight = |bit: u32| if positive >> bit & 1 == 1 { 1.0 } else { -1.0 };
                let heard: f32 = (0..BITS).map(|bit| weight(bit) * (bits >> bit & 1) as f32).sum();
                answer += if heard > threshold { out } else { 0.0 };
            }
            assert!((answer - target.answer(bits)).abs() < 1e-6);
        }
        // 14.7 - (20 - sum w + b) / 2 - b, for a bias b of 1 or -1.
        for &(positive, threshold, _) in &target.units {
            let without = 14.7 - (20.0 - (2.0 * positive.count_ones() as f32 - 20.0)) / 2.0;
            assert!(((threshold - without).abs() - 1.5).abs() < 1e-4, "{threshold} beside {without}");
        }
    }
}
