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
        (
            "steps = 60",
            "epochs = 9000000000000000000",
            &["tiny.toml:16:1", "train.epochs", "more than can be counted"][..],
        ),
        ("groups = [\"input\"]", "groups = [\"input\"], within = nan", &["tiny.toml:13:", "within", "found NaN"][..]),
        ("groups = [\"input\"]", "groups = [\"input\"], within = 1e39", &["reach.within", "found inf"][..]),
        ("groups = [\"input\"]", "groups = [\"input\"], within = -1", &["reach.within", "at least 0"][..]),
        ("{ every = { steps = 10 } }", "{ below = { metric = inf } }", &["grow.0.when.below.metric", "found inf"][..]),
        ("uniform = 0.2", "count = 1777", &["network.wiring", "1777 connections", "1776 pairs"][..]),
        (
            "neurons = 24",
            "neurons = 4000000000",
            &["tiny.toml:12:1", "network.group.0.neurons", "at most 10000000"][..],
        ),
        (
            "neurons = 24",
            "neurons = 9000000",
            &["tiny.toml:12:1", "765 samples side by side in the validation part"][..],
        ),
        (
            "{ uniform = 0.2 }\n\n[[network.group]]\nname = \"hidden\"\nneurons = 24",
            "\"dense\"\n\n[[network.group]]\nname = \"hidden\"\nneurons = 9000000",
            &["tiny.toml:8:1", "network.wiring", "666000000 connections", "at most 200000000"][..],
        ),
        ("rate = 0.01", "rate = 0.01\nbeta1 = 1.0", &["optim.adam.beta1", "below 1"][..]),
        ("rate = 0.01", "rate = 0.01\nbeta2 = -0.1", &["optim.adam.beta2", "below 1"][..]),
        ("rate = 0.01", "rate = 0.01\nepsilon = 0.0", &["optim.adam.epsilon", "above 0"][..]),
        ("rate = 0.01", "rate = 0.01\nshape = { cosine = { to = -1.0 } }", &["shape.cosine.to", "at least 0"][..]),
        ("[optim.adam]", "[optim.rmsprop]\nalpha = 1.5", &["optim.rmsprop.alpha", "below 1"][..]),
        ("[optim.adam]", "[optim.adamw]\ndecay = -1.0", &["optim.adamw.decay", "at least 0"][..]),
        ("steps = 60", "steps = 60\npasses = { clip_norm = 0.0 }", &["train.passes.clip_norm", "above 0"][..]),
        ("steps = 60", "steps = 60\npasses = { clip_value = -1.0 }", &["train.passes.clip_value", "above 0"][..]),
        ("steps = 60", "steps = 60\npasses = { noise = -1.0 }", &["train.passes.noise", "at least 0"][..]),
        (
            "steps = 60",
            "steps = 60\npasses = { group_lasso_newborns = 9 }",
            &["train.passes.group_lasso_newborns", "give `group_lasso` its coefficient"][..],
        ),
        (
            "steps = 60",
            "steps = 60\ndropout_blames_silent = true",
            &["train.dropout_blames_silent", "without `dropout`"][..],
        ),
        ("steps = 60", "steps = 60\npasses = { group_lasso = -1.0 }", &["train.passes.group_lasso", "at least 0"][..]),
        ("steps = 60", "steps = 60\npasses = { decay = -1.0 }", &["train.passes.decay", "at least 0"][..]),
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
    bench.call("run tiny.toml --threads 1025").fails(2, &["--threads 1025", "at most 1024"]);
    // Of several, the one at fault is named with its text, whether its key or its value is wrong.
    let several = "run tiny.toml --set seeds=[2] --set";
    bench.call(&format!("{several} optim.adam.rte=1")).fails(2, &["`--set optim.adam.rte=1`", "`rte`"]);
    bench.call(&format!("{several} train.batch=0 --set train.memory=4")).fails(2, &["`--set train.batch=0`"]);
    bench.call(&format!("{several} network.group.0.reach.within=nan")).fails(2, &["reach.within=nan`", "found NaN"]);
    bench.call(&format!("{several} grow.0.steps=nan")).fails(2, &["`--set grow.0.steps=nan`", "`grow.0.steps`"]);
    assert!(!bench.path("runs").exists());
    bench.call("show nowhere").fails(2, &["nowhere", "is not the directory of a run"]);
    bench.call("cite sett").fails(2, &["did you mean `set`?"]);
    bench.call("data fetch nothing").fails(1, &["no data set is called `nothing`"]);
    bench.call("wander").fails(2, &["unrecognized subcommand"]);
}

#[test]
fn faults_in_lists_and_arms_are_named_with_their_own_place() {
    let line = |text: &str, of: &str| 1 + text[..text.find(of).unwrap()].matches('\n').count();
    let more = "[[grow]]\nstrategy = \"rigl\"\nsettings = { nothing = 1 }\n";
    let text = format!("{TINY}\n{more}");
    let place = format!("tiny.toml:{}:1: `grow.1.settings`", line(&text, "settings = { nothing"));
    Bench::new(&text).call("run tiny.toml").fails(2, &[&place]);

    let group =
        "[[network.group]]\nname = \"second\"\nneurons = 3\nunit = \"rleu\"\nreach = { groups = [\"hidden\"] }\n";
    let text = TINY.replace("[train]", &format!("{group}\n[train]"));
    let place = format!("tiny.toml:{}:1: `network.group.1.unit`", line(&text, "unit = \"rleu\""));
    Bench::new(&text).call("run tiny.toml").fails(2, &[&place, "did you mean `relu`?"]);

    for (set, key) in [
        ("\"network.group.0.unit\" = \"rleu\"", "network.group.0.unit"),
        ("\"network.group.0.neurons\" = 0.5", "network.group.0.neurons"),
        ("grow = [{ strategy = \"rigll\" }]", "grow.0.strategy"),
        ("\"train.dropout\" = 1.5", "train.dropout"),
        ("\"grow.5.strategy\" = \"set\"", "grow.5.strategy"),
    ] {
        let text = format!("{TINY}\n[[arm]]\nname = \"a\"\n\n[[arm]]\nname = \"b\"\nset = {{ {set} }}\n");
        let place = format!("tiny.toml:{}:9: `{key}`", line(&text, "set = {"));
        Bench::new(&text).call("run tiny.toml").fails(2, &[&place]);
    }
}

#[test]
fn a_loss_that_compares_outputs_needs_two_of_them() {
    let text = TINY
        .replace("[task.digits]\ntrain = 640", "[task.xor]")
        .replace("[train]", "[train]\nloss = \"cross_entropy\"");
    Bench::new(&text).call("run tiny.toml").fails(2, &["train.loss", "this task has one", "binary_cross_entropy"]);
    // It takes any batch, and one that no memory holds is refused before it is made.
    let text = TINY.replace("[task.digits]\ntrain = 640", "[task.xor]").replace("batch = 32", "batch = 4000000000");
    Bench::new(&text).call("run tiny.toml").fails(2, &["train.batch", "4000000000 samples side by side"]);
}

#[test]
fn a_journal_that_lost_its_end_is_not_called_whole() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    let path = run.join("journal.bin");
    let whole = std::fs::read(&path).unwrap();
    // Within the seal, all of it (a number of length and kind, a check byte, 32 bytes and their tag), within entries.
    for lost in [1, 31, 32, 40, 66, 67, 80, 200, whole.len() / 2] {
        std::fs::write(&path, &whole[..whole.len() - lost]).unwrap();
        bench.call("replay runs/tiny").fails(1, &["journal.bin is damaged", "where the run ended with"]);
    }
    std::fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    bench.call("replay runs/tiny").fails(1, &["journal.bin is damaged"]);
    // A run that was killed may have a torn end; what its last checkpoint counts must be there.
    for file in ["report.json", "checkpoints/final.ckpt"] {
        std::fs::remove_file(run.join(file)).unwrap();
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let answer = bench.call("replay runs/tiny").succeeds();
    assert!(answer.err().contains("writing was interrupted"), "{}", answer.err());
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    bench.call("replay runs/tiny").fails(1, &["journal.bin is damaged", "its last checkpoint counts"]);
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
    bench.write("huge.csv", vec!["3e38"; 64].join(",").as_bytes());
    let answer = bench.call("predict runs/tiny --input huge.csv").fails(1, &["inputs are too large", "scale them"]);
    assert!(!answer.err().contains("learning rate"), "{}", answer.err());
    bench.call("predict runs/tiny --input row.csv --reset-every 4").fails(2, &["--reset-every is for tasks over time"]);
}
