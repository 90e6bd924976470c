//! Sweeps: what they leave, what they refuse, and that nothing that happens to them on the way changes what comes out.

use super::{Bench, TINY, assert_same};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

/// Two settings of `tiny.toml` over two seeds.
pub(crate) const PAIR: &str = r#"
name = "pair"
experiment = "tiny.toml"
seeds = [1, 2]
control = "still"

[metric]
name = "metrics.test_accuracy"
better = "higher"

[[setting]]
name = "still"
set = { grow = [] }

[[setting]]
name = "set"
"#;

/// A bench with an experiment and a sweep over it.
pub(crate) fn bench(experiment: &str, sweep: &str) -> Bench {
    let bench = Bench::new(experiment);
    bench.write("sweep.toml", sweep.as_bytes());
    bench
}

/// Long enough that something can happen on the way: every step waits for the disk.
pub(crate) fn long() -> String {
    TINY.replace("steps = 60", "steps = 300").replace("checkpoint_every = 25", "checkpoint_every = 1")
}

impl Bench {
    /// The keys of a sweep's trials, in the order of its plan.
    pub(crate) fn keys(&self, sweep: &str) -> Vec<String> {
        let plan: Value = serde_json::from_slice(&std::fs::read(self.path(sweep).join("plan.json")).unwrap()).unwrap();
        let trials = plan["trials"].as_array().unwrap();
        trials.iter().map(|trial| trial["key"].as_str().unwrap().to_owned()).collect()
    }

    /// Starts a command and leaves it to itself.
    pub(crate) fn start(&self, arguments: &str) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(mut what: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if what() {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("it did not come to pass within a minute");
}

/// The files of a sweep that belong to no single trial, by their names; those of times left out.
pub(crate) fn own_files(sweep: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path != root.join("trials") {
                    walk(&path, root, found);
                }
            } else if !path.ends_with("comparison/times.csv") {
                found.push((path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(sweep, sweep, &mut found);
    found.sort();
    found
}

/// Two sweeps came to the same: files, tables and every trial.
#[track_caller]
pub(crate) fn assert_same_sweep(one: &Path, other: &Path, keys: &[String]) {
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|file| file.0.clone()).collect::<Vec<_>>();
    let (left, right) = (own_files(one), own_files(other));
    assert_eq!(names(&left), names(&right));
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        assert!(left == right, "{} differs:\n{}\n{}", name.display(), lossy(left), lossy(right));
    }
    for key in keys {
        assert_same(&one.join("trials").join(key), &other.join("trials").join(key));
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(2000).collect()
}

#[test]
fn a_sweep_leaves_its_trials_and_what_is_compared() {
    let bench = bench(TINY, PAIR);
    let answer = bench.call("sweep sweep.toml").succeeds();
    assert!(answer.err().contains("still, seed 1: done"), "{}", answer.err());
    assert!(answer.out().contains("runs/pair"), "{}", answer.out());
    for name in ["table.txt", "table.json", "runs.csv", "report.html"] {
        assert!(bench.path("runs/pair/comparison").join(name).is_file(), "{name}");
    }
    let record: Value = serde_json::from_slice(&std::fs::read(bench.path("runs/pair/sweep.json")).unwrap()).unwrap();
    assert_eq!((&record["schema_version"], &record["name"]), (&1.into(), &"pair".into()));
    assert_eq!(record["metric"], serde_json::json!({"name": "metrics.test_accuracy", "better": "higher"}));
    assert_eq!(
        (&record["control"], &record["margin"], &record["axes"][0]),
        (&"still".into(), &Value::Null, &"setting".into())
    );
    let trials = record["trials"].as_array().unwrap();
    let about = |trial: &Value| format!("{} {} {}", trial["label"], trial["seed"], trial["setting"]["setting"]);
    assert_eq!(
        trials.iter().map(about).collect::<Vec<_>>(),
        [r#""still" 1 "still""#, r#""set" 1 "set""#, r#""still" 2 "still""#, r#""set" 2 "set""#]
    );
    // A trial is the run that `livenet run` makes of the same experiment, and every other command takes it.
    let directory = bench.path("runs/pair").join(trials[1]["directory"].as_str().unwrap());
    bench.call("run tiny.toml -q --out alone").succeeds();
    assert_same(&bench.only_run("alone"), &directory);
    assert_eq!(bench.only_run("alone").file_name(), directory.file_name());
    bench.call(&format!("replay {}", directory.display())).succeeds();

    // Once more does nothing.
    let before = std::fs::read(directory.join("report.json")).unwrap();
    let again = bench.call("sweep sweep.toml").succeeds();
    assert_eq!((again.out(), again.err()), (answer.out(), String::new()));
    assert_eq!(std::fs::read(directory.join("report.json")).unwrap(), before);
    let status = bench.call("status runs/pair --json").succeeds().json();
    assert_eq!([&status["done"], &status["failed"], &status["waiting"]], [4, 0, 0]);
    assert_eq!(bench.call("sweep sweep.toml --json -q").succeeds().json(), status);
}

#[test]
fn plots_are_drawn_where_they_are_wanted_and_change_nothing_else() {
    let bench = bench(TINY, &format!("plots = false\n{PAIR}").replace("[1, 2]", "[1]"));
    let trial = |at: usize| bench.path("runs/pair/trials").join(&bench.keys("runs/pair")[at]);
    bench.call("sweep sweep.toml -q").succeeds();
    assert!(trial(0).join("report.json").exists() && !trial(0).join("plots").exists());
    // It may be changed when trials are there, which stay as they are.
    bench.write("sweep.toml", PAIR.as_bytes());
    bench.call("sweep sweep.toml -q").succeeds();
    assert!(!trial(0).join("plots").exists() && trial(2).join("plots").exists());
    bench.call("run tiny.toml -q --out alone --seed 1").succeeds();
    assert_same(&bench.only_run("alone"), &trial(1));
    bench.call(&format!("plot {}", trial(0).display())).succeeds();
    assert!(trial(0).join("plots").exists());
}

#[test]
fn a_dry_run_writes_nothing_and_commands_can_be_run_elsewhere() {
    let bench = bench(TINY, PAIR);
    let answer = bench.call("sweep sweep.toml --dry-run").succeeds();
    assert!(answer.out().contains("4 trials, 4 runs"), "{}", answer.out());
    assert!(!bench.path("runs").exists());

    let commands = bench.call("sweep sweep.toml --emit-commands").succeeds().out();
    assert_eq!(commands.lines().count(), 4, "{commands}");
    for command in commands.lines() {
        let status =
            std::process::Command::new("sh").args(["-c", command]).current_dir("/").stderr(Stdio::null()).status();
        assert!(status.unwrap().success(), "{command}");
    }
    assert_eq!(bench.call("sweep sweep.toml --emit-commands").succeeds().out(), "");
    assert_eq!(bench.call("status runs/pair --json").succeeds().json()["done"], 4);
    let key = bench.keys("runs/pair")[0].clone();
    let answer = bench.call(&format!("trial runs/pair {key}")).succeeds();
    assert!(answer.err().contains("is done"), "{}", answer.err());
    bench.call("trial runs/pair --index 3 -q").succeeds();
    bench.call("trial runs/pair --index 4").fails(2, &["--index 4", "has 4 trials"]);
    let close = format!("{}9", &key[..key.len() - 1]);
    bench.call(&format!("trial runs/pair {close}")).fails(2, &[&format!("`{close}`"), "did you mean"]);
    bench.call("trial runs 0").fails(2, &["is not the directory of a sweep", "sweep.toml is missing"]);
}

/// The processes that another one started.
#[cfg(target_os = "linux")]
fn children(of: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

#[cfg(target_os = "linux")]
fn kill(signal: &str, pid: u32) {
    let sent = std::process::Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(sent.unwrap().success(), "{pid}");
}

/// The parent and one of its trials are killed somewhere on the way, and the same command completes the sweep.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_sweep_is_completed_by_the_same_command_to_the_same_bytes() {
    let bench = bench(&long(), PAIR);
    let table = bench.call("sweep sweep.toml -q --out whole").succeeds().out();
    let mut parent = bench.start("sweep sweep.toml -q --out cut --jobs 2");
    // A trial that has made its way beyond the first checkpoints.
    until(|| bench.path("cut/pair/plan.json").exists());
    let keys = bench.keys("cut/pair");
    let step = |key: &str| bench.path("cut/pair/trials").join(key).join("checkpoints/step-0000000003.ckpt");
    until(|| keys[..2].iter().any(|key| step(key).exists()));
    kill("-9", children(parent.id())[0]);
    until(|| keys.iter().any(|key| bench.path(&format!("cut/pair/trials/{key}.failure.json")).exists()));
    let status = bench.call("status cut/pair").succeeds().out();
    assert!(status.contains("killed by signal 9"), "{status}");
    kill("-9", parent.id());
    parent.wait().unwrap();
    let left = bench.call("status cut/pair --json").succeeds().json();
    assert_ne!(left["done"], 4, "{left}");

    assert_eq!(bench.call("sweep sweep.toml -q --out cut").succeeds().out().replace("cut/", "whole/"), table);
    assert_same_sweep(&bench.path("whole/pair"), &bench.path("cut/pair"), &keys);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_sweep_leaves_checkpoints_and_says_how_it_is_completed() {
    let bench = bench(&long(), PAIR);
    let table = bench.call("sweep sweep.toml -q --out whole").succeeds().out();
    let mut command = bench.command("sweep sweep.toml --out cut --jobs 2");
    let parent = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    until(|| bench.path("cut/pair/plan.json").exists());
    let keys = bench.keys("cut/pair");
    let run = |at: usize| bench.path("cut/pair/trials").join(&keys[at]);
    until(|| (0..2).all(|at| run(at).join("checkpoints/step-0000000002.ckpt").exists()));
    kill("-INT", parent.id());
    let answer = parent.wait_with_output().unwrap();
    let said = lossy(&answer.stderr);
    assert_eq!(answer.status.code(), Some(130), "{said}");
    assert!(said.contains("0 of 4 trials done") && said.contains("sweep sweep.toml --out cut --jobs 2"), "{said}");
    assert!((0..2).all(|at| run(at).join("checkpoints/interrupted.ckpt").exists()));
    assert_eq!(bench.call("status cut/pair --json").succeeds().json()["waiting"], 4);
    assert_eq!(bench.call("sweep sweep.toml -q --out cut").succeeds().out().replace("cut/", "whole/"), table);
    assert_same_sweep(&bench.path("whole/pair"), &bench.path("cut/pair"), &keys);
}

#[test]
fn two_sweeps_at_once_share_the_work() {
    let bench = bench(&long(), PAIR);
    bench.call("sweep sweep.toml -q --out whole").succeeds();
    let start = || {
        let mut command = bench.command("sweep sweep.toml --out cut --jobs 1");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (one, other) = (start(), start());
    let answers = [one, other].map(|process| process.wait_with_output().unwrap());
    for answer in &answers {
        assert!(answer.status.success(), "{}", lossy(&answer.stderr));
    }
    assert_eq!(answers[0].stdout, answers[1].stdout);
    assert_same_sweep(&bench.path("whole/pair"), &bench.path("cut/pair"), &bench.keys("cut/pair"));
    // Nothing was done twice: each trial was begun once.
    for key in bench.keys("cut/pair") {
        let log = std::fs::read_to_string(bench.path(&format!("cut/pair/trials/{key}.log"))).unwrap();
        assert_eq!(log.matches("step 300/300").count(), 1, "{log}");
    }
}
