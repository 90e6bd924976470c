//! Whole steps of training and whole changes of structure, through the executor `native`: the rows of `livenet bench`,
//! but for kernels alone and those whose networks take a minute to make.

use criterion::{Criterion, criterion_group, criterion_main};
use livenet_experiments::bench::{Prepared, ROWS};
use std::num::NonZeroUsize;
use std::time::Duration;

/// That of `livenet`: with the system's a renewal takes twice as long, and rows of weights begin anywhere in a cache line.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn rows(criterion: &mut Criterion) {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build().expect("threads are to be had");
    let mut group = criterion.benchmark_group("row");
    group.sample_size(20);
    for info in ROWS.iter().filter(|info| !["E1", "E2c"].contains(&info.name)) {
        let prepared = pool.install(|| Prepared::new(info.name, threads)).expect("the rows are sound");
        let Some(mut row) = prepared else { continue };
        let mut sample = |count| (0..count).map(|_| row.sample().expect("nothing diverges")).sum::<Duration>();
        group.bench_function(info.name, |b| b.iter_custom(|count| pool.install(|| sample(count))));
    }
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
