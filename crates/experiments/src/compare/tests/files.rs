//! Sweeps, files, and what is refused.

use super::*;

#[test]
fn a_sweep_says_what_is_asked() {
    let bench = Bench::new();
    let mut trials = Vec::new();
    let places: Vec<String> = (0..9).map(|at| format!("trials/{at}")).collect();
    for (at, (label, seed)) in
        [("set", 1), ("set", 2), ("set", 3), ("wire", 1), ("wire", 2), ("wire", 3)].into_iter().enumerate()
    {
        let accuracy = if label == "wire" { 0.9 } else { 0.8 } + 0.01 * seed as f64;
        let made = Made { experiment: "swept", ..Made::of(label, seed) };
        bench.finish(&format!("sweep/{}", places[at]), &made.outcome(accuracy), made);
        trials.push((label, seed, places[at].as_str()));
    }
    trials.push(("set", 4, &places[6]));
    trials.push(("wire", 4, &places[7]));
    trials.push(("wire", 5, &places[8]));
    std::fs::create_dir_all(bench.path("sweep/trials/7")).unwrap();
    let failure = r#"{"schema_version":1,"cause":{"exit_code":3},"log":["no"]}"#;
    std::fs::write(bench.path("sweep/trials/8.failure.json"), failure).unwrap();
    bench.sweep(r#""metric":{"name":"connections","better":"lower"},"control":"set","margin":5,"#, &trials);
    let (comparison, written) = sweep_directory(&bench.path("sweep")).unwrap();
    assert_eq!((comparison.metric.name.as_str(), comparison.metric.chosen), ("connections", Chosen::BySweep));
    assert_eq!(comparison.control.as_ref().unwrap().chosen, Chosen::BySweep);
    assert_eq!(comparison.margin, Some(5.0));
    let counts = Counts { all: 9, scored: 6, failed: 1, unfinished: 1, not_begun: 1, ..Counts::default() };
    assert_eq!(comparison.runs, counts);
    note_with(&comparison, "failed: trials/8: exit code 3");
    assert_eq!(comparison.settings[0].axes["rate"], "0.1");
    let names: Vec<&str> = written.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    for name in ["table.txt", "table.json", "runs.csv", "times.csv", "profile.csv", "report.html"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for stem in ["intervals", "differences", "profile", "pareto", "curves", "growth"] {
        assert!(
            names.contains(&format!("{stem}.svg").as_str()) && names.contains(&format!("{stem}.png").as_str()),
            "{names:?}"
        );
    }
    // Another metric than the declared one is exploratory.
    let asked = Question { metric: Some("metrics.test_accuracy".into()), ..question() };
    note_with(&bench.compare("sweep", &asked).unwrap(), "exploratory");
}

#[test]
fn the_same_runs_give_the_same_bytes_wherever_they_lie() {
    let files = |seconds: f64| {
        let bench = Bench::new();
        let places: Vec<String> = (0..6).map(|at| format!("trials/{at}")).collect();
        let mut trials = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let (label, seed) = (if at < 3 { "a" } else { "b" }, at as u64 % 3);
            let made = Made { experiment: "swept", ..Made::of(label, seed) };
            let outcome = Outcome { seconds: seconds + seed as f64, ..made.outcome(0.8 + 0.01 * at as f64) };
            bench.finish(&format!("sweep/{place}"), &outcome, made);
            trials.push((label, seed, place.as_str()));
        }
        bench.sweep(r#""metric":null,"control":null,"margin":null,"#, &trials);
        let (_, written) = sweep_directory(&bench.path("sweep")).unwrap();
        // A second time over the first.
        assert_eq!(sweep_directory(&bench.path("sweep")).unwrap().1, written);
        let named = |path: &PathBuf| (path.file_name().unwrap().to_owned(), std::fs::read(path).unwrap());
        let left: Vec<_> = std::fs::read_dir(bench.path("sweep/comparison")).unwrap().collect();
        assert_eq!(left.len(), written.len(), "nothing half-made is left");
        written.iter().map(named).collect::<BTreeMap<_, _>>()
    };
    let (mut one, mut other) = (files(1.0), files(99.0));
    let times = std::ffi::OsStr::new("times.csv");
    assert_ne!(one.remove(times), other.remove(times));
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{} differs", name.display());
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn hostile_labels_stay_labels() {
    let bench = Bench::new();
    let hostile = "<script>&\"x\",\n\u{1b}[31mred";
    for seed in 1..=3 {
        bench.finish(&format!("small/a{seed}"), &Made::of(hostile, seed).outcome(0.5), Made::of(hostile, seed));
        bench.finish(&format!("small/b{seed}"), &Made::of("", seed).outcome(0.4), Made::of("", seed));
        let long = "long ".repeat(400);
        bench.finish(&format!("small/c{seed}"), &Made::of(&long, seed).outcome(0.3), Made::of(&long, seed));
    }
    let gathered = gathered(&bench);
    let comparison = Comparison::of(&gathered, &question()).unwrap();
    let text = comparison.to_string();
    assert!(!text.contains('\u{1b}') && text.lines().all(|line| line.chars().count() < 400), "{text}");
    let out = bench.path("out");
    write(&out, &gathered, &comparison).unwrap();
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(!page.contains("<script>&") && page.contains("&lt;script&gt;"));
    let csv = std::fs::read_to_string(out.join("runs.csv")).unwrap();
    let quoted = format!("\"{}\"", hostile.replace('"', "\"\""));
    assert_eq!(csv.matches(&quoted).count(), 3, "{csv}");
}

#[test]
fn what_cannot_be_asked_is_named_with_its_mend() {
    let bench = Bench::new();
    five_seeds(&bench);
    let fails = |place: &str, question: &Question, parts: &[&str]| {
        let error = bench.compare(place, question).unwrap_err();
        assert!(error.is_usage(), "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "no `{part}` in: {error}");
        }
    };
    let metric = |name: &str| Question { metric: Some(name.into()), ..question() };
    fails("small", &metric("metrics.test_acuracy"), &["did you mean `metrics.test_accuracy`"]);
    fails(
        "small",
        &Question { control: Some("rando".into()), ..question() },
        &["random, wire", "did you mean `random`"],
    );
    for margin in [0.0, -1.0, f64::NAN] {
        fails("small", &Question { margin: Some(margin), ..question() }, &["expected a positive number"]);
    }
    fails("nowhere", &question(), &["nowhere", "does not exist"]);
    fails("small/wire-s1/events.jsonl", &question(), &["is a file"]);
    std::fs::create_dir(bench.path("empty")).unwrap();
    fails("empty", &question(), &["there is no run in it", "folder of a sweep"]);
    let unfinished = Bench::new();
    unfinished.begin("small/a", Made::of("a", 1));
    let error = unfinished.compare("small", &question()).unwrap_err();
    assert!(!error.is_usage() && error.to_string().contains("1 unfinished"), "{error}");
}

#[test]
fn a_damaged_sweep_file_is_named() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("sweep")).unwrap();
    for (text, part) in [
        ("{", "sweep.json is damaged"),
        (r#"{"schema_version":9,"name":"x","trials":[]}"#, "its schema_version is 9, expected 1"),
    ] {
        std::fs::write(bench.path("sweep/sweep.json"), text).unwrap();
        let error = bench.compare("sweep", &question()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_loses_nothing() {
    let bench = Bench::new();
    five_seeds(&bench);
    let gathered = gathered(&bench);
    let comparison = Comparison::of(&gathered, &question()).unwrap();
    std::fs::write(bench.path("taken"), "mine").unwrap();
    let error = write(&bench.path("taken"), &gathered, &comparison).unwrap_err().to_string();
    assert!(error.contains("taken"), "{error}");
    assert_eq!(std::fs::read(bench.path("taken")).unwrap(), b"mine");
    let error = write_file(Path::new("/nonexistent/runs.csv"), b"x").unwrap_err().to_string();
    assert!(error.contains("/nonexistent/runs.csv"), "{error}");
}
