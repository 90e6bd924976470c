//! Packs: several runs in one process, each with the files that it would write by itself.

use super::{Bench, TINY};
use livenet_experiments::run::{Checkpoint, RunDirectory};
use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const SEEDS: &str = "seeds = [1, 2, 3, 4, 5]\n[task.digits]";

/// Single samples through one sparse wiring for all seeds, with another cycle heard: lanes until a strategy changes it.
fn stream(optim: &str) -> String {
    TINY.replace("[task.digits]", SEEDS)
        .replace("wiring = { uniform = 0.2 }", "wiring = { uniform = 0.3 }\nwiring_seed = 9")
        .replace("reach = { groups = [\"input\"] }", "reach = { groups = [\"input\", \"hidden\"] }")
        .replace("batch = 32", "batch = 1")
        .replace("steps = 60", "steps = 150")
        .replace("evaluate_every = 20", "evaluate_every = 40")
        .replace("when = { every = { steps = 10 } }", "when = { once = { at = 100 } }")
        .replace("[optim.adam]\nrate = 0.01", optim)
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        let entries = match std::fs::read_dir(&here) {
            // One that a run which is still at it has given its name.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && here != folder => continue,
            entries => entries.unwrap(),
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

/// The same files with the same bytes, times apart.
#[track_caller]
fn assert_same_files(one: &Path, other: &Path) {
    assert_eq!(files(one), files(other));
    for file in files(one) {
        let [a, b] = [one, other].map(|folder| std::fs::read(folder.join(&file)).unwrap());
        let name = file.display();
        match file.extension().and_then(|ending| ending.to_str()) {
            // The page shows seconds.
            Some("html") => {}
            _ if file.ends_with("timings.jsonl") => {
                assert_eq!(a.split(|byte| *byte == b'\n').count(), b.split(|byte| *byte == b'\n').count(), "{name}");
            }
            _ if file.ends_with("report.json") => {
                let [mut a, mut b] = [a, b].map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
                for report in [&mut a, &mut b] {
                    report["seconds"] = 0.into();
                }
                assert_eq!(a, b, "{name}");
            }
            Some("ckpt") => {
                let [a, b] = [one, other].map(|folder| {
                    let directory = RunDirectory::open(folder).unwrap();
                    let mut checkpoint = Checkpoint::read(&directory, file.to_str().unwrap()).unwrap();
                    checkpoint.seconds = 0.0;
                    checkpoint.encode(Path::new("")).unwrap()
                });
                assert!(a == b, "{name} differs");
            }
            _ => assert!(a == b, "{name} differs"),
        }
    }
}

#[track_caller]
fn assert_same_runs(bench: &Bench, one: &str, other: &str) {
    let (ones, others) = (bench.runs(one), bench.runs(other));
    assert_eq!(ones.len(), others.len());
    for (one, other) in ones.iter().zip(&others) {
        assert_eq!(one.file_name(), other.file_name());
        assert_same_files(one, other);
    }
}

#[test]
fn a_pack_writes_the_files_of_each_run_alone_whatever_the_threads() {
    // With one thread there are enough seeds for lanes, with two or three there are not.
    let few = TINY.replace("[task.digits]", "seeds = [1, 2, 3]\n[task.digits]");
    let many = stream("[optim.adam]\nrate = 0.001").replace("seeds = [1, ", "seeds = [9, 8, 7, 1, ");
    for (config, threads) in [(few, &[2][..]), (stream("[optim.sgd]\nrate = 0.01"), &[1, 3]), (many, &[1])] {
        let bench = Bench::new(&config);
        bench.call("run tiny.toml -q --threads 1 --out alone").succeeds();
        for threads in threads {
            bench.call(&format!("run tiny.toml -q --pack --threads {threads} --out pack{threads}")).succeeds();
            assert_same_runs(&bench, "alone", &format!("pack{threads}"));
        }
        let again = bench.call(&format!("run tiny.toml --pack --out pack{} --resume", threads[0])).succeeds();
        assert_eq!(again.err().matches("is done").count(), bench.runs("alone").len(), "{}", again.err());
    }
}

#[test]
fn seeds_with_one_wiring_have_weights_of_their_own() {
    let bench = Bench::new(&stream("[optim.sgd]\nrate = 0.01"));
    bench.call("run tiny.toml -q --pack --set train.steps=1").succeeds();
    let states: Vec<_> = bench
        .runs("runs")
        .iter()
        .map(|run| Checkpoint::read(&RunDirectory::open(run).unwrap(), &Checkpoint::name(0)).unwrap().state)
        .collect();
    assert!(states.windows(2).all(|pair| pair[0].network == pair[1].network));
    assert!(states.windows(2).all(|pair| pair[0].executor.weights != pair[1].executor.weights));
    // Without it, every seed has a wiring of its own.
    bench.write("tiny.toml", stream("[optim.sgd]\nrate = 0.01").replace("wiring_seed = 9", "").as_bytes());
    bench.call("run tiny.toml -q --pack --set train.steps=1 --out own").succeeds();
    let structure = |run: &PathBuf| std::fs::read(run.join("journal.bin")).unwrap();
    let runs = bench.runs("own");
    assert!(runs.windows(2).all(|pair| structure(&pair[0]) != structure(&pair[1])));
}

#[test]
fn an_interrupted_pack_leaves_a_checkpoint_in_every_run_and_is_completed() {
    // Steps wait for the disk, so that the signal comes before the end.
    let [few, lanes] = [
        TINY.replace("[task.digits]", "seeds = [1, 2, 3]\n[task.digits]").replace("steps = 60", "steps = 300"),
        stream("[optim.sgd]\nrate = 0.01").replace("steps = 150", "steps = 300"),
    ];
    for (config, every) in [(few, 1), (lanes, 5)] {
        let config = config.replace("checkpoint_every = 25", &format!("checkpoint_every = {every}"));
        let bench = Bench::new(&config);
        bench.call("run tiny.toml -q --out whole --set train.checkpoint_every=1000").succeeds();
        let mut command = bench.command("run tiny.toml --pack --threads 1 --out cut");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("/300") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended early");
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        while lines.read_line(&mut rest).unwrap() > 0 {}
        assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
        assert!(rest.contains("run tiny.toml --pack --threads 1 --out cut --resume"), "{rest}");
        let runs = bench.runs("cut");
        let stopped = |run: &&PathBuf| run.join("checkpoints/interrupted.ckpt").exists();
        assert!(runs.iter().any(|run| stopped(&run)));
        assert!(runs.iter().all(|run| run.join("report.json").exists() != stopped(&run)));
        bench.call("run tiny.toml -q --pack --out cut --resume").succeeds();
        for (whole, cut) in bench.runs("whole").iter().zip(bench.runs("cut")) {
            super::assert_same(whole, &cut);
        }
    }
}

#[test]
fn a_pack_that_is_killed_is_completed_by_the_same_command() {
    let config = stream("[optim.sgd]\nrate = 0.01").replace("steps = 150", "steps = 400");
    let bench = Bench::new(&config.replace("checkpoint_every = 25", "checkpoint_every = 5"));
    bench.call("run tiny.toml -q --out whole --set train.checkpoint_every=1000").succeeds();
    let mut command = bench.command("run tiny.toml --pack --out cut --threads 1");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("/400") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bench.call("run tiny.toml -q --pack --out cut --resume").succeeds();
    for (whole, cut) in bench.runs("whole").iter().zip(bench.runs("cut")) {
        super::assert_same(whole, &cut);
    }
}

#[test]
fn whoever_diverges_ends_as_alone_and_the_others_go_on() {
    for rate in ["1.3", "1e30"] {
        let bench = Bench::new(&stream(&format!("[optim.sgd]\nrate = {rate}")));
        let alone = bench.call("run tiny.toml -q --threads 1 --out alone");
        let pack = bench.call("run tiny.toml -q --pack --threads 1 --out pack");
        assert_eq!((alone.code(), alone.err().lines().last()), (pack.code(), pack.err().lines().last()));
        assert_same_runs(&bench, "alone", "pack");
    }
}

#[test]
fn a_run_that_cannot_go_on_does_not_stop_the_others() {
    let bench = Bench::new(&TINY.replace("[task.digits]", SEEDS));
    bench.call("run tiny.toml -q --pack --seed 3").succeeds();
    let run = bench.only_run("runs");
    std::fs::remove_file(run.join("report.json")).unwrap();
    for entry in std::fs::read_dir(run.join("checkpoints")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    bench.call("run tiny.toml --pack").fails(2, &["exists already"]);
    bench.call("run tiny.toml -q --pack --resume").fails(2, &["checkpoint"]);
    let done = bench.runs("runs").iter().filter(|run| run.join("report.json").exists()).count();
    assert_eq!((bench.runs("runs").len(), done), (5, 4));
}

/// Two settings, of which one diverges in some seeds, over five seeds.
const SWEEP: &str = r#"
name = "pair"
experiment = "tiny.toml"
seeds = [1, 2, 3, 4, 5]
control = "slow"

[metric]
name = "metrics.test_accuracy"
better = "higher"

[[setting]]
name = "slow"

[[setting]]
name = "fast"
set = { "optim.sgd.rate" = 0.02 }
"#;

fn swept(config: &str) -> Bench {
    let bench = Bench::new(&config.replace("seeds = [1, 2, 3, 4, 5]\n", ""));
    bench.write("sweep.toml", SWEEP.as_bytes());
    bench
}

#[test]
fn a_sweep_in_packs_is_the_sweep() {
    let bench = swept(&stream("[optim.sgd]\nrate = 0.01"));
    bench.call("sweep sweep.toml -q --out alone").succeeds();
    let answer = bench.call("sweep sweep.toml --pack --out pack").succeeds();
    assert!(answer.err().contains("10 of 10"), "{}", answer.err());
    for key in bench.keys("alone/pair") {
        let [one, other] = ["alone", "pack"].map(|out| bench.path(&format!("{out}/pair/trials/{key}")));
        assert_same_files(&one, &other);
    }
    let [one, other] = ["alone/pair", "pack/pair"].map(|sweep| super::sweeps::own_files(&bench.path(sweep)));
    assert!(one == other, "the sweeps differ");
    bench.call("sweep sweep.toml --pack --emit-commands").fails(2, &["--pack"]);
}

#[test]
fn a_sweep_in_packs_that_is_killed_is_completed_by_the_same_command() {
    let config = stream("[optim.sgd]\nrate = 0.01").replace("steps = 150", "steps = 400");
    let bench = swept(&config.replace("checkpoint_every = 25", "checkpoint_every = 5"));
    let mut child = bench.start("sweep sweep.toml -q --pack --jobs 1");
    super::sweeps::until(|| {
        let trials = bench.path("runs/pair/trials");
        trials.exists() && files(&trials).iter().any(|file| file.ends_with("step-0000000050.ckpt"))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    // The child that it leaves behind ends with a checkpoint; or is still at it, and is waited for.
    bench.call("sweep sweep.toml -q --pack").succeeds();
    bench.call("sweep sweep.toml -q --out alone").succeeds();
    for key in bench.keys("alone/pair") {
        let [one, other] = ["alone", "runs"].map(|out| bench.path(&format!("{out}/pair/trials/{key}")));
        super::assert_same(&one, &other);
    }
}

#[test]
fn a_trial_that_fails_in_a_pack_does_not_stop_the_others() {
    let bench = swept(&stream("[optim.sgd]\nrate = 0.01"));
    bench.call("sweep sweep.toml -q --pack").succeeds();
    let keys = bench.keys("runs/pair");
    let spoiled = bench.path(&format!("runs/pair/trials/{}", keys[2]));
    for key in &keys[1..4] {
        let trial = bench.path(&format!("runs/pair/trials/{key}"));
        std::fs::remove_file(trial.join("report.json")).unwrap();
    }
    for file in files(&spoiled).iter().filter(|file| file.extension().is_some_and(|ending| ending == "ckpt")) {
        std::fs::remove_file(spoiled.join(file)).unwrap();
    }
    bench.call("sweep sweep.toml -q --pack").fails(1, &["1 of 10 trials failed"]);
    let done = |key: &String| bench.path(&format!("runs/pair/trials/{key}/report.json")).exists();
    assert_eq!(keys.iter().map(done).filter(|done| *done).count(), 9);
    // It is not taken up again unasked.
    bench.call("sweep sweep.toml -q --pack").fails(1, &["1 of 10 trials failed"]);
    std::fs::remove_dir_all(&spoiled).unwrap();
    bench.call("sweep sweep.toml -q --pack --retry-failed").succeeds();
}
