//! A small network teaches another: normal inputs, and what a random rectifier network of one hidden layer says
//! of them (the student and teacher of Evci et al. 2022).
//!
//! It is a question of optimisation, not of generalisation: what validates are the samples that train, and a batch is all of
//! them unless it is smaller.

use super::{Kind, Setup, Shape, Task, TaskEntry, TaskError};
use livenet_core::StreamKey;
use livenet_growth::{Setting, Settings};
use livenet_train::session::{Answers, Batch, Continuity, Source};

/// See the [module](self).
pub struct Teacher {
    shape: Shape,
    batch: usize,
    key: StreamKey,
    all: Batch,
    test: Batch,
}

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: "teacher",
    summary: "what a random rectifier network says of normal inputs",
    settings: &[
        Setting { name: "width", default: "10", about: "inputs, hidden neurons and outputs of the teacher, 1 to 1000" },
        Setting { name: "samples", default: "1000", about: "training samples, 1 to 1000000" },
    ],
    build: |settings, setup| Ok(Box::new(Teacher::build(settings, setup)?)),
};

/// Inputs and answers: weights and inputs are draws named by the seed.
fn lesson(width: usize, samples: usize, key: StreamKey, part: u64) -> Batch {
    let weight = |layer: u64, to: usize, from: usize| 2.0 * key.at(layer).uniform((to * width + from) as u64, 0) - 1.0;
    let (mut inputs, mut answers) = (Vec::with_capacity(samples * width), Vec::with_capacity(samples * width));
    for sample in 0..samples {
        let x: Vec<f64> = (0..width).map(|at| key.at(2 + part).normal((sample * width + at) as u64, 0)).collect();
        let hidden: Vec<f64> =
            (0..width).map(|to| (0..width).map(|from| weight(0, to, from) * x[from]).sum::<f64>().max(0.0)).collect();
        answers
            .extend((0..width).map(|to| (0..width).map(|from| weight(1, to, from) * hidden[from]).sum::<f64>() as f32));
        inputs.extend(x.iter().map(|&x| x as f32));
    }
    Batch {
        cycles: 1,
        lanes: samples,
        inputs,
        answers: Answers::Values(answers),
        counts: None,
        continuity: Continuity::Fresh,
    }
}

impl Teacher {
    fn build(settings: &mut Settings, setup: &Setup) -> Result<Self, TaskError> {
        let width = settings.integer("width", 10, 1..=1000)? as usize;
        let samples = settings.integer("samples", 1000, 1..=1_000_000)? as usize;
        let key = StreamKey::new(setup.seed, "teacher");
        let shape = Shape {
            inputs: width,
            outputs: width,
            kind: Kind::Values,
            window: 1,
            epoch: None,
            image: None,
            data: format!("a rectifier teacher of {width}-{width}-{width} on {samples} normal samples"),
        };
        let (all, test) = (lesson(width, samples, key, 0), lesson(width, samples, key, 1));
        Ok(Self { shape, batch: setup.batch, key, all, test })
    }

    fn some(&self, lanes: usize, key: StreamKey) -> Batch {
        if lanes >= self.all.lanes {
            return self.all.clone();
        }
        let width = self.shape.inputs;
        let Answers::Values(all) = &self.all.answers else { return self.all.clone() };
        let (mut inputs, mut answers) = (Vec::new(), Vec::new());
        for row in key.stream().sample(self.all.lanes as u64, lanes) {
            let row = row as usize * width..(row as usize + 1) * width;
            inputs.extend_from_slice(&self.all.inputs[row.clone()]);
            answers.extend_from_slice(&all[row]);
        }
        Batch { lanes, inputs, answers: Answers::Values(answers), ..self.all.clone() }
    }
}

impl Source for Teacher {
    fn batch(&self, step: u64) -> Batch {
        self.some(self.batch, self.key.at(4).at(step))
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        self.some(samples as usize, key)
    }
    fn validation(&self) -> &Batch {
        &self.all
    }
}

impl Task for Teacher {
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

    #[test]
    fn answers_are_those_of_one_teacher() {
        let (a, b) = (lesson(3, 5, StreamKey::new(1, "teacher"), 0), lesson(3, 5, StreamKey::new(1, "teacher"), 1));
        assert_ne!(a.inputs, b.inputs);
        // Rectifiers without biases: twice the input, twice the answer. Here by linearity in the size of one sample.
        let answers = |batch: &Batch| match &batch.answers {
            Answers::Values(values) => values.clone(),
            Answers::Labels(_) => Vec::new(),
        };
        assert!(answers(&a).iter().any(|&y| y != 0.0) && answers(&b).len() == 15);
        assert_eq!(a, lesson(3, 5, StreamKey::new(1, "teacher"), 0));
        assert_ne!(answers(&a), answers(&lesson(3, 5, StreamKey::new(2, "teacher"), 0)));
    }
}
