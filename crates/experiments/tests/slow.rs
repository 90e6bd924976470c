//! Learning claims over several seeds: rows of `docs/problems.md`. Behind the feature `slow`.
#![cfg(feature = "slow")]

use std::{collections::BTreeMap, path::Path, process::Command};

/// Runs an experiment of the repository and gives the median test accuracy per arm.
fn medians(name: &str) -> BTreeMap<String, f64> {
    let out = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments").join(name);
    let run = Command::new(env!("CARGO_BIN_EXE_livenet"))
        .arg("run")
        .arg(file)
        .args(["-q", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut arms: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let experiment = std::fs::read_dir(out.path()).unwrap().next().unwrap().unwrap().path();
    for entry in std::fs::read_dir(experiment).unwrap() {
        let Ok(text) = std::fs::read(entry.unwrap().path().join("report.json")) else { continue };
        let report: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let accuracy = report["metrics"]["test_accuracy"].as_f64().unwrap();
        arms.entry(report["arm"].as_str().unwrap().to_owned()).or_default().push(accuracy);
    }
    arms.into_iter()
        .map(|(arm, mut values)| {
            values.sort_by(f64::total_cmp);
            (arm, values[values.len() / 2])
        })
        .collect()
}

#[test]
fn wiring_is_learned_at_five_percent() {
    let arms = medians("digits-5.toml");
    assert!(arms["wire"] > arms["random"] + 0.05, "{arms:?}");
    assert!(arms["wire"] > arms["rigl"] - 0.005, "{arms:?}");
    assert!(arms["rigl"] > arms["random"] + 0.05, "{arms:?}");
    assert!(arms["set"] > arms["random"] + 0.02, "{arms:?}");
}

#[test]
fn recall_needs_delays_or_recurrence() {
    let arms = medians("recall.toml");
    assert!(arms["delays"] >= 0.95 && arms["recurrence"] >= 0.95 && arms["feed-forward"] <= 0.55, "{arms:?}");
}

#[test]
fn division_lifts_a_small_network() {
    let arms = medians("divide.toml");
    assert!(arms["mitosis"] > arms["still, starting size"] + 0.03, "{arms:?}");
}
