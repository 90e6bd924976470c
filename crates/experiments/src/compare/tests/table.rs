//! What the table says.

use super::*;

#[test]
fn arms_are_compared_seed_by_seed() {
    let bench = Bench::new();
    five_seeds(&bench);
    let asked = Question { control: Some("random".into()), margin: Some(0.2), ..question() };
    let comparison = bench.compare("small", &asked).unwrap();
    assert_eq!((comparison.metric.name.as_str(), comparison.metric.better), ("metrics.test_accuracy", Better::Higher));
    let random = &comparison.settings[0];
    assert_eq!((random.label.as_str(), random.runs.scored), ("random", 5));
    let averages = random.averages.unwrap();
    assert!((averages.iqm.value - 0.82).abs() < 1e-12 && averages.iqm.bounds.unwrap().contains(0.82));
    assert!((averages.median.value - 0.82).abs() < 1e-12 && (averages.mean.value - 0.82).abs() < 1e-12);
    assert_eq!(random.described["connections"].median, 43.0);
    assert!(!random.described.contains_key("seconds") && !random.described.contains_key("metrics.test_accuracy"));
    let [pair] = comparison.pairs.as_slice() else { panic!("one pair") };
    assert_eq!((pair.setting.as_str(), pair.against.as_str(), pair.pairs, pair.unpaired), ("wire", "random", 5, 0));
    let difference = pair.paired.as_ref().unwrap();
    assert!((difference.by_t.value - 0.103).abs() < 1e-12);
    // Differences 0.101 to 0.105: their interval is that of the pairs, far narrower than that of either arm.
    let interval = difference.by_t.bounds.unwrap();
    assert!((interval.high() - interval.low() - 2.0 * 2.776_445 * 0.5_f64.sqrt() * 0.001).abs() < 1e-6);
    assert_eq!(difference.sign_flips.unwrap().p, 0.0625);
    assert_eq!(difference.equivalence, Some(Equivalence::Equivalent));
    assert_eq!(pair.improvement.unwrap().value, 1.0);
    note_with(&comparison, "cannot give less than p = 0.0625");
}

#[test]
fn without_a_control_the_best_is_one_and_is_said_to_be_flattered() {
    let bench = Bench::new();
    five_seeds(&bench);
    let comparison = bench.compare("small", &question()).unwrap();
    let control = comparison.control.as_ref().unwrap();
    assert_eq!((control.label.as_str(), control.chosen), ("wire", Chosen::ByDefault));
    assert!(comparison.pairs[0].paired.as_ref().unwrap().by_t.value < 0.0);
    note_with(&comparison, "flatters");
    // Where lower is better, so is the best another.
    let lower = Question { metric: Some("metrics.test_accuracy".into()), better: Some(Better::Lower), ..question() };
    assert_eq!(bench.compare("small", &lower).unwrap().control.unwrap().label, "random");
    let loss = Question { metric: Some("metrics.test_loss".into()), ..question() };
    let comparison = bench.compare("small", &loss).unwrap();
    assert_eq!(
        (comparison.metric.better, comparison.control.as_ref().unwrap().label.as_str()),
        (Better::Lower, "wire")
    );
    assert_eq!(comparison.pairs[0].improvement.unwrap().value, 0.0, "a run of `random` is never better");
}

#[test]
fn holm_is_over_all_that_are_held_against_the_control() {
    let bench = Bench::new();
    five_seeds(&bench);
    for seed in 1..=5 {
        bench.run("set", seed, 0.85 + 0.01 * (seed % 3) as f64);
    }
    let comparison = bench.compare("small", &Question { control: Some("random".into()), ..question() }).unwrap();
    let holm: Vec<f64> =
        comparison.pairs.iter().map(|pair| pair.paired.as_ref().unwrap().sign_flips.unwrap().holm).collect();
    assert_eq!(holm, [0.125, 0.125]);
    note_with(&comparison, "0.1250 after Holm over 2");
}

#[test]
fn what_did_not_finish_is_counted_and_shown() {
    let bench = Bench::new();
    five_seeds(&bench);
    let made = Made::of("wire", 6);
    let mut diverged = made.outcome(0.9);
    diverged.ending = Ending::Diverged { step: 7, what: "the loss is NaN".into() };
    bench.finish("small/wire-s6", &diverged, made);
    bench.begin("small/wire-s7", Made::of("wire", 7));
    bench.finish("small/wire-s8", &made.outcome(f64::NAN), Made::of("wire", 8));
    bench.begin("small/wire-s9", Made::of("wire", 9));
    std::fs::write(bench.path("small/wire-s9/report.json"), "{\"half").unwrap();
    // One whose manifest is gone belongs to nobody.
    std::fs::remove_file(bench.begin("small/lost", Made::of("wire", 10)).join("manifest.json")).unwrap();
    // One that is being made is none.
    bench.begin("small/wire-s11.making-123", Made::of("wire", 11));

    let comparison = bench.compare("small", &question()).unwrap();
    let wire = comparison.settings.iter().find(|setting| setting.label == "wire").unwrap();
    let counts = Counts { all: 9, scored: 5, damaged: 2, diverged: 1, unfinished: 1, ..Counts::default() };
    // JSON has no NaN: a report with one is damaged.
    assert_eq!(wire.runs, counts);
    note_with(&comparison, "4 of 14 runs are in no average: 1 diverged, 1 unfinished, 2 damaged");
    note_with(&comparison, "lost: manifest.json is missing");
    note_with(&comparison, "wire-s9: report.json is damaged");
    let text = comparison.to_string();
    assert!(text.contains("left out") && text.contains("1 diverged, 1 unfinished, 2 damaged"), "{text}");
    let runs = String::from_utf8(tidy::csv(&tidy::columns(&gathered(&bench).trials, tidy::Times::Without))).unwrap();
    assert_eq!(runs.lines().count(), 15, "{runs}");
    assert!(runs.contains("step 7: the loss is NaN") && !runs.contains("seconds"), "{runs}");
}

#[test]
fn two_seeds_are_described_and_have_no_interval() {
    let bench = Bench::new();
    for seed in [1, 2] {
        bench.run("random", seed, 0.5);
        bench.run("wire", seed, 0.6);
    }
    let comparison = bench.compare("small", &Question { margin: Some(0.01), ..question() }).unwrap();
    let averages = comparison.settings[0].averages.unwrap();
    assert!(averages.iqm.bounds.is_err() && averages.iqm.value == 0.5);
    let difference = comparison.pairs[0].paired.as_ref().unwrap();
    assert!(difference.by_t.bounds.is_err() && difference.by_bootstrap.bounds.is_err());
    assert_eq!(
        (difference.sign_flips, difference.t, difference.equivalence, difference.seeds_to_tell),
        (None, None, None, None)
    );
    note_with(&comparison, "fewer than 3 seeds of some task, so without an interval: `random`, `wire`");
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["settings"][0]["averages"]["iqm"]["no_interval"], "2 seeds; an interval needs 3");
}

#[test]
fn seeds_that_only_one_side_has_are_left_out_of_differences() {
    let bench = Bench::new();
    for seed in 1..=4 {
        bench.run("random", seed, 0.5);
    }
    for seed in 2..=6 {
        bench.run("wire", seed, 0.6);
    }
    let comparison = bench.compare("small", &question()).unwrap();
    assert_eq!((comparison.pairs[0].pairs, comparison.pairs[0].unpaired), (3, 3));
    note_with(&comparison, "3 runs are without a partner of the same seed");
    // None in common at all.
    let apart = Bench::new();
    for seed in 1..=3 {
        apart.run("random", seed, 0.5);
        apart.run("wire", seed + 10, 0.6);
    }
    let comparison = apart.compare("small", &question()).unwrap();
    assert!(comparison.pairs[0].paired.is_none() && comparison.pairs[0].improvement.is_some());
    note_with(&comparison, "no seed of one task in common");
    assert!(comparison.to_string().contains("random"));
}

#[test]
fn several_experiments_are_strata() {
    let bench = Bench::new();
    for (experiment, base) in [("easy", 0.9), ("hard", 0.5)] {
        for arm in ["random", "wire"] {
            for seed in 1..=3 {
                let made = Made { experiment, ..Made::of(arm, seed) };
                let gain = if arm == "wire" { 0.05 } else { 0.0 };
                bench.finish(
                    &format!("{experiment}/{arm}-{seed}"),
                    &made.outcome(base + gain + 0.01 * seed as f64),
                    made,
                );
            }
        }
    }
    let both = [bench.path("easy"), bench.path("hard"), bench.path("easy/wire-1")];
    let gathered = Gathered::from_paths(&both).unwrap();
    assert_eq!(gathered.trials.len(), 12, "a run that is named twice is there once");
    let comparison = Comparison::of(&gathered, &question()).unwrap();
    assert_eq!((comparison.name.as_str(), comparison.tasks.len()), ("easy, hard", 2));
    let pair = &comparison.pairs[0];
    assert_eq!((pair.tasks, pair.pairs), (2, 6));
    let averages = comparison.settings[0].averages.unwrap();
    assert!((averages.mean.value - 0.72).abs() < 1e-12);
    // Drawn within its task, no resample's mean can be of one task alone.
    assert!(averages.mean.bounds.unwrap().low() > 0.70);
}

#[test]
fn one_arm_with_two_configs_is_two_settings() {
    let bench = Bench::new();
    for (hash, accuracy) in [("11111111ff", 0.5), ("22222222ff", 0.6)] {
        for seed in 1..=3 {
            let made = Made { hash, ..Made::of("", seed) };
            bench.finish(&format!("small/{hash}-s{seed}"), &made.outcome(accuracy), made);
        }
    }
    let comparison = bench.compare("small", &question()).unwrap();
    let labels: Vec<&str> = comparison.settings.iter().map(|setting| setting.label.as_str()).collect();
    assert_eq!(labels, ["small 11111111", "small 22222222"]);
    assert_eq!(comparison.tasks, ["digits"]);
}
