//! Singular values by one-sided Jacobi rotations (Hestenes 1958): slow, short, and right to the last bit for small values too.

use super::matrix::{Matrix, dot};
use crate::effort;

/// Rounds over all pairs before it is taken as it is; ten are many.
const MOST_SWEEPS: usize = 60;

/// `A = Σ σ u vᵀ`, the largest σ first; zeros left out.
#[derive(Clone, Debug)]
pub struct Singular {
    /// In descending order.
    pub values: Vec<f64>,
    /// The left vectors, one per row.
    pub left: Matrix,
    /// The right vectors, one per row.
    pub right: Matrix,
}

impl Singular {
    /// Values of at most this part of the largest are zeros.
    pub const ZERO: f64 = 1e-12;

    /// Of any matrix. Signs are such that the entry of a right vector that is largest in size is positive.
    pub fn of(matrix: &Matrix) -> Self {
        let flat = matrix.rows() < matrix.columns();
        // As rows, the columns of the side that has fewer of them; they are turned until they are orthogonal.
        let mut a = if flat { matrix.clone() } else { matrix.transposed() };
        let n = a.rows();
        let mut v = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)));
        if !a.is_finite() {
            return Self {
                values: Vec::new(),
                left: Matrix::zeros(0, matrix.rows()),
                right: Matrix::zeros(0, matrix.columns()),
            };
        }
        for _ in 0..MOST_SWEEPS {
            let mut turned = false;
            for p in 0..n {
                for q in p + 1..n {
                    turned |= turn(&mut a, &mut v, p, q);
                }
            }
            if !turned {
                break;
            }
        }
        let sizes: Vec<f64> = (0..n).map(|row| dot(a.row(row), a.row(row)).sqrt()).collect();
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        let mut order: Vec<usize> = (0..n).filter(|&at| sizes[at] > Self::ZERO * largest).collect();
        order.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]).then(a.cmp(&b)));
        let turned = Matrix::from_fn(order.len(), a.columns(), |row, k| a.at(order[row], k) / sizes[order[row]]);
        let kept = Matrix::from_fn(order.len(), n, |row, k| v.at(order[row], k));
        let (mut left, mut right) = if flat { (kept, turned) } else { (turned, kept) };
        for at in 0..order.len() {
            let largest =
                right.row(at).iter().fold(0.0f64, |most, value| if value.abs() > most.abs() { *value } else { most });
            if largest < 0.0 {
                left.row_mut(at).iter_mut().chain(right.row_mut(at)).for_each(|value| *value = -*value);
            }
        }
        Self { values: order.iter().map(|&at| sizes[at]).collect(), left, right }
    }
}

/// Turns two rows until they are orthogonal; whether they were not.
fn turn(a: &mut Matrix, v: &mut Matrix, p: usize, q: usize) -> bool {
    let (x, y, both) = (dot(a.row(p), a.row(p)), dot(a.row(q), a.row(q)), dot(a.row(p), a.row(q)));
    if both == 0.0 || both.abs() <= f64::EPSILON * (x * y).sqrt() {
        return false;
    }
    let zeta = (y - x) / (2.0 * both);
    let t = if zeta < 0.0 { -1.0 } else { 1.0 } / (zeta.abs() + libm::hypot(1.0, zeta));
    let c = 1.0 / libm::hypot(1.0, t);
    let s = c * t;
    effort::spend(4 * (a.columns() + v.columns()) as u64);
    for matrix in [a, v] {
        let (p, q) = matrix.two_rows_mut(p, q);
        for (p, q) in p.iter_mut().zip(q) {
            (*p, *q) = (c * *p - s * *q, s * *p + c * *q);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    #[test]
    fn singular_vectors_rebuild_the_matrix() {
        let key = StreamKey::new(5, "singular");
        for (rows, columns, rank) in [(1, 1, 1), (7, 3, 3), (3, 7, 3), (9, 9, 9), (12, 8, 2), (0, 3, 0), (4, 4, 0)] {
            let a = Matrix::from_fn(rows, rank, |i, j| key.normal(i as u64, j as u64));
            let b = Matrix::from_fn(rank, columns, |i, j| key.normal(i as u64, 100 + j as u64));
            let matrix = a.times(&b);
            let found = Singular::of(&matrix);
            assert_eq!(found.values.len(), rank.min(rows), "{rows} {columns}");
            assert!(found.values.is_sorted_by(|a, b| a >= b));
            let scaled = Matrix::from_fn(found.values.len(), rows, |k, i| found.values[k] * found.left.at(k, i));
            let wrong = scaled.outer(&found.right).minus(&matrix);
            assert!((0..rows).all(|row| wrong.row(row).iter().all(|value| value.abs() < 1e-12)), "{rows} {columns}");
            for vectors in [&found.left, &found.right] {
                for i in 0..found.values.len() {
                    for j in 0..found.values.len() {
                        let wanted = f64::from(u8::from(i == j));
                        assert!((dot(vectors.row(i), vectors.row(j)) - wanted).abs() < 1e-10);
                    }
                }
            }
        }
    }
}
