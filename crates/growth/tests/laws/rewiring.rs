//! SET and RigL do what their papers say.

use crate::bench::{Bench, layers};
use livenet_core::{Birth, Executor as _, GroupId, Law, Move, Network, Row, Signal, Synapse};
use livenet_growth::rewire::{Amount, Balance, Drop, Grow, Method, NewWeight, RIGL, Rewire, SET};
use livenet_growth::{Budget, Strategy as _, Verdict, Wiring};
use std::collections::BTreeSet;

/// Connections per pair of groups.
fn counts(network: &Network) -> Vec<((GroupId, GroupId), usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for (row, _) in network.synapses() {
        let (post, pre) = (network.post_of(row), Row::new(network.pres()[row.index()]));
        *counts.entry((network.spec(post).group, network.spec(pre).group)).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn pairs(network: &Network) -> BTreeSet<Synapse> {
    network.synapses().map(|(_, at)| at).collect()
}

fn bench(seed: u64) -> Bench {
    let mut bench = Bench::new(layers(&[6, 10, 4]), Wiring::Count { connections: 50 }, seed);
    bench.train(5);
    bench
}

fn weights(bench: &mut Bench) -> Vec<f32> {
    bench.device.signals(&bench.network, &[Signal::Weight]).values(Signal::Weight).to_vec()
}

#[test]
fn set_keeps_the_counts_between_groups_and_drops_the_smallest_of_each_sign() {
    let mut bench = bench(1);
    let (before, weights) = (counts(&bench.network), weights(&mut bench));
    let network = bench.network.clone();
    let asked = bench.ask(&mut Rewire::new(SET), Budget::unlimited());
    assert_eq!(counts(&bench.network), before);

    let mut gone = BTreeSet::new();
    for proposal in &asked.proposals {
        match &proposal.what {
            Move::Prune { at } => gone.extend(at.iter().copied()),
            Move::Grow { birth: Birth::Random { law: Law::Normal, scale, .. }, .. } => assert_eq!(*scale, 0.1),
            other => panic!("{other:?}"),
        }
    }
    for (&(groups, _), sign) in before.iter().flat_map(|part| [(part, 1.0), (part, -1.0)]) {
        let of = |row: usize| {
            let (post, pre) = (network.post_of(Row::new(row as u32)), Row::new(network.pres()[row]));
            (network.spec(post).group, network.spec(pre).group) == groups && weights[row] * sign > 0.0
        };
        let mut rows: Vec<usize> = (0..weights.len()).filter(|&row| of(row)).collect();
        rows.sort_by(|&a, &b| weights[a].abs().total_cmp(&weights[b].abs()));
        let due = (rows.len() as f64 * 0.3 + 1e-4) as usize;
        let fell: BTreeSet<Synapse> =
            rows.iter().map(|&row| network.synapse(Row::new(row as u32))).filter(|at| gone.contains(at)).collect();
        let smallest: BTreeSet<Synapse> =
            rows[..due].iter().map(|&row| network.synapse(Row::new(row as u32))).collect();
        assert_eq!(fell, smallest, "{groups:?} {sign}");
    }
}

#[test]
fn a_pair_that_went_and_came_is_a_newborn() {
    // Every pair is taken, so what grows at random can only be what just went.
    let mut bench = Bench::new(layers(&[6, 6, 2]), Wiring::Dense, 1);
    bench.train(3);
    let before = weights(&mut bench);
    let asked = bench.ask(&mut Rewire::new(SET), Budget::unlimited());
    let after = weights(&mut bench);
    assert_eq!(after.len(), before.len());
    let gone: usize =
        asked.proposals.iter().map(|proposal| if let Move::Prune { at } = &proposal.what { at.len() } else { 0 }).sum();
    assert_eq!(before.iter().zip(&after).filter(|(a, b)| a != b).count(), gone);
    assert!(gone >= 10, "{gone}");
}

#[test]
fn rigl_follows_its_rule_on_a_network_small_enough_to_check() {
    let mut bench = bench(2);
    bench.step = 100;
    let network = bench.network.clone();
    let mut rigl = Rewire::new(RIGL);
    let signals = bench.signals(&rigl);
    let (weight, gradient) = (signals.values(Signal::Weight), signals.values(Signal::Gradient));
    let before = counts(&network);
    let mut expected = pairs(&network);
    for &(groups, count) in &before {
        let fraction = 0.15 * (1.0 + (std::f64::consts::PI * 100.0 / 750.0).cos());
        let due = (count as f64 * fraction + 1e-4) as usize;
        let group = |row| network.spec(Row::new(row)).group;
        let mut rows: Vec<usize> = network
            .synapses()
            .map(|(row, _)| row.index())
            .filter(|&row| {
                (network.spec(network.post_of(Row::new(row as u32))).group, group(network.pres()[row])) == groups
            })
            .collect();
        rows.sort_by(|&a, &b| weight[a].abs().total_cmp(&weight[b].abs()));
        // Dense bookkeeping, as in the authors' code: every place that is not kept, by |gradient|.
        let mut places: Vec<(f32, Synapse)> =
            rows[..due].iter().map(|&row| (gradient[row].abs(), network.synapse(Row::new(row as u32)))).collect();
        for &(_, at) in &places {
            expected.remove(&at);
        }
        let name = |row| network.id(Row::new(row));
        let absent = signals.candidates().iter().filter(|c| (group(c.post), group(c.pre)) == groups);
        places.extend(absent.map(|c| (c.gradient.abs(), Synapse::new(name(c.post), name(c.pre)))));
        places.sort_by(|a, b| b.0.total_cmp(&a.0));
        expected.extend(places[..due].iter().map(|place| place.1));
    }
    assert!(rigl.instead_of_update(100, Some(1000)) && !rigl.instead_of_update(750, Some(1000)));
    let asked = bench.ask(&mut rigl, Budget::unlimited());
    assert_eq!(pairs(&bench.network), expected);
    assert_eq!(counts(&bench.network), before);
    for proposal in asked.proposals {
        if let Move::Grow { birth, .. } = proposal.what {
            assert_eq!(birth, Birth::Value(0.0));
        }
    }
}

#[test]
fn rigl_ends_at_three_quarters_of_the_run() {
    let mut bench = bench(3);
    bench.step = 750;
    let asked = bench.ask(&mut Rewire::new(RIGL), Budget::unlimited());
    assert!(matches!(asked.verdict, Verdict::Nothing(livenet_growth::Why::NothingDue { .. })), "{:?}", asked.verdict);
}

#[test]
fn what_is_put_aside_stays() {
    let mut bench = bench(4);
    let marked: Vec<Synapse> = pairs(&bench.network).into_iter().take(20).collect();
    let moves =
        marked.iter().map(|&at| Move::Mark { at: livenet_core::Scope::Synapse(at), mark: livenet_core::Mark::Frozen });
    livenet_core::testing::apply(&mut bench.network, &mut bench.device, moves).unwrap();
    for method in [SET, RIGL] {
        bench.ask(&mut Rewire::new(method), Budget::unlimited());
        assert!(marked.iter().all(|at| bench.network.synapse_row(*at).is_some()), "{}", method.name);
    }
}

#[test]
fn other_constants_are_other_methods() {
    let base = Method { balance: Balance::Whole, ..RIGL };
    let pruning = Method { grow: Grow::Nowhere, amount: Amount::Density(0.1), ..base };
    let growing = Method { drop: Drop::Nothing, amount: Amount::Count(10), ..base };
    let shuffling = Method {
        drop: Drop::Random,
        grow: Grow::Random,
        amount: Amount::Fraction(0.5),
        birth: NewWeight::Normal(1.0),
        ..base
    };
    for (method, count) in [(pruning, 10), (growing, 60), (shuffling, 50)] {
        let mut bench = bench(5);
        bench.ask(&mut Rewire::new(method), Budget::unlimited());
        assert_eq!(bench.network.synapse_count(), count, "{method:?}");
    }
}
