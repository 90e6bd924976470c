//! What a commit costs: a renewal in a small and in a large network, and a rewiring of 1 %.
//!
//! A renewal touches its neuron's connections and nothing else, so it touches as many rows in a
//! network a hundred times as large (asserted), and its time differs by what caches explain: at most
//! tenfold. A structural commit is one pass over the rows: 1 % of 10^6 connections, with weights and
//! two moments following, within 20 ms.

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use livenet_core::{
    Activation, Birth, Column, Commit, Draft, Finished, FireGroup, Follower as _, GroupId, Inherit, Law, Move, Network,
    NeuronId, NeuronSpec, Neurons, Norm, Origin, Reach, Role, Row, Schedule, StreamKey, Synapse, Unit,
};
use std::time::{Duration, Instant};

/// A network and what follows it.
#[derive(Clone)]
struct Followed {
    network: Network,
    weights: Vec<f32>,
    moments: [Vec<f32>; 2],
    ages: Column<Neurons, u64>,
}

impl Followed {
    fn follow(&mut self, commit: &Commit) {
        commit.carry_weights(&mut self.weights);
        for (power, moments) in [1, 2].into_iter().zip(&mut self.moments) {
            commit.carry_moments(moments, 0.0, Inherit::FromOrigin, |moment, by| moment * by.powi(power));
        }
        self.ages.follow(&self.network, commit);
    }
}

/// A ring of neurons in which each but the input hears `degree` others at equal distances, so that it
/// is heard by as many, or by one less, since the input hears nobody.
fn ring(neurons: u64, degree: u64) -> Followed {
    let unit = Unit::rate(Activation::Tanh);
    let reach = Reach::groups((0..3).map(GroupId::new));
    let group =
        |name: &str, role| FireGroup { name: name.to_owned(), role, unit, norm: Norm::None, reach: reach.clone() };
    let groups = vec![group("input", Role::Input), group("hidden", Role::Hidden), group("output", Role::Output)];
    let mut network = Network::new(groups, Schedule::Grouped).expect("one input and one output group");
    let mut draft = Draft::new(&network, 0);
    for number in 0..neurons {
        let order = u16::from(number > 0) + u16::from(number + 1 == neurons);
        let (neuron, spec) = (draft.name(), NeuronSpec::of(GroupId::new(order), unit));
        draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).expect("a new name");
    }
    let born = draft.finish();
    network.commit(born).expect("a fresh draft");
    // In chunks, because a draft holds each newborn connection with its rule of birth.
    let mut weights = Vec::new();
    let stride = neurons / (degree + 1);
    let posts: Vec<u64> = (1..neurons).collect();
    for chunk in posts.chunks((1_000_000 / degree) as usize) {
        let heard =
            |post: u64| (1..=degree).map(move |k| (NeuronId::new(post), NeuronId::new((post + k * stride) % neurons)));
        let at = chunk.iter().copied().flat_map(heard).map(|(post, pre)| (Synapse::new(post, pre), 0)).collect();
        let mut draft = Draft::new(&network, 0);
        let birth = Birth::Random { key: StreamKey::new(1, "ring"), law: Law::Uniform, scale: 0.1 };
        draft.propose(Move::Grow { at, birth }).expect("distinct pairs");
        let grown = draft.finish();
        network.commit(grown).expect("a fresh draft").carry_weights(&mut weights);
    }
    let (moments, ages) = ([vec![0.0; weights.len()], vec![0.0; weights.len()]], Column::new(&network, 0));
    network.outgoing();
    Followed { network, weights, moments, ages }
}

/// Renews a neuron; returns how many rows of connections it touched.
fn renew(all: &mut Followed, row: u32) -> usize {
    let mut draft = Draft::new(&all.network, 1);
    let (old, new) = (all.network.id(Row::new(row)), draft.name());
    let birth = Birth::Random { key: StreamKey::new(2, "renewal"), law: Law::Normal, scale: 0.1 };
    draft.propose(Move::Renew { old, new, birth, mean: 0.1 }).expect("a hidden neuron");
    let finished = draft.finish();
    let commit = all.network.commit(finished).expect("a fresh draft");
    all.follow(&commit);
    assert!(!commit.is_structural());
    commit.weights.len()
}

fn renewals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("renewal");
    let mut took = Vec::new();
    for neurons in [1_000u64, 100_000] {
        let mut all = ring(neurons, 100);
        let connections = all.network.synapse_count();
        assert_eq!(
            renew(&mut all, neurons as u32 / 2 + 1),
            200,
            "a hundred dendrites and a hundred axons, whatever the size"
        );
        // In an order that no cache foresees.
        let mut stream = StreamKey::new(3, "rows").stream();
        let mut any = move || 1 + stream.below(neurons - 2) as u32;
        let begun = Instant::now();
        for _ in 0..2000 {
            renew(&mut all, any());
        }
        took.push(begun.elapsed() / 2000);
        group.bench_function(BenchmarkId::from_parameter(connections), |bench| bench.iter(|| renew(&mut all, any())));
    }
    group.finish();
    let ratio = took[1].as_secs_f64() / took[0].as_secs_f64();
    eprintln!(
        "renewal: {:?} and {:?}, {ratio:.1} times as long at a hundred times the size (at most 10)",
        took[0], took[1]
    );
}

/// A hundredth of the connections, and as many absent pairs.
fn one_percent(network: &Network) -> [Move; 2] {
    let mut stream = StreamKey::new(4, "rewiring").stream();
    let count = network.synapse_count() / 100;
    let gone = stream.sample(network.synapse_count() as u64, count);
    let at = gone.into_iter().map(|row| network.synapse(Row::new(row as u32))).collect();
    let neurons = network.neuron_count() as u64;
    let pairs = stream.sample((neurons - 1) * neurons, 2 * count + 1000);
    let pairs =
        pairs.into_iter().map(|pair| Synapse::new(NeuronId::new(1 + pair / neurons), NeuronId::new(pair % neurons)));
    let mut absent: Vec<(Synapse, u16)> =
        pairs.filter(|&at| network.synapse_row(at).is_none()).map(|at| (at, 0)).collect();
    stream.shuffle(&mut absent);
    absent.truncate(count);
    [Move::Prune { at }, Move::Grow { at: absent, birth: Birth::Value(0.0) }]
}

fn rewiring(criterion: &mut Criterion) {
    let all = ring(2048, 489);
    let moves = one_percent(&all.network);
    let mut group = criterion.benchmark_group("rewiring 1 % of 10^6");
    group.sample_size(20);
    let finish = |all: &Followed, moves: [Move; 2]| {
        let mut draft = Draft::new(&all.network, 1);
        for what in moves {
            draft.propose(what).expect("drawn from what is there and what is not");
        }
        draft.finish()
    };
    group.bench_function("draft", |bench| {
        bench.iter_batched(|| moves.clone(), |moves| finish(&all, moves), BatchSize::PerIteration);
    });
    group.bench_function("commit, weights and two moments", |bench| {
        let setup = || (all.clone(), finish(&all, moves.clone()));
        let routine = |(mut all, finished): (Followed, Finished)| {
            let commit = all.network.commit(finished).expect("a fresh draft");
            all.follow(&commit);
            (all, commit)
        };
        bench.iter_batched(setup, routine, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group! {
    name = commits;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = renewals, rewiring
}
criterion_main!(commits);
