//! Who does the work: the calling thread, the pool that it belongs to, or a pool of our own.

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};
use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// How many threads an executor may use. Results do not depend on it.
///
/// An executor that is called from a thread of a rayon pool works in that pool, whatever is said here: entering
/// another one and coming back costs two changes of thread, 50 us each, in each of the three parts of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// As many as the machine has.
    #[default]
    All,
    /// So many.
    Exactly(NonZeroUsize),
}

/// Multiply-adds below which a caller from outside does not enter a pool.
const WORTH_A_POOL: usize = 1 << 18;
/// Multiply-adds below which one from inside keeps them to itself.
pub(super) const WORTH_A_SPLIT: usize = 1 << 15;

/// The threads of one executor and of its clones.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    threads: Threads,
    /// Made when the first work comes from outside of any pool; sleeps when idle.
    own: Arc<OnceLock<Option<ThreadPool>>>,
    watch: Arc<Watch>,
}

impl Pool {
    pub(super) fn new(threads: Threads) -> Self {
        Self { threads, own: Arc::default(), watch: Arc::default() }
    }

    /// Runs `body` where so many multiply-adds are best done; it is told how many threads it has. Where no pool can
    /// be made (no more threads to be had), everything runs on the calling thread.
    pub(super) fn run<R: Send>(&self, work: usize, body: impl FnOnce(usize) -> R + Send) -> R {
        let (inside, count) = (rayon::current_thread_index().is_some(), self.count());
        if work < if inside { WORTH_A_SPLIT } else { WORTH_A_POOL } {
            return body(1);
        }
        if inside {
            self.watch.keep(count);
            return busy(|| body(count));
        }
        let make = || {
            let name = |at| format!("livenet-{at}");
            ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok()
        };
        match self.own.get_or_init(make) {
            Some(pool) => pool.install(|| {
                self.watch.keep(count);
                busy(|| body(count))
            }),
            None => body(1),
        }
    }

    /// How many threads there are.
    pub(super) fn count(&self) -> usize {
        match self.threads {
            _ if rayon::current_thread_index().is_some() => rayon::current_num_threads(),
            Threads::All => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            Threads::Exactly(count) => count.get(),
        }
    }
}

thread_local! {
    /// Whether this thread is in the middle of an executor's work.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

fn busy<R>(body: impl FnOnce() -> R) -> R {
    let before = BUSY.replace(true);
    let result = body();
    BUSY.set(before);
    result
}

/// Turns without work after which a thread goes to sleep: some 100 us, about what it takes to wake it.
const PATIENCE: u32 = 400;
/// Turns after which it does so in any case, and is called again if need be: whoever keeps watch while it waits for
/// something else is not to wait for long.
const MOST: u32 = 50_000;

/// Keeps the other threads of a pool looking for work while steps follow each other. A thread that sleeps takes 50
/// us to wake, as long as half of a small step.
#[derive(Debug, Default)]
struct Watch {
    /// Threads on watch, or called to it.
    called: AtomicUsize,
    /// Calls so far.
    pulse: AtomicU64,
}

impl Watch {
    /// Sees to it that the other threads of the present pool, `count` with this one, look for work.
    fn keep(self: &Arc<Self>, count: usize) {
        self.pulse.fetch_add(1, Ordering::Relaxed);
        // All are called together, when the last of them has gone.
        if count < 2 || self.called.compare_exchange(0, count - 1, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let (watch, caller) = (Arc::clone(self), rayon::current_thread_index());
        rayon::spawn_broadcast(move |_| {
            if rayon::current_thread_index() != caller {
                watch.look();
                watch.called.fetch_sub(1, Ordering::Relaxed);
            }
        });
    }

    fn look(&self) {
        // One that waits for its own work in between must not be held up by that of others.
        if BUSY.get() {
            return;
        }
        let (mut idle, mut pulse) = (0, self.pulse.load(Ordering::Relaxed));
        for _ in 0..MOST {
            let now = self.pulse.load(Ordering::Relaxed);
            if rayon::yield_now() == Some(Yield::Executed) || now != pulse {
                (idle, pulse) = (0, now);
            } else if idle < PATIENCE {
                idle += 1;
                std::thread::yield_now();
            } else {
                break;
            }
        }
    }
}
