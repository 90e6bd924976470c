//! Sweeps in which something fails or does not fit.

use super::{
    Bench, TINY,
    sweeps::{PAIR, bench, long},
};

#[test]
fn faults_in_the_file_are_named_with_their_place() {
    let cases = [
        ("control", "contol", &["sweep.toml:5:1", "`contol`", "did you mean `control`?"][..]),
        ("control = \"still\"", "control = \"stil\"", &["sweep.toml:5:1: `control`", "did you mean `still`?"][..]),
        ("\"tiny.toml\"", "\"tny.toml\"", &["tny.toml", "cannot be read", "help:"][..]),
        ("\"tiny.toml\"", "3", &["sweep.toml:3:1: `experiment`", "found integer, expected a path"][..]),
        ("seeds = [1, 2]", "seeds = [1, 1]", &["sweep.toml:4:1: `seeds`", "1 stands there twice"][..]),
        ("seeds = [1, 2]", "seeds = []", &["`seeds`", "found none"][..]),
        (
            "test_accuracy",
            "test_acuracy",
            &["sweep.toml:8:1: `metric.name`", "did you mean `metrics.test_accuracy`?"][..],
        ),
        ("\"higher\"", "\"more\"", &["sweep.toml:9:10", "unknown variant `more`"][..]),
        ("name = \"set\"", "name = \"still\"", &["`setting.1.name`", "two settings are called `still`"][..]),
        ("name = \"set\"", "name = \"set\"\nset = { grow = [] }", &["`still` and `set` are the same run"][..]),
        (
            "name = \"set\"",
            "name = \"set\"\narm = \"x\"",
            &["sweep.toml:17:1: `setting.1.arm`", "no arm of the experiment"][..],
        ),
        ("grow = [] }", "\"optim.adam.rte\" = 1 }", &["sweep.toml:13:9: `optim.adam.rte`", "did you mean `rate`?"][..]),
        ("grow = [] }", "\"train.batch\" = 0 }", &["sweep.toml:13:9: `train.batch`", "at least 1"][..]),
    ];
    for (from, to, parts) in cases {
        let bench = bench(TINY, &PAIR.replacen(from, to, 1));
        bench.call("sweep sweep.toml").fails(2, parts);
        assert!(!bench.path("runs").exists(), "{to}: something was written");
    }
    let more = [
        ("[[axis]]\nkey = \"optim.adam.rate\"\n", &["`axis.0.key`", "give `values` or a `range`"][..]),
        (
            "[[axis]]\nkey = \"optim.adam.rate\"\nrange = { from = 1, to = 2 }\n",
            &["`axis.0.range`", "[search.random]"][..],
        ),
        ("[[axis]]\nkey = \"optim.adam.rte\"\nvalues = [1]\n", &["sweep.toml:18:1: `optim.adam.rte`", "`rate`"][..]),
        ("[search.random]\n", &["`search`", "there is no axis to search"][..]),
        (
            "[[axis]]\nkey = \"optim.adam.rate\"\nvalues = [0.1]\n[tune]\nseeds = [2, 3]\n",
            &["`tune.seeds`", "seed 2 is reported as well"][..],
        ),
        (
            "[[axis]]\nkey = \"optim.adam.rate\"\nvalues = [0.1]\n[search.halving]\nrungs = [9, 3]\n",
            &["`search.halving.rungs`", "rising"][..],
        ),
    ];
    for (text, parts) in more {
        let free = PAIR.replace("control = \"still\"\n", "");
        bench(TINY, &format!("{free}\n{text}")).call("sweep sweep.toml").fails(2, parts);
    }
    let bench = bench(TINY, PAIR);
    bench
        .call("sweep sweep.toml --set train.steps=3")
        .fails(2, &["--set train.steps=3", "write --set experiment.train.steps=3"]);
    bench.call("sweep sweep.toml --set experiment.train.stps=3").fails(2, &["stps", "did you mean `steps`?"]);
    bench.call("sweep sweep.toml --timeout 0").fails(2, &["--timeout", "more than 0 seconds"]);
    bench.call("status runs/pair").fails(2, &["is not the directory of a sweep"]);
}

/// Stands where a trial would make its directory, so that it fails.
fn obstruct(bench: &Bench, key: &str) -> std::path::PathBuf {
    let path = bench.path("runs/pair/trials").join(key);
    std::fs::write(&path, "in the way").unwrap();
    path
}

#[test]
fn a_trial_that_fails_leaves_the_others_alone_and_is_taken_up_when_asked_for() {
    let bench = bench(TINY, PAIR);
    // The directory, without a trial.
    bench.call("sweep sweep.toml --emit-commands").succeeds();
    let keys = bench.keys("runs/pair");
    let obstacle = obstruct(&bench, &keys[1]);
    let answer = bench
        .call("sweep sweep.toml")
        .fails(1, &["1 of 4 trials failed", "--retry-failed", "set, seed 1: failed: exit code 2"]);
    assert!(
        answer.out().contains("set, seed 1") && answer.out().contains("is not the directory of a run"),
        "{}",
        answer.out()
    );
    let status = bench.call("status runs/pair --json").succeeds().json();
    assert_eq!([&status["done"], &status["failed"], &status["waiting"]], [3, 1, 0]);
    assert_eq!(status["trials"][1]["failure"], "exit code 2");
    std::fs::remove_file(obstacle).unwrap();
    bench.call("sweep sweep.toml -q").fails(1, &["1 of 4 trials failed"]);
    bench.call("sweep sweep.toml -q --retry-failed").succeeds();
    assert_eq!(bench.call("status runs/pair --json").succeeds().json()["done"], 4);
    assert!(!bench.path("runs/pair/trials").join(format!("{}.failure.json", keys[1])).exists());
}

#[test]
fn a_sweep_that_is_to_fail_fast_begins_nothing_more() {
    let bench = bench(TINY, PAIR);
    bench.call("sweep sweep.toml --emit-commands").succeeds();
    let keys = bench.keys("runs/pair");
    obstruct(&bench, &keys[0]);
    bench.call("sweep sweep.toml --fail-fast --jobs 1").fails(2, &["no trial could be run", "nothing more was begun"]);
    let status = bench.call("status runs/pair --json").succeeds().json();
    assert_eq!([&status["done"], &status["failed"], &status["waiting"]], [0, 1, 3]);
    obstruct(&bench, &keys[2]);
    bench.call("sweep sweep.toml --max-failures 2 --retry-failed --jobs 1").fails(1, &["2 of 4 trials failed"]);
    // What failed before does not count again.
    bench.call("sweep sweep.toml --fail-fast --jobs 1").fails(1, &["2 of 4 trials failed"]);
    let status = bench.call("status runs/pair --json").succeeds().json();
    assert_eq!([&status["done"], &status["failed"], &status["waiting"]], [2, 2, 0]);
}

#[test]
fn a_trial_that_takes_too_long_is_stopped_with_a_checkpoint() {
    let bench = bench(&long(), PAIR);
    bench.call("sweep sweep.toml --timeout 0.001").fails(2, &["stopped after 0.001 s (--timeout)", "4 of 4 failed"]);
    bench.call("sweep sweep.toml -q").fails(2, &["no trial could be run"]);
    bench.call("sweep sweep.toml -q --retry-failed").succeeds();
}

#[test]
fn a_sweep_may_grow_and_not_become_another() {
    let bench = bench(TINY, PAIR);
    bench.call("sweep sweep.toml -q --set seeds=[1]").succeeds();
    let refused = |arguments: &str, parts: &[&str]| {
        bench.call(&format!("sweep sweep.toml -q {arguments}")).fails(2, &[parts, &["nothing was changed"]].concat());
    };
    refused("--set experiment.train.steps=61", &["experiment.train.steps: was 60, is 61"]);
    refused("--set seeds=[2]", &["seeds: was [1], is [2]"]);
    refused("--set metric.better=lower", &["metric.better: was \"higher\", is \"lower\""]);
    refused("--set margin=0.01", &["margin: was absent, is 0.01"]);
    refused("--set setting.1.set.optim.adam.rate=0.1", &["setting.set.set: was absent"]);
    bench.write("tiny.toml", TINY.replace("neurons = 24", "neurons = 25").as_bytes());
    refused("", &["experiment.network.group.hidden.neurons: was 24, is 25"]);
    bench.write("tiny.toml", TINY.as_bytes());
    // Another seed and another setting leave the trials that there are.
    let more =
        PAIR.to_owned() + "\n[[setting]]\nname = \"dense\"\nset = { grow = [], \"network.wiring\" = \"dense\" }\n";
    bench.write("sweep.toml", more.as_bytes());
    let answer = bench.call("sweep sweep.toml").succeeds();
    assert!(answer.err().contains("2 of 6 trials are done"), "{}", answer.err());
    // And they are not taken away again.
    bench.write("sweep.toml", PAIR.as_bytes());
    refused("", &["setting.dense: was"]);
}

#[test]
fn a_trial_is_of_the_plan_that_named_it() {
    let bench = bench(TINY, PAIR);
    bench.call("sweep sweep.toml --emit-commands").succeeds();
    let key = bench.keys("runs/pair")[0].clone();
    let (hash, _) = key.split_once('-').unwrap();
    let config = bench.path(&format!("runs/pair/configs/{hash}.toml"));
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("steps = 60", "steps = 61")).unwrap();
    bench.call(&format!("trial runs/pair {key} -q")).fails(2, &["belongs to another config", hash]);
    assert!(!bench.path("runs/pair/trials").join(&key).exists());
}
