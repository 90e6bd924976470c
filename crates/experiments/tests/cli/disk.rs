//! Disks that are really full, small or closed: the fault is told, what was finished stays, the same command completes
//! the run. Where the system does not let a test make such a disk, it says so and ends.
#![cfg(unix)]

use super::{Bench, TINY, assert_same};
use std::process::{Command, Output};

/// Runs a script of the shell in the bench's folder, `$livenet` being the binary.
fn shell(bench: &Bench, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(bench.path("")).env("livenet", env!("CARGO_BIN_EXE_livenet"));
    command.args(["-c", script]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Nothing here fits on half a megabyte but the beginning of a run.
fn large() -> String {
    TINY.replace("neurons = 24", "neurons = 300")
}

#[test]
fn a_disk_that_fills_up_ends_a_run_that_can_then_be_completed() {
    let bench = Bench::new(&large());
    bench.call("run tiny.toml -q --out whole").succeeds();
    std::fs::create_dir(bench.path("small")).unwrap();
    // A disk of its own, which only this script sees; what it holds is copied out at the end.
    let script = "mount -t tmpfs -o size=1m none small || exit 77
        $livenet run tiny.toml -q --out small 2> first.txt; echo $? > first
        cp -r small before
        $livenet run tiny.toml -q --out small --resume 2> second.txt; echo $? > second
        mount -o remount,size=64m none small || exit 77
        $livenet run tiny.toml -q --out small --resume && cp -r small after";
    let own = |script: &str| {
        let mut command = Command::new("unshare");
        command.current_dir(bench.path("")).env("livenet", env!("CARGO_BIN_EXE_livenet"));
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).output()
    };
    let output = match own(script) {
        Ok(output) if output.status.success() => output,
        other => {
            println!("skipped: no disk of a test's own can be made here ({other:?})");
            assert!(!bench.path("first").exists() || !bench.path("second").exists(), "{other:?}");
            return;
        }
    };
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    assert_eq!((read("first").trim(), read("second").trim()), ("1", "1"), "{}", said(&output));
    for file in ["first.txt", "second.txt"] {
        let text = read(file);
        assert!(text.contains("cannot write") && text.contains("small/tiny/"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }
    assert!(!bench.only_run("before").join("report.json").exists());
    assert_same(&bench.only_run("whole"), &bench.only_run("after"));
}

/// The system refuses to write beyond a size; a process that does not want to be killed for it is told.
#[test]
fn a_limit_on_the_size_of_files_is_told_and_a_run_goes_on_without_it() {
    let bench = Bench::new(&TINY.replace("steps = 60", "steps = 400").replace("steps = 10 }", "steps = 2 }"));
    bench.call("run tiny.toml -q --out whole").succeeds();
    let largest = std::fs::metadata(bench.only_run("whole").join("events.jsonl")).unwrap().len();
    // Blocks of 512 bytes, or of 1024 where `sh` is another shell: the events do not fit, the checkpoints do.
    let blocks = largest / 2048;
    let output =
        shell(&bench, &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$livenet\" run tiny.toml -q --out cut"));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot write"), "{}", said(&output));
    let run = bench.only_run("cut");
    assert!(!run.join("report.json").exists());
    bench.call("run tiny.toml -q --out cut --resume").succeeds();
    assert_same(&bench.only_run("whole"), &run);
}

/// As a user for whom permissions hold: they do not for the administrator.
#[test]
fn a_folder_that_may_not_be_written_is_named_and_finished_runs_stay() {
    let bench = Bench::new(TINY);
    bench.call("run tiny.toml -q").succeeds();
    bench.call("run tiny.toml -q --seed 2 --out begun").succeeds();
    let (done, begun) = (bench.only_run("runs"), bench.only_run("begun"));
    let report = std::fs::read(done.join("report.json")).unwrap();
    let whole = std::fs::read(begun.join("events.jsonl")).unwrap();
    std::fs::remove_file(begun.join("report.json")).unwrap();
    let _none = std::fs::remove_file(done.join(".lock"));
    let user = "user() { if [ \"$(id -u)\" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"; else \"$@\"; fi; }
        chmod 755 . && chmod -R a+rX,a-w runs begun && user test -x \"$livenet\" && ! user test -w runs/tiny || exit 77
        ";
    let output = shell(
        &bench,
        &format!(
            "{user} user $livenet run tiny.toml -q --seed 3; echo $? > first
        user $livenet run tiny.toml -q --seed 2 --out begun --resume; echo $? > second
        user $livenet run tiny.toml -q --resume > third.txt; echo $? > third
        chmod -R u+w runs begun"
        ),
    );
    if output.status.code() == Some(77) {
        println!("skipped: no user can be had here for whom permissions hold: {}", said(&output));
        assert!(shell(&bench, "chmod -R u+w runs begun").status.success());
        return;
    }
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    let err = said(&output);
    assert_eq!((read("first").trim(), read("second").trim(), read("third").trim()), ("1", "1", "0"), "{err}");
    assert!(err.contains("cannot make") && err.contains("runs/tiny/") && err.contains("begun/tiny/"), "{err}");
    assert!(read("third.txt").contains("test accuracy"));
    assert_eq!(std::fs::read(done.join("report.json")).unwrap(), report);
    bench.call("run tiny.toml -q --seed 2 --out begun --resume").succeeds();
    assert_eq!(std::fs::read(begun.join("events.jsonl")).unwrap(), whole);
}
