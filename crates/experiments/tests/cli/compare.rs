//! Comparing runs from outside: tables, files and refusals.

use super::{Bench, TINY};

const ARMS: &str = r#"
[[arm]]
name = "set"

[[arm]]
name = "fixed"
set = { grow = [] }
"#;

fn three_seeds() -> Bench {
    let config = TINY.replace("name = \"tiny\"", "name = \"tiny\"\nseeds = [1, 2, 3]") + ARMS;
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    bench
}

#[test]
fn arms_over_their_seeds_make_a_table_and_files() {
    let bench = three_seeds();
    let answer = bench.call("compare runs/tiny --control fixed --margin 0.5 --csv runs.csv --out figures").succeeds();
    let out = answer.out();
    for part in [
        "test accuracy, higher is better",
        "IQM",
        "Paired by seed: setting − fixed",
        "within ±50.00",
        "equivalent",
        "connections",
    ] {
        assert!(out.contains(part), "no `{part}` in {out}");
    }
    assert_eq!(std::fs::read_to_string(bench.path("figures/table.txt")).unwrap(), out);
    let rows = std::fs::read_to_string(bench.path("runs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 7, "{rows}");
    assert!(rows.lines().next().unwrap().ends_with(",seconds"), "{rows}");
    for file in ["report.html", "table.json", "times.csv", "curves.svg", "curves.png", "growth.png", "pareto.svg"] {
        assert!(bench.path(&format!("figures/{file}")).metadata().unwrap().len() > 100, "{file}");
    }
    let json = bench.call("compare runs/tiny --control fixed --margin 0.5 --json").succeeds().json();
    assert_eq!((&json["schema_version"], &json["settings"][0]["runs"]["scored"]), (&1.into(), &3.into()));
    assert_eq!(json["pairs"][0]["paired"]["sign_flips"]["p"].as_f64().map(|p| p >= 0.25), Some(true));
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("figures/table.json")).unwrap()).unwrap();
    assert_eq!(written, json);

    // A run that lost its report is unfinished, one with a torn report damaged; the table goes on.
    let runs = bench.runs("runs");
    std::fs::remove_file(runs[0].join("report.json")).unwrap();
    std::fs::write(runs[5].join("report.json"), "{").unwrap();
    let out = bench.call("compare runs/tiny").succeeds().out();
    assert!(out.contains("2 of 6 runs are in no average: 1 unfinished, 1 damaged"), "{out}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let bench = three_seeds();
    bench.call("compare nowhere").fails(2, &["nowhere", "does not exist", "help:"]);
    bench.call("compare runs/tiny --metric metrics.test_acuracy").fails(2, &["did you mean `metrics.test_accuracy`"]);
    bench.call("compare runs/tiny --control fixd").fails(2, &["did you mean `fixed`"]);
    bench.call("compare runs/tiny --level 95").fails(2, &["expected a share of 1"]);
    bench.call("compare runs/tiny --margin 0").fails(2, &["expected a positive number"]);
    bench.call("compare runs/tiny --resamples 0").fails(2, &["--resamples"]);
    bench.call("compare").fails(2, &["RUN|FOLDER|SWEEP"]);
    bench.call("compare runs/tiny --csv no/such/folder.csv").fails(1, &["no/such/folder.csv"]);
    #[cfg(not(feature = "parquet"))]
    bench.call("compare runs/tiny --parquet runs.parquet").fails(2, &["--features parquet", "--csv"]);
}
