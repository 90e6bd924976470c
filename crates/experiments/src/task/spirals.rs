//! Two spirals, interleaved in the plane: 97 points on each, three turns (Lang and Witbrock 1988).

use super::{Kind, Setup, Shape, Task, TaskEntry};
use livenet_core::StreamKey;
use livenet_growth::Setting;
use livenet_train::session::{Answers, Batch, Continuity, Source};

/// Points of one spiral.
const POINTS: u64 = 97;

/// See the [module](self).
pub struct TwoSpirals {
    shape: Shape,
    batch: usize,
    key: StreamKey,
    all: Batch,
}

const SETTINGS: &[Setting] =
    &[Setting { name: "unit", default: "6.5", about: "length that counts as 1; the radius is 6.5" }];

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: "two-spirals",
    summary: "194 points of two interleaved spirals; tested between the points",
    settings: SETTINGS,
    build: |settings, setup| {
        let unit = settings.real("unit", 6.5, 1e-6..=1e6)? as f32;
        Ok(Box::new(TwoSpirals::new(unit, setup)))
    },
};

/// A point of one of the spirals, `at` steps from the outer end.
fn point(at: f64, spiral: u64) -> [f64; 2] {
    let angle = at * std::f64::consts::PI / 16.0;
    let radius = 6.5 * (104.0 - at) / 104.0;
    let sign = if spiral == 0 { 1.0 } else { -1.0 };
    [sign * radius * libm::sin(angle), sign * radius * libm::cos(angle)]
}

fn show(unit: f32, points: impl Iterator<Item = (f64, u64)>) -> Batch {
    let (mut inputs, mut answers) = (Vec::new(), Vec::new());
    for (at, spiral) in points {
        inputs.extend(point(at, spiral).map(|x| x as f32 / unit));
        answers.push(if spiral == 0 { 1.0 } else { 0.0 });
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

impl TwoSpirals {
    fn new(unit: f32, setup: &Setup) -> Self {
        let shape = Shape {
            inputs: 2,
            outputs: 1,
            kind: Kind::Bits,
            window: 1,
            epoch: None,
            image: None,
            data: format!("two spirals of {POINTS} points, in units of {unit}"),
        };
        let all = show(unit, (0..2 * POINTS).map(|at| ((at / 2) as f64, at % 2)));
        Self { shape, batch: setup.batch, key: StreamKey::new(setup.seed, "spirals"), all }
    }

    /// Some of the points, every one once before any comes twice.
    fn some(&self, lanes: u64, key: StreamKey) -> Batch {
        let mut order: Vec<u64> = (0..2 * POINTS).collect();
        key.stream().shuffle(&mut order);
        let Answers::Values(answers) = &self.all.answers else { return self.all.clone() };
        let rows = (0..lanes).map(|lane| order[(lane % (2 * POINTS)) as usize] as usize);
        let (mut inputs, mut chosen) = (Vec::new(), Vec::new());
        for row in rows {
            inputs.extend_from_slice(&self.all.inputs[2 * row..2 * row + 2]);
            chosen.push(answers[row]);
        }
        Batch { lanes: chosen.len(), inputs, answers: Answers::Values(chosen), ..self.all.clone() }
    }
}

impl Source for TwoSpirals {
    fn batch(&self, step: u64) -> Batch {
        if self.batch == self.all.lanes { self.all.clone() } else { self.some(self.batch as u64, self.key.at(step)) }
    }
    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        if samples as usize >= self.all.lanes { self.all.clone() } else { self.some(u64::from(samples), key) }
    }
    fn validation(&self) -> &Batch {
        // The benchmark asks when all its points are learned.
        &self.all
    }
}

impl Task for TwoSpirals {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        let unit = 6.5 / (self.all.inputs[1] * self.all.inputs[1] + self.all.inputs[0] * self.all.inputs[0]).sqrt();
        show(unit, (0..2 * (POINTS - 1)).map(|at| ((at / 2) as f64 + 0.5, at % 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_are_those_of_the_benchmark() {
        let setup = Setup { places: crate::data::Places::default(), folder: "".into(), seed: 1, batch: 194 };
        let task = TwoSpirals::new(1.0, &setup);
        let Batch { inputs, lanes, .. } = task.batch(0);
        assert_eq!(lanes, 194);
        // The outer ends, and the opposite of each other.
        assert_eq!(inputs[..4], [0.0, 6.5, 0.0, -6.5]);
        // The inner end has turned three times: 6.5 * 8 / 104.
        assert!((inputs[4 * 96 + 1] - 0.5).abs() < 1e-6, "{:?}", &inputs[4 * 96..]);
        assert_eq!(task.test().lanes, 192);
        let small = TwoSpirals::new(6.5, &setup).test();
        assert!(small.inputs.iter().all(|x| x.abs() <= 1.0));
    }
}
