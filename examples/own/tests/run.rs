//! The config beside this crate runs, with every part of one's own in it.

use std::process::Command;

#[test]
fn the_config_runs_and_keeps_its_claim() {
    let out = tempfile::tempdir().unwrap();
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/own.toml");
    let run = Command::new(env!("CARGO_BIN_EXE_own"))
        .args(["run", config, "--check", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let list = Command::new(env!("CARGO_BIN_EXE_own")).args(["list", "--json"]).output().unwrap();
    let list = String::from_utf8_lossy(&list.stdout);
    for own in ["neighbours", "sine", "log_cosh", "circle"] {
        assert!(list.contains(own), "`{own}` is missing in {list}");
    }
}
