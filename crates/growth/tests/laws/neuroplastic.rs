//! Neuroplastic expansion: how much comes, where, and who gives up what for it.

use crate::bench::layers;
use livenet_core::{Candidate, Draft, Move, Network, Row, Samples, Signal, Signals, StreamKey, Synapse};
use livenet_growth::{Budget, Gives, NeuroplasticExpansion, Strategy, View, Wiring};

const LANES: usize = 3;

/// Ten inputs, ten hidden neurons of which the first two never say anything, and an output; connected in part.
fn wired(connections: u64) -> Network {
    let mut network = layers(&[10, 10, 1]);
    let mut draft = Draft::new(&network, 0);
    Wiring::Count { connections }.propose(&mut draft, StreamKey::new(1, "wiring")).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    network
}

/// The gradient of an absent pair is larger, the larger its rows.
fn signals(network: &Network) -> Signals {
    let said = |row: usize| if (10..12).contains(&row) { 0.0 } else { 1.0 };
    let said = (0..network.neuron_count()).flat_map(|row| [said(row); LANES]).collect();
    let mut signals = Signals::default();
    signals.put_samples(Signal::Outputs { lanes: u32::MAX }, Samples::new(LANES, network.neuron_count(), said));
    signals.put(Signal::Weight, (0..network.synapse_count()).map(|row| 1.0 + row as f32).collect());
    let mut absent = Vec::new();
    for post in network.neuron_rows() {
        for pre in network.neuron_rows().filter(|&pre| network.may_listen(post, pre, 0)) {
            let at = Synapse::new(network.id(post), network.id(pre));
            if network.synapse_row(at).is_none() {
                let gradient = -((100 * post.get() + pre.get()) as f32);
                absent.push(Candidate { post: post.get(), pre: pre.get(), delay: 0, gradient });
            }
        }
    }
    absent.sort_by(|a, b| a.gradient.total_cmp(&b.gradient));
    signals.put_candidates(Signal::AbsentGradient { top: 1_000_000 }, absent);
    signals
}

/// What goes and what comes, by rows.
type Changes = (Vec<(u64, u64)>, Vec<(u64, u64)>);

fn ask(network: &mut Network, method: &mut NeuroplasticExpansion, step: u64, budget: Budget) -> Changes {
    let signals = signals(network);
    let mut draft = Draft::new(network, step);
    let view = View {
        network,
        signals: &signals,
        step,
        end: Some(100),
        budget,
        ledger: None,
        key: StreamKey::new(2, "asking"),
    };
    method.propose(&view, &mut draft);
    let pair = |at: &Synapse| (at.post.number(), at.pre.number());
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for proposal in draft.proposals() {
        match &proposal.what {
            Move::Prune { at } => gone.extend(at.iter().map(pair)),
            Move::Grow { at, .. } => come.extend(at.iter().map(|(at, _)| pair(at))),
            other => panic!("{other:?}"),
        }
    }
    let finished = draft.finish();
    if !finished.is_empty() {
        let commit = network.commit(finished).unwrap();
        livenet_core::Follower::follow(method, network, &commit);
    }
    (gone, come)
}

fn method() -> NeuroplasticExpansion {
    let mut method = NeuroplasticExpansion::default();
    (method.growth, method.density) = (0.5, 0.8);
    method
}

fn of_hidden(network: &Network) -> usize {
    network.synapses().filter(|(_, at)| (10..20).contains(&at.post.number())).count()
}

#[test]
fn a_share_of_the_room_comes_where_the_gradient_is_and_a_part_of_it_goes_from_the_dormant() {
    let mut network = wired(30);
    let before = of_hidden(&network);
    let dormant = (10..12).map(|row| network.incoming(Row::new(row)).len()).sum::<usize>();
    let mut method = method();
    assert!(method.instead_of_update(50, Some(100)) && !method.instead_of_update(100, Some(100)));
    let (gone, come) = ask(&mut network, &mut method, 50, Budget::unlimited());
    // Between inputs and hidden neurons: 80 pairs wanted; half way along the cosine it is 0.25 of the room.
    let hidden = come.iter().filter(|(post, _)| *post < 20).copied().collect::<Vec<_>>();
    let grow = (0.25 * (80 - before) as f64 + 1e-4) as usize;
    assert_eq!(hidden.len(), grow);
    assert!(hidden.is_sorted_by(|a, b| a > b), "{hidden:?}");
    assert_eq!(hidden[0].0, 19);
    // What goes is what the dormant hear, 0.4 of what comes at most.
    assert!(gone.iter().all(|(post, _)| (10..12).contains(post)), "{gone:?}");
    assert_eq!(gone.len(), ((0.4 * grow as f64 + 1e-4) as usize).min(dormant));
    assert!(!gone.is_empty());
    // The room is that of the first asking, also for who goes on from a checkpoint.
    let mut resumed = self::method();
    resumed.load(&method.save()).unwrap();
    let (_, come) = ask(&mut network, &mut resumed, 50, Budget::unlimited());
    assert_eq!(come.iter().filter(|(post, _)| *post < 20).count(), grow);
}

#[test]
fn growth_ends_at_the_density_and_with_the_curve() {
    let mut network = wired(30);
    let mut method = method();
    for step in 1..30 {
        ask(&mut network, &mut method, step, Budget::unlimited());
    }
    assert_eq!(of_hidden(&network), 80);
    let (gone, come) = ask(&mut network, &mut method, 31, Budget::unlimited());
    assert!(gone.is_empty() && come.is_empty());
    let (gone, come) = ask(&mut wired(30), &mut self::method(), 100, Budget::unlimited());
    assert!(gone.is_empty() && come.is_empty());
}

#[test]
fn by_weight_the_smallest_go_as_in_the_code() {
    let mut network = wired(30);
    let rows: Vec<(u64, u64)> = network.synapses().map(|(_, at)| (at.post.number(), at.pre.number())).collect();
    let mut method = method();
    method.gives = Gives::Weight;
    let (gone, come) = ask(&mut network, &mut method, 50, Budget::unlimited());
    let hidden = |pairs: &[(u64, u64)]| pairs.iter().filter(|(post, _)| *post < 20).copied().collect::<Vec<_>>();
    let due = (0.4 * hidden(&come).len() as f64 + 1e-4) as usize;
    // Weights rise with the row.
    assert_eq!(hidden(&gone), rows[..due]);
}

#[test]
fn budgets_are_kept_and_more_comes_than_goes() {
    let mut network = wired(30);
    let few = Budget { edits: Some(7), ..Budget::unlimited() };
    let (gone, come) = ask(&mut network, &mut method(), 50, few);
    assert!(gone.len() + come.len() <= 7 && gone.len() <= come.len() && !come.is_empty(), "{gone:?} {come:?}");
    let mut network = wired(30);
    ask(&mut network, &mut method(), 50, Budget { connections: Some(33), ..Budget::unlimited() });
    assert_eq!(network.synapse_count(), 33);
}
