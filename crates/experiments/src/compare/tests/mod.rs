//! Comparisons of run directories that are written here, whole, damaged and missing.

mod files;
mod table;

use super::*;
use crate::{
    run::{Ending, Outcome},
    statistics::{Better, Bootstrap, Equivalence},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Fewer resamples than usual, for tests are many.
fn question() -> Question {
    Question { bootstrap: Bootstrap { resamples: 500, ..Bootstrap::default() }, ..Question::default() }
}

/// Run directories in a folder of their own.
struct Bench(tempfile::TempDir);

/// A run to be written.
#[derive(Clone, Copy)]
struct Made<'a> {
    experiment: &'a str,
    arm: &'a str,
    hash: &'a str,
    seed: u64,
}

impl<'a> Made<'a> {
    fn of(arm: &'a str, seed: u64) -> Self {
        Self { experiment: "small", arm, hash: "abcdef0123", seed }
    }

    fn outcome(self, accuracy: f64) -> Outcome {
        Outcome {
            schema_version: 1,
            experiment: self.experiment.into(),
            arm: self.arm.into(),
            ending: Ending::Finished { steps: 20 },
            seed: self.seed,
            steps: 20,
            metrics: BTreeMap::from([("test_accuracy".into(), accuracy), ("test_loss".into(), 1.0 - accuracy)]),
            neurons: 12,
            connections: 40 + self.seed,
            dense_connections: 200,
            operations: 1_000_000,
            seconds: 1.0 + accuracy,
        }
    }
}

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A run without a report.
    fn begin(&self, place: &str, made: Made<'_>) -> PathBuf {
        let path = self.path(place);
        std::fs::create_dir_all(&path).unwrap();
        let manifest = serde_json::json!({
            "livenet": "0.1.0", "config": made.hash, "experiment": made.experiment, "arm": made.arm, "seed": made.seed,
            "executor": "native", "data": "", "target": "", "processor": "", "threads": 1, "lock": "",
        });
        std::fs::write(path.join("manifest.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
        std::fs::write(path.join("config.toml"), "name = \"small\"\n[task.digits]\n").unwrap();
        let events = [
            r#"{"event":"started","neurons":10,"connections":0,"dense_connections":200}"#,
            r#"{"event":"evaluated","step":10,"loss":1.5,"accuracy":0.4}"#,
            r#"{"event":"evaluated","step":20,"loss":0.5,"accuracy":0.8}"#,
        ];
        std::fs::write(path.join("events.jsonl"), events.join("\n") + "\n").unwrap();
        path
    }

    fn finish(&self, place: &str, outcome: &Outcome, made: Made<'_>) {
        let path = self.begin(place, made);
        std::fs::write(path.join("report.json"), serde_json::to_vec(outcome).unwrap()).unwrap();
    }

    /// A whole run of an arm.
    fn run(&self, arm: &str, seed: u64, accuracy: f64) {
        let made = Made::of(arm, seed);
        self.finish(&format!("small/{arm}-s{seed}"), &made.outcome(accuracy), made);
    }

    fn compare(&self, place: &str, question: &Question) -> Result<Comparison, CompareError> {
        Comparison::of(&Gathered::from_paths(&[self.path(place)])?, question)
    }

    /// A sweep with these trials: label, seed, place.
    fn sweep(&self, more: &str, trials: &[(&str, u64, &str)]) {
        let trials: Vec<String> = trials
            .iter()
            .map(|(label, seed, place)| {
                let label = serde_json::to_string(label).unwrap();
                format!(r#"{{"setting":{{"grow":{label},"rate":0.1}},"label":{label},"seed":{seed},"directory":"{place}","later":1}}"#)
            })
            .collect();
        let text =
            format!(r#"{{"schema_version":1,"name":"swept",{more}"axes":["grow"],"trials":[{}]}}"#, trials.join(","));
        std::fs::create_dir_all(self.path("sweep")).unwrap();
        std::fs::write(self.path("sweep/sweep.json"), text).unwrap();
    }
}

fn five_seeds(bench: &Bench) {
    for (seed, accuracy) in [(1, 0.80), (2, 0.82), (3, 0.81), (4, 0.83), (5, 0.84)] {
        bench.run("random", seed, accuracy);
        bench.run("wire", seed, accuracy + 0.10 + 0.001 * seed as f64);
    }
}

#[track_caller]
fn note_with(comparison: &Comparison, part: &str) {
    assert!(comparison.notes.iter().any(|note| note.contains(part)), "no `{part}` in {:#?}", comparison.notes);
}

fn gathered(bench: &Bench) -> Gathered {
    Gathered::from_paths(&[bench.path("small")]).unwrap()
}
