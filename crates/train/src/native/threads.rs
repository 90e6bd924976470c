//! Who does the work: the calling thread, or a pool of our own.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// How many threads an executor may use. Results do not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// As many as the machine has.
    #[default]
    All,
    /// So many.
    Exactly(NonZeroUsize),
}

/// Multiply-adds below which everything stays on the calling thread: handing work over costs 10 to 60 us.
const WORTH_A_POOL: usize = 1 << 18;

/// The threads of one executor and of its clones. The pool is made on construction; it sleeps when idle.
#[derive(Clone, Debug)]
pub(super) struct Pool(Option<Arc<ThreadPool>>);

impl Pool {
    /// Where no pool can be made (no more threads to be had), everything runs on the calling thread.
    pub(super) fn new(threads: Threads) -> Self {
        let count = match threads {
            Threads::All => 0,
            Threads::Exactly(count) => count.get(),
        };
        let name = |at| format!("livenet-{at}");
        Self(ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok().map(Arc::new))
    }

    /// Runs `body` where so many multiply-adds are best done; it is told how many threads it has.
    pub(super) fn run<R: Send>(&self, work: usize, body: impl FnOnce(usize) -> R + Send) -> R {
        match &self.0 {
            Some(pool) if work >= WORTH_A_POOL => pool.install(|| body(pool.current_num_threads())),
            _ => body(1),
        }
    }

    /// How many threads there are.
    pub(super) fn count(&self) -> usize {
        self.0.as_ref().map_or(1, |pool| pool.current_num_threads())
    }
}
