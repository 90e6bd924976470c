//! Connections multiply beyond what will stay, then those go that tell least.

use crate::bench::{Bench, layers};
use livenet_core::{Move, Row, Signal, Signals, Synapse};
use livenet_growth::{Budget, Registry, Settings, Strategy, Value, Wiring};
use std::collections::BTreeMap;

fn make(settings: &[(&str, Value)]) -> Box<dyn Strategy> {
    let settings = settings.iter().fold(Settings::none(), |all, (name, value)| all.with(name, value.clone()));
    Registry::standard().find("overshoot").unwrap().strategy(settings).unwrap()
}

fn bench(connections: u64) -> Bench {
    Bench::new(layers(&[10, 20, 5]), Wiring::Count { connections }, 7)
}

/// How many the hidden group and the outputs hear.
fn counts(bench: &Bench) -> [usize; 2] {
    [1, 2].map(|group| {
        let members = bench.network.members(livenet_core::GroupId::new(group));
        members.map(|row| bench.network.incoming(Row::new(row)).len()).sum()
    })
}

/// The curve by its definition: `start` at first, 1.6 times what stays at 250, what stays from 700 on.
fn wanted(start: usize, stays: f64, step: u64, cosine: bool) -> usize {
    let way = |part: f64| if cosine { (1.0 - (std::f64::consts::PI * part).cos()) / 2.0 } else { part };
    let (start, peak, step) = (start as f64, 1.6 * stays, step as f64);
    let count = match step {
        ..=250.0 => start + (peak - start) * way(step / 250.0),
        ..700.0 => peak + (stays - peak) * way((step - 250.0) / 450.0),
        _ => stays,
    };
    count.round() as usize
}

#[test]
fn the_number_goes_over_a_peak_to_what_stays() {
    for (curve, by) in [("cosine", "density"), ("linear", "count")] {
        let stays = if by == "density" { ("density", Value::Real(0.2)) } else { ("count", Value::Integer(60)) };
        for place in ["random", "gradient"] {
            let text = |word: &str| Value::Text(word.to_owned());
            let mut method = make(&[stays.clone(), ("curve", text(curve)), ("where", text(place))]);
            let mut bench = bench(24);
            let start = counts(&bench);
            let mut seen = Vec::new();
            for _ in 0..40 {
                bench.train(25);
                bench.ask(&mut *method, Budget::unlimited());
                // 200 and 100 pairs.
                let all = [(start[0], 40.0), (start[1], 20.0)];
                let all = all.map(|(start, stays)| wanted(start, stays, bench.step, curve == "cosine"));
                assert_eq!(counts(&bench), all, "{curve} {place} at {}", bench.step);
                seen.push(bench.network.synapse_count());
            }
            assert_eq!((seen.iter().max(), seen.last()), (Some(&96), Some(&60)));
        }
    }
}

#[test]
fn a_run_without_end_goes_by_steps() {
    let steps = [("peak_step", Value::Integer(40)), ("settled_step", Value::Integer(100))];
    let mut method = make(&[&steps[..], &[("density", Value::Real(0.2))]].concat());
    let mut bench = bench(24);
    bench.end = None;
    let counts: Vec<usize> = (0..12)
        .map(|_| {
            bench.train(10);
            bench.ask(&mut *method, Budget::unlimited());
            bench.network.synapse_count()
        })
        .collect();
    assert_eq!((counts[3], counts[9], counts[11]), (96, 60, 60));
    assert!(counts[0] < counts[1] && counts[6] < counts[4]);
}

fn told(bench: &Bench, signals: &Signals, at: Synapse) -> (f32, f32) {
    let row = bench.network.synapse_row(at).unwrap();
    let weight = signals.values(Signal::Weight)[row.index()].abs();
    (weight * signals.of(Signal::OutputMagnitude, bench.network.row(at.pre).unwrap()), weight)
}

#[test]
fn those_go_that_tell_least_and_not_those_that_weigh_least() {
    let mut method = make(&[("density", Value::Real(0.2)), ("over", Value::Text("whole".into()))]);
    let mut bench = bench(150);
    bench.train(700);
    let signals = bench.signals(&*method);
    let asked = bench.propose(&mut *method, Budget::unlimited());
    let [Move::Prune { at: gone }] = &asked.proposals.iter().map(|of| of.what.clone()).collect::<Vec<_>>()[..] else {
        panic!("{:?}", asked.proposals)
    };
    assert_eq!(gone.len(), 90);
    let stays = || bench.network.synapses().map(|(_, at)| at).filter(|at| !gone.contains(at));
    let least = |of: &dyn Fn(Synapse) -> f32| stays().map(of).fold(f32::INFINITY, f32::min);
    let most = |of: &dyn Fn(Synapse) -> f32| gone.iter().map(|&at| of(at)).fold(0.0, f32::max);
    let (by_told, by_weight) = (|at| told(&bench, &signals, at).0, |at| told(&bench, &signals, at).1);
    assert!(most(&by_told) <= least(&by_told));
    assert!(most(&by_weight) > least(&by_weight));
    assert_eq!(asked.proposals[0].reason.rule, "smallest |w| · mean |output|");
}

#[test]
fn by_gradient_the_steepest_places_are_taken() {
    let mut method = make(&[("where", Value::Text("gradient".into())), ("density", Value::Real(0.2))]);
    let mut bench = bench(24);
    bench.train(150);
    let signals = bench.signals(&*method);
    let asked = bench.propose(&mut *method, Budget::unlimited());
    let grown: Vec<Synapse> = asked
        .proposals
        .iter()
        .flat_map(|proposal| match &proposal.what {
            Move::Grow { at, .. } => at.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        })
        .collect();
    let mut by_group = BTreeMap::<_, [f32; 2]>::new();
    for candidate in signals.candidates() {
        let [post, pre] = [candidate.post, candidate.pre].map(|row| bench.network.id(Row::new(row)));
        let taken = grown.contains(&Synapse::new(post, pre));
        let group = bench.network.spec(Row::new(candidate.post)).group;
        let [least_taken, most_left] = by_group.entry(group).or_insert([f32::INFINITY, 0.0]);
        let size = candidate.gradient.abs();
        if taken { *least_taken = least_taken.min(size) } else { *most_left = most_left.max(size) }
    }
    assert!(!grown.is_empty() && by_group.values().all(|[taken, left]| taken >= left), "{by_group:?}");
}
