//! Whole steps of training and whole changes of structure, through the executor `native`: the rows of `livenet bench`,
//! but for the one whose network takes a minute to make.

use criterion::{Criterion, criterion_group, criterion_main};
use livenet_experiments::bench::{Prepared, ROWS};
use std::num::NonZeroUsize;
use std::time::Duration;

fn rows(criterion: &mut Criterion) {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut group = criterion.benchmark_group("row");
    group.sample_size(20);
    for info in ROWS.iter().filter(|info| info.name != "E1") {
        let mut row = Prepared::new(info.name, threads).expect("the rows are sound").expect("they have plans");
        group.bench_function(info.name, |b| {
            b.iter_custom(|count| (0..count).map(|_| row.sample().expect("nothing diverges")).sum::<Duration>());
        });
    }
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
