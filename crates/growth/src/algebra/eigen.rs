//! Eigenvalues of symmetric matrices, and what is made of them: powers and inverses of covariances.
//!
//! Householder's reduction to a tridiagonal matrix, then QL with implicit shifts (Wilkinson and Reinsch 1971, as in EISPACK's
//! `tred2` and `tql2`). Written out here because a library that picks its instructions by the processor gives other bits
//! on another one.

#![expect(clippy::needless_range_loop, reason = "the textbook speaks of several columns by one index")]

use super::matrix::Matrix;
use crate::effort;

/// Shifts per eigenvalue before it is taken as it is.
const MOST_SHIFTS: usize = 64;

/// Eigenvalues in ascending order, and their vectors of length 1 as rows.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// In ascending order.
    pub values: Vec<f64>,
    /// One per row.
    pub vectors: Matrix,
}

impl Eigen {
    /// Of a symmetric matrix; only its lower half counts.
    ///
    /// # Panics
    /// When it is not square.
    #[track_caller]
    pub fn of(symmetric: &Matrix) -> Self {
        assert_eq!(symmetric.rows(), symmetric.columns(), "a symmetric matrix is square");
        let n = symmetric.rows();
        if n == 0 || !symmetric.is_finite() {
            return Self { values: vec![0.0; n], vectors: Matrix::zeros(n, n) };
        }
        effort::spend(9 * (n as u64).pow(3) / 2);
        // Row j holds column j of the textbook's matrix: all inner loops run along rows.
        let mut v = Matrix::from_fn(n, n, |j, k| symmetric.at(k.max(j), k.min(j)));
        let (mut d, mut e) = (vec![0.0; n], vec![0.0; n]);
        reduce(&mut v, &mut d, &mut e);
        accumulate(&mut v, &mut d, &mut e);
        iterate(&mut v, &mut d, &mut e);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| d[a].total_cmp(&d[b]).then(a.cmp(&b)));
        let vectors = Matrix::from_fn(n, n, |row, k| v.at(order[row], k));
        Self { values: order.iter().map(|&at| d[at]).collect(), vectors }
    }

    /// `Σ by(λ) v vᵀ` over the eigenvalues above a threshold.
    #[must_use]
    pub fn rebuilt(&self, above: f64, by: impl Fn(f64) -> f64) -> Matrix {
        let kept: Vec<usize> = (0..self.values.len()).filter(|&at| self.values[at] > above).collect();
        let n = self.values.len();
        let left = Matrix::from_fn(kept.len(), n, |row, k| by(self.values[kept[row]]) * self.vectors.at(kept[row], k));
        left.outer(&Matrix::from_fn(kept.len(), n, |row, k| self.vectors.at(kept[row], k)))
    }

    /// `S^(-1/2)`, eigenvalues of at most `above` left out.
    #[must_use]
    pub fn inverse_root(&self, above: f64) -> Matrix {
        self.rebuilt(above.max(0.0), |value| 1.0 / value.sqrt())
    }

    /// The pseudo-inverse: eigenvalues of at most `relative` times the largest are left out.
    #[must_use]
    pub fn pseudo_inverse(&self, relative: f64) -> Matrix {
        let largest = self.values.last().copied().unwrap_or(0.0).max(0.0);
        self.rebuilt(relative * largest, |value| 1.0 / value)
    }
}

/// An eigenvalue with its vector of length 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// The smallest and the largest eigenvalue of a symmetric matrix, of which only the lower half counts. `None` for the empty matrix,
/// or where something is not a finite number.
pub(crate) fn extremes(symmetric: &Matrix) -> Option<[Pair; 2]> {
    if !symmetric.is_finite() {
        return None;
    }
    let Eigen { values, vectors } = Eigen::of(symmetric);
    let last = values.len().checked_sub(1)?;
    let finite = values.iter().all(|value| value.is_finite());
    finite.then(|| [0, last].map(|at| Pair { value: values[at], vector: vectors.row(at).to_vec() }))
}

/// To a tridiagonal matrix; `e` gets what is beside the diagonal, `v` the reflections.
fn reduce(v: &mut Matrix, d: &mut [f64], e: &mut [f64]) {
    let n = d.len();
    for (j, d) in d.iter_mut().enumerate() {
        *d = v.at(j, n - 1);
    }
    for i in (1..n).rev() {
        let scale: f64 = d[..i].iter().map(|value| value.abs()).sum();
        let mut h = 0.0;
        if scale == 0.0 {
            e[i] = d[i - 1];
            for j in 0..i {
                d[j] = v.at(j, i - 1);
                v.row_mut(j)[i] = 0.0;
                v.row_mut(i)[j] = 0.0;
            }
        } else {
            for value in &mut d[..i] {
                *value /= scale;
                h += *value * *value;
            }
            let f = d[i - 1];
            let g = if f > 0.0 { -h.sqrt() } else { h.sqrt() };
            e[i] = scale * g;
            h -= f * g;
            d[i - 1] = f - g;
            e[..i].fill(0.0);
            for j in 0..i {
                let f = d[j];
                v.row_mut(i)[j] = f;
                let row = v.row(j);
                let mut g = e[j] + row[j] * f;
                for k in j + 1..i {
                    g += row[k] * d[k];
                    e[k] += row[k] * f;
                }
                e[j] = g;
            }
            let mut f = 0.0;
            for j in 0..i {
                e[j] /= h;
                f += e[j] * d[j];
            }
            let half = f / (h + h);
            for j in 0..i {
                e[j] -= half * d[j];
            }
            for j in 0..i {
                let (f, g) = (d[j], e[j]);
                let row = v.row_mut(j);
                for k in j..i {
                    row[k] -= f * e[k] + g * d[k];
                }
                d[j] = row[i - 1];
                row[i] = 0.0;
            }
        }
        d[i] = h;
    }
}

/// The product of the reflections.
fn accumulate(v: &mut Matrix, d: &mut [f64], e: &mut [f64]) {
    let n = d.len();
    for i in 0..n - 1 {
        let diagonal = v.at(i, i);
        v.row_mut(i)[n - 1] = diagonal;
        v.row_mut(i)[i] = 1.0;
        let h = d[i + 1];
        if h != 0.0 {
            for k in 0..=i {
                d[k] = v.at(i + 1, k) / h;
            }
            for j in 0..=i {
                let (row, reflection) = v.two_rows_mut(j, i + 1);
                let g: f64 = (0..=i).map(|k| reflection[k] * row[k]).sum();
                for k in 0..=i {
                    row[k] -= g * d[k];
                }
            }
        }
        v.row_mut(i + 1)[..=i].fill(0.0);
    }
    for (j, d) in d.iter_mut().enumerate() {
        *d = v.at(j, n - 1);
        v.row_mut(j)[n - 1] = 0.0;
    }
    v.row_mut(n - 1)[n - 1] = 1.0;
    e[0] = 0.0;
}

/// QL with implicit shifts.
fn iterate(v: &mut Matrix, d: &mut [f64], e: &mut [f64]) {
    let n = d.len();
    e.rotate_left(1);
    e[n - 1] = 0.0;
    let (mut shift, mut size) = (0.0, 0.0f64);
    for l in 0..n {
        size = size.max(d[l].abs() + e[l].abs());
        let small = |value: f64| value.abs() <= f64::EPSILON * size;
        let m = (l..n).find(|&m| small(e[m])).unwrap_or(n - 1);
        for _ in 0..if m > l { MOST_SHIFTS } else { 0 } {
            let g = d[l];
            let p = (d[l + 1] - g) / (2.0 * e[l]);
            let r = if p < 0.0 { -libm::hypot(p, 1.0) } else { libm::hypot(p, 1.0) };
            d[l] = e[l] / (p + r);
            d[l + 1] = e[l] * (p + r);
            let (next, h) = (d[l + 1], g - d[l]);
            for value in &mut d[l + 2..] {
                *value -= h;
            }
            shift += h;
            let (mut p, beside) = (d[m], e[l + 1]);
            let (mut c, mut c2, mut c3) = (1.0, 1.0, 1.0);
            let (mut s, mut s2) = (0.0, 0.0);
            for i in (l..m).rev() {
                (c3, c2, s2) = (c2, c, s);
                let (g, h) = (c * e[i], c * p);
                let r = libm::hypot(p, e[i]);
                e[i + 1] = s * r;
                (s, c) = (e[i] / r, p / r);
                p = c * d[i] - s * g;
                d[i + 1] = h + s * (c * g + s * d[i]);
                let (low, high) = v.two_rows_mut(i, i + 1);
                for (low, high) in low.iter_mut().zip(high) {
                    (*low, *high) = (c * *low - s * *high, s * *low + c * *high);
                }
            }
            p = -s * s2 * c3 * beside * e[l] / next;
            e[l] = s * p;
            d[l] = c * p;
            if small(e[l]) {
                break;
            }
        }
        d[l] += shift;
        e[l] = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    fn covariance(samples: usize, n: usize) -> Matrix {
        let key = StreamKey::new(3, "eigen");
        let x = Matrix::from_fn(samples, n, |row, column| key.normal(row as u64, column as u64));
        x.outer(&x)
    }

    fn difference(a: &Matrix, b: &Matrix) -> f64 {
        let wrong = a.clone().minus(b);
        (0..wrong.rows()).flat_map(|row| wrong.row(row).to_vec()).fold(0.0, |most, value| value.abs().max(most))
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix_and_are_orthogonal() {
        for (samples, n) in [(9, 1), (9, 2), (40, 17), (5, 12), (200, 60)] {
            let matrix = covariance(samples, n);
            let eigen = Eigen::of(&matrix);
            assert!(eigen.values.is_sorted());
            let scale = matrix.trace();
            assert!(difference(&eigen.rebuilt(f64::NEG_INFINITY, |value| value), &matrix) < 1e-13 * scale, "{n}");
            let one = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)));
            assert!(difference(&eigen.vectors.outer(&eigen.vectors), &one) < 1e-12, "{n}");
        }
        // Without any difference between eigenvalues, and without any value.
        for matrix in [Matrix::from_fn(4, 4, |i, j| f64::from(u8::from(i == j))), Matrix::zeros(3, 3)] {
            assert_eq!(Eigen::of(&matrix).rebuilt(-1.0, |value| value), matrix);
        }
    }

    #[test]
    fn the_inverse_root_whitens_and_the_pseudo_inverse_inverts_what_can_be() {
        let matrix = covariance(40, 17);
        let eigen = Eigen::of(&matrix);
        let one = Matrix::from_fn(17, 17, |i, j| f64::from(u8::from(i == j)));
        let root = eigen.inverse_root(1e-9);
        assert!(difference(&root.times(&matrix).times(&root), &one) < 1e-11);
        assert!(difference(&eigen.pseudo_inverse(1e-12).times(&matrix), &one) < 1e-11);
        let flat = covariance(5, 12);
        let inverse = Eigen::of(&flat).pseudo_inverse(1e-10);
        assert!(difference(&flat.times(&inverse).times(&flat), &flat) < 1e-11 * flat.trace());
        assert!((flat.times(&inverse).trace() - 5.0).abs() < 1e-10);
    }

    fn square(rows: &[Vec<f64>]) -> Matrix {
        Matrix::from_fn(rows.len(), rows.len(), |row, column| rows[row][column])
    }

    fn times(a: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
        a.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    #[test]
    fn the_ends_of_a_known_spectrum() {
        let [least, most] =
            extremes(&square(&[vec![2.0, -1.0, 0.0], vec![-1.0, 2.0, -1.0], vec![0.0, -1.0, 2.0]])).unwrap();
        assert!((least.value - (2.0 - 2f64.sqrt())).abs() < 1e-14 && (most.value - (2.0 + 2f64.sqrt())).abs() < 1e-14);
        assert_eq!(extremes(&square(&[vec![-3.0]])).unwrap()[0].value, -3.0);
        assert_eq!(extremes(&Matrix::zeros(4, 4)).unwrap()[1].value, 0.0);
        assert!(extremes(&square(&[])).is_none() && extremes(&square(&[vec![f64::NAN]])).is_none());
    }

    #[test]
    fn random_matrices_are_stretched_along_their_ends_and_by_no_other_vector_more() {
        let key = StreamKey::new(1, "eigen");
        for (trial, n) in [2usize, 3, 5, 8, 13, 30].into_iter().enumerate() {
            let key = key.at(trial as u64);
            // Of rank n / 2 + 1, so that many eigenvalues are the same 0.
            let mut a = vec![vec![0.0; n]; n];
            for term in 0..=n as u64 / 2 {
                let x: Vec<f64> = (0..n as u64).map(|at| key.normal(term, at)).collect();
                let by = key.normal(term, 1000);
                a.iter_mut().zip(&x).for_each(|(row, y)| row.iter_mut().zip(&x).for_each(|(a, x)| *a += by * x * y));
            }
            let [least, most] = extremes(&square(&a)).unwrap();
            for end in [&least, &most] {
                let image = times(&a, &end.vector);
                assert!(image.iter().zip(&end.vector).all(|(y, x)| (y - end.value * x).abs() < 1e-11 * n as f64));
                assert!((end.vector.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
            }
            for probe in 0..200 {
                let x: Vec<f64> = (0..n as u64).map(|at| key.normal(2000 + probe, at)).collect();
                let quotient =
                    x.iter().zip(times(&a, &x)).map(|(x, y)| x * y).sum::<f64>() / x.iter().map(|x| x * x).sum::<f64>();
                assert!(quotient > least.value - 1e-10 && quotient < most.value + 1e-10);
            }
        }
    }
}
