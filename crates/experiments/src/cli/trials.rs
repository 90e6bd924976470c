//! `livenet trial` with several keys: trials that differ by seed alone, as a pack in one process.

use super::{
    interrupt,
    output::note,
    progress::{Display, Progress},
    trial::{Arguments, record},
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::{self, Begun, Driver, Ended, Likely, Pictures, Ready, RunDirectory, RunError},
    sweep::{State, SweepDirectory, Trial},
};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A trial, with its config once it is begun.
struct Part {
    trial: Trial,
    ready: OnceLock<(Document, Checked)>,
}

struct Trials<'t> {
    directory: &'t SweepDirectory,
    folder: String,
    pictures: Pictures,
    registry: &'t Registry,
    places: Places,
    arguments: &'t Arguments,
    parts: Vec<Part>,
    ended: Mutex<Vec<Result<(), Failure>>>,
}

/// Brings all of them to their ends. Whoever fails is written down, and does not stop the others.
pub(super) fn all(
    directory: &SweepDirectory,
    keys: &[String],
    registry: &Registry,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let part = |key: &String| Ok(Part { trial: directory.trial(key)?, ready: OnceLock::new() });
    let plan = directory.plan()?;
    let trials = Trials {
        directory,
        pictures: plan.pictures(),
        folder: plan.folder,
        registry,
        places: Places::from_environment().with_shelf(),
        arguments,
        parts: keys.iter().map(part).collect::<Result<_, Failure>>()?,
        ended: Mutex::new(Vec::new()),
    };
    let numbers: Vec<usize> = (0..keys.len()).collect();
    let mut units = Vec::new();
    for config in numbers.chunk_by(|&a, &b| trials.parts[a].trial.config == trials.parts[b].trial.config) {
        // One that cannot be read says so when it is begun.
        let likely = trials.ready(config[0]).map_or(Likely::Different, |(_, checked)| Likely::of(checked));
        units.extend(run::units(config, arguments.threads, likely));
    }
    let training = interrupt::training();
    run::pack(units, arguments.threads, training.interrupt(), &trials)?;
    drop(training);
    let (mut worst, mut done) = (Ok(()), 0);
    for result in trials.ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // What failed says more than a signal, and that more than another process.
        let weight = |result: &Result<(), Failure>| match result {
            Ok(()) => 0,
            Err(Failure::Elsewhere { .. }) => 1,
            Err(Failure::Stopped) => 2,
            Err(_) => 3,
        };
        done += usize::from(result.is_ok());
        if weight(&result) > weight(&worst) {
            worst = result;
        }
    }
    match worst {
        Err(Failure::Stopped) => {
            Err(Failure::PackInterrupted { done, of: keys.len(), command: interrupt::command(&[]) })
        }
        other => other,
    }
}

impl Trials<'_> {
    fn ready(&self, number: usize) -> Result<&(Document, Checked), Failure> {
        let Part { trial, ready } = &self.parts[number];
        if let Some(ready) = ready.get() {
            return Ok(ready);
        }
        let made = self.directory.checked(trial, &self.folder, self.registry, &self.places)?;
        Ok(ready.get_or_init(|| made))
    }
}

impl<'a> run::Host<'a> for Trials<'_> {
    fn begin(&'a self, number: usize) -> Result<Begun<'a>, Failure> {
        let Part { trial, .. } = &self.parts[number];
        let path = self.directory.run(&trial.key);
        let done = |outcome| Ok(Begun::Done(Box::new(outcome)));
        match self.directory.state(&trial.key)? {
            State::Done => {
                if let Some(outcome) = RunDirectory::open(&path)?.outcome()? {
                    return done(outcome);
                }
            }
            State::Running => return Err(Failure::Elsewhere { path }),
            State::Failed(_) | State::Waiting => {}
        }
        let (document, checked) = self.ready(number)?;
        let display = if self.arguments.quiet { Display::Quiet } else { Display::Plain };
        let mut watcher = Progress::new(display, format!("{}, seed {}", trial.label, trial.seed));
        let driver = if path.exists() {
            Driver::resume(checked, document, self.registry, &path, &mut watcher)
        } else {
            Driver::begin(checked, document, self.registry, &path)
        };
        let driver = driver.map_err(|failure| match failure {
            // Another process was faster.
            Failure::Run(RunError::Locked { .. } | RunError::Exists { .. }) => Failure::Elsewhere { path },
            other => other,
        })?;
        let driver = driver.with(self.pictures);
        if let Some(outcome) = driver.directory().outcome()? {
            return done(outcome);
        }
        watcher.begin(driver.session().network());
        Ok(Begun::Ready(Box::new(Ready { driver, watcher: Box::new(watcher) })))
    }

    fn ended(&self, number: usize, ended: Ended) {
        let trial = &self.parts[number].trial;
        let result = match ended {
            Ended::Done(_) => Ok(()),
            Ended::Failed(failure) => Err(failure),
            Ended::Stopped(_) | Ended::NotBegun => Err(Failure::Stopped),
        };
        let recorded = match &result {
            Err(Failure::Stopped) => Ok(()),
            result => record(self.directory, trial, result),
        };
        for failure in result.as_ref().err().into_iter().chain(recorded.as_ref().err()) {
            if !matches!(failure, Failure::Stopped) {
                note(format_args!("{}, seed {}: {failure}", trial.label, trial.seed));
            }
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(result.and(recorded));
    }
}
