//! Lifecycles, energy and plasticity as a user asks for them.

use super::Bench;

/// A small life: enough steps for divisions and deaths.
const LIFE: &str = r#"
name = "tiny"
lifecycle = "metabolism"
[task.xor]
[network]
wiring = "dense"
[[network.group]]
name = "hidden"
neurons = 4
unit = "tanh"
reach = { groups = ["input", "hidden"] }
[train]
steps = 600
batch = 4
evaluate_every = 50
gain = { critical = 1.0, tau = 100.0 }
[energy]
supply = 9
capacity = 20
maturity = 20
grace = 20
[optim.adam]
rate = 0.01
"#;

#[test]
fn a_lifecycle_is_one_line_and_its_energy_is_seen() {
    let bench = Bench::new(LIFE);
    bench.call("run tiny.toml -q").succeeds();
    let run = bench.only_run("runs");
    for plot in ["energy", "energies", "ages"] {
        assert!(run.join(format!("plots/{plot}.png")).exists(), "{plot}");
    }
    // What it stands for is in the run's own config, and the run goes on from there.
    let config = std::fs::read_to_string(run.join("config.toml")).unwrap();
    assert!(
        config.contains("cell_cycle") && config.contains("starvation") && !config.contains("lifecycle"),
        "{config}"
    );
    assert!(config.contains("supply = 9"), "the file's own words stand: {config}");
    bench.call("run tiny.toml -q --resume").succeeds();

    let said = bench.call("explain runs/tiny --at 300").succeeds().out();
    assert!(said.contains("energy at step") && said.contains("(age "), "{said}");
    let events = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    let events: Vec<serde_json::Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The books that are told of add up over the run, by report of fifty steps.
    let told: Vec<&serde_json::Value> = events.iter().filter(|event| event["event"] == "energy").collect();
    assert!(told.len() > 5);
    for pair in told.windows(2) {
        let number = |event: &serde_json::Value, key: &str| event[key].as_f64().unwrap();
        let change = number(pair[1], "store") - number(pair[0], "store");
        let of = |key: &str| 50.0 * number(pair[1], key);
        let books = of("income") - of("cost") - of("spilled") + of("forgiven");
        assert!((change - books).abs() < 1e-6, "{change} is not {books}: {}", pair[1]);
    }
}

#[test]
fn a_copy_that_is_given_up_is_explained() {
    // Everybody begins a copy in plenty, and drought comes before the copies are made.
    let grow = "[[grow]]\nstrategy = \"cell_cycle\"\nwhen = { every = { steps = 10 } }\n\
        settings = { maturity = 10, synthesis = 40, quota = 1.0 }\n";
    let energy = "[energy]\nsupply_kind = \"scheduled\"\nschedule = [[60, 0.001]]\nsupply = 90\nthreshold = 2\n\
        quota = 1.0\ngeneration = 4\n";
    let config = LIFE
        .replace("lifecycle = \"metabolism\"\n", "")
        .replace("[energy]\nsupply = 9\n", energy)
        .replace("grace = 20\n", &format!("grace = 20\n{grow}"))
        .replace("steps = 600", "steps = 200");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    let events = std::fs::read_to_string(bench.only_run("runs").join("events.jsonl")).unwrap();
    let events: Vec<serde_json::Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = events.iter().find(|event| event["event"] == "aborted").expect("a copy is given up");
    let (step, first) = (&told["step"], &told["of"][0]);
    let said = bench.call(&format!("explain runs/tiny --at {step}")).succeeds().out();
    let count = told["of"].as_array().unwrap().len();
    assert!(said.contains(&format!("step {step}, cell_cycle: copies given up: {count}")), "{said}");
    let begun = format!("n{}, begun at step {}: ", first["neuron"], first["begun"]);
    assert!(said.contains(&begun) && (said.contains("in store") || said.contains("still carries")), "{begun}: {said}");
    let again = bench.call(&format!("explain runs/tiny --at {step} --json")).succeeds().json();
    assert_eq!(again[0], *told);
}

#[test]
fn what_a_life_may_say_is_checked_where_it_is_said() {
    let bench = Bench::new(&LIFE.replace("metabolism", "metabolsm"));
    bench.call("run tiny.toml -q").fails(2, &["lifecycle", "did you mean `metabolism`?", "livenet list lifecycles"]);
    bench.write("own.toml", b"[network]\nwiring = \"none\"\n");
    bench.write("tiny.toml", LIFE.replace("metabolism", "own.toml").as_bytes());
    bench.call("run tiny.toml -q").fails(2, &["`own.toml` says `network`"]);
    bench.write("tiny.toml", LIFE.replace("tau = 100.0", "tau = -1.0").as_bytes());
    bench.call("run tiny.toml -q").fails(2, &["train.gain", "tau"]);
    bench.write("tiny.toml", LIFE.replace("[energy]", "[budget]\nedits = 0\n[energy]").as_bytes());
    bench.call("run tiny.toml -q").fails(2, &["budget", "allows 0 edits"]);
    let said = bench.call("list lifecycles").succeeds().out();
    assert!(
        ["adolescence", "homeostasis", "metabolism", "neurogenesis"].iter().all(|name| said.contains(name)),
        "{said}"
    );
    let said = bench.call("list energy").succeeds().out();
    assert!(said.contains("needs: output_magnitude, drive, utility") && said.contains("critical = 0"), "{said}");
}
