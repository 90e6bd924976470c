//! The local pool: a process for each trial, or for a pack of trials that differ by seed alone, so many at once.
//!
//! A child holds the other end of a pipe and ends with a checkpoint when that closes. So nothing trains on when the
//! pool is gone, whatever ended it, and no signal has to be sent. Several pools may be at one directory: a trial's lock
//! says who has it, and whoever finds it taken does another one.

use super::{
    directory::{State, SweepDirectory},
    failure::{Cause, FailureRecord},
    plan::Trial,
};
use crate::{
    Failure,
    run::{Interrupt, RunError},
};
use std::{
    collections::VecDeque,
    fs::OpenOptions,
    num::NonZeroUsize,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::atomic::Ordering,
    thread::sleep,
    time::{Duration, Instant},
};

/// The exit code of a trial that another process is at.
pub const ELSEWHERE: u8 = 75;
/// Between two looks at the children.
const LOOK: Duration = Duration::from_millis(10);
/// Between two looks at what others are doing.
const LOOK_ELSEWHERE: Duration = Duration::from_millis(250);
/// What a child that is asked to end may take for its step and its checkpoint.
const GRACE: Duration = Duration::from_secs(30);

/// How the pool works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Processes at once.
    pub jobs: NonZeroUsize,
    /// Most trials of one process.
    pub pack: NonZeroUsize,
    /// Worker threads of each.
    pub threads: NonZeroUsize,
    /// The longest that one may take.
    pub timeout: Option<Duration>,
    /// After so many failures nothing more is begun.
    pub most_failures: Option<NonZeroUsize>,
}

/// What happened to a trial.
#[derive(Clone, Debug)]
pub enum News<'a> {
    /// It was begun here.
    Begun(&'a Trial),
    /// Another process is at it.
    Elsewhere(&'a Trial),
    /// It is done.
    Done(&'a Trial),
    /// It failed.
    Failed(&'a Trial, FailureRecord),
}

/// How the pool came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that it was given is done or failed.
    Complete,
    /// A signal.
    Interrupted,
    /// As many failures as are allowed.
    Failures(usize),
}

/// A child at work.
struct Running<'a> {
    /// Of one config, and not none.
    trials: Vec<&'a Trial>,
    process: Child,
    /// Dropped to ask for an end.
    leash: Option<ChildStdin>,
    since: Instant,
    asked: Option<Instant>,
    timed_out: bool,
}

/// A pool at work.
pub struct Pool<'a> {
    directory: &'a SweepDirectory,
    options: Options,
    /// Set to end all trials with a checkpoint.
    interrupt: &'a Interrupt,
    queue: VecDeque<&'a Trial>,
    running: Vec<Running<'a>>,
    elsewhere: Vec<&'a Trial>,
    failures: usize,
}

impl<'a> Pool<'a> {
    /// A pool for these trials, which ends them with a checkpoint when `interrupt` is set.
    pub fn new(
        directory: &'a SweepDirectory,
        options: Options,
        interrupt: &'a Interrupt,
        trials: Vec<&'a Trial>,
    ) -> Self {
        let (running, elsewhere, failures) = (Vec::new(), Vec::new(), 0);
        Self { directory, options, interrupt, queue: trials.into(), running, elsewhere, failures }
    }

    /// Runs all of them.
    ///
    /// # Errors
    /// What keeps trials from being begun. A trial that fails is news, not an error.
    pub fn run(mut self, tell: &mut dyn FnMut(News<'a>)) -> Result<Ended, Failure> {
        let mut looked = Instant::now();
        loop {
            self.reap(tell)?;
            let ended = if self.interrupt.load(Ordering::Relaxed) {
                Some(Ended::Interrupted)
            } else {
                let most = self.options.most_failures.map(NonZeroUsize::get);
                most.filter(|&most| self.failures >= most).map(|_| Ended::Failures(self.failures))
            };
            if let Some(ended) = ended {
                if self.running.is_empty() {
                    return Ok(ended);
                }
                self.running.iter_mut().for_each(Running::ask);
            } else {
                self.begin(tell)?;
                if looked.elapsed() >= LOOK_ELSEWHERE {
                    looked = Instant::now();
                    // They are looked at again, and begun where nobody is at them any more.
                    self.queue.extend(self.elsewhere.drain(..));
                }
                if self.queue.is_empty() && self.running.is_empty() && self.elsewhere.is_empty() {
                    return Ok(Ended::Complete);
                }
            }
            sleep(LOOK);
        }
    }

    /// Begins what there is room for.
    fn begin(&mut self, tell: &mut dyn FnMut(News<'a>)) -> Result<(), Failure> {
        while self.running.len() < self.options.jobs.get()
            && let Some(trial) = self.queue.pop_front()
        {
            match self.directory.state(&trial.key)? {
                State::Done => tell(News::Done(trial)),
                // Known before: only what fails now counts against `most_failures`.
                State::Failed(record) if record.lasts() => tell(News::Failed(trial, record)),
                State::Running => {
                    self.elsewhere.push(trial);
                    tell(News::Elsewhere(trial));
                }
                State::Failed(_) | State::Waiting => {
                    let trials = self.pack(trial)?;
                    for trial in &trials {
                        tell(News::Begun(trial));
                    }
                    let process = self.spawn(trials)?;
                    self.running.push(process);
                }
            }
        }
        Ok(())
    }

    /// A trial with those that wait behind it and differ from it by their seeds alone.
    fn pack(&mut self, first: &'a Trial) -> Result<Vec<&'a Trial>, Failure> {
        let (mut trials, mut at) = (vec![first], 0);
        while trials.len() < self.options.pack.get()
            && let Some(&trial) = self.queue.get(at)
        {
            let waits = match self.directory.state(&trial.key)? {
                State::Waiting => true,
                State::Failed(record) => !record.lasts(),
                State::Done | State::Running => false,
            };
            if waits && trial.config == first.config && trial.key != first.key {
                trials.push(trial);
                self.queue.remove(at);
            } else {
                at += 1;
            }
        }
        Ok(trials)
    }

    fn spawn(&self, trials: Vec<&'a Trial>) -> Result<Running<'a>, Failure> {
        let path = self.directory.log(&trials[0].key);
        let log = OpenOptions::new().create(true).append(true).open(&path);
        let log = log.map_err(|source| RunError::Io { what: "open", path, source })?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("trial").arg(self.directory.path()).args(trials.iter().map(|trial| &trial.key));
        command.args(["--until-stdin-ends", "--threads", &self.options.threads.to_string()]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn()?;
        let leash = process.stdin.take();
        Ok(Running { trials, process, leash, since: Instant::now(), asked: None, timed_out: false })
    }

    /// Looks at the children: who ended, who takes too long.
    fn reap(&mut self, tell: &mut dyn FnMut(News<'a>)) -> Result<(), Failure> {
        let mut at = 0;
        while at < self.running.len() {
            let running = &mut self.running[at];
            if self.options.timeout.is_some_and(|most| running.since.elapsed() > most) && running.asked.is_none() {
                running.timed_out = true;
                running.ask();
            }
            if running.asked.is_some_and(|since| since.elapsed() > GRACE) {
                running.process.kill()?;
            }
            match running.process.try_wait()? {
                None => at += 1,
                Some(status) => {
                    let running = self.running.remove(at);
                    self.bury(&running, status, tell)?;
                }
            }
        }
        Ok(())
    }

    /// What a child's end means.
    fn bury(
        &mut self,
        running: &Running<'a>,
        status: ExitStatus,
        tell: &mut dyn FnMut(News<'a>),
    ) -> Result<(), Failure> {
        running.trials.iter().try_for_each(|trial| self.bury_one(running, trial, status, tell))
    }

    /// What it means for one of its trials.
    fn bury_one(
        &mut self,
        running: &Running<'a>,
        trial: &'a Trial,
        status: ExitStatus,
        tell: &mut dyn FnMut(News<'a>),
    ) -> Result<(), Failure> {
        let (key, one) = (&trial.key, running.trials.len() == 1);
        let state = self.directory.state(key)?;
        if status.success() || state == State::Done {
            tell(News::Done(trial));
            return Ok(());
        }
        // Another process may be at one of several, whatever came of the others.
        if status.code() == Some(i32::from(ELSEWHERE)) || !one && state == State::Running {
            self.elsewhere.push(trial);
            tell(News::Elsewhere(trial));
            return Ok(());
        }
        // Ctrl-C on a terminal reaches the child as well, and may end it before it is asked to.
        let asked = running.asked.is_some() || self.interrupt.load(Ordering::Relaxed);
        if status.code() == Some(130) && asked && !running.timed_out {
            return Ok(());
        }
        let cause = match status.code() {
            _ if running.timed_out => Cause::Timeout(self.options.timeout.unwrap_or_default().as_secs_f64()),
            // Somebody else sent it a signal that it answers.
            Some(130) => Cause::Signal(2),
            Some(code) => Cause::ExitCode(code),
            None => Cause::Signal(signal(status)),
        };
        let record = match state {
            // The child has said itself how this one of several failed.
            State::Failed(record) if !one && record.lasts() && !running.timed_out => record,
            _ => FailureRecord::new(cause, &self.directory.log(&running.trials[0].key)),
        };
        record.write(self.directory, key)?;
        self.failures += 1;
        tell(News::Failed(trial, record));
        Ok(())
    }
}

impl Running<'_> {
    /// Asks it to end with a checkpoint.
    fn ask(&mut self) {
        if self.asked.is_none() {
            self.asked = Some(Instant::now());
            self.leash = None;
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> i32 {
    0
}
