//! Data that no run should give, and that must not break a plot all the same.

use crate::plots::*;

pub(super) fn hostile_curves() -> Vec<Vec<(u64, f64)>> {
    vec![
        vec![(5, 1.0)],
        vec![(u64::MAX, 1.0)],
        vec![(0, f64::NAN), (1, f64::INFINITY)],
        vec![(0, f64::NAN), (1, 0.5), (2, f64::NEG_INFINITY), (3, 0.25)],
        vec![(0, 2.0), (1, 2.0), (2, 2.0)],
        vec![(0, 0.0), (1, 0.0)],
        vec![(7, 1.0), (7, 3.0)],
        vec![(0, f64::MAX), (1, f64::MIN), (2, f64::MIN_POSITIVE)],
        vec![(0, 1e-300), (1, 1e150), (u64::MAX, -1e150)],
        (0..5000).map(|i| (i * i, (i as f64).sin())).collect(),
        (0..5000).map(|_| (3, 1.0)).collect(),
    ]
}

pub(super) fn must_draw(name: &str, plot: &dyn Plot) {
    let svg = plot.draw().svg().unwrap();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}: {svg}");
}

#[test]
fn hostile_curves_do_not_break_a_plot() {
    for (index, curve) in hostile_curves().into_iter().enumerate() {
        let name = format!("curve {index}");
        let marks: Vec<EventMark> = EventKind::ALL
            .into_iter()
            .flat_map(|kind| {
                [EventMark { step: 0, kind, count: 0 }, EventMark { step: u64::MAX, kind, count: u64::MAX }]
            })
            .collect();
        for unit in [Unit::Plain, Unit::Share, Unit::Count] {
            let panel = SeriesPanel { label: "value".into(), unit, curves: vec![Curve::new("only", curve.clone())] };
            must_draw(&name, &Series { title: "t".into(), panels: vec![panel], ..Series::default() });
            let arm = Arm {
                name: "arm".into(),
                curves: vec![curve.clone(), vec![]],
                finals: curve.iter().map(|p| p.1).collect(),
            };
            must_draw(&name, &ArmComparison { unit, arms: vec![arm, Arm::default()], ..ArmComparison::default() });
        }
        must_draw(
            &name,
            &LearningCurves { training_loss: curve.clone(), marks: marks.clone(), ..LearningCurves::default() },
        );
        must_draw(&name, &LearningCurves { validation_accuracy: curve, marks, ..LearningCurves::default() });
    }
    must_draw(
        "marks",
        &LearningCurves {
            marks: vec![EventMark { step: 3, kind: EventKind::Death, count: 1 }],
            ..LearningCurves::default()
        },
    );
}

#[test]
fn hostile_counts_do_not_break_a_plot() {
    for points in [vec![(0, 0)], vec![(0, 0), (9, 0)], vec![(u64::MAX, u64::MAX)], vec![(1, 5), (2, u64::MAX)]] {
        for dense in [None, Some(0), Some(1), Some(u64::MAX)] {
            let size = SizeOverTime { neurons: points.clone(), connections: points.clone(), dense_connections: dense };
            must_draw("size", &size);
            must_draw("size", &SizeOverTime { neurons: vec![], ..size.clone() });
            must_draw("size", &SizeOverTime { connections: vec![], ..size });
        }
    }
    for degrees in [vec![0], vec![0; 100], vec![u32::MAX], vec![0, u32::MAX], vec![1; 50_000]] {
        must_draw(
            "degrees",
            &DegreeDistributions {
                incoming_at_end: degrees.clone(),
                outgoing_at_start: degrees,
                ..DegreeDistributions::default()
            },
        );
    }
    for weights in [
        vec![0.0],
        vec![0.5],
        vec![f32::NAN, f32::INFINITY],
        vec![0.0; 2000],
        vec![f32::MAX, f32::MIN, 1e-40],
        vec![-1.0, f32::NAN, 1.0],
    ] {
        must_draw("weights", &WeightDistribution { end: weights.clone(), start: vec![] });
        must_draw("weights", &WeightDistribution { end: vec![], start: weights });
    }
}

#[test]
fn hostile_groups_do_not_break_a_plot() {
    let group =
        |neurons| RasterGroup { name: "a group with a name that is much too long for its place".into(), neurons };
    for neurons in [vec![0], vec![0, 3, 0], vec![1], vec![1; 60], vec![5000, 1]] {
        let total: usize = neurons.iter().sum();
        for columns in [0, 1, 3] {
            for value in [0.0, 1.0, -2.5, f32::NAN, f32::INFINITY] {
                let values = vec![value; total * columns / 2];
                let groups = neurons.iter().map(|n| group(*n)).collect();
                must_draw("raster", &ActivityRaster { groups, columns, values, ..ActivityRaster::default() });
            }
        }
        let groups: Vec<WiringGroup> =
            neurons.iter().map(|n| WiringGroup { name: "group".into(), neurons: *n }).collect();
        let wires = [0.0, 1.0, f32::NAN, -3.0, f32::MAX]
            .into_iter()
            .flat_map(|weight| {
                [((0, 0), (0, 0)), ((0, 0), (1, 0)), ((1, 2), (1, 0)), ((9, 9), (0, 0)), ((0, 700), (0, 1))]
                    .map(|(pre, post)| Wire { pre, post, weight })
            })
            .collect();
        let after = WiringState { label: "after".into(), groups, wires };
        for image in [None, Some((0, 0)), Some((8, 8)), Some((usize::MAX, 2)), Some((1, 3))] {
            let image = image.map(|(rows, columns)| PixelShape { group: 0, rows, columns });
            must_draw("wiring", &Wiring { before: WiringState::default(), after: after.clone(), image });
        }
    }
}

#[test]
fn hostile_lineages_end() {
    let life = |neuron, mother, born, died| Life { neuron, mother, born, died, group: 0 };
    must_draw("one", &LineageTree { lives: vec![life(0, None, 0, None)], ..LineageTree::default() });
    must_draw("its own mother", &LineageTree { lives: vec![life(0, Some(0), 0, None)], ..LineageTree::default() });
    must_draw(
        "a circle",
        &LineageTree { lives: vec![life(0, Some(1), 0, None), life(1, Some(0), 0, Some(0))], ..LineageTree::default() },
    );
    must_draw(
        "twins",
        &LineageTree { lives: vec![life(4, None, 0, None), life(4, Some(9), 3, Some(1))], ..LineageTree::default() },
    );
    let chain = (0..3000).map(|i| life(i, i.checked_sub(1), i, None)).collect();
    must_draw("a chain", &LineageTree { lives: chain, end: 3000, ..LineageTree::default() });
    let pairs = (0..3000).map(|i| life(i, (i % 2 == 1).then(|| i - 1), i, Some(u64::MAX))).collect();
    must_draw("pairs", &LineageTree { lives: pairs, end: 0, ..LineageTree::default() });
}
