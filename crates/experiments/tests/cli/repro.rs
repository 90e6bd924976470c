//! Repeating: identical to the last bit, or the first event that differs; what differs around it is told.

use super::{Bench, TINY};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Every file of a run's directory.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

/// Replaces text in a file of the only run.
fn edit(bench: &Bench, file: &str, change: impl FnOnce(String) -> String) {
    let path = bench.only_run("runs").join(file);
    let before = std::fs::read_to_string(&path).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "nothing to replace in {file}");
    std::fs::write(path, after).unwrap();
}

#[test]
fn the_same_binary_and_threads_give_the_same_bits() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q --threads 2").succeeds();
    let before = contents(&bench.only_run("runs"));
    let answer = bench.call("repro runs/tiny").succeeds();
    let out = answer.out();
    assert!(out.contains("R1: the same threads") && out.contains("verdict     identical"), "{out}");
    for part in ["journal     equal", "report      equal", "checkpoint  equal"] {
        assert!(out.contains(part), "{out}");
    }
    assert!(!answer.err().contains("warning: not the same"), "{}", answer.err());
    let document = bench.call("repro runs/tiny --json -q").succeeds().json();
    assert_eq!((&document["level"], &document["verdict"]), (&"R1".into(), &"identical".into()));
    assert_eq!(document["comparison"]["compared"], document["comparison"]["events"]);
    assert!(contents(&bench.only_run("runs")) == before, "the run was changed");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Large enough that work is shared out.
    let config = TINY
        .replace("neurons = 24", "neurons = 200")
        .replace("batch = 32", "batch = 128")
        .replace("steps = 60", "steps = 24");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q --threads 2").succeeds();
    for threads in [1, 3] {
        let document = bench.call(&format!("repro runs/tiny --json -q --threads {threads}")).succeeds().json();
        assert_eq!((&document["level"], &document["verdict"]), (&"R2".into(), &"identical".into()), "{threads}");
    }
}

#[test]
fn a_run_of_an_arm_is_repeated_as_it_was_resolved() {
    let arm = "\n[[arm]]\nname = \"still\"\nset = { grow = [] }\n";
    let bench = Bench::new(&(TINY.to_owned() + arm));
    bench.call("run tiny.toml -q --arm still").succeeds();
    assert!(bench.call("repro runs/tiny").succeeds().out().contains("verdict     identical"));
}

#[test]
fn a_run_that_was_resumed_is_repeated_as_if_it_had_never_stopped() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    for file in ["report.json", "checkpoints/final.ckpt", "checkpoints/step-0000000050.ckpt"] {
        std::fs::remove_file(run.join(file)).unwrap();
    }
    bench.call("repro runs/tiny").fails(1, &["is not complete", "--resume"]);
    bench.call("run tiny.toml -q --resume").succeeds();
    assert!(bench.call("repro runs/tiny").succeeds().out().contains("identical"));
}

#[test]
fn another_executor_agrees_within_the_tolerance() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let out = bench.call("repro runs/tiny --executor burn").succeeds().out();
    assert!(out.contains("R4: another executor") && out.contains("structure   equal"), "{out}");
    assert!(out.contains("within 1e-3") && out.contains("verdict     within tolerance"), "{out}");
    bench.call("repro runs/tiny --executor brn").fails(2, &["no executor is called `brn`"]);
    // A loss that is farther off than that is a difference.
    edit(&bench, "events.jsonl", |text| {
        let at = text.find("\"event\":\"evaluated\"").unwrap();
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.replacen("\"loss\":", "\"loss\":1", 1))
    });
    bench.call("repro runs/tiny --executor burn").fails(1, &["was not repeated"]);
}

#[test]
fn the_first_event_that_differs_is_named() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let lines: Vec<String> = std::fs::read_to_string(bench.only_run("runs").join("events.jsonl"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let at = lines.iter().position(|line| line.contains("\"event\":\"evaluated\",\"step\":40")).unwrap();
    edit(&bench, "events.jsonl", |text| text.replace(&lines[at], &lines[at].replace("\"loss\":", "\"loss\":9")));
    let answer = bench.call("repro runs/tiny -q").fails(1, &["was not repeated"]);
    let said = format!("first difference: event {}, step 40, `loss`\n  was  9", at + 1);
    assert!(answer.out().contains(&said) && answer.out().contains("verdict     different"), "{}", answer.out());
    let first = bench.call("repro runs/tiny -q --json").fails(1, &[]).json()["comparison"]["first"].clone();
    assert_eq!((&first["event"], &first["step"], &first["place"]), (&(at + 1).into(), &40.into(), &"loss".into()));

    // An event too many, and one too few.
    edit(&bench, "events.jsonl", |_| lines.join("\n") + "\n" + &lines[at] + "\n");
    let out = bench.call("repro runs/tiny -q").fails(1, &["was not repeated"]).out();
    assert!(out.contains(&format!("event {}, step 40\n", lines.len() + 1)) && out.contains("is   null"), "{out}");
    edit(&bench, "events.jsonl", |_| lines[..lines.len() - 1].join("\n") + "\n");
    let out = bench.call("repro runs/tiny -q").fails(1, &["was not repeated"]).out();
    assert!(out.contains(&format!("event {}, step 60", lines.len())) && out.contains("was  null"), "{out}");
}

#[test]
fn weights_that_differ_under_equal_events_are_found() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    bench.call("run tiny.toml -q --seed 2 --out other").succeeds();
    let file = "checkpoints/final.ckpt";
    std::fs::copy(bench.only_run("other").join(file), bench.only_run("runs").join(file)).unwrap();
    let answer = bench.call("repro runs/tiny -q").fails(1, &["was not repeated"]);
    assert!(answer.out().contains("checkpoint  DIFFERS: in weights"), "{}", answer.out());
}

#[test]
fn what_is_not_as_it_was_is_told() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    edit(&bench, "manifest.json", |text| {
        let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        manifest["lock"] = "0123".into();
        manifest["livenet"] = "0.0.9".into();
        manifest["instructions"] = "abacus".into();
        manifest["build"]["tree"] = "changed".into();
        manifest["build"]["features"] = ["cuda"].into();
        manifest.to_string()
    });
    let answer = bench.call("repro runs/tiny -q").succeeds();
    for said in [
        "not the same lock file as when the run was made: it was 0123",
        "not the same version of livenet as when the run was made: it was 0.0.9",
        "not the same instruction set as when the run was made: it was abacus",
        "not the same features as when the run was made: it was cuda",
        "the run's binary was built from sources with changes",
    ] {
        assert!(answer.err().contains(said), "no `{said}` in: {}", answer.err());
    }
    assert!(answer.out().contains("identical"), "{}", answer.out());
    // One of an older livenet says less, and that is told as well.
    edit(&bench, "manifest.json", |text| {
        let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        for key in ["build", "instructions"] {
            manifest.as_object_mut().unwrap().remove(key);
        }
        manifest.to_string()
    });
    let answer = bench.call("repro runs/tiny -q").succeeds();
    assert!(answer.err().contains("not the same compiler as when"), "{}", answer.err());
}

#[test]
fn other_data_are_told_and_give_another_run() {
    let config = TINY
        .replace("[task.digits]\ntrain = 640", "[task.series]\nname = \"mine.csv\"\nwindow = 4\nsettle = 0")
        .replace("uniform = 0.2", "uniform = 1.0")
        .replace("batch = 32", "batch = 4");
    let bench = Bench::new(&config);
    let values = |shift: f64| -> Vec<u8> {
        let lines: Vec<String> = (0..200).map(|at| (f64::from(at) * 0.3 + shift).sin().to_string()).collect();
        lines.join("\n").into_bytes()
    };
    bench.write("mine.csv", &values(0.0));
    bench.call("run tiny.toml -q").succeeds();
    bench.call("repro runs/tiny -q").succeeds();
    bench.write("mine.csv", &values(1.0));
    bench
        .call("repro runs/tiny -q")
        .fails(1, &["not the same data as when the run was made", "not the same as when it was made: data"]);
}

#[cfg(unix)]
#[test]
fn a_repetition_that_is_interrupted_leaves_nothing() {
    let bench =
        Bench::new(&TINY.replace("steps = 60", "steps = 3000").replace("evaluate_every = 20", "evaluate_every = 1"));
    bench.call("run tiny.toml -q").succeeds();
    std::fs::create_dir(bench.path("tmp")).unwrap();
    let mut command = bench.command("repro runs/tiny");
    let mut child =
        command.env("TMPDIR", bench.path("tmp")).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("step ") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before it was interrupted");
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    while lines.read_line(&mut rest).unwrap() > 0 {}
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert_eq!(std::fs::read_dir(bench.path("tmp")).unwrap().count(), 0);
}
