//! What strategies compute by themselves is counted, and the same asking counts the same.

use crate::bench::{Bench, layers};
use crate::conformance::build;
use livenet_core::Signal;
use livenet_growth::algebra::{Eigen, Matrix, Singular, dot};
use livenet_growth::{Budget, Registry, Wiring, effort, registry};

fn bench() -> Bench {
    let mut bench = Bench::new(layers(&[4, 8, 6, 3]), Wiring::Uniform { density: 0.6 }, 5);
    bench.train(3);
    bench
}

/// What an asking spends, its signals not counted.
fn spent(name: &str) -> u64 {
    let mut bench = bench();
    let mut strategy = build(Registry::standard().find(name).unwrap());
    effort::take();
    bench.propose(&mut *strategy, Budget::unlimited());
    effort::take()
}

#[test]
fn who_computes_pays_and_who_is_still_does_not() {
    assert_eq!(spent("still"), 0);
    let decomposes = ["tiny", "gradmax", "senn", "fisher_growth", "splitting", "north", "cascade_correlation"];
    for name in
        decomposes.into_iter().chain(["merge", "nest", "firefly", "hebbian", "correlation", "gse", "cht", "chtss"])
    {
        assert!(spent(name) > 0, "{name}");
    }
    assert!(spent("tiny") > spent("set"));
}

#[test]
fn every_method_spends_the_same_twice() {
    for entry in registry::ALL {
        assert_eq!(spent(entry.name), spent(entry.name), "{}", entry.name);
    }
}

#[test]
fn rewiring_pays_for_what_it_scores() {
    let mut bench = bench();
    let present = bench.network.synapse_count() as u64;
    assert_eq!(spent("set"), present);
    let registry = Registry::standard();
    let mut rigl = registry.find("rigl").unwrap().strategy(livenet_growth::Settings::none()).unwrap();
    let absent = bench.signals(&*rigl).candidates().len() as u64;
    effort::take();
    let asked = bench.propose(&mut *rigl, Budget::unlimited());
    assert!(rigl.needs().contains(&Signal::Weight) && !asked.proposals.is_empty());
    // The absent pairs, and those that were about to go: three in ten of each layer, along a cosine.
    let share = 0.15 * (1.0 + (std::f64::consts::PI * 3.0 / 750.0).cos());
    let gone: u64 = bench
        .network
        .group_ids()
        .map(|group| {
            let heard =
                bench.network.members(group).map(|row| bench.network.incoming(livenet_core::Row::new(row)).len());
            (heard.sum::<usize>() as f64 * share + 1e-4) as u64
        })
        .sum();
    assert_eq!(effort::take(), present + absent + gone);
}

#[test]
fn algebra_counts_by_size() {
    let of = |work: &dyn Fn()| {
        effort::take();
        work();
        effort::take()
    };
    let matrix = |rows: usize, columns: usize| {
        Matrix::from_fn(rows, columns, |row, column| if row == column { 2.0 } else { 0.0 })
    };
    assert_eq!(of(&|| drop(matrix(3, 4).times(&matrix(4, 5)))), 60);
    assert_eq!(of(&|| drop(matrix(7, 2).outer(&matrix(7, 3)))), 42);
    assert_eq!(of(&|| assert_eq!(dot(&[1.0; 9], &[1.0; 9]), 9.0)), 9);
    assert_eq!(of(&|| drop(Eigen::of(&matrix(4, 4)))), 9 * 64 / 2);
    // Columns that are orthogonal already: three inner products of length 5 for each of 3 pairs, and a norm each.
    assert_eq!(of(&|| drop(Singular::of(&matrix(5, 3)))), 3 * 3 * 5 + 3 * 5);
}

#[test]
fn threads_count_by_themselves() {
    effort::take();
    effort::spend(2);
    let other = std::thread::spawn(|| {
        effort::spend(5);
        effort::take()
    });
    assert_eq!((other.join().unwrap(), effort::take()), (5, 2));
}
