//! Holm's correction: several comparisons, one chance of a false alarm.

/// The p-values adjusted for being several (Holm 1979), in the order given: a comparison stands at 5 % when its adjusted
/// value is at most 0.05, and the chance that any stands wrongly is then at most 5 %, however they depend on each other.
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut adjusted = vec![0.0; values.len()];
    let mut least = 0.0_f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max((values.len() - rank) as f64 * values[at]).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 0.01 × 4, 0.02 × 3, 0.03 × 2 (kept at 0.06), 0.5 × 1.
        assert_eq!(holm(&[0.03, 0.01, 0.5, 0.02]), [0.06, 0.04, 0.5, 0.06]);
        assert_eq!(holm(&[]), Vec::<f64>::new());
        assert_eq!(holm(&[0.2]), [0.2]);
        // Ties stay ties, and nothing passes 1.
        assert_eq!(holm(&[0.4, 0.4, 0.4]), [1.0, 1.0, 1.0]);
    }
}
