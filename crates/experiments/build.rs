//! What a run's manifest says of the binary: flags, features, lock file, and the state of its sources.
//!
//! Nothing here is needed to build: without git, or outside of a checkout, the manifest says `unknown`. It runs again
//! when sources of the workspace change, which are compiled into this crate anyway, and after a commit; never else.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn main() {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let set = |name: &str, value: &str| println!("cargo::rustc-env=LIVENET_BUILD_{name}={}", value.replace('\n', " "));
    let own = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=build.rs");

    set("TARGET", &variable("TARGET"));
    set("PROFILE", &variable("PROFILE"));
    set("OPT_LEVEL", &variable("OPT_LEVEL"));
    set("FLAGS", &variable("CARGO_ENCODED_RUSTFLAGS").replace('\u{1f}', " "));
    set("FEATURES", &features().join(","));
    set("COMPILER", &said(&variable("RUSTC"), &["--version"], &own).unwrap_or_else(|| "unknown".to_owned()));
    set("LOCK", &lock(&own).to_string_lossy());
    let (commit, tree) = sources(&own).unwrap_or_default();
    set("COMMIT", &commit);
    set("TREE", &tree);
}

/// The features of this crate, as cargo names them for build scripts.
fn features() -> Vec<String> {
    let name = |key: &str| Some(key.strip_prefix("CARGO_FEATURE_")?.to_lowercase());
    let all = env::vars().filter_map(|(key, _)| name(&key));
    // Those that it stands for are there themselves.
    let mut all: Vec<String> = all.filter(|name| name != "default").collect();
    all.sort();
    all
}

/// The lock file that the versions of dependencies came from: that of the workspace which is built, else that of this
/// one; an empty file where there is none.
fn lock(own: &Path) -> PathBuf {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut found =
        [out.as_path(), own].into_iter().flat_map(|path| path.ancestors()).map(|folder| folder.join("Cargo.lock"));
    if let Some(lock) = found.find(|lock| lock.is_file()) {
        watch(&lock);
        return lock;
    }
    let none = out.join("no-lock");
    // Where not even this can be written nothing can be built, and the compiler will say so.
    let _unwritten = fs::write(&none, "");
    none
}

/// The commit, and whether what is compiled differs from it.
fn sources(own: &Path) -> Option<(String, String)> {
    // A copy of this crate below somebody else's checkout is not of that checkout.
    said("git", &["ls-files", "--error-unmatch", "Cargo.toml"], own)?;
    let root = PathBuf::from(said("git", &["rev-parse", "--show-toplevel"], own)?);
    let parts = ["crates", "Cargo.toml", "Cargo.lock"];
    for part in ["core", "growth", "train", "experiments"] {
        watch(&root.join("crates").join(part).join("src"));
        watch(&root.join("crates").join(part).join("Cargo.toml"));
    }
    watch(&root.join("Cargo.toml"));
    // A line is added to it by everything that moves HEAD.
    if let Some(log) = said("git", &["rev-parse", "--git-path", "logs/HEAD"], own) {
        watch(&own.join(log));
    }
    let commit = said("git", &["rev-parse", "HEAD"], own)?;
    let status = [&["status", "--porcelain", "--untracked-files=no", "--"][..], &parts].concat();
    let changed = !said("git", &status, &root)?.is_empty();
    Some((commit, if changed { "changed" } else { "clean" }.to_owned()))
}

/// Runs again when this changes. What is not there would count as changed at every build.
fn watch(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// What a program says, if it is there and succeeds.
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
