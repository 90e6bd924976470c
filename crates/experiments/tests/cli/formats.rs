//! What this version writes is read by every later one, or refused by name. `tests/formats/2` holds a small run as
//! version 1 of the journal and 2 of the checkpoint wrote it; `tests/formats/1` one with a checkpoint of version 1, which is refused.
//!
//! A fault here means that the form of a file changed. Then raise its version (`VERSION` in `run/checkpoint.rs` or
//! `core/src/journal/record.rs`), let the old one still be read or be refused with what to do, and mint a new folder:
//! `LIVENET_MINT=3 cargo test -p livenet-experiments --test cli formats`. Old folders stay.

use super::{Bench, assert_same};
use livenet_experiments::{
    Registry,
    config::{Checked, Document},
    data::Places,
    run::{self, Checkpoint, Manifest, RunDirectory},
};
use std::path::{Path, PathBuf};

/// Small, with everything that is written: growth, energy, the best state.
const SMALL: &str = include_str!("../small.toml");

const FILES: [&str; 6] =
    ["config.toml", "manifest.json", "events.jsonl", "journal.bin", "report.json", "checkpoints/final.ckpt"];

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(version)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("checkpoints")).unwrap();
    for file in FILES {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

#[test]
fn a_run_of_version_2_opens_and_goes_on() {
    let bench = Bench::new(SMALL);
    if let Some(version) = std::env::var_os("LIVENET_MINT") {
        bench.call("run tiny.toml -q").succeeds();
        copy(&bench.only_run("runs"), &folder(version.to_str().unwrap()));
    }
    let run = bench.path("kept");
    copy(&folder("2"), &run);
    let directory = RunDirectory::open(&run).unwrap();

    let checkpoint = Checkpoint::read(&directory, Checkpoint::FINAL).unwrap();
    let journal = run::journal(&directory, &mut |text| panic!("{text}")).unwrap();
    let replayed = journal.verify().unwrap();
    let saved = checkpoint.state.network.clone().restore().unwrap();
    assert_eq!((replayed.digest(), journal.len() as u64), (saved.digest(), checkpoint.state.entries));
    assert!(journal.len() > 3, "{}", journal.len());
    let outcome = directory.outcome().unwrap().unwrap();
    assert_eq!((outcome.steps, outcome.connections), (12, saved.active_count() as u64));
    assert!(run::events(&directory, 0).unwrap().len() > 5);
    let manifest = Manifest::read(&directory).unwrap();
    assert_eq!((manifest.seed, manifest.executor.as_str()), (1, "native"));

    // The state is taken up and learns on.
    let (registry, places) = (Registry::standard(), Places::default());
    let document = Document::read(&run.join("config.toml"), &[]).unwrap();
    let checked = Checked::new(&document, "", manifest.seed, &registry, &places, None).unwrap();
    for state in [checkpoint.state, checkpoint.best.unwrap().state] {
        let mut session = run::take_up(&checked, &document, &registry, state).unwrap();
        session.step(checked.task()).unwrap();
    }
    bench.call("replay kept").succeeds();
    bench.call("show kept").succeeds();
}

#[test]
fn files_of_another_version_say_so_and_what_to_do() {
    let bench = Bench::new(SMALL);
    bench.call("run tiny.toml -q").succeeds();
    bench.call("run tiny.toml -q --out whole").succeeds();
    let run = bench.only_run("runs");
    let rewrite = |file: &str, old: &[u8], new: &[u8]| {
        let bytes = std::fs::read(run.join(file)).unwrap();
        let rest = bytes.strip_prefix(old).unwrap_or_else(|| panic!("{file} begins with something else"));
        std::fs::write(run.join(file), [new, rest].concat()).unwrap();
    };
    for other in [&b"livenet journal 0\n"[..], b"livenet journal 2\n", b"livenet journal 17\n"] {
        rewrite("journal.bin", b"livenet journal 1\n", other);
        let version = String::from_utf8_lossy(&other[16..other.len() - 1]).into_owned();
        bench.call("replay runs/tiny").fails(
            1,
            &[&format!("journal.bin is a journal of version {version}"), "reads version 1", "manifest.json", "--out"],
        );
        rewrite("journal.bin", other, b"livenet journal 1\n");
    }
    rewrite("journal.bin", b"livenet journal 1\n", b"livenet jungle 1\n");
    bench.call("replay runs/tiny").fails(1, &["journal.bin is damaged", "this is no journal"]);
    rewrite("journal.bin", b"livenet jungle 1\n", b"livenet journal 1\n");

    bench.write("row.csv", b"1,1\n");
    rewrite("checkpoints/final.ckpt", b"LIVECKP2", b"LIVECKP3");
    let said = &["final.ckpt is a checkpoint of version 3", "reads version 2", "manifest.json"];
    bench.call("predict runs/tiny --input row.csv").fails(1, said);
    let old = bench.path("old");
    copy(&folder("1"), &old);
    bench.call("predict old --input row.csv").fails(1, &["final.ckpt is a checkpoint of version 1", "reads version 2"]);
    // A run that is to go on passes it over with a warning, as it does a damaged one.
    std::fs::remove_file(run.join("report.json")).unwrap();
    let answer = bench.call("run tiny.toml -q --resume").succeeds();
    assert!(answer.err().is_empty() || answer.err().contains("version 3"), "{}", answer.err());
    assert_same(&bench.only_run("whole"), &run);
}
