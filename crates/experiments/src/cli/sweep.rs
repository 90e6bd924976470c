//! `livenet sweep`: every trial of a sweep, by processes of this machine.

use super::{
    cluster::{self, On},
    interrupt::{self, quoted},
    output::{Output, note},
    progress::duration,
    status::{self, Counts, Status},
    threads,
};
use crate::{
    Failure, Registry,
    compare::{self, Comparison},
    sweep::{Ended, Forgive, News, Options, Plan, Planner, Pool, Stage, State, Sweep, SweepDirectory, Trial},
};
use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    path::PathBuf,
    time::{Duration, Instant},
};

/// Arguments of `sweep`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 all trials are done; 1 some failed; 2 nothing could run; 130 a signal ended it. The same command \
    again does only what is missing."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// The sweep, as TOML
    file: PathBuf,
    /// Another value for a key of the file: seeds=[1,2], or of its experiment: experiment.train.steps=100
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Where the sweep is written, in a folder of its name
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Print the trials, and write and run nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the commands of the missing trials, one a line, for another scheduler
    #[arg(long, conflicts_with = "dry_run")]
    emit_commands: bool,
    /// Processes at once; by default as many as the machine has cores for their threads
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Trials that differ by seed alone in one process, as `run --pack` takes them: sixteen at most
    #[arg(long, conflicts_with = "emit_commands")]
    pack: bool,
    /// Worker threads of each process; they never change a result
    #[arg(long, value_name = "N", default_value = "1")]
    threads: NonZeroUsize,
    /// The longest that a trial may take in this sitting; it is then ended with a checkpoint, and counts as failed
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// Stop at the first trial that fails
    #[arg(long, conflicts_with = "max_failures")]
    fail_fast: bool,
    /// Stop when so many have failed
    #[arg(long, value_name = "N")]
    max_failures: Option<NonZeroUsize>,
    /// Take up the trials that failed before
    #[arg(long)]
    retry_failed: bool,
    /// One JSON document at the end instead of a table
    #[arg(long)]
    json: bool,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    cluster: cluster::Elsewhere,
}

/// The most trials of a pack.
const SIDE_BY_SIDE: NonZeroUsize = NonZeroUsize::new(livenet_train::session::MOST_TOGETHER).expect("it is not 0");

/// A time that can be waited for.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds, such as 600".to_owned())?;
    let time = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if time.is_zero() { Err("give more than 0 seconds".to_owned()) } else { Ok(time) }
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    threads::check(Some(arguments.threads))?;
    let on = arguments.cluster.on()?;
    let sweep = Sweep::read(&arguments.file, &arguments.set)?;
    let found = SweepDirectory::of(&arguments.out, &sweep)?;
    // Everything is checked before anything is written.
    let plan = Planner::new(&sweep, registry, found.as_ref()).plan()?;
    if arguments.dry_run {
        return dry_run(arguments, &plan, found.as_ref());
    }
    let directory = SweepDirectory::make(&SweepDirectory::place(&arguments.out, &sweep))?;
    directory.keep(&sweep, &plan)?;
    directory.forgive(&plan, if arguments.retry_failed { Forgive::All } else { Forgive::Killed })?;
    if arguments.emit_commands {
        return emit(&plan, &directory);
    }
    if on == On::Slurm {
        return hand_over(arguments, &sweep, &plan, &directory);
    }
    interrupt::watch();
    let ended = complete(arguments, &sweep, plan, &directory, registry)?;
    conclude(arguments, ended, &directory)
}

/// Hands what is missing to a cluster, or concludes where nothing is.
fn hand_over(arguments: &Arguments, sweep: &Sweep, plan: &Plan, directory: &SweepDirectory) -> Result<(), Failure> {
    let here = [
        ("--pack", arguments.pack),
        ("--timeout", arguments.timeout.is_some()),
        ("--fail-fast", arguments.fail_fast),
        ("--max-failures", arguments.max_failures.is_some()),
    ];
    if let Some((name, _)) = here.iter().find(|(_, given)| *given) {
        return Err(Failure::Usage(format!(
            "{name} is for trials of this machine\n  help: on a cluster, --time ends a sitting and `scancel` the rest"
        )));
    }
    if let Some(submitted) = arguments.cluster.submit(sweep, plan, directory, (arguments.jobs, arguments.threads))? {
        return cluster::tell(&submitted, directory, arguments.json.then(Output::new));
    }
    conclude(arguments, Ended::Complete, directory)?;
    match Status::of(directory)?.counts.waiting {
        0 => Ok(()),
        left => Err(Failure::Unmet(format!(
            "{left} trials are neither done nor in the queue: Slurm gave them up, or no longer knows them\n  help: the same command hands them over again"
        ))),
    }
}

/// Runs what is missing, and what searches ask for then, until there is no more.
fn complete(
    arguments: &Arguments,
    sweep: &Sweep,
    mut plan: Plan,
    directory: &SweepDirectory,
    registry: &Registry,
) -> Result<Ended, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.or(NonZeroUsize::new(cores / arguments.threads)).unwrap_or(NonZeroUsize::MIN);
    let most_failures = if arguments.fail_fast { Some(NonZeroUsize::MIN) } else { arguments.max_failures };
    let pack = if arguments.pack { SIDE_BY_SIDE } else { NonZeroUsize::MIN };
    let options = Options { jobs, pack, threads: arguments.threads, timeout: arguments.timeout, most_failures };
    let mut planner = Planner::new(sweep, registry, Some(directory));
    let mut board = Board::new(arguments.quiet, directory);
    loop {
        let runs: Vec<Trial> = plan.runs().into_iter().cloned().collect();
        let states = directory.states(&runs)?;
        let missing = runs.iter().zip(&states).filter(|(_, state)| **state != State::Done).map(|(trial, _)| trial);
        let missing: Vec<&Trial> = missing.filter(|trial| !board.failed.contains(&trial.key)).collect();
        board.begin(runs.len(), missing.len());
        let training = interrupt::training();
        let ended = Pool::new(directory, options, training.interrupt(), missing).run(&mut |news| board.tell(&news))?;
        drop(training);
        if ended != Ended::Complete {
            return Ok(ended);
        }
        let next = planner.plan()?;
        directory.keep(sweep, &next)?;
        if next.trials.len() == plan.trials.len() {
            return Ok(Ended::Complete);
        }
        plan = next;
    }
}

/// Says how the trials go, a line for each.
struct Board<'a> {
    quiet: bool,
    directory: &'a SweepDirectory,
    of: usize,
    left: usize,
    failed: BTreeSet<String>,
    since: Instant,
    /// Trials that came to their end here, for the time that is left.
    made: usize,
}

impl<'a> Board<'a> {
    fn new(quiet: bool, directory: &'a SweepDirectory) -> Self {
        Self { quiet, directory, of: 0, left: 0, failed: BTreeSet::new(), since: Instant::now(), made: 0 }
    }

    /// So many trials are known, and so many of them not done.
    fn begin(&mut self, of: usize, left: usize) {
        (self.of, self.left) = (of, left);
        if !self.quiet && left > 0 {
            note(format_args!("{}: {} of {of} trials are done", self.directory.path().display(), of - left));
        }
    }

    fn tell(&mut self, news: &News<'_>) {
        let (trial, what) = match news {
            News::Begun(_) | News::Elsewhere(_) => return,
            News::Done(trial) => (trial, "done".to_owned()),
            News::Failed(trial, record) => {
                self.failed.insert(trial.key.clone());
                let log = record.log.iter().fold(String::new(), |text, line| text + "\n    " + line);
                (trial, format!("failed: {}; see {}{log}\n ", record.cause, self.directory.log(&trial.key).display()))
            }
        };
        self.left -= 1;
        self.made += 1;
        if self.quiet {
            return;
        }
        let failed = if self.failed.is_empty() { String::new() } else { format!(", {} failed", self.failed.len()) };
        let rest = self.since.elapsed().as_secs_f64() / self.made as f64 * self.left as f64;
        let rest = if self.left == 0 { String::new() } else { format!(", about {} left", duration(rest)) };
        let done = self.of - self.left - self.failed.len();
        note(format_args!("{}, seed {}: {what} ({done} of {}{failed}{rest})", trial.label, trial.seed, self.of));
    }
}

/// The trials, and how they stand.
fn dry_run(arguments: &Arguments, plan: &Plan, directory: Option<&SweepDirectory>) -> Result<(), Failure> {
    let mut output = Output::new();
    if arguments.json {
        output.json(plan)?;
        return output.finish();
    }
    let states = directory.map(|directory| directory.states(&plan.trials)).transpose()?;
    let mut rows = vec![["key", "seed", "stage", "state", "setting"].map(str::to_owned).to_vec()];
    for (at, trial) in plan.trials.iter().enumerate() {
        let stage = match trial.stage {
            Stage::Compared => "compared".to_owned(),
            Stage::Searched(rung) => format!("rung {rung}"),
        };
        let state = states.as_ref().map_or("waiting", |states| status::word(&states[at]));
        rows.push(vec![trial.key.clone(), trial.seed.to_string(), stage, state.to_owned(), trial.label.clone()]);
    }
    output.table(&rows)?;
    let open = if plan.open { "; the search asks for more when these are done" } else { "" };
    output.line(format_args!("\n{} trials, {} runs{open}", plan.trials.len(), plan.runs().len()))?;
    output.finish()
}

/// A command for each trial that is not done.
fn emit(plan: &Plan, directory: &SweepDirectory) -> Result<(), Failure> {
    let runs: Vec<Trial> = plan.runs().into_iter().cloned().collect();
    let program = std::env::current_exe()?;
    let path = std::path::absolute(directory.path())?;
    let (program, path) = (quoted(&program.to_string_lossy()), quoted(&path.to_string_lossy()));
    let mut output = Output::new();
    for (trial, state) in runs.iter().zip(directory.states(&runs)?) {
        if matches!(state, State::Waiting) {
            output.line(format_args!("{program} trial {path} {}", trial.key))?;
        }
    }
    output.finish()?;
    if plan.open {
        note("note: the search asks for more when these are done; give the command again then");
    }
    Ok(())
}

/// The table, and what the end means.
fn conclude(arguments: &Arguments, ended: Ended, directory: &SweepDirectory) -> Result<(), Failure> {
    let status = Status::of(directory)?;
    let Counts { done, failed, .. } = status.counts;
    let of = status.counts.all();
    if ended == Ended::Interrupted {
        let (path, command) = (directory.path().to_owned(), interrupt::command(&[]));
        return Err(Failure::SweepInterrupted { done, of, path, command });
    }
    let comparison = if done == 0 { None } else { compared(directory)? };
    let mut output = Output::new();
    match &comparison {
        _ if arguments.json => output.json(&status)?,
        Some(comparison) => {
            if failed > 0 {
                status.print(&mut output)?;
                output.line("")?;
            }
            output.bytes(comparison.to_string().as_bytes())?;
            output.line(format_args!("\n{}", directory.path().display()))?;
        }
        None => {
            status.print(&mut output)?;
            output.line(format_args!("\n{}", directory.path().display()))?;
        }
    }
    output.finish()?;
    let stopped = if matches!(ended, Ended::Failures(_)) { "; nothing more was begun" } else { "" };
    let help = "`--retry-failed` takes them up again";
    match (done, failed) {
        (_, 0) => Ok(()),
        (0, failed) => {
            Err(Failure::Usage(format!("no trial could be run: {failed} of {of} failed{stopped}\n  help: {help}")))
        }
        (_, failed) => Err(Failure::Unmet(format!("{failed} of {of} trials failed{stopped}\n  help: {help}"))),
    }
}

/// The comparison of what is done, with its files; none, and a warning, where it cannot be made.
fn compared(directory: &SweepDirectory) -> Result<Option<Comparison>, Failure> {
    // Another sweep at the same directory writes the same files.
    let _lock = directory.lock()?;
    match compare::sweep_directory(directory.path()) {
        Ok((comparison, _)) => Ok(Some(comparison)),
        Err(error) => {
            note(format_args!("warning: what is done cannot be compared: {error}"));
            Ok(None)
        }
    }
}
