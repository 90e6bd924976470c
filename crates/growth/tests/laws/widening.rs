//! `Net2Wider`: how many, of whom, and what each of them says.

use crate::bench::{Bench, layers};
use crate::division::{ask, mothers, network};
use livenet_core::{Move, Signal};
use livenet_growth::{Budget, Mother, Net2Wider, Wiring};

#[test]
fn copies_share_equally_what_the_original_says() {
    // Four become twelve: two copies each, in turn.
    let mut wider = Net2Wider { factor: 3.0, mother: Mother::Utility, noise: 0.0 };
    let (_, moves, later) = ask(&network(), &mut wider, Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    assert_eq!((mothers(&moves), later.len()), (vec![2, 2, 3, 3, 4, 4, 5, 5], 0));
    let shares: Vec<f32> =
        moves.iter().map(|what| if let Move::Divide { share, .. } = what { *share } else { panic!() }).collect();
    // A third of all, then a half of the two thirds that are left.
    assert_eq!(shares, [1.0 / 3.0, 0.5].repeat(4));
    // Two more than there are: the best two.
    let mut some = Net2Wider { factor: 1.5, ..wider };
    let (_, moves, _) = ask(&network(), &mut some, Signal::Utility, [0.1, 0.4, 0.2, 0.3], None);
    assert_eq!(mothers(&moves), [3, 5]);
}

#[test]
fn every_hidden_group_becomes_wider_by_the_factor() {
    let mut bench = Bench::new(layers(&[3, 10, 6, 2]), Wiring::Dense, 1);
    let asked = bench.ask(&mut Net2Wider::default(), Budget::unlimited());
    assert_eq!(bench.network.groups().len(), 4);
    let sizes: Vec<usize> = bench.network.group_ids().map(|group| bench.network.members(group).len()).collect();
    assert_eq!(sizes, [3, 15, 9, 2]);
    // Drawn with replacement, so some mother has several copies; every copy is nudged by itself.
    let mut who = mothers(&asked.proposals.iter().map(|proposal| proposal.what.clone()).collect::<Vec<_>>());
    who.dedup();
    assert!(who.len() < 8 && asked.later.len() == 8, "{who:?}");
    let capped = Budget { neurons: Some(31), ..Budget::unlimited() };
    let asked = bench.ask(&mut Net2Wider::default(), capped);
    assert!(asked.cuts.is_empty() && bench.network.neuron_count() == 31);
}
