//! `livenet run --pack`: the runs of a command in one process.

use super::{
    interrupt,
    output::note,
    plan::{Plan, Planned},
    progress::{Display, Progress},
    run::{Arguments, done},
    summary::Made,
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::{self, Begun, Driver, Ended, Ending, Likely, Ready},
};
use std::{
    num::NonZeroUsize,
    sync::{Mutex, OnceLock, PoisonError},
};

/// The runs of a command, each with its config once it is begun.
struct Runs<'p> {
    plan: &'p Plan,
    document: &'p Document,
    registry: &'p Registry,
    arguments: &'p Arguments,
    /// Where data are; each set is loaded once.
    places: Places,
    checked: Vec<OnceLock<Checked>>,
    ended: Mutex<Vec<Option<Ended>>>,
}

/// Makes all runs of a plan, or takes them up. Whoever fails does not stop the others.
pub(super) fn all(
    plan: &Plan,
    document: &Document,
    registry: &Registry,
    arguments: &Arguments,
) -> Result<Vec<Made>, Failure> {
    let threads = arguments.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let runs = Runs {
        plan,
        document,
        registry,
        arguments,
        places: Places::from_environment().with_shelf(),
        checked: plan.runs.iter().map(|_| OnceLock::new()).collect(),
        ended: Mutex::new(plan.runs.iter().map(|_| None).collect()),
    };
    let mut units = Vec::new();
    for arm in &plan.arms {
        let of_arm: Vec<usize> = (0..plan.runs.len()).filter(|&at| plan.runs[at].arm == *arm).collect();
        let Some(&first) = of_arm.first() else { continue };
        units.extend(run::units(&of_arm, threads, Likely::of(runs.check(first)?)));
    }
    let training = interrupt::training();
    run::pack(units, threads, training.interrupt(), &runs)?;
    drop(training);
    let ended = runs.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut made, mut failed, mut stopped) = (Vec::new(), None, false);
    for (Planned { arm, path, .. }, ended) in plan.runs.iter().zip(ended) {
        match ended {
            Some(Ended::Done(outcome)) => made.push(Made { arm: arm.clone(), path: path.clone(), outcome: *outcome }),
            Some(Ended::Failed(failure)) => failed = failed.or(Some(failure)),
            Some(Ended::Stopped(_) | Ended::NotBegun) | None => stopped = true,
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None if stopped => {
            let command = interrupt::command(&["--resume"]);
            Err(Failure::PackInterrupted { done: made.len(), of: plan.runs.len(), command })
        }
        None => Ok(made),
    }
}

impl Runs<'_> {
    /// The config of a run.
    fn check(&self, number: usize) -> Result<&Checked, Failure> {
        let Planned { arm, seed, .. } = &self.plan.runs[number];
        if let Some(checked) = self.checked[number].get() {
            return Ok(checked);
        }
        let executor = self.arguments.executor.as_deref();
        let checked = Checked::new(self.document, arm, *seed, self.registry, &self.places, executor)?;
        Ok(self.checked[number].get_or_init(|| checked))
    }

    fn name(&self, number: usize) -> String {
        let Planned { arm, seed, .. } = &self.plan.runs[number];
        if arm.is_empty() { format!("seed {seed}") } else { format!("{arm}, seed {seed}") }
    }
}

impl<'a> run::Host<'a> for Runs<'_> {
    fn begin(&'a self, number: usize) -> Result<Begun<'a>, Failure> {
        let planned = &self.plan.runs[number];
        let (path, quiet) = (&planned.path, self.arguments.quiet);
        let there = path.exists();
        if there && let Some(outcome) = done(planned)? {
            if !quiet {
                note(format_args!("{}: is done", path.display()));
            }
            return Ok(Begun::Done(Box::new(outcome)));
        }
        let checked = self.check(number)?;
        // Several runs cannot renew one line.
        let display = if quiet { Display::Quiet } else { Display::Plain };
        let mut watcher = Progress::new(display, self.name(number));
        let driver = if there {
            let driver = Driver::resume(checked, self.document, self.registry, path, &mut watcher)?;
            // Another process may have brought it to its end before it let go of the lock.
            if let Some(outcome) = driver.directory().outcome()? {
                return Ok(Begun::Done(Box::new(outcome)));
            }
            driver
        } else {
            Driver::begin(checked, self.document, self.registry, path)?
        };
        if !there && !quiet {
            note(format_args!("{}: writing {}", self.name(number), path.display()));
        }
        watcher.begin(driver.session().network());
        Ok(Begun::Ready(Box::new(Ready { driver: driver.with(self.arguments.pictures()), watcher: Box::new(watcher) })))
    }

    fn ended(&self, number: usize, ended: Ended) {
        let path = self.plan.runs[number].path.display();
        match &ended {
            Ended::Done(outcome) => {
                if let Ending::Diverged { what, .. } = &outcome.ending {
                    note(format_args!("{path}: diverged: {what}"));
                }
            }
            Ended::Failed(failure) => note(format_args!("{path}: {failure}")),
            Ended::Stopped(_) | Ended::NotBegun => {}
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(ended);
    }
}
