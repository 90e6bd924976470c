//! Repeating a run from its own config, and comparing what comes out with what there is.
//!
//! Events are compared as they come, so that a repetition ends at the first that differs and not after the hours
//! that the run took. The run's directory is only read.

use super::{
    Checkpoint, Driver, Interrupt, Outcome, Pictures, RunDirectory, RunError, Watcher,
    departure::{Departure, Measure, departure},
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
};
use livenet_train::session::Event;
use serde::Serialize;
use serde_json::Value;
use std::{path::Path, sync::atomic::Ordering};

/// A run and how it is to be repeated.
#[derive(Clone, Copy)]
pub struct Repetition<'a> {
    /// The run.
    pub run: &'a RunDirectory,
    /// Its config, for the executor that repeats it.
    pub checked: &'a Checked,
    /// The text of the config.
    pub document: &'a Document,
    /// Whatever the config names.
    pub registry: &'a Registry,
    /// How equal it must be.
    pub measure: Measure,
}

/// What a repetition came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Events that were compared, the one that differs included.
    pub compared: usize,
    /// Events of the run.
    pub events: usize,
    /// The first event that differs.
    pub first: Option<Parting>,
    /// The parts that were compared at the end; none where an event differs.
    pub parts: Vec<Part>,
}

/// An event that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parting {
    /// Its number, from 1: its line in `events.jsonl`.
    pub event: usize,
    /// The step that it tells of.
    pub step: Option<u64>,
    /// The first part of it that differs; empty for an event that only one side has.
    pub place: String,
    /// What was.
    pub then: Value,
    /// What is.
    pub now: Value,
}

/// One of the things that a run leaves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Journal, report, ...
    pub name: &'static str,
    /// Nothing, or in which way it differs.
    pub differs: Option<String>,
}

impl Comparison {
    /// Whether nothing differs.
    pub fn holds(&self) -> bool {
        self.first.is_none() && self.parts.iter().all(|part| part.differs.is_none())
    }
}

impl Repetition<'_> {
    /// Runs it in `place`, which must not be there, and compares. `None` when it was interrupted.
    ///
    /// # Errors
    /// When the run is not complete or cannot be read, and whatever ends a run.
    pub fn make(
        &self,
        place: &Path,
        interrupt: &Interrupt,
        watcher: &mut dyn Watcher,
    ) -> Result<Option<Comparison>, Failure> {
        let Some(then) = self.run.outcome()? else {
            let path = self.run.path().to_owned();
            return Err(RunError::Incomplete { path }.into());
        };
        let stop = Interrupt::new(false);
        let mut against = Against {
            then: lines(self.run)?,
            at: 0,
            first: None,
            measure: self.measure,
            stop: &stop,
            interrupt,
            watcher,
        };
        let driver = Driver::begin(self.checked, self.document, self.registry, place)?;
        let mut driver = driver.with(Pictures::None);
        // What was told before the first step is already written.
        for event in &lines(driver.directory())? {
            against.look(event);
        }
        let now = driver.run(&stop, &mut against)?;
        let (events, at) = (against.then.len(), against.at);
        if against.first.is_none() {
            if now.is_none() {
                return Ok(None);
            }
            if let Some(missing) = against.then.get(at) {
                against.first = Some(parting(at + 1, missing, &Value::Null, Departure::whole(missing, &Value::Null)));
            }
        }
        let parts = match (&against.first, now) {
            (None, Some(now)) => self.parts(&then, &now, driver.directory())?,
            _ => Vec::new(),
        };
        Ok(Some(Comparison { compared: at, events, first: against.first, parts }))
    }

    fn parts(&self, then: &Outcome, now: &Outcome, made: &RunDirectory) -> Result<Vec<Part>, Failure> {
        let mut parts = Vec::new();
        if self.measure == Measure::Exact {
            let (then, now) = (self.run.read("journal.bin")?, made.read("journal.bin")?);
            let at = then.iter().zip(&now).position(|(then, now)| then != now).unwrap_or(then.len().min(now.len()));
            let differs = (then != now)
                .then(|| format!("from byte {at} on; it was {} bytes long, and is {}", then.len(), now.len()));
            parts.push(Part { name: "journal", differs });
        }
        let value = |outcome: &Outcome| {
            // The name of an arm chose the config, which is repeated as it was resolved.
            let bare = Outcome { seconds: 0.0, arm: String::new(), ..outcome.clone() };
            serde_json::to_value(bare).expect("a report is plain data")
        };
        let found = departure(&value(then), &value(now), self.measure);
        let differs = found.map(|found| format!("`{}` was {}, and is {}", found.place, found.then, found.now));
        parts.push(Part { name: "report", differs });
        let read = |directory| Checkpoint::read(directory, Checkpoint::FINAL);
        let (then, now) = (read(self.run)?, read(made)?);
        if self.measure == Measure::Exact {
            // As bytes: what is not a number equals itself there.
            let bytes = |checkpoint: Checkpoint| Checkpoint { seconds: 0.0, ..checkpoint }.encode(self.run.path());
            let differs = (bytes(then)? != bytes(now)?).then(|| "in weights, moments or states".to_owned());
            parts.push(Part { name: "checkpoint", differs });
        } else {
            let digest = |checkpoint: Checkpoint| {
                let restored = checkpoint.state.network.restore();
                restored.map(|network| network.digest().to_string()).map_err(|error| RunError::Damaged {
                    path: self.run.file(Checkpoint::FINAL),
                    what: error.to_string(),
                    mend: "restore it from a copy",
                })
            };
            let (then, now) = (digest(then)?, digest(now)?);
            let differs = (then != now).then(|| format!("its digest was {then}, and is {now}"));
            parts.push(Part { name: "structure", differs });
        }
        Ok(parts)
    }
}

/// The events of a run as they are written.
fn lines(directory: &RunDirectory) -> Result<Vec<Value>, RunError> {
    let mut all = Vec::new();
    super::each_event(directory, &mut |event| all.push(serde_json::to_value(event).expect("events are plain data")))?;
    Ok(all)
}

fn parting(event: usize, then: &Value, now: &Value, found: Departure) -> Parting {
    let step = [then, now].into_iter().find_map(|event| event["step"].as_u64());
    Parting { event, step, place: found.place, then: found.then, now: found.now }
}

/// Holds each event against that of the run, and stops at the first that differs.
struct Against<'a> {
    then: Vec<Value>,
    at: usize,
    first: Option<Parting>,
    measure: Measure,
    stop: &'a Interrupt,
    interrupt: &'a Interrupt,
    watcher: &'a mut dyn Watcher,
}

impl Against<'_> {
    fn look(&mut self, now: &Value) {
        if self.first.is_some() {
            return;
        }
        let then = self.then.get(self.at).unwrap_or(&Value::Null);
        self.at += 1;
        if let Some(found) = departure(then, now, self.measure) {
            self.first = Some(parting(self.at, then, now, found));
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Watcher for Against<'_> {
    fn event(&mut self, event: &Event) {
        self.look(&serde_json::to_value(event).expect("events are plain data"));
        self.watcher.event(event);
    }

    fn step(&mut self, step: u64, of: u64) {
        if self.interrupt.load(Ordering::Relaxed) {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.watcher.step(step, of);
    }

    fn warn(&mut self, text: &str) {
        self.watcher.warn(text);
    }
}
