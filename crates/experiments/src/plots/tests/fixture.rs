//! Data like those of a run on an 8 by 8 image, from a small counter generator.

use std::cell::Cell;

use crate::plots::*;

/// Makes plots from one seed.
pub(crate) struct Fixture {
    state: Cell<u64>,
}

const STEPS: u64 = 12_000;

pub(super) fn curve(every: u64, value: impl Fn(f64) -> f64) -> Vec<(u64, f64)> {
    (0..=STEPS / every).map(|i| (i * every, value(i as f64 * every as f64 / STEPS as f64))).collect()
}

impl Fixture {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)) }
    }

    /// Uniform from 0 to 1.
    fn uniform(&self) -> f64 {
        let next = self.state.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.state.set(next);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&self, limit: usize) -> usize {
        (self.uniform() * limit as f64) as usize
    }

    pub(super) fn normal(&self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    pub(crate) fn learning(&self) -> LearningCurves {
        let loss = |t: f64| 0.06 + 2.24 * (-7.0 * t).exp();
        let accuracy = |t: f64| 0.975 - 0.87 * (-9.0 * t).exp();
        let mut marks = Vec::new();
        let mut mark = |step, kind, count| marks.push(EventMark { step, kind, count });
        for step in (200..8000).step_by(100) {
            mark(step, EventKind::Grown, 20 + self.below(200) as u64);
            mark(step, EventKind::Pruned, self.below(60) as u64);
        }
        for _ in 0..14 {
            mark(self.below(8000) as u64, EventKind::Division, 1);
        }
        for _ in 0..6 {
            mark(self.below(9000) as u64, EventKind::Birth, 1);
            mark(3000 + self.below(7000) as u64, EventKind::Death, 1);
        }
        LearningCurves {
            loss_label: "cross-entropy (nats)".to_owned(),
            training_loss: curve(10, |t| (loss(t) * (0.12 * self.normal()).exp()).max(1e-3)),
            validation_loss: curve(400, |t| loss(t) * 1.08 + 0.06 * t + 0.02 * self.uniform()),
            training_accuracy: curve(10, |t| (accuracy(t) + 0.02 * self.normal()).clamp(0.0, 1.0)),
            validation_accuracy: curve(400, |t| accuracy(t) - 0.015 + 0.004 * self.normal()),
            marks,
        }
    }

    pub(crate) fn size() -> SizeOverTime {
        let connections = |step: u64| (5200.0 * (1.0 - (-(step as f64) / 2500.0).exp())) as u64;
        SizeOverTime {
            neurons: (0..=120).map(|i| (i * 100, 202 + (i / 6).min(14) - (i / 40))).collect(),
            connections: (0..=120).map(|i| (i * 100, connections(i * 100) - (i % 5) * 8 * u64::from(i > 20))).collect(),
            dense_connections: Some(109_184),
        }
    }

    pub(crate) fn degrees(&self) -> DegreeDistributions {
        let spread =
            |mean: f64, many: usize| (0..many).map(|_| (mean * (0.6 * self.normal()).exp()) as u32).collect::<Vec<_>>();
        DegreeDistributions {
            incoming_at_start: spread(6.0, 138),
            incoming_at_end: spread(34.0, 152),
            outgoing_at_start: spread(4.0, 202),
            outgoing_at_end: spread(22.0, 216),
        }
    }

    pub(crate) fn weights(&self) -> WeightDistribution {
        let weight = || (self.normal() * 0.18 + if self.uniform() < 0.4 { 0.25 } else { -0.2 }) as f32;
        let mut end: Vec<f32> = (0..5000).map(|_| weight()).collect();
        end.extend([3.4, -2.9, f32::NAN]);
        WeightDistribution { end, start: (0..1000).map(|_| (self.normal() * 0.1) as f32).collect() }
    }

    pub(crate) fn raster(&self) -> ActivityRaster {
        let groups = [("input", 64), ("hidden", 138), ("output", 10)]
            .map(|(name, neurons)| RasterGroup { name: name.to_owned(), neurons });
        let columns = 100;
        let mut values = Vec::new();
        for group in &groups {
            for _ in 0..group.neurons {
                let (rate, class) = (self.uniform(), self.below(10));
                for column in 0..columns {
                    let tuned = if column / 10 == class { 1.4 } else { 0.0 };
                    let value = (tuned + rate - 0.6 + 0.35 * self.normal()).max(0.0);
                    values.push(value as f32);
                }
            }
        }
        ActivityRaster { groups: groups.to_vec(), columns, values, ..ActivityRaster::default() }
    }

    pub(crate) fn wiring(&self) -> Wiring {
        let groups = |hidden| {
            [("input", 64), ("hidden", hidden), ("output", 10)]
                .map(|(name, neurons)| WiringGroup { name: name.to_owned(), neurons })
                .to_vec()
        };
        let centre = |self_: &Self| {
            let place = || (3.5 + 1.9 * self_.normal()).clamp(0.0, 7.0).round() as usize;
            place() * 8 + place()
        };
        let weight = || (0.35 * self.normal()) as f32;
        let before =
            (0..260).map(|_| Wire { pre: (0, self.below(64)), post: (1, self.below(128)), weight: weight() * 0.3 });
        let mut after: Vec<Wire> =
            (0..2500).map(|_| Wire { pre: (0, centre(self)), post: (1, self.below(142)), weight: weight() }).collect();
        after.extend((0..700).map(|_| Wire {
            pre: (1, self.below(142)),
            post: (2, self.below(10)),
            weight: weight() * 1.5,
        }));
        after.extend((0..60).map(|_| Wire { pre: (1, self.below(142)), post: (1, self.below(142)), weight: weight() }));
        Wiring {
            before: WiringState { label: "step 0".to_owned(), groups: groups(128), wires: before.collect() },
            after: WiringState { label: format!("step {}", grouped(STEPS)), groups: groups(142), wires: after },
            image: Some(PixelShape { group: 0, rows: 8, columns: 8 }),
        }
    }

    /// Four groups behind an image of 28 by 28.
    pub(crate) fn wide_wiring(&self) -> Wiring {
        let sizes = [("input", 784), ("hidden 1", 300), ("hidden 2", 100), ("output", 10)];
        let groups = sizes.map(|(name, neurons)| WiringGroup { name: name.to_owned(), neurons }).to_vec();
        let wires = (0..12_000)
            .map(|_| {
                let pre = self.below(3);
                let post = if self.uniform() < 0.1 { 3 } else { pre + 1 };
                Wire {
                    pre: (pre, self.below(sizes[pre].1)),
                    post: (post, self.below(sizes[post].1)),
                    weight: (0.3 * self.normal()) as f32,
                }
            })
            .collect();
        Wiring {
            before: WiringState { label: "step 0".to_owned(), groups: groups.clone(), wires: Vec::new() },
            after: WiringState { label: "step 40000".to_owned(), groups, wires },
            image: Some(PixelShape { group: 0, rows: 28, columns: 28 }),
        }
    }

    /// A loss that falls by decades, without any accuracy.
    pub(crate) fn recall(&self) -> LearningCurves {
        LearningCurves {
            training_loss: curve(10, |t| (0.7 * (-9.0 * t).exp() + 2e-5) * (0.3 * self.normal()).exp()),
            validation_loss: curve(400, |t| 0.7 * (-9.0 * t).exp() + 3e-5),
            ..LearningCurves::default()
        }
    }

    pub(crate) fn lineage(&self) -> LineageTree {
        self.lineage_of(202, 150)
    }

    pub(crate) fn lineage_of(&self, founders: u64, divisions: u64) -> LineageTree {
        let mut lives: Vec<Life> = (0..founders)
            .map(|neuron| Life {
                neuron,
                group: if neuron < founders / 3 {
                    0
                } else if neuron < founders - 10 {
                    1
                } else {
                    2
                },
                ..Life::default()
            })
            .collect();
        for division in 0..divisions {
            let born = 300 + division * 9000 / divisions.max(1);
            let first = (founders / 3) as usize;
            let mother = first
                + (self.below(usize::min(lives.len() - first, 30 + 3 * division as usize)) * 7) % (lives.len() - first);
            if lives[mother].died.is_some() || lives[mother].group != 1 {
                continue;
            }
            lives.push(Life {
                neuron: founders + division,
                mother: Some(lives[mother].neuron),
                born,
                died: None,
                group: 1,
            });
            let victim = first + self.below(lives.len() - first);
            if self.uniform() < 0.3 && lives[victim].group == 1 && lives[victim].born < born {
                lives[victim].died = Some(born + 200);
            }
        }
        let groups = ["input", "hidden", "output"].map(str::to_owned).to_vec();
        LineageTree { lives, groups, end: STEPS }
    }

    pub(crate) fn comparison(&self) -> ArmComparison {
        let arms = [
            ("wire", 0.945, 9.0),
            ("rigl", 0.949, 12.0),
            ("set", 0.919, 8.0),
            ("random wiring, equal count", 0.86, 7.0),
            ("dense, equal parameters", 0.93, 14.0),
        ];
        let arms = arms.map(|(name, best, speed)| {
            let seeds: Vec<f64> = (0..5).map(|_| best + 0.008 * self.normal()).collect();
            Arm {
                name: name.to_owned(),
                curves: seeds
                    .iter()
                    .map(|end| curve(400, |t| end - (end - 0.1) * (-speed * t).exp() + 0.004 * self.normal()))
                    .collect(),
                finals: seeds.iter().map(|end| end - 0.004 + 0.002 * self.normal()).collect(),
            }
        });
        ArmComparison { unit: Unit::Share, arms: arms.to_vec(), ..ArmComparison::default() }
    }

    pub(crate) fn energy(&self) -> Series {
        let store = Curve::new("store", curve(50, |t| 40.0 + 25.0 * (9.0 * t).sin() * (-2.0 * t).exp() + 6.0 * t));
        let income = Curve::new("income", curve(50, |t| 1.2 + 0.5 * (9.0 * t).cos() + 0.05 * self.normal()));
        let upkeep = Curve::new("upkeep", curve(50, |t| 0.5 + 0.4 * t + 0.02 * self.normal()));
        let growth = Curve::new("growth", curve(50, |t| 0.6 * (-3.0 * t).exp() + 0.02 * self.uniform()));
        Series::energy(store, income, vec![upkeep, growth])
    }
}
