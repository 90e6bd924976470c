//! Who does the work: the calling thread, the pool that it belongs to, or a pool of our own.

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};
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
            return body(count);
        }
        let make = || {
            let name = |at| format!("livenet-{at}");
            ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok()
        };
        match self.own.get_or_init(make) {
            Some(pool) => pool.install(|| {
                self.watch.keep(count);
                body(count)
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

/// Turns without work after which a thread goes to sleep: some 100 us, about what it takes to wake it.
const PATIENCE: u32 = 400;

/// Keeps the other threads of a pool looking for work while steps follow each other. A thread that sleeps takes 50
/// us to wake, as long as half of a small step.
#[derive(Debug, Default)]
struct Watch {
    /// Threads on watch.
    awake: AtomicUsize,
    /// Calls so far.
    pulse: AtomicU64,
}

impl Watch {
    /// Sees to it that `count - 1` threads of the present pool are awake.
    fn keep(self: &Arc<Self>, count: usize) {
        self.pulse.fetch_add(1, Ordering::Relaxed);
        if self.awake.load(Ordering::Relaxed) + 1 >= count {
            return;
        }
        let (watch, owner) = (Arc::clone(self), rayon::current_thread_index());
        rayon::spawn_broadcast(move |_| {
            if rayon::current_thread_index() != owner {
                watch.look();
            }
        });
    }

    fn look(&self) {
        self.awake.fetch_add(1, Ordering::Relaxed);
        let (mut idle, mut pulse) = (0, self.pulse.load(Ordering::Relaxed));
        while idle < PATIENCE {
            let now = self.pulse.load(Ordering::Relaxed);
            if rayon::yield_now() == Some(Yield::Executed) || now != pulse {
                (idle, pulse) = (0, now);
            } else {
                idle += 1;
                std::thread::yield_now();
            }
        }
        self.awake.fetch_sub(1, Ordering::Relaxed);
    }
}
