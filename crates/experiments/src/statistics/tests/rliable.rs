//! Ours against *rliable*'s own code: `benches/peers/statistics.sh` makes `rliable.json`.

use super::*;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Every number agrees to this; averages and probabilities, which draw nothing, to rounding.
const AGREE: f64 = 1e-3;
/// Many, so that what is apart is not our luck.
const RESAMPLES: usize = 400_000;

#[derive(Deserialize)]
struct File {
    level: f64,
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    /// By method, `[task][run]`.
    scores: BTreeMap<String, Vec<Vec<f64>>>,
    averages: BTreeMap<String, BTreeMap<String, Theirs>>,
    improvement: Theirs,
    profile: BTreeMap<String, Vec<Point>>,
}

#[derive(Deserialize)]
struct Theirs {
    value: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Point {
    threshold: f64,
    #[serde(flatten)]
    theirs: Theirs,
}

impl Theirs {
    #[track_caller]
    fn hold(&self, what: &str, value: f64, bounds: Bounds) {
        let interval = bounds.unwrap();
        assert!((value - self.value).abs() < 1e-12, "{what}: {value}, rliable has {}", self.value);
        for (end, ours, theirs) in [("low", interval.low(), self.low), ("high", interval.high(), self.high)] {
            assert!((ours - theirs).abs() < AGREE, "{what}: {end} is {ours}, rliable has {theirs}");
        }
    }
}

#[test]
fn numbers_are_those_of_rliable() {
    let file: File = serde_json::from_str(include_str!("../rliable.json")).unwrap();
    assert_eq!(file.fixtures.len(), 2);
    let bootstrap = Bootstrap { resamples: RESAMPLES, level: Level::new(file.level).unwrap(), seed: 0 };
    for fixture in &file.fixtures {
        let scores = |method: &str| Scores::new(fixture.scores[method].clone()).unwrap();
        for (method, averages) in &fixture.averages {
            let names = ["iqm", "mean", "median_of_task_means"];
            let all = [Average::InterquartileMean, Average::Mean, Average::TaskMedian];
            for (name, ours) in names.into_iter().zip(bootstrap.averages(&scores(method), all)) {
                averages[name].hold(&format!("{}, {name} of {method}", fixture.name), ours.value, ours.bounds);
            }
            let points = &fixture.profile[method];
            let thresholds: Vec<f64> = points.iter().map(|point| point.threshold).collect();
            let few = Bootstrap { resamples: RESAMPLES / 4, ..bootstrap };
            let ours = Profile::of(&scores(method), &thresholds, Better::Higher, &few);
            for (point, ours) in points.iter().zip(&ours.points) {
                let what = format!("{}, profile of {method} at {}", fixture.name, point.threshold);
                point.theirs.hold(&what, ours.share, ours.bounds);
            }
        }
        let ours = improvement(&scores("grown"), &scores("fixed"), &bootstrap);
        fixture.improvement.hold(&format!("{}, improvement", fixture.name), ours.value, ours.bounds);
    }
}
