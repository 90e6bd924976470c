//! The soft rule of Cannistraci-Hebb training: draws, thinning, and what is settled.

use crate::rules::{ask, ask_at, signals, wired};
use livenet_core::{Follower as _, Network, Signal};
use livenet_growth::rewire::{Amount, Balance, CHT, CHTSS, Drop, Grow, Method, Rewire, Thinning};
use livenet_growth::{Strategy as _, Wiring};

const DRAWN: Method = Method {
    drop: Drop::DrawnWeight { from: 1.0, to: 3.0 },
    amount: Amount::Count(2),
    balance: Balance::Whole,
    ..Method::BASE
};

#[test]
fn what_stays_is_drawn_by_the_weight_to_a_power_that_rises() {
    // Three connections, one stays: in proportion to 1 : 2 : 4 at first, to their cubes from three quarters of the run on.
    let network = wired(&[3, 1], &[(3, 0), (3, 1), (3, 2)]);
    let signals = signals(&[(Signal::Weight, &[0.25, -0.5, 1.0])]);
    let stays = |steps: std::ops::Range<u64>| {
        let mut counts = [0.0; 3];
        let total = (steps.end - steps.start) as f64;
        for step in steps {
            let (asked, _) = ask_at(&network, &signals, &mut Rewire::new(DRAWN), step);
            assert_eq!(asked.gone.len(), 2);
            let stays = (0..3).find(|&pre| !asked.gone.contains(&(3, pre))).unwrap();
            counts[stays as usize] += 1.0 / total;
        }
        counts
    };
    let near = |found: [f64; 3], parts: [f64; 3]| {
        let sum: f64 = parts.iter().sum();
        found.iter().zip(parts).all(|(found, part)| (found - part / sum).abs() < 0.03)
    };
    // The bench's runs end at 1000: the first steps, half way to the end of the rise (power 2), and after it.
    let late = stays(750..4750);
    assert!(near(late, [1.0, 8.0, 64.0]), "{late:?}");
    let middle = stays(300..450);
    assert!((middle[2] - 16.0 / 21.0).abs() < 0.1, "{middle:?}");
    let mut without_end = DRAWN;
    without_end.drop = Drop::DrawnWeight { from: 1.0, to: 1.0 };
    let mut counts = [0.0; 3];
    for step in 0..4000 {
        let (asked, _) = ask_at(&network, &signals, &mut Rewire::new(without_end), step);
        counts[(0..3).find(|&pre| !asked.gone.contains(&(3, pre))).unwrap() as usize] += 1.0 / 4000.0;
    }
    assert!(near(counts, [1.0, 2.0, 4.0]), "{counts:?}");
}

fn dense(sizes: &[u32]) -> Network {
    crate::bench::Bench::new(crate::bench::layers(sizes), Wiring::Dense, 1).network
}

#[test]
fn what_is_thinned_does_not_come_again_and_the_rest_is_rewired() {
    // Of 16 pairs 16 are there, and a half may be: 8 go for good, the smallest; of the 8 left a quarter by the other rule.
    let network = dense(&[4, 4]);
    let weights: Vec<f32> = (0..16).map(|row| 1.0 + row as f32).collect();
    let method = Method {
        drop: Drop::Random,
        grow: Grow::Random,
        amount: Amount::Fraction(0.25),
        thinning: Some(Thinning { drop: Drop::SmallestWeight, to: Amount::Density(0.5) }),
        balance: Balance::Whole,
        ..Method::BASE
    };
    let asked = ask(&network, &signals(&[(Signal::Weight, &weights)]), method);
    assert_eq!((asked.gone.len(), asked.come.len()), (10, 2));
    // Rows 0 to 7 are the two first listeners, 4 and 5.
    assert!((4..6).flat_map(|post| (0..4).map(move |pre| (post, pre))).all(|pair| asked.gone.contains(&pair)));
    // One that is sparse enough is only rewired.
    let sparse = wired(&[4, 4], &[(4, 0), (5, 1), (6, 2), (7, 3)]);
    let asked = ask(&sparse, &signals(&[(Signal::Weight, &[1.0; 4])]), method);
    assert_eq!((asked.gone.len(), asked.come.len()), (1, 1));
}

#[test]
fn the_density_follows_the_sigmoid() {
    let mut network = dense(&[20, 20]);
    let mut chtss = Rewire::new(CHTSS);
    let mut counts = Vec::new();
    for step in [1, 100, 375, 650, 750, 900] {
        let weights: Vec<f32> = (0..network.synapse_count()).map(|row| 1.0 + (row % 7) as f32).collect();
        let (_, finished) = ask_at(&network, &signals(&[(Signal::Weight, &weights)]), &mut chtss, step);
        if !finished.is_empty() {
            let commit = network.commit(finished).unwrap();
            chtss.follow(&network, &commit);
        }
        counts.push(network.synapse_count());
    }
    // 400 pairs: a half at first, 0.3 of them half way, a tenth in the end.
    assert_eq!((counts[0], counts[2], counts[4], counts[5]), (200, 120, 40, 40), "{counts:?}");
    assert!(counts[1] > 190 && counts[3] < 50, "{counts:?}");
}

#[test]
fn who_regrows_what_went_is_settled() {
    // All pairs but one are connected: what goes is nearly all that can come.
    let network = wired(&[2, 2], &[(2, 0), (2, 1), (3, 0)]);
    let signals = signals(&[(Signal::Weight, &[1.0, 2.0, 3.0])]);
    let method = Method { amount: Amount::Count(1), stranded: livenet_growth::rewire::Stranded::Kept, ..CHT };
    // 2<0 goes; of the two free pairs, 2<0 and 3<1, neither lies on a path of length three: either may be drawn.
    let mut settled = 0;
    for seed in 1..60 {
        let mut cht = Rewire::new(method);
        let (first, _) = ask_at(&network, &signals, &mut cht, seed);
        assert_eq!(first.gone, [(2, 0)]);
        let mut resumed = Rewire::new(method);
        resumed.load(&cht.save()).unwrap();
        let (second, finished) = ask_at(&network, &signals, &mut resumed, seed);
        assert_eq!(finished.is_empty(), first.come == first.gone, "{first:?}");
        assert_eq!(second.gone.is_empty(), first.come == first.gone);
        settled += u32::from(second.gone.is_empty());
        // Nobody is settled where that is off.
        let mut never = Rewire::new(Method { settled: 1.0, ..method });
        ask_at(&network, &signals, &mut never, seed);
        assert_eq!(ask_at(&network, &signals, &mut never, seed).0.gone, [(2, 0)]);
    }
    assert!(settled > 9, "{settled}");
}
