//! Stopping and going on: byte for byte as if it had never stopped.

use super::{Bench, TINY, assert_same};
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Long enough that a signal arrives before the end: every step waits for the disk.
fn long() -> String {
    TINY.replace("steps = 60", "steps = 300").replace("checkpoint_every = 25", "checkpoint_every = 1")
}

/// Starts a run and waits until its standard error says `word`.
fn start(bench: &Bench, arguments: &str, word: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = bench.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 && !line.contains(word) {
        line.clear();
    }
    assert!(line.contains(word), "it ended before it said `{word}`");
    (child, lines)
}

#[test]
fn an_interrupted_run_goes_on_as_if_it_had_never_stopped() {
    let bench = Bench::new(&long());
    bench.call("run tiny.toml -q --out whole").succeeds();

    let (mut child, mut lines) = start(&bench, "run tiny.toml --out cut", "writing ");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    while lines.read_line(&mut rest).unwrap() > 0 {}
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("run tiny.toml --out cut --resume"), "{rest}");
    let run = bench.only_run("cut");
    assert!(!run.join("report.json").exists() && run.join("checkpoints/interrupted.ckpt").exists());
    bench.call("show cut/tiny --json").fails(1, &["is not complete", "--resume"]);

    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    assert!(!run.join("checkpoints/interrupted.ckpt").exists());
    assert_same(&bench.only_run("whole"), &run);
}

/// Removes everything that a run writes at its end, and all checkpoints after `step`, as if the process had been
/// killed some steps later; then tears the files that were being written.
fn kill_after(run: &Path, step: u64) {
    for file in ["report.json", "report.html", "checkpoints/final.ckpt"] {
        std::fs::remove_file(run.join(file)).unwrap();
    }
    for entry in std::fs::read_dir(run.join("checkpoints")).unwrap() {
        let path = entry.unwrap().path();
        let at: u64 = path.file_stem().unwrap().to_str().unwrap().strip_prefix("step-").unwrap().parse().unwrap();
        if at > step {
            std::fs::remove_file(path).unwrap();
        }
    }
    std::fs::write(run.join("checkpoints/step-0000000050.ckpt.part"), b"LIVE").unwrap();
    for (file, lost) in [("events.jsonl", 7), ("journal.bin", 3)] {
        let bytes = std::fs::read(run.join(file)).unwrap();
        std::fs::write(run.join(file), &bytes[..bytes.len() - lost]).unwrap();
    }
}

#[test]
fn a_killed_run_loses_the_steps_since_its_checkpoint_and_nothing_else() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q --out whole").succeeds();
    bench.call("run tiny.toml -q --out cut").succeeds();
    for step in [25, 0] {
        kill_after(&bench.only_run("cut"), step);
        bench.call("run tiny.toml -q --out cut --resume").succeeds();
        assert_same(&bench.only_run("whole"), &bench.only_run("cut"));
    }
}

#[test]
fn a_process_that_is_killed_leaves_a_run_that_goes_on() {
    let bench = Bench::new(&long());
    bench.call("run tiny.toml -q --out whole").succeeds();
    let (mut child, _lines) = start(&bench, "run tiny.toml --out cut", "step 60/300");
    child.kill().unwrap();
    child.wait().unwrap();
    let run = bench.only_run("cut");
    assert!(!run.join("report.json").exists());
    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    assert_same(&bench.only_run("whole"), &run);
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q --out whole").succeeds();
    bench.call("run tiny.toml -q --out cut").succeeds();
    let run = bench.only_run("cut");
    kill_after(&run, 50);
    let last = run.join("checkpoints/step-0000000050.ckpt");
    let mut bytes = std::fs::read(&last).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&last, &bytes).unwrap();
    let answer = bench.call("run tiny.toml --out cut --resume").succeeds();
    assert!(answer.err().contains("step-0000000050.ckpt is damaged"), "{}", answer.err());
    assert_same(&bench.only_run("whole"), &run);
}

#[test]
fn a_run_that_lacks_only_its_report_is_not_trained_further() {
    // Patience ends it early; the checkpoint at the end remembers that.
    let config = TINY
        .replace("[train]\n", "[train]\npatience = 1\n")
        .replace("rate = 0.01", "rate = 3.0")
        .replace("evaluate_every = 20", "evaluate_every = 2");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    let report = bench.call("show runs/tiny --json").json();
    assert!(report["ending"]["patience"].is_object() && report["steps"].as_u64().unwrap() < 60, "{report}");
    std::fs::remove_file(bench.only_run("runs").join("report.json")).unwrap();
    bench.call("run tiny.toml -q --resume").succeeds();
    let again = bench.call("show runs/tiny --json").json();
    assert_eq!(
        (&again["ending"], &again["steps"], &again["metrics"]),
        (&report["ending"], &report["steps"], &report["metrics"])
    );
}
