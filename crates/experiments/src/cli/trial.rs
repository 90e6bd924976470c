//! `livenet trial`: one trial of a sweep, as the local pool, a cluster's job or `parallel` starts it.

use super::{
    interrupt,
    output::note,
    progress::Display,
    sitting::{Sitting, sit},
    threads, trials,
};
use crate::{
    Failure, Registry,
    data::Places,
    run::RunError,
    sweep::{Cause, FailureRecord, State, SweepDirectory, Trial},
};
use std::{
    io::Read as _,
    num::NonZeroUsize,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Arguments of `trial`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the trial is done, now or before; 1 it failed; 2 it cannot run; 75 another process is at it; 130 a \
    signal ended it, with a checkpoint."
)]
pub(super) struct Arguments {
    /// The directory of the sweep
    sweep: PathBuf,
    /// The trial's key, as `livenet status --json` and `livenet sweep --emit-commands` give it; several go as a pack
    #[arg(required_unless_present = "index", value_name = "KEY")]
    keys: Vec<String>,
    /// Or its position in plan.json, from 0
    #[arg(long, value_name = "N", conflicts_with = "keys")]
    index: Option<usize>,
    /// Worker threads; they never change a result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(super) threads: NonZeroUsize,
    /// End with a checkpoint when standard input ends, as it does when the parent process is gone
    #[arg(long)]
    until_stdin_ends: bool,
    /// End with a checkpoint at this time, in seconds since 1970
    #[arg(long, value_name = "TIME")]
    until: Option<u64>,
    /// No progress
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// How long a trial that another process holds is asked for: whoever only looks at it is gone sooner.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    threads::check(Some(arguments.threads))?;
    if arguments.keys.len() > 1 {
        prepare(arguments)?;
        return trials::all(&SweepDirectory::open(&arguments.sweep)?, &arguments.keys, registry, arguments);
    }
    threads::inside(Some(arguments.threads), || one(arguments, registry))?
}

/// From now on a signal, the parent's end and the time are answered.
fn prepare(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::watch();
    if arguments.until_stdin_ends {
        std::thread::spawn(|| {
            let mut rest = Vec::new();
            let _ended_or_broken = std::io::stdin().lock().read_to_end(&mut rest);
            interrupt::ask();
        });
    }
    arguments.until.map_or(Ok(()), until)
}

fn one(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    prepare(arguments)?;
    let directory = SweepDirectory::open(&arguments.sweep)?;
    let trial = match (arguments.keys.first(), arguments.index) {
        (Some(key), _) => directory.trial(key)?,
        (None, index) => at(&directory, index.unwrap_or_default())?,
    };
    let result = attempt(arguments, &directory, &trial, registry);
    record(&directory, &trial, &result)?;
    result
}

/// Writes down how a trial failed, or forgets how it did before.
pub(super) fn record(directory: &SweepDirectory, trial: &Trial, result: &Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Ok(()) => {
            let lock = directory.lock()?;
            FailureRecord::remove(directory, &trial.key, &lock)?;
        }
        Err(Failure::Interrupted { .. } | Failure::Elsewhere { .. }) => {}
        Err(failure) => {
            // Whoever started it knows more, and writes it over this.
            let mut record =
                FailureRecord::new(Cause::ExitCode(failure.exit_code().into()), &directory.log(&trial.key));
            record.log = failure.to_string().lines().map(ToOwned::to_owned).collect();
            record.write(directory, &trial.key)?;
        }
    }
    Ok(())
}

/// Asks for an end at a time. The clock is looked at again and again: it may be set while a trial runs.
fn until(time: u64) -> Result<(), Failure> {
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(time));
    let at = at.ok_or_else(|| Failure::Usage(format!("--until {time}: no clock goes that far")))?;
    std::thread::spawn(move || {
        while let Ok(left) = at.duration_since(SystemTime::now()) {
            sleep(left.min(Duration::from_secs(1)));
        }
        interrupt::ask();
    });
    Ok(())
}

fn at(directory: &SweepDirectory, index: usize) -> Result<Trial, Failure> {
    let trials = directory.plan()?.trials;
    let count = trials.len();
    trials.into_iter().nth(index).ok_or_else(|| {
        Failure::Usage(format!("--index {index}: {} has {count} trials, counted from 0", directory.path().display()))
    })
}

/// Brings the trial to its end, unless another process is at it.
fn attempt(
    arguments: &Arguments,
    directory: &SweepDirectory,
    trial: &Trial,
    registry: &Registry,
) -> Result<(), Failure> {
    let since = Instant::now();
    let path = directory.run(&trial.key);
    let mut ready = None;
    loop {
        let state = directory.state(&trial.key)?;
        if state == State::Done {
            if !arguments.quiet {
                note(format_args!("{}: is done", path.display()));
            }
            return Ok(());
        }
        if state != State::Running {
            if ready.is_none() {
                let plan = directory.plan()?;
                let (document, checked) =
                    directory.checked(trial, &plan.folder, registry, &Places::from_environment())?;
                ready = Some((document, checked, plan.pictures()));
            }
            let Some((document, checked, pictures)) = &ready else { unreachable!("it was made above") };
            let display = if arguments.quiet { Display::Quiet } else { Display::detect() };
            let name = format!("{}, seed {}", trial.label, trial.seed);
            match sit(checked, document, registry, &path, (display, name), *pictures) {
                Ok(Sitting::Done(_)) => return Ok(()),
                Ok(Sitting::Stopped(at)) => {
                    let command = interrupt::command(&[]);
                    return Err(Failure::Interrupted { at, path, command });
                }
                // Another process was faster, or looked at the lock.
                Err(Failure::Run(RunError::Locked { .. } | RunError::Exists { .. })) => {}
                Err(failure) => return Err(failure),
            }
        }
        if since.elapsed() > PATIENCE {
            return Err(Failure::Elsewhere { path });
        }
        sleep(Duration::from_millis(20));
    }
}
