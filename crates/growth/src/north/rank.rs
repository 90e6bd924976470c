//! How many singular values of a matrix are above a threshold.
//!
//! Singular values of A are the roots of the eigenvalues of the smaller of A Aᵀ and Aᵀ A. That is brought to tridiagonal form by
//! Householder's reflections, and Sturm's sequence counts the eigenvalues above any number without computing one (Golub
//! and Van Loan, 8.3 and 8.4). Plain sums in fixed order: the same count on every machine.

use crate::algebra::dot;
use crate::effort;

/// The number of singular values of these rows above `least`, 0 or more.
pub(super) fn above(rows: &[Vec<f64>], least: f64) -> usize {
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 {
        return 0;
    }
    let gram = |vectors: &[Vec<f64>]| -> Vec<Vec<f64>> {
        vectors.iter().map(|a| vectors.iter().map(|b| dot(a, b)).collect()).collect()
    };
    let gram = if rows.len() <= columns {
        gram(rows)
    } else {
        let transposed: Vec<Vec<f64>> = (0..columns).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
        gram(&transposed)
    };
    let (diagonal, beside) = tridiagonal(gram);
    let below = not_above(&diagonal, &beside, least * least);
    diagonal.len() - below
}

/// The diagonal of the tridiagonal form of a symmetric matrix, and what stands beside it.
fn tridiagonal(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<f64>) {
    let n = a.len();
    effort::spend(2 * (n as u64).pow(3) / 3);
    let mut beside = vec![0.0; n.saturating_sub(1)];
    for k in 0..n.saturating_sub(2) {
        let mut v: Vec<f64> = (k + 1..n).map(|i| a[i][k]).collect();
        let norm = libm::sqrt(v.iter().map(|x| x * x).sum());
        if norm == 0.0 {
            continue;
        }
        let alpha = if v[0] > 0.0 { -norm } else { norm };
        v[0] -= alpha;
        let square: f64 = v.iter().map(|x| x * x).sum();
        beside[k] = alpha;
        // B <- B - v wᵀ - w vᵀ on what is left, with p = 2 B v / vᵀv and w = p - (pᵀv / vᵀv) v.
        let p: Vec<f64> =
            (k + 1..n).map(|i| 2.0 * v.iter().zip(&a[i][k + 1..]).map(|(v, b)| v * b).sum::<f64>() / square).collect();
        let along = p.iter().zip(&v).map(|(p, v)| p * v).sum::<f64>() / square;
        let w: Vec<f64> = p.iter().zip(&v).map(|(p, v)| p - along * v).collect();
        for i in 0..v.len() {
            for j in 0..v.len() {
                a[k + 1 + i][k + 1 + j] -= v[i] * w[j] + w[i] * v[j];
            }
        }
    }
    if n >= 2 {
        beside[n - 2] = a[n - 1][n - 2];
    }
    ((0..n).map(|i| a[i][i]).collect(), beside)
}

/// How many eigenvalues of a tridiagonal matrix are at most `x`, up to rounding.
fn not_above(diagonal: &[f64], beside: &[f64], x: f64) -> usize {
    let (mut count, mut q) = (0, 1.0);
    for (at, d) in diagonal.iter().enumerate() {
        let coupled = if at == 0 { 0.0 } else { beside[at - 1] * beside[at - 1] / q };
        q = d - x - coupled;
        if q == 0.0 {
            q = -f64::MIN_POSITIVE;
        }
        count += usize::from(q < 0.0);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    #[test]
    fn singular_values_are_counted() {
        // Singular values 3, 0.5 and 0, turned out of the axes.
        let (c, s) = (0.6, 0.8);
        let rows = vec![vec![3.0 * c, 3.0 * s, 0.0, 0.0], vec![-0.5 * s, 0.5 * c, 0.0, 0.0], vec![0.0; 4]];
        assert_eq!([0.0, 0.4, 0.6, 2.9, 3.1].map(|least| above(&rows, least)), [2, 2, 1, 1, 0]);
        assert_eq!((above(&[], 0.1), above(&[Vec::new()], 0.1), above(&[vec![0.0]], 0.0)), (0, 0, 0));
    }

    #[test]
    fn a_product_has_the_rank_of_its_thinner_factor() {
        let key = StreamKey::new(1, "rank");
        for (rows, rank, columns) in [(9, 3, 20), (20, 3, 9), (6, 6, 30), (12, 1, 12)] {
            let table = |of: u64, rows: u64, columns: u64| -> Vec<Vec<f64>> {
                (0..rows).map(|i| (0..columns).map(|j| key.at(of).normal(i, j)).collect()).collect()
            };
            let (a, b) = (table(0, rows, rank), table(1, rank, columns));
            let product: Vec<Vec<f64>> = a
                .iter()
                .map(|a| {
                    (0..columns as usize).map(|j| a.iter().zip(&b).map(|(a, row)| a * row[j]).sum::<f64>()).collect()
                })
                .collect();
            assert_eq!(above(&product, 1e-5), rank as usize, "{rows} by {columns}");
        }
    }
}
