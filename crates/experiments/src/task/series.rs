//! Next-value prediction of a series, in the order of time.
//!
//! The first 70 % train, the next 15 % validate, the last 15 % test. Values are standardised by the
//! mean and deviation of the training part alone.

use super::{Kind, Setup, Shape, Task, TaskEntry, TaskError};
use crate::data::{Scale, digest, series};
use livenet_core::StreamKey;
use livenet_growth::{Setting, Settings};
use livenet_train::session::{Answers, Batch, Continuity, Source};
use std::ops::Range;

/// See the [module](self).
pub struct NextValue {
    shape: Shape,
    values: Vec<f32>,
    /// Ends of the training and validation parts.
    ends: (usize, usize),
    window: usize,
    settle: usize,
    batch: usize,
    key: StreamKey,
    validation: Batch,
}

pub(super) const SERIES: TaskEntry = TaskEntry {
    name: "series",
    summary: "the next value of a series (a known name, or a CSV file of yours)",
    settings: &[
        Setting {
            name: "name",
            default: "sunspots",
            about: "a known series (`livenet data list`), or the path of a CSV file from the experiment file's folder",
        },
        Setting { name: "window", default: "32", about: "cycles of a training window" },
        Setting { name: "settle", default: "8", about: "cycles at its start that do not count" },
    ],
    build: |settings, setup| Ok(Box::new(NextValue::build(settings, setup)?)),
};

impl NextValue {
    fn build(settings: &mut Settings, setup: &Setup) -> Result<Self, TaskError> {
        let name = settings.text("name", "sunspots")?;
        let window = settings.integer("window", 32, 1..=100_000)? as usize;
        let settle = settings.integer("settle", 8, 0..=99_999)? as usize;
        if settle >= window {
            let mend = "lower `settle` below `window`";
            return Err(TaskError::TooLittle { what: "cycles of a window", found: window, needed: settle + 1, mend });
        }
        let key = format!("series {} {name}", setup.folder.display());
        let raw = setup.places.shelf().share(&key, || series::load(&name, &setup.places, &setup.folder))?;
        let ends = (raw.len() * 70 / 100, raw.len() * 85 / 100);
        let needed = (window + 2) * 100 / 15 + 1;
        if ends.0 < window + 2 || raw.len() - ends.1 < settle + 2 || ends.1 - ends.0 < settle + 2 {
            let mend = "lower `window` and `settle`, or bring a longer series";
            return Err(TaskError::TooLittle { what: "values in the series", found: raw.len(), needed, mend });
        }
        let scale = Scale::of_training(&raw, ends.0)?;
        let values: Vec<f32> = scale.apply(&raw).into_iter().map(|value| value as f32).collect();
        let bytes: Vec<u8> = raw.iter().flat_map(|value| value.to_le_bytes()).collect();
        let shape = Shape {
            inputs: 1,
            outputs: 1,
            kind: Kind::Values,
            window,
            epoch: Some((ends.0 as u64 / (window * setup.batch) as u64).max(1)),
            image: None,
            data: digest::of_bytes(&bytes),
        };
        let validation = stretch(&values, ends.0..ends.1, settle);
        let key = StreamKey::new(setup.seed, "windows");
        Ok(Self { shape, values, ends, window, settle, batch: setup.batch, key, validation })
    }

    fn windows(&self, starts: &[usize]) -> Batch {
        let (mut inputs, mut answers, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for cycle in 0..self.window {
            for start in starts {
                inputs.push(self.values[start + cycle]);
                answers.push(self.values[start + cycle + 1]);
                counts.push(f32::from(u8::from(cycle >= self.settle)));
            }
        }
        let answers = Answers::Values(answers);
        Batch {
            cycles: self.window,
            lanes: starts.len(),
            inputs,
            answers,
            counts: Some(counts),
            continuity: Continuity::Fresh,
        }
    }

    fn draw(&self, key: StreamKey, count: usize) -> Batch {
        let room = (self.ends.0 - self.window) as u64;
        let mut stream = key.stream();
        let starts: Vec<usize> = (0..count).map(|_| stream.below(room) as usize).collect();
        self.windows(&starts)
    }
}

/// One lane through a whole part; the first cycles only settle the state.
fn stretch(values: &[f32], part: Range<usize>, settle: usize) -> Batch {
    let cycles = part.len() - 1;
    let inputs = values[part.start..part.end - 1].to_vec();
    let answers = Answers::Values(values[part.start + 1..part.end].to_vec());
    let counts = (0..cycles).map(|cycle| f32::from(u8::from(cycle >= settle))).collect();
    Batch { cycles, lanes: 1, inputs, answers, counts: Some(counts), continuity: Continuity::Fresh }
}

impl Source for NextValue {
    fn batch(&self, step: u64) -> Batch {
        self.draw(self.key.at(step), self.batch)
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        self.draw(key, samples as usize)
    }
    fn validation(&self) -> &Batch {
        &self.validation
    }
}

impl Task for NextValue {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        stretch(&self.values, self.ends.1..self.values.len(), self.settle)
    }
}
