//! Initial wirings have the counts they promise.

use crate::bench::{layers, recurrent};
use livenet_core::{Birth, Draft, Move, Network, StreamKey};
use livenet_growth::{Scale, Wiring};

fn wired(mut network: Network, wiring: Wiring, seed: u64) -> Network {
    let mut draft = Draft::new(&network, 0);
    wiring.propose(&mut draft, StreamKey::new(seed, "wiring")).unwrap();
    let finished = draft.finish();
    network.commit(finished).unwrap();
    network
}

#[test]
fn counts_are_exact() {
    let count = |wiring| wired(layers(&[64, 128, 10]), wiring, 1).synapse_count();
    assert_eq!(count(Wiring::None), 0);
    assert_eq!(count(Wiring::Dense), 9472);
    assert_eq!(count(Wiring::Count { connections: 474 }), 474);
    assert_eq!(count(Wiring::Uniform { density: 0.25 }), 2368);
    assert_eq!(count(Wiring::ErdosRenyi { density: 0.25 }), 2368);
    assert_eq!(count(Wiring::Count { connections: 1 << 40 }), 9472);
}

#[test]
fn everybody_hears_as_many_or_all_there_are() {
    let fans = |sizes: &[u32]| -> Vec<usize> {
        let network = wired(layers(sizes), Wiring::FanIn { connections: 5 }, 1);
        network.neuron_rows().map(|row| network.incoming(row).len()).collect()
    };
    assert_eq!(fans(&[9, 3, 2]), [[0; 9].as_slice(), &[5, 5, 5, 3, 3]].concat());
    let recurrent = wired(recurrent([2, 4, 1], 3), Wiring::FanIn { connections: 5 }, 1);
    assert!(recurrent.neuron_rows().skip(2).all(|row| recurrent.incoming(row).len() == 5));
}

#[test]
fn every_connection_is_within_reach_and_delays_are_used() {
    let network = wired(recurrent([3, 9, 2], 4), Wiring::Uniform { density: 0.6 }, 2);
    let mut delays = [0; 5];
    for (row, _) in network.synapses() {
        delays[usize::from(network.delays()[row.index()])] += 1;
    }
    assert!(delays.iter().all(|&count| count > 0), "{delays:?}");
}

#[test]
fn seeds_differ_and_repeat() {
    let names = |seed| {
        wired(layers(&[9, 9, 3]), Wiring::Count { connections: 30 }, seed)
            .synapses()
            .map(|(_, at)| at)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(1), names(1));
    assert_ne!(names(1), names(2));
}

#[test]
fn births_are_scaled_by_what_there_is() {
    let network = layers(&[8, 3, 2]);
    let scales = |scale| {
        let mut draft = Draft::new(&network, 0);
        Wiring::Dense.propose_scaled(&mut draft, StreamKey::new(1, "wiring"), scale).unwrap();
        let of = |what: &Move| match what {
            Move::Grow { birth: Birth::Random { scale, .. }, .. }
            | Move::Connect { birth: Birth::Random { scale, .. }, .. } => *scale,
            other => panic!("{other:?}"),
        };
        let mut scales: Vec<f32> = draft.proposals().iter().map(|proposal| of(&proposal.what)).collect();
        scales.dedup();
        scales
    };
    assert_eq!(scales(Scale::He), [0.5, (2.0f32 / 3.0).sqrt()]);
    assert_eq!(scales(Scale::Glorot), [(2.0f32 / 11.0).sqrt(), (2.0f32 / 5.0).sqrt()]);
    assert_eq!(scales(Scale::GlorotUniform), [(6.0f32 / 11.0).sqrt(), (6.0f32 / 5.0).sqrt()]);
    // Hidden units of `layers` are rectifiers, outputs linear.
    assert_eq!(scales(Scale::KaimingUniform), [2.0f32.sqrt() * (3.0f32 / 8.0).sqrt(), 1.0]);
    assert_eq!(scales(Scale::Normal(0.1)), [0.1]);
    assert_eq!(scales(Scale::Uniform(0.1)), [0.1]);
}

/// Pairs (listener, heard) by place in their groups.
fn places(sizes: [u64; 2], wiring: Wiring, seed: u64) -> Vec<(u64, u64)> {
    let network = wired(layers(&[sizes[0] as u32, sizes[1] as u32]), wiring, seed);
    network.synapses().map(|(_, at)| (at.post.number() - sizes[0], at.pre.number())).collect()
}

#[test]
fn receptive_fields_are_the_nearest_on_a_ring_without_randomness() {
    let field = |density| Wiring::ReceptiveField { density, randomness: 0.0 };
    // Three listeners over twelve: centres at 0, 4 and 8, each with its neighbours on both sides.
    assert_eq!(
        places([12, 3], field(0.25), 1),
        [(0, 0), (0, 1), (0, 11), (1, 3), (1, 4), (1, 5), (2, 7), (2, 8), (2, 9)]
    );
    // Where there are more listeners, it is the heard that have a field.
    let mut turned: Vec<(u64, u64)> = places([3, 12], field(0.25), 1).into_iter().map(|(a, b)| (b, a)).collect();
    turned.sort_unstable();
    assert_eq!(turned, places([12, 3], field(0.25), 1));
    // Counts are exact, and as even as they can be.
    let all = places([30, 7], field(0.2), 1);
    let fans: Vec<usize> = (0..7).map(|of| all.iter().filter(|(post, _)| *post == of).count()).collect();
    assert!(all.len() == 42 && fans.iter().all(|fan| *fan == 6), "{fans:?}");
    let uneven = places([30, 7], field(0.21), 1);
    let fans: Vec<usize> = (0..7).map(|of| uneven.iter().filter(|(post, _)| *post == of).count()).collect();
    assert!(uneven.len() == 44 && fans.iter().all(|fan| (6..8).contains(fan)), "{fans:?}");
}

#[test]
fn receptive_fields_are_drawn_by_a_power_of_the_distance() {
    // One listener that hears one of eleven: distances 0, then 1 to 5 twice.
    let parts = |randomness: f64| {
        let mut parts = [0.0; 6];
        for seed in 0..4000 {
            let all = places([11, 1], Wiring::ReceptiveField { density: 0.09, randomness }, seed);
            assert_eq!(all.len(), 1);
            parts[all[0].1.min(11 - all[0].1) as usize] += 1.0 / 4000.0;
        }
        parts
    };
    // r = 1/3 is the square of 1 / (1 + d); r = 1 is anybody.
    let weight = |power: i32| -> Vec<f64> {
        let of = |d: i32| if d == 0 { 1.0 } else { 2.0 / f64::from(1 + d).powi(power) };
        let sum: f64 = (0..6).map(of).sum();
        (0..6).map(|d| of(d) / sum).collect()
    };
    for (randomness, power) in [(1.0 / 3.0, 2), (0.5, 1), (1.0, 0)] {
        let (found, expected) = (parts(randomness), weight(power));
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 0.03), "{found:?} for {expected:?}");
    }
}

#[test]
fn a_small_world_is_near_but_for_what_went_anywhere() {
    let world = |randomness| Wiring::SmallWorld { density: 0.25, randomness };
    // Each of the larger group, the heard, is joined to the nearest listener.
    let near: Vec<(u64, u64)> = places([12, 4], world(0.0), 1);
    assert_eq!(near, (0..12).map(|pre| (pre / 3, pre)).collect::<Vec<_>>());
    // A part of them is moved, and none is lost.
    let (mut moved, mut total) = (0, 0);
    for seed in 0..50 {
        let some = places([60, 20], world(0.3), seed);
        let nearest = places([60, 20], world(0.0), seed);
        assert_eq!(some.len(), nearest.len());
        moved += some.iter().filter(|pair| !nearest.contains(pair)).count();
        total += some.len();
    }
    // Of three tenths that are put anywhere, a part falls back to where the near ones are.
    let part = moved as f64 / total as f64;
    assert!((0.24..0.30).contains(&part), "{part}");
}
