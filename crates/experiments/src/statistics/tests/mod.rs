//! Laws that hold for any scores.

mod rliable;

use super::*;
use proptest::prelude::*;

fn quick() -> Bootstrap {
    Bootstrap { resamples: 200, ..Bootstrap::default() }
}

/// One to three tasks of three to eight runs; coarse values, so that ties are frequent.
fn tasks() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let score = prop_oneof![(-4i32..=4).prop_map(f64::from), -1e3..1e3];
    prop::collection::vec(prop::collection::vec(score, 3..9), 1..4)
}

const AVERAGES: [Average; 4] = [Average::Mean, Average::Median, Average::TaskMedian, Average::InterquartileMean];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_runs_changes_no_bit(tasks in tasks(), turn in 0usize..8) {
        let mut turned = tasks.clone();
        for runs in &mut turned {
            let by = turn % runs.len();
            runs.rotate_left(by);
            runs.reverse();
        }
        let (one, other) = (Scores::new(tasks.clone()).unwrap(), Scores::new(turned.clone()).unwrap());
        prop_assert_eq!(quick().averages(&one, AVERAGES), quick().averages(&other, AVERAGES));
        let profile = |scores: &Scores| Profile::of(scores, &[-1.0, 0.0, 2.0], Better::Higher, &quick());
        prop_assert_eq!(profile(&one), profile(&other));
        let (one, other) = (Paired::new(tasks).unwrap(), Paired::new(turned).unwrap());
        prop_assert_eq!(one.by_t(Level::USUAL), other.by_t(Level::USUAL));
        prop_assert_eq!(SignFlipTest::of(&one, 0), SignFlipTest::of(&other, 0));
    }

    #[test]
    fn an_estimate_lies_within_its_interval(tasks in tasks()) {
        let scores = Scores::new(tasks.clone()).unwrap();
        let least = tasks.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let most = tasks.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        for estimate in quick().averages(&scores, AVERAGES) {
            let bounds = estimate.bounds.unwrap();
            prop_assert!(bounds.low() <= bounds.high());
            let rounding = 1e-9 * (1.0 + most.abs().max(least.abs()));
            prop_assert!(bounds.low() >= least - rounding && bounds.high() <= most + rounding);
        }
        // The percentiles of the mean surround it whatever the runs: its distribution is centred there.
        let [mean] = quick().averages(&scores, [Average::Mean]);
        prop_assert!(mean.bounds.unwrap().contains(mean.value), "{:?}", mean);
        let paired = Paired::new(tasks).unwrap();
        prop_assert!(paired.by_t(Level::USUAL).unwrap().contains(paired.mean()));
    }

    #[test]
    fn improvement_over_each_other_sums_to_one(x in tasks(), y in tasks()) {
        let tasks = x.len().min(y.len());
        let (x, y) = (Scores::new(x[..tasks].to_vec()).unwrap(), Scores::new(y[..tasks].to_vec()).unwrap());
        let (one, other) = (improvement(&x, &y, &quick()), improvement(&y, &x, &quick()));
        prop_assert!((one.value + other.value - 1.0).abs() < 1e-12);
        prop_assert!((0.0..=1.0).contains(&one.value));
    }

    #[test]
    fn a_profile_falls(tasks in tasks()) {
        let scores = Scores::new(tasks).unwrap();
        let thresholds = [-1e4, -3.0, -1.0, 0.0, 0.5, 2.0, 1e4];
        let profile = Profile::of(&scores, &thresholds, Better::Higher, &quick());
        prop_assert!(profile.points.windows(2).all(|pair| pair[0].share >= pair[1].share));
        prop_assert_eq!((profile.points[0].share, profile.points[6].share), (1.0, 0.0));
    }

    #[test]
    fn holm_keeps_the_order_and_only_raises(values in prop::collection::vec(0.0..=1.0f64, 0..12)) {
        let adjusted = holm(&values);
        for (at, value) in values.iter().enumerate() {
            prop_assert!(adjusted[at] >= *value && adjusted[at] <= (*value * values.len() as f64).min(1.0));
            for other in 0..values.len() {
                prop_assert!(*value > values[other] || adjusted[at] <= adjusted[other]);
            }
        }
    }

    #[test]
    fn a_p_value_is_one_and_mirrors(tasks in tasks()) {
        let mirrored = tasks.iter().map(|runs| runs.iter().map(|score| -score).collect()).collect();
        let (one, other) = (Paired::new(tasks).unwrap(), Paired::new(mirrored).unwrap());
        let (p, mirrored) = (SignFlipTest::of(&one, 0).unwrap(), SignFlipTest::of(&other, 0).unwrap());
        prop_assert!(p.p > 0.0 && p.p <= 1.0 && p.p >= p.least);
        if matches!(p.flips, Flips::Exact { .. }) {
            prop_assert_eq!(p, mirrored);
        }
        let t = one.p_by_t().unwrap();
        prop_assert!((0.0..=1.0).contains(&t), "{}", t);
    }

    #[test]
    fn more_seeds_have_more_power(effect in 0.05..3.0f64, seeds in 2u64..200) {
        prop_assert!(power_of(effect, seeds + 1) >= power_of(effect, seeds) - 1e-9);
    }
}

#[test]
fn what_is_no_score_is_named() {
    assert_eq!(Scores::new(vec![]).unwrap_err(), ScoresError::NoTask);
    assert_eq!(Scores::new(vec![vec![1.0], vec![]]).unwrap_err(), ScoresError::NoRun { task: 1 });
    let error = Scores::new(vec![vec![1.0], vec![0.0, f64::NAN]]).unwrap_err();
    assert!(error.to_string().contains("task 1") && error.to_string().contains("NaN"), "{error}");
    assert!(Scores::of_one_task(vec![f64::INFINITY]).is_err());
}

#[test]
fn another_seed_draws_another_interval() {
    let scores = Scores::of_one_task(vec![0.1, 0.4, 0.45, 0.7, 0.93]).unwrap();
    let of = |seed| Average::Mean.estimate(&scores, &Bootstrap { resamples: 99, seed, ..Bootstrap::default() });
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}
