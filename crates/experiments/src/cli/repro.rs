//! `livenet repro`: a run once more from its own manifest and config, held against what it left.

use super::{
    interrupt, open,
    output::{Output, note},
    progress::{Display, Progress},
    threads,
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::{Comparison, Difference, Manifest, Measure, Repetition, RunDirectory, RunError, Tree},
};
use serde_json::json;
use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

/// Arguments of `repro`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory, which is only read
    run: PathBuf,
    /// Worker threads, instead of as many as the run had; they never change a result
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Another executor; its events need only be equal within a tolerance
    #[arg(long, value_name = "NAME")]
    executor: Option<String>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
}

/// What a repetition is held to. `docs/reproducibility.md` states them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Same,
    OtherThreads,
    OtherExecutor,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Same => "R1",
            Self::OtherThreads => "R2",
            Self::OtherExecutor => "R4",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Same => "the same threads, bit for bit",
            Self::OtherThreads => "another number of threads, bit for bit",
            Self::OtherExecutor => "another executor: whole numbers equal, others within 1e-3 of max(1, size)",
        }
    }
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let directory = open::directory(&arguments.run)?;
    let manifest = Manifest::read(&directory)?;
    threads::check(arguments.threads)?;
    let threads = arguments.threads.or(NonZeroUsize::new(manifest.threads));
    threads::inside(threads, || repeat(arguments, &directory, &manifest, registry))?
}

fn repeat(
    arguments: &Arguments,
    directory: &RunDirectory,
    manifest: &Manifest,
    registry: &Registry,
) -> Result<(), Failure> {
    let mut document = Document::read(&directory.file("config.toml"), &[])?;
    if !manifest.folder.is_empty() {
        document = document.in_folder(Path::new(&manifest.folder));
    }
    let executor = arguments.executor.as_deref();
    let checked = Checked::new(&document, "", manifest.seed, registry, &Places::from_environment(), executor)?;
    let here = Manifest::here(&checked, &document);
    let level = if here.executor != manifest.executor {
        Level::OtherExecutor
    } else if here.threads != manifest.threads {
        Level::OtherThreads
    } else {
        Level::Same
    };
    let differences = differences(manifest, &here);
    for Difference { what, then, now } in &differences {
        note(format_args!("warning: not the same {what} as when the run was made: it was {then}, and is {now}"));
    }
    for (whose, tree) in [("the run's", manifest.build.tree), ("this", here.build.tree)] {
        if tree == Tree::Changed {
            note(format_args!(
                "warning: {whose} binary was built from sources with changes that were not committed: its commit does not tell what it is"
            ));
        }
    }

    let place = tempfile::Builder::new().prefix("livenet-repro-").tempdir().map_err(|source| RunError::Io {
        what: "make",
        path: std::env::temp_dir(),
        source,
    })?;
    let measure = if level == Level::OtherExecutor { Measure::OTHER_EXECUTOR } else { Measure::Exact };
    let repetition = Repetition { run: directory, checked: &checked, document: &document, registry, measure };
    let display = if arguments.quiet { Display::Quiet } else { Display::detect() };
    let mut progress = Progress::new(display, format!("seed {}, once more", manifest.seed));
    interrupt::watch();
    let training = interrupt::training();
    let made = repetition.make(&place.path().join("run"), training.interrupt(), &mut progress);
    drop(training);
    progress.clear();
    let Some(comparison) = made? else { return Err(Failure::Stopped) };
    report(arguments, directory, level, &differences, &comparison)
}

/// What may explain another result. Threads and executor, where they were asked for, are no surprise.
fn differences(manifest: &Manifest, here: &Manifest) -> Vec<Difference> {
    let mut all = manifest.differences(here);
    let executors = manifest.executor != here.executor;
    all.retain(|difference| !matches!(difference.what, "threads" | "executor"));
    // The executor is part of the hash.
    if !executors && manifest.config != here.config {
        all.push(Difference { what: "hash of the config", then: manifest.config.clone(), now: here.config.clone() });
    }
    all
}

fn report(
    arguments: &Arguments,
    directory: &RunDirectory,
    level: Level,
    differences: &[Difference],
    comparison: &Comparison,
) -> Result<(), Failure> {
    let exact = level != Level::OtherExecutor;
    let verdict = match (comparison.holds(), exact) {
        (true, true) => "identical",
        (true, false) => "within tolerance",
        (false, _) => "different",
    };
    let mut output = Output::new();
    if arguments.json {
        output.json(&json!({
            "schema_version": 1, "run": directory.path().to_string_lossy(), "level": level.name(), "verdict": verdict,
            "differences": differences, "comparison": comparison,
        }))?;
    } else {
        print(&mut output, level, verdict, comparison)?;
    }
    output.finish()?;
    if comparison.holds() {
        return Ok(());
    }
    let path = directory.path().display();
    Err(Failure::Unmet(format!("{path} was not repeated{}", because(differences))))
}

fn because(differences: &[Difference]) -> String {
    let names: Vec<&str> = differences.iter().map(|difference| difference.what).collect();
    if names.is_empty() { String::new() } else { format!("; not the same as when it was made: {}", names.join(", ")) }
}

fn print(output: &mut Output, level: Level, verdict: &str, comparison: &Comparison) -> Result<(), Failure> {
    output.line(format_args!("level       {}: {}", level.name(), level.words()))?;
    output.line(format_args!("events      {} of {} compared", comparison.compared, comparison.events))?;
    for part in &comparison.parts {
        let found = part.differs.as_deref().map_or_else(|| "equal".to_owned(), |how| format!("DIFFERS: {how}"));
        output.line(format_args!("{:<12}{found}", part.name))?;
    }
    if let Some(first) = &comparison.first {
        let step = first.step.map_or_else(String::new, |step| format!(", step {step}"));
        let place = if first.place.is_empty() { String::new() } else { format!(", `{}`", first.place) };
        output.line(format_args!("first difference: event {}{step}{place}", first.event))?;
        output.line(format_args!("  was  {}", first.then))?;
        output.line(format_args!("  is   {}", first.now))?;
    }
    output.line(format_args!("verdict     {verdict}"))
}
