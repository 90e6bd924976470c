//! Running: what is written, what is refused, what is the same.

use super::{Bench, TINY, assert_same};

#[test]
fn a_run_leaves_everything_that_was_promised() {
    let bench = Bench::new(TINY);
    let answer = bench.call("run tiny.toml").succeeds();
    let run = bench.only_run("runs");
    for file in
        ["config.toml", "manifest.json", "events.jsonl", "journal.bin", "timings.jsonl", "report.json", "report.html"]
    {
        assert!(run.join(file).metadata().unwrap().len() > 0, "{file} is empty");
    }
    for stem in ["learning", "size", "wiring", "degrees", "weights", "activity", "lineage"] {
        for ending in ["svg", "png"] {
            assert!(run.join(format!("plots/{stem}.{ending}")).metadata().unwrap().len() > 500, "{stem}.{ending}");
        }
    }
    let checkpoints: Vec<bool> = ["step-0000000000", "step-0000000025", "step-0000000050", "final", "interrupted"]
        .map(|name| run.join(format!("checkpoints/{name}.ckpt")).exists())
        .to_vec();
    assert_eq!(checkpoints, [true, true, true, true, false]);
    assert!(answer.out().contains("test accuracy") && answer.out().contains("runs/tiny/"), "{}", answer.out());
    assert!(answer.err().contains("step 60/60"), "{}", answer.err());

    let report = bench.call("show runs/tiny --json").succeeds().json();
    assert_eq!(report["ending"]["finished"]["steps"], 60);
    assert_eq!((&report["seed"], &report["steps"], &report["neurons"]), (&1.into(), &60.into(), &98.into()));
    assert_eq!(report["dense_connections"], 64 * 24 + 24 * 10);
    assert!(report["metrics"]["test_accuracy"].as_f64().unwrap() > 0.3, "{report}");
    for name in ["connections", "operations", "seconds"] {
        assert!(report[name].as_f64().unwrap() > 0.0, "{name}: {report}");
    }
    assert!(report["metrics"]["test_loss"].is_f64() && report["metrics"]["validation_loss"].is_f64());
}

#[test]
fn without_plots_everything_else_is_there_and_they_can_be_drawn_later() {
    let bench = Bench::new(TINY);
    for (out, pack) in [("alone", ""), ("packed", "--pack")] {
        bench.call(&format!("run tiny.toml -q --no-plots {pack} --out {out}")).succeeds();
        let run = bench.only_run(out);
        assert!(run.join("report.json").exists() && !run.join("plots/learning.svg").exists(), "{out}");
        bench.call(&format!("plot {}", run.display())).succeeds();
        assert!(run.join("plots/learning.svg").exists(), "{out}");
    }
}

#[test]
fn a_second_run_is_refused_and_resume_shows_the_first() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let before = std::fs::read(bench.only_run("runs").join("report.json")).unwrap();
    bench.call("run tiny.toml").fails(2, &["exists already", "--resume", "--out"]);
    let answer = bench.call("run tiny.toml --resume").succeeds();
    assert!(answer.out().contains("test accuracy") && answer.err().contains("is done"), "{}", answer.err());
    assert_eq!(std::fs::read(bench.only_run("runs").join("report.json")).unwrap(), before);
}

#[test]
fn threads_do_not_change_a_bit() {
    // Large enough that work is shared out.
    let config = TINY
        .replace("neurons = 24", "neurons = 200")
        .replace("batch = 32", "batch = 128")
        .replace("steps = 60", "steps = 24");
    let bench = Bench::new(&config);
    for threads in [1, 2, 3] {
        bench.call(&format!("run tiny.toml -q --threads {threads} --out t{threads}")).succeeds();
    }
    assert_same(&bench.only_run("t1"), &bench.only_run("t2"));
    assert_same(&bench.only_run("t1"), &bench.only_run("t3"));
}

#[test]
fn quiet_is_quiet_and_json_is_one_document() {
    let bench = Bench::new(TINY);
    let answer = bench.call("run tiny.toml -q --json --seed 7 --set train.steps=10").succeeds();
    assert_eq!(answer.err(), "");
    let document = answer.json();
    assert_eq!(document["experiment"], "tiny");
    assert_eq!(document["runs"][0]["report"]["seed"], 7);
    assert_eq!(document["runs"][0]["report"]["steps"], 10);
    assert!(document["runs"][0]["path"].as_str().unwrap().ends_with("-s7"));
}

const ARMS: &str = r#"
seeds = [1, 2]
[[arm]]
name = "grown"
[[arm]]
name = "fixed"
set = { "grow" = [] }
[[claim]]
arm = "grown"
metric = "metrics.test_accuracy"
at_least = 0.2
[[claim]]
arm = "fixed"
metric = "connections"
at_most = 3
"#;

#[test]
fn arms_are_compared_and_held_to_their_claims() {
    let (seeds, arms) = ARMS.split_once("[[arm]]").unwrap();
    let config =
        TINY.replace("name = \"tiny\"", &format!("name = \"tiny\"\n{seeds}")).replace("steps = 60", "steps = 30")
            + "[[arm]]"
            + arms;
    let bench = Bench::new(&config);
    let answer = bench.call("run tiny.toml --check").fails(1, &["1 of 2 claims"]);
    assert_eq!(bench.runs("runs").len(), 4);
    let out = answer.out();
    assert!(out.contains("claim met: grown: median metrics.test_accuracy is 0."), "{out}");
    assert!(out.contains("claim NOT met: fixed: median connections is"), "{out}");
    let ends: Vec<String> = std::fs::read_dir(bench.path("runs/tiny"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for ending in ["svg", "png", "html"] {
        assert!(ends.iter().any(|name| name.starts_with("comparison-") && name.ends_with(ending)), "{ends:?}");
    }
    // Only what is asked for.
    let one = bench.call("run tiny.toml --arm fixed --seed 2 --out one -q").succeeds();
    assert_eq!(bench.runs("one").len(), 1, "{}", one.out());
    bench.call("run tiny.toml --arm fixd").fails(2, &["the arms are grown, fixed", "did you mean `fixed`?"]);
}

#[test]
fn a_diverging_run_ends_as_such_and_names_the_neuron() {
    let config = TINY.replace("[optim.adam]\nrate = 0.01", "[optim.sgd]\nrate = 1e30");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml").fails(1, &["diverged", " of n", "1 of 1 runs diverged"]);
    let report = bench.call("show runs/tiny --json").succeeds().json();
    assert!(report["ending"]["diverged"]["what"].as_str().unwrap().contains("became"), "{report}");
}

#[test]
fn a_run_that_diverges_while_it_is_looked_at_ends_as_such_and_the_next_seed_runs() {
    let dense = TINY.replace("{ uniform = 0.2 }", "\"dense\"");
    let sgd = |rate: &str| dense.replace("[optim.adam]\nrate = 0.01", &format!("[optim.sgd]\nrate = {rate}"));
    let last = sgd("1e20").replace("steps = 60", "steps = 1");
    let early = sgd("1e19").replace("evaluate_every = 20", "evaluate_every = 1");
    for config in [last, early] {
        let bench = Bench::new(&config.replace("[task.digits]", "seeds = [1, 2]\n[task.digits]"));
        bench.call("run tiny.toml -q").fails(1, &["2 of 2 runs diverged"]);
        for run in bench.runs("runs") {
            let report = bench.call(&format!("show {} --json", run.display())).succeeds().json();
            assert!(report["ending"]["diverged"]["what"].as_str().unwrap().contains("became"), "{report}");
            assert!(report["metrics"]["test_loss"].is_null(), "{report}");
        }
        bench.call("run tiny.toml -q --resume").fails(1, &["2 of 2 runs diverged"]);
    }
}

/// A config over a series of the user's own, and 200 of its values.
fn series() -> (String, Vec<f64>) {
    let config = TINY
        .replace("[task.digits]\ntrain = 640", "[task.series]\nname = \"data/mine.csv\"\nwindow = 4\nsettle = 0")
        .replace("neurons = 24", "neurons = 24\nunit = \"linear\"")
        .replace("uniform = 0.2", "uniform = 1.0")
        .replace("batch = 32", "batch = 4");
    (config, (0..200).map(|at| (f64::from(at) * 0.3).sin()).collect())
}

fn csv(values: &[f64]) -> Vec<u8> {
    let lines: Vec<String> = values.iter().map(ToString::to_string).collect();
    lines.join("\n").into_bytes()
}

#[test]
fn a_run_that_diverges_on_the_test_part_alone_ends_as_such() {
    let (config, mut values) = series();
    values[195] = 2e38;
    let bench = Bench::new(&config);
    std::fs::create_dir(bench.path("data")).unwrap();
    bench.write("data/mine.csv", &csv(&values));
    bench.call("run tiny.toml -q").fails(1, &["1 of 1 runs diverged"]);
    let report = bench.call("show runs/tiny --json").succeeds().json();
    assert_eq!(report["ending"]["diverged"]["step"], 60, "{report}");
    assert!(report["metrics"]["validation_loss"].is_f64() && report["metrics"]["test_loss"].is_null(), "{report}");
}

#[test]
fn a_run_is_over_the_data_that_it_began_with() {
    let (config, mut values) = series();
    let bench = Bench::new(&config);
    std::fs::create_dir_all(bench.path("data")).unwrap();
    bench.write("data/mine.csv", &csv(&values));
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    let here = bench.call("show runs/tiny --at 20 --json").succeeds().json();
    // The file is found from wherever the command is given, and the run keeps its name.
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    let from = |arguments: &str| {
        let mut command = bench.command(arguments);
        command.current_dir(bench.path("elsewhere")).output().unwrap()
    };
    let answer = from("show ../runs/tiny --at 20 --json");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&answer.stdout).unwrap(), here);
    let answer = from("run ../tiny.toml --out ../runs --resume");
    assert!(String::from_utf8_lossy(&answer.stderr).contains("is done"), "{answer:?}");

    values[3] += 1.0;
    bench.write("data/mine.csv", &csv(&values));
    let other = &["was made with other data", "nothing was changed"];
    bench.call("show runs/tiny --at 20").fails(2, other);
    bench.call("run tiny.toml --resume").fails(2, other);
    std::fs::remove_file(run.join("report.json")).unwrap();
    let events = std::fs::read(run.join("events.jsonl")).unwrap();
    bench.call("run tiny.toml --resume").fails(2, other);
    assert_eq!(std::fs::read(run.join("events.jsonl")).unwrap(), events);
}
