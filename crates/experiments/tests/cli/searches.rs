//! Searches and tuning: the same points however often they were interrupted, chosen on the validation part alone.

use super::{
    Bench, TINY,
    sweeps::{assert_same_sweep, bench, until},
};
use serde_json::Value;

/// Two settings, for sweeps that search in each of them.
const SETTINGS: &str = r#"
[[setting]]
name = "still"
set = { grow = [] }

[[setting]]
name = "set"
"#;

/// A learning rate that is searched for.
fn searched(more: &str) -> String {
    format!(
        r#"
name = "searched"
experiment = "tiny.toml"
seeds = [1]

[metric]
name = "metrics.test_accuracy"
better = "higher"

[[axis]]
key = "optim.adam.rate"
range = {{ from = 1e-4, to = 1e-1, scale = "log" }}

{more}
"#
    )
}

fn read(bench: &Bench, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(bench.path("runs/searched").join(name)).unwrap()).unwrap()
}

/// The decisions of a search, by the names of their files.
fn decisions(bench: &Bench) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(bench.path("runs/searched/decisions")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(bench, &format!("decisions/{name}")))).collect()
}

/// The same search elsewhere, killed in its second rung and given again, ends with this table and the same files.
#[track_caller]
fn assert_completed_after_a_kill(bench: &Bench, table: &str) {
    let mut parent = bench.start("sweep sweep.toml -q --jobs 1 --out cut");
    until(|| bench.path("cut/searched/decisions").read_dir().is_ok_and(|mut entries| entries.next().is_some()));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert_eq!(bench.call("sweep sweep.toml -q --out cut").succeeds().out().replace("cut/", "runs/"), table);
    assert_same_sweep(&bench.path("runs/searched"), &bench.path("cut/searched"), &bench.keys("runs/searched"));
}

#[test]
fn a_random_search_draws_the_same_points_for_every_setting_and_can_be_made_longer() {
    let bench = bench(TINY, &searched(&format!("[search.random]\ntrials = 3\nseed = 7\n{SETTINGS}")));
    let rates = |trials: &str| -> Vec<(String, String)> {
        let plan = bench.call(&format!("sweep sweep.toml --dry-run --json --set search.random.trials={trials}"));
        let plan = plan.succeeds().json();
        let about = |trial: &Value| (trial["setting"]["setting"].to_string(), trial["setting"]["rate"].to_string());
        plan["trials"].as_array().unwrap().iter().filter(|trial| trial["seed"] == 1).map(about).collect()
    };
    let (three, four) = (rates("3"), rates("4"));
    assert_eq!(three.len(), 6);
    for at in 0..3 {
        assert_eq!((&three[at].0, &three[at + 3].0), (&"\"still\"".to_owned(), &"\"set\"".to_owned()));
        assert_eq!(three[at].1, three[at + 3].1);
        assert_eq!(three[at], four[at]);
        let rate: f64 = three[at].1.parse().unwrap();
        assert!((1e-4..=1e-1).contains(&rate));
    }
}

const HALVING: &str = "[search.halving]\ntrials = 4\nkeep = 2\nrungs = [10, 20, 40]";

#[test]
fn halving_keeps_the_better_half_and_decides_the_same_after_an_interruption() {
    let bench = bench(TINY, &searched(HALVING));
    let table = bench.call("sweep sweep.toml -q").succeeds().out();
    let plan = read(&bench, "plan.json");
    let count =
        |stage: Value| plan["trials"].as_array().unwrap().iter().filter(|trial| trial["stage"] == stage).count();
    let rung = |number: u32| serde_json::json!({"searched": number});
    // Four points, then two, then the one that is compared.
    assert_eq!([count(rung(0)), count(rung(1)), count("compared".into())], [4, 2, 1]);
    let made = decisions(&bench);
    assert_eq!(made.len(), 3, "{made:?}");
    for (name, decision) in &made {
        assert_eq!(decision["metric"], "metrics.validation_accuracy");
        let scored = decision["scored"].as_array().unwrap();
        let score = |point: &Value| {
            let of = |other: &&Value| other["point"]["values"] == point["values"];
            scored.iter().find(of).unwrap()["score"].as_f64().unwrap()
        };
        let Some(next) = decision["next"].as_array() else { continue };
        let least = next.iter().map(score).fold(f64::INFINITY, f64::min);
        let better = scored.iter().filter(|other| other["score"].as_f64().unwrap() > least).count();
        assert!(better < next.len(), "{name}: {better} better points than the last of {}", next.len());
    }

    assert_completed_after_a_kill(&bench, &table);
}

#[test]
fn a_decision_that_is_written_stands() {
    let bench = bench(TINY, &searched(HALVING));
    bench.call("sweep sweep.toml -q").succeeds();
    let before = (decisions(&bench), bench.keys("runs/searched"));
    // Whatever is changed in the reports of a rung that is decided.
    let key = &before.1[0];
    let report = bench.path(&format!("runs/searched/trials/{key}/report.json"));
    let text = std::fs::read_to_string(&report).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value["metrics"]["validation_accuracy"] = 2.0.into();
    std::fs::write(&report, value.to_string()).unwrap();
    bench.call("sweep sweep.toml -q").succeeds();
    assert_eq!((decisions(&bench), bench.keys("runs/searched")), before);
    // More seeds would have given other scores.
    bench.call("sweep sweep.toml -q --set seeds=[1,3]").fails(2, &["seeds: was [1], is [1, 3]"]);
}

#[test]
fn tuning_chooses_on_seeds_of_its_own_and_reports_the_defaults_beside() {
    let text = searched(&format!("[search.random]\ntrials = 3\n[tune]\nseeds = [11, 12]\n{SETTINGS}"));
    let bench = bench(TINY, &text.replace("seeds = [1]\n", "seeds = [1]\ncontrol = \"still\"\n"));
    let answer = bench.call("sweep sweep.toml -q --set experiment.train.steps=20").succeeds();
    let record = read(&bench, "sweep.json");
    let labels: Vec<&str> =
        record["trials"].as_array().unwrap().iter().map(|trial| trial["label"].as_str().unwrap()).collect();
    assert_eq!(labels[..4], ["still, defaults", "still", "set, defaults", "set"]);
    assert!(record["trials"].as_array().unwrap().iter().all(|trial| trial["seed"] == 1));
    assert!(answer.out().contains("set, defaults"), "{}", answer.out());

    let tuning = read(&bench, "tuning.json");
    assert_eq!(
        (&tuning["metric"], &tuning["seeds"]),
        (&"metrics.validation_accuracy".into(), &serde_json::json!([11, 12]))
    );
    for setting in tuning["settings"].as_array().unwrap() {
        assert_eq!(setting["trials"], 3);
        let curve = setting["curve"].as_array().unwrap();
        let values: Vec<f64> = curve.iter().map(|tried| tried["value"].as_f64().unwrap()).collect();
        let best: Vec<f64> = curve.iter().map(|tried| tried["best"].as_f64().unwrap()).collect();
        let so_far: Vec<f64> = (1..=3).map(|n| values[..n].iter().copied().fold(f64::MIN, f64::max)).collect();
        assert_eq!(best, so_far);
        let chosen = setting["chosen"].as_u64().unwrap() as usize;
        assert_eq!(values[chosen], best[2]);
        // The trials that are reported have the chosen rate.
        let trial = record["trials"].as_array().unwrap().iter().find(|trial| trial["label"] == setting["setting"]);
        assert_eq!(trial.unwrap()["setting"]["rate"], curve[chosen]["values"]["rate"]);
    }
    let csv = std::fs::read_to_string(bench.path("runs/searched/tuning.csv")).unwrap();
    assert_eq!((csv.lines().count(), csv.lines().next()), (7, Some("setting,trial,rate,value,best,chosen")));
    assert_eq!(csv.matches(",yes").count(), 2, "{csv}");
    let page = std::fs::read_to_string(bench.path("runs/searched/comparison/report.html")).unwrap();
    assert!(bench.path("runs/searched/comparison/tuning.png").is_file() && page.contains("best so far in the search"));
}

#[test]
fn tpe_goes_on_where_the_better_points_lay_and_decides_the_same_after_an_interruption() {
    let bench = bench(TINY, &searched("[search.tpe]\ntrials = 7\nfirst = 3\ntogether = 2"));
    let table = bench.call("sweep sweep.toml -q").succeeds().out();
    let made = decisions(&bench);
    let sizes: Vec<usize> = made.iter().map(|(_, decision)| decision["scored"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [3, 2, 2]);
    // What a rung tried is what was decided before it.
    for pair in made.windows(2) {
        let tried = pair[1].1["scored"].as_array().unwrap().iter().map(|scored| &scored["point"]);
        assert!(tried.eq(pair[0].1["next"].as_array().unwrap()));
    }
    assert_eq!(made[2].1["next"], Value::Null);

    assert_completed_after_a_kill(&bench, &table);
    for (set, named) in
        [("good=1.5", "search.tpe.good"), ("first=1", "search.tpe.first"), ("together=0", "search.tpe.together")]
    {
        bench.call(&format!("sweep sweep.toml --dry-run --set search.tpe.{set}")).fails(2, &[named]);
    }
}
