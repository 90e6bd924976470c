//! XOR with memory, the founding project's example, with the teacher that it lacked.
//!
//! Two bits are shown in the first cycle only; the answer is their exclusive or, asked for `hold`
//! cycles later, when nothing is shown any more.

use super::{Kind, Setup, Shape, Task, TaskEntry};
use livenet_core::StreamKey;
use livenet_growth::Setting;
use livenet_train::session::{Answers, Batch, Continuity, Source};

/// See the [module](self).
pub struct HeldXor {
    shape: Shape,
    batch: usize,
    key: StreamKey,
    validation: Batch,
}

pub(super) const XOR: TaskEntry = TaskEntry {
    name: "xor",
    summary: "two bits, shown once; their exclusive or, `hold` cycles later",
    settings: &[Setting { name: "hold", default: "3", about: "cycles between the bits and the answer" }],
    build: |settings, setup| {
        let hold = settings.integer("hold", 3, 0..=1000)? as usize;
        Ok(Box::new(HeldXor::new(hold, setup)))
    },
};

impl HeldXor {
    fn new(hold: usize, setup: &Setup) -> Self {
        let window = hold + 1;
        let shape = Shape {
            inputs: 2,
            outputs: 1,
            kind: Kind::Bits,
            window,
            epoch: None,
            image: None,
            data: format!("the four patterns of exclusive or, held for {hold} cycles"),
        };
        let validation = show(window, (0..4).collect());
        Self { shape, batch: setup.batch, key: StreamKey::new(setup.seed, "xor"), validation }
    }
}

fn show(window: usize, patterns: Vec<u64>) -> Batch {
    let lanes = patterns.len();
    let mut inputs = vec![0.0; window * lanes * 2];
    let (mut answers, mut counts) = (vec![0.0; window * lanes], vec![0.0; window * lanes]);
    for (lane, pattern) in patterns.into_iter().enumerate() {
        let bits = [pattern & 1, pattern >> 1 & 1];
        inputs[lane * 2] = 2.0 * bits[0] as f32 - 1.0;
        inputs[lane * 2 + 1] = 2.0 * bits[1] as f32 - 1.0;
        answers[(window - 1) * lanes + lane] = (bits[0] ^ bits[1]) as f32;
        counts[(window - 1) * lanes + lane] = 1.0;
    }
    Batch {
        cycles: window,
        lanes,
        inputs,
        answers: Answers::Values(answers),
        counts: Some(counts),
        continuity: Continuity::Fresh,
    }
}

impl Source for HeldXor {
    fn batch(&self, step: u64) -> Batch {
        // All four patterns as evenly as the batch allows, one step going on where the one before ended; the
        // rest by lot.
        let first = step % 4 * (self.batch as u64 % 4);
        let pattern = |lane| if lane < 4 { (first + lane) % 4 } else { self.key.draw(step, lane) };
        show(self.shape.window, (0..self.batch as u64).map(pattern).collect())
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        show(self.shape.window, (0..u64::from(samples)).map(|lane| key.draw(0, lane)).collect())
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

impl Task for HeldXor {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        // There are only four patterns in the world; the test is the same four.
        show(self.shape.window, (0..4).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_seen_whatever_the_batch() {
        for batch in 1..=9 {
            let setup = Setup { places: crate::data::Places::default(), folder: "".into(), seed: 1, batch };
            let task = HeldXor::new(2, &setup);
            let mut seen = [0; 4];
            for step in 0..4 {
                let Batch { inputs, .. } = task.batch(step);
                for lane in 0..batch.min(4) {
                    let bit = |at: usize| usize::from(inputs[lane * 2 + at] > 0.0);
                    seen[bit(0) + 2 * bit(1)] += 1;
                }
            }
            assert_eq!(seen, [batch.min(4); 4], "batch {batch}");
        }
    }
}
