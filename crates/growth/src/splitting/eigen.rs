//! The two ends of the spectrum of a symmetric matrix, in f64.
//!
//! Householder's reduction to three diagonals, then implicit QL, as in EISPACK's `tred2` and `tql2` (Bowdler, Martin,
//! Reinsch and Wilkinson 1968). O(d³) time, O(d²) memory. Sums run in fixed order.

/// An eigenvalue with its unit eigenvector.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Eigen {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// The smallest and the largest eigenvalue of `a`, `[row][column]`, of which only the lower triangle is read. `None`
/// for the empty matrix, or where something is not a finite number.
pub(crate) fn extremes(mut a: Vec<Vec<f64>>) -> Option<[Eigen; 2]> {
    if a.is_empty() || a.iter().flatten().any(|entry| !entry.is_finite()) {
        return None;
    }
    let (mut diagonal, mut beside) = tridiagonal(&mut a);
    diagonalise(&mut a, &mut diagonal, &mut beside);
    if diagonal.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let order = |&i: &usize, &j: &usize| diagonal[i].total_cmp(&diagonal[j]).then(i.cmp(&j));
    let least = (0..diagonal.len()).min_by(order)?;
    let most = (0..diagonal.len()).max_by(order)?;
    Some([least, most].map(|at| Eigen { value: diagonal[at], vector: a.iter().map(|row| row[at]).collect() }))
}

/// Leaves the orthogonal transformation in `v`, and returns the diagonal and what is beside it (from 1 on).
#[expect(clippy::needless_range_loop, reason = "rows and columns of one matrix are read and written by index")]
fn tridiagonal(v: &mut [Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = v.len();
    let (mut d, mut e) = (v[n - 1].clone(), vec![0.0; n]);
    for i in (1..n).rev() {
        let scale: f64 = d[..i].iter().map(|x| x.abs()).sum();
        let mut h = 0.0;
        if scale == 0.0 {
            e[i] = d[i - 1];
            for j in 0..i {
                d[j] = v[i - 1][j];
                v[i][j] = 0.0;
                v[j][i] = 0.0;
            }
        } else {
            for x in &mut d[..i] {
                *x /= scale;
                h += *x * *x;
            }
            let f = d[i - 1];
            let g = if f > 0.0 { -h.sqrt() } else { h.sqrt() };
            e[i] = scale * g;
            h -= f * g;
            d[i - 1] = f - g;
            e[..i].fill(0.0);
            for j in 0..i {
                let f = d[j];
                v[j][i] = f;
                let mut g = e[j] + v[j][j] * f;
                for k in j + 1..i {
                    g += v[k][j] * d[k];
                    e[k] += v[k][j] * f;
                }
                e[j] = g;
            }
            let mut f = 0.0;
            for j in 0..i {
                e[j] /= h;
                f += e[j] * d[j];
            }
            let hh = f / (h + h);
            for j in 0..i {
                e[j] -= hh * d[j];
            }
            for j in 0..i {
                let (f, g) = (d[j], e[j]);
                for k in j..i {
                    v[k][j] -= f * e[k] + g * d[k];
                }
                d[j] = v[i - 1][j];
                v[i][j] = 0.0;
            }
        }
        d[i] = h;
    }
    for i in 0..n - 1 {
        v[n - 1][i] = v[i][i];
        v[i][i] = 1.0;
        let h = d[i + 1];
        if h != 0.0 {
            for k in 0..=i {
                d[k] = v[k][i + 1] / h;
            }
            for j in 0..=i {
                let g: f64 = (0..=i).map(|k| v[k][i + 1] * v[k][j]).sum();
                for k in 0..=i {
                    v[k][j] -= g * d[k];
                }
            }
        }
        for k in 0..=i {
            v[k][i + 1] = 0.0;
        }
    }
    for j in 0..n {
        d[j] = v[n - 1][j];
        v[n - 1][j] = 0.0;
    }
    v[n - 1][n - 1] = 1.0;
    (d, e)
}

/// Turns the three diagonals into one, and the transformation in `v` with them.
fn diagonalise(v: &mut [Vec<f64>], d: &mut [f64], e: &mut [f64]) {
    let n = v.len();
    e.rotate_left(1);
    e[n - 1] = 0.0;
    let (mut f, mut largest) = (0.0, 0.0f64);
    for l in 0..n {
        largest = largest.max(d[l].abs() + e[l].abs());
        let m = (l..n).find(|&m| e[m].abs() <= f64::EPSILON * largest).unwrap_or(n - 1);
        // A few sweeps each do; more than so many means that rounding keeps it from ever getting smaller.
        for _ in 0..if m > l { 60 } else { 0 } {
            let mut g = d[l];
            let mut p = (d[l + 1] - g) / (2.0 * e[l]);
            let mut r = libm::hypot(p, 1.0);
            if p < 0.0 {
                r = -r;
            }
            d[l] = e[l] / (p + r);
            d[l + 1] = e[l] * (p + r);
            let next = d[l + 1];
            let mut h = g - d[l];
            for x in &mut d[l + 2..] {
                *x -= h;
            }
            f += h;
            p = d[m];
            let (mut c, mut c2, mut c3) = (1.0, 1.0, 1.0);
            let beside = e[l + 1];
            let (mut s, mut s2) = (0.0, 0.0);
            for i in (l..m).rev() {
                c3 = c2;
                c2 = c;
                s2 = s;
                g = c * e[i];
                h = c * p;
                r = libm::hypot(p, e[i]);
                e[i + 1] = s * r;
                s = e[i] / r;
                c = p / r;
                p = c * d[i] - s * g;
                d[i + 1] = h + s * (c * g + s * d[i]);
                for row in v.iter_mut() {
                    let x = row[i + 1];
                    row[i + 1] = s * row[i] + c * x;
                    row[i] = c * row[i] - s * x;
                }
            }
            p = -s * s2 * c3 * beside * e[l] / next;
            e[l] = s * p;
            d[l] = c * p;
            if e[l].is_nan() || e[l].abs() <= f64::EPSILON * largest {
                break;
            }
        }
        d[l] += f;
        e[l] = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    fn times(a: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
        a.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    #[test]
    fn the_ends_of_a_known_spectrum() {
        let [least, most] = extremes(vec![vec![2.0, -1.0, 0.0], vec![-1.0, 2.0, -1.0], vec![0.0, -1.0, 2.0]]).unwrap();
        assert!((least.value - (2.0 - 2f64.sqrt())).abs() < 1e-14 && (most.value - (2.0 + 2f64.sqrt())).abs() < 1e-14);
        assert_eq!(extremes(vec![vec![-3.0]]).unwrap()[0].value, -3.0);
        assert_eq!(extremes(vec![vec![0.0; 4]; 4]).unwrap()[1].value, 0.0);
        assert!(extremes(Vec::new()).is_none() && extremes(vec![vec![f64::NAN]]).is_none());
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
            let [least, most] = extremes(a.clone()).unwrap();
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
