//! The driver: trains a session to its end, writing events, journal and checkpoints.

mod finish;

use super::{Best, Checkpoint, Ending, Manifest, Outcome, RunDirectory, RunError, disk, rebuild};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
};
use livenet_train::{
    Session,
    session::{Event, Measured, Member, SessionError},
};
use std::{
    fs::File,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

/// Set from outside to end a run at the next step, with a checkpoint.
pub type Interrupt = AtomicBool;

/// Is told what happens.
pub trait Watcher {
    /// An event, as it is written.
    fn event(&mut self, event: &Event);
    /// How far the run is, at every step.
    fn step(&mut self, step: u64, of: u64);
    /// Something that a user should know.
    fn warn(&mut self, text: &str);
}

/// Whether a run ends with its plots and its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// It does.
    Drawn,
    /// It is only to be compared with another.
    None,
}

/// What comes next in a run.
pub(super) enum Ahead {
    /// So many steps at most, until something else is due.
    Steps(u64),
    /// Nothing: it is done.
    Over(Box<Outcome>),
    /// Nothing: it was interrupted, and left a checkpoint.
    Stopped,
}

/// One run under way.
pub struct Driver<'a> {
    checked: &'a Checked,
    document: &'a Document,
    registry: &'a Registry,
    session: Session,
    directory: RunDirectory,
    events: File,
    events_length: u64,
    journal: File,
    journal_length: u64,
    timings: File,
    best: Option<Best>,
    patience: (f64, u32),
    validation: (f64, Option<f64>),
    /// How the run ended, when only its report is missing.
    ending: Option<Ending>,
    pictures: Pictures,
    /// Seconds of earlier sittings.
    before: f64,
    since: Instant,
    _lock: super::directory::Lock,
}

impl<'a> Driver<'a> {
    /// Begins a run in a new directory.
    ///
    /// # Errors
    /// [`RunError::Exists`], or whatever keeps the session from being set up; nothing is left behind then.
    pub fn begin(
        checked: &'a Checked,
        document: &'a Document,
        registry: &'a Registry,
        path: &Path,
    ) -> Result<Self, Failure> {
        if path.exists() {
            return Err(RunError::Exists { path: path.to_owned() }.into());
        }
        let mut session = rebuild::set_up(checked, document, registry)?;
        let manifest = Manifest::here(checked, document);
        let manifest = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
        let journal = session.journal().bytes().to_vec();
        let mut events = Vec::new();
        for event in session.take_events() {
            serde_json::to_writer(&mut events, &event).expect("events are plain data");
            events.push(b'\n');
        }
        let config = checked.to_toml();
        let start = Checkpoint {
            state: session.save(),
            best: None,
            patience: (f64::INFINITY, 0),
            validation: (f64::NAN, None),
            events: events.len() as u64,
            journal: journal.len() as u64,
            seconds: 0.0,
            ending: None,
        };
        // All at once: a run that was killed while it was made can be begun anew, and any other be resumed.
        let (name, encoded) = (Checkpoint::name(0), start.encode(path)?);
        let files: &[(&str, &[u8])] = &[
            ("config.toml", config.as_bytes()),
            ("manifest.json", &manifest),
            ("journal.bin", &journal),
            ("events.jsonl", &events),
            ("timings.jsonl", b""),
            (&name, &encoded),
        ];
        let directory = RunDirectory::create(path, files)?;
        let lock = directory.lock()?;
        Self::attach((checked, document, registry), session, directory, lock, start)
    }

    /// Goes on with a run where its last checkpoint left it.
    ///
    /// # Errors
    /// [`RunError::OtherConfig`], [`RunError::Damaged`], ...; nothing is changed then.
    pub fn resume(
        checked: &'a Checked,
        document: &'a Document,
        registry: &'a Registry,
        path: &Path,
        watcher: &mut dyn Watcher,
    ) -> Result<Self, Failure> {
        let directory = RunDirectory::open(path)?;
        let lock = directory.lock()?;
        let manifest = Manifest::read(&directory)?;
        if manifest.config != checked.hash() || manifest.seed != checked.seed() {
            let found = format!("{}-s{}", manifest.config, manifest.seed);
            let expected = format!("{}-s{}", checked.hash(), checked.seed());
            return Err(RunError::OtherConfig { path: path.to_owned(), found, expected }.into());
        }
        manifest.check_data(path, &checked.task().shape().data)?;
        let checkpoint = Checkpoint::latest(&directory, &mut |error| watcher.warn(&error.to_string()))?
            .ok_or_else(|| RunError::NotARun { path: path.to_owned(), missing: "any checkpoint" })?;
        let mut session = rebuild::take_up(checked, document, registry, checkpoint.state.clone())?;
        let mut bytes = directory.read("journal.bin")?;
        if (bytes.len() as u64) < checkpoint.journal {
            let what = format!("it holds {} bytes where the checkpoint needs {}", bytes.len(), checkpoint.journal);
            let mend = "restore it from a copy, or run anew with --out";
            return Err(RunError::Damaged { path: directory.file("journal.bin"), what, mend }.into());
        }
        bytes.truncate(checkpoint.journal as usize);
        let journal =
            livenet_core::Journal::read(bytes).map_err(|error| rebuild::journal_damage(&directory, &error))?;
        *session.journal_mut() = journal;
        Self::attach((checked, document, registry), session, directory, lock, checkpoint)
    }

    fn attach(
        (checked, document, registry): (&'a Checked, &'a Document, &'a Registry),
        session: Session,
        directory: RunDirectory,
        lock: super::directory::Lock,
        from: Checkpoint,
    ) -> Result<Self, Failure> {
        Ok(Self {
            checked,
            document,
            registry,
            events: directory.append_from("events.jsonl", from.events)?,
            events_length: from.events,
            journal: directory.append_from("journal.bin", from.journal)?,
            journal_length: from.journal,
            timings: {
                let path = directory.file("timings.jsonl");
                let open = std::fs::OpenOptions::new().create(true).append(true).open(&path);
                open.map_err(|source| RunError::Io { what: "open", path, source })?
            },
            session,
            directory,
            best: from.best,
            patience: from.patience,
            validation: from.validation,
            ending: from.ending,
            pictures: Pictures::Drawn,
            // Whatever a clock did to an earlier sitting.
            before: from.seconds.max(0.0),
            since: Instant::now(),
            _lock: lock,
        })
    }

    /// The same with or without pictures at the end.
    #[must_use]
    pub fn with(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// Where the run is.
    pub fn directory(&self) -> &RunDirectory {
        &self.directory
    }
    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Trains to the end. `None` when it was interrupted; the run can then be resumed.
    ///
    /// # Errors
    /// What keeps the run from being written. A divergence is an ending, not an error.
    pub fn run(&mut self, interrupt: &Interrupt, watcher: &mut dyn Watcher) -> Result<Option<Outcome>, Failure> {
        loop {
            match self.ahead(interrupt, watcher)? {
                Ahead::Steps(_) => {}
                Ahead::Over(outcome) => return Ok(Some(*outcome)),
                Ahead::Stopped => return Ok(None),
            }
            let result = self.session.step(self.checked.task());
            if let Some(outcome) = self.took(result, watcher)? {
                return Ok(Some(outcome));
            }
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// As [`Driver::run`].
    pub(super) fn ahead(&mut self, interrupt: &Interrupt, watcher: &mut dyn Watcher) -> Result<Ahead, Failure> {
        let (step, steps) = (self.session.steps(), self.checked.steps());
        let ending = self.ending.clone().or_else(|| (step >= steps).then_some(Ending::Finished { steps }));
        if let Some(ending) = ending {
            return self.finish(ending, watcher).map(|outcome| Ahead::Over(Box::new(outcome)));
        }
        if interrupt.load(Ordering::Relaxed) {
            self.checkpoint(Checkpoint::INTERRUPTED)?;
            return Ok(Ahead::Stopped);
        }
        let until = |period: u64| period - step % period;
        let pauses = [self.checked.evaluate_every(), self.checked.checkpoint_every()].map(until);
        Ok(Ahead::Steps(pauses.into_iter().fold(steps - step, u64::min)))
    }

    /// The session, and what it learns from: for the steps that are ahead, or some of them.
    pub(super) fn pupil(&mut self) -> Member<'_> {
        Member { session: &mut self.session, source: self.checked.task() }
    }

    /// After these steps: looks at the validation part, and writes what is due.
    ///
    /// # Errors
    /// As [`Driver::run`].
    pub(super) fn took(
        &mut self,
        result: Result<(), SessionError>,
        watcher: &mut dyn Watcher,
    ) -> Result<Option<Outcome>, Failure> {
        if let Err(error) = result {
            self.flush(watcher)?;
            if error.is_divergence() {
                let ending = Ending::Diverged { step: self.session.steps(), what: error.to_string() };
                return self.finish(ending, watcher).map(Some);
            }
            return Err(error.into());
        }
        let (step, steps) = (self.session.steps(), self.checked.steps());
        if step.is_multiple_of(self.checked.evaluate_every()) || step == steps {
            self.session.report();
            let ending = match self.session.evaluate(self.checked.task()) {
                Ok(measured) => self.judge(&measured),
                Err(error) if error.is_divergence() => Some(Ending::Diverged { step, what: error.to_string() }),
                Err(error) => {
                    self.flush(watcher)?;
                    return Err(error.into());
                }
            };
            if let Some(ending) = ending {
                self.flush(watcher)?;
                return self.finish(ending, watcher).map(Some);
            }
        }
        self.flush(watcher)?;
        watcher.step(step, steps);
        if step.is_multiple_of(self.checked.checkpoint_every()) {
            self.checkpoint(&Checkpoint::name(step))?;
        }
        Ok(None)
    }

    /// Keeps the best state and counts looks without a better loss.
    fn judge(&mut self, measured: &Measured) -> Option<Ending> {
        self.validation = (measured.loss, measured.accuracy);
        let score = measured.accuracy.unwrap_or(-measured.loss);
        if self.checked.keeps_best() && self.best.as_ref().is_none_or(|best| score > best.score) {
            self.best =
                Some(Best { score, loss: measured.loss, accuracy: measured.accuracy, state: self.session.save() });
        }
        if measured.loss < self.patience.0 {
            self.patience = (measured.loss, 0);
        } else {
            self.patience.1 += 1;
        }
        let (best, looks) = self.patience;
        let limit = self.checked.experiment().train.patience?;
        (looks >= limit).then_some(Ending::Patience { looks, best })
    }

    fn flush(&mut self, watcher: &mut dyn Watcher) -> Result<(), Failure> {
        let mut lines = Vec::new();
        for event in self.session.take_events() {
            serde_json::to_writer(&mut lines, &event).expect("events are plain data");
            lines.push(b'\n');
            watcher.event(&event);
        }
        let journal = &self.session.journal().bytes()[self.journal_length as usize..];
        let io = |name: &str| {
            let path = self.directory.file(name);
            move |source| RunError::Io { what: "write", path, source }
        };
        disk::write(&mut self.events, &lines).map_err(io("events.jsonl"))?;
        disk::write(&mut self.journal, journal).map_err(io("journal.bin"))?;
        self.events_length += lines.len() as u64;
        self.journal_length += journal.len() as u64;
        Ok(())
    }

    fn seconds(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64()
    }

    fn checkpoint(&mut self, name: &str) -> Result<(), Failure> {
        let io = |name: &str| {
            let path = self.directory.file(name);
            move |source| RunError::Io { what: "write", path, source }
        };
        disk::sync(&self.events).map_err(io("events.jsonl"))?;
        disk::sync(&self.journal).map_err(io("journal.bin"))?;
        let timing = format!("{{\"step\":{},\"seconds\":{:.3}}}\n", self.session.steps(), self.seconds());
        disk::write(&mut self.timings, timing.as_bytes()).map_err(io("timings.jsonl"))?;
        let checkpoint = Checkpoint {
            state: self.session.save(),
            best: self.best.clone(),
            patience: self.patience,
            validation: self.validation,
            events: self.events_length,
            journal: self.journal_length,
            seconds: self.seconds(),
            ending: self.ending.clone(),
        };
        Ok(checkpoint.write(&self.directory, name)?)
    }
}
