//! `livenet new`: the beginning of a crate of one's own.

use super::output;
use crate::Failure;
use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// Arguments of `new`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// A crate with a growth strategy, its experiment, and the test that holds it to the laws
    Strategy {
        /// Its name in configs: lower-case letters, digits and `_`
        name: String,
        /// Where the crate is written; by default a folder of that name
        #[arg(long)]
        into: Option<PathBuf>,
        /// A checkout of livenet to build against; by default its repository
        #[arg(long, value_name = "DIR")]
        livenet: Option<PathBuf>,
    },
}

/// The files of the example that is the pattern. What it is called there is replaced.
const FILES: [(&str, &str); 4] = [
    ("src/lib.rs", include_str!("../../../../examples/quiet/src/lib.rs")),
    ("src/main.rs", include_str!("../../../../examples/quiet/src/main.rs")),
    ("tests/laws.rs", include_str!("../../../../examples/quiet/tests/laws.rs")),
    ("quiet.toml", include_str!("../../../../examples/quiet/quiet.toml")),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let What::Strategy { name, into, livenet } = &arguments.what;
    check(name)?;
    let folder = into.clone().unwrap_or_else(|| PathBuf::from(name));
    if let Some(checkout) = livenet
        && !checkout.join("crates/growth/Cargo.toml").is_file()
    {
        let mend = "give the folder that holds livenet's Cargo.toml and crates/";
        return Err(Failure::Usage(format!("`{}` is no checkout of livenet; {mend}", checkout.display())));
    }
    write(&folder, name, livenet.as_deref()).map_err(|error| {
        let mend = "nothing that was there was changed; give another folder with --into";
        Failure::Usage(format!("`{}` cannot be written: {error}; {mend}", folder.display()))
    })?;
    output::note(format_args!(
        "wrote {}; next: cd {0}, cargo test, cargo run --release -- run {name}.toml",
        folder.display()
    ));
    Ok(())
}

/// What Rust keeps for itself.
const KEYWORDS: [&str; 53] = [
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
];

/// A name must serve as one in a config, of a crate, and of a Rust type.
fn check(name: &str) -> Result<(), Failure> {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !(letters && begins && name.len() <= 64) || name.ends_with('_') || name.contains("__") {
        let mend = "give lower-case letters, digits and single `_`, beginning with a letter, at most 64: `hush_fast`";
        return Err(Failure::Usage(format!("`{name}` cannot be the name of a strategy; {mend}")));
    }
    if livenet_growth::Registry::standard().find(name).is_ok() {
        return Err(Failure::Usage(format!("`{name}` is the name of a built-in strategy; give it another")));
    }
    if KEYWORDS.contains(&name) || name.starts_with("livenet") {
        return Err(Failure::Usage(format!("`{name}` cannot be the name of a crate; give it another")));
    }
    Ok(())
}

fn write(folder: &Path, name: &str, livenet: Option<&Path>) -> io::Result<()> {
    // All or nothing: a folder that is there stays as it is.
    fs::create_dir(folder)?;
    let all = || -> io::Result<()> {
        for (path, pattern) in FILES {
            let path = folder.join(path.replace("quiet", name));
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, named(pattern, name))?;
        }
        fs::write(folder.join("Cargo.toml"), manifest(name, livenet)?)
    };
    all().inspect_err(|_| {
        // It is ours: it was not there before.
        let _left = fs::remove_dir_all(folder);
    })
}

/// The pattern with another name: of the config, and of the type.
fn named(pattern: &str, name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.extend(letters);
    }
    pattern.replace("quiet", name).replace("Quiet", &camel)
}

fn manifest(name: &str, livenet: Option<&Path>) -> io::Result<String> {
    let mut lines = String::new();
    for (package, folder) in [("core", "core"), ("growth", "growth"), ("experiments", "experiments")] {
        let place = match livenet {
            Some(checkout) => {
                let path = fs::canonicalize(checkout)?.join("crates").join(folder);
                format!("path = {}", toml::Value::String(path.to_string_lossy().into_owned()))
            }
            None => format!("git = \"{}\"", env!("CARGO_PKG_REPOSITORY")),
        };
        let features = if package == "experiments" { ", default-features = false" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "livenet-{package} = {{ {place}{features} }}");
    }
    Ok(format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
         # The executor `burn` is left out, which takes long to compile; with `features = [\"burn\"]` it is there.\n{lines}\n\
         # Numbers are crunched in tests as well.\n[profile.dev]\nopt-level = 1\ndebug = \"line-tables-only\"\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n\n[workspace]\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_everywhere() {
        for good in ["hush", "hush_fast", "a1"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "Hush", "1a", "a-b", "a__b", "_a", "a_", "set", "fn", "std", "livenet", "../a", "a b"] {
            assert!(matches!(check(bad), Err(Failure::Usage(_))), "{bad}");
        }
        assert_eq!(named("quiet Quiet", "hush_fast"), "hush_fast HushFast");
    }

    #[test]
    fn the_example_is_what_is_written() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join("quiet");
        write(&folder, "quiet", None).unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quiet");
        for (path, _) in FILES {
            let read = |at: &Path| fs::read_to_string(at.join(path)).unwrap();
            assert_eq!(read(&folder), read(&example), "{path}");
        }
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(manifest.parse::<toml::Table>().unwrap()["dependencies"]["livenet-growth"].is_table());
        // What is there stays.
        assert!(write(&folder, "quiet", None).is_err());
        assert!(folder.join("src/lib.rs").is_file());
    }
}
