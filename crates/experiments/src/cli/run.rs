//! `livenet run`: every arm of an experiment with every seed, one after the other.

use super::{
    claims, interrupt,
    output::{Output, note},
    pack,
    plan::{Choice, Plan, Planned},
    progress::Display,
    sitting::{Sitting, sit},
    summary::{self, Made},
    threads,
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    pictures::comparison,
    run::{Manifest, Outcome, Pictures, RunDirectory, RunError},
};
use serde_json::json;
use std::{num::NonZeroUsize, path::PathBuf};

/// Arguments of `run`.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// The experiment, as TOML
    file: PathBuf,
    /// Another value for a key of the file: optim.adam.rate=3e-4
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Only this seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Only this arm
    #[arg(long, value_name = "NAME")]
    arm: Option<String>,
    /// Another executor than the file names
    #[arg(long, value_name = "NAME")]
    pub(super) executor: Option<String>,
    /// Worker threads; they never change a result
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// All seeds in one process, a thread each or as lanes where their structures are equal; every run writes the files that it
    /// would write alone
    #[arg(long)]
    pack: bool,
    /// Go on with runs that were stopped, show those that are done, begin the rest
    #[arg(long)]
    resume: bool,
    /// Where runs are written
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Draw nothing; `livenet plot RUN` draws a run afterwards
    #[arg(long)]
    no_plots: bool,
    /// Hold the experiment to its claims; end with 1 if one is not met
    #[arg(long)]
    check: bool,
    /// One JSON document at the end instead of a table
    #[arg(long)]
    json: bool,
    /// No progress
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl Arguments {
    pub(super) const fn pictures(&self) -> Pictures {
        if self.no_plots { Pictures::None } else { Pictures::Drawn }
    }
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    threads::check(arguments.threads)?;
    if arguments.pack {
        // Each thread of a pack works by itself.
        return all(arguments, registry);
    }
    threads::inside(arguments.threads, || all(arguments, registry))?
}

/// Every run that the file asks for.
fn all(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let document = Document::read(&arguments.file, &arguments.set)?;
    let choice =
        Choice { arm: arguments.arm.as_deref(), seed: arguments.seed, executor: arguments.executor.as_deref() };
    let plan = Plan::new(&document, &choice, &arguments.out, registry)?;
    if !arguments.resume {
        // Before the first run, not after the hours it takes.
        if let Some(there) = plan.runs.iter().find(|run| run.path.exists()) {
            return Err(RunError::Exists { path: there.path.clone() }.into());
        }
    }
    interrupt::watch();
    let mut made = Vec::new();
    if arguments.pack {
        made = pack::all(&plan, &document, registry, arguments)?;
    } else {
        for planned in &plan.runs {
            made.push(one(arguments, planned, &document, registry)?);
        }
    }
    conclude(arguments, &plan, &made)
}

/// Makes one run, or takes it up.
fn one(arguments: &Arguments, planned: &Planned, document: &Document, registry: &Registry) -> Result<Made, Failure> {
    let Planned { arm, seed, path, .. } = planned;
    let there = path.exists();
    if there && let Some(outcome) = done(planned)? {
        if !arguments.quiet {
            note(format_args!("{}: is done", path.display()));
        }
        return Ok(Made { arm: arm.clone(), path: path.clone(), outcome });
    }
    let checked =
        Checked::new(document, arm, *seed, registry, &Places::from_environment(), arguments.executor.as_deref())?;
    let display = if arguments.quiet { Display::Quiet } else { Display::detect() };
    let name = if arm.is_empty() { format!("seed {seed}") } else { format!("{arm}, seed {seed}") };
    match sit(&checked, document, registry, path, (display, name), arguments.pictures())? {
        Sitting::Done(outcome) => Ok(Made { arm: arm.clone(), path: path.clone(), outcome }),
        Sitting::Stopped(at) => {
            Err(Failure::Interrupted { at, path: path.clone(), command: interrupt::command(&["--resume"]) })
        }
    }
}

/// What came of a run that is there, if it is complete.
pub(super) fn done(Planned { seed, hash, data, path, .. }: &Planned) -> Result<Option<Outcome>, Failure> {
    let directory = RunDirectory::open(path)?;
    let manifest = Manifest::read(&directory)?;
    if manifest.config != *hash || manifest.seed != *seed {
        let (found, expected) = (format!("{}-s{}", manifest.config, manifest.seed), format!("{hash}-s{seed}"));
        return Err(RunError::OtherConfig { path: path.to_owned(), found, expected }.into());
    }
    manifest.check_data(path, data)?;
    Ok(directory.outcome()?)
}

/// Joint plots, the table, the claims.
fn conclude(arguments: &Arguments, plan: &Plan, made: &[Made]) -> Result<(), Failure> {
    let summaries = summary::by_arm(&plan.arms, made);
    let mut joint = Vec::new();
    if made.len() > 1 && !arguments.no_plots {
        let runs: Vec<comparison::Compared<'_>> = made
            .iter()
            .map(|made| comparison::Compared { arm: &made.arm, path: &made.path, outcome: &made.outcome })
            .collect();
        match comparison::draw(&plan.name, &plan.arms, &runs, &summary::rows(&summaries), &plan.comparison) {
            Ok(paths) => joint = paths,
            Err(error) => note(format_args!("warning: the joint plots could not be drawn: {error}")),
        }
    }
    let verdicts = if arguments.check { claims::judge(&plan.claims, made) } else { Vec::new() };
    let mut output = Output::new();
    if arguments.json {
        // A path need not be text, and JSON is.
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        let runs: Vec<_> = made.iter().map(|made| json!({"path": text(&made.path), "report": made.outcome})).collect();
        let joint: Vec<String> = joint.iter().map(text).collect();
        output.json(
            &json!({"experiment": plan.name, "arms": summaries, "runs": runs, "comparison": joint, "claims": verdicts}),
        )?;
    } else {
        summary::print(&mut output, &summaries, made)?;
        joint.iter().try_for_each(|path| output.line(path.display()))?;
        if !verdicts.is_empty() {
            output.line("")?;
        }
        verdicts.iter().try_for_each(|verdict| output.line(verdict))?;
    }
    output.finish()?;
    let unmet = verdicts.iter().filter(|verdict| !verdict.met).count();
    if unmet > 0 {
        return Err(Failure::Unmet(format!("{unmet} of {} claims are not met", verdicts.len())));
    }
    if arguments.check && plan.claims.is_empty() {
        note("warning: --check, but the experiment claims nothing about these arms");
    }
    let diverged = summaries.iter().map(|summary| summary.diverged).sum::<usize>();
    if diverged > 0 {
        return Err(Failure::Unmet(format!("{diverged} of {} runs diverged", made.len())));
    }
    Ok(())
}
