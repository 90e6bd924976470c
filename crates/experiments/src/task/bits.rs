//! Streams of random bits in which the answer lies in the past: recall, temporal XOR, delayed parity.
//!
//! At each cycle every lane shows one bit, as ±1; the answer is the parity of `order` bits, the
//! latest of which was shown `back` cycles ago. Order 1 is recall. Nothing but memory (delays or
//! recurrence) can answer when `back` is not 0, and for order 2 and more no single past bit tells
//! anything about the answer.

use super::{Kind, Setup, Shape, Task, TaskEntry, TaskError};
use livenet_core::StreamKey;
use livenet_growth::{Setting, Settings};
use livenet_train::session::{Answers, Batch, Continuity, Source};

/// See the [module](self).
pub struct Bits {
    shape: Shape,
    back: usize,
    order: usize,
    batch: usize,
    key: StreamKey,
    validation: Batch,
}

pub(super) const RECALL: TaskEntry = TaskEntry {
    name: "recall",
    summary: "at each cycle, the input bit of `back` cycles ago",
    settings: &[
        Setting { name: "back", default: "5", about: "how many cycles ago" },
        Setting { name: "window", default: "20", about: "cycles of a training window" },
    ],
    build: |settings, setup| {
        let back = settings.integer("back", 5, 0..=1000)? as usize;
        Ok(Box::new(Bits::build(back, 1, settings, setup)?))
    },
};
pub(super) const PARITY: TaskEntry = TaskEntry {
    name: "parity",
    summary: "at each cycle, the parity of `order` bits, the latest `back` cycles ago",
    settings: &[
        Setting { name: "order", default: "2", about: "how many consecutive bits" },
        Setting { name: "back", default: "1", about: "how many cycles ago the latest of them was" },
        Setting { name: "window", default: "20", about: "cycles of a training window" },
    ],
    build: |settings, setup| {
        let order = settings.integer("order", 2, 1..=32)? as usize;
        let back = settings.integer("back", 1, 0..=1000)? as usize;
        Ok(Box::new(Bits::build(back, order, settings, setup)?))
    },
};
pub(super) const TEMPORAL_XOR: TaskEntry = TaskEntry {
    name: "temporal-xor",
    summary: "at each cycle, whether this bit differs from the one before",
    settings: &[Setting { name: "window", default: "20", about: "cycles of a training window" }],
    build: |settings, setup| Ok(Box::new(Bits::build(0, 2, settings, setup)?)),
};

impl Bits {
    fn build(back: usize, order: usize, settings: &mut Settings, setup: &Setup) -> Result<Self, TaskError> {
        let window = settings.integer("window", 20, 1..=100_000)? as usize;
        let past = back + order - 1;
        if window <= past {
            let mend = "raise `window` above `back` + `order` - 1, so that some answer lies inside it";
            return Err(TaskError::TooLittle { what: "cycles of a window", found: window, needed: past + 1, mend });
        }
        let shape = Shape {
            inputs: 1,
            outputs: 1,
            kind: Kind::Bits,
            window,
            epoch: None,
            image: None,
            data: format!("random bits; parity of {order}, {back} back"),
        };
        let key = StreamKey::new(setup.seed, "bits");
        // The validation part has a stream of its own, and so has the test part.
        let validation = draw(key.at(1).at(0), (back, order), window.max(2 * past + 20), 64);
        Ok(Self { shape, back, order, batch: setup.batch, key, validation })
    }
}

fn draw(key: StreamKey, (back, order): (usize, usize), cycles: usize, lanes: usize) -> Batch {
    let bit = |cycle: usize, lane: usize| key.draw(cycle as u64, lane as u64) >> 63 == 1;
    let (mut inputs, mut answers, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for cycle in 0..cycles {
        for lane in 0..lanes {
            inputs.push(if bit(cycle, lane) { 1.0 } else { -1.0 });
            // Answers whose bits lie before the window do not count.
            let known = cycle + 1 >= back + order;
            let odd = known && (0..order).filter(|past| bit(cycle - back - past, lane)).count() % 2 == 1;
            answers.push(f32::from(u8::from(odd)));
            counts.push(f32::from(u8::from(known)));
        }
    }
    Batch {
        cycles,
        lanes,
        inputs,
        answers: Answers::Values(answers),
        counts: Some(counts),
        continuity: Continuity::Fresh,
    }
}

impl Source for Bits {
    fn batch(&self, step: u64) -> Batch {
        draw(self.key.at(0).at(step), (self.back, self.order), self.shape.window, self.batch)
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        draw(key.at(self.key.draw(0, 0)), (self.back, self.order), self.shape.window, samples as usize)
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

impl Task for Bits {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        draw(self.key.at(2).at(0), (self.back, self.order), self.validation.cycles, 256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_lie_in_the_past() {
        let batch = draw(StreamKey::new(1, "t"), (2, 2), 9, 3);
        let Answers::Values(answers) = &batch.answers else { panic!() };
        let counts = batch.counts.as_ref().unwrap();
        for cycle in 0..9 {
            for lane in 0..3 {
                let at = cycle * 3 + lane;
                assert_eq!(counts[at] > 0.0, cycle >= 3);
                if cycle >= 3 {
                    let (a, b) = (batch.inputs[(cycle - 2) * 3 + lane], batch.inputs[(cycle - 3) * 3 + lane]);
                    assert_eq!(answers[at] > 0.5, a != b);
                }
            }
        }
    }
}
