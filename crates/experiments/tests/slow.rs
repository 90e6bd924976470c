//! Learning claims over several seeds: rows of `docs/problems.md`. Behind the feature `slow`.
#![cfg(feature = "slow")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

/// The runs of an experiment of the repository: per arm, by seed.
struct Runs {
    _out: tempfile::TempDir,
    arms: BTreeMap<String, BTreeMap<u64, (f64, PathBuf)>>,
}

impl Runs {
    fn of(name: &str) -> Self {
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
        let mut arms: BTreeMap<String, BTreeMap<u64, (f64, PathBuf)>> = BTreeMap::new();
        let experiment = std::fs::read_dir(out.path()).unwrap().next().unwrap().unwrap().path();
        for entry in std::fs::read_dir(experiment).unwrap() {
            let directory = entry.unwrap().path();
            let Ok(text) = std::fs::read(directory.join("report.json")) else { continue };
            let report: serde_json::Value = serde_json::from_slice(&text).unwrap();
            let accuracy = report["metrics"]["test_accuracy"].as_f64().unwrap();
            let arm = arms.entry(report["arm"].as_str().unwrap().to_owned()).or_default();
            arm.insert(report["seed"].as_u64().unwrap(), (accuracy, directory));
        }
        Self { _out: out, arms }
    }

    fn accuracies(&self, arm: &str) -> Vec<f64> {
        self.arms[arm].values().map(|run| run.0).collect()
    }

    fn median(&self, arm: &str) -> f64 {
        let mut all = self.accuracies(arm);
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }

    /// The 95 % interval of the mean paired difference over five seeds (Student, 4 degrees of freedom).
    fn difference(&self, arm: &str, control: &str) -> (f64, f64) {
        let (one, other) = (self.accuracies(arm), self.accuracies(control));
        assert_eq!((one.len(), other.len()), (5, 5));
        let by: Vec<f64> = one.iter().zip(&other).map(|(one, other)| one - other).collect();
        let mean = by.iter().sum::<f64>() / 5.0;
        let variance = by.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 4.0;
        let half = 2.776 * (variance / 5.0).sqrt();
        (mean - half, mean + half)
    }

    /// The validation losses of a run, one per look.
    fn losses(&self, arm: &str, seed: u64) -> Vec<f64> {
        let text = std::fs::read_to_string(self.arms[arm][&seed].1.join("events.jsonl")).unwrap();
        let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        events.filter(|event| event["event"] == "evaluated").map(|event| event["loss"].as_f64().unwrap()).collect()
    }
}

#[test]
fn wiring_is_learned_at_five_percent() {
    let runs = Runs::of("digits-5.toml");
    let random = runs.median("random");
    assert!(runs.median("rigl") > random + 0.05 && runs.median("set") > random + 0.02, "{random}");
    assert!(runs.median("wire") > random + 0.05 && runs.median("wire") > runs.median("rigl") - 0.005);
    let (low, high) = runs.difference("wire", "random");
    assert!(low > 0.0, "wire is between {low} and {high} above random wiring");
}

#[test]
fn wiring_keeps_up_with_rigl_at_a_quarter() {
    let runs = Runs::of("digits-25.toml");
    assert!(runs.median("wire") > runs.median("rigl") - 0.005);
}

#[test]
fn recall_needs_delays_or_recurrence() {
    let runs = Runs::of("recall.toml");
    for arm in ["delays", "recurrence"] {
        let found = runs.accuracies(arm);
        assert!(found.iter().filter(|&&accuracy| accuracy >= 0.95).count() >= 4, "{arm}: {found:?}");
    }
    assert!(runs.accuracies("feed-forward").iter().all(|&accuracy| accuracy <= 0.55));
}

#[test]
fn division_lifts_a_small_network() {
    let runs = Runs::of("divide.toml");
    assert!(runs.median("mitosis") > runs.median("still, starting size") + 0.03);
}

#[test]
fn a_network_that_lives_keeps_what_it_states() {
    assert!(Runs::of("quickstart.toml").median("living") >= 0.955);
}

#[test]
fn two_executors_tell_the_same_story() {
    let runs = Runs::of("backends.toml");
    let (native, burn) = (runs.losses("native", 1), runs.losses("burn", 1));
    assert_eq!((native.len(), burn.len()), (50, 50));
    for (step, (native, burn)) in native.iter().zip(&burn).enumerate() {
        assert!((native - burn).abs() <= 1e-4 * native, "step {}: {native} and {burn}", step + 1);
    }
    let runs = Runs::of("backends-growing.toml");
    let (native, burn) = (runs.accuracies("native"), runs.accuracies("burn"));
    let spread =
        |all: &[f64]| all.iter().copied().fold(f64::MIN, f64::max) - all.iter().copied().fold(f64::MAX, f64::min);
    let apart = (runs.median("native") - runs.median("burn")).abs();
    assert!(apart <= spread(&native).max(spread(&burn)).max(0.005), "{native:?} and {burn:?}");
}

/// Ends the process `pid` at once; whether it was still there.
#[cfg(target_os = "linux")]
fn kill(pid: &str) -> bool {
    Command::new("kill").args(["-9", pid]).stderr(std::process::Stdio::null()).status().unwrap().success()
}

/// The sweep of the digits, with its parent and one of its trials killed on the way, against an undisturbed one.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_sweep_of_the_digits_is_completed_to_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/sweeps/digits.toml");
    let sweep = |folder: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_livenet"));
        command.arg("sweep").arg(&file).args(["-q", "--jobs", "2", "--out"]).arg(out.path().join(folder));
        command.stdin(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command
    };
    let table = |folder: &str| {
        let output = sweep(folder).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().replace(folder, "sweep")
    };
    let mut parent = sweep("cut").stdout(std::process::Stdio::null()).spawn().unwrap();
    let id = parent.id();
    let children = || {
        let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<String>>()
    };
    let done = || {
        let entries = std::fs::read_dir(out.path().join("cut/digits/trials")).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().join("report.json").exists()).count()
    };
    let mut until = |what: &dyn Fn() -> bool| {
        while !what() {
            assert!(parent.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    // One that ends by itself meanwhile is no victim.
    until(&|| done() >= 6 && children().first().is_some_and(|child| kill(child)));
    until(&|| done() >= 8);
    assert!(kill(&id.to_string()));
    parent.wait().unwrap();
    assert!(done() < 25);
    assert_eq!(table("cut"), table("whole"));
    for name in ["sweep.toml", "sweep.json", "plan.json"] {
        let read = |folder: &str| std::fs::read(out.path().join(folder).join("digits").join(name)).unwrap();
        assert!(read("cut") == read("whole"), "{name} differs");
    }
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("cut/digits/plan.json")).unwrap()).unwrap();
    for trial in plan["trials"].as_array().unwrap() {
        for name in ["events.jsonl", "journal.bin"] {
            let path = Path::new("digits/trials").join(trial["key"].as_str().unwrap()).join(name);
            let read = |folder: &str| std::fs::read(out.path().join(folder).join(&path)).unwrap();
            assert!(read("cut") == read("whole"), "{} differs", path.display());
        }
    }
}

#[test]
fn fashion_is_learned_from_nothing() {
    if std::env::var_os("LIVENET_DATA").is_none() {
        eprintln!("skipped: LIVENET_DATA is not set, so there is no Fashion-MNIST");
        return;
    }
    assert!(Runs::of("fashion.toml").median("wire") >= 0.88);
}
