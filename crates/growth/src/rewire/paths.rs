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
//! For a neuron with any connections the graph is that of a pool: a neuron of a recurrent group stands on both sides,
//! once as who hears and once as who is heard, and its two places are no neighbours. Between two groups of a layered
//! network that is the paper's graph.

use std::collections::{BTreeMap, BTreeSet};

/// Scores of all pairs (listener, heard) on a path, of the graph with these connections (listener, heard).
pub(super) fn scores(connected: &BTreeSet<(u32, u32)>) -> BTreeMap<(u32, u32), f32> {
    let (mut hears, mut heard_by) = (BTreeMap::<u32, Vec<u32>>::new(), BTreeMap::<u32, Vec<u32>>::new());
    for &(post, pre) in connected {
        hears.entry(post).or_default().push(pre);
        heard_by.entry(pre).or_default().push(post);
    }
    let degree = |of: &BTreeMap<u32, Vec<u32>>, row: u32| of[&row].len() as f64;
    let mut scores = BTreeMap::new();
    for (&u, listeners) in &heard_by {
        // How many listeners each other one shares with u.
        let mut shared = BTreeMap::<u32, f64>::new();
        for &z1 in listeners {
            hears[&z1].iter().for_each(|&z2| *shared.entry(z2).or_default() += 1.0);
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
                    let first = degree(&hears, z1) - common[&v];
                    *scores.entry((v, u)).or_insert(0.0) += 1.0 / (first * outside).sqrt();
                }
            }
        }
    }
    scores.into_iter().map(|(pair, score)| (pair, score as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(connected: &[(u32, u32)]) -> Vec<((u32, u32), f32)> {
        scores(&connected.iter().copied().collect()).into_iter().collect()
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
