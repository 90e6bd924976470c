//! An orthonormal basis of what was said so far, and what of a vector is new to it.

pub(super) use crate::algebra::dot;
use crate::effort;

/// A vector of which less than this part is new adds nothing.
const NEW: f64 = 1e-9;

/// Orthonormal vectors, made by Gram and Schmidt, twice over against rounding.
#[derive(Clone, Debug, Default)]
pub(super) struct Basis(Vec<Vec<f64>>);

impl Basis {
    /// The basis of these vectors' span.
    pub(super) fn of<'a>(vectors: impl IntoIterator<Item = &'a Vec<f64>>) -> Self {
        let mut basis = Self::default();
        for vector in vectors {
            basis.add(vector);
        }
        basis
    }

    /// The part of a vector that is orthogonal to all of them: (I - H⁺H) x, with H of the vectors as rows.
    pub(super) fn residual(&self, vector: &[f64]) -> Vec<f64> {
        let mut rest = vector.to_vec();
        for _ in 0..2 {
            for direction in &self.0 {
                subtract(&mut rest, direction);
            }
        }
        rest
    }

    /// Takes a vector in, and returns the new direction if there is one.
    pub(super) fn add(&mut self, vector: &[f64]) -> Option<&[f64]> {
        let mut rest = self.residual(vector);
        let norm = norm(&rest);
        if !(norm > NEW * self::norm(vector) && norm.is_finite()) {
            return None;
        }
        scale(&mut rest, 1.0 / norm);
        self.0.push(rest);
        self.0.last().map(Vec::as_slice)
    }
}

/// Multiplies a vector.
pub(super) fn scale(vector: &mut [f64], by: f64) {
    for value in vector {
        *value *= by;
    }
}

/// Takes out of a vector what lies along a direction of length 1.
pub(super) fn subtract(vector: &mut [f64], direction: &[f64]) {
    let along = dot(vector, direction);
    effort::spend(vector.len() as u64);
    for (value, direction) in vector.iter_mut().zip(direction) {
        *value -= along * direction;
    }
}

pub(super) fn norm(vector: &[f64]) -> f64 {
    libm::sqrt(dot(vector, vector))
}

/// The smallest w with the least ‖Xᵀ w - target‖, which is (Xᵀ)⁺ target, by conjugate gradients on
/// the normal equations from 0, which stay in the span of the rows.
pub(super) fn least_squares(rows: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let mut weights = vec![0.0; rows.len()];
    let mut rest = target.to_vec();
    let back = |rest: &[f64]| -> Vec<f64> { rows.iter().map(|row| dot(row, rest)).collect() };
    let mut slope = back(&rest);
    let mut direction = slope.clone();
    let (mut square, first) = (dot(&slope, &slope), dot(&slope, &slope));
    for _ in 0..2 * rows.len() {
        if square <= 1e-24 * first || square == 0.0 {
            break;
        }
        let image = mixed(rows, &direction);
        let length = square / dot(&image, &image);
        if !length.is_finite() {
            break;
        }
        effort::spend((2 * weights.len() + rest.len()) as u64);
        weights.iter_mut().zip(&direction).for_each(|(weight, by)| *weight += length * by);
        rest.iter_mut().zip(&image).for_each(|(rest, by)| *rest -= length * by);
        slope = back(&rest);
        let next = dot(&slope, &slope);
        let keep = next / square;
        direction.iter_mut().zip(&slope).for_each(|(by, slope)| *by = slope + keep * *by);
        square = next;
    }
    weights
}

/// The sum of the rows, each times its weight: Xᵀ w.
pub(super) fn mixed(rows: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; rows.first().map_or(0, Vec::len)];
    effort::spend((rows.len() * sum.len()) as u64);
    for (row, weight) in rows.iter().zip(weights) {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += weight * value;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    #[test]
    fn what_is_left_is_orthogonal_to_all() {
        let key = StreamKey::new(1, "basis");
        let vectors: Vec<Vec<f64>> = (0..5).map(|row| (0..9).map(|at| key.normal(row, at)).collect()).collect();
        let mut basis = Basis::of(&vectors[..4]);
        assert!(basis.add(&vectors[2]).is_none() && basis.0.len() == 4);
        let rest = basis.residual(&vectors[4]);
        assert!(norm(&rest) > 0.1 && vectors[..4].iter().all(|vector| dot(vector, &rest).abs() < 1e-12));
    }

    #[test]
    fn least_squares_are_met_by_the_smallest() {
        // Two equal rows share the weight.
        let rows = vec![vec![1.0, 0.0, 1.0], vec![1.0, 0.0, 1.0], vec![0.0, 2.0, 0.0]];
        let weights = least_squares(&rows, &[1.0, 4.0, 3.0]);
        for (weight, expected) in weights.iter().zip([1.0, 1.0, 2.0]) {
            assert!((weight - expected).abs() < 1e-12, "{weights:?}");
        }
        assert_eq!(least_squares(&rows, &[0.0; 3]), [0.0; 3]);
    }
}
