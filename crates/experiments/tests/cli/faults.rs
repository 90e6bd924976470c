//! Bad input: a clear message each, the right exit code, nothing overwritten.

use super::{Bench, TINY};

#[test]
fn faults_in_the_file_are_named_with_their_place() {
    let cases = [
        (
            "evaluate_every",
            "evalute_every",
            &["tiny.toml:18:1", "`evalute_every`", "did you mean `evaluate_every`?"][..],
        ),
        ("[task.digits]", "[task.digit]", &["tiny.toml:4:", "no task is called `digit`", "did you mean `digits`?"][..]),
        ("strategy = \"set\"", "strategy = \"sett\"", &["tiny.toml", "sett", "set"][..]),
        ("train = 640", "tran = 640", &["tiny.toml:4:", "tran", "train"][..]),
        ("groups = [\"input\"]", "groups = []", &["no path of reach leads from the inputs to the outputs"][..]),
        ("neurons = 24", "neurons = 0", &["no path of reach"][..]),
        ("batch = 32", "batch = 0", &["train.batch", "at least 1"][..]),
        ("rate = 0.01", "rate = 0.01\nbeta = 0.5", &["optim.adam.beta", "no such constant"][..]),
        ("train = 640", "train = 16", &["training samples: 16, but 32 are needed"][..]),
        ("steps = 10 }", "steps = 0 }", &["grow.0.when", "steps = 0"][..]),
        ("strategy = \"set\"", "strategy = \"set\"\nbudget = { edits = 0 }", &["grow.0.budget", "allows 0 edits"][..]),
        ("uniform = 0.2", "uniform = 1.2", &["network.wiring", "a share of 1.2"][..]),
        ("steps = 60", "epochs = 3\nsteps = 60", &["both `steps` and `epochs`"][..]),
    ];
    for (from, to, parts) in cases {
        let bench = Bench::new(&TINY.replacen(from, to, 1));
        bench.call("run tiny.toml").fails(2, parts);
        assert!(!bench.path("runs").exists(), "{to}: something was written");
    }
}

#[test]
fn faults_in_the_command_are_named() {
    let bench = Bench::new(TINY);
    bench.call("run missing.toml").fails(2, &["missing.toml", "cannot be read", "help:"]);
    bench.call("run tiny.toml --set optim.adam.rte=1").fails(2, &["optim.adam", "did you mean `rate`?"]);
    bench.call("run tiny.toml --executor natve").fails(2, &["no executor is called `natve`", "native"]);
    bench.call("run tiny.toml --threads 0").fails(2, &["--threads"]);
    bench.call("show nowhere").fails(2, &["nowhere", "is not the directory of a run"]);
    bench.call("cite sett").fails(2, &["did you mean `set`?"]);
    bench.call("data fetch nothing").fails(1, &["no data set is called `nothing`"]);
    bench.call("wander").fails(2, &["unrecognized subcommand"]);
}

#[test]
fn missing_data_say_how_to_get_them() {
    let bench = Bench::new(&TINY.replace("[task.digits]", "[task.mnist]"));
    let answer = bench
        .command("run tiny.toml")
        .env("LIVENET_DATA", bench.path("empty"))
        .env("HOME", bench.path("home"))
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&answer.stderr);
    assert_eq!(answer.status.code(), Some(2), "{err}");
    assert!(err.contains("livenet data fetch mnist") && err.contains("LIVENET_DATA"), "{err}");
}

#[test]
fn a_directory_of_another_config_is_left_alone() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    let manifest = std::fs::read_to_string(run.join("manifest.json")).unwrap();
    let hash = run.file_name().unwrap().to_str().unwrap().strip_suffix("-s1").unwrap().to_owned();
    let other = manifest.replace(&hash, "0123456789ab");
    assert_ne!(manifest, other);
    std::fs::write(run.join("manifest.json"), other).unwrap();
    let events = std::fs::read(run.join("events.jsonl")).unwrap();
    bench
        .call("run tiny.toml --resume")
        .fails(2, &["belongs to another config", "0123456789ab", "nothing was changed"]);
    std::fs::remove_file(run.join("report.json")).unwrap();
    bench.call("run tiny.toml --resume").fails(2, &["belongs to another config"]);
    bench.call("show runs/tiny --at 10").fails(2, &["belongs to another config"]);
    assert_eq!(std::fs::read(run.join("events.jsonl")).unwrap(), events);
}

#[test]
fn damaged_files_are_named() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    let break_at = |name: &str, at: fn(usize) -> usize| {
        let path = run.join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let at = at(bytes.len());
        bytes[at] ^= 0x55;
        std::fs::write(&path, bytes).unwrap();
        move || std::fs::write(&path, whole).unwrap()
    };
    bench.write("row.csv", vec!["0.5"; 64].join(",").as_bytes());

    let mend = break_at("checkpoints/final.ckpt", |length| length / 2);
    bench.call("predict runs/tiny --input row.csv").fails(1, &["final.ckpt is damaged", "digest"]);
    mend();
    let mend = break_at("journal.bin", |length| length / 2);
    bench.call("replay runs/tiny").fails(1, &["journal.bin is damaged"]);
    bench.call("plot runs/tiny").fails(1, &["journal.bin is damaged"]);
    mend();
    let mend = break_at("events.jsonl", |_| 2);
    bench.call("explain runs/tiny --at 10").fails(1, &["events.jsonl is damaged", "line 1"]);
    mend();
    let mend = break_at("report.json", |_| 0);
    bench.call("show runs/tiny").fails(1, &["report.json is damaged"]);
    mend();
    let mend = break_at("config.toml", |_| 0);
    bench.call("predict runs/tiny --input row.csv").fails(2, &["config.toml:1:1"]);
    mend();
    bench.call("replay runs/tiny").succeeds();
    bench.call("predict runs/tiny --input row.csv").succeeds();
}

#[test]
fn inputs_to_predict_must_fit() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    bench.write("short.csv", b"1,2,3\n");
    bench.write("words.csv", format!("{}\n{},x\n", vec!["1"; 64].join(","), vec!["1"; 63].join(",")).as_bytes());
    bench.write("nan.csv", format!("{},NaN\n", vec!["1"; 63].join(",")).as_bytes());
    bench.call("predict runs/tiny --input short.csv").fails(1, &["short.csv", "3", "64"]);
    bench.call("predict runs/tiny --input words.csv").fails(1, &["words.csv", "x"]);
    bench.call("predict runs/tiny --input nan.csv").fails(1, &["nan.csv"]);
    bench.call("predict runs/tiny --input none.csv").fails(1, &["none.csv"]);
    bench.call("predict runs/tiny --input short.csv --at 61").fails(1, &["short.csv"]);
    bench.write("row.csv", vec!["0.5"; 64].join(",").as_bytes());
    bench.call("predict runs/tiny --input row.csv --at 61").fails(2, &["ends at step 60"]);
    bench.call("predict runs/tiny --input row.csv --reset-every 4").fails(2, &["--reset-every is for tasks over time"]);
}
