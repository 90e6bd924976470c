//! Reading runs: report, network at a step, predictions, journal, reasons, citations.

use super::{Bench, TINY};
use livenet_experiments::{
    data,
    run::{Checkpoint, RunDirectory},
};
use std::{fmt::Write as _, process::Stdio};

/// Each cell of a CSV answer without its header.
fn cells(text: &str) -> Vec<Vec<f32>> {
    text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

#[test]
fn predictions_on_the_test_rows_give_the_test_accuracy() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let digits = data::digits::load().unwrap();
    let test = digits.test();
    let mut csv = String::new();
    for row in 0..test.len() {
        let texts: Vec<String> = digits.row(test, row).iter().map(|value| format!("{value:?}")).collect();
        writeln!(csv, "{}", texts.join(",")).unwrap();
    }
    bench.write("test.csv", csv.as_bytes());
    let answer = bench.call("predict runs/tiny --input test.csv").succeeds();
    assert!(answer.out().starts_with("class_0,class_1,") && answer.err().is_empty(), "{}", answer.err());
    let rows = cells(&answer.out());
    assert_eq!(rows.len(), test.len());
    let right = rows.iter().zip(test.labels()).filter(|(row, label)| {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{row:?}");
        row[**label as usize] == row.iter().copied().fold(f32::MIN, f32::max)
    });
    let accuracy = right.count() as f64 / rows.len() as f64;
    let report = bench.call("show runs/tiny --json").succeeds().json();
    assert_eq!(report["metrics"]["test_accuracy"].as_f64().unwrap(), accuracy);
    // The tested network is the last one here, so --at the last step answers the same.
    assert_eq!(bench.call("predict runs/tiny --input test.csv --at 60").succeeds().out(), answer.out());
    assert_ne!(bench.call("predict runs/tiny --input test.csv --at 20").succeeds().out(), answer.out());
}

#[test]
fn rows_of_a_table_are_predicted_in_its_own_units() {
    let table = r#"name = "tiny"

[task.table]
name = "grain.csv"

[network]
wiring = "dense"

[train]
steps = 200
batch = 16

[optim.adam]
rate = 0.05
"#;
    let bench = Bench::new(table);
    // Grams, far from the deviations of one that the network hears.
    let row = |at: i32| format!("{},{}", 5000 + at, if at < 100 { "light" } else { "heavy" });
    let rows = (0..200).map(row).collect::<Vec<_>>().join("\n");
    bench.write("grain.csv", format!("weight,kind\n{rows}").as_bytes());
    bench.call("run tiny.toml -q").succeeds();
    bench.write("new.csv", b"weight\n5010\n5190\n");
    let answer = bench.call("predict runs/tiny --input new.csv").succeeds().out();
    assert!(answer.starts_with("class_heavy,class_light\n"), "{answer}");
    let found = cells(&answer);
    assert!(found[0][1] > 0.9 && found[1][0] > 0.9, "{answer}");
    bench.write("new.csv", b"height\n5010\n");
    bench.call("predict runs/tiny --input new.csv").fails(1, &["new.csv", "no column `weight`; it has height"]);
}

#[test]
fn the_network_at_a_step_is_the_one_that_was() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = RunDirectory::open(&bench.only_run("runs")).unwrap();
    let near = bench.call("show runs/tiny --at 50 --json").succeeds().json();
    let state = Checkpoint::read(&run, &Checkpoint::name(50)).unwrap().state;
    let weights: Vec<f32> =
        near["connections"].as_array().unwrap().iter().map(|each| each["weight"].as_f64().unwrap() as f32).collect();
    assert_eq!(weights, state.executor.weights);
    assert_eq!(near["neurons"].as_array().unwrap().len(), 98);
    let neuron = &near["neurons"][70];
    for name in ["id", "role", "group", "unit", "bias", "born", "origin"] {
        assert!(!neuron[name].is_null(), "{name}: {neuron}");
    }
    assert_eq!(
        (&neuron["role"], &neuron["group"], &neuron["unit"]),
        (&"hidden".into(), &"hidden".into(), &"relu".into())
    );
    for name in ["post", "pre", "weight", "delay"] {
        assert!(near["connections"][0][name].is_number(), "{name}");
    }
    assert_eq!(near["schedule"], "grouped");
    // From the start, without any checkpoint on the way.
    for step in [25, 50] {
        std::fs::remove_file(run.file(&Checkpoint::name(step))).unwrap();
    }
    assert_eq!(bench.call("show runs/tiny --at 50 --json").succeeds().json(), near);
    bench.call("show runs/tiny --at 61").fails(2, &["ends at step 60"]);
}

#[test]
fn the_journal_rebuilds_the_structure() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let report = bench.call("show runs/tiny --json").succeeds().json();
    let whole = bench.call("replay runs/tiny --json").succeeds().json();
    assert_eq!((&whole["neurons"], &whole["connections"]), (&report["neurons"], &report["connections"]));
    let run = RunDirectory::open(&bench.only_run("runs")).unwrap();
    let network = Checkpoint::read(&run, Checkpoint::FINAL).unwrap().state.network.restore().unwrap();
    assert_eq!(whole["digest"], network.digest().to_string());
    // One entry of births, one of wiring, one a rewiring.
    let born = bench.call("replay runs/tiny --entry 1 --json").succeeds().json();
    assert_eq!((&born["neurons"], &born["connections"]), (&98.into(), &0.into()));
    let early = bench.call(&format!("replay runs/tiny --epoch {} --json", whole["epoch"])).succeeds().json();
    assert_eq!(early["connections"], whole["connections"]);
    bench.call("replay runs/tiny --entry 1000").fails(2, &["1000"]);
}

#[test]
fn every_change_has_its_reasons() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let text = bench.call("explain runs/tiny --at 23").succeeds().out();
    assert!(
        text.contains("nothing changed at step 23") && text.contains("step 20, set") && text.contains("stood"),
        "{text}"
    );
    let document = bench.call("explain runs/tiny --at 20 --json").succeeds().json();
    assert_eq!(document[0]["step"], 20);
    assert!(document[0]["why"][0]["reason"]["considered"].as_u64().unwrap() > 0, "{document}");
    let bibtex = bench.call("cite runs/tiny").succeeds().out();
    assert!(bibtex.contains("@software{livenet") && bibtex.contains("@article{"), "{bibtex}");
    assert!(bibtex.contains(bench.call("cite set").succeeds().out().lines().last().unwrap()));
}

#[test]
fn drawing_again_gives_the_same_bytes() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    let read = || -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<_> = std::fs::read_dir(run.join("plots"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .chain([run.join("report.html")])
            .collect();
        all.sort();
        all.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
    };
    let before = read();
    std::fs::remove_dir_all(run.join("plots")).unwrap();
    std::fs::remove_file(run.join("report.html")).unwrap();
    let paths = bench.call("plot runs/tiny").succeeds().out();
    let after = read();
    assert_eq!(paths.lines().count(), after.len());
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        assert!(before == after, "{name} differs");
    }
}

#[test]
fn lists_hold_every_kind_and_are_json_on_request() {
    let bench = Bench::new(TINY);
    let all = bench.call("list").succeeds().out();
    for name in ["strategies", "set", "digits", "native", "adamw", "relu", "cross_entropy"] {
        assert!(all.contains(name), "{name}: {all}");
    }
    let tasks = bench.call("list tasks --json").succeeds().json();
    assert!(
        tasks["tasks"].as_array().unwrap().iter().any(|task| task["name"] == "recall" && task["settings"].is_array())
    );
    let schema = bench.call("schema").succeeds().json();
    assert!(schema["properties"]["optim"].is_object(), "{schema}");
    let data = bench.call("data list --json").succeeds().json();
    assert!(data.as_array().unwrap().iter().any(|each| each["name"] == "digits" && each["here"] == true));
    assert!(bench.call("data verify digits").succeeds().out().contains("ok"));
    assert!(bench.call("completions bash").succeeds().out().contains("livenet"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = Bench::new(TINY);
    for arguments in ["schema", "list", "completions zsh", "--help", "run tiny.toml -q --set train.steps=3"] {
        let mut child = bench.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments}");
    }
}

#[test]
fn a_task_over_time_is_predicted_cycle_by_cycle() {
    let config = TINY
        .replace("[task.digits]\ntrain = 640", "[task.recall]\nback = 1\nwindow = 6")
        .replace("groups = [\"input\"]", "groups = [\"input\", \"hidden\"]")
        .replace("steps = 60", "steps = 20");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    bench.write("bits.csv", b"1\n-1\n-1\n1\n-1\n-1\n");
    let whole = bench.call("predict runs/tiny --input bits.csv").succeeds().out();
    let (head, _) = whole.split_once('\n').unwrap();
    assert_eq!(head, "output_0");
    // Rows 3 to 5 are the same bits as 0 to 2: the same answers only when silence comes between.
    let reset = cells(&bench.call("predict runs/tiny --input bits.csv --reset-every 3").succeeds().out());
    assert_eq!(reset.len(), 6);
    assert_eq!(reset[..3], reset[3..]);
    assert_eq!(reset[..3], cells(&whole)[..3]);
    // They are probabilities: what is more probably 0 than 1 has a raw output below 0.
    let answers: Vec<f32> = cells(&whole).concat();
    assert!(answers.iter().all(|answer| (0.0..1.0).contains(answer)), "{answers:?}");
    assert!(answers.iter().any(|answer| *answer < 0.5), "{answers:?}");
}

#[test]
fn predictions_mean_what_the_loss_of_the_run_means() {
    let bench = Bench::new(&TINY.replace("steps = 60", "steps = 60\nloss = \"mean_squared\""));
    bench.call("run tiny.toml -q").succeeds();
    bench.write("row.csv", vec!["0.5"; 64].join(",").as_bytes());
    let row = cells(&bench.call("predict runs/tiny --input row.csv").succeeds().out()).concat();
    // Raw outputs, not the softmax of what was never a logit.
    assert!((row.iter().sum::<f32>() - 1.0).abs() > 1e-4, "{row:?}");
}

#[test]
fn what_a_budget_forbade_altogether_is_explained() {
    let config = TINY.replace("strategy = \"set\"", "strategy = \"mitosis\"\nbudget = { connections = 1 }");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    let text = bench.call("explain runs/tiny --at 20").succeeds().out();
    assert!(text.contains("step 20, mitosis: nothing changed, the budget cut all"), "{text}");
    assert!(text.contains("the budget cut divide n"), "{text}");
    let events = bench.call("explain runs/tiny --at 20 --json").succeeds().json();
    assert!(events[0]["cut"].as_array().is_some_and(|cut| !cut.is_empty()), "{events}");
}
