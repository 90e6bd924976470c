//! A run that begins with the wiring that another found: the same structure, other weights, and nothing but that structure.

use super::Bench;
use livenet_core::{Exported, Network};
use livenet_experiments::run::{Checkpoint, RunDirectory};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// It divides, rewires and has delays; nobody starves or dies of it.
fn small() -> String {
    let (start, _) = include_str!("../small.toml").rsplit_once("[[grow]]").unwrap();
    start.replace("[energy]", "").replace("steps = 12", "steps = 24")
}

/// The same without growth, beginning with what a run found.
fn again(wiring: &str) -> String {
    let small = small();
    let (start, _) = small.split_once("[[grow]]").unwrap();
    start.replace("{ uniform = 0.7 }", wiring)
}

fn state(run: &Path, name: &str) -> (Network, Exported) {
    let state = Checkpoint::read(&RunDirectory::open(run).unwrap(), name).unwrap().state;
    (state.network.restore().unwrap(), state.executor)
}

fn end(run: &Path) -> (Network, Exported) {
    state(run, Checkpoint::FINAL)
}

fn start(run: &Path) -> (Network, Exported) {
    state(run, &Checkpoint::name(0))
}

/// Neurons by group, place and unit, and active connections by the places of their ends, with delays.
fn structure(network: &Network) -> (Vec<String>, Vec<(u32, u32, u16)>) {
    let neurons = network.neuron_rows().map(|row| {
        let spec = network.spec(row);
        format!("{} {:?} {:?}", spec.group.index(), spec.position, spec.unit)
    });
    let rows = network.synapses().zip(network.delays().iter()).zip(network.marks().iter());
    let connections = rows
        .filter(|(_, marks)| !marks.is_silent())
        .map(|(((_, at), &delay), _)| (network.row(at.post).unwrap().get(), network.row(at.pre).unwrap().get(), delay));
    (neurons.collect(), connections.collect())
}

fn active_weights((network, values): &(Network, Exported)) -> Vec<f32> {
    let rows = values.weights.iter().zip(network.marks().iter());
    rows.filter(|(_, marks)| !marks.is_silent()).map(|(weight, _)| *weight).collect()
}

fn of_seed(runs: &[PathBuf], seed: u64) -> &Path {
    runs.iter().find(|run| run.to_string_lossy().ends_with(&format!("-s{seed}"))).unwrap()
}

fn name_of(run: &Path) -> String {
    run.file_name().unwrap().to_string_lossy().into_owned()
}

/// A bench where a run was made, and its name.
fn grown() -> (Bench, String) {
    let bench = Bench::new(&small());
    bench.call("run tiny.toml -q").succeeds();
    let name = name_of(&bench.only_run("runs"));
    (bench, name)
}

#[test]
fn a_run_begins_with_the_wiring_that_another_found() {
    let (bench, name) = grown();
    let found = end(&bench.only_run("runs"));
    let hidden = found.0.neuron_count() - found.0.inputs().len() - found.0.outputs().len();
    assert_ne!(hidden, 4, "it did not grow");
    assert!(structure(&found.0).1.iter().any(|connection| connection.2 > 0), "no delays");

    bench.write("again.toml", again(&format!("{{ run = \"runs/tiny/{name}\" }}")).as_bytes());
    bench.call("run again.toml -q --out again").succeeds();
    let run = bench.only_run("again");
    let begun = start(&run);
    assert_eq!(structure(&begun.0), structure(&found.0));
    assert_ne!(active_weights(&begun), active_weights(&found));
    assert!(begun.1.bias.iter().all(|&bias| bias == 0.0), "biases are those of birth");
    let config = std::fs::read_to_string(run.join("config.toml")).unwrap();
    assert!(config.contains("digest = ") && config.contains(&format!("neurons = {hidden}")), "{config}");

    // It is repeated, shown, and completed.
    assert!(bench.call("repro again/tiny").succeeds().out().contains("verdict     identical"));
    bench.call("show again/tiny").succeeds();
    for file in ["report.json", Checkpoint::FINAL] {
        std::fs::remove_file(run.join(file)).unwrap();
    }
    bench.call("run again.toml -q --out again --resume").succeeds();
    assert_eq!(bench.only_run("again"), run);
    // What the file says of the number of neurons is replaced, and so decides nothing.
    bench.write(
        "again.toml",
        again(&format!("{{ run = \"runs/tiny/{name}\" }}")).replace("= 4\nunit", "= 9\nunit").as_bytes(),
    );
    bench.call("run again.toml --out again --resume").succeeds();
    assert_eq!(bench.only_run("again"), run);

    // Kept weights are those at the end.
    let kept = format!("{{ run = {{ directory = \"runs/tiny/{name}\", weights = \"kept\" }} }}");
    bench.write("again.toml", again(&kept).as_bytes());
    bench.call("run again.toml -q --out kept").succeeds();
    let begun = start(&bench.only_run("kept"));
    assert_eq!(structure(&begun.0), structure(&found.0));
    assert_eq!((active_weights(&begun), &begun.1.bias), (active_weights(&found), &found.1.bias));

    // Another wiring in that place is another run, and not that of the one that is there.
    let place = bench.path("runs/tiny").join(&name);
    std::fs::rename(&place, bench.path("aside")).unwrap();
    bench.call("repro again/tiny").fails(2, &["network.wiring", &name, "which is not there"]);
    bench.call("run tiny.toml -q --seed 2 --out other").succeeds();
    std::fs::rename(bench.only_run("other"), &place).unwrap();
    bench.call("repro again/tiny").fails(2, &["has the digest", "is asked for", "restore that run"]);
    bench.write("again.toml", again(&format!("{{ run = \"runs/tiny/{name}\" }}")).as_bytes());
    bench.call("run again.toml -q --out again --resume").succeeds();
    assert_eq!(bench.runs("again").len(), 2);
}

#[test]
fn each_seed_begins_with_the_wiring_that_it_found() {
    let bench = Bench::new(&small());
    bench.call("run tiny.toml -q --set seeds=[1,2]").succeeds();
    let found = bench.runs("runs");
    let place = name_of(of_seed(&found, 1)).replace("-s1", "-s{seed}");
    bench.write("again.toml", again(&format!("{{ run = \"runs/tiny/{place}\" }}")).as_bytes());
    bench.call("run again.toml -q --set seeds=[1,2] --out again").succeeds();
    let begun = bench.runs("again");
    assert_eq!(begun.len(), 2);
    let structures = [1, 2].map(|seed| {
        let structure_found = structure(&end(of_seed(&found, seed)).0);
        assert_eq!(structure(&start(of_seed(&begun, seed)).0), structure_found, "seed {seed}");
        structure_found
    });
    assert_ne!(structures[0], structures[1]);
    // Two hashes, and one of what they have in common, under which they are compared.
    let manifest = |seed| -> Value {
        serde_json::from_slice(&std::fs::read(of_seed(&begun, seed).join("manifest.json")).unwrap()).unwrap()
    };
    assert_ne!(manifest(1)["config"], manifest(2)["config"]);
    assert_eq!(manifest(1)["common"], manifest(2)["common"]);
    bench.call("run again.toml -q --set seeds=[1,2] --out again --resume").succeeds();
    bench.call("run again.toml -q --set seeds=[1,2,3] --out more").fails(2, &["-s3", "is not there"]);
    assert!(!bench.path("more").exists());

    // In a sweep as well.
    let sweep = "name = \"pair\"\nexperiment = \"again.toml\"\nseeds = [1, 2]\ncontrol = \"dense\"\n\n[metric]\nname = \
                 \"metrics.test_loss\"\nbetter = \"lower\"\n\n[[setting]]\nname = \"found\"\n\n[[setting]]\nname = \"dense\"\n\
                 set = { \"network.wiring\" = \"dense\" }\n";
    bench.write("sweep.toml", sweep.as_bytes());
    bench.call("sweep sweep.toml -q --out swept").succeeds();
}

#[test]
fn a_wiring_that_cannot_be_had_is_named_with_its_place() {
    let (bench, name) = grown();
    let run = bench.only_run("runs");
    let whole = |wiring: &str| again(&wiring.replace("NAME", &format!("runs/tiny/{name}")));
    let there = "{ run = \"NAME\" }";
    std::fs::create_dir(bench.path("empty")).unwrap();
    let fails = |config: &str, parts: &[&str]| {
        bench.write("again.toml", config.as_bytes());
        bench.call("run again.toml -q --out again").fails(2, parts);
        assert!(!bench.path("again").exists(), "something was written");
    };
    fails(&whole("{ run = \"nowhere\" }"), &["again.toml:", "network.wiring", "nowhere", "is not there", "help:"]);
    fails(&whole("{ run = \"empty\" }"), &["is not the directory of a run", "config.toml", "help:"]);
    fails(&whole("{ run = { folder = \"x\" } }"), &["again.toml:", "folder"]);
    fails(&whole("{ run = 3 }"), &["again.toml:", "the directory of a run, or a table"]);
    let pinned = "{ run = { directory = \"NAME\", digest = \"0123\" } }";
    fails(&whole(pinned), &["network.wiring", "has the digest", "0123 is asked for"]);
    let other = whole(there).replace("\"hidden\"", "\"other\"");
    fails(&other, &["network.group", &name, "`input`, `hidden`, `output`", "`input`, `other`, `output`", "by name"]);
    fails(&whole(there).replace("tanh", "relu"), &["network.group.0.unit", "is relu here and tanh", "unit = \"tanh\""]);
    fails(
        &whole(there).replace("max_delay = 1", "max_delay = 0"),
        &["network.group.0.reach", "out of reach here", "with a delay of 1", "give `hidden` the reach"],
    );
    fails(&whole(there).replace("[task.xor]", "[task.digits]"), &["network.wiring", "the task has 64 and 10"]);

    let file = run.join(Checkpoint::FINAL);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    fails(&whole(there), &["final.ckpt is damaged", "make it anew"]);
    std::fs::remove_file(&file).unwrap();
    fails(&whole(there), &["final.ckpt", "make it anew"]);
    std::fs::remove_file(run.join("report.json")).unwrap();
    fails(&whole(there), &[&name, "is not complete", "--resume"]);
}
