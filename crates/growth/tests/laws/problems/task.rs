//! What is to be learned: samples without end, drawn anew at every step.

use livenet_core::StreamKey;

/// What is to be learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Task {
    /// To tell noisy patterns apart, one output for each. Of the inputs only the first half ever says anything.
    Patterns,
    /// The same, and every so many steps the patterns are others.
    NewPatterns { every: u64 },
    /// Each output says the sign of the sum of two inputs, those at its own place on a line.
    Neighbours,
    /// One output says whether an odd number of inputs is above zero; inputs are about ±1.
    Parity,
}

/// Samples of a step.
pub(super) struct Batch {
    /// `[lane][input]`.
    pub(super) values: Vec<f32>,
    /// `[lane][output]`: 1 for the class that it is and 0 for others, or the sign that it should have.
    pub(super) wanted: Vec<f32>,
}

impl Task {
    /// So many samples of a step.
    pub(super) fn batch(self, [inputs, _, outputs]: [u32; 3], lanes: usize, (seed, step): (u64, u64)) -> Batch {
        let (inputs, outputs) = (inputs as usize, outputs as usize);
        let key = StreamKey::new(seed, "data").at(step);
        let noise = |lane: usize, input: usize| key.normal(input as u64, lane as u64) as f32;
        let drawn = |lane: usize, most: usize| (key.at(1).draw(lane as u64, 0) % most as u64) as usize;
        let pairs = |width: usize| (0..lanes).flat_map(move |lane| (0..width).map(move |at| (lane, at)));
        let fill = |width: usize, of: &dyn Fn(usize, usize) -> f32| -> Vec<f32> {
            pairs(width).map(|(lane, at)| of(lane, at)).collect()
        };
        let sign = |value: f32| if value > 0.0 { 1.0 } else { -1.0 };
        match self {
            Self::Patterns | Self::NewPatterns { .. } => {
                let pattern = StreamKey::new(seed, "pattern");
                let pattern = if let Self::NewPatterns { every } = self { pattern.at(step / every) } else { pattern };
                let classes: Vec<usize> = (0..lanes).map(|lane| drawn(lane, outputs)).collect();
                let says = |lane: usize, input: usize| {
                    if input >= inputs / 2 {
                        return 0.0;
                    }
                    pattern.normal(input as u64, classes[lane] as u64) as f32 + noise(lane, input)
                };
                let is = |lane: usize, class: usize| f32::from(u8::from(class == classes[lane]));
                Batch { values: fill(inputs, &says), wanted: fill(outputs, &is) }
            }
            Self::Neighbours => {
                let share = inputs / outputs;
                let of = |lane: usize, output: usize| {
                    sign((0..2).map(|at| noise(lane, share * output + share / 2 + at)).sum::<f32>())
                };
                Batch { values: fill(inputs, &noise), wanted: fill(outputs, &of) }
            }
            Self::Parity => {
                let bit = |lane: usize, input: usize| drawn(lane, 1 << inputs) >> input & 1;
                let says = |lane: usize, input: usize| 2.0 * bit(lane, input) as f32 - 1.0 + 0.1 * noise(lane, input);
                let is = |lane: usize, _: usize| sign(((0..inputs).map(|at| bit(lane, at)).sum::<usize>() % 2) as f32);
                Batch { values: fill(inputs, &says), wanted: fill(outputs, &is) }
            }
        }
    }

    /// Whether one output is for one class.
    const fn has_classes(self) -> bool {
        matches!(self, Self::Patterns | Self::NewPatterns { .. })
    }

    /// Which part of the answers is right, and dL/d output: cross-entropy of the softmax where there are classes, half the square error
    /// where there are signs; means over lanes.
    pub(super) fn judge(self, outputs: &[f32], wanted: &[f32], lanes: usize) -> (f64, Vec<f32>) {
        let width = outputs.len() / lanes;
        let (mut right, mut blame) = (0.0, Vec::with_capacity(outputs.len()));
        for (said, wanted) in outputs.chunks(width).zip(wanted.chunks(width)) {
            if self.has_classes() {
                let class = wanted.iter().position(|is| *is > 0.0).unwrap();
                let most = said.iter().copied().fold(f32::MIN, f32::max);
                let sum: f32 = said.iter().map(|said| libm::expf(said - most)).sum();
                right += f64::from(u8::from(said.iter().all(|other| *other <= said[class])));
                blame.extend(said.iter().zip(wanted).map(|(s, is)| (libm::expf(s - most) / sum - is) / lanes as f32));
            } else {
                let signs = said.iter().zip(wanted).filter(|(said, is)| **said * **is > 0.0).count();
                right += signs as f64 / width as f64;
                blame.extend(said.iter().zip(wanted).map(|(said, is)| (said - is) / lanes as f32));
            }
        }
        (right / lanes as f64, blame)
    }
}
