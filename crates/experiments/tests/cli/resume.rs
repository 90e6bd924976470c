//! Stopping and going on: byte for byte as if it had never stopped.

use super::{Bench, TINY, assert_same};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Long enough that a signal arrives before the end: every step waits for the disk.
fn long() -> String {
    TINY.replace("steps = 60", "steps = 300").replace("checkpoint_every = 25", "checkpoint_every = 1")
}

/// Starts a run and waits until its standard error says `word`.
fn start(bench: &Bench, arguments: &str, word: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = bench.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 && !line.contains(word) {
        line.clear();
    }
    assert!(line.contains(word), "it ended before it said `{word}`");
    (child, lines)
}

#[test]
fn an_interrupted_run_goes_on_as_if_it_had_never_stopped() {
    let bench = Bench::new(&long());
    bench.call("run tiny.toml -q --out whole").succeeds();

    let (mut child, mut lines) = start(&bench, "run tiny.toml --out cut", "writing ");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    while lines.read_line(&mut rest).unwrap() > 0 {}
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("run tiny.toml --out cut --resume"), "{rest}");
    let run = bench.only_run("cut");
    assert!(!run.join("report.json").exists() && run.join("checkpoints/interrupted.ckpt").exists());
    bench.call("show cut/tiny --json").fails(1, &["is not complete", "--resume"]);

    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    assert!(!run.join("checkpoints/interrupted.ckpt").exists());
    assert_same(&bench.only_run("whole"), &run);
}

/// Removes everything that a run writes at its end, and all checkpoints after `step`, as if the process had been
/// killed some steps later; then tears the files that were being written.
fn kill_after(run: &Path, step: u64) {
    for file in ["report.json", "report.html", "checkpoints/final.ckpt"] {
        std::fs::remove_file(run.join(file)).unwrap();
    }
    for entry in std::fs::read_dir(run.join("checkpoints")).unwrap() {
        let path = entry.unwrap().path();
        let at: u64 = path.file_stem().unwrap().to_str().unwrap().strip_prefix("step-").unwrap().parse().unwrap();
        if at > step {
            std::fs::remove_file(path).unwrap();
        }
    }
    std::fs::write(run.join("checkpoints/step-0000000050.ckpt.part"), b"LIVE").unwrap();
    for (file, lost) in [("events.jsonl", 7), ("journal.bin", 3)] {
        let bytes = std::fs::read(run.join(file)).unwrap();
        std::fs::write(run.join(file), &bytes[..bytes.len() - lost]).unwrap();
    }
}

#[test]
fn a_killed_run_loses_the_steps_since_its_checkpoint_and_nothing_else() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q --out whole").succeeds();
    bench.call("run tiny.toml -q --out cut").succeeds();
    for step in [25, 0] {
        kill_after(&bench.only_run("cut"), step);
        bench.call("run tiny.toml -q --out cut --resume").succeeds();
        assert_same(&bench.only_run("whole"), &bench.only_run("cut"));
    }
}

#[test]
fn a_process_that_is_killed_leaves_a_run_that_goes_on() {
    let bench = Bench::new(&long());
    bench.call("run tiny.toml -q --out whole").succeeds();
    let (mut child, _lines) = start(&bench, "run tiny.toml --out cut", "step 60/300");
    child.kill().unwrap();
    child.wait().unwrap();
    let run = bench.only_run("cut");
    assert!(!run.join("report.json").exists());
    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    assert_same(&bench.only_run("whole"), &run);
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q --out whole").succeeds();
    bench.call("run tiny.toml -q --out cut").succeeds();
    let run = bench.only_run("cut");
    kill_after(&run, 50);
    let last = run.join("checkpoints/step-0000000050.ckpt");
    let mut bytes = std::fs::read(&last).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&last, &bytes).unwrap();
    let answer = bench.call("run tiny.toml --out cut --resume").succeeds();
    assert!(answer.err().contains("step-0000000050.ckpt is damaged"), "{}", answer.err());
    assert_same(&bench.only_run("whole"), &run);
}

#[test]
fn a_run_that_lacks_only_its_report_is_not_trained_further() {
    // Patience ends it early; the checkpoint at the end remembers that.
    let config = TINY
        .replace("[train]\n", "[train]\npatience = 1\n")
        .replace("rate = 0.01", "rate = 3.0")
        .replace("evaluate_every = 20", "evaluate_every = 2");
    let bench = Bench::new(&config);
    bench.call("run tiny.toml -q").succeeds();
    let report = bench.call("show runs/tiny --json").json();
    assert!(report["ending"]["patience"].is_object() && report["steps"].as_u64().unwrap() < 60, "{report}");
    std::fs::remove_file(bench.only_run("runs").join("report.json")).unwrap();
    bench.call("run tiny.toml -q --resume").succeeds();
    let again = bench.call("show runs/tiny --json").json();
    assert_eq!(
        (&again["ending"], &again["steps"], &again["metrics"]),
        (&report["ending"], &report["steps"], &report["metrics"])
    );
}

/// The system kills a process that writes a file larger than it may: here the first checkpoint, which is the largest
/// file of a new run.
#[cfg(unix)]
#[test]
fn a_process_that_is_killed_while_it_makes_the_directory_leaves_no_half_of_a_run() {
    let bench = Bench::new(&TINY.replace("neurons = 24", "neurons = 400"));
    let binary = env!("CARGO_BIN_EXE_livenet");
    let limited = |blocks: u32| {
        let mut command = Command::new("sh");
        command.current_dir(bench.path("")).arg("-c");
        // Blocks of 512 bytes, or of 1024 where `sh` is another shell.
        command.arg(format!("ulimit -c 0; ulimit -f {blocks}; exec '{binary}' run tiny.toml -q --out cut"));
        command.output().unwrap().status
    };
    let folder = bench.path("cut/tiny");
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    // The other files stay below 32 KiB, the checkpoint lies above 64.
    assert!(!limited(64).success());
    let left = names();
    assert!(left.len() == 1 && left[0].contains(".making-"), "{left:?}");
    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    let left = names();
    assert!(left.len() == 1 && left[0].ends_with("-s1"), "{left:?}");
}

/// Nothing is there to save before the first step: the signal ends the process at once. The data come through a pipe, so
/// that the test knows when the run is being set up.
#[cfg(unix)]
#[test]
fn a_signal_before_training_ends_the_process() {
    let config = TINY
        .replace("[task.digits]\ntrain = 640", "[task.series]\nname = \"pipe.csv\"\nwindow = 4\nsettle = 0")
        .replace("batch = 32", "batch = 4");
    let bench = Bench::new(&config);
    for pipe in ["pipe.csv", "second"] {
        assert!(Command::new("mkfifo").arg(bench.path(pipe)).status().unwrap().success());
    }
    let mut child = bench.command("run tiny.toml").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let values = "1\n2\n3\n5\n".repeat(50);
    // The plan reads the data through the first pipe, then the run through the second.
    let open = || std::fs::OpenOptions::new().write(true).open(bench.path("pipe.csv")).unwrap();
    let mut first = open();
    std::fs::rename(bench.path("second"), bench.path("pipe.csv")).unwrap();
    first.write_all(values.as_bytes()).unwrap();
    drop(first);
    let held = open();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let code = if said.is_empty() { child.wait().unwrap().code() } else { None };
    drop(held);
    let _over = child.kill();
    let _ended = child.wait();
    assert_eq!((code, said.as_str()), (Some(130), ""));
    assert!(!bench.path("runs").exists());
}

#[cfg(unix)]
#[test]
fn a_command_that_is_not_text_can_be_interrupted_as_well() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let bench = Bench::new(&long());
    let mut command = bench.command("run tiny.toml --json --out");
    command.arg(OsStr::from_bytes(b"cut\xff"));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("writing ") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0);
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    while lines.read_line(&mut rest).unwrap() > 0 {}
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("go on with") && !rest.contains("panicked"), "{rest}");
    let mut command = bench.command("run tiny.toml --json -q --resume --set train.steps=3 --out");
    let answer = command.arg(OsStr::from_bytes(b"cut\xff")).output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
}
