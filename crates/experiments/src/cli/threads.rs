//! The threads of a command.

use crate::Failure;
use std::num::NonZeroUsize;

/// A thread of a pool has less of a stack than the main one, unless it is told.
const STACK: usize = 8 << 20;

/// Most worker threads: some systems make no more, and take minutes to refuse.
const MOST: usize = 1024;

/// Refuses more threads than any machine makes.
pub(super) fn check(threads: Option<NonZeroUsize>) -> Result<(), Failure> {
    match threads.filter(|threads| threads.get() > MOST) {
        Some(threads) => Err(Failure::Usage(format!(
            "--threads {threads}: at most {MOST} are taken; more than the machine has cores only cost time"
        ))),
        None => Ok(()),
    }
}

/// Runs `body` inside a pool of so many threads, or as many as the machine has: an executor then works in it, with no
/// change of thread in a step.
pub(super) fn inside<R: Send>(threads: Option<NonZeroUsize>, body: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    let count = threads.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).stack_size(STACK).build_global();
    pool.map_err(|error| Failure::Usage(format!("{count} threads: {error}")))?;
    Ok(rayon::scope(|_| body()))
}
