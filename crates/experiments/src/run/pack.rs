//! A pack: runs of several seeds in one process, each with its own directory, session and executor of one thread.
//!
//! Runs are dealt out to threads in units. The members of a unit go side by side: as lanes of one look at the connections
//! while their structures are equal ([`livenet_train::session::together`]), and whoever parts becomes a unit of its own,
//! which any idle thread takes up. Invariant: the files of a run are those that it would write by itself, whatever unit it
//! was in and however many threads there were.

use super::{Driver, Interrupt, Outcome, Watcher, driver::Ahead};
use crate::{
    Failure,
    config::{Checked, raw::WiringName},
};
use livenet_train::session::{MOST_TOGETHER, alike, together};
use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

/// A thread of a pack has as much of a stack as the main one.
const STACK: usize = 8 << 20;

/// A run that is ready to go on, and who is told about it.
pub struct Ready<'a> {
    /// The run.
    pub driver: Driver<'a>,
    /// Who is told.
    pub watcher: Box<dyn Watcher + Send + 'a>,
}

/// What is to be done with a run of a pack.
pub enum Begun<'a> {
    /// To go on with it.
    Ready(Box<Ready<'a>>),
    /// Nothing: it is done.
    Done(Box<Outcome>),
}

/// How a run of a pack ended.
#[derive(Debug)]
pub enum Ended {
    /// It is done.
    Done(Box<Outcome>),
    /// A signal ended it after so many updates, with a checkpoint.
    Stopped(u64),
    /// A signal came before it was begun.
    NotBegun,
    /// It could not go on.
    Failed(Failure),
}

/// Who begins a run by its number, and is told when it ended.
pub trait Host<'a>: Sync {
    /// Begins it, or takes it up. Called on the thread that goes on with it.
    ///
    /// # Errors
    /// What keeps it from being begun; the other runs go on.
    fn begin(&'a self, number: usize) -> Result<Begun<'a>, Failure>;
    /// It ended.
    fn ended(&self, number: usize, ended: Ended);
}

struct Member<'a> {
    number: usize,
    ready: Box<Ready<'a>>,
}

/// What one thread does at a time.
enum Unit<'a> {
    /// Runs that are still to be begun.
    New(Vec<usize>),
    /// Runs under way.
    Going(Vec<Member<'a>>),
}

struct Queue<'a> {
    units: VecDeque<Unit<'a>>,
    /// Threads that may still bring new units.
    busy: usize,
}

/// Runs all units to their ends, each on one of so many threads. Units hold numbers of runs; those of one unit go side by
/// side where they can, so it pays to put equal structures together, at most [`MOST_TOGETHER`].
///
/// # Errors
/// When no thread can be made. What happens to a run is told to the host.
///
/// # Panics
/// If a thread does.
pub fn pack<'a>(
    units: Vec<Vec<usize>>,
    threads: NonZeroUsize,
    interrupt: &Interrupt,
    host: &'a dyn Host<'a>,
) -> Result<(), Failure> {
    let threads = threads.get().min(units.iter().map(Vec::len).sum::<usize>().max(1));
    let queue = Queue { units: units.into_iter().map(Unit::New).collect(), busy: 0 };
    let floor = Floor { queue: Mutex::new(queue), more: Condvar::new(), interrupt, host };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
                // A pool of this thread alone: whatever a run does stays on it, with no change of thread.
                let own = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
                match own {
                    Ok(own) => own.install(|| floor.work()),
                    Err(_) => floor.work(),
                }
            })?;
        }
        Ok(())
    })
}

/// Units of these runs, whose structures are likely to be `equal` or not: as many as there are threads, of [`MOST_TOGETHER`]
/// runs at most; or each by itself.
pub fn units(runs: &[usize], threads: NonZeroUsize, equal: Likely) -> Vec<Vec<usize>> {
    let each = match equal {
        Likely::Equal => runs.len().div_ceil(threads.get()).clamp(1, MOST_TOGETHER),
        Likely::Different => 1,
    };
    runs.chunks(each).map(<[usize]>::to_vec).collect()
}

/// Whether the structures of several seeds are likely to be the same for a while. What they are is looked at when they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likely {
    /// They begin as one, and learn from single samples.
    Equal,
    /// They do not.
    Different,
}

impl Likely {
    /// By what a config says.
    pub fn of(checked: &Checked) -> Self {
        let network = &checked.experiment().network;
        let same = match &network.wiring {
            WiringName::Dense => true,
            WiringName::Run(run) => !run.differs_by_seed(),
            _ => network.wiring_seed.is_some(),
        };
        let single = checked.experiment().train.batch == 1 && checked.task().shape().window == 1;
        if same && single { Self::Equal } else { Self::Different }
    }
}

/// Where threads meet.
struct Floor<'a, 'i> {
    queue: Mutex<Queue<'a>>,
    more: Condvar,
    interrupt: &'i Interrupt,
    host: &'a dyn Host<'a>,
}

/// A thread is at work until this is dropped, by a panic too: nobody may wait for it for ever.
struct Busy<'f, 'a, 'i>(&'f Floor<'a, 'i>);

impl Drop for Busy<'_, '_, '_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.more.notify_all();
    }
}

impl<'a> Floor<'a, '_> {
    fn lock(&self) -> MutexGuard<'_, Queue<'a>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One unit after the other, until there are no more and nobody is left who could bring some.
    fn work(&self) {
        loop {
            let mut queue = self.lock();
            let unit = loop {
                if let Some(unit) = queue.units.pop_front() {
                    break unit;
                }
                if queue.busy == 0 {
                    return;
                }
                queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
            };
            queue.busy += 1;
            drop(queue);
            let _busy = Busy(self);
            let mut members = match unit {
                Unit::New(numbers) => self.begin(&numbers),
                Unit::Going(members) => members,
            };
            while !members.is_empty() {
                self.turn(&mut members);
                self.part(&mut members);
            }
        }
    }

    fn begin(&self, numbers: &[usize]) -> Vec<Member<'a>> {
        let mut members = Vec::new();
        for &number in numbers {
            if self.interrupt.load(Ordering::Relaxed) {
                self.host.ended(number, Ended::NotBegun);
                continue;
            }
            match self.host.begin(number) {
                Ok(Begun::Ready(ready)) => members.push(Member { number, ready }),
                Ok(Begun::Done(outcome)) => self.host.ended(number, Ended::Done(outcome)),
                Err(failure) => self.host.ended(number, Ended::Failed(failure)),
            }
        }
        self.part(&mut members);
        members
    }

    /// Keeps the most members that are alike, and hands the others on, each group of them as a unit.
    fn part(&self, members: &mut Vec<Member<'a>>) {
        let mut alikes: Vec<Vec<Member<'a>>> = Vec::new();
        for member in members.drain(..) {
            let session = member.ready.driver.session();
            match alikes.iter_mut().find(|group| alike(group[0].ready.driver.session(), session)) {
                Some(group) => group.push(member),
                None => alikes.push(vec![member]),
            }
        }
        // The first of the longest.
        let most = (0..alikes.len()).rev().max_by_key(|&at| alikes[at].len());
        if let Some(most) = most {
            *members = alikes.remove(most);
        }
        if !alikes.is_empty() {
            // Before those that are still to be begun, so that no more are under way than need be.
            let mut queue = self.lock();
            alikes.into_iter().rev().for_each(|group| queue.units.push_front(Unit::Going(group)));
            drop(queue);
            self.more.notify_all();
        }
    }

    /// Steps until something is due in one of the members, and what is due then.
    fn turn(&self, members: &mut Vec<Member<'a>>) {
        let mut most = u64::MAX;
        self.keep(members, |Ready { driver, watcher }| match driver.ahead(self.interrupt, &mut **watcher) {
            Ok(Ahead::Steps(steps)) => {
                most = most.min(steps);
                None
            }
            Ok(Ahead::Over(outcome)) => Some(Ended::Done(outcome)),
            Ok(Ahead::Stopped) => Some(Ended::Stopped(driver.session().steps())),
            Err(failure) => Some(Ended::Failed(failure)),
        });
        if members.is_empty() {
            return;
        }
        let mut pupils: Vec<_> = members.iter_mut().map(|member| member.ready.driver.pupil()).collect();
        let results = together(&mut pupils, most, &|| !self.interrupt.load(Ordering::Relaxed));
        let mut results = results.into_iter();
        self.keep(members, |Ready { driver, watcher }| {
            match driver.took(results.next().unwrap_or(Ok(())), &mut **watcher) {
                Ok(None) => None,
                Ok(Some(outcome)) => Some(Ended::Done(Box::new(outcome))),
                Err(failure) => Some(Ended::Failed(failure)),
            }
        });
    }

    /// Takes out who ended.
    fn keep(&self, members: &mut Vec<Member<'a>>, mut ended: impl FnMut(&mut Ready<'a>) -> Option<Ended>) {
        members.retain_mut(|Member { number, ready }| match ended(ready) {
            None => true,
            Some(ended) => {
                self.host.ended(*number, ended);
                false
            }
        });
    }
}
