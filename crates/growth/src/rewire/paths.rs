//! Paths of length three: CH3-L3, the score of Cannistraci-Hebb training (Zhang et al. 2023).
//!
//! In the bipartite graph of a layer, who hears on one side and who is heard on the other, a pair (u, v) that
//! is not connected scores over its paths u - z1 - z2 - v
//!
//! ```text
//! CH3-L3(u, v) = Σ over paths 1 / sqrt((1 + e(z1)) (1 + e(z2)))
//! ```
//!
//! where e(z) counts the neighbours of z outside the local community: neither u nor v nor on any path of the pair. With
//! u heard and v the listener, z1 hears u and z2 is heard by v. A neighbour of z1 is in the community exactly when v hears
//! it too, so 1 + e(z1) is the degree of z1 less what it hears in common with v; and likewise 1 + e(z2) the degree of z2 less
//! the listeners that it shares with u.
//!
//! CH2-L3n (Zhang et al. 2025) scores the same pairs by the nodes of their paths, in the time of a product of matrices:
//!
//! ```text
//! CH2-L3n(u, v) = Σ over nodes z on such a path (1 + i(z)) / (1 + e(z))
//! ```
//!
//! where z is taken against the seed on its own side: i(z) counts the neighbours that it shares with that seed, e(z) all others but the
//! seed at the far end. So z1, who hears u, counts against v: what both hear, and what only z1 hears.
//!
//! For a neuron with any connections the graph is that of a pool: a neuron of a recurrent group stands on both sides,
//! once as who hears and once as who is heard, and its two places are no neighbours. Between two groups of a layered
//! network that is the paper's graph.

use crate::effort;
use std::collections::{BTreeMap, BTreeSet};

/// Scores of all pairs (listener, heard) on a path, of the graph with these connections (listener, heard).
pub(super) fn scores(connected: &BTreeSet<(u32, u32)>) -> BTreeMap<(u32, u32), f32> {
    let (mut hears, mut heard_by) = (BTreeMap::<u32, Vec<u32>>::new(), BTreeMap::<u32, Vec<u32>>::new());
    for &(post, pre) in connected {
        hears.entry(post).or_default().push(pre);
        heard_by.entry(pre).or_default().push(post);
    }
    let degree = |of: &BTreeMap<u32, Vec<u32>>, row: u32| of[&row].len() as f64;
    let (mut scores, mut steps) = (BTreeMap::new(), 0);
    for (&u, listeners) in &heard_by {
        // How many listeners each other one shares with u.
        let mut shared = BTreeMap::<u32, f64>::new();
        for &z1 in listeners {
            hears[&z1].iter().for_each(|&z2| *shared.entry(z2).or_default() += 1.0);
            steps += hears[&z1].len() as u64;
        }
        for &z1 in listeners {
            let others = || hears[&z1].iter().copied().filter(|&z2| z2 != u);
            let ends = |z2: u32| heard_by[&z2].iter().copied().filter(|&v| v != z1 && !connected.contains(&(v, u)));
            // How many z1 hears in common with each end: once per path.
            let mut common = BTreeMap::<u32, f64>::new();
            others().flat_map(ends).for_each(|v| *common.entry(v).or_default() += 1.0);
            for z2 in others() {
                let outside = degree(&heard_by, z2) - shared[&z2];
                for v in ends(z2) {
                    // Once in what is heard in common, and twice in the score.
                    steps += 3;
                    let first = degree(&hears, z1) - common[&v];
                    *scores.entry((v, u)).or_insert(0.0) += 1.0 / (first * outside).sqrt();
                }
            }
        }
    }
    effort::spend(steps);
    scores.into_iter().map(|(pair, score)| (pair, score as f32)).collect()
}

/// The same pairs scored node by node, CH2-L3n: see the [module](self).
pub(super) fn of_neighbours(connected: &BTreeSet<(u32, u32)>) -> BTreeMap<(u32, u32), f32> {
    let (mut hears, mut heard_by) = (BTreeMap::<u32, Vec<u32>>::new(), BTreeMap::<u32, Vec<u32>>::new());
    for &(post, pre) in connected {
        hears.entry(post).or_default().push(pre);
        heard_by.entry(pre).or_default().push(post);
    }
    let (mut scores, mut steps) = (BTreeMap::<(u32, u32), f64>::new(), 0);
    // For each seed, whoever is on the same side and shares a neighbour with it, and what that one leads to.
    let mut walk =
        |near: &BTreeMap<u32, Vec<u32>>, far: &BTreeMap<u32, Vec<u32>>, pair: &dyn Fn(u32, u32) -> (u32, u32)| {
            for (&seed, neighbours) in near {
                let mut common = BTreeMap::<u32, f64>::new();
                let others = neighbours.iter().flat_map(|neighbour| &far[neighbour]).filter(|&&other| other != seed);
                others.for_each(|&other| {
                    *common.entry(other).or_default() += 1.0;
                    steps += 1;
                });
                for (other, common) in common {
                    let outside = (near[&other].len() as f64 - common).max(1.0);
                    for &end in &near[&other] {
                        steps += 1;
                        if !connected.contains(&pair(seed, end)) {
                            *scores.entry(pair(seed, end)).or_default() += (1.0 + common) / outside;
                        }
                    }
                }
            }
        };
    walk(&hears, &heard_by, &|post, pre| (post, pre));
    walk(&heard_by, &hears, &|pre, post| (post, pre));
    effort::spend(steps);
    scores.into_iter().map(|(pair, score)| (pair, score as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(connected: &[(u32, u32)]) -> Vec<((u32, u32), f32)> {
        scores(&connected.iter().copied().collect()).into_iter().collect()
    }

    #[test]
    fn each_step_of_each_path_is_counted() {
        effort::take();
        of(&[(10, 0), (10, 1), (11, 1)]);
        // From 0: 10 hears two, and one path. From 1: 10 hears two, 11 one.
        assert_eq!(effort::take(), 2 + 3 + 2 + 1);
    }

    #[test]
    fn one_path_by_hand() {
        // Listeners 10 and 11; 10 hears 0 and 1, 11 hears 1: the one path from 0 to 11 is 0 - 10 - 1 - 11, and
        // neither 10 nor 1 has another neighbour.
        assert_eq!(of(&[(10, 0), (10, 1), (11, 1)]), [((11, 0), 1.0)]);
        // 10 also hears 2, and 12 hears 1: one neighbour outside each. 1 / sqrt(2 · 2); and their own pairs.
        let found = of(&[(10, 0), (10, 1), (11, 1), (10, 2), (12, 1)]);
        let expected = [((11, 0), 0.5), ((11, 2), 0.5), ((12, 0), 0.5), ((12, 2), 0.5)];
        assert_eq!(found, expected);
    }

    #[test]
    fn node_by_node_it_is_the_product_of_matrices() {
        // The authors' form on a dense matrix: C = A Aᵀ, M = [C > 0] (1 + C) / max(deg - C, 1), likewise the other way, and M A + (M' Aᵀ)ᵀ.
        let connected: BTreeSet<(u32, u32)> =
            [(0, 0), (0, 2), (0, 3), (1, 0), (1, 1), (2, 1), (2, 2), (2, 4), (3, 3), (3, 4), (4, 0)].into();
        let (posts, pres) = (5, 5);
        let a = |post: usize, pre: usize| f64::from(u8::from(connected.contains(&(post as u32, pre as u32))));
        let half = |n: usize, m: usize, a: &dyn Fn(usize, usize) -> f64, i: usize, v: usize| -> f64 {
            let term = |j: usize| {
                let common: f64 = (0..m).map(|k| a(i, k) * a(j, k)).sum();
                let degree: f64 = (0..m).map(|k| a(j, k)).sum();
                let share = if common > 0.0 { (1.0 + common) / (degree - common).max(1.0) } else { 0.0 };
                share * a(j, v)
            };
            (0..n).map(term).sum()
        };
        let mut expected = BTreeMap::new();
        for (post, pre) in (0..posts).flat_map(|post| (0..pres).map(move |pre| (post, pre))) {
            let score = half(posts, pres, &a, post, pre) + half(pres, posts, &|pre, post| a(post, pre), pre, post);
            if a(post, pre) == 0.0 && score > 0.0 {
                expected.insert((post as u32, pre as u32), score as f32);
            }
        }
        let found = of_neighbours(&connected);
        assert_eq!(found.len(), expected.len());
        for (pair, score) in expected {
            assert!((found[&pair] - score).abs() < 1e-6, "{pair:?}: {} for {score}", found[&pair]);
        }
    }

    #[test]
    fn a_neighbour_on_another_path_of_the_pair_is_not_outside() {
        // 0 to 11 by 10 and 1, and by 10 and 2: for both paths all neighbours are in the community.
        assert_eq!(of(&[(10, 0), (10, 1), (10, 2), (11, 1), (11, 2)]), [((11, 0), 2.0)]);
        // By 10 and 1, and by 12 and 1.
        assert_eq!(of(&[(10, 0), (12, 0), (10, 1), (12, 1), (11, 1)]), [((11, 0), 2.0)]);
    }

    #[test]
    fn a_neuron_of_a_recurrent_group_stands_on_both_sides() {
        // Neuron 1 hears itself and 0, neuron 2 hears 1: the path 0 - 1 - 1' - 2 goes through both its places.
        assert_eq!(of(&[(1, 0), (1, 1), (2, 1)]), [((2, 0), 1.0)]);
    }
}
