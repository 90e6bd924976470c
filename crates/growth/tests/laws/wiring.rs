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
    assert_eq!(scales(Scale::Normal(0.1)), [0.1]);
    assert_eq!(scales(Scale::Uniform(0.1)), [0.1]);
}
